"""What each design choice and each corpus brings: short trainings that differ in one thing, over several seeds.

A run is scored on dev articles with thresholds chosen on the other half of them (``cross_calibrated``), so that no
arm gains from thresholds that saw its articles; the seeds are not read. Runs are kept one a line in a JSON Lines
file, and one that is there is not made again.
"""

from __future__ import annotations

import json
import shutil
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore

from waqai.errors import ConfigError, DataError
from waqai.evaluation.markdown import table
from waqai.evaluation.report import Report, evaluate
from waqai.formats.files import read_lines, writing
from waqai.schema import Scheme
from waqai.training.calibration import cross_calibrated
from waqai.training.corpora import read_split
from waqai.training.run import train
from waqai.training.settings import TrainSettings

Compose = Callable[[Sequence[str]], TrainSettings]
"""Makes settings of a list of Hydra overrides of configs/train.yaml."""

MEASURED = ("entities", "trigger_classification", "argument_classification", "relations", "auxiliary_accuracy")


@dataclass
class AblationSettings:
    """What ``scripts/ablate.py`` takes.

    Attributes:
        base: overrides that every run shares.
        seeds: of the runs of each arm.
        comparisons: by name, the arms of each: their own overrides by the arm's name, none for the base.
        only: the comparisons to make; all where empty.
        output: folder for ``runs.jsonl`` and ``table.md``.
        keep: keep the models.
    """

    base: list[str] = field(default_factory=list)
    seeds: list[int] = field(default_factory=lambda: [13, 17, 23])
    comparisons: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    only: list[str] = field(default_factory=list)
    output: str = "outputs/ablation"
    keep: bool = False


def register_ablation() -> None:
    """Make the settings known to Hydra, under the name that configs/ablate.yaml extends."""
    ConfigStore.instance().store(name="ablation_settings", node=AblationSettings)


@dataclass(frozen=True)
class Run:
    """A finished run: what it was told, and its scores in percent."""

    overrides: tuple[str, ...]
    seed: int
    scores: Mapping[str, float]
    seconds: float = 0.0

    @property
    def key(self) -> tuple[tuple[str, ...], int]:
        """What tells runs apart."""
        return (self.overrides, self.seed)


def ablate(settings: AblationSettings, compose: Compose, say: Callable[[str], None] = print) -> str:
    """Make the runs that are not there yet, seed after seed, and write the table after each.

    Returns:
        The table as Markdown.

    Raises:
        ConfigError: ``only`` names a comparison that is not there.
        DataError: there are no dev articles, or ``runs.jsonl`` is broken.
    """
    if unknown := set(settings.only) - set(settings.comparisons):
        raise ConfigError(f"there is no comparison {', '.join(sorted(unknown))}; see configs/ablate.yaml")
    chosen = {name: arms for name, arms in settings.comparisons.items() if not settings.only or name in settings.only}
    folder = Path(settings.output)
    wanted = dict.fromkeys(  # the base is an arm of most comparisons, and one run
        ((*settings.base, *overrides), seed)
        for seed in settings.seeds
        for arms in chosen.values()
        for overrides in arms.values()
    )
    runs = read_runs(folder / "runs.jsonl")
    for number, (overrides, seed) in enumerate(wanted, start=1):
        if (overrides, seed) not in runs:
            say(f"{number} of {len(wanted)}: seed {seed}, {' '.join(overrides[len(settings.base) :]) or 'base'}")
            run = _run(compose, overrides, seed, folder / "run", keep=settings.keep)
            runs[run.key] = run
            _append(run, folder / "runs.jsonl")
            _write(render(chosen, settings.base, runs), folder / "table.md")
    rendered = render(chosen, settings.base, runs)
    _write(rendered, folder / "table.md")
    return rendered


def _run(compose: Compose, overrides: tuple[str, ...], seed: int, folder: Path, *, keep: bool) -> Run:
    started = time.monotonic()
    if keep:
        folder = folder.with_name("-".join(["run", str(seed), *overrides]).replace("/", "_"))
    settings = compose([*overrides, f"seed={seed}", f"output={folder}", "overwrite=true"])
    scheme = Scheme.of(settings.scheme)
    gold, dev = (read_split(paths, settings.data) for paths in (settings.data.train, settings.data.dev))
    if len(dev) < 2:
        raise DataError("an ablation needs at least two dev articles (data.dev)")
    trained = train(settings, scheme, gold, [], folder)
    report = evaluate(dev, cross_calibrated(trained.annotator, dev), scheme)
    if not keep:
        shutil.rmtree(folder)
    return Run(overrides, seed, scores_of(report), round(time.monotonic() - started, 1))


def scores_of(report: Report) -> dict[str, float]:
    """The measured scores of a report, in percent."""
    found = {name: score.counts.f1 for name, score in (*report.scores.items(), *report.accuracies.items())}
    return {name: round(100 * found[name], 2) for name in MEASURED}


def read_runs(path: Path) -> dict[tuple[tuple[str, ...], int], Run]:
    """The runs of a file; none where it is not there.

    Raises:
        DataError: a line is no run.
    """
    runs: dict[tuple[tuple[str, ...], int], Run] = {}
    for number, line in enumerate(read_lines(path) if path.exists() else [], start=1):
        if line.strip():
            try:
                plain: dict[str, Any] = json.loads(line)
                run = Run(tuple(plain["overrides"]), plain["seed"], plain["scores"], plain["seconds"])
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise DataError(f"this is no run of an ablation ({error!r})", path=path, line=number) from error
            runs[run.key] = run
    return runs


def _append(run: Run, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        plain = {"overrides": run.overrides, "seed": run.seed, "scores": run.scores, "seconds": run.seconds}
        stream.write(json.dumps(plain, ensure_ascii=False) + "\n")


def _write(text: str, path: Path) -> None:
    with writing(path, overwrite=True) as stream:
        stream.write(text)


def render(
    comparisons: Mapping[str, Mapping[str, Sequence[str]]],
    base: Sequence[str],
    runs: Mapping[tuple[tuple[str, ...], int], Run],
) -> str:
    """A table for each comparison: mean and sample standard deviation over seeds, and the mean's change.

    The change is from the comparison's first arm, over the seeds that both have.
    """
    parts = ["F1 and accuracy in percent on dev: mean ± standard deviation over seeds (change from the first row)."]
    for name, arms in comparisons.items():
        of_arm = {
            arm: {run.seed: run.scores for run in runs.values() if run.overrides == (*base, *overrides)}
            for arm, overrides in arms.items()
        }
        first = next(iter(of_arm.values()))
        rows = [
            (arm, *(_cell(scores, first, measure) for measure in MEASURED), str(len(scores)))
            for arm, scores in of_arm.items()
        ]
        header = (name.replace("_", " "), *(measure.replace("_", " ") for measure in MEASURED), "seeds")
        parts.append(table(header, rows))
    return "\n\n".join(parts) + "\n"


def _cell(scores: Mapping[int, Mapping[str, float]], first: Mapping[int, Mapping[str, float]], measure: str) -> str:
    values = [of_seed[measure] for of_seed in scores.values()]
    if not values:
        return ""
    spread = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
    shared = scores.keys() & first.keys()
    changes = [scores[seed][measure] - first[seed][measure] for seed in sorted(shared)]
    change = "" if scores is first or not changes else f" ({statistics.mean(changes):+.1f})"
    return f"{statistics.mean(values):.1f}{spread}{change}"
