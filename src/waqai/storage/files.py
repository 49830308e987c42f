"""Records to files and back; the format is named or shows in the file's ending."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from types import MappingProxyType

from waqai.errors import DataError, OutputError
from waqai.formats.files import read_lines, refuse_existing, writing
from waqai.schema.record import EventRecord
from waqai.storage.polecat import COLUMNS, polecat_row

_ENDINGS = MappingProxyType(
    {".jsonl": "jsonl", ".json": "jsonl", ".csv": "csv", ".parquet": "parquet", ".sqlite": "sql", ".db": "sql"}
)


def write_records(
    records: Iterable[EventRecord], path: Path | str, format: str | None = None, *, overwrite: bool = False
) -> int:
    """Write records to a file, or into a database.

    Args:
        records: what to write; read once.
        path: a file, or for ``sql`` a database URL (``postgresql+psycopg://…``) or SQLite file.
        format: ``jsonl``, ``csv`` (POLECAT's columns), ``parquet`` or ``sql``; by the file's ending where not given.
        overwrite: replace a file that is there, or all records of a database; without, a database is added to, by
            event id.

    Returns:
        How many records were written.

    Raises:
        OutputError: the format is unknown, the file exists or cannot be written, the database cannot be reached, or
            the package that a format needs is not installed.
    """
    format = format or _format_of(path)
    if format == "sql":
        from waqai.storage.sql import upsert

        return upsert(records, str(path), overwrite=overwrite)
    try:
        write = _WRITERS[format]
    except KeyError:
        raise OutputError(f"no record format is called {format!r}; known are {', '.join(WRITABLE_RECORDS)}") from None
    return write(records, Path(path), overwrite)


def read_records(path: Path | str) -> tuple[EventRecord, ...]:
    """Read records back from JSON Lines, Parquet or SQL; CSV holds too little of a record.

    Raises:
        DataError: the file is missing, a line is no record, or the format has no reader.
    """
    format = _format_of(path)
    if format == "sql":
        from waqai.storage.sql import read

        return read(str(path))
    if format == "parquet":
        from waqai.storage.parquet import read_parquet

        return read_parquet(Path(path))
    if format != "jsonl":
        raise DataError("CSV is for other programs and leaves spans out; read the .jsonl instead", path=path)
    records = []
    for number, line in enumerate(read_lines(Path(path), may_be_empty=True), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            if not isinstance(data, dict):
                raise DataError("expected a JSON object")
            records.append(EventRecord.from_dict(data))
        except (json.JSONDecodeError, DataError) as error:
            raise DataError(f"not an event record: {error}", path=path, line=number) from error
    return tuple(records)


def _write_jsonl(records: Iterable[EventRecord], path: Path, overwrite: bool) -> int:
    count = 0
    with writing(path, overwrite=overwrite) as stream:
        for record in records:
            stream.write(json.dumps(record.to_dict(), ensure_ascii=False) + "\n")
            count += 1
    return count


def _write_csv(records: Iterable[EventRecord], path: Path, overwrite: bool) -> int:
    count = 0
    with writing(path, overwrite=overwrite) as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        for record in records:
            writer.writerow(polecat_row(record))
            count += 1
    return count


def _write_parquet(records: Iterable[EventRecord], path: Path, overwrite: bool) -> int:
    from waqai.storage.parquet import write_parquet

    refuse_existing(path, overwrite=overwrite)
    return write_parquet(records, path)


def _format_of(path: Path | str) -> str:
    text = str(path)
    if "://" in text:
        return "sql"
    ending = Path(text).suffix.lower()
    if ending not in _ENDINGS:
        raise OutputError(f"{text}: the ending names no record format; use one of {', '.join(_ENDINGS)}")
    return _ENDINGS[ending]


_WRITERS: MappingProxyType[str, Callable[[Iterable[EventRecord], Path, bool], int]] = MappingProxyType(
    {"jsonl": _write_jsonl, "csv": _write_csv, "parquet": _write_parquet}
)
WRITABLE_RECORDS = (*_WRITERS, "sql")
"""The names of the record formats."""
