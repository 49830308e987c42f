"""Articles to extract from: text files, JSON Lines, Parquet; in folders, by globs, behind URLs; one at a time.

A broken article is a ``Reject`` with its place and reason, so that a long run can go on without it.
"""

from __future__ import annotations

import codecs
import glob
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from waqai.errors import ConfigError, DataError
from waqai.formats import parse_line
from waqai.formats.files import read_text
from waqai.formats.jsonl import from_json
from waqai.formats.metadata import read_metadata
from waqai.inference.locations import as_path, is_url, list_url
from waqai.schema import Document

SUFFIXES = (".txt", ".jsonl", ".ndjson", ".parquet")
_BUFFER = 1 << 20
_PARQUET_FIELDS = ("id", "text", "title", "publication_date", "source", "url", "language")


@dataclass(frozen=True)
class Reject:
    """An article that could not be read, and why."""

    path: str
    line: int | None
    reason: str


def find_files(paths: Sequence[str], besides: Collection[Path | str] = ()) -> list[str]:
    """The files that paths, folders, globs and URLs name, in a fixed order; as text, for there may be millions.

    Args:
        paths: files, folders, globs and URLs.
        besides: files, or whole folders, to leave out of folders: what an earlier run wrote among its inputs.

    Raises:
        DataError: a path is not there, or a folder or glob holds no articles.
    """
    files: list[str] = []
    outputs = {str(path) if is_url(str(path)) else os.path.realpath(path) for path in besides}
    for given in paths:
        if is_url(given):
            found = [file for file, named in list_url(given) if named or _is_input(file, outputs)]
        elif os.path.isdir(given):
            found = sorted(_inside(given, outputs))
        elif os.path.isfile(given):
            found = [given]
        else:
            found = sorted(match for match in glob.glob(given, recursive=True) if os.path.isfile(match))
            if not found:
                raise DataError("no such file, folder or glob", path=given)
        if not found:
            raise DataError(f"the folder holds no articles ({', '.join(SUFFIXES)})", path=given)
        files += found
    return files if len(paths) == 1 else list(dict.fromkeys(files))


def _inside(folder: str, outputs: Collection[str]) -> Iterator[str]:
    for inner, _, names in os.walk(folder):
        real = os.path.realpath(inner)  # once a folder: there may be many files
        for name in names:
            if _is_input(f"{real}/{name}", outputs):
                yield os.path.join(inner, name)


def _is_input(file: str, outputs: Collection[str]) -> bool:
    if not file.endswith(SUFFIXES) or file.endswith("/metadata.jsonl"):
        return False
    if any(part.endswith(".partial") for part in file.split("/")):
        return False
    return not any(file == output or file.startswith(output + "/") for output in outputs)


def check_encoding(name: str) -> None:
    """Look an encoding up.

    Raises:
        ConfigError: none is called so.
    """
    try:
        codecs.lookup(name)
    except LookupError as error:
        raise ConfigError(f"no encoding is called {name}; try utf-8 or windows-1256") from error


def check_date(value: str | None) -> str | None:
    """The day an article appeared on.

    Raises:
        ConfigError: it is no ISO 8601 day.
    """
    try:
        return None if value is None else date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise ConfigError(f"a publication date is a day such as 2016-01-20, not {value}") from error


def read_articles(
    files: Iterable[Path | str], *, encoding: str = "utf-8", publication_date: str | None = None
) -> Iterator[Document | Reject]:
    """Read articles, one at a time, with nothing but metadata beside the text.

    Args:
        files: paths and URLs.
        publication_date: for articles that state none themselves.
    """
    for file in files:
        path = as_path(str(file))
        reader = _READERS.get(path.suffix, _read_plain)
        for found in reader(path, encoding):
            if isinstance(found, Document):
                found = replace(found, publication_date=found.publication_date or publication_date)
                found = found.with_annotation((), (), ())
            yield found


def _read_plain(path: Path, encoding: str) -> Iterator[Document | Reject]:
    """A text file is an article: its name the id, its first line the title; metadata.jsonl beside it helps."""
    try:
        text = read_text(path, encoding)
        known = read_metadata(path.parent / "metadata.jsonl").get(path.stem, {})
    except DataError as error:
        yield Reject(str(path), error.line, str(error))
        return
    lines = (line.strip().strip("\ufeff").strip() for line in text.splitlines())
    title = next((line for line in lines if line), "")
    yield Document(
        id=path.stem,
        text=text,
        title=str(known.get("title") or title),
        publication_date=known.get("publication_date"),
        source=known.get("source"),
        url=known.get("url"),
    )


def _read_lines(path: Path, encoding: str) -> Iterator[Document | Reject]:
    try:
        with path.open("rb") as stream:
            for number, raw in enumerate(stream, start=1):
                if raw.strip():
                    yield _parse(raw, encoding, path, number)
    except OSError as error:
        yield Reject(str(path), None, f"{path}: cannot read: {error.strerror}")


def _parse(raw: bytes, encoding: str, path: Path, number: int) -> Document | Reject:
    try:
        return parse_line(raw.decode(encoding), path=path, line=number)
    except UnicodeDecodeError as error:
        found = raw[error.start : error.start + 4].hex(" ")
        reason = f"{path}:{number}: byte {error.start} ({found}) is not {encoding}; name its encoding with --encoding"
        return Reject(str(path), number, reason)
    except DataError as error:
        return Reject(str(path), number, str(error))


def _read_parquet(path: Path, encoding: str) -> Iterator[Document | Reject]:
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise ConfigError("reading Parquet needs pyarrow: pip install 'waqai[parquet]'") from error
    try:
        # Buffered, as a column of a row group would else be held whole: a gigabyte of text in the large ones.
        with path.open("rb") as stream, parquet.ParquetFile(stream, buffer_size=_BUFFER, pre_buffer=False) as table:
            columns = [name for name in _PARQUET_FIELDS if name in table.schema_arrow.names]
            row = 0
            for batch in table.iter_batches(batch_size=256, columns=columns):
                for entry in batch.to_pylist():
                    row += 1
                    yield _parse_row(entry, path, row)
    except (OSError, ValueError) as error:
        yield Reject(str(path), None, f"{path}: cannot read: {error}")


def _parse_row(entry: dict[str, Any], path: Path, row: int) -> Document | Reject:
    if entry.get("id") is None:
        entry["id"] = f"{row:06d}"
    if entry.get("publication_date") is not None:
        entry["publication_date"] = str(entry["publication_date"])[:10]
    try:
        return from_json(entry, path=path, line=row)
    except DataError as error:
        return Reject(str(path), row, str(error))


_READERS = {".jsonl": _read_lines, ".ndjson": _read_lines, ".parquet": _read_parquet}
