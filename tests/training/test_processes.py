"""Several processes train what one would: the same batches, the same steps, one set of files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from sized_windows import Sized
from waqai.encoding import LabelSpace, SubwordTokenizer
from waqai.errors import ConfigError
from waqai.formats import to_json
from waqai.models.configuration import JointConfig
from waqai.schema import Document, Scheme
from waqai.training.batching import Collator, MixedSampler, WindowDataset
from waqai.training.features import FeatureBuilder
from waqai.training.mapping import Coverage
from waqai.training.run import training_arguments

ROOT = Path(__file__).parents[2]


@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=3).filter(any),
    st.integers(1, 4),
    st.integers(1, 3),
    st.booleans(),
)
def test_the_processes_share_the_batches_of_one(sizes: list[int], share: int, processes: int, later: bool) -> None:
    def order(filled: bool) -> list[int]:
        sampler = MixedSampler(Sized(sizes), batch_size=share * processes, seed=5, filled=filled)
        sampler.set_epoch(int(later))
        assert len(sampler) == len(list(sampler))
        return list(sampler)

    alone, together = order(False), order(True)
    assert together[: len(alone)] == alone
    assert set(together[len(alone) :]) <= {sum(sizes)}
    assert len(together) % (share * processes) == 0
    assert len(together) - len(alone) < share * processes
    assert Counter(together)[sum(sizes)] == len(together) - len(alone)


def test_a_blank_window_has_no_label(
    subwords: Callable[[str], SubwordTokenizer], scheme: Scheme, gold: list[Document]
) -> None:
    dataset = WindowDataset(
        [FeatureBuilder(LabelSpace(scheme), subwords("wordpiece"), 60).build(gold, Coverage.full(scheme))]
    )
    batch = Collator(subwords("wordpiece"), [])([dataset[len(dataset)]] * 2)
    labelled = {name: int((labels >= 0).sum()) for name, labels in batch.items() if name.endswith("_labels")}  # type: ignore[attr-defined]
    assert set(labelled.values()) == {0}
    assert len(batch["pairs"]) == 0  # type: ignore[arg-type]


def test_processes_that_cannot_share_a_batch_are_refused(
    quick_settings: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ConfigError, match=r"3 processes cannot share training.batch_size=2 windows evenly"):
        training_arguments(quick_settings(tmp_path), tmp_path, False)  # type: ignore[arg-type]


def _train(processes: int, output: Path, data: Path, encoder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    launch = [sys.executable]
    if processes > 1:
        launch += ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    overrides = [
        f"output={output}",
        f"data.train={data}",
        f"data.dev={data}",
        f"model.encoder={encoder}",
        "model.max_subwords=40",
        "model.pair_size=32",
        "model.dropout=0",
        "model.encoder_dropout=0",
        "training.batch_size=4",
        "training.epochs=3",
        "training.learning_rate=1e-3",
        "training.bf16=false",
        "training.report_to=none",
        "training.evaluations=2",
    ]
    return subprocess.run(
        [*launch, str(ROOT / "scripts/train.py"), *overrides, *more],
        capture_output=True,
        text=True,
        check=False,
        cwd=output.parent,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, gold: list[Document]) -> Path:
    path = tmp_path_factory.mktemp("data") / "gold.jsonl"
    articles = [replace(gold[number % 2], id=f"{number}") for number in range(3)]
    path.write_text("".join(json.dumps(to_json(article)) + "\n" for article in articles))
    return path


@pytest.fixture(scope="module")
def runs(
    tmp_path_factory: pytest.TempPathFactory, data: Path, encoder_folder: Callable[[str], Path]
) -> dict[int, tuple[Path, str]]:
    """By the number of processes: the output of a training, and what it printed."""
    folder = tmp_path_factory.mktemp("runs")
    done = {count: _train(count, folder / str(count), data, encoder_folder("bert-wordpiece")) for count in (1, 2)}
    for run in done.values():
        assert run.returncode == 0, run.stderr[-3000:]
    return {count: (folder / str(count), run.stdout) for count, run in done.items()}


def _same_weights(one: Path, two: Path) -> None:
    theirs, ours = (load_file(output / "model/model.safetensors") for output in (one, two))
    assert theirs.keys() == ours.keys()
    for name, weight in theirs.items():
        torch.testing.assert_close(ours[name], weight, rtol=1e-3, atol=2e-5, msg=name)


@pytest.mark.slow
def test_two_processes_train_what_one_does(
    runs: dict[int, tuple[Path, str]], encoder_folder: Callable[[str], Path]
) -> None:
    (one, _), (two, _) = runs.values()
    _same_weights(one, two)
    histories = [json.loads((output / "history.json").read_text()) for output in (one, two)]
    losses = [[entry["loss"] for entry in history if "loss" in entry] for history in histories]
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)
    learnt = load_file(two / "model/model.safetensors")
    started = load_file(encoder_folder("bert-wordpiece") / "model.safetensors")
    name = "encoder.layer.0.output.dense.weight"
    assert (learnt[f"encoder.{name}"] - started[name]).abs().max() > 1e-3


@pytest.mark.slow
def test_only_the_main_process_writes_and_speaks(runs: dict[int, tuple[Path, str]]) -> None:
    files, printed = [], []
    for output, out in runs.values():
        inside = [path for path in output.rglob("*") if path.is_file() and not path.match("rng_state*")]
        files.append(sorted(str(path.relative_to(output)) for path in inside))
        printed.append([line for line in out.splitlines() if line.startswith("strict entity F1")])
    assert files[0] == files[1]
    assert [len(lines) for lines in printed] == [1, 1]
    assert JointConfig.from_pretrained(runs[2][0] / "model").loss_weights == {}


@pytest.mark.slow
def test_two_processes_go_on_where_one_was_killed(
    runs: dict[int, tuple[Path, str]], tmp_path: Path, data: Path, encoder_folder: Callable[[str], Path]
) -> None:
    killed = tmp_path / "killed"
    shutil.copytree(runs[1][0], killed)
    shutil.rmtree(killed / "model")
    _, last = sorted(killed.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    shutil.rmtree(last)
    done = _train(2, killed, data, encoder_folder("bert-wordpiece"))
    assert done.returncode == 0, done.stderr[-3000:]
    _same_weights(runs[1][0], killed)


@pytest.mark.slow
def test_the_main_process_says_what_is_wrong_and_all_end(
    tmp_path: Path, data: Path, encoder_folder: Callable[[str], Path]
) -> None:
    output = tmp_path / "out"
    (output / "checkpoint-1").mkdir(parents=True)
    (output / "run.json").write_text("another run")
    done = _train(2, output, data, encoder_folder("bert-wordpiece"))
    assert done.returncode != 0
    assert [line for line in done.stderr.splitlines() if "holds an unfinished run" in line] == [
        f"waqai: {output} holds an unfinished run with other settings or articles; choose another output, or start "
        "again with overwrite=true"
    ]
