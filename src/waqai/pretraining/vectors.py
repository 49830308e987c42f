"""Word2vec vectors over subwords, a cheap start for the embedding matrix (gensim).

Minutes of word2vec save the transformer the first millions of subwords, which it would spend on learning
which subwords are
alike. Source: Mikolov et al. 2013; measured in EXPERIMENTS.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from gensim.models import Word2Vec

from waqai.pretraining.packing import TokenIds


@dataclass(frozen=True, slots=True)
class VectorSettings:
    """How the starting vectors are trained.

    Args:
        enabled: start from word2vec; otherwise from small random numbers.
        epochs: passes over the packed corpus.
        window: neighbours to each side, in subwords.
        deviation: standard deviation the vectors are scaled to, so that they suit the tied output layer.
    """

    enabled: bool = True
    epochs: int = 1
    window: int = 5
    deviation: float = 0.04


class _Passages:
    """The id stream as passages of decimal strings, as gensim reads them, as often as it likes."""

    def __init__(self, stream: TokenIds, length: int = 1000) -> None:
        self.stream = stream
        self.length = length

    def __iter__(self) -> Iterator[list[str]]:
        for start in range(0, len(self.stream), self.length):
            yield [str(index) for index in self.stream[start : start + self.length].tolist()]


def train_vectors(
    stream: TokenIds,
    vocabulary: int,
    hidden: int,
    settings: VectorSettings,
    seed: int,
    workers: int = 2,
) -> npt.NDArray[np.float32]:
    """Train skip-gram vectors for the subwords of a packed corpus.

    Args:
        stream: ids, shape ``(subwords,)``.
        workers: threads; with more than one the result differs slightly from run to run.

    Returns:
        Vectors, mean 0 and the set deviation, shape ``(vocabulary, hidden)``; subwords never seen get random
        ones.
    """
    model: Any = Word2Vec(
        _Passages(stream),
        vector_size=hidden,
        window=settings.window,
        sg=1,
        negative=5,
        sample=1e-4,
        min_count=5,
        epochs=settings.epochs,
        workers=workers,
        seed=seed,
    )
    rng = np.random.default_rng(seed)
    vectors = rng.normal(0.0, 1.0, (vocabulary, hidden)).astype(np.float32)
    known = np.array([int(word) for word in model.wv.index_to_key])
    trained = model.wv.vectors - model.wv.vectors.mean(axis=0)
    vectors[known] = trained / trained.std()
    scaled: npt.NDArray[np.float32] = (vectors * settings.deviation).astype(np.float32)
    return scaled
