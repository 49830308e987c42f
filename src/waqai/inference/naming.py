"""What articles are called that state no id: after their file, and its folders where another file is called so too.

Names follow from the list of files alone, so a run that goes on, and every task of a cluster, finds the same ones.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

TABLES = (".jsonl", ".ndjson", ".parquet")
"""Endings of files that hold many articles, a line or row each."""


def name_files(files: Sequence[str]) -> Iterator[str]:
    """A name for each file: the id of a text, or what stands in an id before the number of a line or row.

    >>> list(name_files(["news/2015/001.txt", "news/2016/001.txt", "news/2016/002.txt", "news/more.jsonl"]))
    ['2015-001', '2016-001', '002', 'more-']
    >>> list(name_files(["news/more.jsonl"]))  # numbers are enough
    ['']
    """
    if len(files) == 1 and files[0].endswith(TABLES):
        yield ""
        return
    met: set[str] = set()
    shared: set[str] = set()
    for name in map(_own_name, files):
        (shared if name in met else met).add(name)
    # Cut at a folder here, as commonpath takes no relative paths beside absolute ones.
    root = os.path.commonprefix(files).rfind("/") + 1  # noqa: RUF071
    for file in files:
        name = _own_name(file)
        if name in shared:
            folders = file[root:].rpartition("/")[0]
            name = f"{folders}/{name}".lstrip("./").replace("/", "-")  # brat makes a file of it
        yield name


def _own_name(file: str) -> str:
    stem = PurePosixPath(file).stem
    return f"{stem}-" if file.endswith(TABLES) else stem
