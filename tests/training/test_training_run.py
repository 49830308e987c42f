"""A training from articles to a saved model: it learns, it saves, it goes on where it was killed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from waqai.bundle import Bundle
from waqai.errors import ConfigError, DataError, ModelError, OutputError
from waqai.evaluation.report import evaluate
from waqai.events import assemble
from waqai.inference.extractor import Extractor
from waqai.schema import Document, Scheme
from waqai.training.run import train, training_arguments

Settings = Callable[..., Any]


def test_two_articles_are_learnt_by_heart(trained: Any, gold: list[Document], scheme: Scheme) -> None:
    predicted = list(trained.annotator.annotate(gold))
    report = evaluate(gold, predicted, scheme, assemble=assemble)
    scores = {name: round(score.counts.f1, 3) for name, score in report.scores.items()}
    assert set(scores.values()) == {1.0}, scores
    assert [score.counts.f1 for score in report.accuracies.values()] == [1.0, 1.0]
    assert predicted == gold


def test_the_saved_folder_extracts_the_same(trained: Any, gold: list[Document]) -> None:
    extractor = Extractor.from_pretrained(trained.folder)
    assert list(extractor.pipe(gold)) == gold


def _weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "model" / "model.safetensors")


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, quick_settings: Settings, scheme: Scheme, gold: list[Document]
) -> tuple[Any, Path]:
    """A run of several epochs with dropout, whose checkpoints are half-way through an epoch and at the end."""
    output = tmp_path_factory.mktemp("undisturbed")
    settings = quick_settings(
        output, epochs=5, batch_size=1, max_subwords=40, evaluations=2, dropout=0.2, encoder_dropout=0.2
    )
    train(settings, scheme, gold, [], output)
    return settings, output


def test_a_killed_run_ends_in_the_same_weights(
    undisturbed: tuple[Any, Path], tmp_path: Path, scheme: Scheme, gold: list[Document]
) -> None:
    settings, output = undisturbed
    checkpoints = sorted(output.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    assert len(checkpoints) == 2
    killed = tmp_path / "killed"
    shutil.copytree(output, killed)
    shutil.rmtree(killed / "model")
    shutil.rmtree(killed / checkpoints[-1].name)
    resumed = replace(settings, output=str(killed))
    state = json.loads((killed / checkpoints[0].name / "trainer_state.json").read_text())
    assert 0 < state["epoch"] < 5
    assert state["epoch"] != int(state["epoch"])
    train(resumed, scheme, gold, [], killed)
    assert int(json.loads((killed / "history.json").read_text())[-1]["step"]) > state["global_step"]
    theirs, mine = _weights(output), _weights(killed)
    assert all(torch.equal(theirs[name], mine[name]) for name in theirs)


def test_a_run_repeats_with_its_seed(
    undisturbed: tuple[Any, Path], tmp_path: Path, scheme: Scheme, gold: list[Document]
) -> None:
    settings, output = undisturbed
    train(settings, scheme, gold, [], tmp_path)
    again, other = _weights(tmp_path), _weights(output)
    assert all(torch.equal(again[name], other[name]) for name in other)


def test_a_finished_run_is_not_written_over_unasked(
    undisturbed: tuple[Any, Path], tmp_path: Path, scheme: Scheme, gold: list[Document]
) -> None:
    settings, output = undisturbed
    with pytest.raises(OutputError, match="exists"):
        train(settings, scheme, gold, [], output)
    copy = tmp_path / "copy"
    shutil.copytree(output, copy)
    before = _weights(copy)
    train(replace(settings, overwrite=True, seed=99), scheme, gold, [], copy)
    # and what overwrites it starts from nothing, not from its last checkpoint
    assert any(not torch.equal(before[name], weight) for name, weight in _weights(copy).items())


def test_other_settings_do_not_go_on_from_a_checkpoint(
    undisturbed: tuple[Any, Path], tmp_path: Path, scheme: Scheme, gold: list[Document]
) -> None:
    settings, output = undisturbed
    killed = tmp_path / "killed"
    shutil.copytree(output, killed)
    shutil.rmtree(killed / "model")
    with pytest.raises(OutputError, match="other settings or articles"):
        train(replace(settings, seed=99), scheme, gold, [], killed)
    with pytest.raises(OutputError, match="other settings or articles"):
        train(settings, scheme, gold[:1], [], killed)


def test_dev_articles_choose_the_checkpoint_and_the_thresholds(
    quick_settings: Settings, tmp_path: Path, scheme: Scheme, gold: list[Document]
) -> None:
    settings = quick_settings(tmp_path, epochs=12, evaluations=3, patience=2)
    trained = train(settings, scheme, gold, gold, tmp_path)
    history = json.loads((tmp_path / "history.json").read_text())
    scores = [entry["eval_overall_f1"] for entry in history if "eval_overall_f1" in entry]
    assert 1 <= len(scores) <= 4
    assert any("loss" in entry for entry in history)
    assert trained.bundle.settings.temperatures.keys() == {"entities", "triggers", "pairs"}
    assert Bundle.read(trained.folder) == trained.bundle
    assert trained.bundle.training["seed"] == settings.seed
    assert "calibration_error" in trained.bundle.training


def test_one_evaluation_is_one(quick_settings: Settings, tmp_path: Path) -> None:
    settings = quick_settings(tmp_path, evaluations=1)
    assert training_arguments(settings, tmp_path, has_dev=True).eval_steps < 1  # a share; 1 would be every step


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"arguments": {"lerning_rate": 1}}, ConfigError, "training.arguments: .*lerning_rate"),
        ({"max_subwords": 400}, ConfigError, "reads 130 subwords at most"),
        ({"encoder": "/no/such/folder"}, ModelError, "cannot load the encoder"),
    ],
)
def test_settings_that_cannot_be(
    quick_settings: Settings,
    tmp_path: Path,
    scheme: Scheme,
    gold: list[Document],
    changes: dict,
    error: type,
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        train(quick_settings(tmp_path, **changes), scheme, gold, [], tmp_path)


def test_nothing_to_train_on(quick_settings: Settings, tmp_path: Path, scheme: Scheme) -> None:
    with pytest.raises(DataError, match="holds no articles"):
        train(quick_settings(tmp_path), scheme, [], [], tmp_path)
