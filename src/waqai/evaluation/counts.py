"""The one place where precision and recall are computed; counts add."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found, what was said and what there was."""

    true_positives: int = 0
    predicted: int = 0
    gold: int = 0

    @classmethod
    def of(cls, gold: Iterable[Hashable], predicted: Iterable[Hashable]) -> Counts:
        """Compare two collections as multisets."""
        gold_items, predicted_items = Counter(gold), Counter(predicted)
        matched = sum((gold_items & predicted_items).values())
        return cls(matched, predicted_items.total(), gold_items.total())

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.true_positives + other.true_positives, self.predicted + other.predicted, self.gold + other.gold
        )

    @property
    def precision(self) -> float:
        """Share of what was said that is right; 0 where nothing was said."""
        return self.true_positives / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of what there was that was found; 0 where there was nothing."""
        return self.true_positives / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.predicted + self.gold
        return 2 * self.true_positives / total if total else 0.0

    @property
    def support(self) -> int:
        """How many there were."""
        return self.gold
