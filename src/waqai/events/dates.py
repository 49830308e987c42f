"""Calendar expressions to values: «الأربعاء», «قبل أسبوعين», «أوائل هذا الشهر», «18:07 تغ», Hijri dates.

Everything is read against the day the article was published. What the words do not say (durations, ages, vague
spans, days counted from another event) stays without a value: no date is better than a wrong one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from waqai.events import clocks, composite, dated, periods, relative
from waqai.events.expression import Expression, Rule, form_of
from waqai.events.names import without_clitics
from waqai.events.periods import Period
from waqai.events.sentences import sentence_around, without
from waqai.events.tense import Reading, reading_of
from waqai.schema import Document, Entity, Span
from waqai.schema.record import DateValue


def _just_before(words: str) -> re.Pattern[str]:
    """One of the words at the end of a text, «و» or «ف» attached or not: «وقبل», but not the end of «واستقبل»."""
    return re.compile(rf"\b[وف]?(?:{words})\s*$")


_SINCE = _just_before("منذ|قبل")
_UNTIL = _just_before("قبل|حتى|لغاية|غاية|بحلول|ابتداء من|اعتبارا من|موعد أقصاه|أجل أقصاه")
_AFTER_SINCE = _just_before("منذ")
_PER_DAY = _just_before("في")
_OPENING_HOURS = _just_before("من|حتى|إلى|الى")
_COUNTED_FROM = re.compile(r"^\s*من\s+(?!الآن|الان|اليوم|الشهر|العام|السنة|يناير|فبراير|مارس|ا?أ?بريل|مايو)\S")
_NAMES = frozenset(("PERS", "GPE", "LOC", "ORG", "FAC"))


@dataclass(frozen=True, slots=True)
class DateContext:
    """The sentence around an expression.

    Args:
        before: its words up to the expression, which say whether «الأربعاء» has been or is to come.
        after: its words from there on.
        reading: ``past`` or ``future`` where the caller knows (an event's auxiliary), else by the words.
        anchor: the value of the last date stated before, for «في اليوم التالي» and for clocks.
    """

    before: str = ""
    after: str = ""
    reading: Reading | None = None
    anchor: str | None = None

    @classmethod
    def of(cls, document: Document, mention: Entity, *, anchor: str | None = None) -> DateContext:
        """The context of a mention in its document."""
        around = sentence_around(document, mention)
        words = _without_names(document, around)
        return cls(words[: mention.start - around.start], words[mention.end - around.start :], None, anchor)


_RULES: tuple[Rule, ...] = (
    clocks.clock,
    composite.numeric_range,
    dated.numeric,
    dated.hijri,
    dated.day_of_month,
    composite.day_range,
    composite.part_of_period,
    composite.nth_of_period,
    relative.counted,
    relative.named_day,
    relative.weekday,
    dated.month_of_year,
    dated.season_of_year,
    relative.turned_unit,
    dated.year_alone,
)


def resolve_date(
    text: str, publication_date: date | str | None, *, context: DateContext | None = None
) -> DateValue | None:
    """The value of a DATE or TIME expression.

    Args:
        text: the expression as it stands in the article.
        publication_date: the day (ISO 8601) that relative expressions count from; without it only absolute
            expressions have a value.
        context: the sentence around it.

    Returns:
        The value with its precision and the words themselves; ``None`` where the words do not say a date.
    """
    context = context or DateContext()
    form = form_of(text)
    if relative.is_vague(form) or (form.startswith(("بعد ", "قبل ")) and _COUNTED_FROM.match(context.after)):
        return None
    expression = Expression(
        form=form,
        today=as_day(publication_date),
        reading=context.reading or _stated_reading(form) or _reading_before(context),
        anchor=periods.read_value(context.anchor) if context.anchor else None,
    )
    if _SINCE.search(context.before) and (since := _read(relative.counted, expression.of(f"منذ {form}"))):
        # «منذ» stands outside the mention; «منذ يومين» is a day, «منذ خمس سنوات» how long something has lasted.
        return DateValue(since.value, since.precision, text) if since.precision == "day" else None
    if form == "اليوم" and _PER_DAY.search(context.before):
        return None  # «80 درهما في اليوم»
    for bare in map(expression.of, without_clitics(form)):
        for rule in _RULES:
            if period := _read(rule, bare):
                hours = period.precision == "time" and _OPENING_HOURS.search(context.before)
                return None if hours else DateValue(period.value, period.precision, text)
    return None


def _read(rule: Rule, expression: Expression) -> Period | None:
    """What a rule reads; nothing past the ends of its calendar: «قبل 3000 عام», «رمضان» in an article of 1920."""
    try:
        return rule(expression)
    except (ValueError, OverflowError):
        return None


def resolve_dates(document: Document) -> dict[tuple[int, int, str], DateValue]:
    """The values of all DATE and TIME mentions of a document, by their keys, in reading order.

    A value that the mention carries already (gold, or given by the user) stands. Mentions without a value are absent.
    """
    values: dict[tuple[int, int, str], DateValue] = {}
    anchor: str | None = None
    for mention in document.entities:
        if mention.type not in ("DATE", "TIME"):
            continue
        surface = document.surface(mention)
        found = given_value(mention.value, surface) or resolve_date(
            surface, document.publication_date, context=DateContext.of(document, mention, anchor=anchor)
        )
        if found and found.value:
            values[mention.key] = found
            anchor = found.value
    return values


def given_value(value: str | None, text: str) -> DateValue | None:
    """A value that was written down by someone, with the precision its form shows."""
    if not value:
        return None
    period = periods.read_value(value)
    return DateValue(value, period.precision if period else None, text)


def _without_names(document: Document, around: Span) -> str:
    """A part of a document in which names are underscores, for «يحيى» and «يبرود» look like verbs.

    An underscore is no word, and unlike a space it parts words: «من قبل الجيش الأربعاء» is not «قبل الأربعاء».
    """
    names = (
        name
        for name in document.entities
        if name.type in _NAMES and around.start <= name.start and name.end <= around.end
    )
    return without(names, document, around, "_")


def _reading_before(context: DateContext) -> Reading | None:
    """The reading by the preposition («منذ», «حتى»), which is surer than the verb, else by the verb."""
    if _AFTER_SINCE.search(context.before):
        return "past"
    return "future" if _UNTIL.search(context.before) else reading_of(context.before, context.after)


def _stated_reading(form: str) -> Reading | None:
    words = set(form.split())
    if words & set(relative.NEXT_WORDS) or "غدا" in words:
        return "future"
    return "past" if words & set(relative.LAST_WORDS) or "امس" in words else None


def as_day(of: date | str | None) -> date | None:
    """A publication date as a day; ``None`` where it is missing or names no day."""
    if isinstance(of, str):
        try:
            return datetime.fromisoformat(of).date()
        except ValueError:
            period = periods.read_value(of)
            return period.first if period and period.precision == "day" else None
    return of
