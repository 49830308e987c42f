"""Start from an encoder that is there already, whatever its tokenizer: layers as they are, subwords by what they cover.

A subword of the new vocabulary starts as the mean of the donor's subwords that covered its letters in a sample of text,
weighted by letters. So nothing need be known of how either tokenizer cuts (after Minixhofer et al. 2022, WECHSEL,
section 3, with coverage in the place of a bilingual dictionary).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import AutoModel

from waqai.errors import ConfigError, ModelError
from waqai.pretraining.packing import TokenIds
from waqai.pretraining.tokenizer import SPECIAL_TOKENS, token_id

_log = logging.getLogger(__name__)
_PASSAGE = 1000
_SAMPLE = 4_000_000


def transplant(model: Any, tokenizer: Tokenizer, stream: TokenIds, donor: Path) -> None:
    """Give a fresh masked-language model the layers and, by coverage, the subwords of a donor.

    Args:
        model: of the donor's architecture and shape; its prediction head stays as it is.
        tokenizer: the model's.
        stream: packed ids of the model's tokenizer, shape ``(subwords,)``.
        donor: Hugging Face folder of an encoder with ``tokenizer.json``.

    Raises:
        ModelError: no encoder in the folder.
        ConfigError: it is of another architecture or shape.
    """
    try:
        given = AutoModel.from_pretrained(donor, dtype=torch.float32)
        donors = Tokenizer.from_file(str(donor / "tokenizer.json"))
    except Exception as error:  # tokenizers and transformers raise bare exceptions
        raise ModelError(f"{donor} holds no encoder with its tokenizer: {str(error).splitlines()[0]}") from error
    base = model.base_model
    table: Tensor = given.get_input_embeddings().weight.detach()
    subwords = next(name for name, value in given.named_parameters() if value is given.get_input_embeddings().weight)
    layers, own = ({**encoder.state_dict(), subwords: None} for encoder in (given, base))
    odd = [name for name in {**layers, **own} if _shape(layers, name) != _shape(own, name)]
    if odd or type(given) is not type(base):
        raise ConfigError(f"{donor} is of another shape than this run's model ({', '.join(odd[:3])})")
    del layers[subwords]
    base.load_state_dict(layers, strict=False)
    covered = coverage(tokenizer, donors, stream[:_SAMPLE])
    found = torch.sparse.sum(covered, dim=1).to_dense()
    start = torch.sparse.mm(covered, table) / found.clamp(min=1.0)[:, None]
    # What the sample has not is any subword at all.
    start[found == 0] = table.mean(0) + table.std(0) * torch.randn(int((found == 0).sum()), table.shape[1])
    for token in SPECIAL_TOKENS:
        if (there := donors.token_to_id(token)) is not None:
            start[token_id(tokenizer, token)] = table[there]
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(start)
    _log.info("%s gave its layers; %d of %d subwords by coverage", donor, int((found > 0).sum()), len(found))


def _shape(weights: dict[str, Tensor | None], name: str) -> tuple[int, ...] | None:
    value = weights.get(name)
    return None if value is None else tuple(value.shape)


def coverage(tokenizer: Tokenizer, donors: Tokenizer, stream: TokenIds) -> Tensor:
    """How many letters of each subword each of the donor's subwords covered, sparse ``(V, donor's V)``."""
    shape = (tokenizer.get_vocab_size(), donors.get_vocab_size())
    pairs = []
    for text, owners in _passages(tokenizer, stream):
        other = np.full(len(text), -1)
        encoding = donors.encode(text, add_special_tokens=False)
        for number, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
            other[start:end] = number
        both = (owners >= 0) & (other >= 0)
        pairs.append(owners[both] * shape[1] + other[both])
    codes, counts = np.unique(np.concatenate(pairs), return_counts=True)
    places = torch.from_numpy(np.stack(np.divmod(codes, shape[1])))
    return torch.sparse_coo_tensor(places, torch.from_numpy(counts).float(), shape, check_invariants=True)


def _passages(tokenizer: Tokenizer, stream: TokenIds) -> Iterator[tuple[str, np.ndarray[Any, np.dtype[np.int64]]]]:
    """The stream as text, and for each letter the subword it belongs to; -1 for spaces."""
    special = {token_id(tokenizer, token) for token in SPECIAL_TOKENS}
    surfaces = [tokenizer.id_to_token(number) or "" for number in range(tokenizer.get_vocab_size())]
    starts_by_mark = any(surface.startswith("▁") for surface in surfaces)
    for first in range(0, len(stream), _PASSAGE):
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
