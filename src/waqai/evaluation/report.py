"""One report for predicted articles against gold: every task's score with its interval, and tables by label.

The only place that scripts, the command line and cross-validation take scores from, so that two numbers of
one name are always the same number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from waqai.evaluation.confidence import calibration_errors
from waqai.evaluation.counts import Counts
from waqai.evaluation.documents import TASKS, DocumentScores, pair_documents, score_document, total_labels
from waqai.evaluation.intervals import bootstrap_f1
from waqai.evaluation.markdown import interval, numbers, percent, spoken, table
from waqai.evaluation.records import ASPECTS, match_records
from waqai.schema import Document, Entity, Scheme
from waqai.schema.record import EventRecord

Assemble = Callable[[Document, Scheme], Sequence[EventRecord]]
"""Makes a document's event records; ``waqai.events.assemble``, handed in because it stands above this layer."""

RECORDS = "records"
RESOLVED = "records_from_gold_mentions"
"""Records made of the gold mentions, their annotated date values taken away: what resolution alone loses."""
WHOLE = "record"
"""The aspect of ``match_records`` that asks for a record right in all its parts."""
ATTRIBUTES: Mapping[str, str] = {"mode_accuracy": "modes", "auxiliary_accuracy": "auxiliaries"}
"""Name in the report, and name among a document's counts."""


@dataclass(frozen=True, slots=True)
class Score:
    """A task's counts over all articles, with the 95 % interval of their F1 over articles."""

    counts: Counts
    interval: tuple[float, float]

    @classmethod
    def over(cls, counts: Sequence[Counts]) -> Score:
        """Add up one count an article."""
        return cls(sum(counts, Counts()), bootstrap_f1(counts))

    def to_json(self) -> dict[str, Any]:
        """Precision, recall, F1, support and interval, shares between 0 and 1."""
        return {**_plain(self.counts), "interval": [round(bound, 4) for bound in self.interval]}


