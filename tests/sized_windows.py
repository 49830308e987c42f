"""Windows of which only number and length are known: what a sampler looks at."""

from __future__ import annotations

import numpy as np

from waqai.training.batching import WindowDataset


class Sized(WindowDataset):
    """Corpora of so many windows, whose lengths are known."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes = sizes
        self.lengths = np.random.default_rng(3).integers(5, 250, sum(sizes)).tolist()

    def __len__(self) -> int:
        return sum(self.sizes)
