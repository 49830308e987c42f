"""Bootstrap intervals: articles are drawn again, because words of one article are not independent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from waqai.evaluation.counts import Counts


def bootstrap_f1(
    counts: Sequence[Counts], *, draws: int = 1000, level: float = 0.95, seed: int = 13
) -> tuple[float, float]:
    """Percentile interval of the micro F1 over articles (Efron and Tibshirani 1993, chapter 13).

    A draw in which nothing is to be found and nothing is said has no F1 and is left out, so that a rare
    label's interval is not pulled towards zero. The fixed seed makes a report repeatable, and draws the same
    articles for every task and every system over the same articles.

    Args:
        counts: one an article.
        draws: resamples of as many articles, with replacement.
        level: the share of resamples between the bounds.
        seed: of the draws.

    Returns:
        Lower and upper bound; both the F1 itself where there is one article only, both 0 where there is none.
    """
    table = np.array([(c.true_positives, c.predicted + c.gold) for c in counts], dtype=np.float64).reshape(-1, 2)
    if not table[:, 1].any():
        return 0.0, 0.0
    drawn = np.random.default_rng(seed).integers(0, len(table), size=(draws, len(table)))
    sums = table[drawn].sum(axis=1)
    sums = sums[sums[:, 1] > 0]
    f1 = 2 * sums[:, 0] / sums[:, 1]
    tail = (1 - level) / 2
    return float(np.quantile(f1, tail)), float(np.quantile(f1, 1 - tail))
