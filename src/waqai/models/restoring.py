"""An exported model read back for torch: to train it on, or to run it there.

A graph's nodes are named after the modules they were traced from and its tables, unless transposed, after their
parameters; so weights find their places again. Those of int8 come back as they were rounded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from waqai.bundle import ENCODER, RELATIONS
from waqai.errors import ModelError

JOINT = {"attn": "Wqkv", "mlp": "Wi"}
"""What ``fusion`` parts, by the module whose products the parts are."""

_ELSEWHERE = (".pooler.", "chains.")
"""What no graph holds: BERT's pooler, which no head reads, and linear chains, which decoding keeps."""

Table = NDArray[Any]


def restore_weights(folder: Path, expected: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The parameters of an exported joint model by name.

    Args:
        folder: what ``export.export_bundle`` wrote.
        expected: the state of a fresh model of the same configuration; what the graphs lack stays as it is.

    Raises:
        ModelError: the graphs hold other weights than that configuration has, or of a kind that has no way back.
    """
    found = {f"relations.{name}": table for name, table in _relations(folder / RELATIONS)}
    found |= dict(_encoder(folder / ENCODER, set(expected)))
    if unknown := sorted(found.keys() - expected.keys()):
        raise ModelError(f"{folder} cannot go back to torch: its config.json speaks of no {unknown[0]}")
    for name, tensor in expected.items():
        if name not in found and not any(part in name for part in _ELSEWHERE):
            raise ModelError(f"{folder} cannot go back to torch: its graphs lack {name}")
        if name in found and found[name].shape != tuple(tensor.shape):
            raise ModelError(
                f"{folder} cannot go back to torch: {name} is {found[name].shape} there, not {tuple(tensor.shape)}"
            )
    return {
        name: torch.from_numpy(np.array(found[name], dtype=np.float32)) if name in found else tensor
        for name, tensor in expected.items()
    }


def _encoder(path: Path, names: set[str]) -> Iterator[tuple[str, Table]]:
    """Parameters of the encoder and of the tagging heads."""
    nodes, tables = _read(path)
    for name, table in tables.items():
        if (plain := name.removeprefix("model.")) in names:
            yield plain, table
    parts: dict[str, list[tuple[str, Table]]] = defaultdict(list)
    for node in nodes:
        if node.op_type in ("MatMul", "MatMulInteger") and node.input[1] in tables:
            weight = tables[node.input[1]]
            if node.op_type == "MatMulInteger":
                weight = weight.astype(np.float32) * tables[node.input[1].removesuffix("_quantized") + "_scale"]
            *module, product = node.name.removesuffix("_quant").strip("/").split("/")
            parts[".".join(module)].append((product, weight.T))
    for module, products in parts.items():
        if len(products) > 1:  # MatMul, MatMul_1, MatMul_2: query, key, value
            module += "." + JOINT.get(module.rpartition(".")[2], "?")
        yield f"{module}.weight", np.concatenate([weight for _, weight in sorted(products, key=lambda part: part[0])])


def _relations(path: Path) -> Iterator[tuple[str, Table]]:
    """Parameters of the relation head; of its products, those that were parted or transposed have no name."""
    nodes, tables = _read(path)
    nameless = [
        tables[node.input[1]] if node.op_type == "Gemm" else tables[node.input[1]].T
        for node in nodes
        if node.op_type in ("MatMul", "Gemm") and node.input[1].startswith("onnx::")
    ]
    yield from ((name, table) for name, table in tables.items() if not name.startswith("onnx::"))
    if nameless:
        between, *rivals = nameless
        yield "between.weight", between
        if rivals:
            yield "rivals.weight", np.concatenate(rivals, axis=1)


def _read(path: Path) -> tuple[list[Any], dict[str, Table]]:
    import onnx
    from onnx import numpy_helper

    try:
        graph = onnx.load(path).graph
    except Exception as error:  # protobuf's own
        raise ModelError(f"{path} is broken: {error}") from error
    return list(graph.node), {table.name: numpy_helper.to_array(table) for table in graph.initializer}
