"""Near-duplicate articles."""

from __future__ import annotations

import random

import pytest

from waqai.events.wire import wire_copies
from waqai.schema import Document


def _article(id: str, words: list[str], date: str | None = "2016-01-20") -> Document:
    return Document(id, " ".join(words), publication_date=date)


@pytest.fixture
def words() -> list[str]:
    chance = random.Random(3)
    return [f"كلمة{chance.randrange(10_000)}" for _ in range(300)]


def test_a_copy_with_small_changes_has_the_earliest_as_its_original(words: list[str]) -> None:
    changed = [*words[:100], "المصدر", *words[101:], "وكالات"]
    copies = wire_copies(
        [_article("late", changed, "2016-01-21"), _article("early", words), _article("again", words, None)]
    )
    assert dict(copies) == {"early": "early", "late": "early", "again": "early"}


def test_articles_that_share_a_passage_are_no_copies(words: list[str]) -> None:
    other = [f"غير{number}" for number in range(250)]
    assert dict(wire_copies([_article("a", words), _article("b", words[:50] + other)])) == {"a": "a", "b": "b"}


def test_spelling_and_marks_make_no_difference(words: list[str]) -> None:
    spelt = [word.replace("ة", "ه") + "،" for word in words]
    assert wire_copies([_article("a", words), _article("b", spelt)])["b"] == "a"


def test_empty_articles_are_copies_of_nothing() -> None:
    assert dict(wire_copies([_article("a", []), _article("b", [])])) == {"a": "a", "b": "b"}
