"""Optimisers and the learning-rate curve."""

from __future__ import annotations

import torch
from torch import nn

from waqai.errors import ConfigError
from waqai.pretraining.settings import OptimizerSettings, ScheduleSettings


def build_optimizers(model: nn.Module, settings: OptimizerSettings) -> list[torch.optim.Optimizer]:
    """Return the optimisers of a run, their peak rate stored in each group as ``peak``.

    Muon takes the weight matrices inside the layers; AdamW takes embeddings, the head, norms and biases.
    Source: Jordan et al. 2024, "Muon"; Liu et al. 2025, "Muon is Scalable for LLM Training" (the update's
        scale).

    Raises:
        ConfigError: unknown optimiser name.
    """
    if settings.name not in ("muon", "adamw"):
        raise ConfigError(f"optimizer.name is {settings.name!r}; choose muon or adamw")
    matrices, others, vectors = [], [], []
    for name, parameter in model.named_parameters():
        if parameter.ndim < 2:
            vectors.append(parameter)
        elif settings.name == "muon" and "layer" in name:
            matrices.append(parameter)
        else:
            others.append(parameter)
    optimizers: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(
            [
                {"params": others, "weight_decay": settings.weight_decay},
                {"params": vectors, "weight_decay": 0.0},
            ],
            lr=settings.lr,
            betas=(0.9, 0.98),
            fused=True,
        )
    ]
    if matrices:
        optimizers.append(
            torch.optim.Muon(
                matrices,
                lr=settings.matrix_lr,
                weight_decay=settings.weight_decay,
                momentum=0.95,
                adjust_lr_fn="match_rms_adamw",
            )
        )
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return optimizers


def rate_factor(fraction: float, schedule: ScheduleSettings) -> float:
    """Return the share of the peak learning rate at ``fraction`` of the budget: rise, hold, linear fall."""
    if fraction < schedule.warmup:
        return max(fraction / schedule.warmup, 0.01)
    if fraction < schedule.hold:
        return 1.0
    return max(0.0, (1.0 - fraction) / (1.0 - schedule.hold))
