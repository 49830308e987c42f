"""The calendar in Arabic words: numbers, weekdays, units, and the months of five conventions.

All words come out in their comparable form (``waqai.events.names.comparable``).
Months: Egypt and the Gulf, the Levant and Iraq, the Maghreb (Tunisia, Algeria; Morocco), and the Hijri year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from waqai.events.names import comparable

_Number = TypeVar("_Number", int, str)

_MONTHS = """
1 يناير|كانون الثاني|كانون ثاني|كانون ثان|جانفي|جانفيي|ينايير
2 فبراير|شباط|فيفري|فبرائر
3 مارس|اذار|مارث
4 ابريل|نيسان|افريل|ابرييل
5 مايو|ايار|ماي|نوار
6 يونيو|حزيران|جوان|يونيه
7 يوليو|تموز|جويليه|يوليوز|يوليه
8 اغسطس|اب|اوت|غشت|اغسطوس
9 سبتمبر|ايلول|شتنبر
10 اكتوبر|تشرين الاول|تشرين اول|اكتوبير
11 نوفمبر|تشرين الثاني|تشرين ثاني|تشرين ثان|نونبر|نوفمبير
12 ديسمبر|كانون الاول|كانون اول|دجنبر|ديسمبير
"""
_HIJRI_MONTHS = """
1 محرم|المحرم|محرم الحرام
2 صفر
3 ربيع الاول|ربيع اول
4 ربيع الاخر|ربيع الثاني|ربيع ثاني
5 جمادي الاولي|جمادي الاول
6 جمادي الاخره|جمادي الثانيه|جمادي الاخر
7 رجب
8 شعبان
9 رمضان|شهر رمضان|رمضان المبارك
10 شوال
11 ذو القعده|ذي القعده|ذوالقعده
12 ذو الحجه|ذي الحجه|ذوالحجه
"""


def _table(lines: str) -> MappingProxyType[str, int]:
    table: dict[str, int] = {}
    for line in lines.split("\n"):
        number, _, words = line.partition(" ")
        table |= {comparable(word): int(number) for word in words.split("|") if word}
    return MappingProxyType(table)


MONTHS = _table(_MONTHS)
HIJRI_MONTHS = _table(_HIJRI_MONTHS)


def _forms(words: Mapping[str, _Number]) -> MappingProxyType[str, _Number]:
    return MappingProxyType({comparable(word): value for word, value in words.items()})


def alternatives(words: Iterable[str]) -> str:
    """A pattern that matches one of the words, the longest first."""
    return "|".join(sorted((re.escape(comparable(word)) for word in words), key=len, reverse=True))


WEEKDAYS = _forms(
    {
        "اثنين": 0,
        "اتنين": 0,
        "ثلاثاء": 1,
        "تلاتاء": 1,
        "ثلثاء": 1,
        "أربعاء": 2,
        "خميس": 3,
        "جمعة": 4,
        "سبت": 5,
        "أحد": 6,
    }
)
"""Weekdays without the article, 0 Monday … 6 Sunday."""

SEASONS = _forms({"ربيع": 21, "صيف": 22, "خريف": 23, "شتاء": 24})
"""EDTF level 1 season numbers."""

_ONES = {"ثلاث": 3, "أربع": 4, "خمس": 5, "ست": 6, "سبع": 7, "ثماني": 8, "تسع": 9, "عشر": 10}
_TENS = {"عشرين": 20, "عشرون": 20, "ثلاثين": 30, "ثلاثون": 30, "أربعين": 40, "أربعون": 40, "خمسين": 50, "خمسون": 50}
NUMBERS = _forms(
    {"واحد": 1, "واحدة": 1, "اثنين": 2, "اثنتين": 2, "اثنان": 2, "ثمان": 8, "أحد عشر": 11, "إحدى عشرة": 11}
    | {"اثني عشر": 12, "اثنا عشر": 12, "اثنتي عشرة": 12}
    | _ONES
    | {f"{word}ة": number for word, number in _ONES.items()}
    | {f"{word}ة عشر": number + 10 for word, number in _ONES.items() if number < 10}
    | _TENS
)
"""Cardinal words."""

_ORDINALS = {
    "أول": 1, "أولى": 1, "فاتح": 1, "غرة": 1, "ثاني": 2, "ثان": 2, "ثالث": 3, "رابع": 4, "خامس": 5, "سادس": 6,
    "سابع": 7, "ثامن": 8, "تاسع": 9, "عاشر": 10, "حادي عشر": 11,
}  # fmt: skip
_TEENS = {f"{word} عشر": number + 10 for word, number in _ORDINALS.items() if 2 <= number <= 9}
_COMPOUND = {
    f"{word} و{article}{tens}": number + value
    for word, number in [("حادي", 1), ("واحد", 1), *((word, n) for word, n in _ORDINALS.items() if 2 <= n <= 9)]
    for tens, value in _TENS.items()
    for article in ("", "ال")
    if number + value <= 31
}
ORDINALS = _forms(_ORDINALS | _TEENS | _COMPOUND | {word: n for word, n in _TENS.items() if n <= 30})
"""Ordinal words without the article, the days 1 … 31 of a month."""

HOURS = _forms(
    {
        "واحدة": 1,
        "ثانية": 2,
        "ثالثة": 3,
        "رابعة": 4,
        "خامسة": 5,
        "سادسة": 6,
        "سابعة": 7,
        "ثامنة": 8,
        "تاسعة": 9,
        "عاشرة": 10,
    }
    | {"حادية عشرة": 11, "حادية عشر": 11, "ثانية عشرة": 12, "ثانية عشر": 12}
)
"""Hours of the clock without the article."""

_UNIT_FORMS = {
    "day": "يوم أيام يوما",
    "week": "أسبوع أسابيع أسبوعا",
    "month": "شهر أشهر شهور شهرا",
    "year": "عام أعوام عاما سنة سنوات سنين",
}
_DUAL_FORMS = {
    "day": "يومين يومان", "week": "أسبوعين أسبوعان", "month": "شهرين شهران", "year": "عامين عامان سنتين سنتان",
}  # fmt: skip
UNITS = _forms({word: unit for unit, words in _UNIT_FORMS.items() for word in words.split()})
"""Units, singular and plural."""
DUALS = _forms({word: unit for unit, words in _DUAL_FORMS.items() for word in words.split()})
"""Two of a unit."""
SINGULARS = _forms({"يوم": "day", "أسبوع": "week", "شهر": "month", "عام": "year", "سنة": "year"})
"""One of a unit."""


def _phrases(words: str) -> tuple[str, ...]:
    return tuple(comparable(word) for word in words.split("|"))


NEXT = _phrases("المقبل|المقبلة|القادم|القادمة|الآتي|الآتية|مقبل|مقبلة|قادم|قادمة")
LAST = _phrases(
    "الماضي|الماضية|الفائت|الفائتة|المنصرم|المنصرمة|السابق|السابقة|الفارط|الفارطة|المنقضي|الأخير|الأخيرة|ماضي|الماضى"
)
DECADES = _forms(
    {
        f"{word}{ending}": number
        for word, number in (
            ("عشرين", 20),
            ("ثلاثين", 30),
            ("أربعين", 40),
            ("خمسين", 50),
            ("ستين", 60),
            ("سبعين", 70),
            ("ثمانين", 80),
            ("تسعين", 90),
        )
        for ending in ("ات", "يات")
    }
)
"""Decades of the twentieth century, «التسعينيات»."""

HOLIDAYS = MappingProxyType({comparable(name): day for name, day in (("رأس السنة", (1, 1)), ("عيد الميلاد", (25, 12)))})
"""Feasts on a fixed day of the calendar: (day, month)."""

THIS = _phrases("الجاري|الجارية|الحالي|الحالية|الجارى|الحالى|هذا|هذه")
FOLLOWING = _phrases("التالي|التالية|الموالي|الموالية|الذي يليه|اللاحق")
SAME = _phrases("نفسه|نفسها|ذاته|ذاتها|عينه")
EARLY = _phrases("أوائل|بداية|بدايات|مطلع|مستهل|مفتتح|أول أيام|الأيام الأولى من")
MIDDLE = _phrases("منتصف|أواسط|وسط")
LATE = _phrases("أواخر|آخر|نهاية|نهايات|ختام|موفى|متم|غاية")
DAY_PARTS = _phrases(
    "صباح|مساء|ظهر|عصر|فجر|ليل|ليلة|عشية|ضحى|منتصف ليل|منتصف ليلة|منتصف نهار|بعد ظهر|قبل ظهر|سحر|مغرب|نهار|صبيحة|أمسية|"
    "وقت متأخر من|"
    "ساعة متأخرة من|ساعات الأولى من|ساعة مبكرة من|مطلع|بداية|نهاية|بعد منتصف ليل|ظهيرة|غداة|قبيل فجر|وقت مبكر من|آخر|"
    "طيلة نهار|عصرا|ظهرا|مساء|صباحا|ليلا|فجرا|صلاة|بعد صلاة|بعد عصر|بعد مغرب|عقب صلاة"
)
DAY_PART_ADVERBS = _phrases("صباحا|مساء|ظهرا|عصرا|فجرا|ليلا|ضحى|نهارا|صباحاً")
