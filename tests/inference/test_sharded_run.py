"""A long run survives whatever kills it, and ends in the bytes of an undisturbed one."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from typing import Any

import pytest

from waqai import Extractor
from waqai.errors import DataError, OutputError
from waqai.formats import from_json, to_json
from waqai.inference.articles import Reject
from waqai.inference.pool import ExtractorPool
from waqai.inference.run import DOCUMENT, EVENT, MARK, REJECT, ShardedRun, count_words
from waqai.inference.shards import Shard
from waqai.schema import Document


class Killed(BaseException):
    """Nobody catches it: as good as a kill."""


@pytest.fixture(scope="module")
def extractor(onnx_folder: Path) -> Extractor:
    return Extractor.from_pretrained(onnx_folder, threads=1)


@pytest.fixture
def articles(gold: list[Document]) -> list[Document | Reject]:
    found: list[Document | Reject] = [replace(gold[n % 2], id=f"{n:02d}") for n in range(11)]
    found[4] = Reject("bad.txt", None, "bad.txt: the file is empty")
    return found


def _run(extractor: Extractor, tmp_path: Path, **changes: Any) -> ShardedRun:
    pool = ExtractorPool(extractor, processes=1)
    return ShardedRun(pool, tmp_path / "out.jsonl", **{"fingerprint": {"inputs": "x"}, **changes})


def _lines(run: ShardedRun) -> list[list[str]]:
    return [list(run.lines(kind)) for kind in (EVENT, DOCUMENT, REJECT)]


def _shards(articles: Iterable[Document | Reject]) -> Iterator[Shard]:
    iterator = iter(articles)
    for number in count():
        if not (part := list(islice(iterator, 3))):
            return
        yield Shard(f"{number:08d}", part)


def test_every_article_is_there_once(extractor: Extractor, tmp_path: Path, articles: list) -> None:
    run = _run(extractor, tmp_path)
    state = run.extract(_shards(articles), overwrite=False)
    events, documents, rejects = ([json.loads(line) for line in lines] for lines in _lines(run))
    assert [document["id"] for document in documents] == [f"{n:02d}" for n in range(11) if n != 4]
    assert {event["sources"][0]["document"] for event in events} <= {document["id"] for document in documents}
    assert [reject["path"] for reject in rejects] == ["bad.txt"]
    assert (state.events, state.words) == (len(events), sum(count_words(from_json(one)) for one in documents))
    assert (state.articles, state.rejects, state.resumed, state.reasons) == (11, 1, 0, ["bad.txt: the file is empty"])


@pytest.mark.parametrize("kill_after", range(0, 12, 2))
def test_killed_after_any_article_it_goes_on_to_the_same_lines(
    extractor: Extractor, tmp_path: Path, articles: list, kill_after: int
) -> None:
    def until_killed():
        for number, article in enumerate(articles):
            if number == kill_after:
                raise Killed
            yield article

    whole = _run(extractor, tmp_path / "whole")
    whole.extract(_shards(articles), overwrite=False)
    run = _run(extractor, tmp_path)
    with pytest.raises(Killed):
        run.extract(_shards(until_killed()), overwrite=False)
    state = run.extract(_shards(articles), overwrite=False)
    assert _lines(run) == _lines(whole)
    assert state.resumed == kill_after // 3 * 3
    assert (state.articles, state.rejects) == (11, 1)  # also those of shards that were there


def test_odd_dates_are_counted_also_when_resumed(extractor: Extractor, tmp_path: Path, articles: list) -> None:
    odd = [replace(articles[n], publication_date="20/01/2016") for n in (0, 1, 5)]
    run = _run(extractor, tmp_path)
    run.extract(_shards(odd[:3]), overwrite=False)
    state = run.extract(_shards([*odd, articles[6]]), overwrite=False)
    assert (state.resumed, state.odd_dates, state.odd_date) == (3, 3, "00: 20/01/2016")


def test_killed_before_its_mark_was_written_it_begins_again(
    extractor: Extractor, tmp_path: Path, articles: list
) -> None:
    (tmp_path / "out.jsonl.partial").mkdir()
    assert _run(extractor, tmp_path).extract(_shards(articles), overwrite=False).articles == 11


def test_other_inputs_do_not_go_on(extractor: Extractor, tmp_path: Path, articles: list) -> None:
    _run(extractor, tmp_path).extract(_shards(articles[:3]), overwrite=False)
    other = _run(extractor, tmp_path, fingerprint={"inputs": "y"})
    with pytest.raises(OutputError, match="other inputs, settings or model.*--overwrite"):
        other.extract(_shards(articles), overwrite=False)
    assert other.extract(_shards(articles), overwrite=True).resumed == 0


def test_strict_stops_at_a_broken_article_even_in_a_finished_shard(
    extractor: Extractor, tmp_path: Path, articles: list
) -> None:
    with pytest.raises(DataError, match="the file is empty"):
        _run(extractor, tmp_path, strict=True).extract(_shards(articles), overwrite=False)
    _run(extractor, tmp_path).extract(_shards(articles), overwrite=False)
    with pytest.raises(DataError, match="the file is empty"):
        _run(extractor, tmp_path, strict=True).extract(_shards(articles), overwrite=False)


def test_nothing_but_broken_articles_is_an_error_also_when_resumed(extractor: Extractor, tmp_path: Path) -> None:
    rejects = [Reject(f"{n}", None, f"{n}: empty") for n in range(7)]
    with pytest.raises(DataError, match="0: empty"):
        _run(extractor, tmp_path).extract(_shards(rejects), overwrite=False)
    assert not (tmp_path / "out.jsonl.partial").exists()
    run = _run(extractor, tmp_path)

    def killed():
        yield from rejects[:4]
        raise Killed

    with pytest.raises(Killed):
        run.extract(_shards(killed()), overwrite=False)
    with pytest.raises(DataError, match="0: empty"):
        run.extract(_shards(rejects), overwrite=False)


def test_a_run_killed_while_it_tidies_up_leaves_no_shard_without_its_mark(
    extractor: Extractor, tmp_path: Path, articles: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _run(extractor, tmp_path)
    run.extract(_shards(articles), overwrite=False)
    unlink, files = Path.unlink, sorted(run.folder.iterdir())

    def killed(path: Path, missing_ok: bool = False) -> None:
        if len(list(run.folder.iterdir())) < len(files):
            raise Killed
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", killed)
    with pytest.raises(Killed):
        run.discard()
    assert (run.folder / MARK).exists()


def test_an_output_that_is_there_is_not_written_over(extractor: Extractor, tmp_path: Path, articles: list) -> None:
    (tmp_path / "out.jsonl").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        _run(extractor, tmp_path).extract(_shards(articles), overwrite=False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl"]


def _command(model: Path, source: Path, output: Path) -> list[str]:
    options = [
        "--model",
        str(model),
        "--threads",
        "1",
        "--shard",
        "8",
        "--quiet",
        "--merge",
        "--documents",
        str(output.with_suffix(".documents.jsonl")),
    ]
    return [sys.executable, "-m", "waqai.cli", "extract", str(source), "-o", str(output), *options]


@pytest.fixture(scope="module")
def int8_folder(tmp_path_factory: pytest.TempPathFactory, trained: Any) -> Path:
    """Quantised by batch: the kind of model whose scores move with what shares a batch."""
    from waqai.models.export import export_bundle
    from waqai.models.loading import load_joint_model

    folder = tmp_path_factory.mktemp("int8")
    export_bundle(*load_joint_model(trained.folder), folder, precision="int8")
    return folder


@pytest.mark.slow
def test_sigkill_at_random_points_changes_no_byte(int8_folder: Path, tmp_path: Path, gold: list[Document]) -> None:
    source = tmp_path / "articles.jsonl"
    lines = [json.dumps(to_json(replace(gold[n % 2], id=f"{n:03d}"))) for n in range(160)]
    lines[50] = "{"
    source.write_text("\n".join(lines) + "\n")
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    whole, killed = tmp_path / "whole.jsonl", tmp_path / "killed.jsonl"
    began = time.monotonic()
    subprocess.run(_command(int8_folder, source, whole), check=True, capture_output=True, env=environment)
    seconds = time.monotonic() - began
    rng = random.Random(3)
    kills = 0
    for attempt in range(30):
        before = len(list(tmp_path.glob("killed.jsonl.partial/*.lines")))
        process = subprocess.Popen(
            _command(int8_folder, source, killed), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        # Now and then at any moment, its start and end too; else some time after it has got one shard further.
        while attempt % 3 and process.poll() is None:
            if len(list(tmp_path.glob("killed.jsonl.partial/*.lines"))) > before:
                break
            time.sleep(0.01)
        try:
            process.wait(seconds * rng.uniform(0.0, 0.3 if attempt % 3 else 1.0))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
            if killed.exists() and not (tmp_path / "killed.jsonl.partial" / MARK).exists():
                break  # it had done all and was on its way out: run again, it would say that the output exists
            continue
        output, errors = process.communicate()
        assert process.returncode == 0, errors
        assert b"159 articles" in output
        break
    else:
        subprocess.run(_command(int8_folder, source, killed), check=True, capture_output=True, env=environment)
    assert kills > 1  # the second is of a process that had something to go on from
    for suffix in (".jsonl", ".documents.jsonl"):
        assert killed.with_suffix(suffix).read_bytes() == whole.with_suffix(suffix).read_bytes()
    rejects = [path.with_name(path.name + ".rejects.jsonl").read_bytes() for path in (whole, killed)]
    assert rejects[0] == rejects[1]
    assert not list(tmp_path.glob("killed.jsonl.partial/*"))
