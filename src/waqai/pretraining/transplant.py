"""Start from an encoder that is there already, whatever its tokenizer: layers as they are, subwords by what they cover.

A subword of the new vocabulary starts as the mean of the donor's subwords that covered its letters in a sample of the
packed text, weighted by letters: nothing need be known of where either tokenizer cuts (after Minixhofer et al. 2022,
WECHSEL, section 3, with coverage in the place of a bilingual dictionary). The text is as our tokenizer normalised it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from waqai.encoding import SubwordTokenizer
from waqai.errors import ConfigError
from waqai.models.loading import load_encoder
from waqai.pretraining.packing import TokenIds
from waqai.pretraining.tokenizer import CLS, MASK, PAD, SEP, SPECIAL_TOKENS, UNKNOWN, token_id

_log = logging.getLogger(__name__)
_PASSAGE = 1000
_PASSAGES = 4000
_MUST_AGREE = (
    "num_attention_heads",
    "layer_types",
    "rope_parameters",
    "hidden_activation",
    "hidden_act",
    "norm_eps",
    "layer_norm_eps",
)
"""What layers compute beside their weights' shapes."""


def transplant(model: Any, tokenizer: Tokenizer, stream: TokenIds, donor: str) -> None:
    """Give a fresh masked-language model the layers and, by coverage, the subwords of a donor.

    Args:
        model: of the donor's architecture and shape; its prediction head stays as it is.
        tokenizer: the model's.
        stream: packed ids of the model's tokenizer, shape ``(subwords,)``.
        donor: an encoder as ``load_encoder`` finds it.

    Raises:
        ModelError: there is no such encoder.
        ConfigError: it is of another architecture or shape.
    """
    given = load_encoder(donor)
    table: Tensor = given.model.get_input_embeddings().weight.detach()  # type: ignore[operator]
    _take_layers(model.base_model, given.model, table, donor)
    covered = coverage(tokenizer, given.tokenizer.backend, stream, len(table))
    found = torch.sparse.sum(covered, dim=1).to_dense()
    start = torch.sparse.mm(covered, table) / found.clamp(min=1.0)[:, None]
    for number in torch.nonzero(found == 0).flatten().tolist():
        start[number] = _by_itself(tokenizer.id_to_token(number) or "", given.tokenizer.backend, table)
    for token, there in _special(given.tokenizer).items():
        start[token_id(tokenizer, token)] = table[there]
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(start)
    _log.info("%s gave its layers; %d of %d subwords by coverage", donor, int((found > 0).sum()), len(found))


def _take_layers(base: nn.Module, given: nn.Module, table: Tensor, donor: str) -> None:
    """Copy all weights but the embeddings of subwords; the donor may have a pooler, which masked modelling has not."""
    subwords = next(name for name, value in given.named_parameters() if value.data_ptr() == table.data_ptr())
    layers = {name: value for name, value in given.state_dict().items() if not name.startswith("pooler.")}
    own = base.state_dict()
    del layers[subwords], own[subwords]
    odd = [
        name
        for name in {**layers, **own}
        if name not in layers or name not in own or layers[name].shape != own[name].shape
    ]
    odd += [key for key in _MUST_AGREE if getattr(given.config, key, None) != getattr(base.config, key, None)]
    if odd or type(given) is not type(base):
        raise ConfigError(f"start: {donor} is of another shape than this run's model ({', '.join(odd[:3])})")
    base.load_state_dict(layers, strict=False)


def _by_itself(surface: str, donors: Tokenizer, table: Tensor) -> Tensor:
    """A subword that the sample has not: the donor's own of that form, else the mean of the donor's pieces of it."""
    same = donors.token_to_id(surface)
    pieces = [same] if same is not None else donors.encode(surface.strip("▁#"), add_special_tokens=False).ids
    if pieces:
        return table[pieces].mean(0)
    return table.mean(0) + table.std(0) * torch.randn(table.shape[1])


def _special(donor: SubwordTokenizer) -> dict[str, int]:
    """The donor's special tokens, whatever it calls them, under our names."""
    there = {PAD: donor.pad_id, UNKNOWN: donor.unknown_id, CLS: donor.first_id, SEP: donor.last_id}
    return there if donor.mask_id is None else {**there, MASK: donor.mask_id}


def coverage(tokenizer: Tokenizer, donors: Tokenizer, stream: TokenIds, width: int) -> Tensor:
    """How many letters of each subword each of the donor's ``width`` subwords covered, sparse ``(V, width)``."""
    pairs = [np.empty(0, dtype=np.int64)]
    for text, owners in _passages(tokenizer, stream):
        other = np.full(len(text), -1)
        encoding = donors.encode(text, add_special_tokens=False)
        for number, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
            other[start:end] = number
        both = (owners >= 0) & (other >= 0)
        pairs.append(owners[both] * width + other[both])
    codes, counts = np.unique(np.concatenate(pairs), return_counts=True)
    places = torch.from_numpy(np.stack(np.divmod(codes, width)))
    shape = (tokenizer.get_vocab_size(), width)
    return torch.sparse_coo_tensor(places, torch.from_numpy(counts).float(), shape, check_invariants=True)


def _passages(tokenizer: Tokenizer, stream: TokenIds) -> Iterator[tuple[str, np.ndarray[Any, np.dtype[np.int64]]]]:
    """Passages from all over the stream as text, and for each letter the subword it belongs to; -1 for spaces."""
    special = {token_id(tokenizer, token) for token in SPECIAL_TOKENS}
    surfaces = [tokenizer.id_to_token(number) or "" for number in range(tokenizer.get_vocab_size())]
    starts_by_mark = any(surface.startswith("▁") for surface in surfaces)
    apart = max(_PASSAGE, len(stream) // _PASSAGES)
    for first in range(0, len(stream), apart):
        letters: list[str] = []
        owners: list[int] = []
        for number in stream[first : first + _PASSAGE].tolist():
            surface = " " if number in special else surfaces[number]
            if starts_by_mark:
                surface = surface.replace("▁", " ")
            else:
                surface = surface.removeprefix("##") if surface.startswith("##") else " " + surface
            letters.append(surface)
            owners.extend(-1 if letter == " " else number for letter in surface)
        yield "".join(letters), np.array(owners, dtype=np.int64)
