"""The model that is pretrained: a stock Hugging Face encoder of the size that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from transformers import (
    BertConfig,
    BertForMaskedLM,
    ModernBertConfig,
    ModernBertForMaskedLM,
    PreTrainedModel,
)

from waqai.errors import ConfigError

ARCHITECTURES = ("modernbert", "bert")


@dataclass(frozen=True, slots=True)
class ModelShape:
    """Size of the encoder.

    Args:
        architecture: ``modernbert`` (rotary positions, gated feed-forward, pre-norm) or ``bert``.
        layers: transformer layers.
        hidden: width of the residual stream.
        heads: attention heads.
        intermediate: width of the feed-forward layer; for ModernBERT of each of its two halves.
        positions: longest input, in subwords.
    """

    architecture: str = "modernbert"
    layers: int = 6
    hidden: int = 256
    heads: int = 4
    intermediate: int = 640
    positions: int = 512


def build_model(shape: ModelShape, vocabulary: int, pad: int, cls: int, sep: int) -> PreTrainedModel:
    """Return a freshly initialised masked-language model without dropout.

    Raises:
        ConfigError: unknown architecture, or a width that the heads do not divide.
    """
    if shape.hidden % shape.heads:
        raise ConfigError(f"model.hidden {shape.hidden} is no multiple of model.heads {shape.heads}")
    if shape.architecture == "modernbert":
        return ModernBertForMaskedLM(
            ModernBertConfig(
                vocab_size=vocabulary,
                hidden_size=shape.hidden,
                intermediate_size=shape.intermediate,
                num_hidden_layers=shape.layers,
                num_attention_heads=shape.heads,
                max_position_embeddings=shape.positions,
                layer_types=["full_attention"] * shape.layers,
                rope_parameters={
                    kind: {"rope_theta": 10000.0, "rope_type": "default"}
                    for kind in ("full_attention", "sliding_attention")
                },
                pad_token_id=pad,
                cls_token_id=cls,
                bos_token_id=cls,
                sep_token_id=sep,
                eos_token_id=sep,
            )
        )
    if shape.architecture == "bert":
        return BertForMaskedLM(
            BertConfig(
                vocab_size=vocabulary,
                hidden_size=shape.hidden,
                intermediate_size=shape.intermediate,
                num_hidden_layers=shape.layers,
                num_attention_heads=shape.heads,
                max_position_embeddings=shape.positions,
                hidden_dropout_prob=0.0,
                attention_probs_dropout_prob=0.0,
                pad_token_id=pad,
            )
        )
    raise ConfigError(f"model.architecture is {shape.architecture!r}; choose one of {', '.join(ARCHITECTURES)}")
