"""Where shards begin: from the files alone, few small ones together, and never all at once in memory."""

from __future__ import annotations

import json
import os
from itertools import islice
from pathlib import Path

import pytest

from waqai.errors import ConfigError
from waqai.inference.articles import Reject, find_files
from waqai.inference.shards import Shard, count_articles, file_fingerprint, group_files, read_shards
from waqai.schema import Document


def _write(folder: Path, sizes: dict[str, int]) -> list[str]:
    """Files of so many articles; those of a text file are one, so many words long."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    for name, size in sizes.items():
        path = folder / name
        if name.endswith(".txt"):
            path.write_text("نص " * size)
        elif name.endswith(".jsonl"):
            path.write_text("".join(json.dumps({"id": f"{name}{n}", "text": "نص"}) + "\n" for n in range(size)))
        else:
            pq.write_table(pa.table({"text": ["نص"] * size}), path)
    return find_files([str(folder)])


def _names(files: list[str], size: int) -> list[tuple[str, int]]:
    return [(shard.name, len(shard.articles)) for shard in read_shards(group_files(files, size), size)]


def test_small_neighbours_share_a_shard_and_large_files_are_cut(tmp_path: Path) -> None:
    files = _write(tmp_path, {"a.txt": 1, "b.txt": 1, "c.jsonl": 2, "d.parquet": 9, "e.txt": 9000, "f.txt": 1})
    sources = [[Path(file).name for file in source.files] for source in group_files(files, 4)]
    assert sources == [["a.txt", "b.txt", "c.jsonl", "d.parquet"], ["e.txt"], ["f.txt"]]
    assert _names(files, 4) == [
        ("00000000-00000000", 4),
        ("00000000-00000001", 4),
        ("00000000-00000002", 4),
        ("00000000-00000003", 1),
        ("00000001-00000000", 1),
        ("00000002-00000000", 1),
    ]
    assert [len(source.files) for source in group_files(files[:3], 2)] == [2, 1]
    assert count_articles(files) == 1 + 1 + 2 + 9 + 1 + 1


def test_a_shard_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least one article"):
        group_files([], 0)


def test_a_shard_knows_what_could_be_read(tmp_path: Path) -> None:
    files = _write(tmp_path, {"a.txt": 1, "b.txt": 0})
    [shard] = read_shards(group_files(files))
    assert [type(found) for found in shard.articles] == [Document, Reject]
    assert [document.id for document in shard.documents] == ["a"]
    assert [reject.path for reject in shard.rejects] == [files[1]]


@pytest.mark.parametrize(
    ("stated", "is_odd"),
    [
        ("2016-01-20", False),
        ("2016-01-20T18:07:00", False),
        (None, False),
        ("20/01/2016", True),
        ("2016/01/20", True),
        ("2016-01", True),
    ],
)
def test_a_shard_knows_which_dates_are_no_days(stated: str | None, is_odd: bool) -> None:
    shard = Shard("0", [Document("a", "نص", publication_date=stated), Reject("b", None, "broken")])
    assert shard.odd_dates == ([f"a: {stated}"] if is_odd else [])


def test_files_are_opened_as_their_shards_are_asked_for(tmp_path: Path) -> None:
    files = _write(tmp_path, {"a.jsonl": 3, "b.jsonl": 3})
    shards = read_shards(group_files(files, 1), 1)
    assert len(list(islice(shards, 3))) == 3
    (tmp_path / "b.jsonl").unlink()
    [reject] = [found for shard in shards for found in shard.articles]
    assert isinstance(reject, Reject)
    assert "No such file" in reject.reason


def test_a_fingerprint_sees_names_sizes_and_times(tmp_path: Path) -> None:
    files = _write(tmp_path, {"a.txt": 1, "b.txt": 1})
    prints = {file_fingerprint(files), file_fingerprint(files[:1])}
    os.utime(files[0], ns=(1, 1))
    prints.add(file_fingerprint(files))
    assert len(prints) == 3


def test_urls_name_files_folders_and_globs(tmp_path: Path) -> None:
    pytest.importorskip("upath", reason="pip install 'waqai[ray]'")
    files = _write(tmp_path, {"a.txt": 1, "b.jsonl": 2})
    url = f"file://{tmp_path}"
    both = [f"file://{file}" for file in files]
    (tmp_path / "metadata.jsonl").write_text('{"id": "a", "title": "عنوان"}')
    assert find_files([url]) == find_files([f"{url}/*.txt", f"{url}/b.jsonl"]) == both
    assert find_files([url], besides=[f"{url}/b.jsonl"]) == both[:1]
    [shard] = read_shards(group_files(both))
    assert [document.id for document in shard.documents] == ["a", "b.jsonl0", "b.jsonl1"]
    assert shard.documents[0].title == "عنوان"
