"""What makes a model train faster and is gone when it has: attention written out, cheap masks, a compiled encoder."""

from __future__ import annotations

import functools
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

log = logging.getLogger(__name__)

STEP = 64
"""Rows are padded to a multiple of so many subwords: each shape is compiled by itself, for some seconds."""


@contextmanager
def written_out(encoder: Any) -> Iterator[None]:
    """Train with attention in plain products on a CPU, where the backward pass of PyTorch's fused one is slow.

    Args:
        encoder: a Hugging Face model.
    """
    before = encoder.config._attn_implementation
    if next(encoder.parameters()).device.type == "cpu":
        encoder.set_attn_implementation("eager")
    try:
        yield
    finally:
        encoder.set_attn_implementation(before)


@contextmanager
def masks_from_bytes(model: nn.Module) -> Iterator[None]:
    """Draw dropout's masks by the byte on a CPU, where PyTorch draws a number for each element: a tenth of a step.

    The share that is dropped is rounded to 1/256; what is kept is scaled by that. Masks follow from PyTorch's seed.

    Args:
        model: whose ``nn.Dropout`` modules; a compiled part should keep its own, which the compiler fuses.
    """
    dropouts = [module for module in model.modules() if type(module) is nn.Dropout]
    for module in dropouts:
        module.forward = functools.partial(_drop, module)  # type: ignore[method-assign]
    try:
        yield
    finally:
        for module in dropouts:
            del module.forward  # the class's own is there again


def _drop(module: nn.Dropout, states: torch.Tensor) -> torch.Tensor:
    dropped = round(module.p * 256)
    if not module.training or not dropped or dropped == 256 or states.device.type != "cpu":
        return nn.functional.dropout(states, module.p, module.training)
    bits = torch.empty(-(-states.numel() // 8), dtype=torch.int64).random_(torch.iinfo(torch.int64).min, None)
    kept = bits.view(torch.uint8)[: states.numel()].view(states.shape) >= dropped
    return states * kept.to(states.dtype).mul_(256 / (256 - dropped))


@contextmanager
def compiled(encoder: Any, backend: str | Callable[..., Any] = "inductor") -> Iterator[None]:
    """Train an encoder compiled, as long as the context lasts; in evaluation mode it runs as it is.

    Where there is no C++ compiler training goes on without, slower and otherwise the same.

    Args:
        encoder: a Hugging Face model, called with ``input_ids`` and ``attention_mask``, shape ``(B, T)``.
        backend: of ``torch.compile``.
    """
    if backend == "inductor" and not _has_compiler():
        log.warning("training.compile: no C++ compiler was found (g++, clang++ or $CXX); training goes on without")
        yield
        return
    longest = getattr(encoder.config, "max_position_embeddings", 512)
    plain = encoder.forward
    fast: Any = torch.compile(plain, dynamic=False, backend=backend)

    @functools.wraps(plain)
    def forward(input_ids: torch.Tensor, attention_mask: torch.Tensor, **others: Any) -> Any:
        if not encoder.training:
            return plain(input_ids=input_ids, attention_mask=attention_mask, **others)
        length = input_ids.shape[1]
        whole = length + -length % STEP
        padding = (0, (whole if whole <= longest else length) - length)
        output = fast(
            input_ids=nn.functional.pad(input_ids, padding, value=encoder.config.pad_token_id or 0),
            attention_mask=nn.functional.pad(attention_mask, padding),
            **others,
        )
        output.last_hidden_state = output.last_hidden_state[:, :length]
        return output

    encoder.forward = forward
    try:
        yield
    finally:
        del encoder.forward


def _has_compiler() -> bool:
    names = (os.environ.get("CXX"), "g++", "clang++", "cl")
    return any(name and shutil.which(name) for name in names)
