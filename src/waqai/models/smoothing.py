"""An encoder's weights scaled so that int8 loses less, and in fp32 nothing changes (SmoothQuant, Xiao et al. 2023).

Activations share one scale a window. Where a channel reaches ten times as far as the others, those are left a few of
the 256 steps. Whatever makes the channels of a product's input, a norm or another projection, can be divided by a
factor a channel, and the product's weights multiplied by it: weights have a scale for each output and bear it better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import torch
from torch import Tensor, nn
from transformers import ModernBertModel

from waqai.encoding import Batch

STRENGTHS = tuple(tenths / 10 for tenths in range(10))
"""What is tried: how much of a channel's reach goes over to the weights (section 4, alpha). At 0 nothing is scaled."""


@dataclass(frozen=True)
class _Site:
    """A product, and what divides the channels of its input by factors ``(C,)``."""

    product: nn.Linear
    divide: Callable[[Tensor], object]


def smooth(encoder: nn.Module, windows: Iterable[Batch]) -> dict[str, float]:
    """Scale the weights of a ModernBERT encoder in place; another is left as it is.

    Each product's strength is the one with which int8 errs least on the windows, in mean squares of its outputs.

    Args:
        windows: ordinary text, a window a batch; some dozens are enough.

    Returns:
        For each product that could be scaled, its error as a share of the error without scaling.
    """
    batches = list(windows)
    if not can_be_smoothed(encoder) or not batches:
        return {}
    shares: dict[str, float] = {}
    for number, layer in enumerate(encoder.layers):  # what one layer's products read is in memory at a time
        sites = {f"{number}.{name}": site for name, site in _sites(layer)}
        seen = _inputs(encoder, {name: site.product for name, site in sites.items()}, batches)
        shares |= {name: _scale(site, seen.pop(name)) for name, site in sites.items()}
    return shares


def can_be_smoothed(encoder: nn.Module) -> TypeGuard[ModernBertModel]:
    """Whether an encoder's norms and projections stand where ``smooth`` can scale them."""
    return isinstance(encoder, ModernBertModel)


def _sites(layer: Any) -> Iterator[tuple[str, _Site]]:
    attention, mlp = layer.attn, layer.mlp
    if isinstance(layer.attn_norm, nn.LayerNorm):  # the first layer reads the residual stream itself
        yield "qkv", _Site(attention.Wqkv, _rows(layer.attn_norm))
    yield "joined", _Site(attention.Wo, _rows(attention.Wqkv, 2, 3))
    yield "up", _Site(mlp.Wi, _rows(layer.mlp_norm))
    yield "down", _Site(mlp.Wo, _rows(mlp.Wi, 1, 2))


def _rows(module: nn.Module, part: int = 0, parts: int = 1) -> Callable[[Tensor], object]:
    """Divides what one part of the outputs is made with."""

    def divide(factors: Tensor) -> None:
        for parameter in module.parameters():
            rows = parameter.data.chunk(parts)[part]
            rows.div_(factors if rows.dim() == 1 else factors[:, None])

    return divide


def _inputs(encoder: Any, products: dict[str, nn.Linear], windows: Iterable[Batch]) -> dict[str, list[Tensor]]:
    """What each product reads: a tensor ``(S, C)`` for each window."""
    seen: dict[str, list[Tensor]] = {name: [] for name in products}

    def note(name: str) -> Callable[..., None]:
        return lambda _, given: seen[name].append(given[0][0])

    hooks = [product.register_forward_pre_hook(note(name)) for name, product in products.items()]
    try:
        with torch.no_grad():
            for window in windows:
                encoder(torch.from_numpy(window.input_ids), torch.from_numpy(window.attention_mask))
    finally:
        for hook in hooks:
            hook.remove()
    return seen


@torch.no_grad()
def _scale(site: _Site, seen: Sequence[Tensor]) -> float:
    """Scale one product, and say what share of its error is left."""
    weight = site.product.weight
    expected = [rows @ weight.T for rows in seen]
    reach = torch.stack([rows.abs().amax(0) for rows in seen]).amax(0).clamp(min=1e-5)
    of_weights = weight.abs().amax(0).clamp(min=1e-5)

    def factors(strength: float) -> Tensor:
        """``(C,)``, equation 4."""
        found = reach**strength / of_weights ** (1 - strength) if strength else torch.ones_like(reach)
        return found / found.log().mean().exp()

    errors = [(_error(weight, seen, expected, factors(strength)), strength) for strength in STRENGTHS]
    least, strength = min(errors)
    site.divide(factors(strength))
    weight.mul_(factors(strength))
    return least / errors[0][0] if errors[0][0] else 1.0


def _error(weight: Tensor, seen: Sequence[Tensor], expected: Sequence[Tensor], factors: Tensor) -> float:
    scaled = weight * factors
    step = scaled.abs().amax(1, keepdim=True).clamp(min=1e-9) / 127
    rounded = (scaled / step).round() * step
    errors = (_rounded(rows / factors) @ rounded.T - right for rows, right in zip(seen, expected, strict=True))
    return sum(float(error.square().mean()) for error in errors)


def _rounded(rows: Tensor) -> Tensor:
    """To 256 steps between the least and the most, as ``DynamicQuantizeLinear`` does."""
    least, most = rows.min().clamp(max=0), rows.max().clamp(min=0)
    step = ((most - least) / 255).clamp(min=1e-9)
    zero = (-least / step).round()
    return ((rows / step + zero).round().clamp(0, 255) - zero) * step
