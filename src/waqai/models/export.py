"""The joint model as two ONNX graphs: windows to tag scores and word states, and pairs to relation scores."""

from __future__ import annotations

import logging
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from waqai.bundle import ENCODER, RELATIONS, Bundle
from waqai.encoding import Batch, SubwordTokenizer, encode_documents, make_batch
from waqai.errors import ConfigError
from waqai.models.fusion import fused_attention
from waqai.models.heads import pool_words, real_words
from waqai.models.joint import JointModel
from waqai.models.smoothing import smooth
from waqai.schema import Document

OPSET = 18
PRECISIONS = ("int8", "fp32")
CALIBRATION_WINDOWS = 96
CONTEXT_LAYERS = ("/tagging/context/project/", "/tagging/context/join/")


class _Tagging(nn.Module):
    """Encoder and tagging heads over the words in ``rows`` of the flat ``(B * W)`` table."""

    def __init__(self, model: JointModel) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: Tensor, attention_mask: Tensor, word_index: Tensor, rows: Tensor
    ) -> tuple[Tensor, ...]:
        subwords = self.model.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        # Traced: the number of words must stay a tensor, or the graph would hold the example's.
        count: Any = word_index.max() + 1
        words = pool_words(subwords, word_index, count)
        scores = (*self.model.tagging(words, real_words(word_index, count)), words)
        return tuple(score.flatten(0, 1)[rows] for score in scores)


def export_bundle(
    model: JointModel,
    bundle: Bundle,
    tokenizer: SubwordTokenizer,
    folder: Path,
    *,
    precision: str = "int8",
    calibration: Sequence[Document] = (),
) -> None:
    """Write a bundle for ONNX Runtime into an existing folder.

    Args:
        precision: ``fp32``, or ``int8``: the matrix weights of the encoder and of the attributes' context per channel,
            activations by batch at run time (dynamic quantisation), embeddings in fp16, heads in fp32. Scores then
            move a little, in the second decimal, with what shares a window's batch.
        calibration: articles on which the encoder's weights are scaled for int8 (``smoothing.smooth``); with none
            they stay as they are.

    Raises:
        ConfigError: an unknown precision.
    """
    if precision not in PRECISIONS:
        raise ConfigError(f"precision is one of {', '.join(PRECISIONS)}, not {precision}")
    model = model.float().cpu().eval()
    if precision == "int8" and calibration:
        model = deepcopy(model)
        smooth(model.encoder, islice(_windows(calibration, tokenizer, bundle.max_subwords), CALIBRATION_WINDOWS))
    with tempfile.TemporaryDirectory() as scratch:
        for name in (ENCODER, RELATIONS):
            plain = Path(scratch) / name
            (_export_tagging if name == ENCODER else _export_relations)(model, plain)
            if precision == "int8" and name == ENCODER:
                _quantise(plain, folder / name)
            else:
                shutil.copyfile(plain, folder / name)
    model.config.save_pretrained(folder)  # so that the graphs can be read back (``restoring``)
    tokenizer.save(folder / "tokenizer.json")
    bundle.save(folder)


def _windows(documents: Sequence[Document], tokenizer: SubwordTokenizer, max_subwords: int) -> Iterator[Batch]:
    for document in documents:
        [one] = encode_documents([document], tokenizer, max_subwords)
        yield from (make_batch([(one, window)], tokenizer) for window in one.windows)


def _export_tagging(model: JointModel, path: Path) -> None:
    ids = torch.full((2, 12), 5, dtype=torch.int64)
    index = torch.tensor([[-1, *range(9), 9, -1], [-1, 0, 0, 1, 2, 3, 4, -1, -1, -1, -1, -1]])
    mask = torch.ones_like(ids)
    mask[1, 8:] = 0
    rows = torch.tensor([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14])
    batch = {0: "batch", 1: "subwords"}
    with fused_attention(model.encoder):
        _export(
            _Tagging(model),
            (ids, mask, index, rows),
            path,
            ["input_ids", "attention_mask", "word_index", "rows"],
            ["entities", "triggers", "modes", "auxiliaries", "states"],
            {"input_ids": batch, "attention_mask": batch, "word_index": batch, "rows": {0: "words"}},
        )


