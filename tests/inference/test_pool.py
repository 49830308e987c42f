"""Many articles on several cores: the same records in the same order, no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from waqai import Extractor
from waqai.cli import main
from waqai.errors import OutputError
from waqai.inference import pool as pools
from waqai.inference.pool import ExtractorPool
from waqai.schema import Document

TEXT = "التقى وزير الدفاع الفرنسي نظيره الأميركي في باريس. وقال إن {} جنديا سيغادرون مدينة الموصل."


def _articles(count: int) -> list[Document]:
    return [Document(id=f"{n:03d}", text=TEXT.format(n), publication_date="2016-01-20") for n in range(count)]


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor.from_pretrained(threads=1)


@pytest.fixture
def pool(extractor: Extractor, monkeypatch: pytest.MonkeyPatch) -> Iterator[ExtractorPool]:
    monkeypatch.setattr(pools, "FEW", 4)
    monkeypatch.setattr(pools, "CHUNK", 2)
    with ExtractorPool(extractor, 2, threads=1) as shared:
        yield shared


def _workers(pool: ExtractorPool) -> list[int]:
    assert pool._pool is not None
    return list(pool._pool._processes)


def test_shared_articles_come_back_in_order_as_one_process_reads_them(
    pool: ExtractorPool, extractor: Extractor
) -> None:
    articles = _articles(23)
    alone = list(extractor.pipe(articles))
    assert alone[0].events
    assert list(pool.pipe(articles)) == alone
    assert [list(d.events) for d in pool.pipe(articles[:3])] == [list(d.events) for d in alone[:3]]  # a second shard


def _events(document: Document) -> int:
    return len(document.events)


def test_what_is_made_of_an_article_is_made_where_it_is_read(pool: ExtractorPool, extractor: Extractor) -> None:
    articles = _articles(9)
    assert list(pool.map(_events, articles)) == [len(document.events) for document in extractor.pipe(articles)]


def test_a_few_articles_start_no_process_and_those_of_several_shards_add_up(pool: ExtractorPool) -> None:
    assert len(list(pool.pipe(_articles(3)))) == 3
    assert pool._pool is None
    assert len(list(pool.pipe(_articles(3)))) == 3
    assert len(_workers(pool)) == 2


def test_articles_are_taken_as_they_are_read(pool: ExtractorPool) -> None:
    taken = []

    def endless() -> Iterator[Document]:
        for article in _articles(1000):
            taken.append(article.id)
            yield article

    read = pool.pipe(endless())
    next(read)
    assert len(taken) <= 4 + 2 * (3 * 2 + 2)


def test_a_process_that_is_killed_is_told_of(pool: ExtractorPool) -> None:
    read = pool.pipe(_articles(200))
    next(read)
    for worker in _workers(pool):
        os.kill(worker, signal.SIGKILL)
    with pytest.raises(OutputError, match="--processes 1"):
        list(read)


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="processes are looked up in /proc")
def test_killed_itself_it_leaves_no_process_behind() -> None:
    code = (
        "import sys, time\n"
        "from waqai import Extractor\n"
        "from waqai.inference import pool as pools\n"
        "from waqai.schema import Document\n"
        "if __name__ == '__main__':\n"
        "    pools.FEW = 1\n"
        "    shared = pools.ExtractorPool(Extractor.from_pretrained(threads=1), 2, threads=1)\n"
        "    list(shared.pipe([Document(id=str(n), text='زار الوزير باريس.') for n in range(40)]))\n"
        "    print(*shared._pool._processes, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        workers = [int(pid) for pid in process.stdout.readline().split()]
        assert workers
        process.kill()
    deadline = time.monotonic() + 20
    while any(map(_runs, workers)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(_runs, workers))


def _runs(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_the_command_writes_the_same_bytes_on_two_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pools, "FEW", 4)
    source = tmp_path / "articles"
    source.mkdir()
    for article in _articles(12):
        (source / f"{article.id}.txt").write_text(article.text, encoding="utf-8")
    for processes in ("1", "2"):
        options = ["--publication-date", "2016-01-20", "--processes", processes, "--shard", "7", "--quiet"]
        assert main(["extract", str(source), "-o", str(tmp_path / f"{processes}.jsonl"), *options]) == 0
    written = (tmp_path / "1.jsonl").read_bytes()
    assert written == (tmp_path / "2.jsonl").read_bytes()
    assert written
    with pytest.raises(SystemExit, match="2"):
        main(["extract", str(source), "-o", str(tmp_path / "3.jsonl"), "--processes", "-1"])
    assert "--processes" in capsys.readouterr().err
