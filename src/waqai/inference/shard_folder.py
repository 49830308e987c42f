"""A folder of finished shards, on a disk or behind a URL: each there once and whole, whoever writes it."""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from waqai.errors import OutputError
from waqai.formats.files import remove_leftovers, writing
from waqai.formats.jsonl import to_json
from waqai.inference.locations import as_path, is_url
from waqai.inference.run import MARK, Progress
from waqai.inference.shards import Shard
from waqai.schema import Document
from waqai.storage import write_records

FORMATS = ("jsonl", "parquet")
SUMMARY = "summary.json"
_IS_SHARD = re.compile(r"\d{8}-\d{8}\.(jsonl|parquet)")


@dataclass(frozen=True)
class ShardFolder:
    """Where shards end: ``events/NAME``, and ``rejects/NAME`` where there are any.

    Args:
        root: a folder that every node sees under this name, or a URL.
        form: ``jsonl`` or ``parquet``, of the records; the others are JSON Lines.
        documents: a folder or URL for the annotated articles, if they are wanted too.
    """

    root: str
    form: str = "jsonl"
    documents: str | None = None

    def claim(self, fingerprint: Mapping[str, Any], *, overwrite: bool) -> None:
        """Make the folder this run's own, or find that it is already.

        Raises:
            OutputError: it holds a finished run, one of other inputs, settings or model, or something else, and
                ``overwrite`` is off; or it cannot be written.
        """
        content = json.dumps(fingerprint, sort_keys=True, ensure_ascii=False)
        root = as_path(self.root)
        try:
            mark, finished = root / MARK, (root / SUMMARY).exists()
            if not mark.exists():
                for place in (root, as_path(self.documents) if self.documents else root):
                    if place.exists() and any(place.iterdir()):
                        raise OutputError(f"{place} holds something else; choose an empty folder")
            elif not finished and mark.read_text(encoding="utf-8") == content:
                remove_leftovers(root / "events" / "*")
                return
            elif not overwrite:
                held = "a finished run" if finished else "an unfinished run with other inputs, settings or model"
                raise OutputError(f"{root} holds {held}; choose another folder, or pass --overwrite")
            self.discard()
            root.mkdir(parents=True, exist_ok=True)
            mark.write_text(content, encoding="utf-8")
        except OSError as error:
            raise OutputError(f"cannot write {root}: {error.strerror or error}") from error

    def discard(self) -> None:
        """Remove what a run wrote, and nothing else."""
        root = as_path(self.root)
        for folder in (root / "events", root / "rejects", *([as_path(self.documents)] if self.documents else [])):
            for file in folder.iterdir() if folder.exists() else ():
                if _IS_SHARD.fullmatch(file.name):
                    file.unlink()
        for name in (SUMMARY, MARK):
            (root / name).unlink(missing_ok=True)

    def is_done(self, name: str) -> bool:
        """Whether the shard of this name is there."""
        return self._records(name).exists()

    def write(self, shard: Shard, documents: Iterable[Document]) -> None:
        """Write what was found in a shard's articles, the records last."""
        found = list(documents)
        if self.documents:
            _write_lines(as_path(self.documents) / f"{shard.name}.jsonl", map(to_json, found))
        if shard.rejects:
            _write_lines(as_path(self.root) / "rejects" / f"{shard.name}.jsonl", map(asdict, shard.rejects))
        with _put(self._records(shard.name)) as path:
            write_records((event for document in found for event in document.events), path, self.form, overwrite=True)

    def finish(self, state: Progress) -> None:
        """Say that every shard is there, and what they hold."""
        counts = {name: getattr(state, name) for name in ("articles", "rejects", "resumed", "odd_dates")}
        as_path(self.root).joinpath(SUMMARY).write_text(json.dumps(counts) + "\n", encoding="utf-8")

    def _records(self, name: str) -> Path:
        return as_path(self.root) / "events" / f"{name}.{self.form}"


def _write_lines(place: Path, lines: Iterable[dict[str, Any]]) -> None:
    with _put(place) as path, writing(path, overwrite=True) as stream:
        stream.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


@contextlib.contextmanager
def _put(place: Path) -> Iterator[Path]:
    """A local path to write a file to that ends whole in its place: there at once, or uploaded and then renamed."""
    if not is_url(str(place)):
        yield place
        return
    with tempfile.TemporaryDirectory() as folder:
        local = Path(folder) / place.name
        yield local
        there: Any = place
        partial = there.with_name(f".{place.name}.partial")
        there.fs.makedirs(there.parent.path, exist_ok=True)
        there.fs.put_file(str(local), partial.path)
        there.fs.mv(partial.path, there.path)
