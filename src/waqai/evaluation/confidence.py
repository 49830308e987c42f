"""Whether confidences mean what they say: of all that is said with confidence 0.8, are 80 % right?

A mention's confidence is the geometric mean of its words' tag probabilities, an argument's or relation's the
probability of its label times the confidences of its two mentions; all after the model's temperatures. Right is
what is in the gold with the same spans and labels. What the model does not say at all has no confidence and is not
judged here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from waqai.evaluation.documents import pair_documents
from waqai.schema import Document

BINS = 10

LAYERS: Mapping[str, Callable[[Document], Iterable[Any]]] = {
    "entities": lambda document: document.entities,
    "triggers": lambda document: document.triggers,
    "arguments": lambda document: document.arguments,
    "relations": lambda document: (one for one in document.relations if not one.is_argument),
}


def confidences(gold: Sequence[Document], predicted: Sequence[Document], layer: str) -> tuple[list[float], list[bool]]:
    """The confidence of everything predicted in a layer, and whether it is right."""
    items = LAYERS[layer]
    found: list[float] = []
    right: list[bool] = []
    for theirs, mine in pair_documents(gold, predicted):
        keys = {item.key for item in items(theirs)}
        for item in items(mine):
            found.append(item.confidence)
            right.append(item.key in keys)
    return found, right


def calibration_error(confidence: Sequence[float], right: Sequence[bool], bins: int = BINS) -> float:
    """Expected calibration error: the mean distance of confidence from the share that is right, bin by bin.

    Bins hold equally many items: with bins of equal width nearly all items fall into the last, and the error is
    underestimated less where each bin is well filled (Roelofs et al. 2022, section 5).

    Args:
        confidence: between 0 and 1; right: for each, whether it was.
        bins: how many; fewer where there are fewer items.

    Returns:
        Between 0 and 1; 0 where nothing was said.

    Source:
        Naeini et al. 2015; bins of equal mass: Nguyen and O'Connor 2015, section 3.
    """
    if not confidence:
        return 0.0
    values, hits = np.array(confidence), np.array(right, dtype=float)
    parts = np.array_split(np.argsort(values, kind="stable"), min(bins, len(values)))
    return float(sum(abs(values[part].mean() - hits[part].mean()) * len(part) for part in parts) / len(values))


def calibration_errors(gold: Sequence[Document], predicted: Sequence[Document]) -> dict[str, float]:
    """The calibration error of each layer in which anything was said with a confidence."""
    errors = {}
    for layer in LAYERS:
        confidence, right = confidences(gold, predicted, layer)
        if any(value < 1.0 for value in confidence):  # annotation that was read from a file is as sure as can be
            errors[layer] = round(calibration_error(confidence, right), 4)
    return errors
