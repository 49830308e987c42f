"""Masking hides whole words, a fixed number of places a row, and nothing special."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from waqai.pretraining.masking import IGNORED, mask_words, masking_rate

SPECIAL, MASK, VOCABULARY = 5, 4, 60
STARTS = np.array([number < 40 for number in range(VOCABULARY)])


def rows_of(seed: int, height: int, width: int) -> np.ndarray:
    rows = np.random.default_rng(seed).integers(SPECIAL, VOCABULARY, (height, width))
    rows[:, 0], rows[:, -1] = 2, 3
    rows[:, width // 2] = 3
    return rows


@given(st.integers(0, 999), st.integers(1, 5), st.integers(8, 40), st.floats(0.05, 0.5))
def test_masking_keeps_its_promises(seed: int, height: int, width: int, rate: float) -> None:
    rows = rows_of(seed, height, width)
    capacity = max(1, round(0.5 * width))
    batch = mask_words(rows, STARTS, rate, capacity, SPECIAL, MASK, np.random.default_rng(seed))
    assert batch.inputs.shape == rows.shape
    assert batch.positions.shape == batch.targets.shape == (height * capacity,)
    real = batch.targets != IGNORED
    flat = rows.reshape(-1)
    # Targets are what stood there, never a special token, and no place is predicted twice.
    assert (flat[batch.positions[real]] == batch.targets[real]).all()
    assert (batch.targets[real] >= SPECIAL).all()
    assert len(set(batch.positions[real])) == real.sum()
    # Only predicted places differ, and places stay in their row.
    changed = np.flatnonzero(batch.inputs.reshape(-1) != flat)
    assert set(changed) <= set(batch.positions[real])
    assert (batch.positions.reshape(height, capacity) // width == np.arange(height)[:, None]).all()
    # Words are hidden whole.
    hidden = np.zeros(flat.shape, dtype=bool)
    hidden[batch.positions[real]] = True
    begins = STARTS[rows] | (rows < SPECIAL)
    begins[:, 0] = True
    words = np.cumsum(begins.reshape(-1))
    for word in np.unique(words[hidden]):
        assert hidden[(words == word) & (flat >= SPECIAL)].all()


def test_equal_generators_give_equal_batches() -> None:
    rows = rows_of(0, 4, 32)
    first, second = (mask_words(rows, STARTS, 0.2, 8, SPECIAL, MASK, np.random.default_rng(9)) for _ in range(2))
    assert (first.inputs == second.inputs).all()
    assert (first.positions == second.positions).all()


def test_most_hidden_subwords_become_the_mask() -> None:
    rows = rows_of(1, 200, 100)
    batch = mask_words(rows, STARTS, 0.2, 20, SPECIAL, MASK, np.random.default_rng(0))
    real = batch.targets != IGNORED
    share = (batch.inputs.reshape(-1)[batch.positions[real]] == MASK).mean()
    assert 0.77 < share < 0.83
    assert real.mean() > 0.95


def test_rate_runs_linearly_between_its_ends() -> None:
    assert [masking_rate(share, 0.3, 0.1) for share in (-1.0, 0.0, 0.5, 1.0, 2.0)] == [
        0.3,
        0.3,
        0.2,
        0.1,
        0.1,
    ]
