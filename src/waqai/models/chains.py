"""A linear-chain CRF over tags of which some are known, some are narrowed down and some are free."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from waqai.encoding import DENIED, IGNORED, NOT_OUTSIDE, OUTSIDE


class LinearChain(nn.Module):
    """Scores of neighbouring tags (Lafferty et al. 2001) beside those of each word.

    It is trained on whatever is known of the words: the sum over all tag sequences that agree with it against the
    sum over all (Tsuboi et al. 2008, section 3). Decoding stands in ``waqai.decoding.chains``.

    Args:
        chains: independent chains over the same words, such as the layers of entity types.
        tags: tags of each.
    """

    def __init__(self, chains: int, tags: int) -> None:
        super().__init__()
        self.transitions = nn.Parameter(torch.zeros(chains, tags + 1, tags))
        """Score of each tag (last axis) after each other; after none in the last row."""

    def loss(self, logits: Tensor, allowed: Tensor, real: Tensor) -> Tensor:
        """Negative logarithm of the probability of the allowed tag sequences, summed over chains and rows.

        Args:
            logits: ``(B, W, C, K)``.
            allowed: ``(B, W, C, K)``, which tags agree with what is known of a word; all where nothing is.
            real: ``(B, W)``, false for padding.
        """
        logits = logits.float()
        # One recursion for both sums: over all sequences, and over those that are allowed.
        scores = torch.stack([logits, logits.masked_fill(~allowed, -1e4)])
        steps, start = self.transitions[:, :-1], self.transitions[:, -1]
        alpha = scores[:, :, 0] + start
        for word in range(1, logits.shape[1]):
            moved = (alpha[..., None] + steps).logsumexp(-2) + scores[:, :, word]
            alpha = torch.where(real[None, :, word, None, None], moved, alpha)
        every, agreeing = alpha.logsumexp(-1)
        total: Tensor = (every - agreeing).sum()
        return total


def allowed_tags(labels: Tensor, tags: int) -> Tensor:
    """Which of an entity layer's three tags, or of a trigger's, agree with a label: ``(…)`` to ``(…, K)``."""
    tag = torch.arange(tags, device=labels.device)
    label = labels[..., None]
    denied = (label <= DENIED) & ((tag + 1) // 2 - 1 == DENIED - label)
    return (
        (label == tag)
        | (label == IGNORED)
        | ((label == NOT_OUTSIDE) & (tag != OUTSIDE))
        | ((label <= DENIED) & ~denied)
    )
