"""Which triggers of a document speak of one event.

Two mentions may be one event where type, auxiliary, date and place agree, and something links them: a shared
party, place or date, or a definite noun («الاجتماع») that takes up an event already told of. Clusters are grown
in reading order; a mention joins the best cluster that nothing in it contradicts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from waqai.events.names import comparable, without_article
from waqai.events.periods import Period, read_value
from waqai.events.places import has_spot, place_key
from waqai.schema import Trigger
from waqai.schema.record import Place

_THRESHOLD = 1.0
_FAMILY, _PARTY, _PLACE, _DATE, _SENTENCE, _TAKEN_UP = 0.6, 0.5, 0.4, 0.4, 0.2, 0.6
_FAR = 12
"""Sentences after which a bare noun no longer takes up an event."""
MANY_SIDED = frozenset(("CONSULT", "AGREE", "COOPERATE"))
"""Types whose parties are named now in part, now as a whole, so that different names contradict nothing."""

_FAMILIES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "meeting": "جتمع|جتماع|لقا|لتق|باحث|بحث|ناقش|نقاش|محادث|جلس|قمه|موتمر|فاوض|ستضيف|تراس|تشاور",
        "visit": "زيار|زار|يزور|تزور|زور|استقبل|يستقبل|وصل",
        "strike": "غار[هتا]|ضرب|قصف|طلعات",
        "battle": "معرك|معارك|هجوم|هجم|هاجم|عملي[هات]|حمل[هت]|قتال|قاتل|حرب|حارب|مكافح|مواجه|اشتبا|عارك",
        "killing": "قتل|مقتل|مصرع|لقي|اغتي|ضحي|سقط",
        "capture": "سيطر|استول|استيل|ستول|احتل|سقوط",
        "recapture": "ستعاد|تحرير|حرر|طرد|استرد|ستعيد",
        "arrest": "عتقل|عتقال|توقيف|اوقف|القبض|احتجا|ضبط",
        "protest": "ظاهر|احتج|تجمع|مسير|وقف",
        "training": "تدريب|درب",
    }.items()
}


@dataclass(frozen=True)
class EventSign:
    """One trigger with what identifies its event.

    ``actors`` and ``recipients`` hold comparable identities of the resolved parties, ``places`` the resolved places;
    ``sentence`` is the number of the trigger's sentence.
    """

    trigger: Trigger
    text: str
    sentence: int
    actors: frozenset[str] = frozenset()
    recipients: frozenset[str] = frozenset()
    places: tuple[Place, ...] = ()
    date: str | None = None

    @property
    def family(self) -> str:
        """The trigger's root as far as a list shows it: «سيبحثون» and «الاجتماع» are both a meeting."""
        return family_of(self.text)

    @property
    def takes_up(self) -> bool:
        """Whether the trigger is a definite noun, which points back to what was told: «الاجتماع», «اجتماعهم»."""
        form = comparable(self.text)
        return form.startswith(("ال", "وال", "بال", "لل", "فال")) or form.endswith(("هم", "ها", "هما"))

    @property
    def parties(self) -> frozenset[str]:
        """Everyone in it, whatever the role."""
        return self.actors | self.recipients


@dataclass
class _Cluster:
    signs: list[EventSign] = field(default_factory=list)

    def parties(self) -> frozenset[str]:
        return frozenset().union(*(sign.parties for sign in self.signs))


def cluster_mentions(signs: list[EventSign]) -> tuple[tuple[EventSign, ...], ...]:
    """Group triggers by the event they speak of.

    Args:
        signs: the triggers of one document in reading order.

    Returns:
        A partition of ``signs``; groups and members in reading order.
    """
    clusters: list[_Cluster] = []
    for sign in signs:
        kind = sign.trigger.type
        scored = [
            (link(sign, cluster), index)
            for index, cluster in enumerate(clusters)
            if cluster.signs[0].trigger.type == kind
        ]
        best = max(scored, default=(0.0, 0))
        if best[0] >= _THRESHOLD:
            clusters[best[1]].signs.append(sign)
        else:
            clusters.append(_Cluster([sign]))
    _join_clusters(clusters)
    return tuple(tuple(cluster.signs) for cluster in clusters)


