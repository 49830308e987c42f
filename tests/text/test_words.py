"""Words and sentences (scheme, section 1): a table of texts, and what holds for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waqai.text import running_sentences, split_sentences, split_words


def words_of(text: str) -> list[str]:
    return [word.text for word in split_words(text)]


def sentences_of(text: str) -> list[str]:
    return [text[sentence.start : sentence.end] for sentence in split_sentences(text, split_words(text))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # clitics stay attached, diacritics and tatweel stay inside
        ("وبريطانيا للدفاع", ["وبريطانيا", "للدفاع"]),
        ("الرئيسُ الأمـــريكي", ["الرئيسُ", "الأمـــريكي"]),
        ("قصفَهُم", ["قصفَهُم"]),
        # punctuation and symbols are words of their own
        ("قال: «نعم»، ثم (لا)!", ["قال", ":", "«", "نعم", "»", "،", "ثم", "(", "لا", ")", "!"]),
        ("آب/أغسطس", ["آب", "/", "أغسطس"]),
        ("25%", ["25", "%"]),
        ("#داعش_الآن", ["#", "داعش", "_", "الآن"]),
        ("...", [".", ".", "."]),
        # except inside numbers and dates, in either script
        ("2015/01/18", ["2015/01/18"]),
        ("18:07", ["18:07"]),
        ("25.5", ["25.5"]),
        ("٢٥٫٥ ١٬٠٠٠", ["٢٥٫٥", "١٬٠٠٠"]),
        ("2014-2015", ["2014-2015"]),
        ("عام 2014.", ["عام", "2014", "."]),
        ("5.", ["5", "."]),
        # signs without a shape are no words and part the words they stand between
        ("\u200fباريس\u200e", ["باريس"]),
        ("باريس\u00a0لندن", ["باريس", "لندن"]),
        ("باريس\u061cلندن", ["باريس", "لندن"]),
        ("❤\ufe0f", ["❤"]),
        ("\ufeffخبر\x00", ["خبر"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("", []),
        (" \n\t", []),
    ],
)
def test_words(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("قصف الجيش. وانسحب الثوار.", ["قصف الجيش.", "وانسحب الثوار."]),
        ("عنوان\nنص", ["عنوان", "نص"]),
        ("عنوان\r\n\r\nنص", ["عنوان", "نص"]),
        ("عنوان\u2028نص", ["عنوان", "نص"]),
        ("ماذا؟ لا شيء!", ["ماذا؟", "لا شيء!"]),
        ("ماذا؟! لا شيء", ["ماذا؟!", "لا شيء"]),
        # what only looks like an end
        ("قال د. محمد", ["قال د. محمد"]),
        ("قال... ثم سكت", ["قال... ثم سكت"]),
        ("نسبة 25.5 بالمئة", ["نسبة 25.5 بالمئة"]),
        ("موقع bbc.com اليوم", ["موقع bbc.com اليوم"]),
        (". خبر", [". خبر"]),
        # quotes and brackets stay with the sentence that they close
        ("قال: «نعم.» ثم سكت.", ["قال: «نعم.»", "ثم سكت."]),
        ('قال: "نعم". ثم سكت', ['قال: "نعم".', "ثم سكت"]),
        ("في عام 2014. وبعد", ["في عام 2014.", "وبعد"]),
    ],
)
def test_sentences(text, sentences):
    assert sentences_of(text) == sentences


TEXTS = st.text(
    st.one_of(
        st.sampled_from(" \n\r\t.!؟…،:/-_«»()\"'٫٬\u200f\u200c\u0651\u2028"),
        st.sampled_from("ابتوقد٣5a"),
        st.characters(codec="utf-8"),
    ),
    max_size=60,
)


@given(TEXTS)
def test_words_stand_in_order_where_they_say_and_hold_no_space(text):
    end = 0
    for word in split_words(text):
        assert word.text == text[word.start : word.end]
        assert end <= word.start < word.end
        assert not any(sign.isspace() for sign in word.text)
        end = word.end


@given(TEXTS)
def test_no_letter_or_digit_is_lost(text):
    covered = {place for word in split_words(text) for place in range(word.start, word.end)}
    assert not [sign for place, sign in enumerate(text) if sign.isalnum() and place not in covered]


@given(TEXTS)
def test_every_word_is_in_exactly_one_sentence(text):
    words = split_words(text)
    sentences = split_sentences(text, words)
    assert [n for one in sentences for n in range(one.first_word, one.last_word)] == list(range(len(words)))
    for one in sentences:
        assert (one.start, one.end) == (words[one.first_word].start, words[one.last_word - 1].end)
        assert "\n" not in text[one.start : one.end]


@given(TEXTS)
def test_running_sentences_are_sentences_or_their_beginnings(text):
    words = split_words(text)
    sentences = {one.first_word: one for one in split_sentences(text, words)}
    for one in running_sentences(text, words, tuple(sentences.values())):
        assert one.last_word <= sentences[one.first_word].last_word
        assert one.first_word < one.last_word
