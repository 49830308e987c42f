"""Articles to annotated articles: windows through an engine, scores to mentions, mentions to relations."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from waqai.decoding.chains import log_marginals
from waqai.decoding.engine import Engine, TagScores
from waqai.decoding.pairs import relate_in_parts
from waqai.decoding.scoring import Scored, Scorer
from waqai.decoding.tags import FloatArray, Spans, decode_layers, decode_triggers
from waqai.encoding import EncodedDocument, LabelSpace, SubwordTokenizer, candidate_pairs
from waqai.schema import Document, Entity, Mention, Relation, Trigger

_SUREST = 0.9999
"""What a model's confidence is at most: 1 is an annotator's, whose word no rule changes (``events.auxiliaries``)."""


@dataclass(frozen=True)
class DecodingSettings:
    """Thresholds and temperatures, chosen on dev data and saved with a model.

    A temperature divides a head's logits where they become confidences. It changes no decision of its own head; those
    of the mentions weigh in on relations, whose thresholds are on the probability that label and mentions are right.
    """

    entity_outside_bias: float = 0.0
    trigger_outside_bias: float = 0.0
    argument_threshold: float = 0.5
    relation_threshold: float = 0.5
    temperatures: dict[str, float] = field(default_factory=dict)
    auxiliary_none_bias: float = 0.0
    transitions: dict[str, list[Any]] = field(default_factory=dict)
    """Scores of neighbouring tags, ``(C, K + 1, K)``, of the heads that learnt any; see ``chains.log_marginals``."""

    def temperature(self, head: str) -> float:
        """The temperature of a head: entities, triggers or pairs."""
        return self.temperatures.get(head, 1.0)


@dataclass(frozen=True)
class Annotator:
    """Annotates articles with an engine.

    Args:
        subword_budget: padded subwords in one batch; with ``chunk``, what bounds the memory.
        chunk: articles that are batched together, so that windows of like length share a batch.
        workers: batches that the engine scores at a time.
    """

    engine: Engine
    tokenizer: SubwordTokenizer
    labels: LabelSpace
    settings: DecodingSettings = field(default_factory=DecodingSettings)
    max_subwords: int = 256
    subword_budget: int = 4096
    chunk: int = 64
    workers: int = 1

    def annotate(self, documents: Iterable[Document]) -> Generator[Document, None, None]:
        """Annotate articles, in their order; what they hold of annotation is replaced.

        They are taken in the caller's thread, up to three chunks before the first comes back.
        """
        with closing(self._score(documents)) as scored:
            for encoded, scores in scored:
                yield self.decode(encoded, scores)

    def score(self, documents: Iterable[Document]) -> list[Scored]:
        """Read articles and score their words; no score where an article has no running text."""
        return list(self._score(documents))

    def _score(self, documents: Iterable[Document]) -> Generator[Scored, None, None]:
        scorer = Scorer(
            self.engine, self.tokenizer, self.max_subwords, self.subword_budget, self.chunk, max(1, self.workers)
        )
        return scorer.score(documents)

    def smooth(self, one: EncodedDocument, scores: TagScores | None) -> TagScores | None:
        """The scores with what tags say of their neighbours worked in, where the settings hold transitions."""
        learnt = {name: np.array(rows, np.float32) for name, rows in self.settings.transitions.items()}
        if scores is None or not learnt:
            return scores
        return replace(
            scores,
            entities=log_marginals(scores.entities, learnt["entities"], _breaks(one)),
            triggers=log_marginals(scores.triggers[:, None], learnt["triggers"], _breaks(one))[:, 0],
        )

    def decode(self, one: EncodedDocument, scores: TagScores | None) -> Document:
        """The annotated article that scores give under these settings."""
        scores = self.smooth(one, scores)
        if scores is None:
            return one.document.with_annotation((), (), ())
        breaks = _breaks(one)
        entities = decode_layers(
            scores.entities, breaks, self.settings.entity_outside_bias, self.settings.temperature("entities")
        )
        triggers = decode_triggers(
            scores.triggers, breaks, self.settings.trigger_outside_bias, self.settings.temperature("triggers")
        )
        mentions: list[Mention] = [
            Entity(self.labels.entity_types[label], one.words[first].start, one.words[last - 1].end, None, confidence)
            for first, last, label, confidence in _rows(entities)
        ]
        modes, auxiliaries = self._attributes(scores, triggers)
        for (first, last, label, confidence), mode, auxiliary in zip(_rows(triggers), modes, auxiliaries, strict=True):
            name = self.labels.scheme.trigger_names[label]
            start, end = one.words[first].start, one.words[last - 1].end
            mentions.append(Trigger(name, start, end, mode, auxiliary, confidence))
        relations = self._relate(one, scores, entities, triggers, mentions)
        return one.document.with_annotation(
            tuple(mention for mention in mentions if isinstance(mention, Entity)),
            tuple(mention for mention in mentions if isinstance(mention, Trigger)),
            relations,
        )

    def _attributes(self, scores: TagScores, triggers: Spans) -> tuple[list[str | None], list[str | None]]:
        """Mode and auxiliary of each trigger, read at its first word; a mode is one of its type's."""
        mode_logits = scores.modes[triggers.first].copy()
        mode_logits[~self.labels.fitting_modes[triggers.label]] = -np.inf
        modes = [self.labels.modes[index] for index in mode_logits.argmax(-1)]
        auxiliary_logits = scores.auxiliaries[triggers.first].copy()
        auxiliary_logits[:, 0] += self.settings.auxiliary_none_bias
        auxiliaries = auxiliary_logits.argmax(-1)
        return [mode and mode[1] for mode in modes], [self.labels.auxiliaries[index] for index in auxiliaries]

    def _relate(
        self, one: EncodedDocument, scores: TagScores, entities: Spans, triggers: Spans, mentions: list[Mention]
    ) -> tuple[Relation, ...]:
        offset = len(self.labels.entity_types)
        first = np.concatenate([entities.first, triggers.first])
        last = np.concatenate([entities.last, triggers.last])
        label = np.concatenate([entities.label, triggers.label + offset])
        pairs, buckets = candidate_pairs(first, last, label, one.sentence_of[first], self.labels.joinable, offset)
        if not len(pairs):
            return ()
        spans = np.stack([first, last - 1, label], axis=1).astype(np.int64)
        sentences = one.sentence_of[first[pairs]]
        features = np.column_stack([pairs, buckets, sentences[:, 0] - sentences[:, 1]])
        logits = relate_in_parts(self.engine, scores.states, spans, features)
        fits = self.labels.allowed_pairs[:, label[pairs[:, 0]], label[pairs[:, 1]]].T
        # Right is a relation whose mentions are right too, so their doubts are its own.
        sure = np.concatenate([entities.confidence, triggers.confidence])[pairs].prod(axis=1)
        pair, kind = np.nonzero(self._choose_pairs(logits, sure, fits))
        confidence = _sigmoid(logits[pair, kind] / self.settings.temperature("pairs")) * sure[pair]
        names = self.labels.pair_names
        return tuple(
            Relation(
                names[name],
                mentions[head],
                _entity(mentions[tail]),
                _rounded(probability),
            )
            for name, (head, tail), probability in zip(
                kind.tolist(), pairs[pair].tolist(), confidence.tolist(), strict=True
            )
        )

    def _choose_pairs(self, logits: FloatArray, sure: FloatArray, fits: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """At most one label a pair: the likeliest that fits, if with its mentions it passes its threshold."""
        thresholds: FloatArray = np.where(
            np.arange(logits.shape[1]) < len(self.labels.scheme.roles),
            self.settings.argument_threshold,
            self.settings.relation_threshold,
        ).astype(np.float32)
        fitting = np.where(fits, logits, -np.inf)
        best = fits & (fitting == fitting.max(axis=1, keepdims=True))
        chosen: NDArray[np.bool_] = best & (_sigmoid(logits) * sure[:, None] > thresholds)
        return chosen


def _breaks(one: EncodedDocument) -> NDArray[np.bool_]:
    """Where a sentence begins."""
    breaks: NDArray[np.bool_] = np.diff(one.sentence_of, prepend=-1) != 0
    return breaks


def _rows(spans: Spans) -> Iterator[tuple[int, int, int, float]]:
    confidence = map(_rounded, spans.confidence.tolist())
    return zip(spans.first.tolist(), spans.last.tolist(), spans.label.tolist(), confidence, strict=True)


def _rounded(confidence: float) -> float:
    return min(round(confidence, 4), _SUREST)


def _entity(mention: Mention) -> Entity:
    assert isinstance(mention, Entity)  # allowed_pairs lets no trigger be a tail
    return mention


def _sigmoid(logits: FloatArray) -> FloatArray:
    return (1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
