"""Every format that carries all annotation gives back what was written, whatever the text looks like."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from strategies import articles

from small_articles import PARIS, make_article
from waqai.formats import read_documents, write_documents
from waqai.formats.standoff import read_standoff, write_standoff
from waqai.schema import Document, Entity, Word

LOSSLESS = ("bio", "brat", "jsonl", "sheet")
GOLD = Path(__file__).parents[2] / "annotations" / "seeds"

ARTICLES = {
    "nested mentions, arguments and attributes": PARIS,
    "no annotation": make_article("خبر بلا شيء"),
    "mentions of one type side by side": make_article("فرنسا وبريطانيا", [("GPE", "فرنسا"), ("GPE", "وبريطانيا")]),
    "one span, several types": make_article("الفرنسي", [("NORP", "الفرنسي"), ("OCC", "الفرنسي"), ("PERS", "الفرنسي")]),
    "an entity that is a trigger too": make_article(
        "قمة باريس", [("EVENT", "قمة باريس"), ("GPE", "باريس")], [("CONSULT", "قمة")], [("LOCATION", "قمة", "باريس")]
    ),
    "two roles of one argument": make_article(
        "قصف داعش نفسه",
        [("ORG", "داعش")],
        [("ASSAULT", "قصف")],
        [("ACTOR", "قصف", "داعش"), ("RECIPIENT", "قصف", "داعش")],
    ),
    "carriage returns and blank lines": make_article("سطر\r\n\r\n\r\nباريس\r\n", [("GPE", "باريس")]),
    "signs beyond the basic plane": make_article("😀 باريس 𝟐", [("GPE", "باريس"), ("CARDINAL", "𝟐")]),
    "another language": make_article("خبر", language="fr", url="https://example.org/؟a=1&b=2"),
    "dates with values": make_article(
        "يوم الأربعاء 20", [("DATE", "الأربعاء 20", 1, "2016-01-20"), ("CARDINAL", "20")]
    ),
    "words that look like marks": make_article(
        "شركة =x @2 ثم شركة /visit !future", [("ORG", "شركة =x @2"), ("ORG", "شركة /visit !future")], [("AGREE", "ثم")]
    ),
}


def _there_and_back(documents: list[Document], form: str, folder: Path) -> list[Document]:
    target = folder / form
    write_documents(documents, target, form)
    return read_documents(target, form)


@pytest.mark.parametrize("form", LOSSLESS)
@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_with(name, form, tmp_path):
    assert _there_and_back([ARTICLES[name]], form, tmp_path) == [ARTICLES[name]]


@pytest.mark.parametrize("form", LOSSLESS)
@given(article=articles())
@example(article=PARIS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_article(form, article, tmp_path):
    shutil.rmtree(tmp_path / form, ignore_errors=True)
    assert _there_and_back([article], form, tmp_path) == [article]


@pytest.mark.parametrize("form", LOSSLESS)
def test_many_articles_keep_their_own_annotation(form, tmp_path):
    documents = [replace(PARIS, id="b"), replace(ARTICLES["no annotation"], id="a"), replace(PARIS, id="c", title="")]
    assert _there_and_back(documents, form, tmp_path) == sorted(documents, key=lambda document: document.id) or (
        form == "jsonl" and _there_and_back(documents, form, tmp_path / "again") == documents
    )


@pytest.mark.parametrize("form", ["bio", "jsonl"])
def test_words_that_a_corpus_split_itself_are_kept(form, tmp_path):
    words = (Word("و", 0, 1), Word("بريطانيا", 1, 9), Word("الآن", 10, 14))
    document = Document("clitics", "وبريطانيا الآن", entities=(Entity("GPE", 1, 9),), words=words)
    assert _there_and_back([document], form, tmp_path) == [document]


@pytest.mark.parametrize("form", LOSSLESS)
def test_confidence_is_kept_where_the_format_has_room_and_never_counts_as_a_difference(form, tmp_path):
    unsure = replace(PARIS, entities=tuple(replace(entity, confidence=0.5) for entity in PARIS.entities))
    [read] = _there_and_back([unsure], form, tmp_path)
    assert read == PARIS
    assert {entity.confidence for entity in read.entities} == ({0.5} if form == "jsonl" else {1.0})


def test_annotation_without_its_text_finds_it_again_in_the_corpus(tmp_path):
    second = make_article("خبر آخر عن باريس", [("GPE", "باريس")], id="second")
    corpus, records = tmp_path / "corpus.txt", tmp_path / "gold.standoff.jsonl"
    corpus.write_text("مقال لا صلة له\n\n" + PARIS.text + "\n\n" + second.text, encoding="utf-8", newline="")
    paris = replace(PARIS, text=PARIS.text.rstrip("\n"), title="")
    records.write_text(write_standoff([second, paris]), encoding="utf-8")
    assert "باريس" not in records.read_text(encoding="utf-8")
    assert read_standoff(records, corpus) == [second, paris]


@pytest.mark.skipif(not GOLD.is_dir(), reason="the gold is not here")
@pytest.mark.parametrize("form", LOSSLESS)
def test_the_gold(form, tmp_path):
    gold = read_documents(GOLD)
    assert len(gold) == 5
    assert _there_and_back(gold, form, tmp_path) == gold


@pytest.mark.skipif(not GOLD.is_dir(), reason="the gold is not here")
def test_the_gold_is_written_as_it_is_read(tmp_path):
    gold = read_documents(GOLD)
    write_documents(gold, tmp_path / "bio", "bio", text_folder=GOLD.parents[1] / "seeds")
    for path in sorted(GOLD.glob("*.bio")) + sorted(GOLD.glob("*.tsv")):
        ours = (tmp_path / "bio" / path.name).read_text(encoding="utf-8").split("\n")
        theirs = path.read_text(encoding="utf-8").split("\n")
        assert [line for line in ours if "# text" not in line] == [line for line in theirs if "# text" not in line]
