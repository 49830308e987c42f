"""An encoder's attention as one operator of ONNX Runtime, where it is exported.

Traced as it stands, attention becomes some forty operators a layer that hand each other whole score tables. The
runtime's own ``MultiHeadAttention`` and ``RotaryEmbedding`` (domain ``com.microsoft``) compute the same in one pass.
ModernBERT's joint projections are parted too, weights for outputs: cutting the outputs at run time takes a dozen more
operators a layer, which only read and write shapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface
from transformers.models.modernbert.modeling_modernbert import ModernBertAttention, ModernBertMLP

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
    before = config._attn_implementation, ModernBertAttention.forward, ModernBertMLP.forward
    config._attn_implementation = NAME
    ModernBertAttention.forward, ModernBertMLP.forward = _attend_parted, _gate_parted
    try:
        yield
    finally:
        config._attn_implementation, ModernBertAttention.forward, ModernBertMLP.forward = before


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


def _attend_parted(
    self: Any, hidden_states: Tensor, position_embeddings: Any, attention_mask: Tensor, **_: Any
) -> tuple[Tensor, None]:
    """In the place of ``ModernBertAttention.forward``, without dropout."""
    heads = int(self.config.num_attention_heads)
    query, key, value = _parted(self.Wqkv, hidden_states, 3)
    cos, sin = position_embeddings
    half = self.head_dim // 2  # both halves of the table are the same
    table = torch.zeros(1, dtype=torch.int64), cos[0, :, :half], sin[0, :, :half]
    query, key = (_apply(_Rotation, states, *table, heads) for states in (query, key))
    mixed = _apply(_Attention, query, key, value, attention_mask, heads, float(self.head_dim**-0.5))
    return self.Wo(mixed), None


def _gate_parted(self: Any, hidden_states: Tensor) -> Tensor:
    """In the place of ``ModernBertMLP.forward``, without dropout."""
    given, gate = _parted(self.Wi, hidden_states, 2)
    gated: Tensor = self.Wo(self.act(given) * gate)
    return gated


def _parted(projection: nn.Linear, states: Tensor, parts: int) -> list[Tensor]:
    """What a joint projection makes, a part from each share of its weights."""
    weights = projection.weight.detach().chunk(parts)
    biases = [None] * parts if projection.bias is None else projection.bias.detach().chunk(parts)
    return [nn.functional.linear(states, *both) for both in zip(weights, biases, strict=True)]
