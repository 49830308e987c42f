"""Near-duplicate articles, found with MinHash and locality-sensitive hashing (datasketch).

Agencies sell one report to many papers; a model that reads the same text ten times learns it by heart.
Source: Broder 1997; Lee et al. 2022, "Deduplicating Training Data Makes Language Models Better".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import xxhash
from datasketch import MinHash, MinHashLSH

from waqai.pretraining.cleaning import hash_text

_NOT_WORD = re.compile(r"[\W_]+")
_FOLD = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None})


@dataclass(frozen=True, slots=True)
class DuplicateRules:
    """How alike two articles must be to count as one.

    Args:
        near: look for near duplicates too, not only for exact ones.
        threshold: Jaccard similarity of word shingles from which two articles are near duplicates.
        permutations: hash functions of a signature; more are slower and more exact.
        shingle_words: words in one shingle.
    """

    near: bool = True
    threshold: float = 0.7
    permutations: int = 64
    shingle_words: int = 4


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", text.translate(_FOLD)).split()


def signature(text: str, rules: DuplicateRules) -> MinHash:
    """Return the MinHash signature of the article's word shingles (letters folded, punctuation ignored)."""
    words = _words(text)
    size = rules.shingle_words
    shingles = {" ".join(words[start : start + size]) for start in range(max(1, len(words) - size + 1))}
    hashes = np.fromiter(
        (xxhash.xxh32_intdigest(shingle.encode("utf-8")) for shingle in shingles),
        dtype=np.uint64,
    )
    sketch = MinHash(num_perm=rules.permutations, seed=1, hashfunc=int)
    sketch.update_batch(np.sort(hashes).tolist())
    return sketch


class DuplicateFilter:
    """Says of each article of a stream whether an equal or nearly equal one came before."""

    def __init__(self, rules: DuplicateRules) -> None:
        self.rules = rules
        self.exact = 0
        self.near = 0
        self._texts: set[int] = set()
        self._index = MinHashLSH(threshold=rules.threshold, num_perm=rules.permutations)

    def is_exact(self, text: str) -> bool:
        """Return True, and count it, when the same words came before; remember them otherwise."""
        key = hash_text(" ".join(_words(text)))
        if key in self._texts:
            self.exact += 1
            return True
        self._texts.add(key)
        return False

    def is_near(self, sketch: MinHash) -> bool:
        """Return True, and count it, when a similar signature came before; remember this one otherwise."""
        if self._index.query(sketch):
            self.near += 1
            return True
        self._index.insert(len(self._index.keys), sketch, check_duplication=False)
        return False
