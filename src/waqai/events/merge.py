"""One event, one record, over a collection: the records of documents that report the same event are joined.

A record is compared with clusters, not with records, and only with those of its blocks: of one type, auxiliary and
span of days, and of a place and kind of happening or a party, a place and kind. Of a block it meets the latest few, so
that the whole is near linear in the records (benchmarks/merging.py).
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TypeVar

from waqai.events.actors import person_key
from waqai.events.joining import is_stated, join, when
from waqai.events.mentions import MANY_SIDED, family_of, same_auxiliary
from waqai.events.periods import Period
from waqai.events.places import has_spot, place_key
from waqai.events.wire import wire_copies
from waqai.schema import Document
from waqai.schema.record import EventRecord

_MANY = 10_000
"""Records from which merging holds the cycle collector."""
_BLOCK = 32
"""Clusters of a block that a record is compared with, the latest ones."""
_ANYWHERE = "*"

Key = tuple[str | None, ...]
_Value = TypeVar("_Value")

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
    listed = list(records)
    originals = wire_copies(documents) if documents is not None else {}
    with _no_collection(len(listed)):
        merger = _Merger()
        # The earliest report first: its record is the one that others join, whatever the order they came in.
        for position in sorted(range(len(listed)), key=lambda index: (_reported(listed[index]), index)):
            merger.add(listed[position], position)
        return tuple(join(cluster.records, originals) for cluster in merger.clusters())


@contextmanager
def _no_collection(count: int) -> Iterator[None]:
    """Hold the cycle collector: merging makes no cycles, and it would walk a million records again and again."""
    held = count > _MANY and gc.isenabled()
    if held:
        gc.disable()
    try:
        yield
    finally:
        if held:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Identity:
    """What tells one record's event from others, worked out once; countries are of parties without an id, by key."""

    record: EventRecord
    period: Period | None
    stated: bool
    place: str | None
    actors: frozenset[str]
    parties: frozenset[str]
    countries: Mapping[str, str]
    codes: frozenset[str]
    families: frozenset[str]
    documents: frozenset[str]

    @classmethod
    def of(cls, record: EventRecord) -> _Identity:
        actors = frozenset([person_key(actor) for actor in record.actor])
        return cls(
            record=record,
            period=when(record),
            stated=is_stated(record),
            place=place_key(record.event_loc) if record.event_loc and has_spot(record.event_loc) else None,
            actors=actors,
            parties=actors | {person_key(actor) for actor in record.recipient} if record.recipient else actors,
            countries={
                person_key(actor): actor.country
                for actor in (*record.actor, *record.recipient)
                if actor.country and not actor.identifier
            },
            codes=frozenset([actor.code for actor in record.actor if actor.code]),
            families=frozenset([family_of(mention.text) for mention in record.mentions if mention.text]),
            documents=frozenset([source.document for source in record.sources]),
        )

    def keys(self, *, lookup: bool) -> Iterator[Key]:
        """The blocks a record is in, or looked up in, without their days.

        A link takes a shared place and the same kind of happening, or a shared party and either the same kind or the
        same stated day, and no two places. So a block is of one type, one auxiliary, and of a place and a kind, or of
        a party, a place (or none named) and a kind or stated day. A record without a place is looked up where those
        of a party are kept whatever their place.
        """
        record = self.record
        auxiliary = None if record.event in MANY_SIDED and record.auxiliary == "future" else record.auxiliary
        slots: tuple[str | None, ...] = (self.place, None) if lookup else (self.place, _ANYWHERE)
        if lookup and self.place is None:
            slots = (_ANYWHERE,)
        for family in self.families:
            if self.place:
                yield record.event, auxiliary, family, self.place
            for party in self.parties:
                for slot in slots:
                    yield record.event, auxiliary, family, party, slot
        if self.stated:
            for party in self.parties:
                for slot in slots:
                    yield record.event, auxiliary, None, party, slot

    @property
    def buckets(self) -> range:
        """The spans of three days that the record's date is in; none where it has no date or too wide a one."""
        if self.period is None or (self.period.last - self.period.first).days > _LONG:
            return range(0)
        first, last = (end.toordinal() // _REPORT_DAYS for end in (self.period.first, self.period.last))
        return range(first, last + 1)


@dataclass(slots=True)
class _Cluster:
    """Records of one event and what identifies it, in sets so that a comparison does not grow with it.

    Most events are told once: until a second record comes, a cluster shares the sets of its first one.
    """

    first: int
    records: list[EventRecord]
    auxiliaries: frozenset[str | None]
    times: frozenset[tuple[Period, bool]]
    actors: frozenset[str]
    parties: frozenset[str]
    countries: Mapping[str, str]
    codes: frozenset[str]
    families: frozenset[str]
    places: frozenset[str]
    modes: frozenset[str]
    documents: set[str] | frozenset[str]

    @classmethod
    def of(cls, one: _Identity, position: int) -> _Cluster:
        """A cluster of one record."""
        return cls(
            position,
            [one.record],
            _one_of(one.record.auxiliary),
            frozenset(((one.period, one.stated),)) if one.period else frozenset(),
            one.actors,
            one.parties,
            one.countries,
            one.codes,
            one.families,
            _one_of(one.place) if one.place else frozenset(),
            _one_of(one.record.mode) if one.record.mode else frozenset(),
            one.documents,
        )

    def take_in(self, one: _Identity, position: int) -> None:
        """Add a record."""
        self.first = min(self.first, position)
        self.records.append(one.record)
        self.auxiliaries |= {one.record.auxiliary}
        if one.period:
            self.times |= {(one.period, one.stated)}
        self.actors |= one.actors
        self.parties |= one.parties
        self.countries = {**one.countries, **self.countries}
        self.codes |= one.codes
        self.families |= one.families
        if isinstance(self.documents, frozenset):
            self.documents = set(self.documents)
        self.documents |= one.documents
        if one.place:
            self.places |= {one.place}
        if one.record.mode:
            self.modes |= {one.record.mode}


@lru_cache(maxsize=65536)
def _one_of(value: _Value) -> frozenset[_Value]:
    """A set of one value, made once: a million clusters are in a few thousand places."""
    return frozenset((value,))


class _Merger:
    def __init__(self) -> None:
        self._clusters: list[_Cluster] = []
        self._blocks: dict[tuple[Key, int], list[_Cluster]] = {}

    def clusters(self) -> list[_Cluster]:
        """The clusters in the order in which the collection first speaks of them."""
        return sorted(self._clusters, key=lambda cluster: cluster.first)

    def add(self, record: EventRecord, position: int) -> None:
        """Join a record, with its position in the collection, to the cluster it belongs to, or start one."""
        one = _Identity.of(record)
        buckets = one.buckets
        near: dict[int, _Cluster] = {}
        if buckets:
            around = range(buckets.start - 1, buckets.stop + 1)
            for key in one.keys(lookup=True):
                for bucket in around:
                    for cluster in self._blocks.get((key, bucket), ()):
                        near[id(cluster)] = cluster
        # Of equal links the event told of last; positions differ, so that no order of a set decides.
        scored = [(score, cluster.first, cluster) for cluster in near.values() if (score := _link(one, cluster))]
        chosen = max(scored)[-1] if scored else None
        if chosen is None:
            chosen = _Cluster.of(one, position)
            self._clusters.append(chosen)
        else:
            chosen.take_in(one, position)
        for key in one.keys(lookup=False):
            for bucket in buckets:
                block = self._blocks.setdefault((key, bucket), [])
                if not any(chosen is other for other in block):
                    if len(block) == _BLOCK:
                        del block[0]
                    block.append(chosen)


def _link(one: _Identity, cluster: _Cluster) -> float:
    """How strongly a record is drawn to a cluster; 0 where anything contradicts or too little links them."""
    event, mode = one.record.event, one.record.mode
    if one.place and cluster.places and one.place not in cluster.places:
        return 0.0
    parties = _shared(one, cluster)
    if one.actors and cluster.actors and event not in MANY_SIDED and not one.actors & cluster.actors & parties:
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
    shared = len(parties)
    same_family = bool(one.families & cluster.families)
    stated = one.stated and any(stated for _, stated in cluster.times)
    if not (shared and (same_family or stated)) and not (shared_place and same_family):
        return 0.0
    score = _PLACE * shared_place + _PARTY * min(shared, 2) + _CODE * bool(one.codes & cluster.codes)
    score += _FAMILY * same_family + _STATED * stated
    return score if score >= _THRESHOLD else 0.0


def _shared(one: _Identity, cluster: _Cluster) -> frozenset[str]:
    """The parties of both; one name in two countries, as «الجيش» of Egypt and of Tunisia, is two parties."""
    shared, mine, theirs = one.parties & cluster.parties, one.countries, cluster.countries
    apart = [key for key in shared if mine.get(key, theirs.get(key)) != theirs.get(key, mine.get(key))]
    return shared.difference(apart) if apart else shared


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
