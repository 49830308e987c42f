"""What a person sees of a run: its log of numbers, and curves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from waqai.errors import DataError, OutputError


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """Read ``metrics.jsonl``.

    Raises:
        DataError: the file is missing or a line is no JSON.
    """
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read ({error}); it is written while a run trains", path=path) from error


def trim_metrics(path: Path, step: int) -> None:
    """Drop the lines after ``step``, which a resumed run is going to write again."""
    if path.exists():
        kept = [json.dumps(record) + "\n" for record in read_metrics(path) if record["step"] <= step]
        path.write_text("".join(kept), encoding="utf-8")


def plot_run(folder: Path) -> Path:
    """Draw loss, rate, subwords per second and probes of a run over subwords read, as ``curves.png`` in its folder.

    Raises:
        DataError: the run has no ``metrics.jsonl``.
        OutputError: the picture cannot be written.
    """
    from matplotlib.figure import Figure

    records = read_metrics(folder / "metrics.jsonl")
    curves = [
        (records, "loss", "loss (nats)"),
        (records, "rate", "learning rate (share of peak)"),
        (records, "subwords_per_second", "subwords/s"),
    ]
    if (folder / "probes.jsonl").exists():
        curves.append((read_metrics(folder / "probes.jsonl"), "f1", "ANERcorp strict F1"))
    figure = Figure(figsize=(7, 2.4 * len(curves)), layout="constrained")
    panels = figure.subplots(len(curves), 1, sharex=True)
    for panel, (points, key, title) in zip(panels, curves, strict=True):
        panel.plot([point["subwords"] / 1e6 for point in points], [point[key] for point in points])
        panel.set_ylabel(title)
        panel.grid(alpha=0.3)
    panels[-1].set_xlabel("subwords read (millions)")
    target = folder / "curves.png"
    try:
        figure.savefig(target, dpi=120)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error.strerror}") from error
    return target
