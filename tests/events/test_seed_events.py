"""The five seed articles: which of them report one meeting, how well mentions cluster, whether dates resolve."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path

import pytest

from waqai.evaluation.coreference import conll_f1
from waqai.events import assemble_all, merge, resolve_dates
from waqai.formats import read_documents
from waqai.schema import Document
from waqai.schema.record import EventRecord

_ANNOTATIONS = Path(__file__).parents[2] / "annotations"


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return read_documents(_ANNOTATIONS / "seeds")


@pytest.fixture(scope="module")
def merged(documents: list[Document]) -> tuple[EventRecord, ...]:
    return merge(assemble_all(documents), documents)


def _meeting(merged: tuple[EventRecord, ...], place: str, date: str) -> EventRecord:
    found = [
        record
        for record in merged
        if record.event == "CONSULT" and record.mode == "multilateral" and record.event_loc is not None
        and record.event_loc.name == place and record.date is not None and (record.date.value or "").startswith(date)
    ]  # fmt: skip
    return max(found, key=lambda record: len(record.mentions))


@pytest.mark.parametrize(
    ("place", "date", "articles"),
    [
        ("باريس", "2016-01-20", ["000", "001"]),
        ("باريس", "2016-10-25", ["003"]),
        ("واشنطن", "2016-07", ["004"]),
        ("لندن", "2015-01-22", ["002"]),
    ],
)
def test_each_meeting_has_its_articles(
    merged: tuple[EventRecord, ...], place: str, date: str, articles: list[str]
) -> None:
    meeting = _meeting(merged, place, date)
    assert sorted(source.document[:3] for source in meeting.sources) == articles
    assert len(meeting.mentions) >= 4


def test_clusters_are_near_the_gold_ones(documents: list[Document], merged: tuple[EventRecord, ...]) -> None:
    gold: defaultdict[str, set[Hashable]] = defaultdict(set)
    listed = set()
    with (_ANNOTATIONS / "event_clusters.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            key = (row["document"], int(row["start_char"]), int(row["end_char"]))
            gold[row["cluster"]].add(key)
            listed.add(key)
    keys = {(document.id, trigger.start, trigger.end) for document in documents for trigger in document.triggers}
    alone = [{key} for key in keys - listed]
    predicted = [{(m.document, m.start, m.end) for m in record.mentions} for record in merged]
    assert conll_f1([*gold.values(), *alone], predicted) > 0.75


def test_the_seeds_dates_resolve(documents: list[Document]) -> None:
    right = total = 0
    for document in documents:
        bare = document.with_annotation(tuple(replace(entity, value=None) for entity in document.entities), (), ())
        values = resolve_dates(bare)
        for entity in document.entities:
            if entity.type in ("DATE", "TIME"):
                found = values.get(entity.key)
                right += (found.value if found else None) == entity.value
                total += 1
    assert total >= 30
    assert right / total > 0.9
