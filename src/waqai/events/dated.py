"""Expressions that name a date of the calendar: numerals, months of five conventions, Hijri dates, seasons, years."""

from __future__ import annotations

import re
from datetime import date

from waqai.events import calendar, periods
from waqai.events.expression import (
    DAY_NUMBER,
    HIJRI_MONTH,
    MONTH,
    RELATIVE_YEAR,
    TURN,
    WEEKDAY,
    YEAR,
    Expression,
    day_number,
    turn_of,
)
from waqai.events.hijri import hijri_period, hijri_year
from waqai.events.periods import Period

_NUMERIC = re.compile(
    r"(?<!\d)(?:(?P<y1>\d{4})[-/.](?P<m1>\d{1,2})(?:[-/.](?P<d1>\d{1,2}))?|(?P<d2>\d{1,2})[-/.](?P<m2>\d{1,2})(?:[-/.](?P<y2>\d{4}|\d{2}))?|"
    r"(?P<m3>\d{1,2})[-/.](?P<y3>\d{4}))(?!\d)"
)
_MONTH_NAME = re.compile(
    rf" (?:من )?(?:شهر )?(?:{calendar.alternatives((*calendar.MONTHS, *calendar.HIJRI_MONTHS))})\b"
)
_OPENING = r"(?:(?:الموافق|موافق|بتاريخ|تاريخ|في|ل|يوم|مع|حتي|بحلول) )*"
_PART = rf"(?:(?:ال)?(?:{calendar.alternatives(calendar.DAY_PARTS)}) )?(?:(?:ال)?يوم )?"
_RELATIVE_DAY = r"(?:(?:امس|غدا|اليوم|غد) )?"
_WHEN = rf"(?: (?:{YEAR}|{RELATIVE_YEAR}|{TURN.replace('?P<', '?P<m_')}))?"
_DAY_OF_MONTH = re.compile(
    rf"{_OPENING}{_PART}{_RELATIVE_DAY}(?:{WEEKDAY} )?(?:الموافق )?(?:ال)?(?:يوم )?{DAY_NUMBER} (?:من )?{MONTH}{_WHEN}"
)
_MONTH = re.compile(rf"{_OPENING}{MONTH}{_WHEN}")
_HIJRI = re.compile(
    rf"(?:{WEEKDAY} )?(?:{DAY_NUMBER} (?:من )?|(?P<new_moon>غره) )?{HIJRI_MONTH}"
    rf"(?: (?:(?:من )?ل?(?:عام|سنه) )?(?P<year>1[345]\d\d))?(?: هجري| هجريه| ه)?(?: {TURN})?"
)
_SEASON = re.compile(rf"(?:هذا )?(?:ال)?(?:فصل (?:ال)?)?(?P<season>{calendar.alternatives(calendar.SEASONS)}){_WHEN}")
_YEAR = re.compile(rf"(?:منذ |خلال )?{YEAR}")
_DECADE = re.compile(
    rf"(?:عقد |سنوات |اعوام )?(?:ال)?(?P<decade>{calendar.alternatives(calendar.DECADES)})"
    r"(?: (?:من )?القرن (?:الماضي|العشرين))?"
)
_LAST_DAY = re.compile(rf"متم {MONTH}{_WHEN}")
_HOLIDAY = re.compile(
    rf"(?:عيد |عطله )*(?P<name>{calendar.alternatives(calendar.HOLIDAYS)})"
    r"(?: ميلاديه| الميلاديه| المجيد)?(?: (?P<year>\d{4}))?"
)
_HIJRI_YEAR = re.compile(r"(?:ال)?(?:عام|سنه)? ?(?:الهجري )?(?P<year>1[345]\d\d) ?(?:ه|هجري|هجريه)?")
_TOO_LATE, _TOO_EARLY = 90, 150
_YEARS_AHEAD = 10


def numeric(expression: Expression) -> Period | None:
    """``2015/01/18``, ``20-1-2016``, ``5/6/67``, ``25/10``; Hijri where the year is one of that calendar's."""
    hijri: Period | None = None
    for match in _NUMERIC.finditer(expression.form):
        year = match["y1"] or match["y2"] or match["y3"]
        month, day = int(match["m1"] or match["m2"] or match["m3"]), match["d1"] or match["d2"]
        if year is None:
            if "." in match[0] or _MONTH_NAME.match(expression.form, match.end()):
                continue  # a number with a fraction; the days of «5-10 مارس»
            found = _nearest_day(expression, int(day), month)
        elif 1300 <= int(year) <= 1500:
            hijri = hijri or hijri_period(int(year), month, int(day) if day else None)
            continue
        else:
            number = _full_year(expression, year)
            if number is None:
                continue
            found = (
                periods.day_at(number, month, int(day))
                if day
                else periods.month(number, month)
                if 1 <= month <= 12
                else None
            )
            if found is None and day:
                found = periods.day_at(number, int(day), month)  # the American order, where only it can be
        if found:
            return found
    return hijri


def hijri(expression: Expression) -> Period | None:
    """A date, month or year of the Hijri calendar as days of the Gregorian one; a dual date by its Gregorian half."""
    match = _HIJRI.search(expression.form)
    if not match:
        match = _HIJRI_YEAR.fullmatch(expression.form)
        return hijri_period(int(match["year"]), None, None) if match else None
    rest = (expression.form[: match.start()] + " " + expression.form[match.end() :]).strip()
    if rest:
        dual = numeric(expression.of(rest)) or _by_search(_DAY_OF_MONTH, expression.of(rest))
        if dual:
            return dual
    month = calendar.HIJRI_MONTHS[match["month"]]
    year = int(match["year"]) if match["year"] else hijri_year(expression, month, turn_of(match))
    return None if year is None else hijri_period(year, month, 1 if match["new_moon"] else day_number(match))


