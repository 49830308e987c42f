"""A document of any length as overlapping windows of subwords.

Windows open at sentence starts and overlap, so that an argument and a trigger two sentences on share one;
each word is read from the window that shows most on both its sides (as in BERT's ``max context`` for SQuAD).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waqai.encoding.subwords import SubwordTokenizer
from waqai.schema import Document, Word
from waqai.text import running_sentences, split_sentences, split_words

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """A run of a document's words: ``[first, last)`` in ``EncodedDocument.words``."""

    first: int
    last: int


@dataclass(frozen=True)
class EncodedDocument:
    """A document's running words, their subwords and the windows over them.

    Attributes:
        words: the words a model reads; web residue is left out.
        sentence_of: sentence number of each word, shape ``(W,)``.
        ids: subword ids, shape ``(S,)``; ``offsets``: each word's place in them, shape ``(W + 1,)``.
    """

    document: Document
    words: tuple[Word, ...]
    sentence_of: IntArray
    ids: IntArray
    offsets: IntArray
    windows: tuple[Window, ...]

    def owners(self) -> tuple[IntArray, IntArray]:
        """For each word the window that shows most around it, and its place there; two arrays ``(W,)``."""
        count = len(self.words)
        best = np.full(count, -1, dtype=np.int64)
        window_of = np.zeros(count, dtype=np.int64)
        for number, window in enumerate(self.windows):
            index = np.arange(window.first, window.last)
            # The edges of the document cut nothing off, so they do not count as edges.
            left = index - window.first if window.first else np.full(len(index), count)
            right = window.last - 1 - index if window.last < count else np.full(len(index), count)
            context = np.minimum(left, right)
            better = context > best[index]
            best[index[better]] = context[better]
            window_of[index[better]] = number
        firsts = np.array([window.first for window in self.windows], dtype=np.int64)
        return window_of, np.arange(count) - firsts[window_of] if count else window_of


@dataclass(frozen=True)
class Batch:
    """Windows as padded arrays.

    Attributes:
        input_ids: ``(B, S)``, framed by the tokenizer's first and last token.
        attention_mask: ``(B, S)``, 1 where there is a subword.
        word_index: ``(B, S)``, the window's word each subword belongs to, -1 for special tokens and padding.
        word_count: ``(B,)``.
    """

    input_ids: IntArray
    attention_mask: IntArray
    word_index: IntArray
    word_count: IntArray


def encode_documents(
    documents: Sequence[Document], tokenizer: SubwordTokenizer, max_subwords: int, overlap: float = 0.3
) -> list[EncodedDocument]:
    """Split, tokenise and window documents.

    Args:
        max_subwords: length of a window, the two framing tokens included.
        overlap: the part of a window that the next one repeats, at least.
    """
    prepared = [_running_words(document) for document in documents]
    encoded = tokenizer.encode([[word.text for word in words] for words, _ in prepared])
    return [
        EncodedDocument(
            document, words, sentence_of, ids, offsets, _windows(offsets, sentence_of, max_subwords - 2, overlap)
        )
        for document, (words, sentence_of), (ids, offsets) in zip(documents, prepared, encoded, strict=True)
    ]


def _running_words(document: Document) -> tuple[tuple[Word, ...], IntArray]:
    if document.words:  # a corpus that splits its own words holds no web pages
        return document.words, np.zeros(len(document.words), dtype=np.int64)
    words = split_words(document.text)
    sentences = running_sentences(document.text, words, split_sentences(document.text, words))
    running = tuple(word for sentence in sentences for word in words[sentence.first_word : sentence.last_word])
    lengths = [sentence.last_word - sentence.first_word for sentence in sentences]
    return running, np.repeat(np.arange(len(sentences), dtype=np.int64), lengths)


def _windows(offsets: IntArray, sentence_of: IntArray, budget: int, overlap: float) -> tuple[Window, ...]:
    count = len(offsets) - 1
    if count <= 0:
        return ()
    sentence_starts = np.flatnonzero(np.diff(sentence_of, prepend=-1))
    windows: list[Window] = []
    first = 0
    while True:
        last = int(np.searchsorted(offsets, offsets[first] + budget, side="right")) - 1
        last = max(last, first + 1)
        windows.append(Window(first, min(last, count)))
        if last >= count:
            return tuple(windows)
        # The next window repeats at least the overlap, and opens at a sentence start if one leaves progress.
        latest = int(np.searchsorted(offsets, offsets[last] - overlap * budget, side="right")) - 1
        candidates = sentence_starts[(sentence_starts > first) & (sentence_starts <= latest)]
        enough = candidates[offsets[candidates] >= offsets[first] + 0.25 * budget]
        first = int(enough[-1]) if len(enough) else max(latest, first + 1)


def make_batch(windows: Iterable[tuple[EncodedDocument, Window]], tokenizer: SubwordTokenizer) -> Batch:
    """Pad windows into one batch."""
    pairs = list(windows)
    lengths = [int(e.offsets[w.last] - e.offsets[w.first]) for e, w in pairs]
    width = max(lengths) + 2
    input_ids = np.full((len(pairs), width), tokenizer.pad_id, dtype=np.int64)
    word_index = np.full((len(pairs), width), -1, dtype=np.int64)
    attention_mask = np.zeros((len(pairs), width), dtype=np.int64)
    for row, ((encoded, window), length) in enumerate(zip(pairs, lengths, strict=True)):
        begin = encoded.offsets[window.first]
        input_ids[row, 0] = tokenizer.first_id
        input_ids[row, 1 : length + 1] = encoded.ids[begin : begin + length]
        input_ids[row, length + 1] = tokenizer.last_id
        attention_mask[row, : length + 2] = 1
        sizes = np.diff(encoded.offsets[window.first : window.last + 1])
        word_index[row, 1 : length + 1] = np.repeat(np.arange(len(sizes)), sizes)
    word_count = np.array([window.last - window.first for _, window in pairs], dtype=np.int64)
    return Batch(input_ids, attention_mask, word_index, word_count)
