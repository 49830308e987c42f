"""What the model is trained to do: find hidden subwords (MLM), or find subwords that were replaced (RTD)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import torch
from torch import nn
from transformers import BertForMaskedLM, PreTrainedModel

from waqai.errors import ConfigError
from waqai.pretraining.model import ModelShape, build_model

OBJECTIVES = ("mlm", "rtd")


class MaskedLoss(nn.Module):
    """Mean cross-entropy of the hidden subwords; the head runs at their positions only, a fifth of the work.

    Args:
        model: a `BertForMaskedLM` or `ModernBertForMaskedLM`.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, inputs: torch.Tensor, positions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return the loss, a scalar.

        Args:
            inputs: ids, shape ``(B, T)``; rows are full, so nothing is padded.
            positions: flat positions to predict, shape ``(N,)``.
            targets: ids to find there, -100 for none, shape ``(N,)``.
        """
        logits = hidden_logits(self.model, inputs, positions)
        return nn.functional.cross_entropy(logits, targets, ignore_index=-100)


class ReplacedLoss(nn.Module):
    """Replaced-token detection: a shallow generator fills gaps, the model finds what it filled.

    The generator is as wide as the model, a third as deep, and shares its embeddings.
    Source: Clark et al. 2020, "ELECTRA"; He et al. 2021, "DeBERTaV3" (shape of the generator).

    Args:
        model: the encoder to pretrain; its language head is not used.
        generator: a masked-language model whose embeddings are set to the model's.
        weight: of the detection loss beside the generator's.
    """

    def __init__(self, model: PreTrainedModel, generator: PreTrainedModel, weight: float = 50.0) -> None:
        super().__init__()
        self.model = model
        self.generator = generator
        self.weight = weight
        self.detector = nn.Linear(model.config.hidden_size, 1)
        generator.set_input_embeddings(model.get_input_embeddings())
        generator.tie_weights()

    def forward(self, inputs: torch.Tensor, positions: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Return generator plus weighted detection loss; arguments as of `MaskedLoss.forward`."""
        logits = hidden_logits(self.generator, inputs, positions)
        loss = nn.functional.cross_entropy(logits, targets, ignore_index=-100)
        with torch.no_grad():
            noise = -torch.log(-torch.log(torch.rand_like(logits).clamp(1e-9, 1.0 - 1e-7)))
            guesses = (logits + noise).argmax(-1)
            real = targets >= 0
            flat = inputs.flatten()
            original = flat.scatter(0, positions[real], targets[real])
            replaced = flat.scatter(0, positions[real], guesses[real])
            wrong = (replaced != original).float()
        model: Any = self.model
        hidden = model.base_model(input_ids=replaced.view_as(inputs)).last_hidden_state
        found = self.detector(hidden).float().flatten()
        return loss + self.weight * nn.functional.binary_cross_entropy_with_logits(found, wrong)


def hidden_logits(model: Any, inputs: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """Return the scores of every subword at the given flat positions, shape ``(N, V)``."""
    hidden = model.base_model(input_ids=inputs).last_hidden_state
    picked = hidden.reshape(-1, hidden.shape[-1])[positions]
    logits = model.cls(picked) if isinstance(model, BertForMaskedLM) else model.decoder(model.head(picked))
    scores: torch.Tensor = logits.float()
    return scores


def build_objective(name: str, model: PreTrainedModel, shape: ModelShape) -> nn.Module:
    """Return the module that gives a batch's loss.

    Raises:
        ConfigError: unknown objective.
    """
    if name == "mlm":
        return MaskedLoss(model)
    if name == "rtd":
        config: Any = model.config
        small = replace(shape, layers=max(1, shape.layers // 3))
        special = [
            config.pad_token_id,
            getattr(config, "cls_token_id", 0),
            getattr(config, "sep_token_id", 0),
        ]
        return ReplacedLoss(model, build_model(small, config.vocab_size, *special))
    raise ConfigError(f"objective is {name!r}; choose one of {', '.join(OBJECTIVES)}")
