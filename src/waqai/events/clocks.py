"""Clock times: «18:07 تغ», «13:46 بتوقيت غرينيتش», «الساعة السادسة مساء»."""

from __future__ import annotations

import re
from datetime import date, timedelta

from waqai.events import calendar, relative
from waqai.events.expression import Expression
from waqai.events.names import comparable
from waqai.events.periods import Period

_GREENWICH = re.compile(
    r"\b(?:تغ|ت غ|(?:ب|ال|بال)?توقيت (?:ال)?(?:غرينيتش|غرينتش|غرنتش|جرينتش|جرينيتش|عالمي|موحد)"
    r"|gmt|utc|غرينتش|غرينيتش|جرينتش)\b"
)
_CLOCK = re.compile(r"(?<![\d/.-])(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::\d{2})?(?![\d/]|\.\d)")
_MILITARY = re.compile(r"(?<=ساعه )(?P<hour>[012]\d)(?P<minute>[0-5]\d)(?!\d)")
_HOUR = re.compile(
    rf"(?:(?:ال)?ساعه )?(?:ال(?P<hour>{calendar.alternatives(calendar.HOURS)})|(?<=ساعه )(?P<digits>\d{{1,2}}))"
    r"(?: و(?:ال)?(?:(?P<half>نصف)|(?P<quarter>ربع)|(?P<third>ثلث)|(?P<minutes>\d{1,2}) دقيقه))?"
    r"(?: (?P<less>الا) (?:ال)?(?P<lack>ربع|ثلث))?"
)
_AFTERNOON = re.compile(r"\b(?:مسا|عصرا|العصر|عصر|ليلا|ليل|ظهرا|ظهر|الظهر|المسا|م|pm)\b")
_MORNING = re.compile(r"\b(?:صباحا|صباح|فجرا|فجر|الصباح|الفجر|ص|am)\b")
_NIGHT = re.compile(r"\b(?:ال)?ليلا?\b")
_MIDNIGHT = comparable("منتصف الليل")


def clock(expression: Expression) -> Period | None:
    """A time of day; ``Z`` where the zone is Greenwich, no zone where none or a local one is stated.

    The day is one named beside it, else the last one stated if it is near the article's own, else that.
    """
    form = expression.form
    if form in (_MIDNIGHT, "عند " + _MIDNIGHT):
        return _at(expression.today, _midnight(expression), 0, "")
    if match := _CLOCK.search(form) or _MILITARY.search(form):
        hour, minute = int(match["hour"]), int(match["minute"])
        if (hour, minute) == (0, 0) and form[: match.start()].strip():
            return None  # «2016-10-25 00:00:00» is how pages write a day
    elif match := _HOUR.search(form):
        hour = int(match["digits"]) if match["digits"] else calendar.HOURS[match["hour"]]
        minute = (
            30 if match["half"] else 15 if match["quarter"] else 20 if match["third"] else int(match["minutes"] or 0)
        )
        rest = form[match.end() :]
        if re.match(r" و(?:ال)?(?:عشرين|ثلاثين|اربعين|خمسين|ستين|سبعين)", rest):
            return None  # «في الخامسة والخمسين» is an age
        if "ساعه" not in match[0] and not (_AFTERNOON.search(rest) or _MORNING.search(rest) or _GREENWICH.search(rest)):
            return None
        if match["less"]:
            hour, minute = hour - 1, 45 if match["lack"] == "ربع" else 40
    else:
        return None
    rest = f"{form[: match.start()]} {form[match.end() :]}"
    zone = "Z" if _GREENWICH.search(rest) else ""
    rest = _GREENWICH.sub(" ", rest)
    night = _NIGHT.search(rest)
    if night and hour == 12:
        hour = _midnight(expression)
    elif _AFTERNOON.search(rest) and hour < 12 and not (night and hour < 5):
        hour += 12
    elif _MORNING.search(rest) and hour == 12:
        hour = 0
    if hour > 24 or minute > 59:
        return None
    return _at(_day_of(expression.of(" ".join(rest.split()))), hour, minute, zone)


def _day_of(expression: Expression) -> date | None:
    from waqai.events import dated

    words = expression.form.split()
    for rule in (dated.numeric, dated.day_of_month, relative.named_day, relative.weekday):
        for start in range(len(words)):
            for end in range(len(words), start, -1):
                if found := rule(expression.of(" ".join(words[start:end]))):
                    return found.first
    anchor, today = expression.anchor, expression.today
    if anchor and anchor.first == anchor.last and (today is None or abs((anchor.first - today).days) <= 7):
        return anchor.first
    return today


def _midnight(expression: Expression) -> int:
    """A midnight to come ends its day, one that has been began it."""
    return 24 if expression.reading == "future" else 0


def _at(day: date | None, hour: int, minute: int, zone: str) -> Period | None:
    if day is None:
        return None
    if hour == 24:  # not every reader of ISO 8601 knows T24:00
        day, hour = day + timedelta(days=1), 0
    return Period(f"{day.isoformat()}T{hour:02d}:{minute:02d}{zone}", "time", day, day)
