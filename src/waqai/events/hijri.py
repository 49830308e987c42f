"""The Hijri calendar: its years, months and days as days of the Gregorian one (Umm al-Qura, by hijridate)."""

from __future__ import annotations

from datetime import date

from waqai.events import periods
from waqai.events.expression import Expression
from waqai.events.periods import Period


def hijri_year(expression: Expression, month: int, turn: int | None) -> int | None:
    """The Hijri year of a month that is named without one: the nearest, or by «الماضي» and «المقبل».

    Raises:
        OverflowError: the day of publication lies outside the tables (August 1924 to November 2077).
    """
    from hijridate import Gregorian

    if expression.today is None:
        return None
    today = Gregorian.fromdate(expression.today).to_hijri()
    if turn is not None and turn < 0:
        return today.year if month < today.month else today.year - 1
    if turn is not None and turn > 0:
        return today.year if month > today.month else today.year + 1
    return min(
        (today.year - 1, today.year, today.year + 1),
        key=lambda year: abs((year - today.year) * 12 + month - today.month),
    )


def hijri_period(year: int, month: int | None, day: int | None) -> Period | None:
    """A day, or the interval of a month (in days) or of a year (in months); ``None`` outside the tables."""
    from hijridate import Hijri

    try:
        if month is None:
            first, last = Hijri(year, 1, 1), Hijri(year, 12, Hijri(year, 12, 1).month_length())
        elif day is None:
            first = Hijri(year, month, 1)
            last = Hijri(year, month, first.month_length())
        else:
            of = Hijri(year, month, day).to_gregorian()
            return periods.day(date(of.year, of.month, of.day))
    except (ValueError, OverflowError):
        return None
    start, end = first.to_gregorian(), last.to_gregorian()
    if month is None:
        return periods.interval(periods.month(start.year, start.month), periods.month(end.year, end.month))
    return periods.interval(
        periods.day(date(start.year, start.month, start.day)), periods.day(date(end.year, end.month, end.day))
    )
