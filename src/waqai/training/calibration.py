"""Thresholds and temperatures, chosen on dev articles after training.

Thresholds maximise F1; temperatures make confidences mean what they say (Guo et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from waqai.decoding import Annotator, DecodingSettings
from waqai.evaluation.documents import pair_documents, score_document, total
from waqai.schema import Document

BIASES = (-1.5, -1.0, -0.5, 0.0, 0.5, 1.0)
THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
TEMPERATURES = (0.7, 0.85, 1.0, 1.2, 1.5, 1.8, 2.2, 2.8)
_CHOICES = (
    ("entity_outside_bias", BIASES, "entities"),
    ("trigger_outside_bias", BIASES, "trigger_classification"),
    ("argument_threshold", THRESHOLDS, "argument_attached_classification"),
    ("relation_threshold", THRESHOLDS, "relations"),
)
_BINS = 10


def calibrate(annotator: Annotator, dev: Sequence[Document]) -> DecodingSettings:
    """Choose a model's decoding settings, one after the other, each by its own task's score on dev."""
    scored = annotator.score(dev)

    def annotate(settings: DecodingSettings) -> list[Document]:
        decoder = replace(annotator, settings=settings)
        return [decoder.decode(encoded, scores) for encoded, scores in scored]

    settings = annotator.settings
    for name, values, task in _CHOICES:
        settings = _best(settings, name, values, _scorer(dev, annotate, task))
    for head, layer in (("entities", "entities"), ("triggers", "triggers"), ("pairs", "relations")):
        tried = [replace(settings, temperatures={**settings.temperatures, head: value}) for value in TEMPERATURES]
        errors = [calibration_error(dev, annotate(found), layer) for found in tried]
        settings = tried[int(np.argmin(errors))]
    return settings


def cross_calibrated(annotator: Annotator, dev: Sequence[Document]) -> list[Document]:
    """Annotate dev articles, every second one with settings chosen on the others, so that none chose its own."""
    halves = (dev[0::2], dev[1::2])
    predicted: dict[str, Document] = {}
    for chosen_on, read in (halves, halves[::-1]):
        decoder = replace(annotator, settings=calibrate(annotator, chosen_on))
        predicted |= {document.id: document for document in decoder.annotate(read)}
    return [predicted[document.id] for document in dev]


def _scorer(
    dev: Sequence[Document], annotate: Callable[[DecodingSettings], list[Document]], task: str
) -> Callable[[DecodingSettings], float]:
    return lambda settings: _f1(dev, annotate(settings), task)


def _best(
    settings: DecodingSettings, name: str, values: Sequence[float], score: Callable[[DecodingSettings], float]
) -> DecodingSettings:
    # From the neutral value outwards, and only if strictly better: a dev set that says nothing changes nothing.
    neutral = getattr(settings, name)
    ordered = sorted(values, key=lambda value: abs(value - neutral))
    tried = [replace(settings, **{name: value}) for value in ordered]  # type: ignore[arg-type]
    return tried[int(np.argmax([score(found) for found in tried]))]


def _f1(dev: Sequence[Document], predicted: Sequence[Document], task: str) -> float:
    return total(score_document(gold, mine) for gold, mine in pair_documents(dev, predicted))[task].f1


def calibration_error(gold: Sequence[Document], predicted: Iterable[Document], layer: str) -> float:
    """Expected calibration error (Naeini et al. 2015) of predicted mentions or relations.

    Args:
        layer: ``entities``, ``triggers`` or ``relations`` (arguments among them).
    """
    confidence, right = [], []
    for theirs, mine in zip(gold, predicted, strict=True):
        keys = {item.key for item in getattr(theirs, layer)}
        for item in getattr(mine, layer):
            confidence.append(item.confidence)
            right.append(item.key in keys)
    if not confidence:
        return 0.0
    values, hits = np.array(confidence), np.array(right, dtype=float)
    bins = np.minimum((values * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(values[bins == number].mean() - hits[bins == number].mean()) * (bins == number).mean()
        for number in range(_BINS)
        if (bins == number).any()
    ]
    return float(np.sum(gaps))
