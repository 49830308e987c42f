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
from waqai.formats.jsonl import read_row
from waqai.formats.metadata import METADATA_FILE, described
from waqai.inference.locations import as_path, is_url, list_url
from waqai.inference.naming import TABLES, name_files
from waqai.inference.seen import SeenIds
from waqai.schema import Document

SUFFIXES = (".txt", *TABLES)
REJECTS = ".rejects.jsonl"
"""The ending of what a run lists its rejects in, which no run reads."""

_BUFFER = 1 << 20
_PARQUET_FIELDS = ("id", "text", "title", "publication_date", "source", "url", "language")

_Found = tuple[int | None, Document | DataError]
"""A line and what stands there: an article, or what is wrong with it."""


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
    if not file.endswith(SUFFIXES) or file.endswith((f"/{METADATA_FILE}", REJECTS)):
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
    files: Iterable[Path | str],
    *,
    names: Sequence[str] | None = None,
    seen: SeenIds | None = None,
    encoding: str = "utf-8",
    publication_date: str | None = None,
) -> Iterator[Document | Reject]:
    """Read articles, one at a time, with nothing but metadata beside the text.

    Args:
        files: paths and URLs.
        names: of the files, as ``name_files`` gives them; where absent, as if these were all.
        seen: the ids that articles of the run have so far, to which these articles' are added; an article whose id
            another has is rejected.
        publication_date: for articles that state none themselves.
    """
    places = list(map(str, files))
    seen = SeenIds() if seen is None else seen
    for place, name in zip(places, name_files(places) if names is None else names, strict=True):
        path = as_path(place)
        for line, found in _READERS.get(path.suffix, _read_plain)(path, name, encoding):
            if isinstance(found, Document) and not seen.add(found.id):
                reason = f"an earlier article has the id {found.id}; give each its own"
                found = DataError(reason, path=path, line=line)
            if isinstance(found, DataError):
                yield Reject(place, line, str(found))
                continue
            found = replace(found, publication_date=found.publication_date or publication_date)
            yield found.with_annotation((), (), ())


def _read_plain(path: Path, name: str, encoding: str) -> Iterator[_Found]:
    """A text file is an article: its name the id, its first line the title; metadata.jsonl beside it helps."""
    try:
        text = read_text(path, encoding)
        known = described(path.parent / METADATA_FILE, path.stem)
    except DataError as error:
        yield error.line if error.path == path else None, error
        return
    lines = (line.strip().strip("\ufeff").strip() for line in text.splitlines())
    title = next((line for line in lines if line), "")
    yield None, replace(Document(name, text, title), **known)


def _read_lines(path: Path, name: str, encoding: str) -> Iterator[_Found]:
    try:
        with path.open("rb") as stream:
            for number, raw in enumerate(stream, start=1):
                if raw.strip():
                    yield number, _parse(raw, encoding, path, name, number)
    except OSError as error:
        yield None, DataError(f"cannot read: {error.strerror}", path=path)


def _parse(raw: bytes, encoding: str, path: Path, name: str, number: int) -> Document | DataError:
    try:
        # A byte order mark stands at a file's start, and inside where files were joined.
        return parse_line(raw.decode(encoding).removeprefix("\ufeff"), path=path, line=number, name=name)
    except UnicodeDecodeError as error:
        found = raw[error.start : error.start + 4].hex(" ")
        reason = f"byte {error.start} ({found}) is not {encoding}; name its encoding with --encoding"
        return DataError(reason, path=path, line=number)
    except DataError as error:
        return error


def _read_parquet(path: Path, name: str, encoding: str) -> Iterator[_Found]:
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise ConfigError("reading Parquet needs pyarrow: pip install 'waqai[parquet]'") from error
    try:
        # Buffered, as a column of a row group would else be held whole: a gigabyte of text in the large ones.
        with path.open("rb") as stream, parquet.ParquetFile(stream, buffer_size=_BUFFER, pre_buffer=False) as table:
            there = set(table.schema_arrow.names)
            if there >= {"event", "record"}:
                yield None, DataError("these are event records; expected articles", path=path)
                return
            columns = [field for field in _PARQUET_FIELDS if field in there]
            row = 0
            for batch in table.iter_batches(batch_size=256, columns=columns):
                for entry in batch.to_pylist():
                    row += 1
                    yield row, _parse_row(entry, path, name, row)
    except (OSError, ValueError) as error:
        yield None, DataError(f"cannot read: {error}", path=path)


def _parse_row(entry: dict[str, Any], path: Path, name: str, row: int) -> Document | DataError:
    if entry.get("publication_date") is not None:
        entry["publication_date"] = str(entry["publication_date"])[:10]
    try:
        return read_row(entry, path=path, line=row, name=name)
    except DataError as error:
        return error


_READERS = {".jsonl": _read_lines, ".ndjson": _read_lines, ".parquet": _read_parquet}
