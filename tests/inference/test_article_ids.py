"""An article's id comes once in a run and follows from its files, whatever part of them is read, and when."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from waqai.inference.articles import Reject, find_files
from waqai.inference.naming import name_files
from waqai.inference.shards import group_files, read_shards
from waqai.schema import Document


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["a.txt"], ["a"]),
        (["news/2015/001.txt", "news/2016/002.txt"], ["001", "002"]),
        (["news/2015/001.txt", "news/2016/001.txt", "news/x.txt"], ["2015-001", "2016-001", "x"]),
        (["001.txt", "b/c/001.txt"], ["001", "b-c-001"]),
        (["../x/001.txt", "/y/001.txt"], ["x-001", "y-001"]),
        (["s3://news/2015/001.txt", "s3://news/2016/001.txt"], ["2015-001", "2016-001"]),
        (["a.jsonl"], [""]),
        (["a.jsonl", "b.parquet"], ["a-", "b-"]),
        (["x/a.jsonl", "x/a.txt"], ["a-", "a"]),
        (["x/a.jsonl", "y/a.ndjson"], ["x-a-", "y-a-"]),
    ],
)
def test_articles_are_called_after_their_files(files: list[str], names: list[str]) -> None:
    assert list(name_files(files)) == names


def _read(folder: Path, size: int = 256) -> list[Document | Reject]:
    """What a run of shards of this size reads."""
    sources = group_files(find_files([str(folder)]), size)
    return [found for shard in read_shards(sources, size) for found in shard.articles]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two texts of a name, two tables without ids, a file of one name with a text."""
    for name in ("2015/001.txt", "2016/001.txt", "2016/002.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("نص")
    for name in ("2015/a.jsonl", "2016/b.jsonl"):
        (tmp_path / name).write_text('{"text": "نص"}\n' * 2)
    return tmp_path


@pytest.mark.parametrize("size", [1, 2, 256])
def test_ids_are_the_same_whatever_the_shards(folder: Path, size: int) -> None:
    found = [article.id for article in _read(folder, size) if isinstance(article, Document)]
    assert found == ["2015-001", "a-000001", "a-000002", "2016-001", "002", "b-000001", "b-000002"]


def test_a_task_that_reads_one_source_finds_the_ids_of_the_whole_run(folder: Path) -> None:
    sources = list(group_files(find_files([str(folder)]), 1))
    tasks = [article.id for source in sources for shard in read_shards([source], 1) for article in shard.documents]
    assert tasks == [article.id for article in _read(folder) if isinstance(article, Document)]


@pytest.mark.parametrize("size", [1, 256])
def test_an_id_that_is_stated_again_is_rejected(tmp_path: Path, size: int) -> None:
    rows = [{"id": name, "text": "نص"} for name in ("x", "y", "x")]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "b.jsonl").write_text(json.dumps(rows[1]))
    (tmp_path / "x.txt").write_text("نص")
    found = _read(tmp_path, size)
    rejects = [(Path(reject.path).name, reject.line) for reject in found if isinstance(reject, Reject)]
    assert [article.id for article in found if isinstance(article, Document)] == ["x", "y"]
    assert rejects == [("a.jsonl", 3), ("b.jsonl", 1), ("x.txt", None)]
    assert isinstance(found[2], Reject)
    assert found[2].reason == f"{tmp_path}/a.jsonl:3: an earlier article has the id x; give each its own"


def test_metadata_is_found_by_the_name_of_the_file(folder: Path) -> None:
    (folder / "2016/metadata.jsonl").write_text('{"id": "001", "source": "س"}')
    sources = {article.id: article.source for article in _read(folder) if isinstance(article, Document)}
    assert (sources["2015-001"], sources["2016-001"]) == (None, "س")
