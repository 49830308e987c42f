"""What counts as an article, and what is said of one that cannot be read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from waqai.errors import ConfigError, DataError
from waqai.inference.articles import Reject, check_date, check_encoding, find_files, read_articles
from waqai.schema import Document


def _read(path: Path, **options: str) -> list[Document | Reject]:
    return list(read_articles([path], **options))  # type: ignore[arg-type]


def test_a_text_file_is_an_article(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("\ufeff\n  عنوان \r\nنص".encode())
    [article] = _read(tmp_path / "a.txt", publication_date="2016-01-20")
    assert isinstance(article, Document)
    assert (article.id, article.title, article.publication_date) == ("a", "عنوان", "2016-01-20")
    assert article.text.endswith("\r\nنص")  # as it stands, for the offsets' sake


def test_metadata_beside_texts_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("نص")
    (tmp_path / "metadata.jsonl").write_text(
        json.dumps({"id": "a", "title": "ت", "publication_date": "2015-01-01", "source": "س"})
    )
    assert find_files([str(tmp_path)]) == [str(tmp_path / "a.txt")]
    [article] = _read(tmp_path / "a.txt", publication_date="2016-01-20")
    assert article == Document("a", "نص", "ت", "2015-01-01", "س")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (
            '{"id": "a", "publication_date": 20160120}',
            "metadata.jsonl:2: «publication_date» is a string or null, not 2016",
        ),
        ('{"id": "a", "source": 5}', "metadata.jsonl:2: «source» is a string or null, not 5"),
        ('{"id": "a", "title": "\\ud800"}', "metadata.jsonl:2: character 0 of the title is half a surrogate pair"),
        ("[1]", "metadata.jsonl:2: expected a JSON object"),
    ],
)
def test_metadata_is_checked_as_lines_are(tmp_path: Path, entry: str, reason: str) -> None:
    (tmp_path / "a.txt").write_text("نص")
    (tmp_path / "metadata.jsonl").write_text(f'{{"id": "b", "title": "ت"}}\n{entry}\n')
    [reject] = _read(tmp_path / "a.txt")
    assert isinstance(reject, Reject)
    assert (reject.path, reject.line) == (str(tmp_path / "a.txt"), None)  # the article that is lost
    assert reason in reject.reason


def test_a_byte_order_mark_before_a_line_is_let_be(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('\ufeff{"text": "نص"}\n\ufeff{"text": "نص"}\n')  # the second as joining two files leaves it
    assert _read(path) == [Document("000001", "نص"), Document("000002", "نص")]


def test_lines_without_annotation(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    entity = {"id": "T1", "type": "GPE", "start": 0, "end": 2}
    rows = [{"text": "نص"}, {"id": "x", "text": "نص", "publication_date": "2015-01-01", "entities": [entity]}]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    assert _read(path, publication_date="2016-01-20") == [
        Document("000001", "نص", publication_date="2016-01-20"),
        Document("x", "نص", publication_date="2015-01-01"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "expected a JSON object"),
        ('{"id": "a"}', "'text' is missing"),
        ('{"text": "  "}', "is empty"),
        ('{"text": 3}', "is empty or no string"),
        ('{"text": "\\ud800"}', "character 0 of the text is half a surrogate pair"),
        ('{"text": "نص", "title": "ت\\ud800"}', "character 1 of the title is half a surrogate pair"),
        ('{"text": "نص", "id": "\\ud800"}', "character 0 of the id is half a surrogate pair"),
        ('{"text": "نص", "source": 5}', "«source» is a string or null, not 5"),
        (
            '{"id": "e", "text": "نص", "event": "AID", "cite_info": null}',
            "this is an event record; expected an article",
        ),
    ],
)
def test_a_broken_line_is_rejected_with_its_place(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "نص"}\n' + line + "\n" + '{"text": "نص"}\n')
    before, reject, after = _read(path)
    assert isinstance(before, Document)
    assert isinstance(after, Document)
    assert isinstance(reject, Reject)
    assert (reject.path, reject.line) == (str(path), 2)
    assert f"{path}:2: " in reject.reason
    assert reason in reject.reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"\xc2\xa0\n", "is empty"),  # a no-break space, as web pages leave
        ("a.jsonl", b'{"text": "\xc2\xa0"}', "is empty"),
        ("a.txt", "نص".encode("cp1256"), "byte 0 (e4 d5) is not utf-8"),
        ("a.jsonl", '{"text": "نص"}'.encode("cp1256"), "byte 10 (e4 d5 22 7d) is not utf-8"),
        ("a.parquet", b"PAR1", "cannot read"),
    ],
)
def test_a_broken_file_is_rejected_with_what_to_do(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    [reject] = _read(path)
    assert isinstance(reject, Reject)
    assert reason in reject.reason
    assert str(path) in reject.reason


def test_another_encoding_is_read_when_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("نص".encode("cp1256"))
    [article] = _read(tmp_path / "a.txt", encoding="windows-1256")
    assert isinstance(article, Document)
    assert article.text == "نص"
    with pytest.raises(ConfigError, match="no encoding is called utf-88"):
        check_encoding("utf-88")


def test_parquet_rows_are_articles(tmp_path: Path) -> None:
    import datetime

    import pyarrow as pa
    import pyarrow.parquet as pq

    day = datetime.date(2015, 1, 1)
    table = pa.table(
        {"text": ["نص", " ", "نص"], "id": ["a", "b", None], "publication_date": [day, day, None], "more": [1, 2, 3]}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    first, reject, third = _read(tmp_path / "a.parquet", publication_date="2016-01-20")
    assert first == Document("a", "نص", publication_date="2015-01-01")
    assert isinstance(reject, Reject)
    assert reject.line == 2
    assert third == Document("000003", "نص", publication_date="2016-01-20")


def test_a_table_of_event_records_is_rejected(tmp_path: Path) -> None:
    from waqai.schema.record import EventRecord
    from waqai.storage import write_records

    write_records([EventRecord("e1", "AID", text="نص"), EventRecord("e2", "AID", text="نص")], tmp_path / "e.parquet")
    assert _read(tmp_path / "e.parquet") == [
        Reject(str(tmp_path / "e.parquet"), None, f"{tmp_path}/e.parquet: these are event records; expected articles")
    ]


def test_files_come_once_and_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a.jsonl", "c.md", "sub/d.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("نص")
    names = [file.removeprefix(f"{tmp_path}/") for file in find_files([str(tmp_path), str(tmp_path / "*.txt")])]
    assert names == ["a.jsonl", "b.txt", "sub/d.txt"]
    assert find_files([str(tmp_path / "**" / "d.txt")]) == [str(tmp_path / "sub/d.txt")]
    assert find_files([str(tmp_path / "c.md")]) == [str(tmp_path / "c.md")]  # asked for by name


def test_what_a_run_wrote_among_its_inputs_is_not_its_input(tmp_path: Path) -> None:
    for name in ("a.txt", "out.jsonl", "out.jsonl.partial/00000000.jsonl", "out.jsonl.partial/run.json"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}")
    assert find_files([str(tmp_path)], besides=[tmp_path / "out.jsonl"]) == [str(tmp_path / "a.txt")]
    (tmp_path / "earlier.jsonl.rejects.jsonl").write_text("{}")
    assert find_files([str(tmp_path)], besides=[tmp_path / "out.jsonl"]) == [str(tmp_path / "a.txt")]


@pytest.mark.parametrize("given", ["nowhere", "*.txt", "empty"])
def test_nothing_to_read_is_an_error(tmp_path: Path, given: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no such file|holds no articles"):
        find_files([str(tmp_path / given)])


@pytest.mark.parametrize("day", ["yesterday", "2016-13-01", "20/01/2016"])
def test_a_publication_date_is_a_day(day: str) -> None:
    with pytest.raises(ConfigError, match="is a day such as 2016-01-20"):
        check_date(day)
    assert check_date("2016-01-20") == "2016-01-20"
    assert replace(Document("a", "نص"), publication_date=check_date(None)).publication_date is None
