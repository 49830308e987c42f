"""Scores of resolved values against gold ones, by hand; and the gold tables themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from waqai.errors import DataError
from waqai.evaluation.counts import Counts
from waqai.evaluation.resolution import GoldMention, Score, judge, read_gold, score
from waqai.formats import read_documents
from waqai.schema import Document

_ANNOTATIONS = Path(__file__).parents[2] / "annotations"
_SECTORS = (
    "AGR BUS COP CRM CVL EDU ELI EUR GOV IGO IMG JRN JUD LAB LEG MED MIL NGO OPP PRM PTY REB REF REL SOC SPY UAF UNO"
)
"""PLOVER's sectors and sets of states."""


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    folders = ("seeds", "own/train", "own/dev")
    return {document.id: document for name in folders for document in read_documents(_ANNOTATIONS / name)}


@pytest.mark.parametrize(
    ("accepted", "given", "expected"),
    [
        ({"FRA"}, "FRA", Score(Counts(1, 1, 1), 1, 1)),
        ({"FRA"}, "USA", Score(Counts(0, 1, 1), 0, 1)),
        ({"FRA"}, None, Score(Counts(0, 0, 1), 0, 1)),
        ({None}, None, Score(Counts(0, 0, 0), 1, 1)),
        ({None}, "FRA", Score(Counts(0, 1, 0), 0, 1)),
        ({None, "FRA"}, "FRA", Score(Counts(1, 1, 1), 1, 1)),  # open is right, and so is the country
        ({None, "FRA"}, None, Score(Counts(0, 0, 0), 1, 1)),
    ],
)
def test_an_answer_is_right_where_a_reader_would_accept_it(
    accepted: set[str | None], given: str | None, expected: Score
) -> None:
    assert judge(frozenset(accepted), given) == expected


def test_a_mention_without_an_answer_is_left_open() -> None:
    gold = GoldMention("d", 0, 3, "GPE", "abc", {"country": frozenset({"FRA"})})
    assert score([gold], {}) == {"country": Score(Counts(0, 0, 1), 0, 1)}
    assert score([gold], {gold.key: {"country": "fra"}}, str.lower)["country"].accuracy == 1.0


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("document\tstart\n", ":1: expected the columns document, start_char"),
        ("document\tstart_char\tend_char\ttype\ttext\tname\nd\t0\t3\tGPE\tabc\n", ":2: expected 6 cells"),
        ("document\tstart_char\tend_char\ttype\ttext\tname\nd\tx\t3\tGPE\tabc\tn\n", ":2: start_char and end_char"),
    ],
)
def test_a_broken_table_says_where(tmp_path: Path, lines: str, message: str) -> None:
    path = tmp_path / "places.tsv"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_gold(path)


@pytest.mark.parametrize(("table", "roles"), [("places", {"LOCATION"}), ("actors", {"ACTOR", "RECIPIENT"})])
def test_gold_values_stand_on_arguments_of_the_annotation(
    documents: dict[str, Document], table: str, roles: set[str]
) -> None:
    gold = read_gold(_ANNOTATIONS / f"{table}.tsv")
    assert len({mention.key for mention in gold}) == len(gold)
    for mention in gold:
        document = documents[mention.document]
        assert document.text[mention.start : mention.end] == mention.text
        arguments = {relation.tail.key for relation in document.arguments if relation.type in roles}
        assert mention.key[1:] in arguments, mention
    # Every argument of an article that the table speaks of is in it, once for each form of words.
    for id in {mention.document for mention in gold}:
        said = {(mention.text, mention.type) for mention in gold if mention.document == id}
        document = documents[id]
        for relation in document.arguments:
            if relation.type in roles:
                assert (document.surface(relation.tail), relation.tail.type) in said


def test_gold_codes_are_of_the_standards() -> None:
    for table in ("places", "actors"):
        for mention in read_gold(_ANNOTATIONS / f"{table}.tsv"):
            parts = mention.parts
            assert all(value is None or (len(value) == 3 and value.isupper()) for value in parts["country"]), mention
            assert {value for value in parts.get("sector", ()) if value} <= set(_SECTORS.split()), mention
            assert all(value is None or value.isdigit() for value in parts.get("geonameid", ())), mention
            assert all(value is None or value[0] == "Q" for value in parts.get("wikidata", ())), mention


def test_the_halves_are_both_there() -> None:
    halves = [mention.held_out for mention in read_gold(_ANNOTATIONS / "places.tsv")]
    assert 30 < sum(halves) < len(halves) - 30
