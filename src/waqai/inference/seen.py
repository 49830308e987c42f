"""The ids a run has met, in a few bytes each: memory must not grow with the articles."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

_PENDING = 4096


class SeenIds:
    """A set of strings that can be added to and asked, eight bytes a string.

    Holds 64-bit hashes: among a hundred million ids the odds that two share one are 1 in 3,700.

    >>> seen = SeenIds()
    >>> seen.add("001"), seen.add("002"), seen.add("001")
    (True, True, False)
    """

    def __init__(self) -> None:
        self._sorted = np.empty(0, dtype=np.uint64)
        self._pending: set[int] = set()

    def add(self, identifier: str) -> bool:
        """Put a string in; whether it was new."""
        number = int.from_bytes(blake2b(identifier.encode(), digest_size=8).digest(), "big")
        place = int(np.searchsorted(self._sorted, np.uint64(number)))
        if number in self._pending or (place < len(self._sorted) and int(self._sorted[place]) == number):
            return False
        self._pending.add(number)
        if len(self._pending) == max(_PENDING, len(self._sorted) // 64):  # a merge copies all: not for every few
            fresh = np.fromiter(self._pending, dtype=np.uint64, count=len(self._pending))
            self._sorted = np.union1d(self._sorted, fresh)
            self._pending.clear()
        return True
