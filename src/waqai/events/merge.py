"""One event, one record, over a collection: the records of documents that report the same event are joined.

Only records in one block are compared: same type, same place (or country of a party), dates at most a day
apart. Within a block a record meets a bounded number of clusters, so the whole is near linear in the records.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from waqai.events.actors import person_key
from waqai.events.assemble import place_key
from waqai.events.mentions import MANY_SIDED, family_of, same_auxiliary
from waqai.events.names import comparable, same_person
from waqai.events.periods import Period, read_value
from waqai.events.wire import wire_copies
from waqai.schema import Document
from waqai.schema.record import Actor, Citation, ContextLabel, EventRecord

_BLOCK = 64
"""Clusters of a block that a record is compared with, the latest ones."""

_DAYS = 1
_REPORT_DAYS = 3
"""An event that is dated by its article only may have been up to so many days before."""


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
    return tuple(_join(cluster.records, originals) for _, cluster in in_order)


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


class _Merger:
    def __init__(self) -> None:
        self._blocks: defaultdict[tuple[str, str, int], deque[_Cluster]] = defaultdict(lambda: deque(maxlen=_BLOCK))

    def add(self, record: EventRecord) -> _Cluster:
        """Join the record to the cluster it belongs to, or start one."""
        seen: set[int] = set()
        best: tuple[float, _Cluster | None] = (0.0, None)
        keys = tuple(_block_keys(record))
        for key in keys:
            for near in range(key[2] - 1, key[2] + 2):
                for cluster in self._blocks.get((key[0], key[1], near), ()):
                    if id(cluster) not in seen:
                        seen.add(id(cluster))
                        score = _link(record, cluster)
                        if score > best[0]:
                            best = (score, cluster)
        chosen = best[1] or _Cluster()
        _take_in(chosen, record)
        for key in keys:
            if not any(chosen is other for other in self._blocks[key]):
                self._blocks[key].append(chosen)
        return chosen


def _block_keys(record: EventRecord) -> Iterator[tuple[str, str, int]]:
    period = _when(record)
    if period is None:
        return
    if (period.last - period.first).days > 7:
        return  # «2014» is no date to join on
    where = [place_key(record.event_loc)] if record.event_loc and record.event_loc.is_resolved else []
    where += sorted({f"actor:{person_key(actor)}" for actor in (*record.actor, *record.recipient)})[:8]
    # Buckets of three days with their neighbours: near enough for a day's difference and late reports.
    for bucket in {period.first.toordinal() // _REPORT_DAYS, period.last.toordinal() // _REPORT_DAYS}:
        for place in where:
            yield (record.event, place, bucket)


def _link(record: EventRecord, cluster: _Cluster) -> float:
    """How strongly a record is drawn to a cluster; 0 where anything contradicts."""
    first = cluster.records[0]
    if record.event != first.event or not all(
        same_auxiliary(record.auxiliary, other, record.event) for other in cluster.auxiliaries
    ):
        return 0.0
    if record.sources and record.sources[0].document in cluster.documents:
        return 0.0  # within a document the reader of the article has decided
    if record.mode and cluster.modes and record.mode not in cluster.modes:
        return 0.0
    period = _when(record)
    if period is None or not any(_near(period, _stated(record), *time) for time in cluster.times):
        return 0.0
    place = place_key(record.event_loc) if record.event_loc and record.event_loc.is_resolved else None
    if place and cluster.places and place not in cluster.places:
        return 0.0
    shared_place = bool(place and place in cluster.places)
    parties = {person_key(actor) for actor in (*record.actor, *record.recipient)}
    codes = {actor.code for actor in record.actor if actor.code}
    shared = len(parties & cluster.parties)
    actors = {person_key(actor) for actor in record.actor}
    if actors and cluster.actors and not actors & cluster.actors and record.event not in MANY_SIDED:
        return 0.0
    same_family = bool(_families(record) & cluster.families)
    score = 0.6 * shared_place + 0.5 * min(shared, 2) + 0.2 * bool(codes & cluster.codes) + 0.3 * same_family
    exact = _stated(record) and any(stated for _, stated in cluster.times)
    score += 0.2 if exact else 0.0
    if not shared and not (shared_place and same_family):
        return 0.0
    return score if score >= 0.9 else 0.0


def _near(one: Period, one_stated: bool, other: Period, other_stated: bool) -> bool:
    if one_stated and other_stated:
        # Two stated days are one event only if they are one day; a week and a day in it agree.
        days = timedelta(0 if one.precision == other.precision == "day" else _DAYS)
    else:
        days = timedelta(_REPORT_DAYS)
    return one.first - days <= other.last and other.first - days <= one.last


def _stated(record: EventRecord) -> bool:
    return bool(record.date and record.date.value and record.date.precision != "publication")


def _when(record: EventRecord) -> Period | None:
    value = record.date.value if record.date else None
    return read_value(value) if value else None


def _reported(record: EventRecord) -> str:
    return (record.sources[0].publication_date if record.sources else None) or "9999"


def _families(record: EventRecord) -> set[str]:
    return {family_of(mention.text) for mention in record.mentions if mention.text}


def _take_in(cluster: _Cluster, record: EventRecord) -> None:
    cluster.records.append(record)
    cluster.auxiliaries.add(record.auxiliary)
    if period := _when(record):
        cluster.times.add((period, _stated(record)))
    cluster.actors |= {person_key(actor) for actor in record.actor}
    cluster.families |= _families(record)
    cluster.parties |= {person_key(actor) for actor in (*record.actor, *record.recipient)}
    cluster.codes |= {actor.code for actor in record.actor if actor.code}
    if record.event_loc and record.event_loc.is_resolved:
        cluster.places.add(place_key(record.event_loc))
    if record.mode:
        cluster.modes.add(record.mode)
    cluster.documents |= {source.document for source in record.sources}


def _join(records: list[EventRecord], originals: Mapping[str, str]) -> EventRecord:
    first = records[0]
    stated = [record for record in records if _stated(record)]
    dated = min(stated or records, key=lambda record: _width(record))
    located = max(
        records, key=lambda record: bool(record.event_loc) + bool(record.event_loc and record.event_loc.is_resolved)
    )
    evidence: dict[str, dict[str, None]] = {}
    for record in records:
        for label in record.context:
            evidence.setdefault(label.name, {}).update(dict.fromkeys(label.evidence))
    auxiliaries = {record.auxiliary for record in records}
    return replace(
        first,
        date=dated.date,
        enddate=dated.enddate,
        mode=next((record.mode for record in records if record.mode), None),
        event_scale=next((record.event_scale for record in records if record.mode), first.event_scale),
        auxiliary=auxiliaries.pop() if len(auxiliaries) == 1 else None,
        context=tuple(ContextLabel(name, tuple(words)) for name, words in evidence.items()),
        actor=_joined_parties(actor for record in records for actor in record.actor),
        recipient=_joined_parties(actor for record in records for actor in record.recipient),
        event_loc=located.event_loc,
        mentions=tuple(dict.fromkeys(mention for record in records for mention in record.mentions)),
        sources=_joined_sources([source for record in records for source in record.sources], originals),
        confidence=max(record.confidence for record in records),
    )


def _width(record: EventRecord) -> int:
    period = _when(record)
    return (period.last - period.first).days if period else 10_000


def _joined_parties(actors: Iterable[Actor]) -> tuple[Actor, ...]:
    joined: dict[str, Actor] = {}
    for actor in actors:
        key = next((key for key, other in joined.items() if _one_party(actor, other)), person_key(actor))
        if (old := joined.get(key)) is None:
            joined[key] = actor
            continue
        fuller = max(old, actor, key=lambda party: (party.identifier is not None, len(party.name)))
        joined[key] = replace(
            fuller,
            country=old.country or actor.country,
            sector=old.sector or actor.sector,
            identifier=old.identifier or actor.identifier,
            office=old.office or actor.office,
            mentions=tuple(dict.fromkeys((*old.mentions, *actor.mentions))),
        )
    return tuple(joined.values())


def _one_party(one: Actor, other: Actor) -> bool:
    """Whether two parties of one event are one: by their key, or people whose names are variants («كارتر»)."""
    if person_key(one) == person_key(other):
        return True
    if one.country and other.country and one.country != other.country:
        return False
    # Only a person holds an office, so that «السوري» does not become «الجيش السوري».
    person = any(party.office and party.office != party.name for party in (one, other))
    return person and same_person(comparable(one.name), comparable(other.name))


def _joined_sources(sources: list[Citation], originals: Mapping[str, str]) -> tuple[Citation, ...]:
    """Each article once; a wire copy as a copy of its original, even where only the copy has the event."""
    joined: dict[str, Citation] = {}
    for source in sources:
        original = originals.get(source.document, source.document)
        copies = set(source.copies) | ({source.document} if original != source.document else set())
        if (old := joined.get(original)) is None:
            joined[original] = replace(source, copies=tuple(sorted(copies - {source.document})))
        else:
            joined[original] = replace(old, copies=tuple(sorted(set(old.copies) | copies - {old.document})))
    return tuple(joined.values())