def day_of_month(expression: Expression) -> Period | None:
    """«20 يناير/كانون الثاني 2016», «الثلاثاء 28 آذار», «فاتح أكتوبر»; the year nearest where none is said."""
    if match := _LAST_DAY.fullmatch(expression.form):
        of_month = month_of_year(expression.of(expression.form.removeprefix("متم ")))
        return periods.day(of_month.last) if of_month else None
    if match := _HOLIDAY.fullmatch(expression.form):
        day, month = calendar.HOLIDAYS[match["name"]]
        return periods.day_at(int(match["year"]), month, day) if match["year"] else _nearest_day(expression, day, month)
    match = _DAY_OF_MONTH.fullmatch(expression.form)
    return _read_day(expression, match) if match else None


def month_of_year(expression: Expression) -> Period | None:
    """«نوفمبر تشرين الثاني», «غشت الماضي», «تشرين الأول 2019»."""
    match = _MONTH.fullmatch(expression.form)
    if not match:
        return None
    number = calendar.MONTHS[match["month"]]
    year = _year_of(expression, match)
    if year is not None:
        return periods.month(year, number)
    today = expression.today
    if today is None:
        return None
    if match["m_last"]:
        year = today.year if number < today.month else today.year - 1
        year -= 1 if match["m_beyond"] else 0
    elif match["m_next"]:
        year = today.year if number > today.month else today.year + 1
    elif match["m_this"]:
        year = today.year
    elif match["m_same"] and expression.anchor:
        year = expression.anchor.first.year
    else:
        year = _nearest_year(expression, number, 15)
    return periods.month(year, number)


def season_of_year(expression: Expression) -> Period | None:
    """«صيف عام 2014», «هذا الخريف», «الصيف الماضي»."""
    match = _SEASON.fullmatch(expression.form)
    if not match:
        return None
    number, today = calendar.SEASONS[match["season"]], expression.today
    year = _year_of(expression, match)
    if year is not None:
        return periods.season(year, number)
    if today is None:
        return None
    this = periods.season(today.year, number)
    if match["m_last"]:
        return this if this.last < today else periods.season(today.year - 1, number)
    if match["m_next"]:
        return this if this.first > today else periods.season(today.year + 1, number)
    return this if expression.form.startswith("هذا") or match["m_this"] or expression.form.startswith("ال") else None


def year_alone(expression: Expression) -> Period | None:
    """«عام 1992», «2014», «التسعينيات»."""
    if match := _DECADE.fullmatch(expression.form):
        first = 1900 + calendar.DECADES[match["decade"]]
        return periods.interval(periods.year(first), periods.year(first + 9))
    match = _YEAR.fullmatch(expression.form)
    if not match or not 1000 <= (number := int(match["year"])) <= 2199:
        return None
    return periods.year(number)


def _by_search(pattern: re.Pattern[str], expression: Expression) -> Period | None:
    match = pattern.search(expression.form)
    return _read_day(expression, match) if match else None


def _read_day(expression: Expression, match: re.Match[str]) -> Period | None:
    number, day = calendar.MONTHS[match["month"]], day_number(match)
    if day is None:
        return None
    year = _year_of(expression, match)
    if year is None:
        if expression.today is None:
            return None
        if match["m_last"] or match["m_next"]:
            of_month = month_of_year(expression.of(f"{match['month']} {match['m_last'] or match['m_next']}"))
            year = of_month.first.year if of_month else None
        elif match["m_this"]:
            year = expression.today.year
    if year is None:
        return _nearest_day(expression, day, number)
    return periods.day_at(year, number, day)


def _year_of(expression: Expression, match: re.Match[str]) -> int | None:
    """The year stated in an expression, outright or by «العام الماضي»."""
    if match["year"]:
        return int(match["year"])
    today = expression.today
    if match["same"] and expression.anchor:
        return expression.anchor.first.year
    if match["following"] and expression.anchor:
        return expression.anchor.first.year + 1
    if match["before_year"] in ("ذلك", "تلك"):
        return expression.anchor.first.year if expression.anchor else None
    turn = 0 if match["before_year"] else turn_of(match)
    if today is None or turn is None:
        return None
    return today.year + turn


def _full_year(expression: Expression, written: str) -> int | None:
    """A year of four digits, or the latest of two that is not far ahead of the article's."""
    if len(written) == 4:
        return int(written)
    if expression.today is None:
        return None
    latest = expression.today.year + _YEARS_AHEAD
    return latest - (latest - int(written)) % 100


def _nearest_day(expression: Expression, day: int, month: int) -> Period | None:
    if expression.today is None or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return periods.day_at(_nearest_year(expression, month, day), month, day)


def _nearest_year(expression: Expression, month: int, day: int) -> int:
    """The year in which a month lies nearest; some months off the reading decides."""
    today = expression.today or date.min
    choices = {
        year: (date(year, month, min(day, 28)) - today).days for year in (today.year - 1, today.year, today.year + 1)
    }
    nearest = min(choices, key=lambda year: abs(choices[year]))
    if expression.reading == "past" and choices[nearest] > _TOO_LATE:
        return nearest - 1
    if expression.reading == "future" and choices[nearest] < -_TOO_EARLY:
        return nearest + 1
    return nearest
