"""Encoders from the hub, a folder or the package, and joint models from a bundle."""

from __future__ import annotations

import os
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoConfig, AutoModel, AutoTokenizer, PretrainedConfig, PreTrainedTokenizerFast

from waqai.bundle import ENCODER, Bundle, embedded_encoder
from waqai.encoding import SubwordTokenizer
from waqai.errors import ModelError
from waqai.models.configuration import JointConfig
from waqai.models.joint import JointModel
from waqai.models.restoring import restore_weights

EMBEDDED = "embedded"
_DROPOUTS = (
    "hidden_dropout_prob",
    "attention_probs_dropout_prob",
    "embedding_dropout",
    "mlp_dropout",
    "attention_dropout",
)
_SPECIAL = {
    "pad": ("[PAD]", "<pad>"),
    "unk": ("[UNK]", "<unk>"),
    "cls": ("[CLS]", "<s>"),
    "sep": ("[SEP]", "</s>"),
    "mask": ("[MASK]", "<mask>"),
}
"""What the families of BERT and of RoBERTa call them."""


@dataclass(frozen=True)
class Encoder:
    """A pretrained encoder with its tokenizer."""

    model: nn.Module
    tokenizer: SubwordTokenizer
    config: PretrainedConfig


def load_encoder(name: str, revision: str | None = None, *, random: bool = False) -> Encoder:
    """Load a BERT-family encoder.

    Args:
        name: ``embedded``, a folder, or a hub id.
        revision: the hub commit to pin.
        random: keep the shape and the tokenizer but not the weights (a baseline without pretraining).

    Raises:
        ModelError: the encoder cannot be found, is not saved as safetensors, needs code of its own, or has no
            fast tokenizer.
    """
    source = str(embedded_encoder()) if name == EMBEDDED else name
    pinned = {"revision": revision, "trust_remote_code": False}
    try:
        config = AutoConfig.from_pretrained(source, **pinned)
        tokenizer = AutoTokenizer.from_pretrained(source, use_fast=True, **pinned)
        model = (
            AutoModel.from_config(config, trust_remote_code=False)
            if random
            else AutoModel.from_pretrained(source, config=config, use_safetensors=True, **pinned)
        )
    except (OSError, ValueError, KeyError, ImportError, SafetensorError) as error:
        raise ModelError(_advice(name, error)) from error
    backend = getattr(tokenizer, "backend_tokenizer", None)
    if backend is None:
        raise ModelError(f"{name} has no fast tokenizer; waqai needs one to keep words and subwords aligned")
    pad_id = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else 0
    return Encoder(model.float(), SubwordTokenizer(backend, pad_id), config)


def _advice(name: str, error: Exception) -> str:
    reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if Path(name).exists() or name == EMBEDDED:
        return f"cannot load the encoder in {name}: {reason}"
    offline = " (HF_HUB_OFFLINE is set)" if os.environ.get("HF_HUB_OFFLINE") else ""
    return (
        f"cannot load the encoder {name} from the hub{offline}: {reason}. Check the name and the connection, give a "
        "folder with config.json, model.safetensors and tokenizer.json, or use model.encoder=embedded"
    )


def load_joint_model(folder: Path) -> tuple[JointModel, Bundle, SubwordTokenizer]:
    """Load a trained bundle for torch, or an exported one with the weights of its graphs.

    Args:
        folder: the bundle's.

    Raises:
        ModelError: the folder is missing or broken, or holds no weights.
    """
    bundle = Bundle.read(folder)
    trained, exported = ((folder / name).is_file() for name in ("model.safetensors", ENCODER))
    if not (trained or exported) or not (folder / "config.json").is_file():
        raise ModelError(
            f"{folder} holds no model.safetensors with a config.json for torch; use engine onnx, or train with "
            "scripts/train.py"
        )
    try:
        config = JointConfig.from_pretrained(folder)
        config.scheme = bundle.scheme.to_dict()  # config.json is written with sorted keys: the numbers would change
        missing: list[str] = []
        if trained:
            model, found = JointModel.from_pretrained(
                folder, config=config, use_safetensors=True, output_loading_info=True
            )
            missing = sorted(found["missing_keys"])
        else:
            model = JointModel(config).float()
            model.load_state_dict(restore_weights(folder, model.state_dict() | _transitions(bundle)))
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"{folder} is broken: {error}") from error
    if missing:
        raise ModelError(f"{folder} is broken: model.safetensors lacks {', '.join(missing[:3])}")
    model.allow_pairs()
    return model.float(), bundle, bundle.read_tokenizer(folder)


def _transitions(bundle: Bundle) -> dict[str, torch.Tensor]:
    """What linear chains learnt, which decoding keeps and no graph holds."""
    return {
        f"chains.{name}.transitions": torch.tensor(rows, dtype=torch.float32)
        for name, rows in bundle.settings.transitions.items()
    }


def save_bundle(model: JointModel, tokenizer: SubwordTokenizer, bundle: Bundle, folder: Path) -> None:
    """Write a trained model's folder (into an existing, empty one)."""
    model.save_pretrained(folder)
    tokenizer.save(folder / "tokenizer.json")
    bundle.save(folder)


def save_encoder(model: nn.Module, tokenizer: Tokenizer, folder: Path) -> None:
    """Write an encoder, weights in fp16, into an existing folder.

    ``AutoModel`` and ``AutoTokenizer`` load it with no code of ours. ``config.json`` names float32, so that loading
    widens the weights, and no dropout, which is the business of whoever trains it on.
    """
    encoder: Any = deepcopy(model)
    for name in _DROPOUTS:
        if hasattr(encoder.config, name):
            setattr(encoder.config, name, 0.0)
    encoder.config.dtype = torch.float32
    state = {name: value.half() for name, value in encoder.state_dict().items()}
    encoder.save_pretrained(folder, state_dict=state)
    length = int(getattr(encoder.config, "max_position_embeddings", 512))
    as_transformers(tokenizer, length).save_pretrained(folder)


def as_transformers(tokenizer: Tokenizer, maximum_length: int = 512) -> PreTrainedTokenizerFast:
    """Wrap a fast tokenizer for Hugging Face, with the special tokens named that it has."""
    known = {
        f"{kind}_token": token
        for kind, tokens in _SPECIAL.items()
        for token in tokens
        if tokenizer.token_to_id(token) is not None
    }
    wrapped: PreTrainedTokenizerFast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, model_max_length=maximum_length, clean_up_tokenization_spaces=False, **known
    )
    return wrapped
