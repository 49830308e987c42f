"""Thresholds and temperatures: chosen where they help, left alone where they do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from waqai.decoding import DecodingSettings
from waqai.evaluation.documents import pair_documents, score_document, total
from waqai.schema import Document
from waqai.training.calibration import calibrate, calibration_error


def _f1(trained: Any, settings: DecodingSettings, gold: list[Document]) -> dict[str, float]:
    predicted = replace(trained.annotator, settings=settings).annotate(gold)
    return {
        name: counts.f1
        for name, counts in total(score_document(*p) for p in pair_documents(gold, list(predicted))).items()
    }


def test_a_model_that_is_right_keeps_its_thresholds(trained: Any, gold: list[Document]) -> None:
    found = calibrate(trained.annotator, gold)
    assert replace(found, temperatures={}) == DecodingSettings()


def test_what_was_set_wrong_is_set_right(trained: Any, gold: list[Document]) -> None:
    skewed = DecodingSettings(entity_outside_bias=20.0, argument_threshold=0.9999999)
    before = _f1(trained, skewed, gold)
    found = calibrate(replace(trained.annotator, settings=skewed), gold)
    after = _f1(trained, found, gold)
    assert before["entities"] < 0.5
    assert after["entities"] == after["argument_attached_classification"] == 1.0


@pytest.mark.parametrize(("confidence", "error"), [(1.0, 0.5), (0.5, 0.0), (0.6, 0.1)])
def test_confidence_should_be_the_share_that_is_right(gold: list[Document], confidence: float, error: float) -> None:
    entities = gold[0].entities[:10]
    sure = tuple(replace(entity, confidence=confidence) for entity in entities)
    half = gold[0].with_annotation(entities[:5], (), ())
    assert calibration_error([half], [gold[0].with_annotation(sure, (), ())], "entities") == pytest.approx(error)


def test_nothing_predicted_has_no_error(gold: list[Document]) -> None:
    assert calibration_error(gold, [d.with_annotation((), (), ()) for d in gold], "relations") == 0.0
