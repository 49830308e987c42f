"""The command line: what it writes, what it refuses, and that it starts at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from model_fixtures import AMMAN, PARIS
from waqai.cli import main
from waqai.formats import read_documents, write_documents
from waqai.schema import Document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two articles of text."""
    source = tmp_path / "articles"
    source.mkdir()
    (source / "paris.txt").write_text(PARIS)
    (source / "amman.txt").write_text(AMMAN)
    return source


@pytest.fixture
def model(onnx_folder: Path) -> list[str]:
    return ["--model", str(onnx_folder), "--threads", "1", "--quiet"]


def _fails(*arguments: object) -> int:
    with pytest.raises(SystemExit) as stop:
        raise SystemExit(main([str(argument) for argument in arguments]))
    return int(stop.value.code or 0)


def test_extract_writes_records_and_documents(
    folder: Path, tmp_path: Path, model: list[str], gold: list[Document], capsys: pytest.CaptureFixture[str]
) -> None:
    output, documents = tmp_path / "out" / "events.jsonl", tmp_path / "documents.jsonl"
    options = ["--publication-date", "2016-01-20", "--documents", str(documents)]
    assert main(["extract", str(folder), "-o", str(output), *options, *model]) == 0
    records = [json.loads(line) for line in output.read_text().splitlines()]
    assert {record["event"] for record in records} == {"CONSULT", "ASSAULT", "ACCUSE", "AID"}
    assert all(record["model"] == "tiny" for record in records)
    found = {document.id: document for document in read_documents(documents)}
    assert {name: found[name].entities for name in ("paris", "amman")} == {g.id: g.entities for g in gold}
    assert "2 articles to" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.rglob("*")) == [
        "amman.txt", "articles", "documents.jsonl", "events.jsonl", "out", "paris.txt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "name"),
    [("jsonl", "events.jsonl"), ("csv", "events.csv"), ("parquet", "events.parquet"), ("sql", "events.sqlite")],
)
def test_a_folder_for_output_gets_one_file(
    folder: Path, tmp_path: Path, model: list[str], form: str, name: str
) -> None:
    assert main(["extract", str(folder), "-o", str(tmp_path / "out"), "--format", form, *model]) == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_brat_output_reads_back(folder: Path, tmp_path: Path, model: list[str], gold: list[Document]) -> None:
    assert main(["extract", str(folder), "-o", str(tmp_path / "brat"), "--format", "brat", *model]) == 0
    assert [document.triggers for document in read_documents(tmp_path / "brat")] == [gold[1].triggers, gold[0].triggers]


def test_only_actual_and_merged(folder: Path, tmp_path: Path, model: list[str]) -> None:
    def events(name: str, *options: str) -> list[dict]:
        main(["extract", str(folder), "-o", str(tmp_path / name), *options, *model])
        return [json.loads(line) for line in (tmp_path / name).read_text().splitlines()]

    assert any(record["auxiliary"] == "future" for record in events("all.jsonl"))
    assert not any(record["auxiliary"] == "future" for record in events("actual.jsonl", "--only-actual"))
    assert len(events("merged.jsonl", "--merge")) <= len(events("plain.jsonl"))


