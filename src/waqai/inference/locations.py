"""Where files lie: on a disk, or behind a URL (``s3://``, ``gs://``, ``hdfs://`` …) that fsspec opens."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

from waqai.errors import ConfigError, DataError


def is_url(place: str) -> bool:
    """Whether a place is a URL, not a path of this machine."""
    return "://" in place


def as_path(place: str) -> Path:
    """The path to open a place with: for a URL one of universal_pathlib, which reads and writes as a ``Path`` does.

    Raises:
        ConfigError: the packages that reach the URL are not installed, or no such kind of URL is known.
    """
    if not is_url(place):
        return Path(place)
    try:
        from upath import UPath

        path = UPath(place)
        path.fs  # noqa: B018  imports what the protocol needs, which may not be there
    except ImportError as error:
        raise ConfigError(
            f"{place}: URLs need pip install 'waqai[ray]', and s3fs, gcsfs or adlfs for the storage they name ({error})"
        ) from error
    except ValueError as error:
        raise ConfigError(f"{place}: {error}") from error
    return cast(Path, path)


def list_url(url: str) -> Iterator[tuple[str, bool]]:
    """The files that a URL names: itself, those under it, or those it matches as a glob; in order.

    Yields:
        URLs, and whether each was named (by itself or by a glob) instead of lying in a folder that was.

    Raises:
        DataError: the storage cannot be reached, or nothing is there.
        ConfigError: see ``as_path``.
    """
    path: Any = as_path(url)
    files, root = path.fs, path.path
    try:
        named = [root] if files.isfile(root) else files.glob(root) if glob.has_magic(url) else []
        found = sorted(place for place in named if files.isfile(place)) if named else sorted(files.find(root))
    except Exception as error:  # each storage has errors of its own: refused, unknown bucket, no network
        raise DataError(f"cannot list: {type(error).__name__}: {error}", path=url) from error
    for place in found:
        yield files.unstrip_protocol(place), bool(named)
