"""Expressions that count from the day of publication: «الأربعاء», «أمس», «قبل أسبوعين», «أوائل هذا الشهر»."""

from __future__ import annotations

import re
from datetime import date, timedelta

from waqai.events import calendar, periods
from waqai.events.expression import TURN, WEEKDAY, Expression, turn_of
from waqai.events.periods import Period

NEXT_WORDS = frozenset(calendar.NEXT)
LAST_WORDS = frozenset(calendar.LAST)

_UNIT = calendar.alternatives((*calendar.UNITS, *calendar.DUALS))
_COUNTED = re.compile(
    rf"(?:(?P<ago>قبل|منذ|من)|(?P<ahead>بعد|عقب)) (?:(?:نحو|حوالي|قرابه|زهاء) )?"
    rf"(?:(?P<number>\d+|{calendar.alternatives(calendar.NUMBERS)}) )?(?P<unit>{_UNIT})"
    r"(?: (?:واحد|واحده|فقط|بالضبط|تقريبا|من الان))?"
)
_FROM_THEN = re.compile(
    rf"(?:(?P<number>\d+|{calendar.alternatives(calendar.NUMBERS)}) )?(?P<unit>{_UNIT}) (?P<way>قبل|بعد) ذلك"
    r"|(?P<way2>قبل|بعد)(?: ذلك|ها|ه) ب"
    rf"(?:(?P<number2>\d+|{calendar.alternatives(calendar.NUMBERS)}) )?(?P<unit2>{_UNIT})"
)
_LONG_AGO = 60
_PASSED = re.compile(
    rf"(?:(?P<number>\d+|{calendar.alternatives(calendar.NUMBERS)}) )?(?P<unit>{_UNIT}) (?:مضت|مضي|خلت)"
)
_DAY_WORDS = {
    "اول امس": -2, "امس الاول": -2, "اول من امس": -2, "قبل امس": -2, "امس": -1, "البارحه": -1, "الامس": -1,
    "بعد غد": 2, "بعد الغد": 2, "غدا": 1, "غد": 1, "الغد": 1, "يوم غد": 1, "اليوم": 0, "الليله": 0, "هذا اليوم": 0,
    "هذه الليله": 0, "هذا المسا": 0, "هذا الصباح": 0, "الليله الماضيه": -1, "النهارده": 0,
}  # fmt: skip
_PART_OF_DAY = rf"(?:(?:ال)?(?:{calendar.alternatives(calendar.DAY_PARTS)}) )?"
_NAMED_DAY = re.compile(
    rf"(?:(?:في|منذ|حتي|من) )*{_PART_OF_DAY}(?:ال)?(?:يوم )?"
    rf"(?P<name>{calendar.alternatives(_DAY_WORDS)})"
    rf"(?: {WEEKDAY})?(?: (?:{calendar.alternatives(calendar.DAY_PART_ADVERBS)}))?"
)
_SAME_DAY = re.compile(r"(?:في )?(?:(?:نفس|ذات) اليوم|(?:ال)?يوم (?:نفسه|ذاته)|اليوم عينه)")
_NEXT_DAY = re.compile(r"(?:في )?اليوم (?:التالي|اللاحق|الموالي)")
_WEEKDAY = re.compile(
    rf"(?:(?:في|منذ|حتي|من|بحلول) )*{_PART_OF_DAY}{_PART_OF_DAY}(?:ال)?(?:(?:يوم|ليله|نهار) )?"
    rf"{WEEKDAY}(?: (?:ال)?(?P<second>{calendar.alternatives(calendar.WEEKDAYS)}))?"
    rf"(?: (?:ال)?(?:{calendar.alternatives((*calendar.DAY_PARTS, *calendar.DAY_PART_ADVERBS))}))?"
    rf"(?: (?:(?:من )?(?:هذا )?(?P<week>(?:ال)?اسبوع)(?: (?:{TURN.replace('?P<', '?P<w_')}))?|{TURN}))?"
)
_THIS_UNIT = re.compile(
    rf"(?:خلال |طوال |طيله )?(?P<this>هذا|هذه) (?:ال)?(?P<unit>{calendar.alternatives(calendar.SINGULARS)})"
)
_TURNED = re.compile(
    rf"(?:خلال )?(?:عطله )?(?:ال)?(?P<unit>{calendar.alternatives(calendar.SINGULARS)})"
    rf"(?: (?:ال)?(?:ميلادي|هجري))? {TURN}"
)
_VAGUE = re.compile(r"\b(?:كل|يوميا|اسبوعيا|شهريا|سنويا|عقود|مقتبل)\b")


def is_vague(form: str) -> bool:
    """Whether an expression names no certain time: recurring days, centuries."""
    return bool(_VAGUE.search(form))


