"""Encoders exported with the runtime's own attention say what they said in torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, ModernBertConfig, ModernBertModel, XLMRobertaConfig, XLMRobertaModel

from small_encoders import SHAPE, States
from waqai.models.export import _export
from waqai.models.fusion import fused_attention

ENCODERS = {
    "bert": lambda: BertModel(BertConfig(**SHAPE), add_pooling_layer=False),
    "xlm_roberta": lambda: XLMRobertaModel(XLMRobertaConfig(**SHAPE), add_pooling_layer=False),
    "modernbert": lambda: ModernBertModel(ModernBertConfig(**SHAPE, layer_types=["full_attention"] * 2)),
    "modernbert with windows": lambda: ModernBertModel(ModernBertConfig(**SHAPE, local_attention=4)),
}


def _batch(rows: int, width: int) -> tuple[torch.Tensor, torch.Tensor]:
    mask = torch.ones(rows, width, dtype=torch.int64)
    for row in range(rows):
        mask[row, width - row * 2 :] = 0  # each row two subwords shorter than the one before
    mask[0] = 1
    return torch.randint(1, 50, (rows, width)) * mask, mask


def _operators(path: Path) -> set[str]:
    import onnx

    return {node.op_type for node in onnx.load(path).graph.node}


@pytest.mark.parametrize("name", ENCODERS)
def test_the_exported_encoder_gives_the_same_states_for_any_batch(name: str, tmp_path: Path) -> None:
    import onnxruntime

    torch.manual_seed(3)
    encoder = ENCODERS[name]().eval()
    module, path = States(encoder), tmp_path / "encoder.onnx"
    axes = {0: "batch", 1: "subwords"}
    given = {"input_ids": axes, "attention_mask": axes}
    before = encoder.config._attn_implementation
    with fused_attention(encoder):
        _export(module, _batch(2, 9), path, list(given), ["states"], given)
    assert encoder.config._attn_implementation == before
    assert ("MultiHeadAttention" in _operators(path)) == ("windows" not in name)
    assert ("RotaryEmbedding" in _operators(path)) == (name == "modernbert")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    for rows, width in ((1, 1), (3, 17), (5, 64)):
        ids, mask = _batch(rows, width)
        with torch.inference_mode():
            expected = module(ids, mask).numpy()
        [found] = session.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
        real = mask.numpy().astype(bool)
        np.testing.assert_allclose(found[real], expected[real], atol=2e-5)
