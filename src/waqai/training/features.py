"""Gold documents as label arrays over windows."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from waqai.encoding import (
    BEGIN,
    DENIED,
    IGNORED,
    INSIDE,
    NOT_OUTSIDE,
    OUTSIDE,
    EncodedDocument,
    LabelSpace,
    SubwordTokenizer,
    Window,
    candidate_pairs,
    encode_documents,
)
from waqai.schema import Document, Mention, Trigger
from waqai.training.mapping import Coverage

log = logging.getLogger(__name__)

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class WindowFeatures:
    """A window with its labels.

    Attributes:
        encoded, window: what ``encoding.make_batch`` takes.
        entities: ``(W, T)``; unions: ``(W, G)``; triggers, modes, auxiliaries: ``(W,)``; ``IGNORED`` where unknown,
            ``NOT_OUTSIDE`` where an entity begins or goes on, ``DENIED - k`` where a trigger is not of type ``k``.
        spans: ``(M, 3)``: first and last word of the window (both included) and mention type.
        pairs: ``(P, 4)``: head, tail, distance bucket, sentences from the tail to the head; pair_labels: ``(P, R)``.
    """

    encoded: EncodedDocument
    window: Window
    entities: IntArray
    unions: IntArray
    triggers: IntArray
    modes: IntArray
    auxiliaries: IntArray
    spans: IntArray
    pairs: IntArray
    pair_labels: NDArray[np.float32]

    @property
    def length(self) -> int:
        """Subwords of the window, framing included."""
        offsets = self.encoded.offsets
        return int(offsets[self.window.last] - offsets[self.window.first]) + 2


@dataclass(frozen=True)
class FeatureBuilder:
    """Builds the windows of documents.

    Args:
        unions: every group of types that some corpus labels as one, in the order of ``WindowFeatures.unions``.
    """

    labels: LabelSpace
    tokenizer: SubwordTokenizer
    max_subwords: int
    unions: tuple[tuple[str, ...], ...] = ()

    @property
    def union_members(self) -> list[list[int]]:
        """The unions as numbers of entity types."""
        number = {name: index for index, name in enumerate(self.labels.entity_types)}
        return [[number[name] for name in union] for union in self.unions]

    def build(self, documents: Sequence[Document], coverage: Coverage) -> list[WindowFeatures]:
        """All windows of documents that a corpus of this coverage labelled."""
        encoded = list(encode_documents(documents, self.tokenizer, self.max_subwords))
        if lost := sum(_broken(one) for one in encoded):
            log.warning("%d mentions do not cover whole words and are not learnt; waqai validate names them", lost)
        return [feature for one in encoded for feature in self._build_document(one, coverage)]

    def _build_document(self, encoded: EncodedDocument, coverage: Coverage) -> Iterable[WindowFeatures]:
        starts = {word.start: index for index, word in enumerate(encoded.words)}
        ends = {word.end: index for index, word in enumerate(encoded.words)}
        entities, unions = self._entity_labels(encoded, coverage, starts, ends)
        triggers, modes, auxiliaries = self._trigger_labels(encoded, coverage, starts, ends)
        types = {name: index for index, name in enumerate(self.labels.mention_types)}
        document = encoded.document
        mentions = [
            mention
            for mention in document.mentions
            if (coverage.triggers or coverage.roles)
            and mention.start in starts
            and mention.end in ends
            and mention.type in types
        ]
        spans = np.array(
            [(starts[mention.start], ends[mention.end], self._type_number(mention, types)) for mention in mentions],
            dtype=np.int64,
        ).reshape(-1, 3)
        index_of = {(isinstance(mention, Trigger), mention.key): index for index, mention in enumerate(mentions)}
        gold: dict[tuple[int, int], list[int]] = {}
        for relation in document.relations:
            head = index_of.get((relation.is_argument, relation.head.key))
            tail = index_of.get((False, relation.tail.key))
            if head is not None and tail is not None and relation.type in self.labels.pair_names:
                gold.setdefault((head, tail), []).append(self.labels.pair_names.index(relation.type))
        for window in encoded.windows:
            inside = np.flatnonzero((spans[:, 0] >= window.first) & (spans[:, 1] < window.last))
            pairs, pair_labels = self._pairs(encoded, spans, inside, gold, coverage)
            local = spans[inside] - np.array([window.first, window.first, 0])
            rows = slice(window.first, window.last)
            yield WindowFeatures(
                encoded,
                window,
                entities[rows],
                unions[rows],
                triggers[rows],
                modes[rows],
                auxiliaries[rows],
                local,
                pairs,
                pair_labels,
            )

    def _type_number(self, mention: Mention, types: dict[str, int]) -> int:
        if isinstance(mention, Trigger):  # an entity type may be called as an event type is
            return len(self.labels.entity_types) + self.labels.scheme.trigger_names.index(mention.type)
        return types[mention.type]

    def _entity_labels(
        self, encoded: EncodedDocument, coverage: Coverage, starts: dict[int, int], ends: dict[int, int]
    ) -> tuple[IntArray, IntArray]:
        types = self.labels.entity_types
        labels = np.full((len(encoded.words), len(types)), IGNORED, dtype=np.int64)
        labels[:, [index for index, name in enumerate(types) if name in coverage.exact]] = OUTSIDE
        unions = np.full((len(encoded.words), len(self.unions)), IGNORED, dtype=np.int64)
        complete = [union for union in coverage.unions if coverage.names.isdisjoint(union)]
        unions[:, [index for index, union in enumerate(self.unions) if union in complete]] = OUTSIDE
        for entity in () if coverage.roles else encoded.document.entities:
            first, last = starts.get(entity.start), ends.get(entity.end)
            if first is None or last is None:
                continue
            rows = slice(first, last + 1)
            tags = np.full(last + 1 - first, INSIDE)
            tags[0] = BEGIN if coverage.names.isdisjoint(entity.type.split("|")) else NOT_OUTSIDE
            if coverage.flat:  # what lies inside or across another mention, this corpus cannot say
                labels[rows] = IGNORED
                unions[rows] = IGNORED
            if entity.type in types:
                labels[rows, types.index(entity.type)] = tags
            elif (union := tuple(entity.type.split("|"))) in self.unions:
                unions[rows, self.unions.index(union)] = tags
            if coverage.flat:
                self._deny_others(labels[rows], entity.type, coverage)
        return labels, unions

    def _deny_others(self, rows: IntArray, kind: str, coverage: Coverage) -> None:
        """A flat mention of one name type is not, as a whole, of another: its first word begins none of them."""
        if kind.startswith("?"):
            return
        own = set(kind.split("|"))
        for index, name in enumerate(self.labels.entity_types):
            if name == "PERS" and name in coverage.exact and name not in own and rows[0, index] == IGNORED:
                rows[0, index] = OUTSIDE

    def _trigger_labels(
        self, encoded: EncodedDocument, coverage: Coverage, starts: dict[int, int], ends: dict[int, int]
    ) -> tuple[IntArray, IntArray, IntArray]:
        names = self.labels.scheme.trigger_names
        known = OUTSIDE if coverage.triggers else IGNORED
        if denied := coverage.denied.get(encoded.document.id):
            known = DENIED - names.index(denied)
        triggers = np.full(len(encoded.words), known, dtype=np.int64)
        modes = np.full(len(encoded.words), IGNORED, dtype=np.int64)
        auxiliaries = np.full(len(encoded.words), IGNORED, dtype=np.int64)
        for trigger in encoded.document.triggers:
            first, last = starts.get(trigger.start), ends.get(trigger.end)
            if first is None or last is None or trigger.type not in names:
                continue
            number = names.index(trigger.type)
            triggers[first] = 2 * number + 1
            triggers[first + 1 : last + 1] = 2 * number + 2
            if coverage.triggers:
                modes[first] = self.labels.modes.index((trigger.type, trigger.mode) if trigger.mode else None)
                auxiliaries[first] = self.labels.auxiliaries.index(trigger.auxiliary)
        return triggers, modes, auxiliaries

    def _pairs(
        self,
        encoded: EncodedDocument,
        spans: IntArray,
        inside: IntArray,
        gold: dict[tuple[int, int], list[int]],
        coverage: Coverage,
    ) -> tuple[IntArray, NDArray[np.float32]]:
        roles = len(self.labels.pair_names)
        if not len(inside):
            return np.empty((0, 4), np.int64), np.empty((0, roles), np.float32)
        chosen = spans[inside]
        pairs, buckets = candidate_pairs(
            chosen[:, 0],
            chosen[:, 1] + 1,
            chosen[:, 2],
            encoded.sentence_of[chosen[:, 0]],
            self.labels.joinable,
            len(self.labels.entity_types),
        )
        labels = np.zeros((len(pairs), roles), dtype=np.float32)
        for row, (head, tail) in enumerate(inside[pairs].tolist()):
            labels[row, gold.get((head, tail), [])] = 1.0
        if coverage.roles:
            unsaid = [index for index, name in enumerate(self.labels.pair_names) if name not in coverage.roles]
            labels[:, unsaid] = IGNORED
            labels[chosen[pairs[:, 0], 2] < len(self.labels.entity_types)] = IGNORED
        sentences = encoded.sentence_of[chosen[pairs, 0]]
        return np.column_stack([pairs, buckets, sentences[:, 0] - sentences[:, 1]]), labels


def _broken(encoded: EncodedDocument) -> int:
    """How many mentions begin or end inside a word."""
    starts, ends = {word.start for word in encoded.words}, {word.end for word in encoded.words}
    return sum(mention.start not in starts or mention.end not in ends for mention in encoded.document.mentions)
