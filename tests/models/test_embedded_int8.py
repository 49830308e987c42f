"""The embedded model loses next to nothing by int8: beside the same weights with activations in full precision."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import onnx
import pytest
from onnx import helper, numpy_helper

from waqai import Extractor
from waqai.bundle import ENCODER, embedded_bundle
from waqai.evaluation.counts import Counts
from waqai.evaluation.documents import pair_documents, score_document, total
from waqai.formats import read_documents

ROOT = Path(__file__).parents[2]
TASKS = ("entities", "trigger_classification", "argument_classification", "relations")
MOST_LOST = 0.005


def _in_full_precision(folder: Path) -> Path:
    """The embedded model with each int8 product as one of its weights, as they are rounded, and fp32 activations."""
    shutil.copytree(embedded_bundle(), folder)
    model = onnx.load(folder / ENCODER)
    graph = model.graph
    tables = {table.name: numpy_helper.to_array(table) for table in graph.initializer}
    made_by = {name: node for node in graph.node for name in node.output}
    read_by = {name: node for node in graph.node for name in node.input}
    products = [node for node in graph.node if node.op_type == "MatMulInteger"]
    assert len(products) == 6 * 7 + 2  # of six layers, and of the attributes' context
    dropped = set()
    for product in products:
        cast = read_by[product.output[0]]
        scaled = read_by[cast.output[0]]
        name = product.input[1]
        weights = tables[name].astype("float32") * tables[name.removesuffix("_quantized") + "_scale"]
        graph.initializer.append(numpy_helper.from_array(weights, name + "_fp32"))
        read = made_by[product.input[0]].input[0]
        scaled.CopyFrom(helper.make_node("MatMul", [read, name + "_fp32"], list(scaled.output)))
        dropped |= {product.output[0], cast.output[0]}
    kept = [node for node in graph.node if node.output[0] not in dropped]
    del graph.node[:]
    graph.node.extend(kept)
    onnx.save(model, folder / ENCODER)
    return folder


def _scores(extractor: Extractor, gold: Path) -> dict[str, Counts]:
    articles = read_documents(ROOT / gold)
    found = list(extractor.pipe(article.with_annotation((), (), ()) for article in articles))
    return total(score_document(one, other) for one, other in pair_documents(articles, found))


@pytest.mark.parametrize("gold", ["annotations/own/dev", "annotations/seeds"])
def test_no_score_falls_by_more_than_half_a_point(gold: str, tmp_path: Path) -> None:
    exact = Extractor.from_pretrained(_in_full_precision(tmp_path / "exact"))
    operators = Counter(node.op_type for node in onnx.load(tmp_path / "exact" / ENCODER).graph.node)
    assert not operators["MatMulInteger"]
    by_int8, by_fp32 = (_scores(extractor, Path(gold)) for extractor in (Extractor.from_pretrained(), exact))
    assert by_fp32["entities"].f1 > 0.8
    for task in TASKS:
        assert by_int8[task].f1 > by_fp32[task].f1 - MOST_LOST, task
