"""Articles in shards: what is extracted together, written together and, after a kill, done again together.

Where shards begin follows from the files alone, so one machine and a cluster make the same ones, and a
run that goes on finds the ones it has done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice

from waqai.errors import ConfigError
from waqai.events.dates import as_day
from waqai.inference.articles import Reject, read_articles
from waqai.inference.locations import as_path, is_url
from waqai.inference.naming import name_files
from waqai.inference.seen import SeenIds
from waqai.schema import Document

SHARD = 256
"""Articles in a shard: what is lost at most when a run is killed."""

_USUAL_BYTES = 4096  # of an article of 350 words


@dataclass(frozen=True)
class Source:
    """Files that are read as one stream: one by itself, or neighbours that fill a shard only together.

    Attributes:
        number: its place among the sources of a run.
        names: what articles of the files are called that state no id; see ``name_files``.
    """

    number: int
    files: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Shard:
    """Articles that belong together.

    Attributes:
        name: file names made of it sort as the articles do.
    """

    name: str
    articles: Sequence[Document | Reject]

    @property
    def documents(self) -> list[Document]:
        """The articles that could be read."""
        return [found for found in self.articles if isinstance(found, Document)]

    @property
    def rejects(self) -> list[Reject]:
        """Those that could not."""
        return [found for found in self.articles if isinstance(found, Reject)]

    @property
    def odd_dates(self) -> list[str]:
        """The articles whose publication date names no day, and what it says: their «الأربعاء» has no value then."""
        dated = ((document.id, document.publication_date) for document in self.documents if document.publication_date)
        return [f"{identifier}: {stated}" for identifier, stated in dated if as_day(stated) is None]


def group_files(files: Sequence[str], size: int = SHARD) -> Iterator[Source]:
    """Put files into sources: neighbours that hold about a shard together become one.

    Args:
        files: paths and URLs, all of a run.
        size: articles in a shard.

    Raises:
        ConfigError: a shard of no articles.
    """
    if size < 1:
        raise ConfigError(f"a shard holds at least one article, not {size}")
    return _group(files, size)


def _group(files: Sequence[str], size: int) -> Iterator[Source]:
    numbers = count()
    together: list[tuple[str, str]] = []
    filled = 0
    for file, name in zip(files, name_files(files), strict=True):
        held = _bytes(file)
        if together and (len(together) == size or filled + held > size * _USUAL_BYTES):
            yield _source(next(numbers), together)
            together, filled = [], 0
        together.append((file, name))
        filled += held
    if together:
        yield _source(next(numbers), together)


def _source(number: int, named: Iterable[tuple[str, str]]) -> Source:
    files, names = zip(*named, strict=True)
    return Source(number, files, names)


def read_shards(
    sources: Iterable[Source], size: int = SHARD, *, encoding: str = "utf-8", publication_date: str | None = None
) -> Iterator[Shard]:
    """Read sources, a shard of at most ``size`` articles at a time; see ``read_articles``.

    An id comes once in all of them, so that the ids of a run are held, in eight bytes each.
    """
    seen = SeenIds()
    for source in sources:
        articles = read_articles(
            source.files, names=source.names, seen=seen, encoding=encoding, publication_date=publication_date
        )
        for number in count():
            part = list(islice(articles, size))
            if not part:
                break
            yield Shard(f"{source.number:08d}-{number:08d}", part)


def count_articles(files: Iterable[str]) -> int | None:
    """About how many articles there are, for a progress bar; ``None`` where only reading over a network would tell."""
    total = 0
    for file in files:
        if file.endswith(".parquet"):
            total += _rows(file)
        elif not file.endswith((".jsonl", ".ndjson")):
            total += 1
        elif is_url(file):
            return None
        else:
            total += _lines(file)
    return total


def file_fingerprint(files: Iterable[str]) -> str:
    """A digest of names, sizes and times: a run does not go on over other articles or with another model."""
    digest = hashlib.sha256()
    for file in files:
        status = as_path(file).stat()
        changed = getattr(status, "st_mtime_ns", None) or status.st_mtime  # some storages know no times
        digest.update(f"{file}\0{status.st_size}\0{changed}\n".encode())
    return digest.hexdigest()


def _bytes(file: str) -> int:
    try:
        return as_path(file).stat().st_size
    except OSError:  # gone since it was listed: it is rejected when it is read
        return 0


def _rows(file: str) -> int:
    try:
        import pyarrow.parquet as parquet

        with as_path(file).open("rb") as stream:
            return int(parquet.read_metadata(stream).num_rows)
    except (ImportError, OSError, ValueError):  # the reader says what is wrong with it
        return 1


def _lines(file: str) -> int:
    try:
        with open(file, "rb") as stream:
            return sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
    except OSError:
        return 1
