"""Attention as one operator of ONNX Runtime, where an encoder is exported.

Traced as it stands, attention becomes some forty operators a layer that hand each other whole score tables. The
runtime's own ``MultiHeadAttention`` and ``RotaryEmbedding`` (domain ``com.microsoft``) compute the same in one pass:
the embedded encoder runs half as fast again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface
from transformers.models.modernbert import modeling_modernbert

NAME = "waqai_fused"


@contextmanager
def fused_attention(encoder: nn.Module) -> Iterator[None]:
    """Export an encoder's attention as the runtime's own operators, while this lasts.

    An encoder with sliding windows, or one that transformers gives no choice of attention, is exported as it stands.
    """
    config: Any = encoder.config
    layers = getattr(config, "layer_types", None) or ["full_attention"]
    if not getattr(encoder, "_supports_attention_backend", False) or set(layers) != {"full_attention"}:
        yield
        return
    AttentionInterface.register(NAME, _attend)
    AttentionMaskInterface.register(NAME, _padding)
    before = config._attn_implementation, modeling_modernbert.apply_rotary_pos_emb
    config._attn_implementation = NAME
    modeling_modernbert.apply_rotary_pos_emb = _rotate_both
    try:
        yield
    finally:
        config._attn_implementation, modeling_modernbert.apply_rotary_pos_emb = before


class _Attention(torch.autograd.Function):
    """``q``, ``k``, ``v``: ``(B, S, H)``; ``real``: ``(B, S)``, 0 for padding."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, real: Tensor, heads: int, scale: float) -> Tensor:
        query, key, value = (_by_head(states, heads).transpose(1, 2) for states in (q, k, v))
        mask = real[:, None, None, :].bool()
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=scale)
        return mixed.transpose(1, 2).flatten(2)

    @staticmethod
    def symbolic(g: Any, q: Any, k: Any, v: Any, real: Any, heads: int, scale: float) -> Any:
        no_bias = g.op("prim::Constant")
        no_bias.setType(torch._C.OptionalType.ofTensor())
        made = g.op("com.microsoft::MultiHeadAttention", q, k, v, no_bias, real, num_heads_i=heads, scale_f=scale)
        made.setType(q.type())
        return made


class _Rotation(torch.autograd.Function):
    """``states``: ``(B, S, H)``; ``first``: the first position, ``(1,)``; ``cos``, ``sin``: ``(S, D / 2)``."""

    @staticmethod
    def forward(ctx: Any, states: Tensor, first: Tensor, cos: Tensor, sin: Tensor, heads: int) -> Tensor:
        left, right = _by_head(states, heads).chunk(2, dim=-1)
        cos, sin = cos[:, None], sin[:, None]
        return torch.cat([left * cos - right * sin, right * cos + left * sin], dim=-1).flatten(2)

    @staticmethod
    def symbolic(g: Any, states: Any, first: Any, cos: Any, sin: Any, heads: int) -> Any:
        made = g.op("com.microsoft::RotaryEmbedding", states, first, cos, sin, num_heads_i=heads)
        made.setType(states.type())
        return made


def _by_head(states: Tensor, heads: int) -> Tensor:
    """``(B, S, H)`` as ``(B, S, heads, D)``."""
    return states.reshape(states.shape[0], states.shape[1], heads, -1)


def _apply(function: Any, *given: Any) -> Tensor:
    made: Tensor = function.apply(*given)
    return made


def _attend(
    module: nn.Module, query: Tensor, key: Tensor, value: Tensor, real: Tensor, *, scaling: float, **_: Any
) -> tuple[Tensor, None]:
    """transformers' attention interface: ``(B, heads, S, D)`` in, ``(B, S, heads, D)`` out."""
    heads = int(query.shape[1])  # an int, not a traced tensor
    flat = (states.transpose(1, 2).flatten(2) for states in (query, key, value))
    return _by_head(_apply(_Attention, *flat, real, heads, float(scaling)), heads), None


def _padding(*, attention_mask: Tensor, **_: Any) -> Tensor:
    """The mask that reaches the attention: ``(B, S)``, 0 for padding."""
    return attention_mask.to(torch.int32)


def _rotate_both(q: Tensor, k: Tensor, cos: Tensor, sin: Tensor, unsqueeze_dim: int = 1) -> tuple[Tensor, Tensor]:
    half, heads = int(cos.shape[-1]) // 2, int(q.shape[1])  # both halves of the table are the same
    first = torch.zeros(1, dtype=torch.int64)

    def rotate(states: Tensor) -> Tensor:
        flat = states.transpose(1, 2).flatten(2)
        turned = _apply(_Rotation, flat, first, cos[0, :, :half], sin[0, :, :half], heads)
        return _by_head(turned, heads).transpose(1, 2)

    return rotate(q), rotate(k)
