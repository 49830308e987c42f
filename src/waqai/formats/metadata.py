"""What is known of articles besides their text: ``metadata.jsonl`` beside plain text files."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from waqai.errors import DataError
from waqai.formats.files import read_lines


def read_metadata(path: Path) -> dict[str, dict[str, Any]]:
    """The entries of a metadata file by article id; none where there is no such file.

    Raises:
        DataError: a line is no JSON object with an ``id``, or an id occurs twice.
    """
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> dict[str, dict[str, Any]]:
    """Read once for all articles of a folder, and again when the file has ``changed``."""
    entries: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(read_lines(path), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            identifier = str(entry["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise DataError("expected a JSON object with an id", path=path, line=number) from error
        if identifier in entries:
            raise DataError(f"the id {identifier} occurs twice", path=path, line=number)
        entries[identifier] = entry
    return entries
