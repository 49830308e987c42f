"""Markdown tables of scores, for a README, a model card or a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from waqai.evaluation.counts import Counts


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column is text, the others are numbers."""
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (header, rule, *rows))


def percent(share: float) -> str:
    """A share between 0 and 1 in percent, with one decimal."""
    return f"{100 * share:.1f}"


def interval(bounds: Sequence[float]) -> str:
    """Two shares as a range in percent."""
    return f"{percent(bounds[0])}–{percent(bounds[1])}"


def numbers(counts: Counts) -> tuple[str, str, str, str]:
    """Precision, recall and F1 in percent, and support."""
    return (percent(counts.precision), percent(counts.recall), percent(counts.f1), str(counts.support))


def spoken(name: str) -> str:
    """A name of a score as words."""
    return name.replace("_", " ")
