"""Precision, recall and F1 stand in one place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waqai.evaluation.counts import Counts
from waqai.evaluation.intervals import bootstrap_f1

KEYS = st.lists(st.integers(0, 8), max_size=12)


@pytest.mark.parametrize(
    ("gold", "predicted", "precision", "recall", "f1"),
    [
        ("abcd", "abcd", 1.0, 1.0, 1.0),
        ("abcd", "abx", 2 / 3, 2 / 4, 4 / 7),
        ("abcd", "", 0.0, 0.0, 0.0),
        ("", "ab", 0.0, 0.0, 0.0),
        ("", "", 0.0, 0.0, 0.0),
        ("aab", "aaa", 2 / 3, 2 / 3, 2 / 3),
    ],
)
def test_scores_of(gold, predicted, precision, recall, f1):
    counts = Counts.of(gold, predicted)
    assert (counts.precision, counts.recall, counts.f1) == pytest.approx((precision, recall, f1))
    assert counts.support == len(gold)


@given(KEYS, KEYS)
def test_f1_is_the_harmonic_mean_and_symmetric(gold, predicted):
    counts = Counts.of(gold, predicted)
    if counts.precision + counts.recall:
        harmonic = 2 * counts.precision * counts.recall / (counts.precision + counts.recall)
        assert counts.f1 == pytest.approx(harmonic)
    assert counts.f1 == Counts.of(predicted, gold).f1
    assert counts.precision == Counts.of(predicted, gold).recall


@given(KEYS, KEYS, KEYS, KEYS)
def test_counts_of_articles_add(gold, predicted, more_gold, more_predicted):
    apart = Counts.of([("one", key) for key in gold], [("one", key) for key in predicted]) + Counts.of(
        [("two", key) for key in more_gold], [("two", key) for key in more_predicted]
    )
    together = Counts.of(
        [*(("one", key) for key in gold), *(("two", key) for key in more_gold)],
        [*(("one", key) for key in predicted), *(("two", key) for key in more_predicted)],
    )
    assert apart == together


def test_an_interval_holds_the_score_and_repeats():
    articles = [Counts(8, 10, 10), Counts(2, 10, 10), Counts(5, 10, 10), Counts(9, 10, 10)]
    low, high = bootstrap_f1(articles)
    assert low < sum(articles, Counts()).f1 < high
    assert (low, high) == bootstrap_f1(articles)


def test_articles_that_agree_leave_no_room():
    assert bootstrap_f1([Counts(3, 4, 4)] * 6) == (0.75, 0.75)


def test_one_article_has_the_interval_of_a_point():
    assert bootstrap_f1([Counts(1, 2, 2)]) == (0.5, 0.5)


@pytest.mark.parametrize("articles", [[], [Counts()], [Counts(), Counts()]])
def test_nothing_to_score_is_no_interval(articles):
    assert bootstrap_f1(articles) == (0.0, 0.0)


def test_articles_without_the_label_do_not_pull_its_interval_to_zero():
    rare = [Counts(4, 4, 4), *[Counts()] * 9]
    assert bootstrap_f1(rare) == (1.0, 1.0)
