"""A calendar expression as the rules read it, and the pieces of pattern that they share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from waqai.events import calendar
from waqai.events.names import comparable
from waqai.events.periods import Period
from waqai.events.tense import Reading

_SEPARATED = re.compile(r"(?<=\d)\s*([/.:\-–])\s*(?=\d)")
_COMMA_CLOCK = re.compile(r"(?<=الساعة )(\d{1,2})[,،](\d{2})(?!\d)")
_CARRIED = re.compile("(\ue000[0-9a-f]{4}\ue001)")

_MONTHS = calendar.alternatives(calendar.MONTHS)
MONTH = rf"(?:شهر )?(?P<month>{_MONTHS})(?:(?: او)? (?:{_MONTHS}))*"
HIJRI_MONTH = rf"(?:شهر )?\b(?P<month>{calendar.alternatives(calendar.HIJRI_MONTHS)})\b"
WEEKDAY = rf"(?:ال)?(?P<weekday>{calendar.alternatives(calendar.WEEKDAYS)})"
DAY_NUMBER = rf"(?:(?P<day>\d{{1,2}})|(?:ال)?(?P<ordinal>{calendar.alternatives(calendar.ORDINALS)}))"
NEXT = rf"(?P<next>{calendar.alternatives(calendar.NEXT)})"
LAST = rf"(?P<last>(?P<beyond>(?:ما )?قبل )?(?:{calendar.alternatives(calendar.LAST)}))"
THIS = rf"(?P<this>{calendar.alternatives(calendar.THIS)})"
FOLLOWING = rf"(?P<following>{calendar.alternatives(calendar.FOLLOWING)})"
SAME = rf"(?P<same>{calendar.alternatives(calendar.SAME)})"
TURN = f"(?:{NEXT}|{LAST}|{THIS}|{FOLLOWING}|{SAME})"
YEAR = r"(?:(?:من )?(?:ال)?(?:عام|سنه|عامي|عامين|اعوام) )?(?P<year>\d{4})(?: م| ميلادي| ميلاديه)?"
RELATIVE_YEAR = rf"(?:من )?(?:(?P<before_year>هذا|هذه|ذلك|تلك) )?(?:ال)?(?:عام|سنه)(?: {TURN})?"


@dataclass(frozen=True, slots=True)
class Expression:
    """What a rule is asked.

    Args:
        form: the expression in its comparable form, separators inside numbers kept.
        today: the day of publication.
        reading: whether the sentence speaks of the past or of what is to come.
        anchor: the last date stated before.
    """

    form: str
    today: date | None
    reading: Reading | None = None
    anchor: Period | None = None

    def of(self, form: str) -> Expression:
        """Another expression, read against the same."""
        return replace(self, form=form)


Rule = Callable[[Expression], Period | None]
"""What reads an expression; it may raise ``ValueError`` or ``OverflowError`` where it counts past a calendar's ends."""


def form_of(text: str) -> str:
    """The comparable form of an expression, with ``/ . : -`` kept between digits and ``–`` written ``-``.

    >>> form_of("الأحد 2015/01/18")
    'الاحد 2015/01/18'
    """
    text = _COMMA_CLOCK.sub(r"\1:\2", text)
    kept = _SEPARATED.sub(lambda match: f"\ue000{ord(match[1]):04x}\ue001", text)
    form = "".join(
        chr(int(piece[1:5], 16)) if piece.startswith("\ue000") else _spaced(piece) for piece in _CARRIED.split(kept)
    )
    form = re.sub(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", " ", form.replace("–", "-"))
    return " ".join(form.split())


def _spaced(piece: str) -> str:
    # Punctuation at the ends of a piece becomes space, so that words on its two sides stay apart.
    before = " " if piece[:1] and not piece[:1].isalnum() else ""
    after = " " if piece[-1:] and not piece[-1:].isalnum() else ""
    return before + comparable(piece) + after


def day_number(match: re.Match[str]) -> int | None:
    """The day of the month that ``DAY_NUMBER`` matched."""
    if match["day"]:
        return int(match["day"])
    return calendar.ORDINALS.get(match["ordinal"]) if match["ordinal"] else None


def turn_of(match: re.Match[str]) -> int | None:
    """How many units ``TURN`` goes from the present one: -2, -1, 0 or 1; ``None`` where it matched nothing."""
    if match["last"]:
        return -2 if match["beyond"] else -1
    if match["next"]:
        return 1
    return 0 if match["this"] else None
