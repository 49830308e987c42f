"""transformers.Trainer with our sampler, our optimizer groups, and dev scores over whole articles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import nn
from torch.utils.data import Dataset, Sampler
from transformers import Trainer

from waqai.decoding import Annotator
from waqai.evaluation.documents import pair_documents, score_document, total
from waqai.schema import Document
from waqai.training.batching import MixedSampler

OVERALL = ("entities", "trigger_classification", "argument_classification", "relations")
"""The tasks whose mean F1 is ``overall_f1``."""


class JointTrainer(Trainer):
    """Trains a ``JointModel``; dev scores count articles, not batches, so nothing a window cuts is forgiven.

    Args:
        annotator: what annotates the dev articles; its engine runs the model in training.
        dev: gold articles; sampler: the order of training windows.
        head_learning_rate: of everything above the encoder.
    """

    def __init__(
        self,
        annotator: Annotator,
        dev: Sequence[Document],
        sampler: MixedSampler,
        head_learning_rate: float,
        **kwargs: Any,
    ) -> None:
        self._annotator = annotator
        self._dev = list(dev)
        self._sampler = sampler
        self._head_learning_rate = head_learning_rate
        # The trainer asks for a set to evaluate on; evaluate() reads the articles themselves.
        super().__init__(eval_dataset=self._dev or None, **kwargs)

    def _get_train_sampler(self, train_dataset: Dataset[Any] | None = None) -> Sampler[int]:
        return self._sampler

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """AdamW with a higher rate for the new heads, and no decay of biases and norms."""
        groups: dict[tuple[float, float], list[nn.Parameter]] = {}
        for name, parameter in (model if model is not None else self.model).named_parameters():
            if parameter.requires_grad:
                plain = name.removeprefix("module.").startswith("encoder.")
                rate = self.args.learning_rate if plain else self._head_learning_rate
                decay = self.args.weight_decay if parameter.ndim > 1 else 0.0
                groups.setdefault((rate, decay), []).append(parameter)
        self.optimizer = torch.optim.AdamW(
            [{"params": found, "lr": rate, "weight_decay": decay} for (rate, decay), found in groups.items()],
            fused=True,
        )
        return self.optimizer

    def evaluate(self, *_: Any, metric_key_prefix: str = "eval", **__: Any) -> dict[str, float]:
        """Annotate the dev articles and score them."""
        predicted = list(self._annotator.annotate(self._dev))
        scores = total(score_document(gold, mine) for gold, mine in pair_documents(self._dev, predicted))
        spoken_of = [scores[name].f1 for name in OVERALL if scores[name].gold]
        metrics = {f"{metric_key_prefix}_{name}_f1": counts.f1 for name, counts in scores.items() if counts.gold}
        metrics[f"{metric_key_prefix}_overall_f1"] = sum(spoken_of) / max(len(spoken_of), 1)
        self.log(metrics)
        self.control: Any = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics
