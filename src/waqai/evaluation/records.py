"""Record score: how many events are found, and how much of each is right.

Gold and predicted records of a document are paired one to one, best pairs first: the same type, then shared
trigger words, then as many equal parts as possible. Each part is counted alone over the pairs, and all together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from waqai.evaluation.counts import Counts
from waqai.schema.record import Actor, DateValue, EventRecord, Place

ASPECTS = ("type", "actor", "recipient", "place", "date", "record")
"""What is counted: each part alone (of records whose type matches), and ``record``, all five together."""


def match_records(gold: Iterable[EventRecord], predicted: Iterable[EventRecord]) -> dict[str, Counts]:
    """Pair gold and predicted records and count what agrees.

    Args:
        gold: the records made from gold annotation.
        predicted: the records to score, of the same documents (by their sources' ids).

    Returns:
        Counts by aspect. ``type`` counts records paired with one of their type. ``actor``, ``recipient``, ``place`` and
        ``date`` count the records that state the part; one is right where both of a pair state it and agree:
        a party by country or by name, a place by GeoNames id or name, a date where the values share a precision's
        worth (equal values). A part absent on both sides is no mistake. ``record`` is right where all agree.
    """
    counts = dict.fromkeys(ASPECTS, Counts())
    gold_by, predicted_by = _by_document(gold), _by_document(predicted)
    for document in gold_by.keys() | predicted_by.keys():
        for aspect, found in _match(gold_by.get(document, []), predicted_by.get(document, [])).items():
            counts[aspect] += found
    return counts


def pair_records(gold: list[EventRecord], predicted: list[EventRecord]) -> list[tuple[EventRecord, EventRecord]]:
    """Pair the records of one document, each at most once, only within a type."""
    scored = sorted(
        (
            (_likeness(one, other), -i, -j, one, other)
            for i, one in enumerate(gold)
            for j, other in enumerate(predicted)
            if one.event == other.event
        ),
        key=lambda entry: entry[:3],
        reverse=True,
    )
    taken_gold: set[int] = set()
    taken_predicted: set[int] = set()
    pairs = []
    for _, i, j, one, other in scored:
        if i not in taken_gold and j not in taken_predicted:
            taken_gold.add(i)
            taken_predicted.add(j)
            pairs.append((one, other))
    return pairs


def agree_on(aspect: str, gold: EventRecord, predicted: EventRecord) -> bool:
    """Whether two records of one type agree on a part; both being silent about it is agreement."""
    if aspect == "actor":
        return _same_parties(gold.actor, predicted.actor)
    if aspect == "recipient":
        return _same_parties(gold.recipient, predicted.recipient)
    if aspect == "place":
        return _same_place(gold.event_loc, predicted.event_loc)
    if aspect == "date":
        return _value(gold.date) == _value(predicted.date)
    return gold.event == predicted.event


def _match(gold: list[EventRecord], predicted: list[EventRecord]) -> dict[str, Counts]:
    pairs = pair_records(gold, predicted)
    parts = ASPECTS[1:-1]
    counts = {"type": Counts(len(pairs), len(predicted), len(gold))}
    for part in parts:
        right = sum(_states(part, one) and _states(part, other) and agree_on(part, one, other) for one, other in pairs)
        counts[part] = Counts(
            right, sum(_states(part, record) for record in predicted), sum(_states(part, record) for record in gold)
        )
    whole = sum(all(agree_on(part, one, other) for part in parts) for one, other in pairs)
    counts["record"] = Counts(whole, len(predicted), len(gold))
    return counts


def _likeness(gold: EventRecord, predicted: EventRecord) -> float:
    spans = {(mention.document, mention.start, mention.end) for mention in gold.mentions}
    shared = sum((mention.document, mention.start, mention.end) in spans for mention in predicted.mentions)
    agreement = sum(agree_on(part, gold, predicted) for part in ASPECTS[1:-1])
    return (10 if shared else 0) + agreement + shared / (1 + len(spans) + len(predicted.mentions))


def _states(part: str, record: EventRecord) -> bool:
    if part in ("actor", "recipient"):
        return bool(record.actor if part == "actor" else record.recipient)
    return record.event_loc is not None if part == "place" else _value(record.date) is not None


def _same_parties(gold: tuple[Actor, ...], predicted: tuple[Actor, ...]) -> bool:
    """Whether at least one party agrees, by name, by id or by country; sectors are not compared."""
    if not gold or not predicted:
        return not gold and not predicted
    return any(_same_party(one, other) for one in gold for other in predicted)


def _same_party(one: Actor, other: Actor) -> bool:
    if one.name == other.name or (one.identifier is not None and one.identifier == other.identifier):
        return True
    return one.country is not None and one.country == other.country


def _same_place(one: Place | None, other: Place | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.geonameid is not None and other.geonameid is not None:
        return one.geonameid == other.geonameid
    return one.name == other.name


def _value(date: DateValue | None) -> str | None:
    """A date's value; the article's own date, put in where none is stated, is no statement."""
    return date.value if date and date.precision != "publication" else None


def _by_document(records: Iterable[EventRecord]) -> dict[str, list[EventRecord]]:
    found: defaultdict[str, list[EventRecord]] = defaultdict(list)
    for record in records:
        found[record.sources[0].document if record.sources else ""].append(record)
    return found
