"""Weights scaled for int8: the same encoder in fp32, a better one in int8."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, ModernBertConfig, ModernBertModel

from small_encoders import SHAPE, States
from waqai.encoding import Batch
from waqai.models.export import _export, _quantise
from waqai.models.smoothing import smooth


def _windows(count: int, width: int = 30) -> list[Batch]:
    random = np.random.default_rng(5)
    ids = [random.integers(1, 50, (1, width)) for _ in range(count)]
    return [Batch(one, np.ones_like(one), np.arange(width)[None], np.array([width])) for one in ids]


@pytest.fixture
def encoder() -> Any:
    """One with a few channels of the gate that reach a hundred times as far as the others, as trained ones have."""
    torch.manual_seed(3)
    made = ModernBertModel(ModernBertConfig(**SHAPE, layer_types=["full_attention"] * 2)).eval()
    with torch.no_grad():
        for layer in made.layers:
            layer.mlp.Wi.weight[-3:] *= 100
            layer.mlp.Wo.weight[:, -3:] /= 100
            layer.mlp.Wo.weight *= 30  # else what is drawn at random says next to nothing there
    return made


def _states(encoder: Any, window: Batch) -> torch.Tensor:
    with torch.inference_mode():
        found: torch.Tensor = States(encoder)(
            torch.from_numpy(window.input_ids), torch.from_numpy(window.attention_mask)
        )
    return found


def test_in_full_precision_nothing_changes(encoder: Any) -> None:
    before, windows = deepcopy(encoder), _windows(4)
    shares = smooth(encoder, windows)
    for window in (*windows, *_windows(2, width=7)):
        torch.testing.assert_close(_states(encoder, window), _states(before, window), atol=1e-5, rtol=1e-4)
    assert set(shares) == {f"{n}.{product}" for n in (0, 1) for product in ("qkv", "joined", "up", "down")} - {"0.qkv"}
    assert all(0 < share <= 1 for share in shares.values())
    assert max(shares["0.down"], shares["1.down"]) < 0.1  # where the far channels are


def _int8_error(encoder: Any, window: Batch, folder: Path) -> float:
    import onnxruntime

    given = {"input_ids": window.input_ids, "attention_mask": window.attention_mask}
    example = (torch.from_numpy(window.input_ids), torch.from_numpy(window.attention_mask))
    _export(States(encoder), example, folder / "fp32.onnx", list(given), ["states"], {})
    _quantise(folder / "fp32.onnx", folder / "int8.onnx")
    session = onnxruntime.InferenceSession(str(folder / "int8.onnx"), providers=["CPUExecutionProvider"])
    [found] = session.run(None, given)
    return float(np.square(found - _states(encoder, window).numpy()).mean())


def test_in_int8_it_errs_less_on_other_text(encoder: Any, tmp_path: Path) -> None:
    smoothed = deepcopy(encoder)
    smooth(smoothed, _windows(8))
    other = _windows(9)[-1]
    assert _int8_error(smoothed, other, tmp_path) < 0.5 * _int8_error(encoder, other, tmp_path)


def test_without_windows_nothing_is_scaled(encoder: Any) -> None:
    before = deepcopy(encoder.state_dict())
    assert smooth(encoder, []) == {}
    assert all(torch.equal(before[name], value) for name, value in encoder.state_dict().items())


def test_an_encoder_of_another_kind_is_left_as_it_is() -> None:
    encoder = BertModel(BertConfig(**SHAPE), add_pooling_layer=False).eval()
    before = deepcopy(encoder.state_dict())
    assert smooth(encoder, _windows(1)) == {}
    assert all(torch.equal(before[name], value) for name, value in encoder.state_dict().items())
