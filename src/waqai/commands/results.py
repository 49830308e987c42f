"""What ``scripts/results.py`` does: a model on every dev set, beside a baseline and a random encoder, as one table."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hydra.core.config_store import ConfigStore
from omegaconf import MISSING

from waqai.errors import ConfigError, DataError
from waqai.evaluation.counts import Counts
from waqai.evaluation.markdown import interval, percent, spoken, table
from waqai.evaluation.partial import count_arguments_found, count_entities, count_kept_free, count_triggers_found
from waqai.evaluation.report import Score, evaluate
from waqai.events import assemble
from waqai.formats import read_documents
from waqai.formats.files import refuse_existing, writing
from waqai.formats.standoff import read_annotated
from waqai.inference.extractor import Extractor
from waqai.schema import Document, Scheme
from waqai.training.baselines import train_baseline
from waqai.training.corpora import OutsideCorpus, read_outside, read_split
from waqai.training.settings import BASELINE_PREDICTED, PREDICTED, DataSettings

TASKS = (
    "entities",
    "trigger_classification",
    "argument_classification",
    "argument_attached_classification",
    "relations",
    "records",
    "auxiliary_accuracy",
)

CAPTION = (
    "F1 in percent with 95 % bootstrap intervals over articles (column files: over blocks of some 100 words). "
    "Accuracy is over triggers found. An outside corpus is scored on what it labels alone; where a row says *found* or "
    "*left so*, the number is the share that was."
)

Scores = dict[tuple[str, str], Score]
"""By the name of a set of articles and a task."""
Annotate = Callable[[Sequence[Document]], list[Document]]


@dataclass
class ResultsSettings:
    """What ``scripts/results.py`` takes.

    Attributes:
        folder: the model's; the embedded one where null. random: of one trained alike on a random encoder.
        crossval, random_crossval: folders of cross-validations over ``seeds``; without, no seed is scored, since
            a model that learnt from them says nothing about others.
        seeds: the articles that were left out in turn.
        sets: annotated articles by the name they get in the table.
        data: ``train`` is what the baseline learns from; ``corpora`` are scored on what is kept of them.
        baseline: also train the CRF and majority-role baseline, on ``data.train``.
        engine: auto, onnx or torch.
        markdown, json: files to write.
    """

    data: DataSettings = field(default_factory=DataSettings)
    scheme: Any = MISSING
    folder: str | None = None
    random: str | None = None
    crossval: str | None = None
    random_crossval: str | None = None
    seeds: str = "annotations/seeds"
    sets: dict[str, str] = field(default_factory=dict)
    baseline: bool = True
    engine: str = "auto"
    markdown: str | None = None
    json: str | None = None
    overwrite: bool = False


def register_results() -> None:
    """Make the settings known to Hydra, under the names that configs/results.yaml extends."""
    store = ConfigStore.instance()
    store.store(name="results_settings", node=ResultsSettings)
    store.store(group="data", name="settings", node=DataSettings)


def results(settings: ResultsSettings, say: Callable[[str], None] = lambda _: None) -> str:
    """Score every system on every set.

    Returns:
        One Markdown table: sets and tasks down, systems across, F1 in percent with 95 % intervals.

    Raises:
        DataError: a set is missing or not as it should be, or a cross-validation is not finished.
        ModelError: a model is missing or broken.
        OutputError: a file exists and ``overwrite`` is off.
    """
    for path in (settings.markdown, settings.json):
        if path is not None:
            refuse_existing(Path(path), overwrite=settings.overwrite)
    scheme = Scheme.of(settings.scheme)
    text = Path(settings.data.text) if settings.data.text else None
    sets = {name: read_annotated(Path(path), settings.data.format, text) for name, path in settings.sets.items()}
    join = settings.data.join_words
    corpora = [read_outside(name, corpus, scheme, join) for name, corpus in settings.data.corpora.items()]
    systems: dict[str, Scores] = {}

    def measure(system: str, annotate: Annotate, folds: str | None, fold_file: str) -> None:
        say(system)
        scores = {name: (articles, annotate(articles)) for name, articles in sets.items()}
        if folds is not None:
            seeds = read_documents(Path(settings.seeds))
            if predicted := _read_folds(Path(folds), fold_file, seeds):
                scores = {"seeds, each left out": (seeds, predicted), **scores}
        systems[system] = {
            key: score
            for name, (gold, predicted) in scores.items()
            for key, score in _score_scheme(name, gold, predicted, scheme).items()
        }
        for corpus in corpora:
            if corpus.dev:
                systems[system] |= _score_corpus(corpus, annotate(corpus.dev))

    model = Extractor.from_pretrained(settings.folder, engine=settings.engine)
    if model.scheme != scheme:
        raise ConfigError(f"the model's scheme is {model.scheme.name} {model.scheme.version}, not scheme={scheme.name}")
    measure("model", lambda articles: list(model.pipe(articles)), settings.crossval, PREDICTED)
    if settings.baseline:
        baseline = train_baseline(read_split(settings.data.train, settings.data), scheme)
        measure(
            "CRF + majority role", lambda articles: list(map(baseline, articles)), settings.crossval, BASELINE_PREDICTED
        )
    if settings.random is not None:
        random = Extractor.from_pretrained(settings.random, engine=settings.engine)
        measure("random encoder", lambda articles: list(random.pipe(articles)), settings.random_crossval, PREDICTED)
    rendered = render(systems)
    if settings.markdown is not None:
        with writing(Path(settings.markdown), overwrite=settings.overwrite) as stream:
            stream.write(rendered)
    if settings.json is not None:
        with writing(Path(settings.json), overwrite=settings.overwrite) as stream:
            json.dump(_plain(systems), stream, ensure_ascii=False, indent=1)
    return rendered


def _read_folds(folder: Path, name: str, seeds: Sequence[Document]) -> list[Document]:
    """What the folds said of the seeds; nothing where none of them left such a file."""
    files = sorted(folder.glob(f"fold*/{name}"))
    predicted = {document.id: document for file in files for document in read_documents(file, "jsonl")}
    if missing := [document.id for document in seeds if document.id not in predicted] if files else []:
        raise DataError(f"the cross-validation lacks {', '.join(missing[:5])}; finish it first", path=folder)
    return [predicted[document.id] for document in seeds] if files else []


def _score_scheme(name: str, gold: Sequence[Document], predicted: Sequence[Document], scheme: Scheme) -> Scores:
    report = evaluate(gold, predicted, scheme, assemble=assemble)
    found = {**report.scores, **report.accuracies}
    return {(spoken(name), spoken(task)): found[task] for task in TASKS}


def _score_corpus(corpus: OutsideCorpus, predicted: Sequence[Document]) -> Scores:
    """A corpus by what it speaks of: entities, or the triggers and arguments that it marks."""
    coverage = corpus.coverage
    pairs = list(zip(corpus.dev, predicted, strict=True))
    counts: dict[str, list[Counts]] = {}
    if coverage.roles:
        marked = [(gold, mine) for gold, mine in pairs if gold.triggers]
        free = [(coverage.denied[gold.id], mine) for gold, mine in pairs if gold.id in coverage.denied]
        counts["marked triggers found"] = [count_triggers_found(gold, mine) for gold, mine in marked]
        counts["marked arguments found"] = [count_arguments_found(gold, mine) for gold, mine in marked]
        for kind in sorted({kind for kind, _ in free}):
            name = f"sentences without {kind} left so"
            counts[name] = [count_kept_free(mine, kind) for denied, mine in free if denied == kind]
    else:
        exact = coverage.exact | {kind for union in coverage.unions for kind in union} - coverage.names
        name = ", ".join(sorted(exact)) if coverage.names else "entities"
        counts[name] = [count_entities(gold, mine, exact, flat=coverage.flat) for gold, mine in pairs]
        if coverage.names:  # what it leaves unmarked may be a mention with us: how much is right is not known
            every = exact | coverage.names
            for name, overlapping in (("names found", False), ("names found, spans overlap", True)):
                found = (count_entities(*pair, every, flat=True, overlapping=overlapping) for pair in pairs)
                counts[name] = [Counts(one.true_positives, one.gold, one.gold) for one in found]
    return {(f"{corpus.name} dev", name): Score.over(of_documents) for name, of_documents in counts.items()}


def render(systems: Mapping[str, Scores]) -> str:
    """The table of all systems' scores."""
    keys = list(dict.fromkeys(key for scores in systems.values() for key in scores))
    rows = []
    shown = ""
    for name, task in keys:
        found = [scores.get((name, task)) for scores in systems.values()]
        support = next(str(score.counts.support) for score in found if score is not None)
        rows.append((name if name != shown else "", task, support, *map(_cell, found)))
        shown = name
    return table(("articles", "task", "support", *systems), rows) + "\n\n" + CAPTION + "\n"


def _cell(score: Score | None) -> str:
    return "–" if score is None else f"{percent(score.counts.f1)} ({interval(score.interval)})"


def _plain(systems: Mapping[str, Scores]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for system, scores in systems.items():
        for (name, task), score in scores.items():
            plain.setdefault(system, {}).setdefault(name, {})[task] = score.to_json()
    return plain
