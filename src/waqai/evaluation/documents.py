"""Scores of predicted annotation against gold, over documents; no tensors, no windows.

Definitions: entities and triggers by exact span and type; arguments as TextEE (Huang et al. 2024, section 3.2):
identification compares (span, event type), classification adds the role, and the ``attached`` scores add the
trigger's span. Relations by both spans, both types and label; ``same_as`` in either direction. Modes and
auxiliaries are compared on the triggers that both sides have.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from waqai.errors import DataError
from waqai.evaluation.counts import Counts
from waqai.schema import Document, Relation, Scheme, Trigger

SYMMETRIC = frozenset({"same_as"})
"""Relations that hold both ways."""

_Items = Callable[[Document], Iterable[Hashable]]


def _entities(document: Document) -> Iterable[Hashable]:
    return (entity.key for entity in document.entities)


def _trigger_spans(document: Document) -> Iterable[Hashable]:
    return {(trigger.start, trigger.end) for trigger in document.triggers}


def _triggers(document: Document) -> Iterable[Hashable]:
    return (trigger.key for trigger in document.triggers)


def _argument_spans(document: Document) -> Iterable[Hashable]:
    return {(a.tail.start, a.tail.end, a.head.type) for a in document.arguments}


def _argument_roles(document: Document) -> Iterable[Hashable]:
    return {(a.tail.start, a.tail.end, a.head.type, a.type) for a in document.arguments}


def _attached_spans(document: Document) -> Iterable[Hashable]:
    return {(a.head.key, a.tail.start, a.tail.end) for a in document.arguments}


def _attached_roles(document: Document) -> Iterable[Hashable]:
    return {(a.head.key, a.tail.start, a.tail.end, a.type) for a in document.arguments}


def _relations(document: Document) -> Iterable[Hashable]:
    return {_relation_key(relation) for relation in document.relations if not relation.is_argument}


def _relation_key(relation: Relation) -> Hashable:
    ends = (relation.head.key, relation.tail.key)
    return (relation.type, *(sorted(ends) if relation.type in SYMMETRIC else ends))


TASKS: Mapping[str, _Items] = {
    "entities": _entities,
    "trigger_identification": _trigger_spans,
    "trigger_classification": _triggers,
    "argument_identification": _argument_spans,
    "argument_classification": _argument_roles,
    "argument_attached_identification": _attached_spans,
    "argument_attached_classification": _attached_roles,
    "relations": _relations,
}


@dataclass(frozen=True)
class DocumentScores:
    """One article's counts: a task's, and within entities, triggers, arguments and relations a label's."""

    document: str
    tasks: Mapping[str, Counts]
    labels: Mapping[str, Mapping[str, Counts]] = field(default_factory=dict)


def pair_documents(gold: Sequence[Document], predicted: Sequence[Document]) -> list[tuple[Document, Document]]:
    """Match documents by id; one that was not predicted at all counts as predicted empty.

    Raises:
        DataError: an id occurs twice on one side, a prediction has no gold, or its text is another one.
    """
    for side, documents in (("gold", gold), ("predicted", predicted)):
        ids = Counter(document.id for document in documents)
        if twice := sorted(name for name, count in ids.items() if count > 1):
            raise DataError(f"{side} articles occur twice: {', '.join(twice[:5])}; an id names one article")
    by_id = {document.id: document for document in predicted}
    unknown = set(by_id) - {document.id for document in gold}
    if unknown:
        raise DataError(f"predicted articles without gold: {', '.join(sorted(unknown)[:5])}; ids are file names")
    pairs = []
    for document in gold:
        other = by_id.get(document.id, document.with_annotation((), (), ()))
        if other.text != document.text:
            raise DataError(f"the gold and the predicted text of {document.id} differ; offsets cannot be compared")
        pairs.append((document, other))
    return pairs


def score_document(gold: Document, predicted: Document, scheme: Scheme | None = None) -> DocumentScores:
    """Count one article.

    Args:
        gold: as it should be.
        predicted: the same article as a model reads it.
        scheme: where given, modes are compared only on event types that have any; the others cannot go wrong.
    """
    tasks = {name: Counts.of(items(gold), items(predicted)) for name, items in TASKS.items()}
    modes = _attribute_items(gold, predicted, "mode", scheme)
    auxiliaries = _attribute_items(gold, predicted, "auxiliary")
    tasks["modes"] = Counts.of(*modes)
    tasks["auxiliaries"] = Counts.of(*auxiliaries)
    labels = {
        "entities": _by_label(_entities(gold), _entities(predicted), lambda key: key[2]),
        "triggers": _by_label(_triggers(gold), _triggers(predicted), lambda key: key[2]),
        "arguments": _by_label(_argument_roles(gold), _argument_roles(predicted), lambda key: key[3]),
        "relations": _by_label(_relations(gold), _relations(predicted), lambda key: key[0]),
        "modes": _by_label(*modes, lambda key: f"{key[0][2]} {key[1]}"),
        "auxiliaries": _by_label(*auxiliaries, lambda key: key[1]),
    }
    return DocumentScores(gold.id, tasks, labels)


def _attribute_items(
    gold: Document, predicted: Document, name: str, scheme: Scheme | None = None
) -> tuple[list[tuple[Hashable, str]], list[tuple[Hashable, str]]]:
    """The attribute of every trigger that both have, as (trigger, value); equally many, so F1 is accuracy."""
    mine = {trigger.key: trigger for trigger in predicted.triggers}
    both = [
        (trigger, mine[trigger.key])
        for trigger in gold.triggers
        if trigger.key in mine and (scheme is None or _has_modes(scheme, trigger))
    ]
    return (
        [(theirs.key, getattr(theirs, name) or "none") for theirs, _ in both],
        [(ours.key, getattr(ours, name) or "none") for _, ours in both],
    )


def _has_modes(scheme: Scheme, trigger: Trigger) -> bool:
    kind = scheme.trigger_by_name.get(trigger.type)
    return kind is None or bool(kind.modes)


def _by_label(gold: Iterable[Hashable], predicted: Iterable[Hashable], label: Callable[..., str]) -> dict[str, Counts]:
    grouped: dict[str, tuple[list[Hashable], list[Hashable]]] = defaultdict(lambda: ([], []))
    for side, items in enumerate((gold, predicted)):
        for item in items:
            grouped[label(item)][side].append(item)
    return {name: Counts.of(*sides) for name, sides in sorted(grouped.items())}


def total(scores: Iterable[DocumentScores]) -> dict[str, Counts]:
    """Micro-averaged counts of each task."""
    sums: dict[str, Counts] = {}
    for score in scores:
        for name, counts in score.tasks.items():
            sums[name] = sums.get(name, Counts()) + counts
    return sums


def total_labels(scores: Iterable[DocumentScores]) -> dict[str, dict[str, Counts]]:
    """Counts of each label, within its layer."""
    sums: dict[str, dict[str, Counts]] = {}
    for score in scores:
        for layer, labels in score.labels.items():
            of_layer = sums.setdefault(layer, {})
            for name, counts in labels.items():
                of_layer[name] = of_layer.get(name, Counts()) + counts
    return sums
