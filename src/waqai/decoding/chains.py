"""Tag scores under a linear chain: what each word's tag is once its neighbours have their say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


def log_marginals(logits: FloatArray, transitions: FloatArray, breaks: NDArray[np.bool_]) -> FloatArray:
    """Logarithms of the probability of each word's tags over all tag sequences (forward and backward sums).

    Choosing each word's likeliest tag then makes the fewest wrong tags, and its probability is a confidence.

    Args:
        logits: ``(W, C, K)``: of the tags of each of ``C`` chains.
        transitions: ``(C, K + 1, K)``: score of each tag (last axis) after each other; after none in the last row.
        breaks: ``(W,)``, true where a sentence begins: a chain begins there anew.

    Returns:
        ``(W, C, K)``.

    Source:
        Rabiner 1989, section III.A.
    """
    steps, start = transitions[:, :-1].astype(np.float64), transitions[:, -1].astype(np.float64)
    forward = logits.astype(np.float64)
    for word in range(len(logits)):
        if word == 0 or breaks[word]:
            forward[word] += start
        else:
            forward[word] += _log_sum(forward[word - 1][:, :, None] + steps, axis=1)
    backward = np.zeros_like(forward)
    for word in range(len(logits) - 2, -1, -1):
        if not breaks[word + 1]:
            following = logits[word + 1] + backward[word + 1]
            backward[word] = _log_sum(steps + following[:, None, :], axis=2)
    both = forward + backward
    result: FloatArray = (both - _log_sum(both, axis=2)[..., None]).astype(np.float32)
    return result


def _log_sum(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    top = values.max(axis=axis, keepdims=True)
    result: NDArray[np.float64] = np.log(np.exp(values - top).sum(axis=axis)) + top.squeeze(axis)
    return result
