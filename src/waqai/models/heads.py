"""What reads the encoder: word pooling, the tagging heads and the relation head."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from waqai.encoding.labels import DISTANCE_BUCKETS, LabelSpace
from waqai.schema.scheme import MAX_SENTENCES_BACK

ATTRIBUTE_HEADS = ("word", "attention")
RELATION_HEADS = ("concat", "biaffine")
PAIR_FEATURES = ("distance", "context")
MAX_BETWEEN = 8
"""Mentions between the two of a pair are counted up to here."""


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


def real_words(word_index: Tensor, words: int) -> Tensor:
    """Which of ``W`` words each row has, ``(B, W)``; arguments as in ``pool_words``."""
    return torch.arange(words, device=word_index.device)[None, :] <= word_index.amax(1, keepdim=True)


class TriggerContext(nn.Module):
    """Each word with what it attends to among the window's words.

    The sign of a future, a negation or a condition often stands on another word than the trigger, such as the verb
    that governs a noun; a linear layer over the trigger's own word sees it only if the encoder carried it there.
    Attention of several heads (Vaswani et al. 2017) with a learned score for each distance, cut at ``REACH`` words
    (Shaw et al. 2018, section 3.2).
    """

    HEADS = 4
    REACH = 24

    def __init__(self, size: int, dropout: float) -> None:
        super().__init__()
        self.size = size
        self.project = nn.Linear(size, 3 * size)
        self.position = nn.Embedding(2 * self.REACH + 1, self.HEADS)
        self.join = nn.Linear(2 * size, size)
        self.dropout = nn.Dropout(dropout)

    def forward(self, words: Tensor, real: Tensor) -> Tensor:
        """Words ``(B, W, H)`` with their context, ``(B, W, H)``; ``real``: ``(B, W)``, false for padding."""
        query, key, value = (
            part.unflatten(-1, (self.HEADS, self.size // self.HEADS)).transpose(1, 2)
            for part in self.project(words).split(self.size, dim=-1)
        )
        place = torch.arange(words.shape[1], device=words.device)
        steps = (place[None, :] - place[:, None]).clamp(-self.REACH, self.REACH) + self.REACH
        scores = self.position(steps).permute(2, 0, 1)[None] + torch.where(real, 0.0, -1e4)[:, None, None, :]
        seen = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=scores.to(query.dtype))
        joined = self.join(torch.cat([words, seen.transpose(1, 2).flatten(2)], dim=-1))
        with_context: Tensor = self.dropout(nn.functional.gelu(joined)) + words
        return with_context


class TaggingHeads(nn.Module):
    """One BIO layer an entity type, one layer of triggers, and the triggers' mode and auxiliary.

    Args:
        attributes: what mode and auxiliary are read from: the trigger's ``word``, or its context by ``attention``.
    """

    def __init__(self, size: int, labels: LabelSpace, dropout: float, attributes: str = "word") -> None:
        super().__init__()
        self.types = len(labels.entity_types)
        self.dropout = nn.Dropout(dropout)
        self.entities = nn.Linear(size, 3 * self.types)
        self.triggers = nn.Linear(size, labels.trigger_tags)
        self.context = TriggerContext(size, dropout) if attributes == "attention" else None
        self.modes = nn.Linear(size, len(labels.modes))
        self.auxiliaries = nn.Linear(size, len(labels.auxiliaries))

    def forward(self, words: Tensor, real: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Score words ``(B, W, H)``: entities ``(B, W, T, 3)``, triggers ``(B, W, 2K+1)``, modes, auxiliaries.

        Args:
            words: states of words.
            real: ``(B, W)``, false for padding.
        """
        words = self.dropout(words)
        entities = self.entities(words).unflatten(-1, (self.types, 3))
        read = words if self.context is None else self.context(words, real)
        return entities, self.triggers(words), self.modes(read), self.auxiliaries(read)


