"""``waqai validate``: everything in an article that breaks the scheme, in words that say what and where."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from small_articles import PARIS, make_article
from waqai.formats import check_document, read_documents
from waqai.schema import Entity, Relation

GOLD = Path(__file__).parents[2] / "annotations" / "seeds"
TEXT = "زار الوزير باريس أمس"
ENTITIES = [("OCC", "الوزير"), ("GPE", "باريس"), ("DATE", "أمس")]
VISIT = [("CONSULT", "زار", 1, "visit", None)]


def test_sound_annotation_has_nothing_to_say(scheme):
    assert list(check_document(PARIS, scheme)) == []


@pytest.mark.skipif(not GOLD.is_dir(), reason="the gold is not here")
def test_the_gold_is_sound(scheme):
    assert {one.id: problems for one in read_documents(GOLD) if (problems := list(check_document(one, scheme)))} == {}


CASES = {
    "half a word": (
        make_article(TEXT, [("GPE", "باري")]),
        r"GPE «باري» \[11, 15\) does not cover whole words",
    ),
    "residue": (make_article("خبر\n12 34\n", [("CARDINAL", "12")]), r"CARDINAL «12» .* stands in web residue"),
    "an unknown entity type": (make_article(TEXT, [("CITY", "باريس")]), r"the scheme has no entity type CITY"),
    "an unknown event type": (make_article(TEXT, [], [("VISIT", "زار")]), r"the scheme has no event type VISIT"),
    "a mode of another event type": (
        make_article(TEXT, [], [("CONSULT", "زار", 1, "aerial", None)]),
        r"CONSULT has no mode aerial; it has visit, third-party, multilateral, phone",
    ),
    "an unknown auxiliary": (
        make_article(TEXT, [], [("CONSULT", "زار", 1, None, "maybe")]),
        r"no auxiliary is called maybe",
    ),
    "a value on a place": (
        make_article(TEXT, [("GPE", "باريس", 1, "2016")]),
        r"carries a date value, but is no DATE or TIME",
    ),
    "one type in itself": (
        make_article(TEXT, [("OCC", "زار الوزير"), ("OCC", "الوزير")]),
        r"OCC «زار الوزير» .* and OCC «الوزير» .* overlap in one layer",
    ),
    "two events on a word": (
        make_article(TEXT, [], [("CONSULT", "زار"), ("AGREE", "زار الوزير")]),
        r"overlap in one layer",
    ),
    "an unknown role": (
        make_article(TEXT, ENTITIES, VISIT, [("AGENT", "زار", "الوزير")]),
        r"the scheme has no such role",
    ),
    "a role between entities": (
        make_article(TEXT, ENTITIES, VISIT, [("ACTOR", "الوزير", "باريس")]),
        r"no such relation",
    ),
    "a relation of an event": (make_article(TEXT, ENTITIES, VISIT, [("same_as", "زار", "الوزير")]), r"no such role"),
    "types that may not be joined": (
        make_article(TEXT, ENTITIES, VISIT, [("LOCATION", "زار", "أمس")]),
        r"LOCATION of CONSULT «زار» .* to DATE «أمس» .*: not allowed between CONSULT and DATE",
    ),
    "an argument from a later sentence": (
        make_article("زار.\nالوزير.", [("OCC", "الوزير")], VISIT, [("ACTOR", "زار", "الوزير")]),
        r"an argument is never taken from a later sentence",
    ),
    "an argument from too far back": (
        make_article("الوزير.\nأ.\nب.\nزار.", [("OCC", "الوزير")], VISIT, [("ACTOR", "زار", "الوزير")]),
        r"stands 3 sentences before its trigger; at most 2",
    ),
    "a relation to a mention that is not marked": (
        replace(
            make_article(TEXT, ENTITIES, VISIT),
            relations=(Relation("located_in", Entity("GPE", 11, 16), Entity("LOC", 4, 10)),),
        ),
        r"located_in joins a mention that is not marked",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_is_reported_once(name, scheme):
    article, message = CASES[name]
    problems = list(check_document(article, scheme))
    assert len(problems) == 1, problems
    assert re.search(message, problems[0])


def test_residue_between_sentences_is_no_distance(scheme):
    article = make_article("الوزير.\n12\nأ.\n15\nزار.", [("OCC", "الوزير")], VISIT, [("ACTOR", "زار", "الوزير")])
    assert list(check_document(article, scheme)) == []