def _add_rows(g: Any, sums: Any, dim: Any, index: Any, rows: Any, alpha: Any = None) -> Any:
    """``index_add`` along the first axis, row by row; the exporter's own adds number by number, ten times as slow."""
    places = g.op("Unsqueeze", index, g.op("Constant", value_t=torch.tensor([1])))
    return g.op("ScatterND", sums, places, rows, reduction_s="add").setType(sums.type())


def _export_relations(model: JointModel, path: Path) -> None:
    torch.onnx.register_custom_op_symbolic("aten::index_add", _add_rows, OPSET)  # type: ignore[attr-defined]
    states = torch.randn(9, int(model.config.encoder["hidden_size"]))
    spans = torch.tensor([[0, 1, 0], [3, 3, 0], [5, 6, 0]])  # a scheme has one type at least
    pairs = torch.tensor([[0, 1, 2, 0], [2, 0, 3, 1], [1, 2, 0, 0], [2, 1, 1, 0]])
    _export(
        model.relations,
        (states, spans, pairs),
        path,
        ["states", "spans", "pairs"],
        ["logits"],
        {"states": {0: "words"}, "spans": {0: "mentions"}, "pairs": {0: "pairs"}},
    )


def _export(
    module: nn.Module,
    example: tuple[Tensor, ...],
    path: Path,
    inputs: list[str],
    outputs: list[str],
    axes: dict[str, dict[int, str]],
) -> None:
    module.eval()
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own tracing; the parity test is the check
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            module,
            example,
            str(path),
            input_names=inputs,
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    _part_equal_tables(path)


def _part_equal_tables(path: Path) -> None:
    """Give each parameter a table of its own: of equal ones (fresh norms, one-class heads) the exporter keeps one."""
    import onnx

    model = onnx.load(path)
    tables = {table.name: table for table in model.graph.initializer}
    nodes = []
    for node in model.graph.node:
        if node.op_type == "Identity" and node.input[0] in tables:
            model.graph.initializer.add().CopyFrom(tables[node.input[0]])
            model.graph.initializer[-1].name = node.output[0]
        else:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, path)


def _quantise(source: Path, target: Path) -> None:
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    logging.getLogger().setLevel(logging.WARNING)
    names = [node.name for node in onnx.load(source).graph.node]
    # The heads are small, and what they lose is lost in every decision; the context's layers are as large as others.
    heads = [name for name in names if name.startswith("/tagging/") and not name.startswith(CONTEXT_LAYERS)]
    prepared = source.with_name("prepared-" + source.name)
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(
        str(prepared),
        str(target),
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm"],
        nodes_to_exclude=heads,
    )
    graph = onnx.load(target)
    _halve_embeddings(graph)
    onnx.save(graph, target)


def _halve_embeddings(model: Any) -> None:
    """Keep tables that are looked up, not multiplied, in fp16.

    In int8 one scale serves a whole table: that alone cost up to 1.0 F1 on dev, all other int8 products 0.4 at most.
    """
    from onnx import TensorProto, helper, numpy_helper

    graph = model.graph
    tables = {table.name: table for table in graph.initializer if table.data_type == TensorProto.FLOAT}
    readers = Counter(name for node in graph.node for name in node.input)
    nodes = []
    for node in graph.node:
        nodes.append(node)
        table = tables.get(node.input[0]) if node.op_type == "Gather" else None
        if table is None or len(table.dims) != 2 or readers[table.name] > 1:
            continue
        table.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(table).astype("float16"), table.name))
        found = node.output[0]
        node.output[0] = found + "_fp16"
        nodes.append(helper.make_node("Cast", [node.output[0]], [found], to=TensorProto.FLOAT))
    del graph.node[:]
    graph.node.extend(nodes)
    # what shape inference noted before is no longer true of the renamed outputs
    del graph.value_info[:]