@dataclass(frozen=True)
class Report:
    """What ``evaluate`` finds.

    Attributes:
        scores: a task's score by its name, in the order of ``TASKS``, then ``records`` where they were compared.
        accuracies: ``mode_accuracy`` and ``auxiliary_accuracy``; their F1 is the accuracy on the triggers found
            with their type, their support the number of those triggers.
        labels: counts by layer (entities, triggers, arguments, relations, modes, auxiliaries) and label, in the
            order of the scheme; in the layer ``records``, by the part of a record (type, actor, place, …).
        articles: counts by article and task.
        calibration: expected calibration error of entities, triggers, arguments and relations, of those that were
            predicted with a confidence.
        macro_f1: mean F1 of the entity types that gold or prediction holds (seqeval's ``macro avg``).
    """

    scores: Mapping[str, Score]
    accuracies: Mapping[str, Score] = field(default_factory=dict)
    labels: Mapping[str, Mapping[str, Counts]] = field(default_factory=dict)
    articles: Mapping[str, Mapping[str, Counts]] = field(default_factory=dict)
    macro_f1: float = 0.0
    calibration: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The form that ``waqai evaluate --json`` writes; ``records`` is null where they were not compared."""
        tasks: dict[str, Any] = {name: score.to_json() for name, score in self.scores.items()}
        tasks["entities"]["macro_f1"] = round(self.macro_f1, 4)
        tasks.setdefault(RECORDS, None)
        for name, score in self.accuracies.items():
            plain = score.to_json()
            tasks[name] = {"accuracy": plain["f1"], "support": plain["support"], "interval": plain["interval"]}
        return {
            "documents": len(self.articles),
            **tasks,
            "calibration_error": dict(self.calibration),
            "labels": {
                layer: {name: _plain(counts) for name, counts in labels.items()}
                for layer, labels in self.labels.items()
            },
            "articles": {
                document: {name: round(counts.f1, 4) for name, counts in tasks.items() if counts.gold}
                for document, tasks in self.articles.items()
            },
        }

    def to_markdown(self) -> str:
        """Tables for a person: tasks with intervals, attributes, labels and articles."""
        parts = [
            f"{len(self.articles)} articles; intervals are 95 % bootstrap over articles.",
            table(
                ("task", "precision", "recall", "F1", "95 % interval", "support"),
                [_task_row(name, score) for name, score in self.scores.items()],
            ),
            f"Entities, mean F1 over types: {percent(self.macro_f1)}.",
        ]
        if self.accuracies:
            rows = [
                (spoken(name), percent(score.counts.f1), interval(score.interval), str(score.counts.support))
                for name, score in self.accuracies.items()
            ]
            parts.append(table(("on triggers found with their type", "accuracy", "95 % interval", "support"), rows))
        if self.calibration:
            errors = [(layer, percent(error)) for layer, error in self.calibration.items()]
            parts.append(table(("confidence", "expected calibration error"), errors))
        for layer, labels in self.labels.items():
            if labels:
                header = ("label", "precision", "recall", "F1", "support")
                parts.append(f"### {layer.capitalize()} by label")
                parts.append(table(header, [(name, *numbers(counts)) for name, counts in labels.items()]))
        if len(self.articles) > 1:
            parts += ["### F1 by article", self._articles()]
        return "\n\n".join(parts) + "\n"

    def _articles(self) -> str:
        tasks = tuple(self.scores)
        rows = [
            (document, *(percent(scores[name].f1) if scores[name].gold else "" for name in tasks))
            for document, scores in self.articles.items()
        ]
        return table(("article", *map(spoken, tasks)), rows)


def evaluate(
    gold: Sequence[Document], predicted: Sequence[Document], scheme: Scheme, *, assemble: Assemble | None = None
) -> Report:
    """Score predicted articles against gold, matched by id; an article not predicted counts as predicted empty.

    Args:
        gold: at least one article.
        predicted: articles of the same texts.
        scheme: orders the tables and says which event types have modes.
        assemble: makes the event records of both sides; without it records are not compared.

    Raises:
        DataError: an id occurs twice, a prediction has no gold, or its text is another one.
    """
    pairs = pair_documents(gold, predicted)
    found = [score_document(theirs, ours, scheme) for theirs, ours in pairs]
    if assemble is not None:
        found = [
            _with_records(
                scores,
                assemble(theirs, scheme),
                {RECORDS: assemble(ours, scheme), RESOLVED: assemble(_without_values(theirs), scheme)},
            )
            for scores, (theirs, ours) in zip(found, pairs, strict=True)
        ]
    names = (*TASKS, RECORDS, RESOLVED) if assemble is not None else tuple(TASKS)
    labels = _in_order(total_labels(found), scheme)
    of_types = list(labels.get("entities", {}).values())
    return Report(
        scores={name: Score.over([one.tasks[name] for one in found]) for name in names},
        accuracies={name: Score.over([one.tasks[task] for one in found]) for name, task in ATTRIBUTES.items()},
        labels=labels,
        articles={one.document: {name: one.tasks[name] for name in names} for one in found},
        calibration=calibration_errors(gold, predicted),
        macro_f1=sum(counts.f1 for counts in of_types) / max(len(of_types), 1),
    )


def _with_records(
    scores: DocumentScores, gold: Sequence[EventRecord], predicted: Mapping[str, Sequence[EventRecord]]
) -> DocumentScores:
    """The scores with those of the records: whole records as a task, their parts as labels of a layer."""
    for name, records in predicted.items():
        counts = match_records(gold, records)
        parts = {aspect: counts[aspect] for aspect in ASPECTS if aspect != WHOLE}
        tasks, labels = {**scores.tasks, name: counts[WHOLE]}, {**scores.labels, name: parts}
        scores = replace(scores, tasks=tasks, labels=labels)
    return scores


def _without_values(document: Document) -> Document:
    bare = {entity.key: replace(entity, value=None) for entity in document.entities}
    relations = tuple(
        replace(
            relation,
            head=bare[relation.head.key] if isinstance(relation.head, Entity) else relation.head,
            tail=bare[relation.tail.key],
        )
        for relation in document.relations
    )
    return document.with_annotation(tuple(bare.values()), document.triggers, relations)


def _in_order(labels: Mapping[str, Mapping[str, Counts]], scheme: Scheme) -> dict[str, dict[str, Counts]]:
    """The same tables with the scheme's labels first, in its order, and labels it does not know after them."""
    orders: dict[str, Sequence[str]] = {
        "entities": scheme.entities,
        "triggers": scheme.trigger_names,
        "arguments": [role.name for role in scheme.roles],
        "relations": [relation.name for relation in scheme.relations],
        "modes": [f"{kind} {mode}" for kind, mode in scheme.modes],
        "auxiliaries": scheme.auxiliaries,
        RECORDS: ASPECTS,
        RESOLVED: ASPECTS,
    }
    ordered: dict[str, dict[str, Counts]] = {}
    for layer, found in labels.items():
        place = {name: number for number, name in enumerate(orders.get(layer, ()))}
        names = sorted(found, key=lambda name: (place.get(name, len(place)), name))
        ordered[layer] = {name: found[name] for name in names}
    return ordered


def _task_row(name: str, score: Score) -> tuple[str, ...]:
    precision, recall, f1, support = numbers(score.counts)
    return (spoken(name), precision, recall, f1, interval(score.interval), support)


def _plain(counts: Counts) -> dict[str, Any]:
    return {
        "precision": round(counts.precision, 4),
        "recall": round(counts.recall, 4),
        "f1": round(counts.f1, 4),
        "support": counts.support,
    }


__all__ = ["Assemble", "DocumentScores", "Report", "Score", "evaluate"]
