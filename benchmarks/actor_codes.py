"""Country and role codes of actors against those real annotators gave (the openeventdata Arabic gold standard).

    python benchmarks/actor_codes.py FOLDER      (gsr_assault_spans.train.json, gsr_protest_spans.train.json)

Every actor that annotators marked is resolved from its words and sentence alone, without a model's relations. An
actor counts as coded by its majority; its ``main`` code is a country (or a class such as INT for none), its ``role``
CAMEO's, mapped to PLOVER's sector. Licence of the data: MIT (openeventdata); it is not part of this repository.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from waqai.events import ActorResolver
from waqai.schema import Document, Entity

SECTORS = {
    code: code
    for code in (
        *(
            "GOV",
            "MIL",
            "REB",
            "OPP",
            "PTY",
            "COP",
            "JUD",
            "SPY",
            "UAF",
            "EDU",
            "BUS",
            "CRM",
            "CVL",
            "REF",
            "LAB",
            "LEG",
        ),
        *("REL", "IGO", "NGO", "IMG", "ELI", "JRN", "AGR", "SOC"),
    )
} | {"MED": "JRN", "HLH": "MED"}
"""PLOVER sector by the role code of the annotators (CAMEO's MED is the press, HLH health)."""


def read_actors(folder: Path) -> list[tuple[str, str, str | None, str | None]]:
    """(sentence, actor's words, country or ``None``, PLOVER sector or ``None``), each actor of a sentence once.

    A code stands where more than half of the annotators who marked the words agree on it.
    """
    found = []
    for path in sorted(folder.glob("gsr_*_spans.train.json")):
        for entry in json.loads(path.read_text(encoding="utf-8")):
            votes: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
            for span in entry["spans"]:
                for side in ("source", "target"):
                    role = span.get(f"{side}_role")
                    if span.get(f"{side}_actor") and isinstance(role, dict) and role:
                        votes[" ".join(span[f"{side}_actor"])].append(role)
            for words, roles in votes.items():
                country = _majority([_country(role.get("main")) for role in roles])
                sector = _majority([SECTORS.get(str(role.get("role"))) for role in roles])
                found.append((entry["text"], words, country, sector))
    return found


def resolve(sentence: str, words: str) -> tuple[str | None, str | None]:
    """Country and sector of an actor; its type is not known, so that of an organisation or a person group is tried."""
    start = sentence.find(words)
    text, start = (sentence, start) if start >= 0 else (words, 0)
    country = sector = None
    for kind in ("ORG", "NORP", "PERS"):
        mention = Entity(kind, start, start + len(words))
        actor = ActorResolver(Document("gsr", text, entities=(mention,))).actor(mention)
        country, sector = country or actor.country, sector or actor.sector
    return country, sector


def _country(code: object) -> str | None:
    text = str(code)
    return (
        text if len(text) == 3 and text.isupper() and text not in ("INT", "UNK", "IMG", "IGO", "NGO", "MNC") else None
    )


def _majority(values: list[str | None]) -> str | None:
    value, count = Counter(values).most_common(1)[0]
    return value if count * 2 > len(values) else None


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--errors", action="store_true", help="list what disagrees")
    arguments = parser.parse_args()
    actors = read_actors(arguments.folder)
    if not actors:
        raise SystemExit(f"skipped: no gsr_*_spans.train.json in {arguments.folder}")
    counts: Counter[str] = Counter()
    for sentence, words, country, sector in actors:
        found = resolve(sentence, words)
        for name, gold, ours in (("country", country, found[0]), ("sector", sector, found[1])):
            counts[f"{name} gold"] += gold is not None
            counts[f"{name} given"] += ours is not None
            counts[f"{name} right"] += gold is not None and gold == ours
            counts[f"{name} both"] += gold is not None and ours is not None
            if arguments.errors and gold != ours and (gold or ours):
                print(f"{name}\tgold {gold}\tours {ours}\t{words}")
    print(f"{len(actors)} actors")
    for name in ("country", "sector"):
        right, given, gold, both = (counts[f"{name} {part}"] for part in ("right", "given", "gold", "both"))
        f1 = 2 * right / max(1, given + gold)
        print(
            f"{name:8} gold {gold:4}  given {given:4}  right {right:4}  precision {right / max(1, given):.3f}  "
            f"recall {right / max(1, gold):.3f}  F1 {f1:.3f}  agreement where both give one {right / max(1, both):.3f}"
        )


if __name__ == "__main__":
    main()
