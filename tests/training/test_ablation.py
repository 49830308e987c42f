"""Ablations: every arm once a seed, nothing twice, and a table of what changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

from waqai.errors import ConfigError, DataError
from waqai.formats import write_documents
from waqai.schema import Document
from waqai.training.ablation import MEASURED, AblationSettings, Run, ablate, read_runs, register_ablation, render
from waqai.training.settings import TrainSettings, register

CONFIGS = Path(__file__).parents[2] / "configs"
ARMS = {"window": {"96": [], "64": ["window=64"]}, "again": {"as it is": [], "smaller": ["window=64"]}}


@pytest.fixture
def composed(
    quick_settings: Callable[..., Any], gold: list[Document], tmp_path: Path
) -> Callable[[Sequence[str]], TrainSettings]:
    """Settings of a training of one epoch, whose only override is the window."""
    articles = [*gold, replace(gold[0], id="third")]
    write_documents(articles, tmp_path / "gold.jsonl", "jsonl")

    def make(overrides: Sequence[str]) -> TrainSettings:
        given = dict(override.split("=") for override in overrides)
        settings: TrainSettings = quick_settings(Path(given["output"]), epochs=1, seed=int(given["seed"]))
        data = replace(settings.data, train=str(tmp_path / "gold.jsonl"), dev=str(tmp_path / "gold.jsonl"))
        model = replace(settings.model, max_subwords=int(given.get("window", 96)))
        return replace(settings, data=data, model=model, overwrite=True)

    return make


def test_every_arm_runs_once_a_seed_and_a_finished_run_is_not_made_again(
    composed: Callable[[Sequence[str]], TrainSettings], tmp_path: Path
) -> None:
    settings = AblationSettings(seeds=[1, 2], comparisons=ARMS, output=str(tmp_path / "out"))
    said: list[str] = []
    table = ablate(settings, composed, said.append)
    assert len(said) == 4  # two comparisons share their arms
    assert (tmp_path / "out" / "table.md").read_text() == table
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["runs.jsonl", "table.md"]
    lines = [json.loads(line) for line in (tmp_path / "out" / "runs.jsonl").read_text().splitlines()]
    assert [(line["seed"], line["overrides"]) for line in lines] == [
        (1, []), (1, ["window=64"]), (2, []), (2, ["window=64"]),
    ]  # fmt: skip
    assert all(line["scores"].keys() == set(MEASURED) for line in lines)
    assert ablate(settings, composed, said.append) == table
    assert len(said) == 4
    with pytest.raises(ConfigError, match="there is no comparison size"):
        ablate(replace(settings, only=["size"]), composed)


def _run(seed: int, value: float, *overrides: str) -> Run:
    return Run(overrides, seed, dict.fromkeys(MEASURED, value))


def test_the_table_holds_means_spreads_and_changes_over_shared_seeds() -> None:
    runs = [_run(1, 50), _run(2, 54), _run(1, 53, "a"), _run(1, 10, "b"), _run(9, 99, "other")]
    comparisons = {"head": {"old": [], "new": ["a"], "never run": ["c"]}}
    lines = render(comparisons, [], {run.key: run for run in runs}).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert [(row[0], row[1], row[-1]) for row in cells[2:]] == [
        ("old", "52.0 ± 2.8", "2"),
        ("new", "53.0 (+3.0)", "1"),
        ("never run", "", "0"),
    ]


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "runs.jsonl").write_text('{"seed": 1}\n')
    with pytest.raises(DataError, match=r"runs\.jsonl:1: .*no run"):
        read_runs(tmp_path / "runs.jsonl")


def test_every_arm_of_the_configuration_composes() -> None:
    register()
    register_ablation()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        settings = OmegaConf.to_object(compose("ablate"))
        assert isinstance(settings, AblationSettings)
        base = OmegaConf.to_object(compose("train", settings.base))
        for name, arms in settings.comparisons.items():
            found = [OmegaConf.to_object(compose("train", [*settings.base, *arm])) for arm in arms.values()]
            assert found[0] == base, f"the first arm of {name} is what the others are held against"
            assert all(one != base for one in found[1:]), f"an arm of {name} changes nothing"
    assert base.data.dev, "an ablation is measured on dev"
