"""Thresholds and temperatures, chosen on dev articles after training.

Thresholds maximise F1; temperatures make confidences mean what they say (Guo et al. 2017). A temperature is chosen by
the log loss of what was right and what was not, which nothing but true probabilities makes least; what it brought is
told in expected calibration errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waqai.decoding import Annotator, DecodingSettings, Engine, TagScores
from waqai.encoding import Batch
from waqai.evaluation.confidence import calibration_errors, confidences
from waqai.evaluation.documents import pair_documents, score_document, total
from waqai.schema import Document

BIASES = (-2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5)
THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95)
TEMPERATURES = (0.7, 0.85, 1.0, 1.2, 1.5, 1.8, 2.2, 2.8, 3.5, 4.5, 6.0)
_OF_MENTIONS = (
    ("entity_outside_bias", BIASES, "entities"),
    ("trigger_outside_bias", BIASES, "trigger_classification"),
    ("auxiliary_none_bias", BIASES, "auxiliaries"),
)
_OF_PAIRS = (
    ("argument_threshold", THRESHOLDS, "argument_attached_classification"),
    ("relation_threshold", THRESHOLDS, "relations"),
)
_STAGES = (
    (_OF_MENTIONS, {"entities": ("entities",), "triggers": ("triggers",)}),
    (_OF_PAIRS, {"pairs": ("arguments", "relations")}),
)
"""What is chosen for F1, then the heads whose temperatures are, with the layers of annotation they bear on."""


def calibrated(annotator: Annotator, dev: Sequence[Document]) -> tuple[Annotator, dict[str, Any]]:
    """The annotator with settings chosen on dev, and what a bundle tells of it."""
    annotator = replace(annotator, settings=calibrate(annotator, dev))
    return annotator, {"calibration_error": temperatures_brought(annotator, dev)}


def calibrate(annotator: Annotator, dev: Sequence[Document]) -> DecodingSettings:
    """Choose a model's decoding settings, one after the other, each by its own task's score on dev."""
    # What the chains say of neighbouring tags hangs on no setting: it is worked out once.
    scored = [(encoded, annotator.smooth(encoded, scores)) for encoded, scores in annotator.score(dev)]
    engine = _RememberingEngine(annotator.engine)

    def annotate(settings: DecodingSettings) -> list[Document]:
        decoder = replace(annotator, engine=engine, settings=replace(settings, transitions={}))
        return [decoder.decode(encoded, scores) for encoded, scores in scored]

    settings = annotator.settings
    for choices, heads in _STAGES:
        engine.muted = choices is _OF_MENTIONS
        for name, values, task in choices:
            settings = _best(settings, name, values, _scorer(dev, annotate, task))
        for head, layers in heads.items():
            tried = [replace(settings, temperatures={**settings.temperatures, head: value}) for value in TEMPERATURES]
            losses = [_log_loss(dev, annotate(found), layers) for found in tried]
            settings = tried[int(np.argmin(losses))]
    return settings


class _RememberingEngine:
    """An engine that scores the same pairs once, and none while it is muted: mentions do not hang on them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[tuple[int, bytes, bytes], NDArray[np.float32]] = {}
        self.muted = False

    def tag(self, batch: Batch) -> TagScores:
        return self._engine.tag(batch)

    def relate(
        self, states: NDArray[np.float32], spans: NDArray[np.int64], pairs: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        key = (states.ctypes.data, spans.tobytes(), pairs.tobytes())  # the states of an article stay where they are
        if key not in self._known:
            logits = self._engine.relate(states, spans, pairs[:1] if self.muted else pairs)
            if self.muted:
                return np.full((len(pairs), logits.shape[1]), -30.0, np.float32)
            self._known[key] = logits
        return self._known[key]


def temperatures_brought(annotator: Annotator, dev: Sequence[Document]) -> dict[str, dict[str, float]]:
    """Expected calibration error of each layer on dev articles, before and after an annotator's temperatures."""
    found: dict[str, dict[str, float]] = {}
    for name, temperatures in (("before", {}), ("after", annotator.settings.temperatures)):
        decoder = replace(annotator, settings=replace(annotator.settings, temperatures=temperatures))
        for layer, error in calibration_errors(dev, list(decoder.annotate(dev))).items():
            found.setdefault(layer, {})[name] = error
    return found


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


def _log_loss(gold: Sequence[Document], predicted: Sequence[Document], layers: Sequence[str]) -> float:
    """Mean negative logarithm of the probability that confidences gave to what came true."""
    parts = [confidences(gold, predicted, layer) for layer in layers]
    sure = np.clip([value for confidence, _ in parts for value in confidence], 1e-4, 1 - 1e-4)
    hits = np.array([hit for _, right in parts for hit in right], dtype=bool)
    return float(-np.log(np.where(hits, sure, 1 - sure)).mean()) if len(hits) else 0.0
