"""Annotated articles as Hugging Face datasets."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from waqai.errors import ConfigError, DataError
from waqai.formats import from_json, to_json
from waqai.schema import Document
from waqai.training.hub_dataset import load_dataset_dict


def _write(path: Path, documents: list[Document]) -> Path:
    path.write_text("".join(json.dumps(to_json(document), ensure_ascii=False) + "\n" for document in documents))
    return path


@pytest.fixture
def twenty(gold: list[Document], tmp_path: Path) -> Path:
    return _write(tmp_path / "articles.jsonl", [replace(gold[n % 2], id=f"{n:02d}") for n in range(20)])


def test_articles_go_whole_into_one_split(twenty: Path) -> None:
    splits = load_dataset_dict(twenty, dev=0.2, test=0.1)
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 14, "dev": 4, "test": 2}
    ids = [name for rows in splits.values() for name in rows["id"]]
    assert sorted(ids) == [f"{n:02d}" for n in range(20)]


def test_a_split_repeats_with_its_seed(twenty: Path) -> None:
    splits = [load_dataset_dict(twenty, seed=seed)["test"]["id"][:] for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]


def test_rows_are_the_articles(gold: list[Document], tmp_path: Path) -> None:
    bare = Document("bare", "بلا وسم")
    given = {
        "train": _write(tmp_path / "a.jsonl", [*gold, bare]),
        "test": _write(tmp_path / "b.jsonl", [replace(bare, id="b")]),
    }
    splits = load_dataset_dict(given)
    assert list(splits) == ["train", "test"]
    assert [from_json(row) for row in splits["train"]] == [*gold, bare]
    assert splits["test"].features == splits["train"].features  # an empty list is a list of mentions, too


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"dev": 0.5, "test": 0.5}, ConfigError, "leave none to train on"),
        ({"dev": -0.1}, ConfigError, "leave none"),
    ],
)
def test_shares_must_leave_something(twenty: Path, arguments: dict, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        load_dataset_dict(twenty, **arguments)


def test_an_article_in_two_splits_is_refused(twenty: Path) -> None:
    with pytest.raises(DataError, match="articles of another split: 00, 01"):
        load_dataset_dict({"train": twenty, "test": twenty})
    with pytest.raises(ConfigError, match="not validation"):
        load_dataset_dict({"validation": twenty})
