"""Every difference falls into one class of error, and can be looked at."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from small_articles import PARIS, make_article
from waqai.evaluation import error_analysis, error_classes
from waqai.schema import Document, Entity, Relation

TEXT = "قال وزير الدفاع الفرنسي إن الجيش قصف مدينة الرقة أمس"


def _classes(gold: Document, predicted: Document) -> dict[str, int]:
    return {name: size for name, size, _ in error_classes([gold], [predicted])}


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        ([("ORG", "الجيش")], [], {"entity missed: ORG": 1}),
        ([], [("ORG", "الجيش")], {"entity spurious: ORG": 1}),
        ([("GPE", "مدينة الرقة")], [("GPE", "الرقة")], {"entity with wrong boundary: GPE": 1}),
        ([("ORG", "الجيش")], [("NORP", "الجيش")], {"entity of wrong type: ORG → NORP": 1}),
        ([("GPE", "مدينة الرقة")], [("LOC", "الرقة")], {"entity with wrong boundary and type: GPE → LOC": 1}),
        (
            [("OCC", "وزير الدفاع الفرنسي"), ("NORP", "الفرنسي")],
            [("OCC", "وزير الدفاع الفرنسي")],
            {"entity missed inside another: NORP": 1},
        ),
        (
            [("OCC", "وزير الدفاع الفرنسي"), ("NORP", "الفرنسي")],
            [("NORP", "الفرنسي")],
            {"entity missed around another: OCC": 1},
        ),
        (
            [("OCC", "وزير الدفاع الفرنسي"), ("NORP", "الفرنسي")],
            [("OCC", "وزير الدفاع"), ("NORP", "الفرنسي")],
            {"entity with wrong boundary: OCC": 1},
        ),
    ],
)
def test_mentions(gold, predicted, expected):
    assert _classes(make_article(TEXT, gold), make_article(TEXT, predicted)) == expected


def test_events():
    gold = make_article(TEXT, [], [("ASSAULT", "قصف", 1, "aerial", "future")])
    assert _classes(gold, gold.with_annotation((), (), ())) == {"trigger missed: ASSAULT": 1}
    other = gold.with_annotation((), tuple(replace(t, type="COERCE", mode=None) for t in gold.triggers), ())
    assert _classes(gold, other) == {"trigger of wrong type: ASSAULT → COERCE": 1}
    other = gold.with_annotation((), tuple(replace(t, mode="drone", auxiliary=None) for t in gold.triggers), ())
    assert _classes(gold, other) == {
        "wrong mode: ASSAULT aerial → drone": 1,
        "wrong auxiliary: future → none": 1,
    }


ENTITIES = [("ORG", "الجيش"), ("GPE", "مدينة الرقة"), ("GPE", "الرقة")]
TRIGGERS = [("ASSAULT", "قصف")]


@pytest.mark.parametrize(
    ("entities", "triggers", "relations", "expected"),
    [
        (ENTITIES, TRIGGERS, [], {"argument missed: ACTOR": 1}),
        (ENTITIES, TRIGGERS, [("RECIPIENT", "قصف", "الجيش")], {"argument of wrong label: ACTOR → RECIPIENT": 1}),
        (ENTITIES, [], [], {"trigger missed: ASSAULT": 1, "argument lost with its trigger: ACTOR": 1}),
        (ENTITIES[1:], TRIGGERS, [], {"entity missed: ORG": 1, "argument lost with its entity: ACTOR": 1}),
        (
            ENTITIES,
            TRIGGERS,
            [("ACTOR", "قصف", "الجيش"), ("LOCATION", "قصف", "الرقة")],
            {"argument spurious: LOCATION": 1},
        ),
    ],
)
def test_arguments(entities, triggers, relations, expected):
    gold = make_article(TEXT, ENTITIES, TRIGGERS, [("ACTOR", "قصف", "الجيش")])
    assert _classes(gold, make_article(TEXT, entities, triggers, relations)) == expected


def test_an_argument_at_another_trigger_of_the_event_type_is_one_error():
    text = "قصف الجيش الرقة ثم هاجم حلب"
    given = ([("ORG", "الجيش")], [("ASSAULT", "قصف"), ("ASSAULT", "هاجم")])
    gold = make_article(text, *given, [("ACTOR", "قصف", "الجيش")])
    predicted = make_article(text, *given, [("ACTOR", "هاجم", "الجيش")])
    assert _classes(gold, predicted) == {"argument attached to another trigger: ACTOR": 1}


def test_arguments_missed_across_sentences_are_told_apart():
    relations = tuple(r for r in PARIS.relations if not (r.type == "DATE" and PARIS.surface(r.head) == "ستقصف"))
    predicted = PARIS.with_annotation(PARIS.entities, PARIS.triggers, relations)
    assert _classes(PARIS, predicted) == {"argument missed across sentences: DATE": 1}


def test_an_alias_the_other_way_round_is_no_error():
    relations = tuple(
        Relation(r.type, r.tail, r.head) if r.type == "same_as" and isinstance(r.head, Entity) else r
        for r in PARIS.relations
    )
    assert error_classes([PARIS], [PARIS.with_annotation(PARIS.entities, PARIS.triggers, relations)]) == []


def test_the_largest_class_comes_first_with_examples_from_many_articles():
    articles = [replace(PARIS, id=name) for name in ("a", "b", "c")]
    predicted = [article.with_annotation((), (), ()) for article in articles]
    classes = error_classes(articles, predicted, examples=3)
    assert [one.size for one in classes] == sorted((one.size for one in classes), reverse=True)
    assert {example.document for example in classes[0].examples} == {"a", "b", "c"}


def test_every_missed_mention_is_in_some_class():
    sizes = _classes(PARIS, PARIS.with_annotation((), (), ()))
    assert sum(sizes.values()) == len(PARIS.entities) + len(PARIS.triggers) + len(PARIS.relations)


class _Page(HTMLParser):
    """Checks that elements close in order, and collects what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.classes: list[set[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert "src" not in given
        self.ids |= {given["id"]} if given.get("id") else set()
        self.links |= {given["href"]} if given.get("href") else set()
        self.classes.append(set((given.get("class") or "").split()))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _read(gold: Document, predicted: Document) -> tuple[str, _Page]:
    html = error_analysis([gold], [predicted])
    page = _Page()
    page.feed(html)
    assert not page.open
    return html, page


def test_the_page_reads_from_right_to_left_and_loads_nothing():
    html, page = _read(PARIS, PARIS.with_annotation((), (), ()))
    assert '<html lang="ar" dir="rtl">' in html
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert page.links


def test_the_page_marks_what_is_wrong():
    gold = make_article(TEXT, [("GPE", "مدينة الرقة"), ("ORG", "الجيش"), ("DATE", "أمس")])
    predicted = make_article(TEXT, [("GPE", "الرقة"), ("NORP", "الجيش"), ("OCC", "وزير")])
    _, page = _read(gold, predicted)
    marks = [mark for found in page.classes for mark in found & {"missed", "spurious", "boundary", "wrong-type"}]
    assert {mark: marks.count(mark) for mark in set(marks)} == {
        "missed": 2,  # the date, and the legend
        "spurious": 2,
        "boundary": 3,  # on both sides
        "wrong-type": 3,
    }


def test_mentions_that_cross_are_cut_and_the_text_stays_whole():
    gold = make_article(TEXT, [("OCC", "وزير الدفاع"), ("ORG", "الدفاع الفرنسي")])
    html, _ = _read(gold, gold)
    shown = html.split('<div class="cell"><p>')[1].split("</p>")[0]
    words = []
    parser = HTMLParser()
    parser.handle_data = words.append  # type: ignore[method-assign]
    parser.feed(shown.replace("<sub>OCC</sub>", "").replace("<sub>ORG</sub>", ""))
    assert "".join(words) == TEXT


def test_what_articles_say_cannot_become_markup():
    article = make_article("قال <script>alert(1)</script> وسكت", title="<b>")
    html, _ = _read(article, article)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
