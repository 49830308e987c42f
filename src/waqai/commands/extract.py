"""What ``waqai extract`` does: read, extract shard by shard, and write the format asked for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from waqai.bundle import embedded_bundle
from waqai.errors import ConfigError
from waqai.events import merge
from waqai.formats import from_json, write_documents
from waqai.formats.files import refuse_existing, remove_leftovers, writing
from waqai.inference.articles import REJECTS, check_date, check_encoding, find_files
from waqai.inference.extractor import Extractor
from waqai.inference.locations import is_url
from waqai.inference.pool import ExtractorPool
from waqai.inference.run import DOCUMENT, EVENT, REJECT, Progress, ShardedRun, partial_folder
from waqai.inference.shards import SHARD, count_articles, file_fingerprint, group_files, read_shards
from waqai.schema import Document
from waqai.schema.record import EventRecord
from waqai.storage import write_records

_RECORD_FILES = {"jsonl": "events.jsonl", "csv": "events.csv", "parquet": "events.parquet", "sql": "events.sqlite"}


@dataclass(frozen=True)
class ExtractionSettings:
    """The options of ``waqai extract``, named as on the command line."""

    paths: list[str]
    output: Path | str
    format: str = "jsonl"
    model: str | None = None
    engine: str = "auto"
    device: str = "cpu"
    threads: int = 0
    processes: int = 0
    publication_date: str | None = None
    encoding: str = "utf-8"
    merge: bool = False
    only_actual: bool = False
    documents: Path | str | None = None
    strict: bool = False
    overwrite: bool = False
    quiet: bool = False
    shard: int = SHARD
    ray: str | None = None

    @property
    def target(self) -> Path:
        """The file or, for brat, the folder that is written: a folder named for records gets one file."""
        output = Path(self.output)
        if self.format == "brat":
            return output
        is_folder = output.is_dir() or not output.suffix
        return output / _RECORD_FILES[self.format] if is_folder else output

    @property
    def keeps_documents(self) -> bool:
        """Whether the output takes the annotated articles, not the records alone."""
        return self.documents is not None or self.merge or self.format == "brat"

    @property
    def reading(self) -> dict[str, Any]:
        """The settings of ``read_articles``."""
        return {"encoding": self.encoding, "publication_date": self.publication_date}

    @property
    def extractor(self) -> dict[str, Any]:
        """The settings of ``Extractor.from_pretrained``."""
        return {"model": self.model, "engine": self.engine, "device": self.device, "threads": self.threads}

    def fingerprint(self, files: list[str], model: str) -> dict[str, Any]:
        """What must be the same for a run to go on; on a cluster also what its shards are written as and where."""
        written: dict[str, Any] = {"documents": self.keeps_documents}
        if self.ray is not None:
            written = {"format": self.format, "documents": self.documents and str(self.documents)}
        return {
            "inputs": file_fingerprint(files),
            "model": model,
            "weights": _model_fingerprint(self.model),
            "engine": [self.engine, self.device],
            "only_actual": self.only_actual,
            "shard": self.shard,
            **written,
            **self.reading,
        }


def extract(settings: ExtractionSettings) -> Progress:
    """Run an extraction to its end, going on where a killed one stopped.

    Raises:
        WaqaiError: see ``inference.articles``, ``inference.run``, ``inference.cluster`` and ``storage``; nothing
            half-written is left.
    """
    settings = replace(settings, publication_date=check_date(settings.publication_date))
    check_encoding(settings.encoding)
    if settings.processes < 0 or settings.threads < 0:
        raise ConfigError("--processes and --threads are numbers from 1 on, or 0 for one to a core")
    if settings.ray is not None:
        if settings.processes:
            raise ConfigError("--processes is for one machine; on a cluster its cores say how many: leave it out")
        return _extract_on_cluster(settings)
    if is_url(str(settings.output)) or is_url(str(settings.documents)):
        after = "; waqai.storage.write_records puts its records into a database" if settings.format == "sql" else ""
        raise ConfigError(f"only runs with --ray write to a URL; name a file of this machine{after}")
    target = settings.target
    documents = None if settings.documents is None else Path(settings.documents)
    outputs = [target, rejects_file(target), *([documents] if documents else [])]
    if not partial_folder(target).exists():  # else a killed run, which had leave to write
        for path in (target, documents):
            if path:
                refuse_existing(path, overwrite=settings.overwrite)
    files = find_files(settings.paths, besides=outputs)
    sources = group_files(files, settings.shard)
    extractor = Extractor.from_pretrained(**settings.extractor)
    processes = settings.processes or extractor.cores
    pool = ExtractorPool(extractor, processes, **{**settings.extractor, "threads": 1})
    run = ShardedRun(
        pool,
        target,
        settings.fingerprint(files, extractor.name),
        only_actual=settings.only_actual,
        strict=settings.strict,
        documents=settings.keeps_documents,
    )
    shards = read_shards(sources, settings.shard, **settings.reading)
    began = time.monotonic()
    with pool, _progress_bar(files, quiet=settings.quiet) as show:
        state = run.extract(shards, overwrite=settings.overwrite, progress=show)
    seconds = time.monotonic() - began
    for path in outputs:
        remove_leftovers(path)
    # The target comes last: a run that was killed before it is there goes on, one after it only tidies up.
    _write_rejects(run, target, state)
    if documents:
        with writing(documents, overwrite=True) as stream:
            stream.writelines(run.lines(DOCUMENT))
    _write(settings, run, target)
    run.discard()
    print(_summary(state, target, seconds))
    return state


def _extract_on_cluster(settings: ExtractionSettings) -> Progress:
    from waqai.inference.cluster import ClusterRun, import_ray
    from waqai.inference.shard_folder import FORMATS, ShardFolder

    import_ray()
    if settings.format not in FORMATS or settings.merge:
        asked = "--merge" if settings.merge else f"--format {settings.format}"
        raise ConfigError(f"{asked} needs all records in one place; with --ray, write {' or '.join(FORMATS)} shards")
    root = str(settings.output)
    files = find_files(settings.paths, besides=[root, *([settings.documents] if settings.documents else [])])
    sources = group_files(files, settings.shard)
    name = Extractor.from_pretrained(**settings.extractor).name  # a model that cannot be loaded is an error here
    run = ClusterRun(
        ShardFolder(root, settings.format, None if settings.documents is None else str(settings.documents)),
        settings.extractor,
        settings.reading,
        only_actual=settings.only_actual,
        strict=settings.strict,
        shard=settings.shard,
    )
    began = time.monotonic()
    with _progress_bar(files, quiet=settings.quiet) as show:
        state = run.extract(
            sources,
            settings.fingerprint(files, name),
            address=settings.ray or None,
            overwrite=settings.overwrite,
            progress=show,
        )
    print(_summary(state, root, time.monotonic() - began))
    return state


def _write(settings: ExtractionSettings, run: ShardedRun, target: Path) -> None:
    if settings.format == "brat":
        write_documents(_documents(run), target, "brat", overwrite=True)
        return
    if settings.format == "jsonl" and not settings.merge:  # as they are: reading them as records takes far longer
        with writing(target, overwrite=True) as stream:
            stream.writelines(run.lines(EVENT))
        return
    events = map(json.loads, run.lines(EVENT))
    records: Iterator[EventRecord] | tuple[EventRecord, ...] = map(EventRecord.from_dict, events)
    if settings.merge:
        records = merge(records, _documents(run))
    write_records(records, target, settings.format, overwrite=True)


def rejects_file(target: Path) -> Path:
    """Where the articles that could not be read are listed, with their reasons."""
    return target.with_name(target.name + REJECTS)


def _model_fingerprint(model: str | None) -> str:
    folder = embedded_bundle() if model is None else Path(model)
    return file_fingerprint(map(str, sorted(folder.iterdir()))) if folder.is_dir() else str(model)


def _documents(run: ShardedRun) -> Iterator[Document]:
    return (from_json(json.loads(line)) for line in run.lines(DOCUMENT))


def _write_rejects(run: ShardedRun, target: Path, state: Progress) -> None:
    path = rejects_file(target)
    if not state.rejects:
        path.unlink(missing_ok=True)
        return
    with writing(path, overwrite=True) as stream:
        stream.writelines(run.lines(REJECT))


def _summary(state: Progress, target: Path | str, seconds: float) -> str:
    parts = [f"{state.articles - state.rejects} articles to {target}"]
    if state.words:
        parts.append(f"{state.words} words in {seconds:.1f} s")
    if state.resumed:
        parts.append(f"{state.resumed} done by an earlier run")
    if state.rejects:
        listed = rejects_file(target).name if isinstance(target, Path) else "rejects/"
        parts.append(f"{state.rejects} rejected ({'; '.join([*state.reasons[:1], f'all of them in {listed}'])})")
    if state.odd_dates:
        parts.append(
            f"{state.odd_dates} published on no day that can be read ({state.odd_date}; expected one like 2016-01-20)"
        )
    if state.undated:
        parts.append(f"{state.undated} without a publication date, whose «الأربعاء» is no day then")
    return "; ".join(parts)


@contextmanager
def _progress_bar(files: list[str], *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    if quiet:
        yield lambda _: None
        return
    from tqdm import tqdm

    # No smoothing: articles come by the shard on a cluster, and the time left should not jump with them.
    with tqdm(total=count_articles(files), unit=" articles", dynamic_ncols=True, delay=2, smoothing=0) as bar:

        def show(state: Progress) -> None:
            bar.initial = state.resumed  # what was there took no time
            bar.update(state.articles - bar.n)
            bar.set_postfix(events=state.events, rejects=state.rejects, refresh=False)

        yield show
