"""Reading text strictly and writing files whole: to a temporary name first, then renamed."""

from __future__ import annotations

import contextlib
import glob
import os
import shutil
import socket
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TextIO

from waqai.errors import DataError, OutputError


def read_text(path: Path, encoding: str = "utf-8", *, may_be_empty: bool = False) -> str:
    """Read a text file without changing its line ends, so that offsets stand.

    Raises:
        DataError: the file is missing, holds nothing but white space (unless it may), or holds bytes the encoding
            does not allow.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read: {error.strerror}", path=path) from error
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        found = raw[error.start : error.start + 4].hex(" ")
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(
            f"byte {error.start} ({found}) is not {encoding} ({error.reason}); "
            "convert the file or name its encoding with --encoding",
            path=path,
            line=line,
        ) from error
    except LookupError as error:
        raise DataError(f"no encoding is called {encoding!r}; try utf-8 or windows-1256", path=path) from error
    if not (may_be_empty or text.strip()):  # not of the bytes: a no-break space is none to them
        raise DataError("the file is empty; expected text", path=path)
    return text


def read_lines(path: Path, encoding: str = "utf-8", *, may_be_empty: bool = False) -> list[str]:
    """The lines of a file of annotation or metadata, without their ends and without a byte order mark.

    Only a line feed (with or without a carriage return) ends a line: Arabic pages hold other separators, such
    as U+2028, inside their lines. The texts of articles are read with ``read_text``, so that offsets stand.

    Raises:
        DataError: as ``read_text``.
    """
    text = read_text(path, encoding, may_be_empty=may_be_empty).removeprefix("\ufeff")
    return [line.removesuffix("\r") for line in text.split("\n")]


@contextlib.contextmanager
def writing(path: Path, *, overwrite: bool = False) -> Iterator[TextIO]:
    """A text stream that becomes ``path`` only if the block ends without an error.

    Raises:
        OutputError: the path exists and ``overwrite`` is off, or cannot be written.
    """
    refuse_existing(path, overwrite=overwrite)
    temporary = temporary_path(path)
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
def writing_folder(path: Path, *, overwrite: bool = False, replaceable: Collection[str] = ()) -> Iterator[Path]:
    """A folder that becomes ``path`` only if the block ends without an error; an old one is replaced whole.

    Args:
        path: the folder to be.
        overwrite: replace an old one.
        replaceable: the file endings that an old folder may hold; one that holds anything else is somebody's
            work, or the wrong folder, and stays as it is.

    Raises:
        OutputError: the path exists and ``overwrite`` is off, holds other files, or cannot be written.
    """
    refuse_existing(path, overwrite=overwrite)
    if path.is_dir() and (
        foreign := sorted(p.name for p in path.iterdir() if p.is_dir() or p.suffix not in replaceable)
    ):
        raise OutputError(
            f"{path} also holds {', '.join(foreign[:3])}; --overwrite would delete it, choose another folder"
        )
    temporary = temporary_path(path)
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


def temporary_path(path: Path) -> Path:
    """What ``path`` is called until it is whole: hidden, and saying which process of which machine writes it."""
    return path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.partial")


def remove_leftovers(path: Path) -> None:
    """Remove what killed processes of this machine left behind instead of ``path``; that of living ones stays.

    Args:
        path: a file or folder that is written whole; its name may be a pattern, such as ``*``.
    """
    host = glob.escape(socket.gethostname())
    for leftover in path.parent.glob(f".{path.name}.{host}.*.partial"):
        process = leftover.name.split(".")[-2]
        if not process.isdecimal() or _is_alive(int(process)):
            continue
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True


def refuse_existing(path: Path, *, overwrite: bool) -> None:
    """Raise ``OutputError`` if something is at ``path`` and may not be replaced; an empty folder may."""
    try:
        if overwrite or not path.exists() or (path.is_dir() and not any(path.iterdir())):
            return
    except OSError as error:
        raise OutputError(f"cannot look at {path}: {error.strerror}") from error
    raise OutputError(f"{path} exists; choose another place or pass --overwrite (scripts: overwrite=true)")
