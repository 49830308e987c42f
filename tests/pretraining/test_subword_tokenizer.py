"""The tokenizer normalises inside, and its offsets point into the text as written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from waqai.errors import ConfigError
from waqai.models.loading import as_transformers
from waqai.pretraining.tokenizer import (
    ALGORITHMS,
    build_normalizer,
    train_tokenizer,
    word_starts,
)

SPELLINGS = [
    ("الأمـــريكي", "الامريكي"),
    ("الرَّئِيسُ", "الرييس".replace("يي", "ئي")),
    ("ﻻ", "لا"),
    ("ﷲ", "الله"),
    ("مستشفى", "مستشفي"),
    ("القاهرة", "القاهره"),
    ("إلى آخره ٱلآن", "الي اخره الان"),
    ("٢٠١٤ ۲۰۱۴", "2014 2014"),
    ("\u200fبغداد\u200e", "بغداد"),
    ("یک", "يك"),
    ("BBC", "bbc"),
]


@pytest.mark.parametrize(("written", "normal"), SPELLINGS)
def test_spellings_fold(written: str, normal: str) -> None:
    assert build_normalizer().normalize_str(written) == normal


def test_letters_stay_when_folding_is_off() -> None:
    assert build_normalizer(fold_letters=False).normalize_str("القاهرةُ أولى") == "القاهرة أولى"


def test_offsets_cover_marks_that_normalisation_removes(tokenizer: Tokenizer) -> None:
    text = "قالَ الرّئيـــسُ أوبامـا في ٢٠١٤ ."
    encoding = tokenizer.encode(text, add_special_tokens=False)
    normalizer = build_normalizer()
    for token, (start, end) in zip(encoding.tokens, encoding.offsets, strict=True):
        assert normalizer.normalize_str(text[start:end]) == token.removeprefix("##")


ALPHABET = "ابتةثىيأإآلؤئ \u064b\u0651\u0640ﻻ.,،:؛()«»0123٤٥٦-/aB\u200f\n"


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_split_words_give_the_subwords_of_running_text(tokenizer: Tokenizer, text: str) -> None:
    words = re.findall(r"\d+(?:[.,/]\d+)+|\w[\w\u064b-\u0652]*|[^\s]", text)
    running = tokenizer.encode(text)
    split = tokenizer.encode(words, is_pretokenized=True)
    if "".join(words) == "".join(text.split()):
        assert split.ids == running.ids or _cuts_inside_words(words, text)


def _cuts_inside_words(words: list[str], text: str) -> bool:
    """Whether words were cut where the tokenizer does not cut, as between letter and mark."""
    normalize = build_normalizer().normalize_str
    cut = [piece for word in words for piece in re.findall(r"\w+|[^\w\s]", normalize(word))]
    return cut != re.findall(r"\w+|[^\w\s]", normalize(text))


@pytest.mark.parametrize("text", ["قال،«أوباما»:2014.", "في 12/5/2014 ، قصف(الجيش)المدينة 1,500 ."])
def test_words_and_punctuation_split_off_give_equal_subwords(tokenizer: Tokenizer, text: str) -> None:
    words = re.findall(r"\d+(?:[.,/]\d+)+|\w+|[^\w\s]", text)
    assert tokenizer.encode(words, is_pretokenized=True).ids == tokenizer.encode(text).ids


@given(st.text(alphabet=ALPHABET, max_size=60))
def test_offsets_rise_and_stay_inside_the_text(tokenizer: Tokenizer, text: str) -> None:
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    assert all(0 <= start <= end <= len(text) for start, end in offsets)
    assert offsets == sorted(offsets)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_knows_where_words_start(articles: list[str], algorithm: str) -> None:
    tokenizer = train_tokenizer(iter(articles), algorithm, 350 if algorithm != "unigram" else 120)
    starts = word_starts(tokenizer)
    encoding = tokenizer.encode("قال أوباما في المدينة", add_special_tokens=False)
    assert [starts[index] for index in encoding.ids].count(True) == 4
    assert starts[encoding.ids[0]]


def test_hugging_face_wrapper_pads_and_masks(tokenizer: Tokenizer) -> None:
    wrapped = as_transformers(tokenizer)
    batch = wrapped(["قال", "قال الرئيس في بغداد"], padding=True)
    assert batch["attention_mask"][0][-1] == 0
    assert wrapped.convert_ids_to_tokens(batch["input_ids"][0])[0] == "[CLS]"
    assert wrapped.mask_token == "[MASK]"


@pytest.mark.parametrize(("algorithm", "vocabulary"), [("sentencepiece", 100), ("bpe", 70000), ("bpe", 3)])
def test_impossible_settings_are_refused(algorithm: str, vocabulary: int) -> None:
    with pytest.raises(ConfigError, match="tokenizer\\."):
        train_tokenizer(iter(["قال"]), algorithm, vocabulary)


def test_a_vocabulary_too_small_for_its_letters_is_refused(articles: list[str]) -> None:
    with pytest.raises(ConfigError, match="tokenizer.vocabulary is 10: "):
        train_tokenizer(iter(articles), "unigram", 10)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_fault_of_the_text_is_not_called_one_of_the_vocabulary(algorithm: str) -> None:
    def broken() -> Iterator[str]:
        yield "قال الرئيس"
        raise OSError("the file is truncated")

    with pytest.raises(OSError, match="the file is truncated"):
        train_tokenizer(broken(), algorithm, 100)


def test_a_frequent_word_that_begins_no_other_is_one_subword_of_unigram(articles: list[str]) -> None:
    tokenizer = train_tokenizer(iter(articles), "unigram", 120)
    assert tokenizer.encode("، القاهرة", add_special_tokens=False).tokens == ["▁،", "▁القاهره"]
    assert tokenizer.get_vocab_size() <= 120
