"""What an engine is asked and what it answers, whatever computes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from waqai.decoding.tags import FloatArray, IntArray
from waqai.encoding import Batch


@dataclass(frozen=True)
class TagScores:
    """What an engine says of a batch's words, only real words, row after row: ``N`` words in all.

    Attributes:
        entities: ``(N, T, 3)``; triggers: ``(N, 2 K + 1)``; modes: ``(N, M)``; auxiliaries: ``(N, A)``; logits.
        states: ``(N, H)``, what the relation head reads.
    """

    entities: FloatArray
    triggers: FloatArray
    modes: FloatArray
    auxiliaries: FloatArray
    states: FloatArray


class Engine(Protocol):
    """Runs the joint model, whatever computes it."""

    def tag(self, batch: Batch) -> TagScores:
        """Score the words of a batch of windows; called from other threads than the caller's."""

    def relate(self, states: FloatArray, spans: IntArray, pairs: IntArray) -> FloatArray:
        """Score pairs of mentions.

        Args:
            states: ``(N, H)``, words in the order of their text.
            spans: ``(M, 3)``: first word, last word (both included), mention type.
            pairs: ``(P, 4)``: head mention, tail mention, distance bucket, sentences from the tail to the head.

        Returns:
            Logits ``(P, R)``.
        """
