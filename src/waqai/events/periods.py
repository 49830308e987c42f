"""ISO 8601 and EDTF values of calendar periods, and the arithmetic between them."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the calendar: its value as written, its precision, its first and last day."""

    value: str
    precision: str
    first: date
    last: date

    @property
    def middle(self) -> date:
        """The day half-way through."""
        return self.first + (self.last - self.first) / 2


def day(of: date) -> Period:
    """A single day, ``2016-01-20``."""
    return Period(of.isoformat(), "day", of, of)


def day_at(in_year: int, in_month: int, number: int) -> Period | None:
    """A day by its numbers; ``None`` where the calendar has no such day."""
    try:
        return day(date(in_year, in_month, number))
    except ValueError:
        return None


def week(of: date) -> Period:
    """The ISO week of a day, ``2016-W03``."""
    year, number, _ = of.isocalendar()
    first = date.fromisocalendar(year, number, 1)
    return Period(f"{year:04d}-W{number:02d}", "week", first, first + timedelta(days=6))


def month(year: int, number: int) -> Period:
    """A month, ``2015-11``; the number may run over the ends of the year."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    last = date(year, number, monthrange(year, number)[1])
    return Period(f"{year:04d}-{number:02d}", "month", date(year, number, 1), last)


def year(number: int) -> Period:
    """A year, ``2014``."""
    return Period(f"{number:04d}", "year", date(number, 1, 1), date(number, 12, 31))


def season(of_year: int, number: int) -> Period:
    """An EDTF season, 21 spring … 24 winter; the winter of a year is the one it begins and ends with."""
    first_month = {21: 3, 22: 6, 23: 9, 24: 12}[number]
    first, last = month(of_year, first_month), month(of_year, first_month + 2)
    return Period(f"{of_year:04d}-{number}", "season", first.first, last.last)


def interval(start: Period, end: Period) -> Period:
    """From the start of one period to the end of another, ``2014-10/2014-12``; either may be an interval itself."""
    first, last = start.value.split("/")[0], end.value.split("/")[-1]
    return Period(f"{first}/{last}", "interval", start.first, end.last)


def part(of: Period, which: str) -> Period | None:
    """The ``early``, ``middle`` or ``late`` part of a month (thirds) or a year; ``None`` for other periods."""
    if of.precision == "month":
        third = {"early": (1, 10), "middle": (11, 20), "late": (21, of.last.day)}[which]
        return interval(*(day(of.first.replace(day=number)) for number in third))
    if of.precision == "interval" and 28 <= (of.last - of.first).days <= 30:  # a month of another calendar
        bounds = {"early": (0, 9), "middle": (10, 19), "late": (20, (of.last - of.first).days)}[which]
        return interval(*(day(of.first + timedelta(days=number)) for number in bounds))
    if of.precision == "year":
        months = {"early": (1, 3), "middle": (5, 8), "late": (10, 12)}[which]
        return interval(*(month(of.first.year, number) for number in months))
    return None


def shift(of: date, unit: str, by: int) -> Period:
    """The day, week, month or year so many units from a day on."""
    if unit == "day":
        return day(of + timedelta(days=by))
    if unit == "week":
        return week(of + timedelta(weeks=by))
    if unit == "month":
        return month(of.year, of.month + by)
    return year(of.year + by)


@lru_cache(maxsize=65536)
def read_value(value: str) -> Period | None:
    """The period of a written value of any of the forms above; ``None`` where it is of no such form.

    >>> read_value("2016-W03").first
    datetime.date(2016, 1, 18)
    """
    try:
        if "/" in value:
            start, end = (read_value(piece) for piece in value.split("/"))
            return interval(start, end) if start and end else None
        if "T" in value:
            stated = date.fromisoformat(value.split("T")[0])
            return Period(value, "time", stated, stated)
        if "W" in value:
            of_year, _, number = value.partition("-W")
            return week(date.fromisocalendar(int(of_year), int(number), 1))
        numbers = [int(piece) for piece in value.split("-")]
        if len(numbers) == 3:
            return day(date(*numbers))
        if len(numbers) == 2:
            return month(*numbers) if 1 <= numbers[1] <= 12 else season(*numbers)
        return year(numbers[0])
    except (ValueError, OverflowError, KeyError, TypeError):
        return None
