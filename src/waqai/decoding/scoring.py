"""Articles to scores: read ahead, windows of like length batched, several batches in the model at a time.

Three things go on at once: the caller decodes one chunk of articles, the engine scores the next, and the one after
that is split into subwords. The runtime and the tokenizer leave the interpreter's lock while they work. What is in a
batch follows from the articles alone, so that threads and their timing change no score.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from itertools import islice, pairwise
from typing import Any, TypeVar

import numpy as np

from waqai.decoding.denormals import flush_denormals
from waqai.decoding.engine import Engine, TagScores
from waqai.encoding import Batch, EncodedDocument, SubwordTokenizer, encode_documents, make_batch
from waqai.schema import Document

Place = tuple[int, int]
"""A window: the number of its document in a chunk, and its own in the document."""

Scored = tuple[EncodedDocument, TagScores | None]
"""An article and its words' scores; none where it has no running text."""

_T = TypeVar("_T")
_FIELDS = tuple(field.name for field in fields(TagScores))

CHUNKS_AHEAD = 3
"""Chunks in memory at a time: one decoded, one scored, one read."""


@dataclass(frozen=True)
class _Chunk:
    encoded: list[EncodedDocument]
    places: list[list[Place]]
    batches: list[Batch]


@dataclass(frozen=True)
class Scorer:
    """Scores the words of any number of articles in bounded memory.

    Args:
        max_subwords: length of a window.
        subword_budget: padded subwords in one batch; with ``chunk``, what bounds the memory.
        chunk: articles that are batched together, so that windows of like length share a batch.
        workers: batches scored at a time.
    """

    engine: Engine
    tokenizer: SubwordTokenizer
    max_subwords: int
    subword_budget: int
    chunk: int
    workers: int

    def score(self, documents: Iterable[Document]) -> Generator[Scored, None, None]:
        """Score articles, in their order; they are taken in the caller's thread, ``CHUNKS_AHEAD`` chunks at most."""
        reader = ThreadPoolExecutor(1, "waqai-read")
        taggers = ThreadPoolExecutor(self.workers, "waqai-tag", initializer=flush_denormals)
        iterator = iter(documents)
        try:
            parts = iter(lambda: list(islice(iterator, self.chunk)), [])
            read = _ahead(reader.submit(self._read, part) for part in parts)
            tagged = _ahead(self._submit(chunk.result(), taggers) for chunk in read)
            for chunk, scores in tagged:
                yield from _gather(chunk, [score.result() for score in scores])
        finally:
            for pool in (reader, taggers):
                pool.shutdown(cancel_futures=True)

    def _read(self, part: Sequence[Document]) -> _Chunk:
        encoded = encode_documents(part, self.tokenizer, self.max_subwords)
        places = list(_batches(encoded, self.subword_budget))
        batches = [make_batch(((encoded[d], encoded[d].windows[w]) for d, w in row), self.tokenizer) for row in places]
        return _Chunk(encoded, places, batches)

    def _submit(self, chunk: _Chunk, taggers: ThreadPoolExecutor) -> tuple[_Chunk, list[Future[TagScores]]]:
        return chunk, [taggers.submit(self.engine.tag, batch) for batch in chunk.batches]


def _ahead(started: Iterable[_T]) -> Iterator[_T]:
    """The same items, the next of them always started before one is handed out."""
    waiting: deque[_T] = deque()
    for item in started:
        waiting.append(item)
        if len(waiting) > 1:
            yield waiting.popleft()
    yield from waiting


def _batches(encoded: Sequence[EncodedDocument], budget: int) -> Iterator[list[Place]]:
    """Windows of like length together, as many as the budget of padded subwords allows."""
    lengths = {
        (number, index): int(one.offsets[window.last] - one.offsets[window.first]) + 2
        for number, one in enumerate(encoded)
        for index, window in enumerate(one.windows)
    }
    batch: list[Place] = []
    for place in sorted(lengths, key=lengths.__getitem__):  # the last is the longest
        if batch and (len(batch) + 1) * lengths[place] > budget:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _gather(chunk: _Chunk, scores: Sequence[TagScores]) -> Iterator[Scored]:
    """Each document's words, each read from the window that shows most around it."""
    found: dict[Place, tuple[TagScores, int]] = {}
    for places, batch, score in zip(chunk.places, chunk.batches, scores, strict=True):
        rows = np.cumsum(batch.word_count) - batch.word_count
        found |= {place: (score, row) for place, row in zip(places, rows.tolist(), strict=True)}
    for number, one in enumerate(chunk.encoded):
        yield one, _of_document(number, one, found)


def _of_document(number: int, one: EncodedDocument, found: dict[Place, tuple[TagScores, int]]) -> TagScores | None:
    if not one.words:
        return None
    window_of, position = one.owners()
    parts: list[tuple[TagScores, slice]] = []
    changes = np.flatnonzero(np.diff(window_of, prepend=-1, append=-2)).tolist()
    for begin, end in pairwise(changes):
        scores, row = found[number, int(window_of[begin])]
        parts.append((scores, slice(row + int(position[begin]), row + int(position[end - 1]) + 1)))
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(scores, name)[rows] for scores, rows in parts]) for name in _FIELDS
    }
    return TagScores(**joined)
