"""Records to files and databases, and back."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from waqai.errors import DataError, OutputError
from waqai.schema.record import EventRecord
from waqai.storage import COLUMNS, polecat_row, read_records, write_records

Records = tuple[EventRecord, ...]


@pytest.mark.parametrize("name", ["events.jsonl", "events.parquet", "events.sqlite"])
def test_what_is_written_is_read_back(records: Records, tmp_path: Path, name: str) -> None:
    path = tmp_path / "new" / name
    if name.endswith("sqlite"):
        path.parent.mkdir()
    assert write_records(records, path) == 2
    assert sorted(read_records(path), key=lambda record: record.id) == list(records)
    assert [file.name for file in path.parent.iterdir()] == [name]  # nothing half-written beside it


def test_csv_has_polecat_s_columns(records: Records, tmp_path: Path) -> None:
    write_records(records, tmp_path / "events.csv")
    with (tmp_path / "events.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 2
    expected = {
        "Event ID": "e1", "Event Date": "2016-01-20", "Event Type": "CONSULT", "Event Mode": "multilateral", "Intensity": "4",
        "Quad Code": "1", "Contexts": "military; diplomatic", "Actor Name": "جان إيف لودريان; باراك أوباما",
        "Actor Country": "FRA; USA", "Primary Actor Sector": "GOV", "Actor Sectors": "GOV", "Actor Title": "وزير الدفاع الفرنسي",
        "Wikidata Actor ID": "Q76", "Recipient Name": "تنظيم الدولة الإسلامية", "Recipient Sectors": "IMG", "Placename": "باريس",
        "City": "باريس", "Province": "Ile-de-France", "Country": "FRA", "Latitude": "48.8534", "GeoNames ID": "2988507",
        "Raw Placename": "بباريس", "Source": "وكالة; صحيفة", "Documents": "d1; d2", "Auxiliary": "",
    }  # fmt: skip
    assert {name: rows[0][name] for name in expected} == expected


def test_every_cell_of_a_bare_record_is_a_text(records: Records) -> None:
    row = polecat_row(records[1])
    assert set(row) == set(COLUMNS)
    assert all(isinstance(cell, str) and "\n" not in cell for cell in row.values())


def test_an_existing_file_is_refused_and_stays(records: Records, tmp_path: Path) -> None:
    for name in ("events.jsonl", "events.csv", "events.parquet"):
        (tmp_path / name).write_text("mine")
        with pytest.raises(OutputError, match="--overwrite"):
            write_records(records, tmp_path / name)
        assert (tmp_path / name).read_text() == "mine"
        assert write_records(records, tmp_path / name, overwrite=True) == 2


def test_a_second_run_adds_nothing_twice_and_updates_what_changed(records: Records, tmp_path: Path) -> None:
    import sqlite3

    path = tmp_path / "events.db"
    write_records(records, path)
    changed = replace(records[0], mode="visit", actor=records[0].actor[:1])
    write_records((changed, *records[1:]), path)
    assert set(read_records(path)) == {changed, records[1]}
    database = sqlite3.connect(path)
    try:
        assert database.execute("select count(*) from event_parties where role = 'actor'").fetchone() == (1,)
        assert database.execute("select document, copies from event_sources order by document").fetchall() == [
            ("d1", ""),
            ("d2", "d3"),
        ]
    finally:
        database.close()


def test_overwriting_a_database_takes_out_what_was_there(records: Records, tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    write_records(records, path)
    assert write_records(records[1:], path, overwrite=True) == 1
    assert read_records(path) == records[1:]


def test_a_database_is_overwritten_whole_or_not_at_all(records: Records, tmp_path: Path) -> None:
    def broken() -> Iterator[EventRecord]:
        for number in range(2000):
            yield replace(records[1], id=f"n{number}")
        raise DataError("the input broke off")

    write_records(records, tmp_path / "events.db")
    with pytest.raises(DataError, match="broke off"):
        write_records(broken(), tmp_path / "events.db", overwrite=True)
    assert set(read_records(tmp_path / "events.db")) == set(records)


def test_an_unknown_format_or_ending_names_the_known_ones(records: Records, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"known are jsonl, csv, parquet, sql"):
        write_records(records, tmp_path / "x", "xml")
    with pytest.raises(OutputError, match=r"\.jsonl"):
        write_records(records, tmp_path / "events.xyz")


def test_a_line_that_is_no_record_is_named(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for content, message in (
        ("{}\n", "events.jsonl:1: .*lacks the field 'id'"),
        ("[1]\n", "JSON object"),
        ("{\n", "events.jsonl:1"),
    ):
        path.write_text(content)
        with pytest.raises(DataError, match=message):
            read_records(path)


def test_a_line_ends_at_a_line_feed_alone(records: Records, tmp_path: Path) -> None:
    odd = replace(records[0], text="قال\u2028ثم\u0085مضى\x0bو")  # as web pages have them
    write_records([odd], tmp_path / "events.jsonl")
    assert read_records(tmp_path / "events.jsonl") == (odd,)


def test_a_file_of_no_records_is_no_records(tmp_path: Path) -> None:
    assert write_records((), tmp_path / "events.jsonl") == 0
    assert read_records(tmp_path / "events.jsonl") == ()


@pytest.mark.parametrize("name", ["no.jsonl", "no.parquet", "no.sqlite"])
def test_a_missing_file_is_said(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match=name):
        read_records(tmp_path / name)


def test_csv_is_not_read_back(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="jsonl"):
        read_records(tmp_path / "events.csv")


def test_a_database_of_something_else_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("not a database, but long enough to look at")
    with pytest.raises(DataError, match="no event records"):
        read_records(tmp_path / "x.db")


def test_a_url_that_names_no_database_is_said(records: Records) -> None:
    with pytest.raises(OutputError, match="not a database URL"):
        write_records(records, "nosuch://host/name")


@pytest.mark.parametrize(
    ("name", "package", "extra"), [("e.parquet", "pyarrow", "parquet"), ("e.db", "sqlalchemy", "sql")]
)
def test_a_missing_package_names_the_extra(
    records: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str, extra: str
) -> None:
    for module in [module for module in sys.modules if module.split(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(OutputError, match=rf"waqai\[{extra}\]"):
        write_records(records, tmp_path / name)