def _join_clusters(clusters: list[_Cluster]) -> None:
    """Join clusters that reading order kept apart, the strongest link first."""
    while True:
        links = [
            (min(link(sign, one) for sign in other.signs), i, j)
            for i, one in enumerate(clusters)
            for j, other in enumerate(clusters)
            if i < j and one.signs[0].trigger.type == other.signs[0].trigger.type
        ]
        best = max(links, default=(0.0, 0, 0), key=lambda entry: (entry[0], -entry[1], -entry[2]))
        if best[0] < _THRESHOLD:
            return
        joined = clusters[best[1]].signs + clusters.pop(best[2]).signs
        clusters[best[1]].signs = sorted(joined, key=lambda sign: sign.trigger.start)


def link(sign: EventSign, cluster: _Cluster) -> float:
    """How strongly a mention is drawn to a cluster; 0 where anything contradicts."""
    others = cluster.signs
    if any(_contradict(sign, other) for other in others):
        return 0.0
    meeting = sign.trigger.type in MANY_SIDED
    same_family = sign.family in {other.family for other in others}
    parties = cluster.parties()
    shared = len(sign.parties & parties)
    gap = min(abs(sign.sentence - other.sentence) for other in others)
    if not same_family and (not shared or gap > 0 or (sign.family in _FAMILIES and others[-1].family in _FAMILIES)):
        return 0.0
    score = _FAMILY * same_family + _PARTY * min(shared, 2)
    score += _PLACE * any(
        place_key(one) == place_key(two) for one in sign.places for other in others for two in other.places
    )
    score += _DATE * any(sign.date is not None and sign.date == other.date for other in others)
    score += _SENTENCE * (gap == 0)
    if same_family and sign.takes_up and gap <= _FAR and (meeting or not sign.parties or shared):
        score += _TAKEN_UP
    return score


def _contradict(one: EventSign, other: EventSign) -> bool:
    if one.trigger.type != other.trigger.type or not same_auxiliary(
        one.trigger.auxiliary, other.trigger.auxiliary, one.trigger.type
    ):
        return True
    if one.trigger.mode and other.trigger.mode and one.trigger.mode != other.trigger.mode:
        return True
    if one.date and other.date and not compatible_dates(one.date, other.date):
        return True
    if one.places and other.places and not any(compatible_places(a, b) for a in one.places for b in other.places):
        return True
    if one.trigger.type in MANY_SIDED:
        return False
    # A strike by others is another strike; who meets is named now in part, now as a whole.
    return bool(one.actors and other.actors and not one.actors & other.actors)


@lru_cache(maxsize=16384)
def family_of(trigger: str) -> str:
    """What kind of happening a trigger's letters show («سيبحثون», «الاجتماع»: ``meeting``), else its stem."""
    form = _stem(trigger)
    return next((name for name, pattern in _FAMILIES.items() if pattern.search(form)), form)


def same_auxiliary(first: str | None, second: str | None, event: str) -> bool:
    """Whether two auxiliaries can be one event's: a meeting planned in the lead is held in the body.

    A coming strike beside one that goes on is another strike.
    """
    return first == second or (event in MANY_SIDED and {first, second} <= {None, "future"})


def compatible_dates(first: str, second: str) -> bool:
    """Whether two values can be one date: the periods overlap (a Wednesday and its month)."""
    one, other = read_value(first), read_value(second)
    return first == second or bool(one and other and overlap(one, other))


def compatible_places(one: Place, other: Place) -> bool:
    """Whether two places can be one event's: the same, one inside the other, or one of which no spot is known."""
    if not has_spot(one) or not has_spot(other) or place_key(one) == place_key(other):
        return True
    return one.country == other.country and "country" in (one.feature, other.feature)


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
