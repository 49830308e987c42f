"""Auxiliaries that dates and words show where the model gave none; an annotator's stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from waqai.events import assemble, with_events
from waqai.schema import Document, Relation


def _uncertain(document: Document) -> Document:
    """The document as a model would give it: every trigger with a confidence below 1."""
    triggers = {trigger.key: replace(trigger, confidence=0.9) for trigger in document.triggers}
    relations = tuple(
        Relation(relation.type, triggers.get(relation.head.key, relation.head), relation.tail)
        for relation in document.relations
    )
    return document.with_annotation(document.entities, tuple(triggers.values()), relations)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        # 20 January 2016 is the article's day.
        (
            "S يجتمعون في باريس يوم 25 يناير 2016.\ne1 DATE يوم 25 يناير 2016\nt1 CONSULT يجتمعون\n> t1 DATE e1\n",
            "future",
        ),
        ("S اجتمعوا في باريس يوم 20 يناير 2016.\ne1 DATE يوم 20 يناير 2016\nt1 CONSULT اجتمعوا\n> t1 DATE e1\n", None),
        ("S هددت أنقرة بذلك في خريف 1998.\ne1 DATE خريف 1998\nt1 THREATEN هددت\n> t1 DATE e1\n", "historical"),
        ("S هددت أنقرة بذلك في خريف 1998.\ne1 DATE خريف 1998\nt1 THREATEN هددت !future\n> t1 DATE e1\n", "historical"),
        ("S هددت أنقرة بذلك في نوفمبر 2015.\ne1 DATE نوفمبر 2015\nt1 THREATEN هددت\n> t1 DATE e1\n", None),
        ("S ستغادر المفاوضات إذا لم توافق الخرطوم عليه.\nt1 AGREE توافق !negation\n", "hypothetical"),
        ("S وقالت لو دريان لا توافق.\ne1 PERS لو دريان\nt1 AGREE توافق !negation\n", "negation"),
        ("S وبحسب لو موند لم توافق لندن.\ne1 ORG لو موند\nt1 AGREE توافق !negation\n", "negation"),
        ("S لو أن لو دريان لم يوافق.\ne1 PERS لو دريان\nt1 AGREE يوافق !negation\n", "hypothetical"),
        ("S ونفى أن تكون بلاده طلبت ذلك.\nt1 REQUEST طلبت\n", "negation"),
        ("S قمة مرتقبة بين الرئيسين.\nt1 CONSULT قمة\n", "future"),
        ("S اجتمع الوزيران أمس.\nt1 CONSULT اجتمع\n", None),
        ("S قد يجتمع الوزيران.\nt1 CONSULT يجتمع !hypothetical\n", "hypothetical"),
    ],
)
def test_dates_and_plain_words_mend_the_model(
    article: Callable[..., Document], lines: str, expected: str | None
) -> None:
    (record,) = assemble(_uncertain(article(lines)))
    assert record.auxiliary == expected


def test_what_an_annotator_marked_stands(article: Callable[..., Document]) -> None:
    document = article("S قمة مرتقبة بين الرئيسين.\nt1 CONSULT قمة\n")
    assert assemble(document)[0].auxiliary is None


def test_a_meeting_planned_here_and_told_there_is_planned_where_its_day_is_to_come(
    article: Callable[..., Document],
) -> None:
    document = article(
        "S يجتمعون في باريس يوم 25 يناير 2016.\ne1 GPE باريس\ne2 DATE يوم 25 يناير 2016\nt1 CONSULT يجتمعون !future\n"
        "> t1 LOCATION e1\n> t1 DATE e2\nS والاجتماع في باريس.\ne3 GPE باريس\nt2 CONSULT والاجتماع\n> t2 LOCATION e3\n"
    )
    (record,) = assemble(document)
    assert len(record.mentions) == 2
    assert record.auxiliary == "future"
    assert not assemble(document, only_actual=True)


def test_the_document_says_what_its_records_say(article: Callable[..., Document]) -> None:
    bare = _uncertain(article("S قمة مرتقبة في باريس.\ne1 GPE باريس\nt1 CONSULT قمة\n> t1 LOCATION e1\n"))
    document = with_events(bare)
    (trigger,), (argument,) = document.triggers, document.arguments
    assert trigger == argument.head == replace(bare.triggers[0], auxiliary="future")
    assert [record.auxiliary for record in document.events] == ["future"]
    assert with_events(document) == document
