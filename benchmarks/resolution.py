"""Resolved places and parties of gold mentions against gold values.

    python benchmarks/resolution.py [--errors]

Reads annotations/places.tsv and annotations/actors.tsv and resolves their mentions in the annotated articles. The
articles fall into two halves by a hash of their id: the errors of one half were read while the resolver was built,
those of the other never, and ``--errors`` does not list them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from waqai.evaluation.resolution import GoldMention, judge, read_gold, score
from waqai.events import ActorResolver, PlaceResolver, assemble
from waqai.events.names import comparable
from waqai.formats import read_documents
from waqai.schema import Document

Answers = dict[tuple[str, int, int, str], Mapping[str, str | None]]


def resolved(documents: Iterable[Document], gold: Iterable[GoldMention]) -> Answers:
    """What the resolvers say of the gold mentions."""
    articles = {document.id: document for document in documents}
    wanted = {mention.key for mention in gold}
    answers: Answers = {}
    for id in dict.fromkeys(key[0] for key in sorted(wanted)):
        document = articles[id]
        places, actors = PlaceResolver(document), ActorResolver(document)
        for mention in document.entities:
            if (id, *mention.key) in wanted:
                place, actor = places.place(mention), actors.actor(mention)
                answers[id, mention.start, mention.end, mention.type] = {
                    "place name": place.name, "place country": place.country, "admin1": place.admin1,
                    "geonameid": str(place.geonameid) if place.geonameid else None, "name": actor.name,
                    "country": actor.country, "sector": actor.sector, "wikidata": actor.identifier,
                }  # fmt: skip
    return answers


def of_places(answers: Answers) -> Answers:
    """The answers under the column names of the table of places."""
    return {
        key: {**answer, "name": answer["place name"], "country": answer["place country"]}
        for key, answer in answers.items()
    }


def report(title: str, gold: tuple[GoldMention, ...], answers: Answers, errors: bool) -> None:
    """Print the scores of both halves, and the errors of the half that may be read."""
    halves = {
        "all": gold,
        "read while building": tuple(mention for mention in gold if not mention.held_out),
        "held out": tuple(mention for mention in gold if mention.held_out),
    }
    print(f"{title}: {len(gold)} mentions of {len({mention.document for mention in gold})} articles")
    for name, half in halves.items():
        print(f"  {name} ({len(half)})")
        for part, found in score(half, answers, comparable).items():
            counts = found.counts
            print(
                f"    {part:10} accuracy {found.accuracy:.3f}  precision {counts.precision:.3f}  "
                f"recall {counts.recall:.3f}  F1 {counts.f1:.3f}  (given {counts.predicted}, determined {counts.gold})"
            )
    for mention in halves["read while building"] if errors else ():
        for part, accepted in mention.parts.items():
            given = answers.get(mention.key, {}).get(part)
            if not judge(accepted, given, comparable).accepted:
                wanted = "|".join(sorted(value or "-" for value in accepted))
                print(part, mention.document, mention.text, f"gold {wanted}", f"ours {given}", sep="\t")


def whole_records(
    documents: Iterable[Document], places: tuple[GoldMention, ...], actors: tuple[GoldMention, ...]
) -> dict[bool, Counter[str]]:
    """Records from gold mentions whose every party, place, and both are right, apart for the held-out articles.

    A party is right with its country and sector, a place with its country and id; a mention's gold is that of its
    words in its article.
    """
    by_words = {
        kind: {(mention.document, mention.text): mention for mention in table}
        for kind, table in (("parties", actors), ("place", places))
    }
    ids = {mention.document: mention.held_out for mention in (*places, *actors)}
    counts: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for document in documents:
        if document.id not in ids:
            continue
        for record in assemble(document):
            parties = (*record.actor, *record.recipient)
            given = [("parties", party.text, party.country, "sector", party.sector) for party in parties]
            if (place := record.event_loc) is not None:
                id = str(place.geonameid) if place.geonameid else None
                given.append(("place", place.text, place.country, "geonameid", id))
            wrong = {
                kind
                for kind, text, country, part, value in given
                if (gold := by_words[kind].get((document.id, text)))
                and not (judge(gold.parts["country"], country).accepted and judge(gold.parts[part], value).accepted)
            }
            counts[ids[document.id]] += Counter(
                records=1, parties="parties" not in wrong, place="place" not in wrong, both=not wrong
            )
    return counts


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--annotations", type=Path, default=Path("annotations"))
    parser.add_argument("--errors", action="store_true", help="list the mistakes of the half that may be read")
    arguments = parser.parse_args()
    folder: Path = arguments.annotations
    documents = [document for part in ("seeds", "own/train", "own/dev") for document in read_documents(folder / part)]
    places, actors = read_gold(folder / "places.tsv"), read_gold(folder / "actors.tsv")
    answers = resolved(documents, (*places, *actors))
    report("places", places, of_places(answers), arguments.errors)
    report("actors", actors, answers, arguments.errors)
    counts = whole_records(documents, places, actors)
    for name, found in (("all", counts[True] + counts[False]), ("held out", counts[True])):
        shares = "  ".join(f"{part} {found[part] / found['records']:.3f}" for part in ("parties", "place", "both"))
        print(f"records from gold mentions, {name} ({found['records']}): {shares}")


if __name__ == "__main__":
    main()
