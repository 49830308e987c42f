"""Which triggers of a document speak of one event.

Two mentions may be one event where type, auxiliary, date and place agree, and something links them: a shared
party, place or date, or a definite noun («الاجتماع») that takes up an event already told of. Clusters are grown
in reading order; a mention joins the best cluster that nothing in it contradicts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from waqai.events.names import comparable, without_article
from waqai.events.periods import Period, read_value
from waqai.schema import Trigger

_THRESHOLD = 1.0
_FAR = 6
"""Sentences after which a bare noun no longer takes up an event."""

_FAMILIES: Mapping[str, tuple[str, ...]] = {
    "meeting": ("اجتماع", "اجتمع", "يجتمع", "يجتمعون", "سيجتمع", "جلسه", "لقا", "التقي", "يلتقي", "مباحثات", "محادثات", "بحث", "يبحث", "ناقش",
                "يناقش", "مناقشه", "سيبحث", "سيبحثون", "سيناقش", "قمه", "مؤتمر", "موتمر", "يستضيف", "ترأس", "تراس", "نقاشات", "مناقشات"),
    "strike": ("غاره", "غارات", "ضربه", "ضربات", "قصف", "يقصف", "قصفت", "قصفا"),
    "battle": ("معركه", "معارك", "هجوم", "عمليه", "عمليات", "حمله", "قتال", "حرب", "حربهم", "حملته"),
    "killing": ("قتل", "مقتل", "قتلي", "قتلت", "قتلوا", "مصرع", "لقي", "اغتيال"),
    "arrest": ("اعتقال", "اعتقل", "اعتقلت", "توقيف", "القبض", "احتجاز"),
    "visit": ("زياره", "زار", "يزور", "سيزور", "وصل", "استقبل", "يستقبل"),
}  # fmt: skip


@dataclass(frozen=True)
class EventSign:
    """One trigger with what identifies its event.

    ``actors``, ``recipients`` and ``places`` hold comparable identities of the resolved arguments; ``sentence`` is the
    number of the trigger's sentence.
    """

    trigger: Trigger
    text: str
    sentence: int
    actors: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    date: str | None = None

    @property
    def family(self) -> str:
        """The trigger's root as far as a list shows it: «سيبحثون» and «الاجتماع» are both a meeting."""
        form = _stem(self.text)
        return next((name for name, words in _FAMILIES.items() if form in words), form)

    @property
    def takes_up(self) -> bool:
        """Whether the trigger is a definite noun, which points back to what was told."""
        form = comparable(self.text)
        return form.startswith(("ال", "وال", "بال", "لل", "فال"))


@dataclass
class _Cluster:
    signs: list[EventSign] = field(default_factory=list)

    def united(self, name: str) -> frozenset[str]:
        return frozenset().union(*(getattr(sign, name) for sign in self.signs))

    def dates(self) -> list[str]:
        return [sign.date for sign in self.signs if sign.date]


def cluster_mentions(signs: list[EventSign]) -> tuple[tuple[EventSign, ...], ...]:
    """Group triggers by the event they speak of.

    Args:
        signs: the triggers of one document in reading order.

    Returns:
        A partition of ``signs``; groups and members in reading order.
    """
    clusters: list[_Cluster] = []
    for sign in signs:
        scored = [(link(sign, cluster), index) for index, cluster in enumerate(clusters)]
        best = max(scored, default=(0.0, 0), key=lambda pair: (pair[0], pair[1]))
        if best[0] >= _THRESHOLD:
            clusters[best[1]].signs.append(sign)
        else:
            clusters.append(_Cluster([sign]))
    return tuple(tuple(cluster.signs) for cluster in clusters)


def link(sign: EventSign, cluster: _Cluster) -> float:
    """How strongly a mention is drawn to a cluster; 0 where anything contradicts."""
    first = cluster.signs[0]
    if sign.trigger.type != first.trigger.type:
        return 0.0
    if not all(same_auxiliary(sign.trigger.auxiliary, other.trigger.auxiliary) for other in cluster.signs):
        return 0.0
    modes = {other.trigger.mode for other in (sign, *cluster.signs)} - {None}
    if len(modes) > 1:
        return 0.0
    places = cluster.united("places")
    if sign.places and places and not sign.places & places:
        return 0.0
    dates = cluster.dates()
    if sign.date and dates and not any(compatible_dates(sign.date, other) for other in dates):
        return 0.0
    actors, recipients = cluster.united("actors"), cluster.united("recipients")
    parties, other_parties = sign.actors | sign.recipients, actors | recipients
    shared = len(parties & other_parties)
    if parties and other_parties and not shared and not (sign.places & places):
        return 0.0
    same_family = sign.family in {other.family for other in cluster.signs}
    gap = sign.sentence - cluster.signs[-1].sentence
    score = 0.0
    score += 0.6 if same_family else 0.0
    score += 0.5 * min(shared, 2)
    score += 0.4 if sign.places & places else 0.0
    score += 0.3 if sign.date and sign.date in dates else 0.0
    if sign.takes_up and same_family and not parties and gap <= _FAR:
        score += 0.6
    if gap == 0:
        score += 0.2
    return score


def same_auxiliary(first: str | None, second: str | None) -> bool:
    """Whether two auxiliaries can be one event's: a meeting that is planned in the lead is held in the body."""
    return first == second or {first, second} <= {None, "future"}


def compatible_dates(first: str, second: str) -> bool:
    """Whether two values can be one date: the periods overlap (a Wednesday and its month)."""
    one, other = read_value(first), read_value(second)
    return first == second or bool(one and other and overlap(one, other))


def overlap(one: Period, other: Period) -> bool:
    """Whether two periods share a day."""
    return one.first <= other.last and other.first <= one.last


def _stem(text: str) -> str:
    form = comparable(text)
    for prefix in ("وال", "بال", "فال", "لل"):
        if form.startswith(prefix) and len(form) > len(prefix) + 2:
            form = form[len(prefix) :]
            break
    form = without_article(form)
    if form[:1] in "وف" and len(form) > 4:
        form = form[1:]
    for ending in ("هما", "هم", "ها", "نا"):
        if form.endswith(ending) and len(form) - len(ending) > 2:
            form = form.removesuffix(ending)
    return form.removesuffix("ا") if len(form) > 5 else form
