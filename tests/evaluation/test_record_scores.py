"""Record scores and cluster scores, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waqai.evaluation.coreference import b_cubed, ceaf_e, conll_f1, muc
from waqai.evaluation.counts import Counts
from waqai.evaluation.records import ASPECTS, match_records
from waqai.schema.record import Actor, Citation, DateValue, EventMention, EventRecord, Place

_MEETING = EventRecord(
    id="1", event="CONSULT", date=DateValue("2016-01-20", "day"), actor=(Actor("لودريان", "لودريان", "FRA", "GOV"),),
    recipient=(Actor("كارتر", "كارتر", "USA", "GOV"),), event_loc=Place("باريس", "باريس", "FRA", geonameid=2988507),
    mentions=(EventMention("d", 0, 6, "", ""),), sources=(Citation("d"),),
)  # fmt: skip
_STRIKE = EventRecord(id="2", event="ASSAULT", mentions=(EventMention("d", 9, 12, "", ""),), sources=(Citation("d"),))


def test_equal_records_match_in_everything() -> None:
    counts = match_records([_MEETING, _STRIKE], [_MEETING, _STRIKE])
    assert counts == {
        "type": Counts(2, 2, 2), "actor": Counts(1, 1, 1), "recipient": Counts(1, 1, 1), "place": Counts(1, 1, 1),
        "date": Counts(1, 1, 1), "record": Counts(2, 2, 2),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"actor": (Actor("كيري", "كيري", "USA", "GOV"),)}, "actor"),
        ({"actor": ()}, "actor"),
        ({"recipient": (Actor("x", "x", None, None),)}, "recipient"),
        ({"event_loc": Place("باريس", "باريس", "USA", geonameid=1)}, "place"),
        ({"event_loc": None}, "place"),
        ({"date": DateValue("2016-01-21", "day")}, "date"),
        ({"date": DateValue("2016-01-20", "publication")}, "date"),
    ],
)
def test_a_wrong_part_is_wrong_alone_and_in_the_whole(change: dict[str, object], wrong: str) -> None:
    counts = match_records([_MEETING], [replace(_MEETING, **change)])  # type: ignore[arg-type]
    assert [aspect for aspect in ASPECTS if counts[aspect].true_positives == 0] == [wrong, "record"]


def test_an_actor_matches_by_country_or_by_name() -> None:
    same_country = replace(_MEETING, actor=(Actor("أولوند", "أولوند", "FRA", "GOV"),))
    same_name = replace(_MEETING, actor=(Actor("لودريان", "لودريان", None, None),))
    for predicted in (same_country, same_name):
        assert match_records([_MEETING], [predicted])["record"] == Counts(1, 1, 1)


def test_another_type_or_document_is_no_match() -> None:
    counts = match_records([_MEETING], [replace(_MEETING, event="AID")])
    assert counts["type"] == Counts(0, 1, 1)
    counts = match_records([_MEETING], [replace(_MEETING, sources=(Citation("other"),))])
    assert counts["type"] == Counts(0, 1, 1)
    assert counts["date"] == Counts(0, 1, 1)


def test_records_pair_by_their_mentions_first() -> None:
    first, second = replace(_STRIKE, id="a"), replace(_STRIKE, id="b", mentions=(EventMention("d", 30, 33, "", ""),))
    dated = DateValue("2016", "year")
    gold = [replace(first, date=dated), second]
    counts = match_records(gold, [second, replace(first, date=dated)])
    assert counts["record"] == Counts(2, 2, 2)


_GOLD = [{"a", "b", "c"}, {"d", "e", "f", "g"}]
_PREDICTED = [{"a", "b"}, {"c", "d"}, {"f", "g", "h", "i"}]


def test_cluster_scores_are_those_of_the_reference_scorer() -> None:
    # the worked example of the CoNLL scorer's reference implementation (Pradhan et al. 2014, section 4)
    assert b_cubed(_GOLD, _PREDICTED).recall == pytest.approx(
        ((2 / 3 + 2 / 3 + 1 / 3) + (1 / 4 + 0 + 2 / 4 + 2 / 4)) / 7
    )
    assert b_cubed(_GOLD, _PREDICTED).precision == pytest.approx((1 + 1 + 1 / 2 + 1 / 2 + 2 / 4 + 2 / 4) / 8)
    assert muc(_GOLD, _PREDICTED).recall == pytest.approx(2 / 5)
    assert muc(_GOLD, _PREDICTED).precision == pytest.approx(2 / 5)
    assert ceaf_e(_GOLD, _PREDICTED).recall == pytest.approx((4 / 5 + 4 / 8) / 2)
    assert ceaf_e(_GOLD, _PREDICTED).precision == pytest.approx((4 / 5 + 4 / 8) / 3)


def test_equal_clusters_score_one_and_empty_ones_zero() -> None:
    assert conll_f1(_GOLD, _GOLD) == pytest.approx(1.0)
    assert conll_f1(_GOLD, []) == 0.0
    assert conll_f1([], []) == 0.0


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.lists(st.integers(0, 3), min_size=8, max_size=8))
def test_scores_lie_between_zero_and_one_and_recall_mirrors_precision(gold: list[int], predicted: list[int]) -> None:
    def clusters(labels: list[int]) -> list[set[int]]:
        return [{i for i, label in enumerate(labels) if label == name} for name in sorted(set(labels))]

    one, other = clusters(gold), clusters(predicted[: len(gold)])
    for measure in (b_cubed, muc, ceaf_e):
        score, mirrored = measure(one, other), measure(other, one)
        assert 0 <= score.precision <= 1.000001
        assert 0 <= score.recall <= 1.000001
        assert score.precision == pytest.approx(mirrored.recall)
