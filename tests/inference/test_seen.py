"""Ids met once are met always, and cost few bytes."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from waqai.inference.seen import SeenIds


@given(st.lists(st.text(max_size=3)))
def test_it_answers_as_a_set_would(identifiers: list[str]) -> None:
    seen, model = SeenIds(), set[str]()
    for identifier in identifiers:
        assert seen.add(identifier) == (identifier not in model)
        model.add(identifier)


def test_many_are_still_known_and_small() -> None:
    tracemalloc.start()
    seen = SeenIds()
    assert all(seen.add(f"article-{number}") for number in range(50_000))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert not any(seen.add(f"article-{number}") for number in range(0, 50_000, 97))
    assert held < 1_500_000
