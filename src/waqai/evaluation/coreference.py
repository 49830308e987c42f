"""Scores of event clusters: B³, MUC, CEAF-e, and their mean, the CoNLL F1.

Mentions are any hashable keys; a cluster is a set of them. Mentions on one side only make the score worse, as the
CoNLL-2012 scorer counts them.

Sources: Bagga and Baldwin 1998 (B³); Vilain et al. 1995 (MUC); Luo 2005 (CEAF); Pradhan et al. 2014 (the mean).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass

Cluster = Collection[Hashable]


@dataclass(frozen=True, slots=True)
class ClusterScore:
    """Precision and recall of one measure, both 0 … 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def b_cubed(gold: Sequence[Cluster], predicted: Sequence[Cluster]) -> ClusterScore:
    """B³: for each mention, the share of its cluster that belongs with it, over all mentions."""
    return ClusterScore(_b_cubed_side(predicted, gold), _b_cubed_side(gold, predicted))


def muc(gold: Sequence[Cluster], predicted: Sequence[Cluster]) -> ClusterScore:
    """MUC: the links that join a cluster, and how many of them the other side keeps; single mentions count nothing."""
    return ClusterScore(_muc_side(predicted, gold), _muc_side(gold, predicted))


def ceaf_e(gold: Sequence[Cluster], predicted: Sequence[Cluster]) -> ClusterScore:
    """CEAF with entity similarity φ4: clusters aligned one to one so that their Dice overlap is greatest."""
    if not gold or not predicted:
        return ClusterScore(0.0, 0.0)
    from scipy.optimize import linear_sum_assignment

    sets, others = [set(cluster) for cluster in gold], [set(cluster) for cluster in predicted]
    similarity = [[2 * len(one & other) / (len(one) + len(other)) for other in others] for one in sets]
    rows, columns = linear_sum_assignment(similarity, maximize=True)
    total = sum(similarity[row][column] for row, column in zip(rows, columns, strict=True))
    return ClusterScore(total / len(predicted), total / len(gold))


def conll_f1(gold: Sequence[Cluster], predicted: Sequence[Cluster]) -> float:
    """The mean F1 of MUC, B³ and CEAF-e."""
    return (muc(gold, predicted).f1 + b_cubed(gold, predicted).f1 + ceaf_e(gold, predicted).f1) / 3


def _b_cubed_side(scored: Sequence[Cluster], against: Sequence[Cluster]) -> float:
    home = {mention: index for index, cluster in enumerate(against) for mention in cluster}
    total = count = 0.0
    for cluster in map(set, scored):
        # Of n mentions with one home each shares n with it: counted, so that a cluster of thousands stays cheap.
        shared = Counter(home[mention] for mention in cluster if mention in home)
        total += sum(number * number for number in shared.values()) / len(cluster) if cluster else 0.0
        count += len(cluster)
    return total / count if count else 0.0


def _muc_side(scored: Sequence[Cluster], against: Sequence[Cluster]) -> float:
    home = {mention: index for index, cluster in enumerate(against) for mention in cluster}
    kept = links = 0
    for cluster in scored:
        parts = {home[mention] for mention in cluster if mention in home}
        alone = sum(mention not in home for mention in cluster)
        kept += len(cluster) - len(parts) - alone
        links += len(cluster) - 1
    return kept / links if links else 0.0
