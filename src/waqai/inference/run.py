"""A long extraction, shard by shard, that survives a kill: run it again and it goes on.

Each shard of articles becomes one file in ``OUT.partial/``, written under another name and renamed, so a shard
is there whole or not at all. When the last is there, they are joined in order and renamed to ``OUT``. A shard is
read by itself, and the same articles are in it each time, so an undisturbed run gives the same bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from waqai.errors import DataError, OutputError
from waqai.formats.files import refuse_existing, writing
from waqai.formats.jsonl import to_json
from waqai.inference.pool import ExtractorPool
from waqai.inference.shards import Shard
from waqai.schema import Document

MARK = "run.json"
EVENT, DOCUMENT, REJECT = "event", "document", "reject"
"""What a line of a shard's file holds; a tab and the JSON of one follow."""

_SUFFIX = ".lines"
_REASONS = 10


@dataclass
class Progress:
    """What a run has done so far; the command line draws it.

    Attributes:
        articles: read, with those an earlier run had done (``resumed``) and those rejected (``rejects``).
        words, events: of this run alone.
        reasons: the first few rejects' own.
        odd_dates: articles whose publication date names no day; ``odd_date`` is the first of them.
        undated: articles that state none at all.
    """

    articles: int = 0
    words: int = 0
    events: int = 0
    rejects: int = 0
    resumed: int = 0
    odd_dates: int = 0
    odd_date: str = ""
    undated: int = 0
    reasons: list[str] = field(default_factory=list)

    def note(self, shard: Shard) -> None:
        """Count the articles of a shard that could not be read, or not dated."""
        self.rejects += len(shard.rejects)
        self.reasons += [reject.reason for reject in shard.rejects[: _REASONS - len(self.reasons)]]
        self.odd_dates += len(shard.odd_dates)
        self.odd_date = self.odd_date or next(iter(shard.odd_dates), "")
        self.undated += sum(not document.publication_date for document in shard.documents)

    def check(self) -> None:
        """Raise a ``DataError`` if nothing at all could be read."""
        if self.articles and self.articles == self.rejects:
            raise DataError(self.reasons[0])


@dataclass(frozen=True)
class ShardedRun:
    """One run of an extractor over shards of articles.

    Args:
        target: what the caller turns the records into; ``target.partial`` holds the shards meanwhile.
        fingerprint: whatever must be the same for a run to go on: inputs, settings, model.
        only_actual: leave out future, hypothetical and negated events.
        strict: stop at the first broken article.
        documents: keep the annotated articles too, beside their records.
    """

    extractor: ExtractorPool
    target: Path
    fingerprint: dict[str, Any]
    only_actual: bool = False
    strict: bool = False
    documents: bool = True

    @property
    def folder(self) -> Path:
        """Where the shards lie."""
        return partial_folder(self.target)

    def extract(
        self, shards: Iterable[Shard], *, overwrite: bool, progress: Callable[[Progress], None] = lambda _: None
    ) -> Progress:
        """Extract every shard that no earlier run has done.

        Raises:
            OutputError: the target exists, or the folder of shards belongs to another run or cannot be written.
            DataError: an article is broken and ``strict`` is on, or none at all could be read.
        """
        self._claim(overwrite=overwrite)
        state = Progress()
        for shard in shards:
            if shard.rejects and self.strict:
                raise DataError(shard.rejects[0].reason)
            path = self.folder / f"{shard.name}{_SUFFIX}"
            if path.exists():
                state.resumed += len(shard.articles)
                state.articles += len(shard.documents)
            else:
                self._extract_shard(shard, path, state, progress)
            state.articles += len(shard.rejects)
            state.note(shard)
            progress(state)
        try:
            state.check()
        except DataError:
            self.discard()
            raise
        return state

    def _claim(self, *, overwrite: bool) -> None:
        mark = self.folder / MARK
        content = json.dumps({"lines": _SUFFIX, **self.fingerprint}, sort_keys=True, ensure_ascii=False)
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

    def _extract_shard(self, shard: Shard, path: Path, state: Progress, progress: Callable[[Progress], None]) -> None:
        make = partial(_write_out, keeps_document=self.documents)
        with writing(path, overwrite=True) as stream:
            for done in self.extractor.map(make, shard.documents, only_actual=self.only_actual):
                stream.write(done.lines)
                state.articles += 1
                state.events += done.events
                state.words += done.words
                progress(state)
            stream.writelines(_line(REJECT, asdict(reject)) for reject in shard.rejects)

    def lines(self, kind: str) -> Iterator[str]:
        """The JSON of every event, document or reject that the shards hold, a line each, in order."""
        for path in sorted(self.folder.glob(f"*{_SUFFIX}")):
            with path.open(encoding="utf-8") as stream:
                for line in stream:
                    found, _, content = line.partition("\t")
                    if found == kind:
                        yield content

    def discard(self) -> None:
        """Remove the shards, and last the mark that says whose they are: killed on the way, they are not another's."""
        mark = self.folder / MARK
        for file in self.folder.iterdir() if self.folder.exists() else ():
            if file != mark:
                file.unlink()
        mark.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Done:
    """An extracted article, as its shard's file holds it."""

    lines: str
    events: int
    words: int


def _write_out(document: Document, *, keeps_document: bool) -> _Done:
    lines = [_line(EVENT, record.to_dict()) for record in document.events]
    if keeps_document:
        lines.append(_line(DOCUMENT, to_json(document)))
    return _Done("".join(lines), len(document.events), count_words(document))


def _line(kind: str, content: dict[str, Any]) -> str:
    return f"{kind}\t{json.dumps(content, ensure_ascii=False)}\n"


def count_words(document: Document) -> int:
    """How long an article is, about, for a rate."""
    return document.text.count(" ") + 1


def partial_folder(target: Path) -> Path:
    """Where the shards of a run with this target lie."""
    return target.with_name(target.name + ".partial")
