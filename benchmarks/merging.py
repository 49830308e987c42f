"""How merging grows with the collection: CPU seconds, milliseconds a record, peak memory, how well it merges.

    python benchmarks/merging.py [--most 1000000] [--picture docs/pictures/merging.png]

The records are made up, with the skew of news: parties and places by Zipf's law, with more of them the larger the
collection (Heaps' law); bursts, most events told once and a few by hundreds of reports within three days; a third of
the reports are wire copies, the others leave out places, parties and dates and choose another word. All fall into one
year, so that a larger collection is a denser one: the hard case. B³ is against the events the records were made from.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from time import process_time

from waqai.evaluation.coreference import b_cubed
from waqai.events import merge
from waqai.schema.record import Actor, Citation, DateValue, EventMention, EventRecord, Place

_KINDS = {
    "ASSAULT": (30, ("قصف", "غارات", "ضربات"), ("هجوم", "معركة", "عملية")),
    "CONSULT": (20, ("اجتماع", "مباحثات", "لقاء"), ("زيارة", "استقبل")),
    "ACCUSE": (12, ("اتهم",), ("أدان", "إدانة")),
    "REQUEST": (12, ("دعا",), ("طالب", "مطالبة")),
    "PROTEST": (
        8,
        ("مظاهرة", "تظاهر"),
    ),
    "COERCE": (
        8,
        ("اعتقال", "اعتقلت", "توقيف"),
    ),
    "AID": (5, ("مساعدات",), ("تدريب", "درب")),
    "AGREE": (5, ("اتفاق",), ("وافق",)),
}
"""Share of each type, and the groups of words that mean one kind of happening."""
_AUXILIARIES = (None, "future", "hypothetical", "negation", "historical"), (70, 10, 10, 5, 5)
_FIRST = date(2020, 1, 1)
_SECTORS = ("GOV", "MIL", "REB", "CVL", "OPP")


class Zipf:
    """Draws ranks by Zipf's law: the r-th name in proportion to 1 / r."""

    def __init__(self, size: int) -> None:
        self._ranks = range(size)
        self._weights = list(accumulate(1 / (rank + 1) for rank in self._ranks))

    def draw(self, chance: random.Random, count: int) -> list[int]:
        """Up to ``count`` different ranks."""
        return list(dict.fromkeys(chance.choices(self._ranks, cum_weights=self._weights, k=count)))


@dataclass(frozen=True)
class World:
    """The parties and places there are to draw from."""

    parties: Sequence[Actor]
    places: Sequence[Place]
    party: Zipf
    place: Zipf

    @classmethod
    def of(cls, count: int) -> World:
        """As many names as a collection of so many records has."""
        parties = [Actor(f"a{n}", f"a{n}", f"C{n % 90:02}", _SECTORS[n % 5]) for n in range(int(20 * count**0.5))]
        places = [
            Place(f"p{n}", f"p{n}", f"C{n % 90:02}", None, n / 9 % 90, n / 7 % 180, n + 1, "city")
            for n in range(int(10 * count**0.45))
        ]
        return cls(parties, places, Zipf(len(parties)), Zipf(len(places)))


def made_up(count: int, seed: int = 13) -> list[tuple[EventRecord, int]]:
    """About ``count`` records in order of publication, each with the number of its event."""
    chance = random.Random(seed)
    world = World.of(count)
    told: list[tuple[EventRecord, int]] = []
    event = 0
    while len(told) < count:
        told += [(record, event) for record in _reports(chance, world, len(told))]
        event += 1
    return sorted(told[:count], key=lambda pair: pair[0].sources[0].publication_date or "")


def _reports(chance: random.Random, world: World, number: int) -> Iterator[EventRecord]:
    kind = chance.choices(list(_KINDS), [entry[0] for entry in _KINDS.values()])[0]
    words = chance.choice(_KINDS[kind][1:])
    day = _FIRST + timedelta(days=chance.randrange(363))
    actors = [world.parties[rank] for rank in world.party.draw(chance, chance.choice((1, 1, 2, 3)))]
    recipients = [world.parties[rank] for rank in world.party.draw(chance, chance.choice((0, 1, 1, 2)))]
    whole = EventRecord(
        id="", event=kind, date=DateValue(day.isoformat(), "day"), actor=tuple(actors), recipient=tuple(recipients),
        auxiliary=chance.choices(*_AUXILIARIES)[0], event_text=words[0],
        event_loc=world.places[world.place.draw(chance, 1)[0]] if chance.random() < 0.85 else None,
    )  # fmt: skip
    report = None
    for n in range(number, number + min(300, int(chance.paretovariate(1.4)))):
        published = day + timedelta(days=chance.choices((0, 1, 2), (60, 30, 10))[0])
        if report is None or chance.random() > 0.33:  # else a wire copy of the report before
            report = _left_out(chance, replace(whole, event_text=chance.choice(words)), published)
        yield replace(
            report, id=f"r{n}", mentions=(EventMention(f"d{n}", 0, 4, report.event_text, report.event_text),),
            sources=(Citation(f"d{n}", publication_date=published.isoformat()),),
        )  # fmt: skip


def _left_out(chance: random.Random, record: EventRecord, published: date) -> EventRecord:
    """What one report says of an event."""
    stated = chance.random() < 0.4
    return replace(
        record,
        date=record.date if stated else DateValue(published.isoformat(), "publication"),
        actor=tuple(actor for actor in record.actor if chance.random() < 0.75),
        recipient=tuple(actor for actor in record.recipient if chance.random() < 0.75),
        event_loc=record.event_loc if chance.random() < 0.75 else None,
    )


def quality(told: Sequence[tuple[EventRecord, int]], merged: Sequence[EventRecord]) -> float:
    """B³ F1 of the merged records against the events they were made from."""
    gold: defaultdict[int, set[str]] = defaultdict(set)
    for record, event in told:
        gold[event].add(record.sources[0].document)
    predicted = [frozenset(source.document for source in record.sources) for record in merged]
    return b_cubed([frozenset(group) for group in gold.values()], predicted).f1


def draw(sizes: Sequence[int], seconds: Sequence[float], path: Path) -> None:
    """Seconds against records, beside the line through the first point."""
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 3.2))
    axes.loglog(sizes, seconds, "o-", label="merge")
    axes.loglog(sizes, [seconds[0] * size / sizes[0] for size in sizes], "--", label="linear")
    axes.set(xlabel="records", ylabel="seconds")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)


def main() -> None:
    """Measure and print the curve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--least", type=int, default=1_000)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--picture", type=Path, help="draw the curve (needs matplotlib)")
    arguments = parser.parse_args()
    sizes: list[int] = []
    taken: list[float] = []
    print("records    made of    merged   seconds  ms/record  peak MiB     B3")
    for size in (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000):
        if not arguments.least <= size <= arguments.most:
            continue
        told = made_up(size)
        events = len({event for _, event in told})
        records = [record for record, _ in told]
        gc.freeze()  # what was made up is not the merger's to collect
        start = process_time()
        merged = merge(records)
        seconds = process_time() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{size:7d}  {events:9d} {len(merged):9d} {seconds:9.2f}  {1000 * seconds / size:9.3f}  {peak:8.0f}  "
            f"{quality(told, merged):.3f}",
            flush=True,
        )
        sizes.append(size)
        taken.append(seconds)
        gc.unfreeze()
    if arguments.picture:
        draw(sizes, taken, arguments.picture)


if __name__ == "__main__":
    main()
