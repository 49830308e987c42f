"""What is known of articles besides their text: ``metadata.jsonl`` beside plain text files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from waqai.errors import DataError
from waqai.formats.files import read_lines
from waqai.formats.jsonl import parse_object, read_fields

METADATA_FILE = "metadata.jsonl"


def described(path: Path, identifier: str) -> dict[str, Any]:
    """The fields that a metadata file states of an article; none where there is no such file or article.

    Raises:
        DataError: a line is no JSON object with an ``id``, an id occurs twice, or a field of this article is not
            of its kind.
    """
    line, entry = _read(path, path.stat().st_mtime_ns).get(identifier, (0, {})) if path.is_file() else (0, {})
    try:
        return {name: value for name, value in read_fields(entry).items() if entry.get(name)}
    except DataError as error:
        raise DataError(str(error), path=path, line=line) from None


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> dict[str, tuple[int, dict[str, Any]]]:
    """Lines with their numbers, by id; read once for all of a folder, and again when the file has ``changed``."""
    entries: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        entry = parse_object(line, path=path, line=number)
        if entry.get("id") is None:
            raise DataError("expected a JSON object with an id", path=path, line=number)
        identifier = str(entry["id"])
        if identifier in entries:
            raise DataError(f"the id {identifier} occurs twice", path=path, line=number)
        entries[identifier] = number, entry
    return entries
