"""The Hydra entry points, from their command line to what they print and write."""

from __future__ import annotations

import json
import logging
import runpy
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hydra import compose, initialize_config_dir
from hydra.core.global_hydra import GlobalHydra
from omegaconf import OmegaConf

from waqai.formats import write_documents
from waqai.models.loading import load_encoder, load_joint_model
from waqai.schema import Document
from waqai.training.settings import TrainSettings, register

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / "configs"
OWN_DATA = ("experiment=ner_only", "experiment=articles")  # what they learn from is for the user to name


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Runs a script as the shell would, from an empty folder."""
    handlers, level = list(logging.getLogger().handlers), logging.getLogger().level
    monkeypatch.chdir(tmp_path)

    def run(name: str, *arguments: object) -> None:
        GlobalHydra.instance().clear()
        monkeypatch.setattr("sys.argv", [str(ROOT / "scripts" / name), *map(str, arguments)])
        runpy.run_path(str(ROOT / "scripts" / name), run_name="__main__")

    yield run
    GlobalHydra.instance().clear()
    root = logging.getLogger()
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers, root.level = handlers, level


def _fails(run: Callable[..., None], capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    capsys.readouterr()
    with pytest.raises(SystemExit) as stop:
        run(*arguments)
    assert stop.value.code == 2
    error = capsys.readouterr().err
    assert "Traceback" not in error
    [line] = [line for line in error.splitlines() if line.startswith("waqai: ")]
    return line


@pytest.fixture
def quick(encoder_folder: Callable[[str], Path]) -> list[str]:
    return [
        f"model.encoder={encoder_folder('bert-wordpiece')}",
        *("model.max_subwords=96", "model.pair_size=32", "model.encoder_dropout=0.0", "model.dropout=0.0"),
        *("training.bf16=false", "training.report_to=none", "training.evaluations=1"),
        *("training.learning_rate=2e-3", "training.head_learning_rate=5e-3", "+training.arguments.disable_tqdm=true"),
    ]


@pytest.fixture
def three(gold: list[Document], tmp_path: Path) -> Path:
    """Three annotated articles."""
    third = replace(gold[0], id="third", text=gold[0].text)
    write_documents([*gold, third], tmp_path / "gold.jsonl", "jsonl")
    return tmp_path / "gold.jsonl"


CONLL = """\
التقى O
وزير O
الدفاع O
جون B-PER
لودريان I-PER
في O
باريس B-LOC
. O

