"""A report as Markdown tables, for a README, a model card or a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from waqai.evaluation.counts import Counts

if TYPE_CHECKING:
    from waqai.evaluation.report import Report, Score


def render(report: Report) -> str:
    """The whole report: tasks, attributes, labels of each layer, articles."""
    parts = [
        f"{len(report.articles)} articles; intervals are 95 % bootstrap over articles.",
        _table(
            ("task", "precision", "recall", "F1", "95 % interval", "support"),
            [_task_row(name, score) for name, score in report.scores.items()],
        ),
        f"Entities, mean F1 over types: {_percent(report.macro_f1)}.",
    ]
    if report.accuracies:
        rows = [
            (_words(name), _percent(score.counts.f1), _interval(score), str(score.counts.support))
            for name, score in report.accuracies.items()
        ]
        parts.append(_table(("on triggers found with their type", "accuracy", "95 % interval", "support"), rows))
    for layer, labels in report.labels.items():
        if labels:
            parts.append(f"### {layer.capitalize()} by label")
            header = ("label", "precision", "recall", "F1", "support")
            parts.append(_table(header, [(name, *_numbers(counts)) for name, counts in labels.items()]))
    if len(report.articles) > 1:
        parts += ["### F1 by article", _articles(report)]
    return "\n\n".join(parts) + "\n"


def _articles(report: Report) -> str:
    tasks = tuple(report.scores)
    rows = [
        (document, *(_percent(scores[name].f1) if scores[name].gold else "" for name in tasks))
        for document, scores in report.articles.items()
    ]
    return _table(("article", *(_words(name) for name in tasks)), rows)


def _task_row(name: str, score: Score) -> tuple[str, ...]:
    precision, recall, f1, support = _numbers(score.counts)
    return (_words(name), precision, recall, f1, _interval(score), support)


def _numbers(counts: Counts) -> tuple[str, str, str, str]:
    return (_percent(counts.precision), _percent(counts.recall), _percent(counts.f1), str(counts.support))


def _interval(score: Score) -> str:
    return f"{_percent(score.interval[0])}–{_percent(score.interval[1])}"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))
