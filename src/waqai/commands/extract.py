"""What ``waqai extract`` does: read, extract shard by shard, and write the format asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from waqai.bundle import embedded_bundle
from waqai.errors import OutputError
from waqai.events import merge
from waqai.formats import from_json, write_documents
from waqai.formats.files import refuse_existing, writing
from waqai.inference.articles import check_date, check_encoding, find_files, read_articles
from waqai.inference.extractor import Extractor
from waqai.inference.run import Progress, ShardedRun, file_fingerprint, partial_folder
from waqai.schema import Document
from waqai.schema.record import EventRecord
from waqai.storage import write_records

_RECORD_FILES = {"jsonl": "events.jsonl", "csv": "events.csv", "parquet": "events.parquet", "sql": "events.sqlite"}


@dataclass(frozen=True)
class ExtractionSettings:
    """The options of ``waqai extract``, named as on the command line."""

    paths: list[str]
    output: Path
    format: str = "jsonl"
    model: str | None = None
    engine: str = "auto"
    device: str = "cpu"
    threads: int = 0
    publication_date: str | None = None
    encoding: str = "utf-8"
    merge: bool = False
    only_actual: bool = False
    documents: Path | None = None
    strict: bool = False
    overwrite: bool = False
    quiet: bool = False

    @property
    def target(self) -> Path:
        """The file or, for brat, the folder that is written: a folder named for records gets one file."""
        if self.format == "brat":
            return self.output
        is_folder = self.output.is_dir() or not self.output.suffix
        return self.output / _RECORD_FILES[self.format] if is_folder else self.output


def extract(settings: ExtractionSettings) -> Progress:
    """Run an extraction to its end, going on where a killed one stopped.

    Raises:
        WaqaiError: see ``inference.articles``, ``inference.run`` and ``storage``; nothing half-written is left.
    """
    day = check_date(settings.publication_date)
    target = settings.target
    check_encoding(settings.encoding)
    if not partial_folder(target).exists():  # else a killed run, which had leave to write
        refuse_existing(target, overwrite=settings.overwrite)
        if settings.documents:
            refuse_existing(settings.documents, overwrite=settings.overwrite)
    outputs = (target, rejects_file(target), *([settings.documents] if settings.documents else []))
    files = find_files(settings.paths, besides=outputs)
    extractor = Extractor.from_pretrained(
        settings.model, engine=settings.engine, device=settings.device, threads=settings.threads
    )
    fingerprint = {
        "inputs": file_fingerprint(files),
        "model": extractor.name,
        "weights": _model_fingerprint(settings.model),
        "engine": [settings.engine, settings.device],
        "publication_date": day,
        "encoding": settings.encoding,
        "only_actual": settings.only_actual,
    }
    run = ShardedRun(extractor, target, fingerprint, only_actual=settings.only_actual, strict=settings.strict)
    articles = read_articles(files, encoding=settings.encoding, publication_date=day)
    with _progress_bar(quiet=settings.quiet) as show:
        state = run.extract(articles, overwrite=settings.overwrite, progress=show)
    # The target comes last: a run that was killed before it is there goes on, one after it only tidies up.
    _write_rejects(run, target)
    if settings.documents:
        with writing(settings.documents, overwrite=True) as stream:
            for line in run.lines():
                if "document" in line:
                    stream.write(json.dumps(line["document"], ensure_ascii=False) + "\n")
    _write(settings, run, target)
    run.discard()
    print(_summary(state, target))
    return state


def _write(settings: ExtractionSettings, run: ShardedRun, target: Path) -> None:
    if settings.format == "brat":
        documents = list(_documents(run))
        seen: set[str] = set()
        for document in documents:
            if document.id in seen:
                raise OutputError(f"two articles are called {document.id}; brat names files by id, so give them others")
            seen.add(document.id)
        write_documents(documents, target, "brat", overwrite=True)
        return
    records: Iterator[EventRecord] | tuple[EventRecord, ...] = (
        EventRecord.from_dict(event) for line in run.lines() for event in line.get("events", ())
    )
    if settings.merge:
        records = merge(records, _documents(run))
    write_records(records, target, settings.format, overwrite=True)


def rejects_file(target: Path) -> Path:
    """Where the articles that could not be read are listed, with their reasons."""
    return target.with_name(target.name + ".rejects.jsonl")


def _model_fingerprint(model: str | None) -> str:
    folder = embedded_bundle() if model is None else Path(model)
    return file_fingerprint(sorted(folder.iterdir())) if folder.is_dir() else str(model)


def _documents(run: ShardedRun) -> Iterator[Document]:
    return (from_json(line["document"]) for line in run.lines() if "document" in line)


def _write_rejects(run: ShardedRun, target: Path) -> None:
    path = rejects_file(target)
    rejects = [line["reject"] for line in run.lines() if "reject" in line]
    if not rejects:
        path.unlink(missing_ok=True)
        return
    with writing(path, overwrite=True) as stream:
        stream.writelines(json.dumps(reject, ensure_ascii=False) + "\n" for reject in rejects)


def _summary(state: Progress, target: Path) -> str:
    parts = [f"{state.articles - state.rejects} articles to {target}"]
    if state.resumed:
        parts.append(f"{state.resumed} done by an earlier run")
    if state.rejects:
        parts.append(f"{state.rejects} rejected ({state.reasons[0] if state.reasons else 'see the rejects file'})")
    return "; ".join(parts)


@contextmanager
def _progress_bar(*, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    if quiet:
        yield lambda _: None
        return
    from tqdm import tqdm

    with tqdm(unit=" articles", dynamic_ncols=True, delay=2) as bar:

        def show(state: Progress) -> None:
            bar.update(state.articles - bar.n)
            bar.set_postfix(events=state.events, rejects=state.rejects)

        yield show
