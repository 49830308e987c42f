"""Tag scores to mentions: pure functions on arrays, vectorised over words and types."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waqai.encoding import BEGIN, INSIDE, OUTSIDE

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Spans:
    """Mentions over a run of words: half-open word ranges, type numbers, confidences; all ``(M,)``."""

    first: IntArray
    last: IntArray
    label: IntArray
    confidence: FloatArray


def log_softmax(logits: FloatArray) -> FloatArray:
    """Logarithms of probabilities over the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    result: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def decode_layers(
    logits: FloatArray, breaks: NDArray[np.bool_], outside_bias: float = 0.0, temperature: float = 1.0
) -> Spans:
    """Entities from one BIO layer a type.

    Args:
        logits: ``(W, T, 3)``: outside, begin, inside.
        breaks: ``(W,)``, true where a sentence begins, which no mention crosses.
        outside_bias: added to the score of outside; chosen on dev data to balance precision and recall.
        temperature: divides the logits where they become confidences (Guo et al. 2017).
    """
    scores = logits.copy()
    scores[..., OUTSIDE] += outside_bias
    tags = _best_layer_tags(scores, breaks)
    log_probabilities = log_softmax(logits / np.float32(temperature))
    chosen = np.take_along_axis(log_probabilities, tags[..., None], axis=-1)[..., 0]
    begins = tags == BEGIN
    inside = tags == INSIDE
    words, types = np.nonzero(begins)
    # A mention goes on while the words after its first are inside: find the first that is not.
    padded = np.concatenate([inside, np.zeros((1, inside.shape[1]), dtype=bool)])
    stop = np.where(padded, len(padded), np.arange(len(padded))[:, None])
    next_stop = np.minimum.accumulate(stop[::-1], axis=0)[::-1]
    last = next_stop[words + 1, types]
    totals = np.concatenate([np.zeros((1, chosen.shape[1]), np.float32), np.cumsum(chosen, axis=0)])
    mean = (totals[last, types] - totals[words, types]) / np.maximum(last - words, 1)
    order = np.lexsort((types, last, words))
    return Spans(words[order], last[order], types[order], np.exp(mean).astype(np.float32)[order])


def _best_layer_tags(scores: FloatArray, breaks: NDArray[np.bool_]) -> IntArray:
    """The best tag of each word and type; an inside that continues nothing opens a mention."""
    tags: IntArray = scores.argmax(axis=-1).astype(np.int64)
    previous = np.concatenate([np.zeros((1, tags.shape[1]), np.int64), tags[:-1]])
    previous[breaks] = OUTSIDE
    orphan = (tags == INSIDE) & (previous == OUTSIDE)
    tags[orphan] = BEGIN
    return tags


def decode_triggers(
    logits: FloatArray, breaks: NDArray[np.bool_], outside_bias: float = 0.0, temperature: float = 1.0
) -> Spans:
    """Triggers from one layer of ``2 K + 1`` tags, shape ``(W, 2 K + 1)``; arguments as in ``decode_layers``."""
    scores = logits.copy()
    scores[:, 0] += outside_bias
    tags = scores.argmax(axis=-1)
    kinds = (tags + 1) // 2 - 1  # -1 outside
    begins = (tags % 2 == 1) & (tags > 0)
    previous = np.concatenate([[-1], kinds[:-1]])
    previous[breaks] = -1
    continues = (tags > 0) & ~begins & (previous == kinds)
    starts = np.flatnonzero((tags > 0) & ~continues)
    stop = np.where(np.concatenate([continues, [False]]), len(tags) + 1, np.arange(len(tags) + 1))
    next_stop = np.minimum.accumulate(stop[::-1])[::-1]
    last = next_stop[starts + 1]
    log_probabilities = log_softmax(logits / np.float32(temperature))
    chosen = np.take_along_axis(log_probabilities, tags[:, None], axis=-1)[:, 0]
    totals = np.concatenate([[0.0], np.cumsum(chosen)])
    mean = (totals[last] - totals[starts]) / np.maximum(last - starts, 1)
    return Spans(starts, last, kinds[starts], np.exp(mean).astype(np.float32))
