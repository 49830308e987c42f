"""Full events by waqai beside the arithmetic limit: the encoder's matrix products alone.

    python benchmarks/speed_limit.py [--articles N] [--rounds N]

The same int8 products of the same shapes over the same batches in ONNX Runtime, with nothing between them: no
tokenisation, no quantisation of activations, no softmax, norm or activation, no decoding, no events. Attention's two
products are in fp32, as in the model. The relation head's products are left out, which makes the limit a little faster.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
from extraction import waqai
from sides import Work, compare, parser

from waqai.bundle import Bundle, embedded_bundle, embedded_encoder
from waqai.decoding import Annotator, TagScores
from waqai.encoding import Batch
from waqai.schema import Document

Array = np.ndarray[Any, Any]
INT8 = ("wide", "gated", "words")


@dataclass
class Shapes:
    """An engine that answers nothing but notes the shapes that it is asked for."""

    tags: tuple[int, ...]
    hidden: int
    seen: list[tuple[int, int, int]] = field(default_factory=list)

    def tag(self, batch: Batch) -> TagScores:
        """Zeros, which decode to nothing where no bias is for mentions."""
        rows, width = batch.input_ids.shape
        words = int(batch.word_count.sum())
        self.seen.append((rows, width, words))
        types, *rest = self.tags
        entities = np.zeros((words, types // 3, 3), np.float32)
        return TagScores(entities, *(np.zeros((words, size), np.float32) for size in (*rest, self.hidden)))

    def relate(self, states: Array, spans: Array, pairs: Array) -> Array:
        """Never asked: nothing is found."""
        raise NotImplementedError


def products(options: argparse.Namespace) -> Work:
    """The products in ONNX Runtime; what is timed is theirs alone, and they are shaped before the clock starts."""
    import onnxruntime

    config = json.loads((embedded_encoder() / "config.json").read_text(encoding="utf-8"))
    bundle = Bundle.read(embedded_bundle())
    labels = bundle.labels
    tags = (3 * len(labels.entity_types), labels.trigger_tags, len(labels.modes), len(labels.auxiliaries))
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.enable_mem_pattern = False  # every batch has another shape: planning for one costs more than it saves
    # Nothing may be merged or folded away: every layer multiplies.
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(_graph(config, sum(tags)), settings, providers=["CPUExecutionProvider"])
    operands = Operands(config["hidden_size"], config["intermediate_size"], config["num_attention_heads"])

    def read(articles: Sequence[Document]) -> float:
        engine = Shapes(tags, config["hidden_size"])
        tokenizer = bundle.read_tokenizer(embedded_bundle())
        for _ in Annotator(engine, tokenizer, labels, max_subwords=bundle.max_subwords).annotate(articles):
            pass
        given = [operands.of(*shape) for shape in engine.seen]

        def multiply(one: dict[str, Array]) -> None:
            session.run(None, one)

        with ThreadPoolExecutor(options.threads) as threads:  # whole batches beside each other, as in waqai
            list(threads.map(multiply, given))  # the runtime's memory grows to what it needs
            start = perf_counter()
            list(threads.map(multiply, given))
            return perf_counter() - start

    return read


@dataclass(frozen=True)
class Operands:
    """What is multiplied: views of one table a name, so that making them costs nothing."""

    hidden: int
    inner: int
    heads: int
    tables: dict[str, Array] = field(default_factory=dict)

    def of(self, rows: int, width: int, words: int) -> dict[str, Array]:
        """The operands of a batch of ``rows`` windows of ``width`` subwords with so many words in all."""
        subwords, head = rows * width, self.hidden // self.heads
        shapes = {
            "wide": (subwords, self.hidden),
            "gated": (subwords, self.inner),
            "words": (words, self.hidden),
            "query": (rows, self.heads, width, head),
            "key": (rows, self.heads, head, width),
            "weights": (rows, self.heads, width, width),
        }
        return {name: self._view(name, shape) for name, shape in shapes.items()}

    def _view(self, name: str, shape: tuple[int, ...]) -> Array:
        size = int(np.prod(shape))
        if name not in self.tables or self.tables[name].size < size:
            random = np.random.default_rng(13)
            is_int8 = name in INT8
            self.tables[name] = random.integers(0, 255, size, np.uint8) if is_int8 else random.random(size, np.float32)
        return self.tables[name][:size].reshape(shape)


def _graph(config: dict[str, Any], tags: int) -> bytes:
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(7)
    hidden, inner = config["hidden_size"], config["intermediate_size"]
    nodes, tables, outputs = [], [], []

    def weigh(name: str, given: str, size: tuple[int, int]) -> None:
        tables.append(numpy_helper.from_array(random.integers(-127, 127, size, np.int8), f"{name}_weight"))
        nodes.append(helper.make_node("MatMulInteger", [given, f"{name}_weight", "zero"], [name]))
        outputs.append(helper.make_tensor_value_info(name, TensorProto.INT32, None))

    tables.append(numpy_helper.from_array(np.array(128, np.uint8), "zero"))
    for layer in range(config["num_hidden_layers"]):
        weigh(f"qkv{layer}", "wide", (hidden, 3 * hidden))
        nodes.append(helper.make_node("MatMul", ["query", "key"], [f"scores{layer}"]))
        nodes.append(helper.make_node("MatMul", ["weights", "query"], [f"mixed{layer}"]))
        outputs += [helper.make_tensor_value_info(f"{n}{layer}", TensorProto.FLOAT, None) for n in ("scores", "mixed")]
        weigh(f"joined{layer}", "wide", (hidden, hidden))
        weigh(f"up{layer}", "wide", (hidden, 2 * inner))
        weigh(f"down{layer}", "gated", (inner, hidden))
    weigh("tags", "words", (hidden, tags))
    given = [helper.make_tensor_value_info(name, TensorProto.UINT8, None) for name in INT8]
    given += [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("query", "key", "weights")]
    # One output: the runtime need not hand the others over, and computes them all the same.
    graph = helper.make_graph(nodes, "products", given, outputs[-1:], tables)
    made: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    ).SerializeToString()
    return made


if __name__ == "__main__":
    compare(
        "limit", {"waqai extract": waqai, "products": products}, parser(__doc__, articles=942, rounds=3).parse_args()
    )
