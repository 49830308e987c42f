"""The probe that chooses between encoders: fine-tune on named entities, score strictly on held-out sentences.

One linear layer over the encoder, one label set a layer of tags; nothing is tuned per encoder, so that
scores compare.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from seqeval.metrics import f1_score
from seqeval.scheme import IOB2
from torch import nn
from transformers import (
    AutoConfig,
    AutoModel,
    AutoTokenizer,
    PreTrainedModel,
    PreTrainedTokenizerFast,
)

from waqai.errors import ModelError
from waqai.pretraining.conll import TaggedSentence

_log = logging.getLogger(__name__)
IGNORED = -100


@dataclass(frozen=True, slots=True)
class FineTuning:
    """How the probe trains; the same for every encoder.

    Args:
        epochs: passes over the training sentences.
        subwords: subwords in a batch, padding included.
        longest: subwords of a sentence that the encoder sees; words beyond count as missed.
        lr: peak learning rate, reached after a tenth of the steps, then linear to zero.
        weight_decay: decoupled weight decay.
        dropout: on the encoder's output and inside its layers.
        hidden_words: share of subwords replaced by ``[MASK]`` in training, against learning names by heart.
        bf16: autocast to bfloat16.
    """

    epochs: int = 8
    subwords: int = 2048
    longest: int = 256
    lr: float = 5e-4
    weight_decay: float = 0.01
    dropout: float = 0.1
    hidden_words: float = 0.1
    bf16: bool = True


@dataclass(frozen=True, slots=True)
class Encoded:
    """One sentence as subwords: ids ``(T,)``, words' first subwords ``(W,)``, labels ``(W, L)``."""

    ids: list[int]
    firsts: list[int]
    labels: list[list[int]]


