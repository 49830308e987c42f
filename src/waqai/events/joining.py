"""Several reports of one event as one record: the firmest date and place, every party, mention and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from waqai.events.actors import person_key
from waqai.events.names import comparable, same_person
from waqai.events.periods import Period, read_value
from waqai.schema.record import Actor, Citation, ContextLabel, EventRecord


def join(records: list[EventRecord], originals: Mapping[str, str]) -> EventRecord:
    """One record of the records of one event, the earliest report first, whose id it keeps."""
    first = records[0]
    if len(records) == 1 and max(len(first.actor), len(first.recipient)) < 2 and not _is_copy(first, originals):
        return first  # most events are told once
    stated = [record for record in records if is_stated(record)]
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


def _is_copy(record: EventRecord, originals: Mapping[str, str]) -> bool:
    return any(originals.get(source.document, source.document) != source.document for source in record.sources)


def _width(record: EventRecord) -> int:
    period = when(record)
    return (period.last - period.first).days if period else 10_000


def _joined_parties(actors: Iterable[Actor]) -> tuple[Actor, ...]:
    joined: list[Actor] = []
    for actor in actors:
        index = next((index for index, other in enumerate(joined) if _one_party(actor, other)), None)
        if index is None:
            joined.append(actor)
            continue
        old = joined[index]
        fuller = max(old, actor, key=lambda party: (party.identifier is not None, len(party.name)))
        joined[index] = replace(
            fuller,
            country=old.country or actor.country,
            sector=old.sector or actor.sector,
            identifier=old.identifier or actor.identifier,
            office=old.office or actor.office,
            mentions=tuple(dict.fromkeys((*old.mentions, *actor.mentions))),
        )
    return tuple(joined)


def _one_party(one: Actor, other: Actor) -> bool:
    """Whether two parties of one event are one: by their key, or people whose names are variants («كارتر»)."""
    if one.identifier and one.identifier == other.identifier:
        return True
    if one.country and other.country and one.country != other.country:
        return False  # «الجيش» of Egypt is not that of Tunisia
    if person_key(one) == person_key(other):
        return True
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


def is_stated(record: EventRecord) -> bool:
    """Whether an article's words, and not only its own date, date the event."""
    return bool(record.date and record.date.value and record.date.precision != "publication")


def when(record: EventRecord) -> Period | None:
    """The period of an event's date."""
    value = record.date.value if record.date else None
    return read_value(value) if value else None
