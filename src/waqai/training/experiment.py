"""What ``scripts/train.py`` does: one training, or leave-one-article-out over the gold."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from waqai.errors import ConfigError, DataError, OutputError
from waqai.evaluation.report import Report, evaluate
from waqai.events import assemble, with_events
from waqai.formats import read_documents, to_json
from waqai.formats.files import writing
from waqai.schema import Document, Scheme
from waqai.training.baselines import train_baseline
from waqai.training.corpora import read_split, scheme_from
from waqai.training.processes import is_main_process
from waqai.training.resumption import is_same_run
from waqai.training.run import read_corpora, train
from waqai.training.settings import BASELINE_PREDICTED, PREDICTED, TrainSettings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """The scores of an experiment: of the model, and of the baselines by name."""

    scores: Report
    baselines: dict[str, Report]


def run(settings: TrainSettings) -> Outcome | None:
    """Run the experiment of the settings; ``None`` where there is nothing to measure on.

    Raises:
        ConfigError: an unknown protocol.
        DataError: the data is missing or not as it should be.
    """
    gold = read_split(settings.data.train, settings.data)
    scheme = scheme_from(gold) if settings.data.labels_from_data else Scheme.of(settings.scheme)
    outcome: Outcome | None
    if settings.protocol == "crossval":
        outcome = _cross_validate(settings, scheme, gold)
    elif settings.protocol == "single":
        outcome = _train_once(settings, scheme, gold)
    else:
        raise ConfigError(f"protocol is single or crossval, not {settings.protocol}")
    if outcome is not None and is_main_process():
        _write(outcome, Path(settings.output), overwrite=True)
    return outcome


def _train_once(settings: TrainSettings, scheme: Scheme, gold: Sequence[Document]) -> Outcome | None:
    dev = read_split(settings.data.dev, settings.data)
    test = read_split(settings.data.test, settings.data)
    trained = train(settings, scheme, gold, dev, Path(settings.output))
    measured = test or dev
    if not measured:
        return None
    predicted = [with_events(document, scheme) for document in trained.annotator.annotate(measured)]
    return Outcome(evaluate(measured, predicted, scheme, assemble=assemble), {})


def _cross_validate(settings: TrainSettings, scheme: Scheme, gold: Sequence[Document]) -> Outcome:
    if len(gold) < 2:
        raise DataError("cross-validation needs at least two articles in data.train")
    outside = read_corpora(settings, scheme)
    extra = read_split(settings.data.always, settings.data)
    dev = read_split(settings.data.dev, settings.data)
    held_out_in_turn = {document.id for document in gold}
    for name, documents, harm in (("dev", dev, "choose thresholds on"), ("always", extra, "teach")):
        if twice := held_out_in_turn & {document.id for document in documents}:
            raise DataError(f"data.{name} would {harm} held-out articles: {', '.join(sorted(twice)[:5])}")
    predicted: list[Document] = []
    baseline: list[Document] = []
    for number, held_out in enumerate(gold):
        rest = [document for document in gold if document is not held_out]
        folder = Path(settings.output) / f"fold{number}"
        done = folder / PREDICTED
        if settings.training.resume and done.exists() and not settings.overwrite:
            if not is_same_run(settings, scheme, [*rest, *extra], folder):
                raise OutputError(
                    f"{folder} was trained with other settings or articles; choose another output, or start again with "
                    "overwrite=true"
                )
            predicted.append(_read_prediction(done))
        else:
            # Nothing is chosen on the held-out article: checkpoint, thresholds and temperatures are dev's.
            trained = train(replace(settings, overwrite=True), scheme, [*rest, *extra], dev, folder, outside)
            predicted += [with_events(document, scheme) for document in trained.annotator.annotate([held_out])]
            if is_main_process():
                _write_prediction(predicted[-1], done)
        log.info("fold %d of %d: %s", number + 1, len(gold), held_out.id)
        if settings.baselines:
            baseline.append(train_baseline([*rest, *extra], scheme)(held_out))
            if is_main_process():
                _write_prediction(baseline[-1], folder / BASELINE_PREDICTED)
    baselines = {"CRF and majority role": evaluate(gold, baseline, scheme, assemble=assemble)} if baseline else {}
    return Outcome(evaluate(gold, predicted, scheme, assemble=assemble), baselines)


def _write_prediction(document: Document, path: Path) -> None:
    with writing(path, overwrite=True) as stream:
        stream.write(json.dumps(to_json(document), ensure_ascii=False) + "\n")


def _read_prediction(path: Path) -> Document:
    return read_documents(path, "jsonl")[0]


def _write(outcome: Outcome, folder: Path, *, overwrite: bool) -> None:
    reports = {"model": outcome.scores, **outcome.baselines}
    with writing(folder / "scores.json", overwrite=overwrite) as stream:
        json.dump({name: report.to_json() for name, report in reports.items()}, stream, ensure_ascii=False, indent=1)
    with writing(folder / "scores.md", overwrite=overwrite) as stream:
        stream.write("\n\n".join(f"## {name}\n\n{report.to_markdown()}" for name, report in reports.items()))
