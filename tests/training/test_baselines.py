"""The baselines: they learn what can be learnt from four articles, and annotate by the scheme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from small_articles import PARIS, make_article
from waqai.errors import DataError
from waqai.evaluation import evaluate
from waqai.formats import check_document
from waqai.schema import Document
from waqai.training.baseline_features import comparable_form, word_features
from waqai.training.baselines import train_baseline

PLACES = ("الرقة", "الموصل", "حلب", "تدمر", "الفلوجة", "حمص")


def _report(place: str, number: int) -> Document:
    return make_article(
        f"قصف الجيش مدينة {place} أمس.\nوزار الوزير الفرنسي بغداد اليوم.\n",
        entities=[
            ("ORG", "الجيش"),
            ("GPE", f"مدينة {place}"),
            ("DATE", "أمس"),
            ("OCC", "الوزير الفرنسي"),
            ("NORP", "الفرنسي"),
            ("GPE", "بغداد"),
        ],
        triggers=[("ASSAULT", "قصف", 1, "aerial", None), ("CONSULT", "وزار", 1, "visit", None)],
        relations=[
            ("ACTOR", "قصف", "الجيش"),
            ("LOCATION", "قصف", f"مدينة {place}"),
            ("ACTOR", "وزار", "الوزير الفرنسي"),
            ("affiliated_with", "الوزير الفرنسي", "الفرنسي"),
        ],
        id=f"report-{number}",
    )


@pytest.fixture(scope="module")
def baseline(scheme) -> Callable[[Document], Document]:
    return train_baseline([_report(place, number) for number, place in enumerate(PLACES)], scheme)


def test_it_finds_what_it_has_seen_in_a_place_that_it_has_not(baseline, scheme):
    article = replace(_report("دمشق", 99), title="خبر", publication_date="2016-01-20")
    bare = article.with_annotation((), (), ())
    found = baseline(bare)
    assert found == article
    assert evaluate([article], [found], scheme).scores["argument_attached_classification"].counts.f1 == 1.0


def test_it_keeps_the_article_and_replaces_its_annotation(baseline):
    found = baseline(replace(PARIS, url="https://example.org"))
    assert (found.id, found.text, found.metadata()) == (PARIS.id, PARIS.text, {**PARIS.metadata(), "url": found.url})
    assert set(found.relations).isdisjoint(PARIS.relations)


@pytest.mark.parametrize("text", ["خبر", "…", "الجيش الجيش الجيش\n12\n", "قصف الجيش مدينة مدينة أمس أمس"])
def test_what_it_says_keeps_to_the_scheme(baseline, scheme, text):
    assert list(check_document(baseline(Document("other", text)), scheme)) == []


def test_it_says_nothing_of_residue(baseline):
    found = baseline(Document("page", "قصف الجيش مدينة حلب أمس.\nقصف الجيش مدينة حلب أمس.\n"))
    assert max(mention.end for mention in found.mentions) <= 24


def test_types_that_hardly_occur_are_left_out(scheme):
    articles = [_report(place, number) for number, place in enumerate(PLACES)]
    once = make_article("سعر النفط 50 دولارا", [("MONEY", "50 دولارا")], id="once")
    found = train_baseline([*articles, once], scheme)(once.with_annotation((), (), ()))
    assert found.entities == ()


def test_names_alone_are_enough_to_learn_names(scheme):
    articles = [replace(_report(place, n), triggers=(), relations=()) for n, place in enumerate(PLACES)]
    found = train_baseline(articles, scheme)(articles[0].with_annotation((), (), ()))
    assert found == articles[0]


def test_it_is_the_same_every_time(baseline, scheme):
    again = train_baseline([_report(place, number) for number, place in enumerate(PLACES)], scheme)
    assert again(PARIS) == baseline(PARIS)


@pytest.mark.parametrize("documents", [[], [Document("a", " \n")]])
def test_nothing_to_learn_from_is_an_error(scheme, documents):
    with pytest.raises(DataError, match="at least one article with words"):
        train_baseline(documents, scheme)


@pytest.mark.parametrize(
    ("surface", "form"),
    [("أُعلِنَ", "اعلن"), ("الأمـــريكي", "الامريكي"), ("وزارة", "وزاره"), ("على", "علي"), ("BBC", "bbc")],
)
def test_spellings_that_writers_exchange_are_one_form(surface, form):
    assert comparable_form(surface) == form


def test_features_see_neighbours_and_edges():
    from waqai.text import split_words

    first, last = word_features(split_words("قصف الموصل"))
    assert {"form=قصف", "-1:edge", "+1:form=الموصل"} <= set(first)
    assert {"stem=موصل", "definite", "-1:form=قصف", "+1:edge"} <= set(last)
