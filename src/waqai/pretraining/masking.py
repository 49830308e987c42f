"""Whole-word masking with a fixed number of predictions a row, so that batches have one shape.

Source: Devlin et al. 2019 (80/10/10); Wettig et al. 2023, "Should You Mask 15% in Masked Language Modeling?".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IGNORED = -100
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MaskedBatch:
    """Rows with some subwords hidden.

    Attributes:
        inputs: ids with masks in, shape ``(B, T)``.
        positions: flat positions (row * T + column) to predict, shape ``(B * K,)``; padding repeats position
            0 of the row.
        targets: the hidden ids, ``IGNORED`` at padding, shape ``(B * K,)``.
    """

    inputs: Integers
    positions: Integers
    targets: Integers


def masking_rate(progress: float, first: float, last: float) -> float:
    """Return the share of subwords to hide at ``progress`` (0 to 1), linear from first to last."""
    return first + (last - first) * min(max(progress, 0.0), 1.0)


def mask_words(
    rows: Integers,
    starts: Booleans,
    rate: float,
    capacity: int,
    special: int,
    mask: int,
    rng: np.random.Generator,
    kept: float = 0.1,
    swapped: float = 0.1,
) -> MaskedBatch:
    """Hide whole words.

    Words are drawn at random until a row's quota is met; a word that would overrun ``capacity`` stays
    visible.

    Args:
        rows: ids, shape ``(B, T)``.
        starts: for every id whether it begins a word, shape ``(V,)``.
        rate: share of the row's subwords to hide.
        capacity: predictions a row has room for (K).
        special: ids below this number are special and never hidden.
        mask: id of ``[MASK]``.
        rng: the batch's own generator; the same state gives the same batch.
        kept: share of the hidden subwords left as they are.
        swapped: share of the hidden subwords replaced by a random one.
    """
    height, width = rows.shape
    ordinary = rows >= special
    begins = starts[rows] | ~ordinary
    begins[:, 0] = True
    words = np.cumsum(begins, axis=1) - 1
    keys = rng.random((height, width))
    order_key = np.where(ordinary, np.take_along_axis(keys, words, axis=1), 2.0)
    # Subwords of one word share a key; a stable sort keeps them side by side, in reading order.
    order = np.argsort(order_key, axis=1, kind="stable")
    sorted_words = np.take_along_axis(words, order, axis=1)
    sorted_ordinary = np.take_along_axis(ordinary, order, axis=1)
    quota = min(max(1, round(rate * width)), capacity)
    first = np.ones((height, width), dtype=bool)
    first[:, 1:] = sorted_words[:, 1:] != sorted_words[:, :-1]
    column = np.arange(width)
    word_begin = np.maximum.accumulate(np.where(first, column, 0), axis=1)
    last = np.ones((height, width), dtype=bool)
    last[:, :-1] = first[:, 1:]
    word_end = np.minimum.accumulate(np.where(last, column, width)[:, ::-1], axis=1)[:, ::-1]
    chosen = sorted_ordinary & (word_begin < quota) & (word_end < capacity)

    columns = np.where(chosen, order, 0)[:, :capacity]
    valid = chosen[:, :capacity]
    flat = columns + np.arange(height)[:, None] * width
    targets = np.where(valid, rows.reshape(-1)[flat], IGNORED)
    inputs = rows.copy()
    draw = rng.random((height, capacity))
    random_ids = rng.integers(special, len(starts), size=(height, capacity))
    replacement = np.where(draw < kept, targets, np.where(draw < kept + swapped, random_ids, mask))
    inputs.reshape(-1)[flat[valid]] = replacement[valid]
    return MaskedBatch(inputs, flat.reshape(-1), targets.reshape(-1))
