"""Annotated articles as a ``datasets.DatasetDict``, for whoever trains with other tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from datasets import Dataset, DatasetDict, Features, Value

from waqai.errors import ConfigError, DataError
from waqai.formats import read_documents, to_json
from waqai.schema import Document

SPLITS = ("train", "dev", "test")
_STRING, _NUMBER, _SHARE = Value("string"), Value("int64"), Value("float64")
_MENTION = {"id": _STRING, "type": _STRING, "start": _NUMBER, "end": _NUMBER, "text": _STRING, "confidence": _SHARE}
FEATURES = Features(
    {
        **dict.fromkeys(("id", "title", "source", "publication_date", "url", "language", "text"), _STRING),
        "entities": [{**_MENTION, "value": _STRING}],
        "triggers": [{**_MENTION, "mode": _STRING, "auxiliary": _STRING}],
        "relations": [{"type": _STRING, "head": _STRING, "tail": _STRING, "confidence": _SHARE}],
    }
)
"""An article a row, in the form of ``formats.jsonl``: offsets in code points, relations by the ids of mentions."""


def load_dataset_dict(
    source: Path | str | Mapping[str, Path | str],
    *,
    form: str | None = None,
    dev: float = 0.1,
    test: float = 0.1,
    seed: int = 13,
) -> DatasetDict:
    """Load annotated articles with the splits train, dev and test; an article is never divided.

    Args:
        source: a file or folder of articles, split here; or one for each split, taken as they are.
        form: the files' format; guessed where ``None``.
        dev, test: shares of the articles, where they are split here; a share above 0 gets at least one.
        seed: of the split.

    Raises:
        ConfigError: an unknown split, or shares that leave nothing to train on.
        DataError: a file is not as it should be, or an article is in two splits.
    """
    if isinstance(source, Mapping):
        if unknown := sorted(set(source) - set(SPLITS)):
            raise ConfigError(f"splits are {', '.join(SPLITS)}, not {', '.join(unknown)}")
        parts = {name: read_documents(Path(source[name]), form) for name in SPLITS if name in source}
    else:
        parts = _split(read_documents(Path(source), form), dev, test, seed)
    seen: set[str] = set()
    for name, documents in parts.items():
        if twice := sorted(seen & {document.id for document in documents}):
            raise DataError(f"{name} holds articles of another split: {', '.join(twice[:5])}")
        seen |= {document.id for document in documents}
    return DatasetDict({name: _to_dataset(documents) for name, documents in parts.items()})


def _split(documents: Sequence[Document], dev: float, test: float, seed: int) -> dict[str, list[Document]]:
    sizes = [max(round(share * len(documents)), int(share > 0)) for share in (dev, test)]
    if min(dev, test) < 0 or sum(sizes) >= len(documents):
        raise ConfigError(f"dev={dev} and test={test} of {len(documents)} articles leave none to train on")
    order = np.random.default_rng(seed).permutation(len(documents)).tolist()
    chosen = {"test": set(order[: sizes[1]]), "dev": set(order[sizes[1] : sum(sizes)])}
    chosen["train"] = set(order[sum(sizes) :])
    return {name: [one for number, one in enumerate(documents) if number in chosen[name]] for name in SPLITS}


def _to_dataset(documents: Sequence[Document]) -> Dataset:
    rows = [{name: value for name, value in to_json(document).items() if name in FEATURES} for document in documents]
    return Dataset.from_list(rows, features=FEATURES)
