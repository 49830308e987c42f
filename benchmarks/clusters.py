"""Event clusters against gold ones: B³ and CoNLL F1, within articles and over the collection.

    python benchmarks/clusters.py DOCUMENTS… --clusters annotations/event_clusters.tsv [--texts seeds]

DOCUMENTS are annotation sheets, or a folder in any format that waqai reads. Triggers in no cluster of the gold file
are events of one mention. Beside the system stand two baselines: every trigger its own event, and all triggers of a
type in a document one event.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import Path

from waqai.evaluation.coreference import b_cubed, ceaf_e, conll_f1, muc
from waqai.events import assemble, merge
from waqai.formats import read_documents
from waqai.formats.sheet import read_sheet
from waqai.schema import Document

Key = tuple[str, int, int]
Clusters = Sequence[frozenset[Hashable]]


def read_all(paths: Sequence[Path], texts: Path | None) -> list[Document]:
    """The documents of sheets and folders."""
    documents: list[Document] = []
    for path in paths:
        if path.suffix == ".sheet":
            text = texts / f"{path.stem}.txt" if texts else None
            whole = text.read_text(encoding="utf-8") if text and text.exists() else None
            documents.append(read_sheet(path.read_text(encoding="utf-8"), path, whole))
        else:
            documents.extend(read_documents(path))
    return documents


def gold_clusters(path: Path, documents: Iterable[Document]) -> dict[Key, str]:
    """The cluster of each trigger; its own key where the file names none."""
    listed: dict[Key, str] = {}
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            listed[row["document"], int(row["start_char"]), int(row["end_char"])] = row["cluster"]
    keys = [(document.id, trigger.start, trigger.end) for document in documents for trigger in document.triggers]
    missing = set(listed) - set(keys)
    if missing:
        print(f"{len(missing)} gold mentions are no triggers of the documents: {sorted(missing)[:5]}")
    return {key: listed.get(key, str(key)) for key in keys}


def grouped(cluster_of: dict[Key, str], split: Callable[[Key], str]) -> Clusters:
    """Clusters as sets; ``split`` adds what parts them (the document, or nothing)."""
    groups: defaultdict[tuple[str, str], set[Hashable]] = defaultdict(set)
    for key, name in cluster_of.items():
        groups[name, split(key)].add(key)
    return [frozenset(group) for group in groups.values()]


def report(name: str, gold: Clusters, predicted: Clusters) -> None:
    """One row, with single mentions and without them."""
    pieces = [f"{name:<34}"]
    several_gold = [cluster for cluster in gold if len(cluster) > 1]
    several = [cluster for cluster in predicted if len(cluster) > 1]
    for one, other in ((gold, predicted), (several_gold, several)):
        scores = [f"{score.f1:.3f}" for score in (muc(one, other), b_cubed(one, other), ceaf_e(one, other))]
        pieces.append("  ".join([*scores, f"{conll_f1(one, other):.3f}"]))
    print("   |   ".join(pieces))


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("documents", nargs="+", type=Path)
    parser.add_argument("--clusters", type=Path, default=Path("annotations/event_clusters.tsv"))
    parser.add_argument("--texts", type=Path, default=Path("seeds"))
    arguments = parser.parse_args()
    documents = read_all(arguments.documents, arguments.texts)
    gold = gold_clusters(arguments.clusters, documents)
    records = [record for document in documents for record in assemble(document)]
    merged = merge(records, documents)
    within = {(m.document, m.start, m.end): record.id for record in records for m in record.mentions}
    across = {(m.document, m.start, m.end): record.id for record in merged for m in record.mentions}
    alone = {key: str(key) for key in gold}
    by_type = {
        (document.id, trigger.start, trigger.end): f"{document.id} {trigger.type}"
        for document in documents
        for trigger in document.triggers
    }
    print(f"{len(gold)} triggers; {len(records)} records, {len(merged)} after merging")
    print(f"{'':<34}   |   MUC    B3     CEAFe  CoNLL with single mentions   |   without")
    for scope, split in (("within articles", lambda key: key[0]), ("over the collection", lambda key: "")):
        truth = grouped(gold, split)
        print(scope)
        report("  every trigger its own event", truth, grouped(alone, split))
        report("  one event a type and document", truth, grouped(by_type, split))
        report("  waqai", truth, grouped(within if scope.startswith("within") else across, split))
    by_cluster = defaultdict(set)
    for key, name in across.items():
        by_cluster[name].add(key[0][:3])
    for record in merged:
        if len(by_cluster[record.id]) > 1:
            print(f"  joined over {sorted(by_cluster[record.id])}: {record.event} «{record.event_text}»")


if __name__ == "__main__":
    main()
