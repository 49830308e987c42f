"""Corpora that label only some things: what they do not speak of counts neither for nor against."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from model_fixtures import mark
from waqai.evaluation.counts import Counts
from waqai.evaluation.partial import count_arguments_found, count_entities, count_kept_free, count_triggers_found
from waqai.schema import Document

TEXT = "زار وزير الدفاع الفرنسي مدينة باريس وكأس العالم"
TYPES = frozenset({"PERS", "ORG", "GPE", "LOC"})


def _marked(**mentions: str) -> Document:
    names = {f"{kind}{number}": (kind, surface) for number, (kind, surface) in enumerate(mentions.items())}
    return mark("a", TEXT, names)


CASES = {
    # gold, predicted, true positives, predicted that count, gold
    "any type of a union": ({"LOC|GPE": "باريس"}, {"GPE": "باريس"}, (1, 1, 1)),
    "another type": ({"LOC|GPE": "باريس"}, {"ORG": "باريس"}, (0, 1, 1)),
    "a type that is not spoken of": ({}, {"OCC": "وزير الدفاع الفرنسي"}, (0, 0, 0)),
    "inside a mention that is not spoken of": ({}, {"OCC": "وزير الدفاع الفرنسي", "ORG": "الدفاع"}, (0, 1, 0)),
    "across a label that means none of ours": ({"?MISC": "وكأس العالم"}, {"LOC": "العالم"}, (0, 0, 0)),
    "wider than marked": ({"GPE": "باريس"}, {"GPE": "مدينة باريس"}, (0, 1, 1)),
}


@pytest.mark.parametrize("case", CASES)
def test_entities_are_counted_by_what_the_corpus_labels(case: str) -> None:
    gold, predicted, wanted = CASES[case]
    assert count_entities(_marked(**gold), _marked(**predicted), TYPES, flat=True) == Counts(*wanted)


def test_a_flat_corpus_is_held_against_the_outermost_mentions() -> None:
    predicted = _marked(ORG="الدفاع الفرنسي", LOC="الفرنسي", GPE="الدفاع الفرنسي")
    gold = _marked(ORG="الدفاع الفرنسي")
    assert count_entities(gold, predicted, TYPES, flat=True).predicted == 1
    assert count_entities(gold, predicted, TYPES, flat=False).predicted == 3


def test_spans_that_overlap_are_enough_where_asked_for_and_are_used_once() -> None:
    gold = mark("a", TEXT, {"one": ("GPE", "مدينة"), "two": ("GPE", "باريس")})
    predicted = _marked(GPE="مدينة باريس")
    assert count_entities(gold, predicted, TYPES, flat=True, overlapping=True) == Counts(1, 1, 2)


@pytest.fixture
def attack() -> Callable[..., Document]:
    """A document with a trigger of a type and arguments by role."""

    def make(kind: str = "ASSAULT", **arguments: str) -> Document:
        mentions = {role: ("NORP", surface) for role, surface in arguments.items()}
        relations = [("attack", role, role) for role in arguments]
        return mark("a", "خطف مسلحون مهندسين أجانب", {"attack": (kind, "خطف"), **mentions}, relations)

    return make


def test_marked_triggers_and_arguments_are_found_or_not(attack: Callable[..., Document]) -> None:
    gold = attack(ACTOR="مسلحون", RECIPIENT="مهندسين")
    assert count_triggers_found(gold, gold) == Counts(1, 1, 1)
    assert count_triggers_found(gold, attack("COERCE")) == Counts(0, 1, 1)
    wider = attack(ACTOR="مسلحون", RECIPIENT="مهندسين أجانب", LOCATION="أجانب")
    assert count_arguments_found(gold, wider) == Counts(2, 2, 2)  # a location is not spoken of
    assert count_arguments_found(gold, attack(RECIPIENT="مسلحون")) == Counts(0, 2, 2)
    assert count_arguments_found(gold, attack("COERCE", ACTOR="مسلحون")) == Counts(0, 2, 2)


def test_a_text_is_kept_free_of_a_type_or_not(attack: Callable[..., Document]) -> None:
    assert count_kept_free(attack(), "PROTEST").f1 == 1.0
    assert count_kept_free(attack(), "ASSAULT").f1 == 0.0
