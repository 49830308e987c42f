"""Expected calibration error: confidence against the share that is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from waqai.evaluation import evaluate
from waqai.evaluation.confidence import calibration_error, calibration_errors
from waqai.schema import Document, Scheme

HALF = [True, False] * 50


@pytest.mark.parametrize(
    ("confidence", "right", "error"),
    [
        ([1.0] * 100, HALF, 0.5),
        ([0.5] * 100, HALF, 0.0),
        ([0.6] * 100, HALF, 0.1),
        ([0.9] * 50 + [0.1] * 50, [True] * 50 + [False] * 50, 0.1),
        ([0.9] * 50 + [0.1] * 50, HALF, 0.4),  # right on average, wrong everywhere
        ([0.7], [True], 0.3),
        ([], [], 0.0),
    ],
)
def test_the_error_is_the_distance_in_bins(confidence: list[float], right: list[bool], error: float) -> None:
    assert calibration_error(confidence, right) == pytest.approx(error)


def test_bins_hold_equally_many() -> None:
    # Nine sure and right, one unsure and wrong: bins of one item each, in which only the last is off.
    assert calibration_error([1.0] * 9 + [0.4], [True] * 9 + [False]) == pytest.approx(0.04)
    assert calibration_error([1.0] * 9 + [0.4], [True] * 9 + [False], bins=1) == pytest.approx(0.04)
    assert calibration_error([0.95, 0.85], [True, False], bins=2) == pytest.approx((0.05 + 0.85) / 2)
    assert calibration_error([0.95, 0.85], [True, False], bins=1) == pytest.approx(0.4)


def test_a_report_tells_it_for_what_was_said_with_a_confidence(gold: list[Document], scheme: Scheme) -> None:
    [document] = gold[:1]
    sure = tuple(replace(entity, confidence=0.8) for entity in document.entities)
    report = evaluate([document], [document.with_annotation(sure, document.triggers, ())], scheme)
    assert report.calibration == {"entities": pytest.approx(0.2)}
    assert report.to_json()["calibration_error"] == {"entities": pytest.approx(0.2)}
    assert "| entities | 20.0 |" in report.to_markdown()
    assert calibration_errors([document], [document]) == {}
    assert evaluate([document], [document], scheme).to_json()["calibration_error"] == {}
