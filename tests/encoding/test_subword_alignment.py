"""Words and their subwords, for every kind of tokenizer the hub's encoders come with."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models

from model_fixtures import TOKENIZER_KINDS, make_tokenizer
from waqai.encoding import SubwordTokenizer
from waqai.encoding.subwords import MAX_SUBWORDS_PER_WORD
from waqai.errors import ModelError

Subwords = Callable[[str], SubwordTokenizer]

WORDS = st.lists(
    st.one_of(
        st.text("ابتثجحخدذرزسشصضطظعغفقكلمنهويىءةأإآؤئ", min_size=1, max_size=9),
        st.text("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652", min_size=1, max_size=3),  # diacritics alone
        st.sampled_from(
            ["2016/01/20", "25.5", "«", "،", "...", "http://x.y/" + "ك" * 90, "😀", "𐤀", "\u0640", "abc", "ﷺ"]
        ),
        st.text(st.characters(exclude_categories=["Cs", "Zs", "Cc", "Zl", "Zp"]), min_size=1, max_size=5),
    ),
    max_size=25,
)


@pytest.mark.parametrize("kind", TOKENIZER_KINDS)
@settings(max_examples=60, deadline=None)
@given(batch=st.lists(WORDS, max_size=3))
def test_every_word_has_a_subword_and_no_subword_is_without_a_word(
    subwords: Subwords, kind: str, batch: list[list[str]]
) -> None:
    for words, (ids, offsets) in zip(batch, subwords(kind).encode(batch), strict=True):
        sizes = np.diff(offsets)
        assert len(offsets) == len(words) + 1
        assert (offsets[0], offsets[-1]) == (0, len(ids))
        assert all(1 <= size <= MAX_SUBWORDS_PER_WORD for size in sizes.tolist())


@pytest.mark.parametrize("kind", TOKENIZER_KINDS)
def test_words_split_one_by_one_have_the_subwords_that_the_tokenizer_gives_the_whole_text(
    subwords: Subwords, kind: str
) -> None:
    words = ["وزير", "الدفاع", "وبريطانيا", "25.5", "وزير", "الأربعاء", "،"]
    tokenizer = subwords(kind)
    whole = tokenizer.backend.encode(words, is_pretokenized=True, add_special_tokens=False)
    expected = [[i for i, word in zip(whole.ids, whole.word_ids, strict=True) if word == n] for n in range(len(words))]
    for _ in range(2):  # first split, then remembered
        [(ids, offsets)] = tokenizer.encode([words])
        assert [ids[begin:end].tolist() for begin, end in itertools.pairwise(offsets)] == expected


@settings(max_examples=30, deadline=None)
@given(batches=st.lists(st.lists(WORDS, max_size=3), max_size=4))
def test_what_is_remembered_changes_nothing_and_has_an_end(batches: list[list[list[str]]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("waqai.encoding.subwords.MAX_KNOWN_WORDS", 5)
        tokenizer = make_tokenizer("wordpiece")
        forgetful = SubwordTokenizer(tokenizer)
        for batch in batches:
            afresh = SubwordTokenizer(tokenizer).encode(batch)
            for one, other in zip(forgetful.encode(batch), afresh, strict=True):
                assert [array.tolist() for array in one] == [array.tolist() for array in other]
            assert len(forgetful._known) <= max(5, len({word for words in batch for word in words}))


@pytest.mark.parametrize(("kind", "unknown"), [("wordpiece", "[UNK]"), ("unigram", "<unk>")])
def test_a_word_of_diacritics_alone_keeps_its_place(subwords: Subwords, kind: str, unknown: str) -> None:
    tokenizer = subwords(kind)
    [(ids, offsets)] = tokenizer.encode([["في", "\u064b\u064b" if kind == "wordpiece" else "\u00ad", "باريس"]])
    assert offsets[2] - offsets[1] >= 1
    if kind == "wordpiece":  # its normaliser strips accents: nothing is left but the unknown token
        assert ids[offsets[1]] == make_tokenizer(kind).token_to_id(unknown)


@pytest.mark.parametrize("kind", TOKENIZER_KINDS)
def test_special_names_in_an_article_are_words_not_orders(subwords: Subwords, kind: str) -> None:
    tokenizer = subwords(kind)
    for name in ("[SEP]", "</s>", "[CLS]"):
        [(ids, offsets)] = tokenizer.encode([["قبل", name, "بعد"]])
        assert len(offsets) == 4
        assert np.all(np.diff(offsets) >= 1)
        assert len(ids) == offsets[-1]


def test_nothing_gives_nothing(subwords: Subwords) -> None:
    assert subwords("wordpiece").encode([]) == []
    [(ids, offsets)] = subwords("wordpiece").encode([[]])
    assert (ids.tolist(), offsets.tolist()) == ([], [0])


def test_a_saved_tokenizer_reads_the_same(subwords: Subwords, tmp_path: Path) -> None:
    subwords("unigram").save(tmp_path / "tokenizer.json")
    again = SubwordTokenizer.read(tmp_path / "tokenizer.json", pad_id=1)
    words = [["التقى", "وزير"]]
    assert again.encode(words)[0][0].tolist() == subwords("unigram").encode(words)[0][0].tolist()
    assert (again.first_id, again.last_id) == (subwords("unigram").first_id, subwords("unigram").last_id)


@pytest.mark.parametrize(
    ("content", "message"), [(None, "is missing"), ("", "is no tokenizer"), ('{"model": 3}', "is no tokenizer")]
)
def test_a_broken_tokenizer_is_named(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "tokenizer.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelError, match=message):
        SubwordTokenizer.read(path)


def test_a_tokenizer_that_frames_nothing_is_refused() -> None:
    with pytest.raises(ModelError, match="0 special tokens"):
        SubwordTokenizer(Tokenizer(models.WordPiece({"[UNK]": 0}, unk_token="[UNK]")))
