"""Reading text strictly and writing files whole: to a temporary name first, then renamed."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from waqai.errors import DataError, OutputError


def read_text(path: Path, encoding: str = "utf-8") -> str:
    """Read a text file without changing its line ends, so that offsets stand.

    Raises:
        DataError: the file is missing, empty, or holds bytes the encoding does not allow.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", path=path) from error
    if not raw.strip():
        raise DataError("the file is empty; expected text", path=path)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        found = raw[error.start : error.start + 4].hex(" ")
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(
            f"byte {error.start} ({found}) is not {encoding}; convert the file or name its encoding with --encoding",
            path=path,
            line=line,
        ) from error
    except LookupError as error:
        raise DataError(f"no encoding is called {encoding!r}; try utf-8 or windows-1256", path=path) from error


@contextlib.contextmanager
def writing(path: Path, *, overwrite: bool = False) -> Iterator[TextIO]:
    """A text stream that becomes ``path`` only if the block ends without an error.

    Raises:
        OutputError: the path exists and ``overwrite`` is off, or cannot be written.
    """
    refuse_existing(path, overwrite=overwrite)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = temporary.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    try:
        with stream:
            yield stream
        temporary.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def writing_folder(path: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """A folder that becomes ``path`` only if the block ends without an error; an old one is replaced whole.

    Raises:
        OutputError: the path exists and ``overwrite`` is off, or cannot be written.
    """
    refuse_existing(path, overwrite=overwrite)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        temporary.mkdir(parents=True)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    try:
        yield temporary
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        temporary.rename(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Raise ``OutputError`` if something is at ``path`` and may not be replaced; an empty folder may."""
    if overwrite or not path.exists() or (path.is_dir() and not any(path.iterdir())):
        return
    raise OutputError(f"{path} exists; choose another place or pass --overwrite")
