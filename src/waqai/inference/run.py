"""A long extraction, shard by shard, that survives a kill: run it again and it goes on.

Each shard of articles becomes one file in ``OUT.partial/``, written under another name and renamed, so a shard
is there whole or not at all. When the last is there, they are joined in order and renamed to ``OUT``. A shard is
read by itself, and the same articles are in it each time, so an undisturbed run gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from waqai.errors import DataError, OutputError
from waqai.formats.files import refuse_existing, writing
from waqai.formats.jsonl import to_json
from waqai.inference.articles import Reject
from waqai.inference.extractor import Extractor
from waqai.schema import Document

SHARD = 256
"""Articles in a shard: what is lost at most when a run is killed."""


@dataclass
class Progress:
    """What a run has done so far; the command line draws it."""

    articles: int = 0
    words: int = 0
    events: int = 0
    rejects: int = 0
    resumed: int = 0
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ShardedRun:
    """One run of an extractor over articles.

    Args:
        target: what the caller turns the records into; ``target.partial`` holds the shards meanwhile.
        fingerprint: whatever must be the same for a run to go on: inputs, settings, model.
        only_actual: leave out future, hypothetical and negated events.
        strict: stop at the first broken article.
    """

    extractor: Extractor
    target: Path
    fingerprint: dict[str, Any]
    only_actual: bool = False
    strict: bool = False
    shard: int = SHARD

    @property
    def folder(self) -> Path:
        """Where the shards lie."""
        return partial_folder(self.target)

    def extract(
        self,
        articles: Iterable[Document | Reject],
        *,
        overwrite: bool,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> Progress:
        """Extract every article that no earlier run has done.

        Raises:
            OutputError: the target exists, or the folder of shards belongs to another run or cannot be written.
            DataError: an article is broken and ``strict`` is on, or none at all could be read.
        """
        self._claim(overwrite=overwrite)
        state = Progress()
        iterator = iter(articles)
        number = 0
        while part := list(islice(iterator, self.shard)):
            path = self.folder / f"{number:08d}.jsonl"
            rejects = [found for found in part if isinstance(found, Reject)]
            if rejects and self.strict:
                raise DataError(rejects[0].reason)
            if path.exists():
                state.resumed += len(part)
            else:
                self._extract_shard(part, path, state)
            state.articles += len(part)
            state.rejects += len(rejects)
            state.reasons += [reject.reason for reject in rejects[:10]]
            progress(state)
            number += 1
        if state.articles and state.articles == state.rejects:
            self.discard()
            raise DataError(state.reasons[0])
        return state

    def _claim(self, *, overwrite: bool) -> None:
        mark = self.folder / "run.json"
        content = json.dumps({**self.fingerprint, "shard": self.shard}, sort_keys=True, ensure_ascii=False)
        if mark.exists():
            if mark.read_text(encoding="utf-8") == content:
                return  # killed on the way or while the output was written: the target, if it is there, is this run's
            if not overwrite:
                raise OutputError(
                    f"{self.folder} holds an unfinished run with other inputs, settings or model; finish that one, "
                    "delete the folder, or pass --overwrite"
                )
            self.discard()
        refuse_existing(self.target, overwrite=overwrite)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"cannot write {self.folder}: {error.strerror}") from error
        with writing(mark, overwrite=True) as stream:
            stream.write(content)

    def _extract_shard(self, part: Sequence[Document | Reject], path: Path, state: Progress) -> None:
        documents = [found for found in part if isinstance(found, Document)]
        with writing(path, overwrite=True) as stream:
            for document in self.extractor.pipe(documents, only_actual=self.only_actual):
                stream.write(json.dumps(_to_line(document), ensure_ascii=False) + "\n")
                state.events += len(document.events)
                state.words += document.text.count(" ") + 1
            for reject in part:
                if isinstance(reject, Reject):
                    stream.write(json.dumps({"reject": asdict(reject)}, ensure_ascii=False) + "\n")

    def lines(self) -> Iterator[dict[str, Any]]:
        """Everything the shards hold, in order: ``{document, events}`` or ``{reject}``."""
        for path in sorted(self.folder.glob("*.jsonl")):
            with path.open(encoding="utf-8") as stream:
                yield from map(json.loads, stream)

    def discard(self) -> None:
        """Remove the shards."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _to_line(document: Document) -> dict[str, Any]:
    return {"document": to_json(document), "events": [record.to_dict() for record in document.events]}


def partial_folder(target: Path) -> Path:
    """Where the shards of a run with this target lie."""
    return target.with_name(target.name + ".partial")


def file_fingerprint(files: Sequence[Path]) -> str:
    """A digest of names, sizes and times: a run does not go on over other articles or with another model."""
    digest = hashlib.sha256()
    for path in files:
        status = path.stat()
        digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
