"""The exported model says what the torch model says: exactly in fp32, nearly in int8."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from waqai.bundle import Bundle
from waqai.decoding import Annotator
from waqai.encoding import LabelSpace
from waqai.errors import ConfigError, ModelError
from waqai.evaluation.documents import pair_documents, score_document, total
from waqai.inference.extractor import Extractor
from waqai.inference.onnx_engine import OnnxEngine
from waqai.models.engine import TorchEngine
from waqai.models.export import export_bundle
from waqai.models.loading import load_encoder, load_joint_model
from waqai.schema import Document, Scheme
from waqai.training.run import build_model

FIELDS = ("entities", "triggers", "modes", "auxiliaries", "states")


def _annotators(trained: Any, folder: Path) -> list[Annotator]:
    model, bundle, tokenizer = load_joint_model(trained.folder)
    engines = (TorchEngine(model), OnnxEngine(folder, threads=1))
    return [Annotator(engine, tokenizer, bundle.labels, bundle.settings, bundle.max_subwords) for engine in engines]


@pytest.fixture(scope="module")
def articles(gold: list[Document]) -> list[Document]:
    """Articles of other lengths than the graph was traced with, and one of a single word."""
    long = "\n".join(document.text for document in gold)
    return [*gold, Document("long", long), Document("word", "باريس"), Document("none", "1234")]


def test_fp32_scores_are_those_of_torch(trained: Any, onnx_folder: Path, articles: list[Document]) -> None:
    by_torch, by_onnx = (annotator.score(articles) for annotator in _annotators(trained, onnx_folder))
    for (_, mine), (_, theirs) in zip(by_torch, by_onnx, strict=True):
        if mine is None or theirs is None:
            assert mine is theirs
            continue
        for name in FIELDS:
            np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), atol=2e-4)


def test_fp32_annotates_the_same_articles(trained: Any, onnx_folder: Path, articles: list[Document]) -> None:
    by_torch, by_onnx = (list(annotator.annotate(articles)) for annotator in _annotators(trained, onnx_folder))
    assert by_onnx == by_torch
    for mine, theirs in zip(by_torch, by_onnx, strict=True):
        confidences = [[item.confidence for item in (*d.mentions, *d.relations)] for d in (mine, theirs)]
        assert confidences[0] == pytest.approx(confidences[1], abs=2e-4)


def test_int8_stays_close(trained: Any, tmp_path: Path, gold: list[Document]) -> None:
    model, bundle, tokenizer = load_joint_model(trained.folder)
    export_bundle(model, bundle, tokenizer, tmp_path, precision="int8")
    by_torch, by_onnx = _annotators(trained, tmp_path)
    for (_, mine), (_, theirs) in zip(by_torch.score(gold), by_onnx.score(gold), strict=True):
        assert mine is not None
        assert theirs is not None
        same = (mine.entities.argmax(-1) == theirs.entities.argmax(-1)).mean()
        assert same > 0.995
    scores = total(score_document(a, b) for a, b in pair_documents(gold, list(by_onnx.annotate(gold))))
    assert min(counts.f1 for counts in scores.values()) > 0.9


@pytest.mark.parametrize(
    "changes",
    [
        {"relation_head": "concat"},
        {"relation_head": "biaffine", "pair_features": "context"},
        {"pair_features": "context", "pairs_compete": True, "attribute_head": "attention"},
        {"crf": True},
    ],
    ids=lambda changes: " ".join(map(str, changes.values())),
)
def test_every_head_scores_any_number_of_words_and_pairs_as_in_torch(
    changes: dict[str, Any],
    encoder_folder: Callable[[str], Path],
    quick_settings: Callable[..., Any],
    scheme: Scheme,
    articles: list[Document],
    tmp_path: Path,
) -> None:
    encoder = load_encoder(str(encoder_folder("bert-wordpiece")))
    torch.manual_seed(5)
    model = build_model(quick_settings(tmp_path, **changes), scheme, encoder)
    export_bundle(model, Bundle("tiny", scheme, 96, 0), encoder.tokenizer, tmp_path, precision="fp32")
    engines = (TorchEngine(model), OnnxEngine(tmp_path))
    rng = np.random.default_rng(1)
    states = rng.normal(size=(40, 48)).astype(np.float32)
    first = rng.integers(0, 30, 12)
    types = rng.integers(0, len(LabelSpace(scheme).mention_types), 12)
    spans = np.stack([first, first + rng.integers(0, 9, 12), types], axis=1)
    for count in (1, 7, 100):
        pairs = np.stack([rng.integers(0, size, count) for size in (12, 12, 14, 3)], axis=1)
        np.testing.assert_allclose(*(engine.relate(states, spans, pairs) for engine in engines), atol=1e-4)
    annotators = (Annotator(engine, encoder.tokenizer, LabelSpace(scheme), max_subwords=96) for engine in engines)
    for (_, mine), (_, theirs) in zip(*(annotator.score(articles) for annotator in annotators), strict=True):
        if mine is not None and theirs is not None:
            for name in FIELDS:
                np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), atol=2e-4)


def test_an_unknown_precision_is_refused(trained: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="int8, fp32"):
        export_bundle(*load_joint_model(trained.folder), tmp_path, precision="int4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["encoder.onnx", "relations.onnx"])
@pytest.mark.parametrize(("content", "message"), [(None, "is missing"), (b"\0" * 50, "is broken"), (b"", "is broken")])
def test_a_broken_graph_is_named(
    onnx_folder: Path, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    for path in onnx_folder.iterdir():
        if path.name != name:
            (tmp_path / path.name).symlink_to(path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"{name} {message}"):
        Extractor.from_pretrained(tmp_path, engine="onnx")


def test_a_device_that_is_not_there_is_named(onnx_folder: Path) -> None:
    with pytest.raises(ModelError, match="use device cpu"):
        Extractor.from_pretrained(onnx_folder, device="cuda")


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_text_alone_and_among_others_gives_the_same(
    precision: str, trained: Any, tmp_path: Path, gold: list[Document]
) -> None:
    export_bundle(*load_joint_model(trained.folder), tmp_path, precision=precision)
    extractor = Extractor.from_pretrained(tmp_path)
    together = list(extractor.pipe([*gold, replace(gold[0], id="again")]))
    alone = [next(extractor.pipe([document])) for document in gold]
    assert alone == together[:2]
    for mine, theirs in zip(alone, together, strict=False):
        assert [mention.confidence for mention in mine.mentions] == [mention.confidence for mention in theirs.mentions]
