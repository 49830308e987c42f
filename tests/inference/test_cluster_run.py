"""The same extraction on a cluster: the records of one machine, whatever dies on the way."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from waqai.cli import main
from waqai.commands.extract import ExtractionSettings
from waqai.errors import ConfigError, DataError, OutputError
from waqai.formats import to_json
from waqai.inference.cluster import ClusterRun
from waqai.inference.run import Progress
from waqai.inference.shard_folder import ShardFolder
from waqai.inference.shards import group_files
from waqai.schema import Document
from waqai.storage import read_records

SHARD = 4


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A cluster of two worker processes on this machine."""
    ray = pytest.importorskip("ray", reason="pip install 'waqai[ray]'")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    ray.init(address="local", num_cpus=2, log_to_driver=False, logging_level="ERROR", include_dashboard=False)
    yield ray
    ray.shutdown()


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory, gold: list[Document]) -> Path:
    """150 articles in text files, JSON Lines and Parquet, three of them broken."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("articles")
    for number in range(10):
        (folder / f"t{number}.txt").write_text(gold[number % 2].text)
    (folder / "t5.txt").write_bytes(b"")
    plain = [to_json(replace(gold[n % 2], id=f"j{n:02d}")) for n in range(20)]
    lines = [json.dumps(article) for article in plain]
    lines[3] = lines[17] = "{"
    (folder / "lines.jsonl").write_text("\n".join(lines) + "\n")
    pq.write_table(pa.table({"id": [f"p{n}" for n in range(120)], "text": [gold[0].text] * 120}), folder / "p.parquet")
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, articles: Path, onnx_folder: Path) -> Path:
    """What one machine makes of them: ``events.jsonl``, ``documents.jsonl`` and the rejects."""
    folder = tmp_path_factory.mktemp("alone")
    assert main([*_command(articles, folder / "events.jsonl", onnx_folder, folder / "documents.jsonl")]) == 0
    return folder


def _command(articles: Path | str, output: Path | str, model: Path, documents: Path | str) -> list[str]:
    options = ["--model", str(model), "--threads", "1", "--shard", str(SHARD), "--documents", str(documents), "--quiet"]
    return ["extract", str(articles), "-o", str(output), *options]


def _lines(*files: Path) -> list[str]:
    return sorted(line for file in files for line in file.read_text().splitlines())


def _same(alone: Path, output: Path, documents: Path) -> None:
    assert _lines(*output.glob("events/*.jsonl")) == _lines(alone / "events.jsonl")
    assert _lines(*output.glob("rejects/*.jsonl")) == _lines(alone / "events.jsonl.rejects.jsonl")
    assert _lines(*documents.glob("*.jsonl")) == _lines(alone / "documents.jsonl")
    assert len(_lines(alone / "documents.jsonl")) == 147


def _run(articles: Path, output: Path, model: Path, **changes: Any) -> Callable[..., Progress]:
    run = ClusterRun(
        ShardFolder(str(output), documents=str(output / "documents")),
        {"model": str(model)},
        {"encoding": "utf-8", "publication_date": None},
        shard=SHARD,
        **changes,
    )
    files = sorted(str(file) for file in articles.iterdir())
    return lambda **options: run.extract(group_files(files, SHARD), {"inputs": "x"}, **options)


@pytest.mark.slow
def test_the_records_are_those_of_one_machine(
    cluster: Any, articles: Path, alone: Path, tmp_path: Path, onnx_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [*_command(articles, tmp_path / "out", onnx_folder, tmp_path / "documents"), "--ray"]
    assert main(command) == 0
    assert "147 articles to" in capsys.readouterr().out
    _same(alone, tmp_path / "out", tmp_path / "documents")
    with pytest.raises(SystemExit) as stop:
        main(command)
    assert stop.value.code == 2
    assert "holds a finished run" in capsys.readouterr().err


@pytest.mark.slow
def test_behind_urls_and_as_parquet(
    cluster: Any, articles: Path, alone: Path, tmp_path: Path, onnx_folder: Path
) -> None:
    output, documents = f"file://{tmp_path}/out", f"file://{tmp_path}/documents"
    command = _command(f"file://{articles}", output, onnx_folder, documents)
    assert main([*command, "--ray", "--format", "parquet"]) == 0
    found = [record for file in (tmp_path / "out/events").iterdir() for record in read_records(file)]
    key = repr
    assert sorted(map(key, found)) == sorted(map(key, read_records(alone / "events.jsonl")))
    assert _lines(*(tmp_path / "documents").iterdir()) == _lines(alone / "documents.jsonl")
    assert not [path for path in tmp_path.rglob("*") if path.name.endswith(".partial")]


def _workers() -> list[int]:
    """The processes of our own cluster that extract: below us, and called after their class."""
    parents, workers = {}, []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            title = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"MapWorker" in title:
            workers.append(int(folder.name))

    def is_ours(process: int) -> bool:
        while process > 1 and process != os.getpid():
            process = parents.get(process, 0)
        return process == os.getpid()

    return [process for process in workers if is_ours(process)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds the workers in /proc")
def test_a_worker_killed_on_the_way_changes_nothing(
    cluster: Any, articles: Path, alone: Path, tmp_path: Path, onnx_folder: Path
) -> None:
    killed: list[int] = []
    there = 0

    def kill(state: Progress) -> None:
        nonlocal there
        if not killed:
            there = len(list(tmp_path.glob("out/events/*.jsonl")))
            for process in _workers():
                os.kill(process, signal.SIGKILL)
                killed.append(process)

    state = _run(articles, tmp_path / "out", onnx_folder)(progress=kill)
    assert len(killed) == 2
    assert there < len(list(tmp_path.glob("out/events/*.jsonl"))) - 2  # there was work left to lose
    assert (state.articles, state.rejects, state.resumed) == (150, 3, 0)
    _same(alone, tmp_path / "out", tmp_path / "out/documents")


@pytest.mark.slow
def test_a_run_killed_on_the_way_goes_on(
    cluster: Any, articles: Path, alone: Path, tmp_path: Path, onnx_folder: Path
) -> None:
    class Killed(BaseException):
        pass

    def kill(state: Progress) -> None:
        if state.articles > 40:
            raise Killed

    extract = _run(articles, tmp_path / "out", onnx_folder)
    with pytest.raises(Killed):
        extract(progress=kill)
    assert not (tmp_path / "out/summary.json").exists()
    state = extract()
    assert state.articles == 150
    assert 40 <= state.resumed < 150
    _same(alone, tmp_path / "out", tmp_path / "out/documents")
    assert json.loads((tmp_path / "out/summary.json").read_text())["rejects"] == 3


@pytest.mark.slow
def test_what_a_worker_cannot_do_is_said_as_on_one_machine(
    cluster: Any, articles: Path, tmp_path: Path, onnx_folder: Path
) -> None:
    with pytest.raises(DataError, match=r"^\S+: the file is empty|^\S+: not JSON"):
        _run(articles, tmp_path / "out", onnx_folder, strict=True)()


@pytest.mark.parametrize(
    ("held", "overwrite", "error"),
    [
        ([], False, None),
        (["run.json"], False, None),
        (["run.json", "summary.json"], False, "a finished run"),
        (["run.json", "summary.json"], True, None),
        (["other"], False, "other inputs"),
        (["other"], True, None),
        (["mine.txt"], False, "something else"),
        (["mine.txt"], True, "something else"),
    ],
)
def test_a_folder_belongs_to_one_run(tmp_path: Path, held: list[str], overwrite: bool, error: str | None) -> None:
    root = tmp_path / "out"
    (root / "events").mkdir(parents=True)
    for name in held:
        (root / ("run.json" if name == "other" else name)).write_text('{"a": 2}' if name == "other" else '{"a": 1}')
    if not held:
        (root / "events").rmdir()
    if error:
        with pytest.raises(OutputError, match=error):
            ShardFolder(str(root)).claim({"a": 1}, overwrite=overwrite)
    else:
        ShardFolder(str(root)).claim({"a": 1}, overwrite=overwrite)
        assert sorted(path.name for path in root.iterdir() if path.is_file()) == ["run.json"]


@pytest.mark.parametrize("change", [{"format": "parquet"}, {"documents": "elsewhere"}, {"documents": None}])
def test_a_run_with_other_files_to_write_does_not_go_on(change: dict[str, Any]) -> None:
    settings = ExtractionSettings(["articles"], "out", documents="documents", ray="")
    assert replace(settings, **change).fingerprint([], "tiny") != settings.fingerprint([], "tiny")


def test_what_is_not_a_shard_is_never_removed(tmp_path: Path) -> None:
    folder = ShardFolder(str(tmp_path / "out"), documents=str(tmp_path / "documents"))
    folder.claim({"a": 1}, overwrite=False)
    kept = [tmp_path / "out/mine.txt", tmp_path / "out/events/mine.jsonl", tmp_path / "documents/mine.jsonl"]
    removed = [tmp_path / f"{inner}/00000000-00000000.jsonl" for inner in ("out/events", "out/rejects", "documents")]
    for path in (*kept, *removed):
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    folder.claim({"a": 2}, overwrite=True)
    assert [path.exists() for path in (*kept, *removed)] == [True] * 3 + [False] * 3
    other = ShardFolder(str(tmp_path / "new"), documents=str(tmp_path / "documents"))
    with pytest.raises(OutputError, match="documents holds something else"):
        other.claim({"a": 1}, overwrite=False)


@pytest.mark.slow
def test_nothing_but_broken_articles_is_an_error_and_leaves_nothing(
    cluster: Any, tmp_path: Path, onnx_folder: Path
) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles/a.txt").write_bytes(b"")
    with pytest.raises(DataError, match="the file is empty"):
        _run(tmp_path / "articles", tmp_path / "out", onnx_folder)()
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--format", "csv"], "--format csv needs all records in one place"),
        (["--processes", "2"], "leave it out"),
        (["--merge"], "--merge needs all records"),
        (["--shard", "0"], "at least one article"),
    ],
)
def test_what_a_cluster_cannot_do_is_refused(
    options: list[str], reason: str, articles: Path, tmp_path: Path, onnx_folder: Path, capsys: Any
) -> None:
    pytest.importorskip("ray", reason="pip install 'waqai[ray]'")
    with pytest.raises(SystemExit) as stop:
        main(["extract", str(articles), "-o", str(tmp_path / "out"), "--model", str(onnx_folder), "--ray", *options])
    assert stop.value.code == 2
    assert reason in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_ray_it_says_what_to_install(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SystemExit) as stop:
        main(["extract", str(articles), "-o", str(tmp_path / "out"), "--ray"])
    assert stop.value.code == 2
    assert capsys.readouterr().err == "waqai: --ray needs Ray: pip install 'waqai[ray]'\n"


def test_one_machine_does_not_write_to_a_url(articles: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["extract", str(articles), "-o", "memory://out.jsonl"])
    assert stop.value.code == 2
    assert "only runs with --ray write to a URL" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["extract", str(articles), "-o", "postgresql://host/name", "--format", "sql"])
    assert "waqai.storage.write_records puts its records into a database" in capsys.readouterr().err


def test_a_url_of_no_known_kind_is_explained() -> None:
    from waqai.inference.locations import as_path

    with pytest.raises(ConfigError, match="odd://x"):
        as_path("odd://x")
