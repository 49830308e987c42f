"""The same extraction as a Ray Data pipeline: the model stays loaded in a pool of actors, as many as there are CPUs.

    sources ──read──▶ shards of articles ──a pool of actors──▶ files of records; counts to the driver

Shards and their names follow from the input files alone (``inference.shards``), and the file of a shard's records is
written last and whole. So each shard is there once, whoever wrote it: a task that is done again, because its worker
died, writes the same file again; a run that is given again leaves out what is there.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from waqai.errors import ConfigError, DataError, OutputError, WaqaiError
from waqai.formats.files import remove_leftovers
from waqai.inference.extractor import Extractor
from waqai.inference.locations import as_path
from waqai.inference.run import Progress, count_words
from waqai.inference.shard_folder import ShardFolder
from waqai.inference.shards import SHARD, Shard, Source, read_shards

_RETRIES = 3
"""How often a shard is tried again when its worker dies: an article that kills them all should not do so forever."""


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
        rows = [
            {"number": source.number, "files": list(source.files), "names": list(source.names)} for source in sources
        ]
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
        source = Source(int(row["number"]), tuple(row["files"]), tuple(row["names"]))
        for shard in read_shards([source], self.shard, **self.reading):
            if shard.rejects and self.strict:
                raise DataError(shard.rejects[0].reason)
            done = self.folder.is_done(shard.name)
            yield {
                "shard": b"" if done else pickle.dumps(shard),
                "articles": len(shard.articles),
                "rejects": len(shard.rejects),
                "resumed": len(shard.articles) if done else 0,
                "odd_dates": len(shard.odd_dates),
                "reason": shard.rejects[0].reason if shard.rejects else "",
                "odd_date": next(iter(shard.odd_dates), ""),
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
    for name in ("articles", "rejects", "resumed", "odd_dates", "words", "events"):
        setattr(state, name, getattr(state, name) + int(counts[name]))
    if counts["reason"] and not state.reasons:
        state.reasons.append(counts["reason"])
    state.odd_date = state.odd_date or str(counts["odd_date"])


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
