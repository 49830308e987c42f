"""What counts as found: a table of small mistakes, each with the scores it costs and those it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from small_articles import PARIS, make_article
from waqai.errors import DataError
from waqai.evaluation import evaluate
from waqai.evaluation.documents import TASKS, pair_documents, score_document, total
from waqai.schema import Document, Entity, Relation, Trigger
from waqai.text import split_words

ALL = set(TASKS) | {"modes", "auxiliaries"}


def _without(document: Document, mention: Entity | Trigger) -> Document:
    """The article without a mention and what hangs on it."""
    return document.with_annotation(
        tuple(entity for entity in document.entities if entity != mention),
        tuple(trigger for trigger in document.triggers if trigger != mention),
        tuple(r for r in document.relations if mention not in (r.head, r.tail)),
    )


def _swap(document: Document, old: Entity | Trigger, new: Entity | Trigger) -> Document:
    """The article with a mention exchanged, in its relations too."""

    def other(mention):
        return new if mention == old else mention

    return document.with_annotation(
        tuple(other(entity) for entity in document.entities),
        tuple(other(trigger) for trigger in document.triggers),
        tuple(Relation(r.type, other(r.head), other(r.tail)) for r in document.relations),
    )


def _entity(document: Document, words: str) -> Entity:
    return next(entity for entity in document.entities if document.surface(entity) == words)


def _trigger(document: Document, words: str) -> Trigger:
    return next(trigger for trigger in document.triggers if document.surface(trigger) == words)


def _relabel(document: Document, old: str, new: str, head: str) -> Document:
    def label(relation: Relation) -> str:
        return new if relation.type == old and document.surface(relation.head) == head else relation.type

    relations = tuple(replace(relation, type=label(relation)) for relation in document.relations)
    return document.with_annotation(document.entities, document.triggers, relations)


MISTAKES = {
    "nothing": (lambda d: d, set()),
    "a date is missed": (
        lambda d: _without(d, _entity(d, "الأربعاء")),
        ALL - {"trigger_identification", "trigger_classification", "relations", "modes", "auxiliaries"},
    ),
    "a mention that nothing hangs on is missed": (lambda d: _without(d, _entity(d, "لودريان")), {"entities"}),
    "an event has the wrong type": (
        lambda d: _swap(d, _trigger(d, "ستقصف"), replace(_trigger(d, "ستقصف"), type="COERCE", mode=None)),
        ALL - {"entities", "trigger_identification", "relations", "modes", "auxiliaries"},
    ),
    "a mode is wrong": (
        lambda d: _swap(d, _trigger(d, "ستقصف"), replace(_trigger(d, "ستقصف"), mode="drone")),
        {"modes"},
    ),
    "an auxiliary is missed": (
        lambda d: _swap(d, _trigger(d, "ستقصف"), replace(_trigger(d, "ستقصف"), auxiliary=None)),
        {"auxiliaries"},
    ),
    "a role is wrong": (
        lambda d: _relabel(d, "ACTOR", "RECIPIENT", "ستقصف"),
        {"argument_classification", "argument_attached_classification"},
    ),
    "a relation has another label": (lambda d: _relabel(d, "located_in", "same_as", "الرقة"), {"relations"}),
    "an alias the other way round": (
        lambda d: d.with_annotation(
            d.entities,
            d.triggers,
            tuple(Relation(r.type, r.tail, r.head) if r.type == "same_as" else r for r in d.relations),
        ),
        set(),
    ),
    "a place the other way round": (
        lambda d: d.with_annotation(
            d.entities,
            d.triggers,
            tuple(Relation(r.type, r.tail, r.head) if r.type == "located_in" else r for r in d.relations),
        ),
        {"relations"},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_costs_exactly_the_scores_it_concerns(mistake):
    predict, costs = MISTAKES[mistake]
    scores = score_document(PARIS, predict(PARIS)).tasks
    assert {name for name, counts in scores.items() if counts.f1 < 1} == costs


def test_an_argument_needs_no_certain_trigger_unless_attached():
    text = "قصف الجيش الرقة وقصف الجيش حلب"
    entities = [("ORG", "الجيش")]
    triggers = [("ASSAULT", "قصف"), ("ASSAULT", "وقصف")]
    gold = make_article(text, entities, triggers, [("ACTOR", "قصف", "الجيش")])
    predicted = make_article(text, entities, triggers, [("ACTOR", "وقصف", "الجيش")])
    scores = score_document(gold, predicted).tasks
    assert scores["argument_classification"].f1 == 1.0
    assert scores["argument_attached_identification"].f1 == 0.0


def test_attributes_are_compared_on_the_triggers_that_were_found():
    predicted = _without(PARIS, _trigger(PARIS, "التقى"))
    scores = score_document(PARIS, predicted)
    assert (scores.tasks["modes"].f1, scores.tasks["modes"].support) == (1.0, 1)


def test_modes_are_compared_only_where_the_scheme_has_any(scheme):
    text = "وعد الرئيس وقصف الجيش"
    article = make_article(text, [], [("AGREE", "وعد"), ("ASSAULT", "وقصف", 1, "aerial", None)])
    assert score_document(article, article).tasks["modes"].support == 2
    assert score_document(article, article, scheme).tasks["modes"].support == 1


def test_an_article_not_predicted_counts_as_predicted_empty():
    [(_, empty)] = pair_documents([PARIS], [])
    counts = total([score_document(PARIS, empty)])["entities"]
    assert (counts.gold, counts.predicted, counts.f1) == (len(PARIS.entities), 0, 0.0)


@pytest.mark.parametrize(
    ("predicted", "message"),
    [
        (lambda d: [replace(d, id="other")], "without gold: other"),
        (lambda d: [replace(d, text=d.text + " ")], "text of paris differ"),
        (lambda d: [d, d], "predicted articles occur twice: paris"),
    ],
)
def test_sides_that_do_not_fit_are_refused(predicted, message):
    with pytest.raises(DataError, match=message):
        pair_documents([PARIS], predicted(PARIS))


def _layer_tags(document: Document, types: list[str]) -> list[list[str]]:
    """One strict IOB2 sequence a type: the layers in which nested mentions are written."""
    words = split_words(document.text)
    layers = []
    for kind in types:
        tags = ["O"] * len(words)
        for entity in document.entities:
            if entity.type == kind:
                inside = [n for n, word in enumerate(words) if entity.start <= word.start and word.end <= entity.end]
                for number in inside:
                    tags[number] = ("B-" if number == inside[0] else "I-") + kind
        layers.append(tags)
    return layers


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("extra", [None, ("LOC", "في"), ("PERS", "جون إيف"), ("GPE", "فرنسا ستقصف")])
def test_entity_scores_are_those_of_seqeval_over_the_layers(mistake, extra, scheme):
    predicted = MISTAKES[mistake][0](PARIS)
    if extra:
        more = make_article(PARIS.text, [extra]).entities
        kept = tuple(one for one in predicted.entities if one.type != extra[0] or not _touch(one, more[0]))
        predicted = predicted.with_annotation((*kept, *more), predicted.triggers, ())
    types = sorted({entity.type for entity in (*PARIS.entities, *predicted.entities)})
    gold_tags, predicted_tags = _layer_tags(PARIS, types), _layer_tags(predicted, types)
    counts = score_document(PARIS, predicted).tasks["entities"]
    scored = (counts.precision, counts.recall, counts.f1, counts.support)
    theirs = classification_report(
        gold_tags, predicted_tags, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
    )
    assert scored == pytest.approx(tuple(theirs["micro avg"].values()))
    assert evaluate([PARIS], [predicted], scheme).macro_f1 == pytest.approx(theirs["macro avg"]["f1-score"])


def _touch(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end
