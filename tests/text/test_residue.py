"""Web residue: what a page leaves in an article's text, and what only looks like it."""

from __future__ import annotations

import time

import pytest

from waqai.text import find_residue, running_sentences, split_sentences, split_words


def residue_of(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_residue(text)]


def running_text(text: str) -> list[str]:
    words = split_words(text)
    kept = running_sentences(text, words, split_sentences(text, words))
    return [text[sentence.start : sentence.end] for sentence in kept]


@pytest.mark.parametrize(
    "line",
    [
        "إضافة تعليق",
        "أضف تعليقا جديدا",
        "اترك تعليقاً",
        "التعليقات",
        "التعليقات (3)",
        "تعليقات 12",
        "لن يتم نشر عنوان بريدك الإلكتروني.",
        "شارك على فيسبوك",
        "مشاركة",
        "12",
        "1.2K",
        "3 | 15",
        "٢٣",
        "اقرأ أيضا: مقتل جندي في حلب",
        "في اخبار العراق الان",
        "عاجل",
        "Photo by Reuters, all rights reserved",
    ],
)
def test_a_line_that_is_residue(line):
    assert residue_of(f"قصف الجيش الرقة.\n{line}\nوانسحب الثوار.") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "قتل 12 شخصا",
        "2016/01/20",
        "20 - 1 - 2016",
        "عاجل: قصف على الرقة",
        "التعليقات التي أدلى بها الرئيس أثارت غضب المعارضة في البلاد",
        "في أخبار أخرى، قال المتحدث باسم وزارة الدفاع إن القوات العراقية تقدمت نحو مدينة الموصل من الجهة الجنوبية",
        "NATO",
        "قال John Kerry إن الاجتماع مهم",
        "المزيد من القوات وصل إلى الموصل",
    ],
)
def test_a_line_that_only_looks_like_residue(line):
    assert residue_of(f"قصف الجيش الرقة.\n{line}\nوانسحب الثوار.") == []


def test_a_caption_repeated_counts_once():
    assert running_text("صورة للوزير\nقال الوزير.\nصورة للوزير\n") == ["صورة للوزير", "قال الوزير."]


def test_a_sign_off_is_cut_from_its_line():
    text = "قال الوزير إنه سيعود. انتهى/س\n"
    assert residue_of(text) == ["انتهى/س"]
    assert running_text(text) == ["قال الوزير إنه سيعود."]


def test_offsets_are_into_the_text_as_it_stands():
    text = "عنوان\r\n12\r\nقال الوزير."
    [span] = find_residue(text)
    assert text[span.start : span.end] == "12"
    assert running_text(text) == ["عنوان", "قال الوزير."]


def test_long_lines_take_no_longer_than_their_length():
    started = time.perf_counter()
    find_residue("1 " * 50_000 + "x")
    find_residue("ا" * 100_000)
    assert time.perf_counter() - started < 2