class RelationHead(nn.Module):
    """Scores ordered pairs of mentions for every role and relation at once.

    A mention is its first word, its last word and its type. ``biaffine`` multiplies the two (Dozat and Manning
    2018); ``concat`` reads both with the mean of the words between them (SpERT, Eberts and Ulges 2020, with mean
    for max pooling: a running sum makes it independent of distance).

    Args:
        features: what is known of a pair besides: the ``distance`` in words, or its ``context``: also how many
            sentences back the tail stands and how many mentions begin between the two.
        compete: a pair also sees the mean of the other pairs of its head and of its tail (message passing over the
            graph of pairs), so that candidates for one role know of each other; ``concat`` only.
    """

    def __init__(
        self,
        size: int,
        labels: LabelSpace,
        pair_size: int,
        kind: str,
        dropout: float,
        features: str = "distance",
        compete: bool = False,
    ) -> None:
        super().__init__()
        self.kind = kind
        roles = len(labels.pair_names)
        types = len(labels.mention_types)
        type_size = 48
        feature_size = pair_size if kind == "concat" else roles
        self.types = nn.Embedding(types, type_size)
        self.distance = nn.Embedding(len(DISTANCE_BUCKETS) + 1, feature_size)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(2 * size + type_size, pair_size)
        self.tail = nn.Linear(2 * size + type_size, pair_size)
        with_context = features == "context"
        self.sentences = nn.Embedding(MAX_SENTENCES_BACK + 1, feature_size) if with_context else None
        self.crowd = nn.Embedding(MAX_BETWEEN + 1, feature_size) if with_context else None
        self.rivals = nn.Linear(3 * pair_size, pair_size) if compete else None
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
            pairs: ``(P, 4)``: head mention, tail mention, distance bucket, and how many sentences back the tail
                stands; the last is read with ``context`` only and may be left out otherwise.

        Returns:
            Logits ``(P, R)``.
        """
        states = self.dropout(states)
        mention = torch.cat([states[spans[:, 0]], states[spans[:, 1]], self.types(spans[:, 2])], dim=-1)
        head = self.head(mention)[pairs[:, 0]]
        tail = self.tail(mention)[pairs[:, 1]]
        begin, end = _gaps(spans, pairs)
        known = self.distance(pairs[:, 2])
        if self.sentences is not None and self.crowd is not None:
            ones = torch.ones_like(spans[:, :1], dtype=torch.float32)
            starts = _sum_by(spans[:, 0] + 1, ones, states.shape[0] + 1)[:, 0].cumsum(0)  # that begin before each word
            known = known + self.sentences(pairs[:, 3].clamp(0, MAX_SENTENCES_BACK))
            known = known + self.crowd((starts[end] - starts[begin]).clamp(0, MAX_BETWEEN).to(torch.int64))
        if self.kind == "biaffine":
            one = torch.ones_like(head[:, :1])
            head = torch.cat([self.dropout(torch.relu(head)), one], dim=-1)
            tail = torch.cat([self.dropout(torch.relu(tail)), one], dim=-1)
            scores: Tensor = torch.einsum("pi,rij,pj->pr", head, self.product, tail) + known
            return scores
        # Projected before they are summed: there are fewer words than pairs. Summed in full precision: the difference
        # of two long sums of bf16 numbers is mostly noise.
        seen = nn.functional.linear(states, self.between.weight).float()
        running = torch.cat([torch.zeros_like(seen[:1]), seen]).cumsum(0)
        length = (end - begin).clamp(min=1).float()
        between = (running[end] - running[begin]) / length[:, None] + self.between.bias
        joined = head + tail + between + known
        hidden = nn.functional.gelu(self.dropout(joined))
        hidden = hidden + nn.functional.gelu(self.hidden(hidden) + head * tail)
        if self.rivals is not None:
            own, *theirs = self.rivals.weight.chunk(3, dim=1)
            met = nn.functional.linear(hidden, own, self.rivals.bias)
            for column, weight in enumerate(theirs):  # projected a mention, not a pair, at a time
                mean = _mean_by(pairs[:, column], hidden.float(), spans.shape[0])
                met = met + nn.functional.linear(mean, weight)[pairs[:, column]]
            hidden = hidden + nn.functional.gelu(met)
        output: Tensor = self.output(self.dropout(hidden))
        return output


def _gaps(spans: Tensor, pairs: Tensor) -> tuple[Tensor, Tensor]:
    """The words from the end of a pair's earlier mention to the start of the later; none where they touch or nest."""
    first, second = spans[pairs[:, 0]], spans[pairs[:, 1]]
    begin = torch.minimum(first[:, 1], second[:, 1]) + 1
    end = torch.maximum(first[:, 0], second[:, 0])
    return begin, torch.maximum(begin, end)


def _sum_by(index: Tensor, rows: Tensor, size: int) -> Tensor:
    """Sums of the rows ``(P, D)`` that share an index ``(P,)``, shape ``(size, D)``."""
    return rows.new_zeros(size, rows.shape[1]).index_add(0, index, rows)


def _mean_by(index: Tensor, rows: Tensor, size: int) -> Tensor:
    """Means of the rows ``(P, D)`` that share an index ``(P,)``, shape ``(size, D)``; zeros where there are none."""
    return _sum_by(index, rows, size) / _sum_by(index, torch.ones_like(rows[:, :1]), size).clamp(min=1)
