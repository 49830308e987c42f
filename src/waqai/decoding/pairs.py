"""The pairs of an article of any length, scored in bounded memory."""

from __future__ import annotations

import numpy as np

from waqai.decoding.engine import Engine
from waqai.decoding.tags import FloatArray, IntArray

PAIRS_AT_ONCE = 8192
"""A usual article has some 700; each takes about ten kilobytes while it is scored."""


def relate_in_parts(engine: Engine, states: FloatArray, spans: IntArray, pairs: IntArray) -> FloatArray:
    """Score pairs as ``Engine.relate`` does, a part of the article at a time where there are many.

    A pair's score hangs on the two mentions, the words and mentions between them and the pairs that share one of the
    two (``models.heads.RelationHead``). So each part is scored with those, and the scores are those of one call.

    Args:
        states, spans, pairs: see ``Engine.relate``.
    """
    if len(pairs) <= PAIRS_AT_ONCE:
        return engine.relate(states, spans, pairs)
    order = np.argsort(spans[pairs[:, 0], 0], kind="stable")
    parts = [
        _part(engine, states, spans, pairs, order[at : at + PAIRS_AT_ONCE])
        for at in range(0, len(pairs), PAIRS_AT_ONCE)
    ]
    logits = np.empty((len(pairs), parts[0].shape[1]), np.float32)
    logits[order] = np.concatenate(parts)
    return logits


def _part(engine: Engine, states: FloatArray, spans: IntArray, pairs: IntArray, wanted: IntArray) -> FloatArray:
    shares = np.isin(pairs[:, 0], pairs[wanted, 0]) | np.isin(pairs[:, 1], pairs[wanted, 1])
    rows = np.flatnonzero(shares)
    paired = spans[np.unique(pairs[rows, :2])]
    low, high = paired[:, 0].min(), paired[:, 1].max()
    mentions = np.flatnonzero((spans[:, 0] >= low) & (spans[:, 1] <= high))
    numbered = np.column_stack([np.searchsorted(mentions, pairs[rows, :2]), pairs[rows, 2:]])
    scored = engine.relate(states[low : high + 1], spans[mentions] - np.array([low, low, 0]), numbered)
    return scored[np.searchsorted(rows, wanted)]
