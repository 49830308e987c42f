"""How labels are numbered and which pairs of mentions may be related."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waqai.encoding import LabelSpace, candidate_pairs
from waqai.encoding.labels import DISTANCE_BUCKETS
from waqai.schema import Scheme
from waqai.schema.scheme import MAX_SENTENCES_BACK


@pytest.fixture(scope="module")
def labels(scheme: Scheme) -> LabelSpace:
    return LabelSpace(scheme)


def test_the_default_scheme_in_numbers(labels: LabelSpace) -> None:
    assert (len(labels.entity_types), labels.trigger_tags, len(labels.mention_types)) == (21, 33, 37)
    assert labels.pair_names == (
        "ACTOR", "RECIPIENT", "LOCATION", "DATE", "has_occupation", "affiliated_with", "member_of", "located_in", "same_as",
    )  # fmt: skip
    assert labels.modes[0] is None
    assert labels.auxiliaries == (None, "historical", "future", "hypothetical", "negation")


@pytest.mark.parametrize(
    ("pair", "head", "tail", "allowed"),
    [
        ("ACTOR", "ASSAULT", "PERS", True),
        ("ACTOR", "ASSAULT", "DATE", False),
        ("ACTOR", "PERS", "ASSAULT", False),
        ("LOCATION", "CONSULT", "GPE", True),
        ("LOCATION", "CONSULT", "ORG", False),
        ("DATE", "CONSULT", "TIME", True),
        ("has_occupation", "PERS", "OCC", True),
        ("has_occupation", "OCC", "PERS", False),
        ("affiliated_with", "OCC", "NORP", True),
        ("located_in", "GPE", "LOC", True),
        ("located_in", "LOC", "FAC", False),
        ("member_of", "ASSAULT", "ORG", False),
        ("same_as", "ORG", "ORG", True),
        ("same_as", "CONSULT", "CONSULT", False),
    ],
)
def test_what_may_join_what(labels: LabelSpace, pair: str, head: str, tail: str, allowed: bool) -> None:
    types = labels.mention_types
    matrix = labels.allowed_pairs
    assert matrix[labels.pair_names.index(pair), types.index(head), types.index(tail)] == allowed


def test_the_matrix_is_the_scheme_and_nothing_else(labels: LabelSpace) -> None:
    matrix = labels.allowed_pairs
    for number, pair in enumerate(labels.scheme.pair_types):
        heads, tails = np.nonzero(matrix[number])
        found = {(labels.mention_types[h], labels.mention_types[t]) for h, t in zip(heads, tails, strict=True)}
        assert found == {(head, tail) for head in pair.heads for tail in pair.tails}
    assert not matrix[:, :, len(labels.entity_types) :].any()  # no trigger is a tail
    assert np.array_equal(labels.joinable, matrix.any(axis=0))


def _numbers(labels: LabelSpace, *names: str) -> np.ndarray:
    return np.array([labels.mention_types.index(name) for name in names], dtype=np.int64)


@pytest.mark.parametrize(
    ("trigger_sentence", "entity_sentence", "reachable"),
    [(0, 0, True), (1, 0, True), (2, 0, True), (3, 0, False), (0, 1, False)],
)
def test_an_argument_stands_at_most_two_sentences_back(
    labels: LabelSpace, trigger_sentence: int, entity_sentence: int, reachable: bool
) -> None:
    assert MAX_SENTENCES_BACK == 2
    pairs, _ = candidate_pairs(
        np.array([10, 3]), np.array([11, 5]), _numbers(labels, "ASSAULT", "GPE"),
        np.array([trigger_sentence, entity_sentence]), labels.joinable, len(labels.entity_types),
    )  # fmt: skip
    assert pairs.tolist() == ([[0, 1]] if reachable else [])


def test_entities_are_related_within_their_sentence_only(labels: LabelSpace) -> None:
    starts, ends = np.array([0, 2, 9]), np.array([2, 3, 10])
    pairs, buckets = candidate_pairs(
        starts, ends, _numbers(labels, "PERS", "OCC", "OCC"), np.array([0, 0, 1]), labels.joinable, 21
    )
    # PERS-OCC in either direction: has_occupation from the person, same_as from both
    assert pairs.tolist() == [[0, 1], [1, 0]]
    assert len(buckets) == 2


@pytest.mark.parametrize(
    ("head", "tail", "signed_distance"),
    [
        ((0, 2), (2, 3), 1),  # touching, tail after
        ((2, 3), (0, 2), -1),
        ((0, 5), (2, 3), 0),  # nested
        ((0, 3), (2, 5), 0),  # crossing
        ((0, 1), (10, 11), 10),
        ((80, 81), (0, 1), -80),
    ],
)
def test_distance_buckets(
    labels: LabelSpace, head: tuple[int, int], tail: tuple[int, int], signed_distance: int
) -> None:
    pairs, buckets = candidate_pairs(
        np.array([head[0], tail[0]]), np.array([head[1], tail[1]]), _numbers(labels, "ASSAULT", "GPE"),
        np.array([0, 0]), labels.joinable, 21,
    )  # fmt: skip
    assert pairs.tolist() == [[0, 1]]
    assert buckets.tolist() == [sum(border < signed_distance for border in DISTANCE_BUCKETS)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 4), st.integers(0, 36), st.integers(0, 5)), max_size=14))
def test_candidates_are_exactly_the_pairs_that_some_label_may_join(scheme: Scheme, mentions: list) -> None:
    labels = LabelSpace(scheme)
    columns = np.array(mentions, dtype=np.int64).reshape(-1, 4)
    starts, sizes, kinds, sentences = columns.T
    pairs, buckets = candidate_pairs(starts, starts + sizes, kinds, sentences, labels.joinable, 21)
    wanted = [
        [head, tail]
        for head, (_, _, head_kind, head_sentence) in enumerate(mentions)
        for tail, (_, _, tail_kind, tail_sentence) in enumerate(mentions)
        if head != tail
        and any(
            pair.allows(labels.mention_types[head_kind], labels.mention_types[tail_kind]) for pair in scheme.pair_types
        )
        and (0 <= head_sentence - tail_sentence <= 2 if head_kind >= 21 else head_sentence == tail_sentence)
    ]
    assert pairs.tolist() == wanted
    assert buckets.min(initial=0) >= 0
    assert buckets.max(initial=0) <= len(DISTANCE_BUCKETS)
