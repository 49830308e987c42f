"""How merging grows with the collection: seconds and seconds a thousand records, and peak memory.

    python benchmarks/merging.py [--most 1000000]

Records are made up with the skew of news: a few places and parties are in most events, dates spread over a year,
about every third record reports an event that another one reports too.
"""

from __future__ import annotations

import argparse
import random
import resource
from datetime import date, timedelta
from time import perf_counter

from waqai.events import merge
from waqai.schema.record import Actor, Citation, DateValue, EventMention, EventRecord, Place

_TYPES = ("ASSAULT", "CONSULT", "ACCUSE", "REQUEST", "PROTEST", "COERCE", "AID", "AGREE")
_WORDS = {"ASSAULT": "قصف", "CONSULT": "اجتماع", "PROTEST": "مظاهرة"}


def made_up(count: int, seed: int = 13) -> list[EventRecord]:
    """Records of a year of news, more places and parties the more records there are."""
    chance = random.Random(seed)
    places = max(20, count // 200)
    parties = max(50, count // 50)
    records: list[EventRecord] = []
    for number in range(count):
        if records and chance.random() < 0.33:  # another report of a recent event
            told = records[-chance.randrange(1, min(len(records), 50) + 1)]
            event, day, place, actors = told.event, told.date, told.event_loc, told.actor
        else:
            event = chance.choices(_TYPES, (30, 20, 12, 12, 8, 8, 5, 5))[0]
            day = DateValue((date(2020, 1, 1) + timedelta(days=number * 365 // count)).isoformat(), "day")
            where = int(chance.paretovariate(0.7)) % places
            place = Place(f"p{where}", f"p{where}", "SYR", geonameid=where + 1)
            names = [f"a{int(chance.paretovariate(0.7)) % parties}" for _ in range(chance.randrange(1, 4))]
            actors = tuple(Actor(name, name, sector="MIL") for name in dict.fromkeys(names))
        word = _WORDS.get(event, event)
        records.append(
            EventRecord(
                id=f"r{number}", event=event, date=day, actor=actors, event_loc=place, event_text=word,
                mentions=(EventMention(f"d{number}", 0, len(word), word, word),),
                sources=(Citation(f"d{number}", publication_date=day.value if day else None),),
            )
        )  # fmt: skip
    return records


def main() -> None:
    """Measure and print the curve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=100_000)
    arguments = parser.parse_args()
    count = 1_000
    print("records    events    seconds  ms/record  peak MiB")
    while count <= arguments.most:
        records = made_up(count)
        start = perf_counter()
        merged = merge(records)
        seconds = perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{count:7d}  {len(merged):8d}  {seconds:9.2f}  {1000 * seconds / count:9.3f}  {peak:8.0f}", flush=True)
        count *= 10 if count < 10_000 else 3


if __name__ == "__main__":
    main()
