"""The same extraction as a Ray Data pipeline: the model stays loaded in a pool of actors, as many as there are CPUs.

    sources ──read──▶ shards of articles ──a pool of actors──▶ files of records; counts to the driver

Shards and their names follow from the input files alone (``inference.shards``), and the file of a shard's records is
written last and whole. So each shard is there once, whoever wrote it: a task that is done again, because its worker
died, writes the same file again; a run that is given again leaves out what is there.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pickle
import re
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from waqai.errors import ConfigError, DataError, OutputError, WaqaiError
from waqai.formats.files import remove_leftovers, writing
from waqai.formats.jsonl import to_json
from waqai.inference.extractor import Extractor
from waqai.inference.locations import as_path, is_url
from waqai.inference.run import Progress, count_words
from waqai.inference.shards import SHARD, Shard, Source, read_shards
from waqai.schema import Document
from waqai.storage import write_records

FORMATS = ("jsonl", "parquet")
MARK = "run.json"
SUMMARY = "summary.json"
_IS_SHARD = re.compile(r"\d{8}-\d{8}\.(jsonl|parquet)")
_RETRIES = 3
"""How often a shard is tried again when its worker dies: an article that kills them all should not do so forever."""


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
        counts = {name: value for name, value in asdict(state).items() if name in ("articles", "rejects", "resumed")}
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


@dataclass(frozen=True)
class ClusterRun:
    """One extraction on a cluster.

    Args:
        folder: where the shards end.
        extractor: arguments of ``Extractor.from_pretrained``; each actor loads it once. ``threads`` are also the
            CPUs an actor takes (1 where 0), and ``device`` ``cuda`` takes a GPU.
        reading: ``encoding`` and ``publication_date`` of ``read_articles``.
        shard: articles in a shard.
    """

    folder: ShardFolder
    extractor: Mapping[str, Any]
    reading: Mapping[str, Any]
    only_actual: bool = False
    strict: bool = False
    shard: int = SHARD

    def extract(
        self,
        sources: Iterable[Source],
        fingerprint: Mapping[str, Any],
        *,
        address: str | None = None,
        overwrite: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> Progress:
        """Extract every shard that no earlier run has done.

        Args:
            sources: what to read; a task reads one of them from its beginning.
            fingerprint: whatever must be the same for a run to go on.
            address: of a cluster; without, ``RAY_ADDRESS``, the cluster of this machine, or a new one on it.

        Raises:
            ConfigError: Ray is not installed, or there is no cluster at the address.
            OutputError: see ``ShardFolder.claim``; or workers died again and again.
            DataError: an article is broken and ``strict`` is on, or none at all could be read.
        """
        ray = import_ray()
        self.folder.claim(fingerprint, overwrite=overwrite)
        rows = [{"number": source.number, "files": list(source.files)} for source in sources]
        state = Progress()
        with _connected(ray, address):
            try:
                for counts in self._pipeline(ray, rows).iter_rows():
                    _add(state, counts)
                    progress(state)
            except Exception as error:
                raise _explained(error) from error
        remove_leftovers(as_path(self.folder.root) / "events" / "*")
        try:
            state.check()
        except DataError:
            self.folder.discard()
            raise
        self.folder.finish(state)
        return state

    def _pipeline(self, ray: Any, rows: list[dict[str, Any]]) -> Any:
        context = ray.data.DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        context.target_max_block_size = 1  # a shard is a block: what is scheduled, and done again, by itself
        threads = self.extractor.get("threads") or 1
        cpus = int(ray.cluster_resources().get("CPU", 1))
        sources = ray.data.from_items(rows, override_num_blocks=max(len(rows), 1))
        # Readers wait for the actors nearly all the time, so they take no CPU from them.
        shards = sources.flat_map(self._read, num_cpus=0, compute=ray.data.TaskPoolStrategy(size=max(1, cpus // 8)))
        with warnings.catch_warnings():
            # Ray will want the retries elsewhere from 2.64 on and does not yet say where.
            warnings.simplefilter("ignore", DeprecationWarning)
            return shards.map(
                _Worker,
                fn_constructor_args=(self,),
                compute=ray.data.ActorPoolStrategy(min_size=1, initial_size=max(1, cpus // threads)),
                num_cpus=threads,
                num_gpus=1 if self.extractor.get("device") == "cuda" else 0,
                max_restarts=-1,
                max_task_retries=_RETRIES,
            )

    def _read(self, row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        source = Source(int(row["number"]), tuple(row["files"]))
        for shard in read_shards([source], self.shard, **self.reading):
            if shard.rejects and self.strict:
                raise DataError(shard.rejects[0].reason)
            done = self.folder.is_done(shard.name)
            yield {
                "shard": b"" if done else pickle.dumps(shard),
                "articles": len(shard.articles),
                "rejects": len(shard.rejects),
                "resumed": len(shard.articles) if done else 0,
                "reason": shard.rejects[0].reason if shard.rejects else "",
                "words": 0,
                "events": 0,
            }


class _Worker:
    """An actor: a loaded model, and where its shards go."""

    def __init__(self, run: ClusterRun) -> None:
        self._run = run
        self._extractor = Extractor.from_pretrained(**{**run.extractor, "threads": run.extractor.get("threads") or 1})

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        counts = {name: value for name, value in row.items() if name != "shard"}
        if row["shard"]:
            shard: Shard = pickle.loads(row["shard"])
            documents = list(self._extractor.pipe(shard.documents, only_actual=self._run.only_actual))
            self._run.folder.write(shard, documents)
            counts["words"] = sum(map(count_words, documents))
            counts["events"] = sum(len(document.events) for document in documents)
        return counts


def import_ray() -> Any:
    """The package ``ray``, quiet and without its report of use.

    Raises:
        ConfigError: it is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # offline means offline
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ConfigError("--ray needs Ray: pip install 'waqai[ray]'") from error
    logging.getLogger("ray.data").setLevel(logging.CRITICAL)  # errors reach the user as ours
    return ray


@contextlib.contextmanager
def _connected(ray: Any, address: str | None) -> Iterator[None]:
    if ray.is_initialized():  # by whoever calls us, and theirs to shut down
        yield
        return
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise ConfigError(f"no Ray cluster answers at {address or 'this machine'}: {error}") from error
    try:
        yield
    finally:
        ray.shutdown()


def _add(state: Progress, counts: Mapping[str, Any]) -> None:
    for name in ("articles", "rejects", "resumed", "words", "events"):
        setattr(state, name, getattr(state, name) + int(counts[name]))
    if counts["reason"] and not state.reasons:
        state.reasons.append(counts["reason"])


def _explained(error: BaseException) -> BaseException:
    """What a worker raised, without the layers of the engine around it."""
    cause: BaseException | None = error
    while cause is not None:
        plain = getattr(cause, "cause", None)
        for found in (cause, plain):
            if isinstance(found, WaqaiError):
                # Ray makes an error that is both its own and ours, with a traceback for a message.
                return plain if isinstance(plain, WaqaiError) else found
        cause = cause.__cause__ or cause.__context__
    return OutputError(f"the cluster gave up ({error}); give the same command again and it goes on where it stopped")
