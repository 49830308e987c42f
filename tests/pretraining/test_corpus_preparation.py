"""Corpus preparation: clean, without duplicates, deterministic, and clear about bad input."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from waqai.errors import DataError, OutputError
from waqai.pretraining.cleaning import Cleaner, CleaningRules, clean_line, read_articles
from waqai.pretraining.duplicates import DuplicateRules
from waqai.pretraining.packing import (
    encode_articles,
    load_stream,
    prepare_articles,
    read_rows,
    row_count,
)
from waqai.pretraining.prepare import prepare
from waqai.pretraining.settings import PretrainSettings, TokenizerSettings

RESIDUE = [
    ("<p>قال الوزير</p>", "قال الوزير"),
    ("قال الوزير https://t.co/abc اليوم", "قال الوزير اليوم"),
    ("قال الوزير ........ اليوم", "قال الوزير ... اليوم"),
    ("قال&nbsp;الوزير", "قال الوزير"),
    ("Fri, 11 Aug 2017 15:25:39 GMT", ""),
    ("100 امرأة يغيرن العالم - BBC Arabic", "100 امرأة يغيرن العالم"),
    ("Share this page on Facebook", ""),
    ("\u200fبغداد\u200f اليوم", "بغداد اليوم"),
]


@pytest.mark.parametrize(("line", "clean"), RESIDUE)
def test_residue_goes(line: str, clean: str) -> None:
    assert clean_line(line) == clean


def test_furniture_shows_by_repetition() -> None:
    cleaner = Cleaner(CleaningRules(minimum_words=2, maximum_line_repeats=2))
    kept = [cleaner.clean(f"خبر جديد رقم {number}\nتابعونا على صفحتنا") for number in range(4)]
    assert [text is not None and "تابعونا" in text for text in kept] == [
        True,
        True,
        False,
        False,
    ]


def write(path: Path, articles: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(path, "wt", encoding="utf-8") as out:
        out.write("\n\n".join(articles))
    return path


def test_exact_and_near_duplicates_go_and_the_first_stays(tmp_path: Path, articles: list[str]) -> None:
    near = articles[0] + " نشر أولا"
    dressed = articles[1].replace("أ", "ا") + " !"
    source = write(tmp_path / "a.txt.xz", [*articles[:3], near, dressed, articles[3]])
    (count,) = prepare_articles([source], tmp_path / "out.txt", CleaningRules(), DuplicateRules())
    assert (count.articles_read, count.articles_kept) == (6, 4)
    assert (count.exact_duplicates, count.near_duplicates) == (1, 1)
    assert list(read_articles(tmp_path / "out.txt")) == articles[:4]
    (exact_only,) = prepare_articles([source], tmp_path / "o.txt", CleaningRules(), DuplicateRules(near=False))
    assert exact_only.articles_kept == 5


def test_fast_encoding_equals_encoding_the_text(articles: list[str], tokenizer: Tokenizer) -> None:
    for article, ids in zip(articles, encode_articles(articles, tokenizer), strict=True):
        assert ids.tolist() == [
            *tokenizer.encode(article, add_special_tokens=False).ids,
            3,
        ]


def test_preparation_is_deterministic_and_keeps_books(tmp_path: Path, articles: list[str]) -> None:
    write(tmp_path / "text" / "a.txt.xz", articles[:40])
    write(tmp_path / "text" / "b.txt.xz", articles[30:])
    for work in ("one", "two"):
        manifest = prepare(
            PretrainSettings(
                corpora=str(tmp_path),
                work=str(tmp_path / work),
                run="none",
                files=("a.txt.xz", "b.txt.xz"),
                tokenizer=TokenizerSettings(vocabulary=300, every=1),
            )
        )
    for name in ("ids.bin", "ids.json", "tokenizer.json"):
        assert (tmp_path / "one/news" / name).read_bytes() == (tmp_path / "two/news" / name).read_bytes()
    assert manifest["articles"] == 60
    assert manifest["files"][1]["exact_duplicates"] == 10
    assert manifest["words"] == sum(len(article.split()) for article in articles)
    assert len(load_stream(tmp_path / "one/news/ids.bin")) == manifest["subwords"]


def test_rows_are_cut_side_by_side() -> None:
    stream = np.arange(100, dtype=np.uint16)
    assert row_count(stream, 12) == 10
    assert read_rows(stream, np.array([0, 9]), 12, 1000, 1001)[:, [0, 1, 10, 11]].tolist() == [
        [1000, 0, 9, 1001],
        [1000, 90, 99, 1001],
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"absent\.txt\.xz.*set `corpora`"):
        prepare_articles(
            [tmp_path / "absent.txt.xz"],
            tmp_path / "out",
            CleaningRules(),
            DuplicateRules(),
        )


def test_truncated_xz_leaves_nothing_behind(tmp_path: Path, articles: list[str]) -> None:
    source = write(tmp_path / "a.txt.xz", articles)
    source.write_bytes(source.read_bytes()[:-40])
    with pytest.raises(DataError, match="cut off or damaged"):
        prepare_articles([source], tmp_path / "out.txt", CleaningRules(), DuplicateRules())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt.xz"]


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("قال الوزير".encode("cp1256"))
    with pytest.raises(DataError, match="not UTF-8"):
        list(read_articles(tmp_path / "a.txt"))


def test_full_disk_is_an_output_error(tmp_path: Path, articles: list[str]) -> None:
    source = write(tmp_path / "a.txt.xz", articles)
    with pytest.raises(OutputError, match="free some space"):
        prepare_articles([source], Path("/dev/full/out.txt"), CleaningRules(), DuplicateRules())


def test_a_packed_corpus_that_lost_its_end_is_refused(packed: Path) -> None:
    ids = packed / "news" / "ids.bin"
    ids.write_bytes(ids.read_bytes()[:-10])
    with pytest.raises(DataError, match="pack it again"):
        load_stream(ids)
    (packed / "news" / "ids.json").write_text(json.dumps({}), encoding="utf-8")
    ids.unlink()
    with pytest.raises(DataError, match="prepare_corpus"):
        load_stream(ids)
