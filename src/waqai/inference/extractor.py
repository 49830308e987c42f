"""Arabic text in, annotated documents and event records out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from waqai.bundle import ENCODER, Bundle, embedded_bundle
from waqai.decoding import Annotator, Engine
from waqai.errors import ConfigError, DataError, ModelError
from waqai.events import with_events
from waqai.inference.articles import check_date
from waqai.schema import Document, Scheme

ENGINES = ("auto", "onnx", "torch")

MOST_WORKERS = 4
"""Beyond these, one interpreter cannot make events as fast as the model reads; use more processes."""


class Extractor:
    """Extracts entities, event triggers, arguments, relations and event records.

    >>> extractor = Extractor.from_pretrained()
    >>> text = "التقى وزير الدفاع الفرنسي نظيره الأميركي في باريس الأربعاء."
    >>> document = extractor(text, publication_date="2016-01-20")
    >>> [record.event for record in document.events]
    ['CONSULT']
    """

    def __init__(self, annotator: Annotator, name: str, *, cores: int = 1) -> None:
        self._annotator = annotator
        self.name = name
        self.cores = cores
        """How many it may use, one batch or one interpreter each; 1 where the engine shares them out itself."""

    @property
    def scheme(self) -> Scheme:
        """The labels the model knows."""
        return self._annotator.labels.scheme

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path | None = None,
        *,
        engine: str = "auto",
        device: str = "cpu",
        threads: int = 0,
        revision: str | None = None,
    ) -> Extractor:
        """Load a model.

        Args:
            model: nothing for the embedded one, a folder that scripts/train.py or scripts/export.py wrote, or the
                hub id of such a folder.
            engine: ``onnx``, ``torch``, or ``auto``: ONNX where the folder holds it.
            device: ``cpu`` or ``cuda``.
            threads: batches that ONNX Runtime works on at a time on a CPU, one core each; 0 for as many as there are
                cores, but no more than events can be made of in one process.
            revision: commit of a hub id.

        Raises:
            ModelError: the model is missing or broken, or cannot run here.
            ConfigError: an unknown engine.
        """
        if engine not in ENGINES:
            raise ConfigError(f"engine is one of {', '.join(ENGINES)}, not {engine}")
        folder = embedded_bundle() if model is None else _folder(model, revision)
        bundle = Bundle.read(folder)
        if engine == "auto":
            engine = "onnx" if (folder / ENCODER).is_file() else "torch"
        tokenizer = bundle.read_tokenizer(folder)
        annotator = Annotator(
            _open_engine(folder, engine, device), tokenizer, bundle.labels, bundle.settings, bundle.max_subwords
        )
        if engine == "onnx" and device == "cpu":
            # A window by itself is as fast on a core as many, and int8 scores then hang on nothing but the window.
            cores = threads or _cores()
            return cls(
                replace(annotator, subword_budget=1, workers=threads or min(cores, MOST_WORKERS)),
                bundle.name,
                cores=cores,
            )
        return cls(annotator, bundle.name)

    def __call__(self, text: str, *, publication_date: str | None = None, title: str = "", id: str = "") -> Document:
        """Extract from one text: the article with ``entities``, ``triggers``, ``relations`` and ``events``.

        Args:
            text: an article as it stands.
            publication_date: ISO 8601 day that relative dates count from.

        Raises:
            DataError: the text is empty.
            ConfigError: the publication date is no day.
        """
        publication_date = check_date(publication_date)
        document = Document(id=id or "text", text=text, title=title, publication_date=publication_date)
        return next(self.pipe([document]))

    def pipe(self, texts: Iterable[str | Document], *, only_actual: bool = False) -> Iterator[Document]:
        """Extract from many texts, in their order; memory stays bounded whatever their number.

        They are taken in the caller's thread, up to 192 of them before the first comes back.

        Args:
            texts: strings, or documents with id, title and publication date.
            only_actual: leave out future, hypothetical and negated events.
        """
        with closing(self._annotator.annotate(_documents(texts))) as annotated:
            for document in annotated:
                yield with_events(document, self.scheme, only_actual=only_actual, model=self.name)


def _documents(texts: Iterable[str | Document]) -> Iterator[Document]:
    for number, text in enumerate(texts, start=1):
        document = Document(id=f"{number:06d}", text=text) if isinstance(text, str) else text
        if not document.text.strip():
            raise DataError(f"the text of article {document.id} is empty")
        yield document


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _folder(model: str | Path, revision: str | None) -> Path:
    path = Path(model)
    if path.exists() or not isinstance(model, str) or model.count("/") != 1:
        return path
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError as error:
        raise ModelError(f"{model} is no folder; to fetch it from the hub, pip install 'waqai[hub]'") from error
    try:
        return Path(snapshot_download(model, revision=revision))
    except (OSError, HfHubHTTPError, LocalEntryNotFoundError, ValueError) as error:
        raise ModelError(f"{model} is no folder here and cannot be fetched from the hub: {error}") from error


def _open_engine(folder: Path, engine: str, device: str) -> Engine:
    if engine == "onnx":
        from waqai.inference.onnx_engine import OnnxEngine

        # Whole batches beside each other use the cores better than the parts of one batch's small products.
        return OnnxEngine(folder, device=device, threads=1 if device == "cpu" else 0)
    try:
        import torch

        from waqai.models.engine import TorchEngine
        from waqai.models.loading import load_joint_model
    except ImportError as error:
        raise ModelError(
            f"{folder} needs torch: pip install 'waqai[train]', or export it with scripts/export.py"
        ) from error
    model, _, _ = load_joint_model(folder)
    if device == "cuda" and not torch.cuda.is_available():
        raise ModelError("torch sees no CUDA device here; use device cpu")
    return TorchEngine(model.to(device), bf16=device == "cuda")
