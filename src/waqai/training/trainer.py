"""transformers.Trainer with our sampler, our optimizer groups, and dev scores over whole articles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import nn
from torch.utils.data import Dataset, Sampler
from transformers import Trainer

from waqai.decoding import Annotator
from waqai.encoding import IGNORED
from waqai.evaluation.documents import pair_documents, score_document, total
from waqai.models.joint import DEFAULT_LOSS_WEIGHTS
from waqai.schema import Document
from waqai.training import processes
from waqai.training.batching import MixedSampler

OVERALL = ("entities", "trigger_classification", "argument_classification", "relations")
"""The tasks whose mean F1 is ``overall_f1``."""

LOSS_LABELS = {
    "entities": "entity_labels",
    "unions": "union_labels",
    "triggers": "trigger_labels",
    "modes": "mode_labels",
    "auxiliaries": "auxiliary_labels",
    "pairs": "pair_labels",
}
"""Each head's loss, and the labels whose number its mean is over."""


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

    def compute_loss(self, model: nn.Module, inputs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """The loss of a batch; on several processes, such that the mean of theirs is that of the whole batch.

        A head's loss is a mean over the words it is labelled on, or over pairs. Where a process holds more of them
        than the others, its mean counts more.
        """
        if processes.process_count() == 1:
            return super().compute_loss(model, inputs, *args, **kwargs)
        usual = self.model.config.loss_weights
        mine = _label_counts(inputs)
        shares = processes.process_count() * mine.clamp(min=1) / processes.total(mine).clamp(min=1)
        weights = {**DEFAULT_LOSS_WEIGHTS, **usual}
        try:
            self.model.config.loss_weights = {
                name: weights[name] * share for name, share in zip(LOSS_LABELS, shares.tolist(), strict=True)
            }
            return super().compute_loss(model, inputs, *args, **kwargs)
        finally:
            self.model.config.loss_weights = usual

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
        dev = processes.my_share(self._dev)
        settings = replace(self._annotator.settings, transitions=self.model.transitions())  # as they are by now
        predicted = list(replace(self._annotator, settings=settings).annotate(dev))
        scores = total(
            processes.gathered([score_document(gold, mine) for gold, mine in pair_documents(dev, predicted)])
        )
        spoken_of = [scores[name].f1 for name in OVERALL if scores[name].gold]
        metrics = {f"{metric_key_prefix}_{name}_f1": counts.f1 for name, counts in scores.items() if counts.gold}
        metrics[f"{metric_key_prefix}_overall_f1"] = sum(spoken_of) / max(len(spoken_of), 1)
        self.log(metrics)
        self.control: Any = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def _label_counts(inputs: dict[str, Any]) -> torch.Tensor:
    """Over how much each of ``LOSS_LABELS`` takes its mean: words with a label in some layer, or pairs."""
    counts = []
    for name in LOSS_LABELS.values():
        labels = inputs[name]
        known = labels != IGNORED
        counts.append(
            len(labels) if name == "pair_labels" else int((known.any(-1) if known.dim() > 2 else known).sum())
        )
    return torch.tensor(counts, dtype=torch.float64, device=inputs["input_ids"].device)