def counted(expression: Expression) -> Period | None:
    """«قبل أسبوعين», «بعد ثلاثة أسابيع», «قبل عام»; a plural without a number is vague."""
    if match := _FROM_THEN.fullmatch(expression.form):
        unit = match["unit"] or match["unit2"]
        number = _count(match["number"] or match["number2"], unit)
        if number is None or expression.anchor is None:
            return None
        kind = calendar.DUALS.get(unit) or calendar.UNITS[unit]
        way = 1 if (match["way"] or match["way2"]) == "بعد" else -1
        return periods.shift(expression.anchor.first, kind, way * number)
    match = _COUNTED.fullmatch(expression.form)
    passed = None if match else _PASSED.fullmatch(expression.form)
    found = match or passed
    if not found or expression.today is None:
        return None
    number = _count(found["number"], found["unit"])
    if number is None:
        return None
    unit = calendar.DUALS.get(found["unit"]) or calendar.UNITS[found["unit"]]
    if match and match["ahead"]:
        # After a date long gone, «بعد 20 شهرا» goes on from there, not from today.
        then = expression.anchor
        told = then is not None and (expression.today - then.last).days > _LONG_AGO
        return periods.shift(then.first if told and then else expression.today, unit, number)
    return periods.shift(expression.today, unit, -number)


def named_day(expression: Expression) -> Period | None:
    """«أمس الاثنين», «غدا», «مساء اليوم», «اليوم التالي» (after the last date stated)."""
    form, today, anchor = expression.form, expression.today, expression.anchor
    if _SAME_DAY.fullmatch(form):
        return periods.day(anchor.first) if anchor and anchor.first == anchor.last else None
    if _NEXT_DAY.fullmatch(form):
        return periods.day(anchor.first + timedelta(days=1)) if anchor and anchor.first == anchor.last else None
    match = _NAMED_DAY.fullmatch(form)
    if not match or today is None:
        return None
    found = today + timedelta(days=_DAY_WORDS[match["name"]])
    if match["weekday"]:
        # An article dated a day late still says «أمس الاثنين»: the weekday is the firmer word.
        found = _nearest_weekday(found, calendar.WEEKDAYS[match["weekday"]])
    return periods.day(found)


def weekday(expression: Expression) -> Period | None:
    """«الأربعاء», past or to come by the reading; «الخميس المقبل»; «مساء السبت»; «ليل الثلاثاء الأربعاء», both days."""
    match, today = _WEEKDAY.fullmatch(expression.form), expression.today
    if not match or today is None:
        return None
    number = calendar.WEEKDAYS[match["weekday"]]
    if match["week"]:
        turn = -1 if match["w_last"] else 1 if match["w_next"] else 0
        # «الأحد من الأسبوع المقبل» opens an Arab week, though ISO's ends with it; a week's own value stays ISO's.
        sunday = today - timedelta(days=_after_sunday(today.weekday())) + timedelta(weeks=turn)
        return periods.day(sunday + timedelta(days=_after_sunday(number)))
    if match["second"]:
        first = weekday(expression.of(match["weekday"]))
        # «ليل السبت الأحد», the night between two days
        return periods.interval(first, periods.day(first.first + timedelta(days=1))) if first else None
    behind, ahead = (today.weekday() - number) % 7, (number - today.weekday()) % 7
    turn_by = turn_of(match)
    if turn_by is not None and turn_by < 0:
        return periods.day(today - timedelta(days=(behind or 7) + (7 if match["beyond"] else 0)))
    if turn_by == 1 or (turn_by is None and expression.reading == "future"):
        return periods.day(today + timedelta(days=(ahead or 7) if turn_by == 1 else ahead))
    return periods.day(today - timedelta(days=behind))


def turned_unit(expression: Expression) -> Period | None:
    """«الأسبوع الماضي», «هذا الشهر», «العام المقبل», «العام التالي» (after the last date stated)."""
    form, today = expression.form, expression.today
    if (match := _THIS_UNIT.fullmatch(form)) and today:
        return periods.shift(today, calendar.SINGULARS[match["unit"]], 0)
    match = _TURNED.fullmatch(form)
    if not match:
        return None
    unit = calendar.SINGULARS[match["unit"]]
    if (match["following"] or match["same"]) and expression.anchor:
        return periods.shift(expression.anchor.first, unit, 1 if match["following"] else 0)
    turn = turn_of(match)
    if today is None or turn is None or (unit == "day" and turn < 0):
        return None
    return periods.shift(today, unit, turn)


def _count(number: str | None, unit: str) -> int | None:
    if unit in calendar.DUALS:
        return 2 if number is None else None
    if number is None:
        return 1 if unit.removesuffix("ا") in calendar.SINGULARS else None
    return int(number) if number.isdigit() else calendar.NUMBERS[number]


def _after_sunday(number: int) -> int:
    return (number + 1) % 7


def _nearest_weekday(of: date, number: int) -> date:
    ahead = (number - of.weekday()) % 7
    return of + timedelta(days=ahead if ahead <= 3 else ahead - 7)