def test_a_broken_article_goes_to_the_rejects(
    folder: Path, tmp_path: Path, model: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.txt").write_bytes("نص".encode("cp1256"))
    output = tmp_path / "events.jsonl"
    assert main(["extract", str(folder), "-o", str(output), *model]) == 0
    [reject] = [json.loads(line) for line in (tmp_path / "events.jsonl.rejects.jsonl").read_text().splitlines()]
    assert reject["path"].endswith("bad.txt")
    assert "byte 0 (e4 d5) is not utf-8" in reject["reason"]
    assert "1 rejected" in capsys.readouterr().out
    (folder / "bad.txt").unlink()
    assert main(["extract", str(folder), "-o", str(output), "--overwrite", *model]) == 0
    assert not (tmp_path / "events.jsonl.rejects.jsonl").exists()


def test_strict_stops_and_writes_nothing(
    folder: Path, tmp_path: Path, model: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.txt").write_text("")
    assert _fails("extract", folder, "-o", tmp_path / "events.jsonl", "--strict", *model) == 2
    assert "bad.txt: the file is empty" in capsys.readouterr().err
    assert not (tmp_path / "events.jsonl").exists()


def test_an_existing_output_is_kept_unless_told(
    folder: Path, tmp_path: Path, model: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "events.jsonl"
    output.write_text("mine")
    assert _fails("extract", folder, "-o", output, *model) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert output.read_text() == "mine"
    assert main(["extract", str(folder), "-o", str(output), "--overwrite", *model]) == 0
    assert output.read_text() != "mine"


def test_a_run_killed_while_it_wrote_goes_on(
    folder: Path, tmp_path: Path, model: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output, documents = tmp_path / "events.jsonl", tmp_path / "documents.jsonl"
    command = ["extract", str(folder), "-o", str(output), "--documents", str(documents), *model]

    class Killed(BaseException):
        pass

    def kill(*_: object, **__: object) -> None:
        raise Killed

    for name in ("_write", "_write_rejects"):
        with monkeypatch.context() as patch:
            patch.setattr(f"waqai.commands.extract.{name}", kill)
            with pytest.raises(Killed):
                main(command)
        assert not output.exists()
    with monkeypatch.context() as patch:
        patch.setattr("waqai.inference.run.ShardedRun.discard", kill)
        with pytest.raises(Killed):
            main(command)
    assert output.exists()
    assert main(command) == 0  # everything is written, nothing is left to do but tidy up
    assert sorted(path.name for path in tmp_path.iterdir()) == ["articles", "documents.jsonl", "events.jsonl"]
    assert _fails(*command) == 2  # and now it is a finished output like any other


def test_an_output_among_the_inputs_is_not_read_again(folder: Path, model: list[str]) -> None:
    output = folder / "events.jsonl"
    for _ in range(2):
        assert main(["extract", str(folder), "-o", str(output), "--overwrite", *model]) == 0
    assert {json.loads(line)["cite_info"]["title"] for line in output.read_text().splitlines()} == {
        PARIS.split("\n")[0],
        AMMAN.split("\n")[0],
    }


def test_records_of_an_earlier_run_are_no_articles(
    folder: Path, model: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["extract", str(folder), "-o", str(folder / "events.jsonl"), *model]) == 0
    capsys.readouterr()
    assert main(["extract", str(folder), "-o", str(folder / "merged.jsonl"), "--merge", *model]) == 0
    assert "2 articles to" in (said := capsys.readouterr().out)
    assert "events.jsonl:1: this is an event record" in said


def test_a_publication_date_that_is_no_day_is_said(
    folder: Path, tmp_path: Path, model: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "metadata.jsonl").write_text('{"id": "paris", "publication_date": "20/01/2016"}')
    assert main(["extract", str(folder), "-o", str(tmp_path / "events.jsonl"), *model]) == 0
    told = capsys.readouterr().out
    assert "1 published on no day that can be read (paris: 20/01/2016; expected one like 2016-01-20)" in told
    assert "1 without a publication date" in told


BAD_EXTRACTIONS = {
    "no input": (["extract", "nowhere", "-o", "o.jsonl"], "no such file, folder or glob"),
    "empty folder": (["extract", "empty", "-o", "o.jsonl"], "holds no articles"),
    "output under a file": (["extract", "articles", "-o", "articles/paris.txt/o.jsonl"], "cannot write"),
    "no model": (["extract", "articles", "-o", "o.jsonl", "--model", "empty"], "holds no waqai.json"),
    "odd date": (["extract", "articles", "-o", "o.jsonl", "--publication-date", "أمس"], "a day such as 2016-01-20"),
    "odd encoding": (["extract", "articles", "-o", "o.jsonl", "--encoding", "utf-88"], "no encoding is called utf-88"),
    "no gold": (["evaluate", "--gold", "nowhere", "--predicted", "empty"], "no such file or folder"),
    "no annotation": (["evaluate", "--gold", "empty", "--predicted", "empty"], "expected annotated articles"),
    "no scheme": (
        ["evaluate", "--gold", "empty", "--predicted", "empty", "--scheme", "s.yaml"],
        "cannot read the scheme",
    ),
    "nothing to validate": (["validate", "nowhere"], "no such file or folder"),
    "unknown format": (["convert", "articles", "--from", "word", "--to", "brat", "-o", "x"], "unknown format «word»"),
    "no records": (["show", "nowhere.jsonl"], "nowhere.jsonl"),
}


@pytest.mark.parametrize("case", BAD_EXTRACTIONS)
def test_bad_input_is_one_line_and_code_two(
    case: str,
    folder: Path,
    tmp_path: Path,
    model: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    arguments, message = BAD_EXTRACTIONS[case]
    before = sorted(tmp_path.rglob("*"))
    model = model if arguments[0] == "extract" and "--model" not in arguments else []
    assert _fails(*arguments, *model) == 2
    error = capsys.readouterr().err
    assert error.startswith("waqai: ")
    assert error.count("\n") == 1
    assert message in error
    assert sorted(tmp_path.rglob("*")) == before  # nothing half-written


@pytest.mark.parametrize(
    "arguments", [[], ["extrakt"], ["extract", "x"], ["extract", "x", "-o", "y", "--formt", "csv"]]
)
def test_misspelt_commands_and_options_are_code_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _fails(*arguments) == 2
    assert "usage: waqai" in capsys.readouterr().err


def test_a_broken_model_is_one_line(
    folder: Path, onnx_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "model"
    shutil.copytree(onnx_folder, broken)
    (broken / "encoder.onnx").write_bytes(b"\0")
    assert _fails("extract", folder, "-o", tmp_path / "o.jsonl", "--model", broken) == 2
    assert "encoder.onnx is broken" in capsys.readouterr().err


def test_gold_articles_that_are_not_predicted_are_told_of(
    gold: list[Document], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, articles in (("gold", gold), ("predicted", gold[:1])):
        write_documents(articles, tmp_path / f"{name}.jsonl", "jsonl")
    paths = ["--gold", str(tmp_path / "gold.jsonl"), "--predicted", str(tmp_path / "predicted.jsonl")]
    assert main(["evaluate", *paths]) == 0
    assert f"1 gold articles are not predicted and count as empty, the first {gold[1].id}" in capsys.readouterr().err


def test_evaluate_validate_convert_and_show(
    gold: list[Document], tmp_path: Path, folder: Path, model: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    write_documents(gold, tmp_path / "gold.jsonl", "jsonl")
    assert main(["validate", str(tmp_path / "gold.jsonl")]) == 0
    assert main(["convert", str(tmp_path / "gold.jsonl"), "--to", "brat", "-o", str(tmp_path / "brat")]) == 0
    scores = tmp_path / "scores.json"
    reports = ["--json", str(scores), "--markdown", str(tmp_path / "s.md"), "--html", str(tmp_path / "s.html")]
    assert (
        main(["evaluate", "--gold", str(tmp_path / "gold.jsonl"), "--predicted", str(tmp_path / "brat"), *reports]) == 0
    )
    plain = json.loads(scores.read_text())
    for task in (
        "entities",
        "trigger_identification",
        "trigger_classification",
        "argument_identification",
        "argument_classification",
        "relations",
        "records",
    ):
        assert {"precision", "recall", "f1", "support"} <= plain[task].keys()
    assert plain["entities"]["f1"] == plain["relations"]["f1"] == 1.0
    assert main(["extract", str(folder), "-o", str(tmp_path / "e.jsonl"), *model]) == 0
    capsys.readouterr()
    assert main(["show", str(tmp_path / "e.jsonl")]) == 0
    assert "CONSULT" in capsys.readouterr().out
    assert main(["show", str(tmp_path / "e.jsonl"), "--html", str(tmp_path / "e.html")]) == 0
    assert 'dir="rtl"' in (tmp_path / "e.html").read_text()


HEAVY = "torch transformers datasets onnxruntime tokenizers pyarrow sqlalchemy numpy hydra"


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import waqai", HEAVY),
        ("import waqai.cli\ntry: waqai.cli.main(['--help'])\nexcept SystemExit: pass", HEAVY),
        ("import waqai\nwaqai.Extractor", "torch transformers datasets hydra"),
    ],
)
def test_it_starts_without_what_it_does_not_need(code: str, absent: str) -> None:
    check = f"{code}\nimport sys\nprint([n for n in '{absent}'.split() if n in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("arguments", [["-c", "import waqai"], ["-m", "waqai.cli", "--help"]])
def test_it_starts_in_half_a_second(arguments: list[str]) -> None:
    def seconds() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        return time.perf_counter() - began

    assert min(seconds() for _ in range(4)) < 0.5  # the best of several: other work may run beside
