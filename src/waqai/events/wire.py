"""Wire copies: articles that are one text, found by MinHash so that they count as one source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from waqai.events.names import comparable
from waqai.schema import Document

_SHINGLE = 4
_PERMUTATIONS = 64
_THRESHOLD = 0.55


def wire_copies(documents: Iterable[Document], *, threshold: float = _THRESHOLD) -> Mapping[str, str]:
    """The original of each document, by id: itself, or the earliest of its near-duplicates.

    Args:
        documents: the collection; the earliest publication date, then the order given, makes the original.
        threshold: the share of common runs of four words (Jaccard, estimated by MinHash) from which two are copies.

    Source: Broder 1997; banding by datasketch.
    """
    from datasketch import MinHash, MinHashLSH

    originals: dict[str, str] = {}
    ranks: dict[str, int] = {}
    index = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS)
    for document in sorted(documents, key=lambda document: document.publication_date or "9999"):
        if document.id in originals:
            continue
        words = comparable(document.text).split()
        runs = sorted({" ".join(words[start : start + _SHINGLE]) for start in range(max(1, len(words) - _SHINGLE + 1))})
        sketch = MinHash(num_perm=_PERMUTATIONS)
        sketch.update_batch([run.encode() for run in runs])
        similar = index.query(sketch) if words else []
        if similar:
            originals[document.id] = min(similar, key=ranks.__getitem__)
        else:
            originals[document.id] = document.id
            ranks[document.id] = len(ranks)
            index.insert(document.id, sketch)
    return originals
