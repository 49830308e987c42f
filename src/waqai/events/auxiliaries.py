"""Whether events are told as planned, possible, denied or long past, where dates and words say so plainly.

The model decides by the trigger's sentence and misses what the calendar shows: a date after the article's own
makes an event planned, one more than a year before it background. Rules for the words beside a trigger were kept
only where they mend more than they break (EXPERIMENTS.md). What an annotator has marked stands as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from waqai.events.dates import as_day
from waqai.events.names import comparable
from waqai.events.periods import read_value
from waqai.events.sentences import sentence_around, without
from waqai.schema import Document, Span, Trigger
from waqai.schema.record import DateValue

_BACKGROUND = timedelta(days=365)
_CLAUSE = re.compile(r"[،؛,;:.!?؟\"»«\n]| - ")
_CONDITION = re.compile(r"(?:^| )[وف]?(?:اذا|لو|ان لم|ما لم|في حال|شرط|بشرط|شريطه)(?: |$)")
_DENIAL = re.compile(r"(?:^| )[وف]?(?:نفي|نفت|ينفي|تنفي|نافيا|نافيه|نفوا) ")
_THAT = re.compile(r"(?:^| )ان(?: |$)")
_COMING = re.compile(r"(?:ال)?(?:مقرر|مقبل|مرتقب|قادم|منتظر|متوقع|مزمع)ه?")

Key = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Told:
    """What a trigger's dates and words say of its event."""

    after: bool = False
    background: bool = False
    condition: bool = False
    denied: bool = False
    coming: bool = False

    def auxiliary(self, model: str | None) -> str | None:
        """The auxiliary, given the model's; a rule is asked only where it is surer than that."""
        if self.background and model in (None, "future"):
            return "historical"
        if self.condition and model == "negation":
            return "hypothetical"  # «إذا لم توافق» denies nothing
        if model is None and (self.after or self.coming):
            return "future"
        if model is None and self.denied:
            return "negation"
        return model


def read_auxiliaries(document: Document, dates: Mapping[Key, DateValue]) -> tuple[tuple[Trigger, ...], frozenset[Key]]:
    """The triggers with their auxiliaries set right, and the keys of those dated after the article.

    Args:
        document: the article; triggers whose confidence is 1 are an annotator's and stay as they are.
        dates: the values of its DATE and TIME mentions by key.
    """
    published = as_day(document.publication_date)
    values: dict[Key, list[str]] = {}
    for relation in document.arguments:
        if relation.type == "DATE" and (found := dates.get(relation.tail.key)) and found.value:
            values.setdefault(relation.head.key, []).append(found.value)
    triggers, coming = [], set()
    for trigger in document.triggers:
        told = _told(document, trigger, values.get(trigger.key, ()), published)
        if told.after:
            coming.add(trigger.key)
        given = trigger.confidence >= 1.0
        read = trigger.auxiliary if given else told.auxiliary(trigger.auxiliary)
        triggers.append(trigger if read == trigger.auxiliary else replace(trigger, auxiliary=read))
    return tuple(triggers), frozenset(coming)


def _told(document: Document, trigger: Trigger, values: Sequence[str], published: date | None) -> Told:
    periods = [period for value in values if (period := read_value(value))]
    around = sentence_around(document, trigger)
    before = document.text[around.start : trigger.start]
    start = trigger.start - len(_CLAUSE.split(before)[-1])
    # Outside mentions: «لو» of «لو دريان» makes no condition.
    clause = comparable(without(document.entities, document, Span(start, trigger.start), " "))
    following = comparable(_CLAUSE.split(document.text[trigger.end : around.end])[0]).split()[:1]
    return Told(
        after=bool(published and periods and min(period.first for period in periods) > published),
        background=bool(published and periods and max(period.last for period in periods) < published - _BACKGROUND),
        condition=_CONDITION.search(clause) is not None,
        denied=_DENIAL.search(comparable(before) + " ") is not None and _THAT.search(clause) is not None,
        coming=bool(following) and _COMING.fullmatch(following[0]) is not None,
    )