وصل O
أوباما B-PER
إلى O
عمان B-LOC
. O
"""


def test_any_conll_corpus_trains_a_tagger_and_is_scored(
    script: Callable[..., None], quick: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "names.conll").write_text(CONLL)
    data = [f"data.{split}=names.conll" for split in ("train", "dev", "test")]
    script(
        "train.py", "experiment=ner_only", *data, *quick, "training.epochs=60", "training.batch_size=2", "output=out"
    )
    assert capsys.readouterr().out.splitlines()[-1] == "strict entity F1: 100.00"
    scores = json.loads((tmp_path / "out" / "scores.json").read_text())["model"]
    assert scores["entities"]["support"] == 4
    assert sorted(path.name for path in (tmp_path / "out" / "model").iterdir()) == [
        "config.json", "model.safetensors", "tokenizer.json", "waqai.json",
    ]  # fmt: skip


def test_cross_validation_scores_every_article_once(
    script: Callable[..., None], quick: list[str], three: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "train.py",
        "experiment=seeds_crossval",
        f"data.train={three}",
        *quick,
        "training.epochs=90",
        "output=out",
    ]
    script(*arguments)
    printed = capsys.readouterr().out
    assert "CRF and majority role" in printed
    scores = json.loads((tmp_path / "out" / "scores.json").read_text())
    assert {name: report["documents"] for name, report in scores.items()} == {"model": 3, "CRF and majority role": 3}
    # two of the three are alike, so their folds know them by heart; the third is strange to the others
    by_article = {name: tasks["entities"] for name, tasks in scores["model"]["articles"].items()}
    assert by_article["paris"] == by_article["third"] == 1.0
    assert by_article["amman"] < 0.7
    # again: the folds are read, not trained; with other settings they are refused
    before = (tmp_path / "out" / "fold0" / "model" / "model.safetensors").stat().st_mtime_ns
    script(*arguments)
    assert (tmp_path / "out" / "fold0" / "model" / "model.safetensors").stat().st_mtime_ns == before
    assert json.loads((tmp_path / "out" / "scores.json").read_text()) == scores
    line = _fails(script, capsys, *arguments, "seed=14")
    assert "other settings or articles" in line


def test_a_model_is_exported_and_evaluated(
    script: Callable[..., None], trained: Any, gold: list[Document], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_documents(gold, tmp_path / "gold.jsonl", "jsonl")
    script("export.py", f"folder={trained.folder}", "output=onnx", "precision=fp32")
    assert "tiny to onnx: fp32" in capsys.readouterr().out
    assert sorted(path.name for path in (tmp_path / "onnx").iterdir()) == [
        "config.json", "encoder.onnx", "relations.onnx", "tokenizer.json", "waqai.json",
    ]  # fmt: skip
    reports = ["json=s.json", "markdown=s.md", "html=s.html"]
    script("evaluate.py", "folder=onnx", "gold=gold.jsonl", *reports)
    scores = json.loads((tmp_path / "s.json").read_text())
    assert scores["entities"]["f1"] == scores["relations"]["f1"] == scores["records"]["f1"] == 1.0
    assert "entities" in capsys.readouterr().out
    assert "exists" in _fails(script, capsys, "evaluate.py", "folder=onnx", "gold=gold.jsonl", *reports)
    assert "exists" in _fails(script, capsys, "export.py", f"folder={trained.folder}", "output=onnx")
    int8 = ["precision=int8", "calibration=gold.jsonl", "overwrite=true"]
    script("export.py", f"folder={trained.folder}", "output=onnx", *int8)
    assert {path.name for path in tmp_path.iterdir()} == {"gold.jsonl", "onnx", "s.json", "s.md", "s.html"}


def test_a_trained_encoder_is_written_for_others_to_train_on(
    script: Callable[..., None], trained: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "encoder"
    script("export.py", f"folder={trained.folder}", f"output={target}", "part=encoder")
    assert "encoder, fp16" in capsys.readouterr().out
    encoder, (model, _, tokenizer) = load_encoder(str(target)), load_joint_model(trained.folder)
    states = encoder.model.state_dict()
    for name, value in model.encoder.state_dict().items():
        torch.testing.assert_close(states[name], value, rtol=1e-3, atol=1e-4)
    words = [["قال", "أوباما"]]
    assert [ids.tolist() for ids, _ in encoder.tokenizer.encode(words)] == [
        ids.tolist() for ids, _ in tokenizer.encode(words)
    ]
    assert (encoder.tokenizer.pad_id, encoder.tokenizer.mask_id) == (tokenizer.pad_id, tokenizer.mask_id)
    assert "model, encoder" in _fails(script, capsys, "export.py", f"folder={trained.folder}", "output=x", "part=head")


def test_a_model_is_scored_on_every_set_beside_the_baseline(
    script: Callable[..., None], trained: Any, gold: list[Document], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_documents(gold, tmp_path / "gold.jsonl", "jsonl")
    for number, document in enumerate(gold):
        write_documents([document], tmp_path / "folds" / f"fold{number}" / "predicted.jsonl", "jsonl")
    (tmp_path / "names.conll").write_text("التقى O\nباريس B-LOC\n", encoding="utf-8")
    mapping = CONFIGS / "mapping" / "anercorp.yaml"
    arguments = [
        "results.py", f"folder={trained.folder}", f"random={trained.folder}", "crossval=folds", "seeds=gold.jsonl",
        "data.train=gold.jsonl", "~sets.own_dev", "~sets.newspaper_dev", "+sets.known_by_heart=gold.jsonl",
        *(f"~data.corpora.{name}" for name in ("serif", "wojood", "gsr")),
        *(f"data.corpora.anercorp.{name}" for name in ("path=names.conll", "dev=names.conll", f"mapping={mapping}")),
        "markdown=table.md", "json=scores.json",
    ]  # fmt: skip
    script(*arguments)
    printed = capsys.readouterr().out
    assert (tmp_path / "table.md").read_text() == printed.removesuffix("\n")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in printed.splitlines() if line[:1] == "|"]
    assert rows[0] == ["articles", "task", "support", "model", "CRF + majority role", "random encoder"]
    entities = str(sum(len(document.entities) for document in gold))
    assert ["seeds, each left out", "entities", entities, "100.0 (100.0–100.0)", "–", "–"] in rows
    assert next(row for row in rows if row[0] == "known by heart")[3] == "100.0 (100.0–100.0)"
    assert [row[:3] for row in rows[-3:]] == [
        ["anercorp dev", "PERS", "0"], ["", "names found", "1"], ["", "names found, spans overlap", "1"],
    ]  # fmt: skip
    scores = json.loads((tmp_path / "scores.json").read_text())
    assert scores["model"]["known by heart"]["relations"]["f1"] == 1.0
    (tmp_path / "folds" / "fold1" / "predicted.jsonl").unlink()
    assert "exists" in _fails(script, capsys, *arguments)
    assert "lacks amman" in _fails(script, capsys, *arguments, "overwrite=true")


BAD_SETTINGS = {
    "misspelt key": (["train.py", "training.epoch=3"], "'epoch' not in 'TrainingSettings'"),
    "misspelt key with a plus": (["train.py", "+training.epoch=3"], "no setting is called training.epoch"),
    "misspelt experiment": (["train.py", "experiment=artcles"], "experiment/artcles"),
    "misspelt group": (["train.py", "trainning.epochs=3"], "trainning"),
    "misspelt choice": (["train.py", "model=camelbert"], "camelbert"),
    "not of its kind": (["train.py", "training.epochs=many"], "many"),
    "unreadable override": (["train.py", "training.epochs=[1,"], "training.epochs=[1,"),
    "missing value": (["train.py", "experiment=ner_only"], "data.train"),
    "missing data": (["train.py", "data.train=nowhere"], "no such file or folder"),
    "unknown protocol": (["train.py", "data.train=gold.jsonl", "protocol=twice"], "single or crossval"),
    "too few articles": (["train.py", "data.train=one.jsonl", "protocol=crossval"], "at least two"),
    "held out and dev": (["train.py", "data.train=gold.jsonl", "data.dev=one.jsonl", "protocol=crossval"], "paris"),
    "no encoder": (["train.py", "data.train=gold.jsonl", "model.encoder=nowhere/at-all"], "model.encoder=embedded"),
    "no scheme": (["train.py", "data.train=gold.jsonl", "scheme=nowhere.yaml"], "nowhere"),
    "evaluate nothing": (["evaluate.py"], "gold"),
    "evaluate no model": (["evaluate.py", "gold=gold.jsonl", "folder=nowhere"], "is no folder"),
    "export nothing": (["export.py"], "output"),
    "compare what is not there": (["ablate.py", "only=[size]"], "no comparison size"),
    "ablate misspelt": (["ablate.py", "seed=[1]"], "seed"),
    "export at another precision": (["export.py", "folder=MODEL", "output=o", "precision=int4"], "int8, fp32"),
    "export misspelt": (["export.py", "folder=MODEL", "output=o", "presicion=int8"], "presicion"),
}


@pytest.mark.parametrize("case", BAD_SETTINGS)
def test_bad_settings_are_one_line_and_code_two(
    case: str,
    script: Callable[..., None],
    three: Path,
    gold: list[Document],
    trained: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_documents(gold[:1], tmp_path / "one.jsonl", "jsonl")
    arguments, message = BAD_SETTINGS[case]
    quiet = ["hydra.run.dir=.", "hydra.output_subdir=null"] if arguments[0] == "train.py" else []
    line = _fails(script, capsys, *(str(a).replace("MODEL", str(trained.folder)) for a in arguments), *quiet)
    assert message in line
    assert not (tmp_path / "o").exists()


def _compose(*overrides: str) -> Any:
    register()
    GlobalHydra.instance().clear()
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        return compose("train", list(overrides))


CHOICES = [
    *(f"model={path.stem}" for path in sorted(CONFIGS.glob("model/*.yaml"))),
    *(f"data={path.stem}" for path in sorted(CONFIGS.glob("data/*.yaml"))),
    *(f"experiment={path.stem}" for path in sorted(CONFIGS.glob("experiment/*.yaml"))),
]


@pytest.mark.parametrize("choice", CHOICES)
def test_every_choice_composes_to_settings(choice: str) -> None:
    config = _compose(choice)
    # left to the user, and said so
    assert OmegaConf.missing_keys(config) == ({"data.train"} if choice in OWN_DATA else set())
    if choice not in OWN_DATA:
        assert isinstance(OmegaConf.to_object(config), TrainSettings)


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("model/*.yaml")), ids=lambda path: path.stem)
def test_encoders_of_the_hub_are_named_with_a_revision(path: Path) -> None:
    model = _compose(f"model={path.stem}").model
    assert (model.encoder == "embedded") == (model.revision is None)


def test_the_default_scheme_is_the_one_that_ships() -> None:
    from waqai.schema import Scheme, default_scheme

    assert Scheme.read(CONFIGS / "scheme" / "waqai.yaml") == default_scheme()


def test_a_sweep_tries_every_combination(
    script: Callable[..., None], quick: list[str], three: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rates = ["training.learning_rate=1e-3,2e-3", "training.head_learning_rate=5e-3"]
    quick = [one for one in quick if "learning_rate" not in one]
    data = [f"data.train={three}", f"data.dev={three}"]
    script(
        "train.py",
        "--multirun",
        "+sweep=grid",
        *data,
        *quick,
        *rates,
        "training.epochs=1",
        "calibrate=false",
        "hydra.sweep.dir=sweep",
    )
    assert capsys.readouterr().out.count("strict entity F1") == 2
    assert sorted(path.parts[-3] for path in (tmp_path / "sweep").glob("*/train/scores.json")) == ["0", "1"]


@pytest.mark.filterwarnings("ignore")  # Optuna 2.10, which the plugin asks for, is older than what it imports
def test_an_optuna_sweep_runs(
    script: Callable[..., None], quick: list[str], three: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("hydra_plugins.hydra_optuna_sweeper", reason="pip install 'waqai[sweep]'")
    quick = [one for one in quick if "learning_rate" not in one and "model.dropout" not in one]
    data = [f"data.train={three}", f"data.dev={three}"]
    options = ["training.epochs=1", "calibrate=false", "hydra.sweep.dir=sweep", "hydra.sweeper.n_trials=2"]
    script("train.py", "--multirun", "+sweep=optuna", *data, *quick, *options)
    assert capsys.readouterr().out.count("strict entity F1") == 2
    assert "best_value" in (tmp_path / "sweep" / "optimization_results.yaml").read_text()
