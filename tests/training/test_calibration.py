"""Thresholds and temperatures: chosen where they help, left alone where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from waqai.decoding import Annotator, DecodingSettings
from waqai.evaluation.documents import pair_documents, score_document, total
from waqai.schema import Document
from waqai.training import calibration
from waqai.training.calibration import calibrate, cross_calibrated, temperatures_brought


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


def test_no_article_chooses_its_own_thresholds(
    trained: Any, gold: list[Document], monkeypatch: pytest.MonkeyPatch
) -> None:
    dev = [replace(gold[n % 2], id=str(n)) for n in range(5)]
    asked: list[set[str]] = []

    def choose(annotator: Annotator, articles: Sequence[Document]) -> DecodingSettings:
        asked.append({article.id for article in articles})
        return DecodingSettings(entity_outside_bias=50.0 if "0" in asked[-1] else 0.0)

    monkeypatch.setattr(calibration, "calibrate", choose)
    found = cross_calibrated(trained.annotator, dev)
    assert asked == [{"0", "2", "4"}, {"1", "3"}]
    assert [document.id for document in found] == ["0", "1", "2", "3", "4"]
    assert [bool(document.entities) for document in found] == [True, False, True, False, True]


def test_pairs_are_scored_once(trained: Any, gold: list[Document], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    engine = trained.annotator.engine
    relate = type(engine).relate

    def counted(self: Any, states: Any, spans: Any, pairs: Any) -> Any:
        asked.append(len(pairs))
        return relate(self, states, spans, pairs)

    monkeypatch.setattr(type(engine), "relate", counted)
    found = calibrate(trained.annotator, gold)
    assert found.temperatures.keys() == {"entities", "triggers", "pairs"}
    assert len([pairs for pairs in asked if pairs > 1]) == len(gold)


def test_what_temperatures_brought_is_told_for_each_layer(trained: Any, gold: list[Document]) -> None:
    settings = DecodingSettings(temperatures={"entities": 9.0})
    found = temperatures_brought(replace(trained.annotator, settings=settings), gold)
    assert found.keys() == {"entities", "triggers", "arguments", "relations"}
    assert found["entities"]["after"] > found["entities"]["before"]  # all were right, and now it doubts them
    assert found["triggers"]["after"] == found["triggers"]["before"]
