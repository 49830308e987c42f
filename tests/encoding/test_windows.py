"""Windows over an article of any length: no word lost, none read twice, none beyond the model's reach."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waqai.encoding import EncodedDocument, SubwordTokenizer, encode_documents, make_batch
from waqai.encoding.windows import _windows
from waqai.schema import Document, Word

Subwords = Callable[[str], SubwordTokenizer]
LENGTHS = st.lists(st.lists(st.integers(1, 24), min_size=1, max_size=30), min_size=1, max_size=12)
"""Subwords of each word, sentence by sentence."""


def _article(lengths: list[list[int]], max_subwords: int, overlap: float) -> EncodedDocument:
    sizes = [size for sentence in lengths for size in sentence]
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    sentence_of = np.repeat(np.arange(len(lengths)), [len(sentence) for sentence in lengths])
    words = tuple(Word("و", 2 * n, 2 * n + 1) for n in range(len(sizes)))
    windows = _windows(offsets, sentence_of, max_subwords - 2, overlap)
    return EncodedDocument(
        Document("a", "و " * len(sizes)), words, sentence_of, np.zeros(sum(sizes), np.int64), offsets, windows
    )


@settings(max_examples=200, deadline=None)
@given(lengths=LENGTHS, max_subwords=st.integers(8, 80), overlap=st.floats(0.0, 0.6))
def test_windows_cover_fit_and_go_forward(lengths: list[list[int]], max_subwords: int, overlap: float) -> None:
    article = _article(lengths, max_subwords, overlap)
    windows = article.windows
    assert windows[0].first == 0
    assert windows[-1].last == len(article.words)
    for window in windows:
        size = int(article.offsets[window.last] - article.offsets[window.first]) + 2
        assert size <= max_subwords or window.last - window.first == 1
    for earlier, later in itertools.pairwise(windows):
        assert earlier.first < later.first <= earlier.last <= later.last


@settings(max_examples=200, deadline=None)
@given(lengths=LENGTHS, max_subwords=st.integers(8, 80))
def test_each_word_is_read_once_where_most_stands_around_it(lengths: list[list[int]], max_subwords: int) -> None:
    article = _article(lengths, max_subwords, 0.3)
    window_of, position = article.owners()
    count = len(article.words)
    assert len(window_of) == len(position) == count
    for word in range(count):
        owner = article.windows[window_of[word]]
        assert owner.first + position[word] == word

        def context(window, word=word):
            left = word - window.first if window.first else count
            return min(left, window.last - 1 - word if window.last < count else count)

        holders = [window for window in article.windows if window.first <= word < window.last]
        assert context(owner) == max(map(context, holders))
    assert np.all(np.diff(window_of) >= 0)  # so a document's words are joined from few slices


def test_a_short_article_is_one_window(subwords: Subwords, gold: list[Document]) -> None:
    [encoded] = encode_documents(gold[:1], subwords("wordpiece"), 500)
    assert [(w.first, w.last) for w in encoded.windows] == [(0, len(encoded.words))]


def test_residue_is_not_read_and_offsets_stand(subwords: Subwords) -> None:
    text = "1234\n\nالتقى الوزير نظيره.\n\nإضافة تعليق\n\nوغادر الوفد."
    [encoded] = encode_documents([Document("a", text)], subwords("wordpiece"), 64)
    assert [word.text for word in encoded.words] == ["التقى", "الوزير", "نظيره", ".", "وغادر", "الوفد", "."]
    assert all(text[word.start : word.end] == word.text for word in encoded.words)
    assert encoded.sentence_of.tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_words_of_a_corpus_are_read_as_they_are(subwords: Subwords) -> None:
    words = (Word("وزير", 0, 4), Word("(الدفاع)", 5, 13))
    [encoded] = encode_documents([Document("a", "وزير (الدفاع)", words=words)], subwords("wordpiece"), 64)
    assert encoded.words == words


@pytest.mark.parametrize("text", ["  \n ", "1234"])
def test_an_article_without_running_text_has_no_window(subwords: Subwords, text: str) -> None:
    [encoded] = encode_documents([Document("a", text)], subwords("wordpiece"), 64)
    assert (encoded.words, encoded.windows, encoded.offsets.tolist()) == ((), (), [0])
    assert [array.tolist() for array in encoded.owners()] == [[], []]


def test_a_batch_is_padded_and_says_whose_each_subword_is(subwords: Subwords) -> None:
    tokenizer = subwords("wordpiece")
    documents = [Document("a", "في باريس الأربعاء"), Document("b", "في")]
    encoded = encode_documents(documents, tokenizer, 64)
    batch = make_batch(((one, one.windows[0]) for one in encoded), tokenizer)
    sizes = np.diff(encoded[0].offsets).tolist()
    width = sum(sizes) + 2
    row = [-1, *np.repeat([0, 1, 2], sizes).tolist(), -1]
    assert batch.input_ids.shape == (2, width)
    assert batch.word_index.tolist() == [row, [-1, 0, *[-1] * (width - 2)]]
    assert batch.attention_mask.tolist() == [[1] * width, [1, 1, 1, *[0] * (width - 3)]]
    assert batch.word_count.tolist() == [3, 1]
    assert batch.input_ids[:, 0].tolist() == [tokenizer.first_id] * 2
    assert batch.input_ids[1, 2] == tokenizer.last_id
    assert batch.input_ids[1, 3:].tolist() == [tokenizer.pad_id] * (width - 3)
