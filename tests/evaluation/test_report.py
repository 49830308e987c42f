"""The report: the keys that programs read, the tables that people read, and nothing lost between them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from small_articles import PARIS, make_article
from waqai.evaluation import evaluate
from waqai.schema import Document
from waqai.schema.record import Citation, EventRecord

REQUIRED = (
    "entities",
    "trigger_identification",
    "trigger_classification",
    "argument_identification",
    "argument_classification",
    "relations",
    "records",
)


def one_record_a_trigger(document: Document, scheme) -> list[EventRecord]:
    return [
        EventRecord(id=f"{document.id}-{number}", event=trigger.type, sources=(Citation(document.id),))
        for number, trigger in enumerate(document.triggers)
    ]


@pytest.fixture
def predicted() -> Document:
    """The article with one place missed and one event of another type."""
    triggers = tuple(replace(one, type="COERCE") if one.type == "ASSAULT" else one for one in PARIS.triggers)
    return PARIS.with_annotation(PARIS.entities[1:], triggers, ())


def test_the_json_form_has_the_keys_that_programs_read(scheme, predicted):
    scores = evaluate([PARIS], [predicted], scheme, assemble=one_record_a_trigger).to_json()
    for task in REQUIRED:
        assert set(scores[task]) >= {"precision", "recall", "f1", "support", "interval"}
    for name in ("mode_accuracy", "auxiliary_accuracy"):
        assert set(scores[name]) == {"accuracy", "support", "interval"}
    assert json.loads(json.dumps(scores)) == scores


def test_the_numbers_are_those_of_the_articles(scheme, predicted):
    scores = evaluate([PARIS], [predicted], scheme, assemble=one_record_a_trigger).to_json()
    assert scores["documents"] == 1
    assert scores["entities"]["recall"] == pytest.approx(10 / 11, abs=1e-4)
    assert scores["trigger_identification"]["f1"] == 1.0
    assert scores["trigger_classification"]["f1"] == 0.5
    assert scores["relations"] == {"precision": 0, "recall": 0, "f1": 0, "support": 4, "interval": [0, 0]}
    assert scores["records"]["f1"] == 0.5
    assert scores["labels"]["records"]["type"]["support"] == 2


def test_perfect_is_one_everywhere(scheme):
    scores = evaluate([PARIS], [PARIS], scheme, assemble=one_record_a_trigger)
    assert {score.counts.f1 for score in (*scores.scores.values(), *scores.accuracies.values())} == {1.0}
    assert scores.macro_f1 == 1.0


def test_the_macro_score_weighs_types_not_mentions(scheme):
    gold = make_article(
        "حلب حلب حلب فرنسا زيد", [("GPE", "حلب"), ("GPE", "حلب", 2), ("GPE", "حلب", 3), ("PERS", "زيد")]
    )
    found = gold.with_annotation(tuple(e for e in gold.entities if e.type == "GPE"), (), ())
    scores = evaluate([gold], [found], scheme)
    assert scores.scores["entities"].counts.f1 == pytest.approx(6 / 7)
    assert scores.macro_f1 == 0.5


def test_what_resolution_loses_is_seen_apart(scheme):
    def dated(document, _):
        [day] = [entity for entity in document.entities if entity.type == "DATE"]
        return one_record_a_trigger(document, scheme) if day.value else ()

    paris = make_article("التقى الوزير الأربعاء", [("DATE", "الأربعاء")], [("CONSULT", "التقى")])
    [day] = paris.entities
    gold = paris.with_annotation((replace(day, value="2016-01-20"),), paris.triggers, ())
    scores = evaluate([gold], [gold], scheme, assemble=dated).to_json()
    assert scores["records"]["recall"] == 1.0
    assert scores["records_from_gold_mentions"]["recall"] == 0.0  # without the annotated value nothing dates it


def test_records_not_compared_are_null_not_zero(scheme):
    assert evaluate([PARIS], [PARIS], scheme).to_json()["records"] is None


def test_intervals_are_over_articles(scheme):
    articles = [replace(PARIS, id=f"paris-{number}") for number in range(6)]
    half = [a if number % 2 else a.with_annotation((), (), ()) for number, a in enumerate(articles)]
    low, high = evaluate(articles, half, scheme).to_json()["entities"]["interval"]
    assert low < 2 / 3 < high


def test_labels_stand_in_the_order_of_the_scheme(scheme):
    labels = list(evaluate([PARIS], [PARIS], scheme).labels["entities"])
    assert labels == [kind for kind in scheme.entities if kind in labels]


def test_labels_that_the_scheme_does_not_know_come_last(scheme):
    gold = make_article("زيد في حلب", [("CITY", "حلب"), ("PERS", "زيد")])
    assert list(evaluate([gold], [gold], scheme).labels["entities"]) == ["PERS", "CITY"]


def test_markdown_shows_every_task_with_its_interval(scheme, predicted):
    report = evaluate([PARIS, replace(PARIS, id="second")], [predicted], scheme, assemble=one_record_a_trigger)
    table = report.to_markdown()
    for task in (*REQUIRED, "argument_attached_classification"):
        assert f"| {task.replace('_', ' ')} |" in table
    assert "| second |" in table
    assert all(line.count("|") == table.splitlines()[2].count("|") for line in table.split("\n\n")[1].splitlines())
