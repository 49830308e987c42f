"""Values of calendar expressions against gold ones, beside dateparser alone on the same mentions.

    python benchmarks/dates.py DOCUMENTS… [--texts seeds] [--errors]

DOCUMENTS are annotation sheets or folders of annotated articles whose DATE and TIME mentions carry values. Exact:
the value is the gold one, with its precision. Start: the first day is the gold one's. A mention without a gold value
(a duration, an age, a vague span) is right where none is given. dateparser is given the words, the language and the
day of publication, and the precision that it reports.
"""

from __future__ import annotations

import argparse
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from waqai.events import resolve_dates
from waqai.events.periods import month, read_value, week, year
from waqai.formats import read_documents
from waqai.formats.sheet import read_sheet
from waqai.schema import Document

Values = dict[tuple[int, int, str], str]


def read_all(paths: Sequence[Path], texts: Path) -> list[Document]:
    """The documents of sheets and folders."""
    documents: list[Document] = []
    for path in paths:
        if path.suffix == ".sheet":
            text = texts / f"{path.stem}.txt"
            whole = text.read_text(encoding="utf-8") if text.exists() else None
            documents.append(read_sheet(path.read_text(encoding="utf-8"), path, whole))
        else:
            documents.extend(read_documents(path))
    return documents


def by_waqai(document: Document) -> Values:
    """Our values, from the text alone."""
    bare = tuple(replace(entity, value=None) for entity in document.entities)
    found = resolve_dates(document.with_annotation(bare, (), ()))
    return {key: value.value for key, value in found.items() if value.value}


def by_dateparser(document: Document) -> Values:
    """dateparser's values, at the precision it reports."""
    from dateparser.date import DateDataParser

    base = date.fromisoformat(document.publication_date) if document.publication_date else date.today()
    settings = {"RELATIVE_BASE": datetime(base.year, base.month, base.day), "RETURN_TIME_AS_PERIOD": True}
    parser = DateDataParser(languages=["ar"], settings=settings)
    values: Values = {}
    for entity in document.entities:
        if entity.type in ("DATE", "TIME"):
            found = parser.get_date_data(document.surface(entity))
            if found and found.date_obj:
                values[entity.key] = _as_value(found.date_obj, found.period)
    return values


def _as_value(moment: datetime, period: str) -> str:
    if period == "time":
        zone = "Z" if moment.tzinfo else ""
        return f"{moment:%Y-%m-%dT%H:%M}{zone}"
    if period == "week":
        return week(moment.date()).value
    if period == "month":
        return month(moment.year, moment.month).value
    return year(moment.year).value if period == "year" else moment.date().isoformat()


def score(documents: Sequence[Document], resolve: Callable[[Document], Values], errors: bool) -> Counter[str]:
    """Count what agrees, by kind of gold value."""
    counts: Counter[str] = Counter()
    for document in documents:
        found = resolve(document)
        for entity in document.entities:
            if entity.type not in ("DATE", "TIME"):
                continue
            value = found.get(entity.key)
            if entity.value is None:
                counts["open"] += 1
                counts["open right"] += value is None
            else:
                gold = read_value(entity.value)
                ours = read_value(value) if value else None
                kind = gold.precision if gold else "other"
                counts["valued"] += 1
                counts["given"] += value is not None
                counts["exact"] += value == entity.value
                counts["start"] += bool(gold and ours and gold.first == ours.first)
                counts[f"{kind} gold"] += 1
                counts[f"{kind} exact"] += value == entity.value
            if errors and value != entity.value:
                around = document.text[max(0, entity.start - 30) : entity.start].replace("\n", " ")
                said = f"{around}[{document.surface(entity)}]"
                print(document.id, document.publication_date, said, f"gold {entity.value}", f"ours {value}", sep="\t")
    return counts


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("documents", nargs="+", type=Path)
    parser.add_argument("--texts", type=Path, default=Path("seeds"))
    parser.add_argument("--errors", action="store_true", help="list our mistakes")
    arguments = parser.parse_args()
    documents = read_all(arguments.documents, arguments.texts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dateparser's own deprecations
        rows = {
            "waqai": score(documents, by_waqai, arguments.errors),
            "dateparser": score(documents, by_dateparser, False),
        }
    first = rows["waqai"]
    print(f"{len(documents)} articles, {first['valued']} mentions with a value, {first['open']} without")
    for name, counts in rows.items():
        valued, left = max(1, counts["valued"]), max(1, counts["open"])
        print(
            f"{name:11} exact {counts['exact'] / valued:.3f}  start {counts['start'] / valued:.3f}  "
            f"given {counts['given'] / valued:.3f}  left open rightly {counts['open right'] / left:.3f}  "
            f"all {(counts['exact'] + counts['open right']) / (valued + counts['open']):.3f}"
        )
        kinds = sorted({key.split()[0] for key in counts if key.endswith(" gold")})
        print("   " + "  ".join(f"{kind} {counts[f'{kind} exact']}/{counts[f'{kind} gold']}" for kind in kinds))


if __name__ == "__main__":
    main()
