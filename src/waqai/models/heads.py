"""What reads the encoder: word pooling, the tagging heads and the relation head."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from waqai.encoding.labels import DISTANCE_BUCKETS, LabelSpace


def pool_words(subwords: Tensor, word_index: Tensor, words: int) -> Tensor:
    """Mean of each word's subwords.

    Args:
        subwords: ``(B, S, H)``.
        word_index: ``(B, S)``, the word each subword belongs to, -1 for none.
        words: ``W``, the longest row's number of words.

    Returns:
        ``(B, W, H)``; zeros for words a row does not have.
    """
    # A matrix product instead of a scatter: the same in training, in ONNX and on any device.
    membership = (word_index[:, None, :] == torch.arange(words, device=word_index.device)[None, :, None]).to(subwords)
    return membership @ subwords / membership.sum(-1, keepdim=True).clamp(min=1.0)


class TaggingHeads(nn.Module):
    """One BIO layer an entity type, one layer of triggers, and the triggers' mode and auxiliary."""

    def __init__(self, size: int, labels: LabelSpace, dropout: float) -> None:
        super().__init__()
        self.types = len(labels.entity_types)
        self.dropout = nn.Dropout(dropout)
        self.entities = nn.Linear(size, 3 * self.types)
        self.triggers = nn.Linear(size, labels.trigger_tags)
        self.modes = nn.Linear(size, len(labels.modes))
        self.auxiliaries = nn.Linear(size, len(labels.auxiliaries))

    def forward(self, words: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Score words ``(…, H)``: entities ``(…, T, 3)``, triggers ``(…, 2K+1)``, modes, auxiliaries."""
        words = self.dropout(words)
        entities = self.entities(words).unflatten(-1, (self.types, 3))
        return entities, self.triggers(words), self.modes(words), self.auxiliaries(words)


class RelationHead(nn.Module):
    """Scores ordered pairs of mentions for every role and relation at once.

    A mention is its first word, its last word and its type. ``biaffine`` multiplies the two (Dozat and Manning
    2018); ``concat`` reads both with the mean of the words between them (SpERT, Eberts and Ulges 2020, with mean
    for max pooling: a running sum makes it independent of distance).
    """

    def __init__(self, size: int, labels: LabelSpace, pair_size: int, kind: str, dropout: float) -> None:
        super().__init__()
        self.kind = kind
        roles = len(labels.pair_names)
        types = len(labels.mention_types)
        type_size = 48
        self.types = nn.Embedding(types, type_size)
        self.distance = nn.Embedding(len(DISTANCE_BUCKETS) + 1, pair_size if kind == "concat" else roles)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * size + type_size, pair_size)
        self.tail = nn.Linear(2 * size + type_size, pair_size)
        if kind == "biaffine":
            self.product = nn.Parameter(torch.zeros(roles, pair_size + 1, pair_size + 1))
            nn.init.normal_(self.product, std=0.02)
        else:
            self.between = nn.Linear(size, pair_size)
            self.hidden = nn.Linear(pair_size, pair_size)
            self.output = nn.Linear(pair_size, roles)

    def set_prior(self, logit: float) -> None:
        """Start every label at this logit."""
        bias = self.distance.weight if self.kind == "biaffine" else self.output.bias
        nn.init.constant_(bias, logit)

    def forward(self, states: Tensor, spans: Tensor, pairs: Tensor) -> Tensor:
        """Score pairs.

        Args:
            states: ``(N, H)``, words in the order of the text.
            spans: ``(M, 3)``: first and last word (both included) and mention type.
            pairs: ``(P, 3)``: head mention, tail mention, distance bucket.

        Returns:
            Logits ``(P, R)``.
        """
        states = self.dropout(states)
        mention = torch.cat([states[spans[:, 0]], states[spans[:, 1]], self.types(spans[:, 2])], dim=-1)
        head = self.head(mention)[pairs[:, 0]]
        tail = self.tail(mention)[pairs[:, 1]]
        if self.kind == "biaffine":
            one = torch.ones_like(head[:, :1])
            head = torch.cat([self.dropout(torch.relu(head)), one], dim=-1)
            tail = torch.cat([self.dropout(torch.relu(tail)), one], dim=-1)
            scores: Tensor = torch.einsum("pi,rij,pj->pr", head, self.product, tail) + self.distance(pairs[:, 2])
            return scores
        running = torch.cat([torch.zeros_like(states[:1]), states.cumsum(0)])
        first, second = spans[pairs[:, 0]], spans[pairs[:, 1]]
        # From the end of the earlier mention to the start of the later one; empty where they touch or nest.
        begin = torch.minimum(first[:, 1], second[:, 1]) + 1
        end = torch.maximum(first[:, 0], second[:, 0])
        end = torch.maximum(begin, end)
        length = (end - begin).clamp(min=1).to(states.dtype)
        between = (running[end] - running[begin]) / length[:, None]
        joined = head + tail + self.between(between) + self.distance(pairs[:, 2])
        hidden = torch.nn.functional.gelu(self.dropout(joined))
        hidden = hidden + torch.nn.functional.gelu(self.hidden(hidden) + head * tail)
        output: Tensor = self.output(self.dropout(hidden))
        return output
