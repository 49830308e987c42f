"""The loop: a killed run ends as an undisturbed one, and trouble keeps the last good checkpoint."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, AutoTokenizer

from waqai.errors import ConfigError, DataError, ModelError, OutputError
from waqai.pretraining import checkpoints
from waqai.pretraining.model import ModelShape, build_model
from waqai.pretraining.optimizers import rate_factor
from waqai.pretraining.packing import load_stream
from waqai.pretraining.reporting import plot_run, read_metrics
from waqai.pretraining.run import pretrain
from waqai.pretraining.settings import (
    OptimizerSettings,
    PretrainSettings,
    ScheduleSettings,
)
from waqai.pretraining.shipping import export_encoder
from waqai.pretraining.training import Pretraining


def start(settings: PretrainSettings, tokenizer: Tokenizer) -> Pretraining:
    return Pretraining(settings, load_stream(Path(settings.work) / "news/ids.bin"), "0", tokenizer)


@pytest.mark.parametrize(("name", "objective"), [("muon", "mlm"), ("adamw", "mlm"), ("muon", "rtd")])
def test_a_killed_run_ends_as_an_undisturbed_one(
    settings: PretrainSettings, tokenizer: Tokenizer, name: str, objective: str
) -> None:
    settings = replace(settings, objective=objective, optimizer=OptimizerSettings(name=name, ema=0.9))
    undisturbed = start(replace(settings, run="undisturbed"), tokenizer)
    undisturbed.run()
    first = start(settings, tokenizer)
    first.run(stop_after=3)
    first.save()
    first.run(stop_after=5)  # work after the checkpoint is lost in the kill
    resumed = start(settings, tokenizer)
    assert resumed.progress.step == 3
    resumed.run()
    for key, value in undisturbed.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[key]), key
    for key, value in undisturbed.loss.state_dict().items():
        assert torch.equal(value, resumed.loss.state_dict()[key]), key
    for key, value in undisturbed.average.items():
        assert torch.equal(value, resumed.average[key]), key
    steps = [record["step"] for record in read_metrics(resumed.folder / "metrics.jsonl")]
    assert steps == [1, 2, 3, 4, 5, 6]


def test_a_larger_budget_goes_on_from_before_the_rate_fell(settings: PretrainSettings, tokenizer: Tokenizer) -> None:
    masking = replace(settings.masking, first=0.2, last=0.2)  # moves with the share of the budget, as rows do

    def of(steps: int, hold: float, run: str) -> PretrainSettings:
        schedule = ScheduleSettings(steps=steps, hold=hold, warmup=0.0, long_from=1.0)
        return replace(settings, run=run, schedule=schedule, masking=masking)

    start(of(6, 0.5, "grown"), tokenizer).run()
    assert start(of(6, 0.5, "grown"), tokenizer).progress.step == 6
    grown = start(of(12, 0.5, "grown"), tokenizer)
    assert grown.progress.step == 3
    grown.run()
    whole = start(of(12, 0.5, "whole"), tokenizer)
    whole.run()
    for key, value in whole.model.state_dict().items():
        assert torch.equal(value, grown.model.state_dict()[key]), key


@pytest.mark.parametrize(("architecture", "objective"), [("modernbert", "mlm"), ("bert", "mlm"), ("bert", "rtd")])
def test_pretrain_export_and_load_with_stock_classes(
    settings: PretrainSettings, architecture: str, objective: str
) -> None:
    shape = replace(settings.model, architecture=architecture)
    settings = replace(settings, model=shape, objective=objective)
    done = pretrain(settings)
    assert (done.step, done.subwords, done.fraction) == (6, 6 * 128, 1.0)
    work = Path(settings.work)
    target = work / "encoder"
    assert export_encoder(work / "tiny", work / "news/tokenizer.json", target) < 200_000
    model, tokenizer = (
        AutoModel.from_pretrained(target),
        AutoTokenizer.from_pretrained(target),
    )
    assert model.dtype == torch.float32
    batch = tokenizer([["قال", "أوباما"]], is_split_into_words=True, return_tensors="pt")
    assert model(**batch).last_hidden_state.shape[-1] == 16
    assert plot_run(work / "tiny").stat().st_size > 1000


def test_probes_on_the_way_are_logged_and_drawn(settings: PretrainSettings) -> None:
    work = Path(settings.work)
    (work / "ner").mkdir()
    text = "\n".join("زار O\nأوباما B-PERS\nبغداد B-LOC\n" for _ in range(20))
    (work / "ner/anercorp.train.conll").write_text(text, encoding="utf-8")
    pretrain(replace(settings, corpora=str(work), checkpoint_seconds=1e-9, probe_seconds=1e-9))
    probes = read_metrics(work / "tiny/probes.jsonl")
    assert [record["step"] for record in probes] == [1, 2, 3, 4, 5, 6]
    assert all(0.0 <= record["f1"] <= 100.0 for record in probes)
    assert plot_run(work / "tiny").stat().st_size > 1000


def test_a_checkpoint_of_other_settings_is_refused(settings: PretrainSettings, tokenizer: Tokenizer) -> None:
    start(settings, tokenizer).save()
    with pytest.raises(ModelError, match=r"other settings.*new name"):
        start(replace(settings, seed=2), tokenizer)
    longer = replace(settings, schedule=replace(settings.schedule, steps=9))
    assert start(longer, tokenizer).progress.step == 0


def test_a_damaged_checkpoint_is_refused(settings: PretrainSettings, tokenizer: Tokenizer) -> None:
    run = start(settings, tokenizer)
    run.save()
    run.checkpoint.write_bytes(run.checkpoint.read_bytes()[:500])
    with pytest.raises(ModelError, match="damaged"):
        start(settings, tokenizer)


def test_a_full_disk_keeps_the_last_good_checkpoint(
    settings: PretrainSettings, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(settings, tokenizer)
    run.run(stop_after=2)
    run.save()

    def full(state: object, out: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints.torch, "save", full)
    with pytest.raises(OutputError, match="previous one is kept"):
        run.save()
    monkeypatch.undo()
    assert start(settings, tokenizer).progress.step == 2
    assert not list(run.folder.glob("*.part"))


def test_a_run_without_a_corpus_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="prepare_corpus"):
        pretrain(PretrainSettings(work=str(tmp_path), run="x"))


def test_export_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"run scripts/pretrain\.py first"):
        export_encoder(tmp_path, tmp_path / "tokenizer.json", tmp_path / "out")


@pytest.mark.parametrize("shape", [ModelShape(architecture="gpt"), ModelShape(hidden=10, heads=3)])
def test_impossible_shapes_are_refused(shape: ModelShape) -> None:
    with pytest.raises(ConfigError, match="model\\."):
        build_model(shape, 100, 0, 2, 3)


def test_an_unknown_objective_is_refused(settings: PretrainSettings, tokenizer: Tokenizer) -> None:
    with pytest.raises(ConfigError, match="choose one of mlm, rtd"):
        start(replace(settings, objective="clm"), tokenizer)


def test_rate_rises_holds_and_falls_to_zero() -> None:
    schedule = ScheduleSettings(warmup=0.1, hold=0.5)
    assert [round(rate_factor(share, schedule), 2) for share in (0.0, 0.05, 0.3, 0.75, 1.0)] == [
        0.01,
        0.5,
        1.0,
        0.5,
        0,
    ]


def test_loss_falls_on_a_corpus_that_repeats(settings: PretrainSettings, tokenizer: Tokenizer) -> None:
    longer = replace(settings, schedule=ScheduleSettings(steps=60, warmup=0.1, hold=0.3))
    run = start(longer, tokenizer)
    run.run()
    losses = [json.loads(line)["loss"] for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
    assert sum(losses[-5:]) < sum(losses[:5]) - 1.0
