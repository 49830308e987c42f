"""Losses that leave out what a corpus does not speak of."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from waqai.encoding import BEGIN, DENIED, IGNORED, INSIDE, NOT_OUTSIDE, OUTSIDE


def layered_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy summed over BIO layers, mean over the words some layer is labelled on.

    Args:
        logits: ``(B, W, T, 3)``; labels: ``(B, W, T)``, ``IGNORED`` where nothing is known, ``NOT_OUTSIDE`` where
            a mention is known to begin or to go on.
    """
    covered = labels == NOT_OUTSIDE
    exact = labels.masked_fill(covered, IGNORED)
    losses = functional.cross_entropy(
        logits.flatten(0, 2).float(), exact.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    inside = logits[covered].float()
    losses = losses + (inside.logsumexp(-1) - inside[:, 1:].logsumexp(-1)).sum()
    return losses / (labels != IGNORED).any(-1).sum().clamp(min=1)


def union_loss(logits: Tensor, labels: Tensor, members: Sequence[Sequence[int]]) -> Tensor:
    """Loss of coarse labels: a tag holds for at least one of a group's types, or outside holds for all.

    With independent layers, the probability that some type of the group begins here is one minus the product
    of those that do not (the noisy-or of multi-instance learning, Maron and Lozano-Pérez 1998).

    Args:
        logits: ``(B, W, T, 3)``.
        labels: ``(B, W, G)``: outside, begin, inside, ``NOT_OUTSIDE`` or ``IGNORED`` for each group of types.
        members: the type numbers of each group.
    """
    log_p = functional.log_softmax(logits.float(), dim=-1)
    total = logits.new_zeros((), dtype=torch.float32)
    for group, types in enumerate(members):
        wanted = labels[..., group]
        of_group = log_p[:, :, list(types)]
        total = total - (of_group[..., OUTSIDE].sum(-1) * (wanted == OUTSIDE)).sum()
        for tag in (BEGIN, INSIDE, NOT_OUTSIDE):
            if tag == NOT_OUTSIDE:
                none_has_it = of_group[..., OUTSIDE].sum(-1)
            else:
                none_has_it = torch.log1p(-of_group[..., tag].exp().clamp(max=1 - 1e-6)).sum(-1)
            some_has_it = torch.log(-torch.expm1(none_has_it.clamp(max=-1e-6)))
            total = total - (some_has_it * (wanted == tag)).sum()
    return total / (labels != IGNORED).any(-1).sum().clamp(min=1)


def word_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy over words ``(B, W, C)`` with labels ``(B, W)``; zero where all are ``IGNORED``."""
    losses = functional.cross_entropy(
        logits.flatten(0, 1).float(), labels.flatten(), ignore_index=IGNORED, reduction="sum"
    )
    return losses / (labels != IGNORED).sum().clamp(min=1)


def trigger_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross entropy over words, and where a type is only denied, minus the logarithm of all that is left.

    Args:
        logits: ``(B, W, 2 K + 1)``.
        labels: ``(B, W)``: a tag, ``DENIED - k`` for any tag but those of type ``k``, or ``IGNORED``.
    """
    denied = labels <= DENIED
    known = word_loss(logits, labels.masked_fill(denied, IGNORED)) * (~denied & (labels != IGNORED)).sum()
    log_p = functional.log_softmax(logits[denied].float(), dim=-1)
    begins = 2 * (DENIED - labels[denied]) + 1
    of_type = torch.stack([begins, begins + 1], dim=-1)
    left = torch.log1p(-log_p.gather(-1, of_type).exp().sum(-1).clamp(max=1 - 1e-6))
    return (known - left.sum()) / (labels != IGNORED).sum().clamp(min=1)


def pair_loss(logits: Tensor, labels: Tensor, fits: Tensor) -> Tensor:
    """Binary cross entropy over the labels that a pair's types allow, mean over pairs.

    Args:
        logits, labels, fits: ``(P, R)``; labels 0, 1 or ``IGNORED``.
    """
    known = fits * (labels != IGNORED)
    losses = functional.binary_cross_entropy_with_logits(logits.float(), labels.float(), reduction="none")
    return (losses * known).sum() / max(len(logits), 1)