class Tagger(nn.Module):
    """An encoder under one linear layer that scores the labels of every layer of tags.

    Args:
        encoder: any Hugging Face encoder.
        sizes: number of labels of each layer.
        dropout: on the encoder's output.
    """

    def __init__(self, encoder: PreTrainedModel, sizes: list[int], dropout: float) -> None:
        super().__init__()
        self.encoder = encoder
        self.sizes = sizes
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(encoder.config.hidden_size, sum(sizes))

    def forward(self, ids: torch.Tensor, attention: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Return for each layer the scores of its labels, shape ``(B, T, labels)``."""
        hidden = self.encoder(input_ids=ids, attention_mask=attention).last_hidden_state
        return torch.split(self.head(self.dropout(hidden)).float(), self.sizes, dim=-1)


def load_encoder(path: Path, pretrained: bool, dropout: float) -> tuple[PreTrainedModel, PreTrainedTokenizerFast]:
    """Load encoder and tokenizer; with ``pretrained`` false the weights are random, for the baseline.

    Raises:
        ModelError: the folder holds no Hugging Face encoder.
    """
    try:
        config = AutoConfig.from_pretrained(path, local_files_only=True)
        for name in (
            "attention_dropout",
            "mlp_dropout",
            "embedding_dropout",
            "hidden_dropout_prob",
        ):
            if hasattr(config, name):
                setattr(config, name, dropout)
        tokenizer: Any = AutoTokenizer.from_pretrained(path, local_files_only=True)
        stock: Any = AutoModel
        if pretrained:
            model = stock.from_pretrained(path, config=config, dtype=torch.float32, local_files_only=True)
        else:
            model = stock.from_config(config, dtype=torch.float32)
        return model, tokenizer
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} holds no encoder ({error}); run scripts/export_encoder.py first") from error


def encode(
    sentences: list[TaggedSentence],
    tokenizer: PreTrainedTokenizerFast,
    labels: list[list[str]],
    longest: int,
) -> list[Encoded]:
    """Turn tagged sentences into subwords and label numbers."""
    numbers = [{label: number for number, label in enumerate(layer)} for layer in labels]
    encoded = []
    for sentence in sentences:
        batch = tokenizer(
            list(sentence.words),
            is_split_into_words=True,
            truncation=True,
            max_length=longest,
        )
        firsts = [-1] * len(sentence.words)
        for place, word in reversed(list(enumerate(batch.word_ids()))):
            if word is not None:
                firsts[word] = place
        tags = [
            [numbers[layer].get(sentence.layers[layer][word], 0) for layer in range(len(labels))]
            for word in range(len(sentence.words))
        ]
        encoded.append(Encoded(batch["input_ids"], firsts, tags))
    return encoded


def batches(data: list[Encoded], subwords: int, rng: np.random.Generator | None) -> Iterator[list[int]]:
    """Yield indices of sentences of like length, at most ``subwords`` together; shuffled with ``rng``."""
    noise = rng.integers(0, 8, len(data)) if rng is not None else np.zeros(len(data))
    order = sorted(range(len(data)), key=lambda index: len(data[index].ids) + noise[index])
    groups: list[list[int]] = []
    for index in order:
        width = len(data[index].ids)
        if not groups or (len(groups[-1]) + 1) * width > subwords:
            groups.append([])
        groups[-1].append(index)
    if rng is not None:
        rng.shuffle(groups)
    yield from groups


def _tensors(
    data: list[Encoded], group: list[int], pad: int, layers: int
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    width = -(-max(len(data[index].ids) for index in group) // 8) * 8
    ids = torch.full((len(group), width), pad)
    targets = torch.full((len(group), width, layers), IGNORED)
    for row, index in enumerate(group):
        item = data[index]
        ids[row, : len(item.ids)] = torch.tensor(item.ids)
        for first, label in zip(item.firsts, item.labels, strict=True):
            if first >= 0:
                targets[row, first] = torch.tensor(label)
    return ids, (ids != pad).long(), targets


def probe(
    encoder: Path,
    train: list[TaggedSentence],
    development: list[TaggedSentence],
    settings: FineTuning,
    seed: int,
    pretrained: bool = True,
    device: str = "cpu",
) -> float:
    """Fine-tune the encoder once and return strict F1 (0 to 100) over all layers of the development data.

    Raises:
        ModelError: the folder holds no encoder.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    model, tokenizer = load_encoder(encoder, pretrained, settings.dropout)
    depth = len(train[0].layers)
    labels = [
        sorted({tag for s in train for tag in s.layers[layer]} | {"O"}, key=_outside_first) for layer in range(depth)
    ]
    data = encode(train, tokenizer, labels, settings.longest)
    tagger = Tagger(model, [len(layer) for layer in labels], settings.dropout).to(device)
    optimizer = torch.optim.AdamW(
        tagger.parameters(),
        lr=settings.lr,
        weight_decay=settings.weight_decay,
        fused=True,
    )
    total = settings.epochs * sum(1 for _ in batches(data, settings.subwords, rng))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / max(0.1 * total, 1), max(0.0, (total - step) / (0.9 * total))),
    )
    special = torch.tensor(tokenizer.all_special_ids)
    for epoch in range(settings.epochs):
        tagger.train()
        losses = []
        for group in batches(data, settings.subwords, rng):
            ids, attention, targets = _tensors(data, group, int(tokenizer.pad_token_id), depth)
            hide = (torch.rand(ids.shape) < settings.hidden_words) & ~torch.isin(ids, special)
            ids[hide] = int(tokenizer.mask_token_id)
            with torch.autocast(device, torch.bfloat16, enabled=settings.bf16):
                scores = tagger(ids.to(device), attention.to(device))
            loss = sum(
                nn.functional.cross_entropy(score.flatten(0, 1), targets[..., layer].flatten().to(device))
                for layer, score in enumerate(scores)
            )
            assert isinstance(loss, torch.Tensor)
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.detach())
        _log.info("epoch %d loss %.4f", epoch + 1, float(torch.stack(losses).mean()))
    return score(tagger, tokenizer, development, labels, settings, device)


@torch.no_grad()
def score(
    tagger: Tagger,
    tokenizer: PreTrainedTokenizerFast,
    sentences: list[TaggedSentence],
    labels: list[list[str]],
    settings: FineTuning,
    device: str = "cpu",
) -> float:
    """Return the tagger's strict F1 (0 to 100); words the encoder did not see are predicted ``O``."""
    tagger.eval()
    data = encode(sentences, tokenizer, labels, settings.longest)
    gold: list[list[str]] = []
    predicted: list[list[str]] = []
    for group in batches(data, 4 * settings.subwords, None):
        ids, attention, _ = _tensors(data, group, int(tokenizer.pad_token_id), len(labels))
        with torch.autocast(device, torch.bfloat16, enabled=settings.bf16):
            scores = tagger(ids.to(device), attention.to(device))
        for layer, layer_scores in enumerate(scores):
            best = layer_scores.argmax(-1).cpu()
            for row, index in enumerate(group):
                gold.append(list(sentences[index].layers[layer]))
                predicted.append(
                    [labels[layer][int(best[row, first])] if first >= 0 else "O" for first in data[index].firsts]
                )
    return 100.0 * float(f1_score(gold, predicted, mode="strict", scheme=IOB2, zero_division=0))


def _outside_first(label: str) -> tuple[bool, str]:
    return label != "O", label
