"""One event, one record, over a collection: the records of documents that report the same event are joined.

Only records in one block are compared: same type, same place (or country of a party), dates at most a day
apart. Within a block a record meets a bounded number of clusters, so the whole is near linear in the records.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from waqai.events.actors import person_key
from waqai.events.joining import is_stated, join, when
from waqai.events.mentions import MANY_SIDED, family_of, same_auxiliary
from waqai.events.periods import Period
from waqai.events.places import has_spot, place_key
from waqai.events.wire import wire_copies
from waqai.schema import Document
from waqai.schema.record import EventRecord

_PLACE_BLOCK, _PARTY_BLOCK = 64, 16
"""Clusters of a block that a record is compared with, the latest ones; a party that is in everything tells little."""
_PARTY_KEY = "party:"

_THRESHOLD = 0.9
_PLACE, _PARTY, _CODE, _FAMILY, _STATED = 0.6, 0.5, 0.2, 0.3, 0.2
_DAYS = 1
"""Days between two dates of which at least one is a week or more wide, or between two articles' own dates."""
_REPORT_DAYS = 3
"""An event that one article dates and another only reports may have been up to so many days before the report."""
_LONG = 7
"""Days from which a date («2014») is too wide to join on."""


def merge(records: Iterable[EventRecord], documents: Iterable[Document] | None = None) -> tuple[EventRecord, ...]:
    """Join the records of one event over a collection, every source kept.

    Args:
        records: records of any number of documents, merged ones among them or not.
        documents: the articles, where wire copies are to be found: near-duplicates count as one source.

    Returns:
        The records in order of first appearance; a joined one keeps the id of its earliest part, so that
        records that come later change no id.
    """
    originals = wire_copies(documents) if documents is not None else {}
    merger = _Merger()
    # The earliest report first: its record is the one that others join, whatever the order they came in.
    ordered = sorted(enumerate(records), key=lambda pair: (_reported(pair[1]), pair[0]))
    clusters: dict[int, tuple[int, _Cluster]] = {}
    for position, record in ordered:
        cluster = merger.add(record)
        first = min(position, clusters[id(cluster)][0]) if id(cluster) in clusters else position
        clusters[id(cluster)] = (first, cluster)
    in_order = sorted(clusters.values(), key=lambda pair: pair[0])
    return tuple(join(cluster.records, originals) for _, cluster in in_order)


@dataclass(frozen=True, slots=True)
class _Identity:
    """What tells one record's event from others, worked out once."""

    record: EventRecord
    period: Period | None
    stated: bool
    place: str | None
    actors: frozenset[str]
    parties: frozenset[str]
    codes: frozenset[str]
    families: frozenset[str]
    documents: frozenset[str]

    @classmethod
    def of(cls, record: EventRecord) -> _Identity:
        actors = frozenset(person_key(actor) for actor in record.actor)
        return cls(
            record=record,
            period=when(record),
            stated=is_stated(record),
            place=place_key(record.event_loc) if record.event_loc and has_spot(record.event_loc) else None,
            actors=actors,
            parties=actors | {person_key(actor) for actor in record.recipient},
            codes=frozenset(actor.code for actor in record.actor if actor.code),
            families=frozenset(family_of(mention.text) for mention in record.mentions if mention.text),
            documents=frozenset(source.document for source in record.sources),
        )

    def block_keys(self) -> Iterator[tuple[str, str, int]]:
        """The blocks the record is looked up in: type, place or party, and three days."""
        if self.period is None or (self.period.last - self.period.first).days > _LONG:
            return
        where = [self.place] if self.place else []
        where += sorted(_PARTY_KEY + party for party in self.parties)[:8]
        first, last = (end.toordinal() // _REPORT_DAYS for end in (self.period.first, self.period.last))
        for bucket in sorted({first, last}):
            for key in where:
                yield (self.record.event, key, bucket)


@dataclass
class _Cluster:
    """Records of one event, and what identifies it, kept as sets so that a comparison does not grow with it."""

    records: list[EventRecord] = field(default_factory=list)
    auxiliaries: set[str | None] = field(default_factory=set)
    times: set[tuple[Period, bool]] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    parties: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    modes: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)

    def take_in(self, one: _Identity) -> None:
        """Add a record."""
        self.records.append(one.record)
        self.auxiliaries.add(one.record.auxiliary)
        if one.period:
            self.times.add((one.period, one.stated))
        self.actors |= one.actors
        self.parties |= one.parties
        self.codes |= one.codes
        self.families |= one.families
        self.documents |= one.documents
        if one.place:
            self.places.add(one.place)
        if one.record.mode:
            self.modes.add(one.record.mode)


class _Merger:
    def __init__(self) -> None:
        self._blocks: dict[tuple[str, str, int], deque[_Cluster]] = {}

    def add(self, record: EventRecord) -> _Cluster:
        """Join the record to the cluster it belongs to, or start one."""
        one = _Identity.of(record)
        keys = tuple(one.block_keys())
        near = {
            id(cluster): cluster
            for event, where, bucket in keys
            for number in (bucket - 1, bucket, bucket + 1)
            for cluster in self._blocks.get((event, where, number), ())
        }
        best: tuple[float, _Cluster | None] = (0.0, None)
        for cluster in near.values():
            score = _link(one, cluster)
            if score > best[0]:
                best = (score, cluster)
        chosen = best[1] or _Cluster()
        chosen.take_in(one)
        for key in keys:
            block = self._blocks.get(key)
            if block is None:
                most = _PARTY_BLOCK if key[1].startswith(_PARTY_KEY) else _PLACE_BLOCK
                block = self._blocks[key] = deque(maxlen=most)
            if not any(chosen is other for other in block):
                block.append(chosen)
        return chosen


def _link(one: _Identity, cluster: _Cluster) -> float:
    """How strongly a record is drawn to a cluster; 0 where anything contradicts or too little links them."""
    event, mode = one.record.event, one.record.mode
    if one.place and cluster.places and one.place not in cluster.places:
        return 0.0
    if one.actors and cluster.actors and event not in MANY_SIDED and not one.actors & cluster.actors:
        return 0.0
    if mode and cluster.modes and mode not in cluster.modes:
        return 0.0
    if one.documents & cluster.documents:
        return 0.0  # within a document the reader of the article has decided
    if not all(same_auxiliary(one.record.auxiliary, other, event) for other in cluster.auxiliaries):
        return 0.0
    period = one.period
    if period is None or not any(_near(period, one.stated, *time) for time in cluster.times):
        return 0.0
    shared_place = one.place is not None and one.place in cluster.places
    shared = len(one.parties & cluster.parties)
    same_family = bool(one.families & cluster.families)
    stated = one.stated and any(stated for _, stated in cluster.times)
    if not (shared and (same_family or stated)) and not (shared_place and same_family):
        return 0.0
    score = _PLACE * shared_place + _PARTY * min(shared, 2) + _CODE * bool(one.codes & cluster.codes)
    score += _FAMILY * same_family + _STATED * stated
    return score if score >= _THRESHOLD else 0.0


def _near(one: Period, one_stated: bool, other: Period, other_stated: bool) -> bool:
    if one_stated != other_stated:
        days = timedelta(_REPORT_DAYS)
    elif one_stated and one.precision == other.precision == "day":
        days = timedelta(0)  # two stated days are one event only if they are one day
    else:
        days = timedelta(_DAYS)
    return one.first - days <= other.last and other.first - days <= one.last


def _reported(record: EventRecord) -> str:
    return (record.sources[0].publication_date if record.sources else None) or "9999"
