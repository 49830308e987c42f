"""Words to subwords, with the fast tokenizer of any encoder and nothing but the `tokenizers` library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from waqai.errors import ModelError

MAX_SUBWORDS_PER_WORD = 24
"""A longer word (a URL, a run of junk) is represented by its first subwords; no word is lost."""


class SubwordTokenizer:
    """A fast tokenizer seen as a map from words to subword ids.

    Args:
        tokenizer: any fast tokenizer; its normalizer and pre-tokenizer run on each word by itself.
        pad_id: id that fills short rows of a batch.

    Raises:
        ModelError: the tokenizer does not frame a sequence with a first and a last token.
    """

    def __init__(self, tokenizer: Tokenizer, pad_id: int = 0) -> None:
        tokenizer.no_padding()
        tokenizer.no_truncation()
        self._tokenizer = tokenizer
        self.pad_id = pad_id
        frame = tokenizer.encode([], is_pretokenized=True, add_special_tokens=True).ids
        if len(frame) != 2:
            raise ModelError(
                f"the tokenizer frames a sequence with {len(frame)} special tokens; expected a first and a last"
            )
        self.first_id, self.last_id = frame
        # What stands for a hidden subword, in BERT's and in RoBERTa's family; some encoders have none.
        hidden = (tokenizer.token_to_id(token) for token in ("[MASK]", "<mask>"))
        self.mask_id: int | None = next((identifier for identifier in hidden if identifier is not None), None)
        # A word that normalises to nothing (a lone diacritic) still needs a place: the unknown token's.
        model_unknown = getattr(tokenizer.model, "unk_token", None)
        candidates = [model_unknown] if isinstance(model_unknown, str) else ["[UNK]", "<unk>"]
        ids = [tokenizer.token_to_id(token) for token in candidates]
        self.unknown_id = next((identifier for identifier in ids if identifier is not None), self.pad_id)

    @classmethod
    def read(cls, path: Path, pad_id: int = 0) -> SubwordTokenizer:
        """Read a ``tokenizer.json``.

        Raises:
            ModelError: the file is missing or broken.
        """
        if not path.is_file():
            raise ModelError(f"{path} is missing; the folder is no complete model")
        try:
            return cls(Tokenizer.from_file(str(path)), pad_id)
        except ModelError:
            raise
        except Exception as error:  # the library raises bare Exception
            raise ModelError(f"{path} is no tokenizer: {error}") from error

    @property
    def backend(self) -> Tokenizer:
        """The fast tokenizer itself."""
        return self._tokenizer

    def save(self, path: Path) -> None:
        """Write ``tokenizer.json``."""
        self._tokenizer.save(str(path))

    def encode(self, batch: Sequence[Sequence[str]]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Encode word lists, in parallel threads.

        Returns:
            For each word list its subword ids, shape ``(S,)``, and the offsets of its words in them, shape
            ``(W + 1,)``: word ``w`` has the subwords ``ids[offsets[w]:offsets[w + 1]]``, at least one.
        """
        encodings = self._tokenizer.encode_batch(
            [list(words) for words in batch], is_pretokenized=True, add_special_tokens=False
        )
        return [
            self._group(np.array(encoding.ids, dtype=np.int64), encoding.word_ids, len(words))
            for encoding, words in zip(encodings, batch, strict=True)
        ]

    def _group(
        self, ids: NDArray[np.int64], word_ids: list[int | None], words: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        word_of = np.array([-1 if word is None else word for word in word_ids], dtype=np.int64)
        counts = np.bincount(word_of[word_of >= 0], minlength=words)
        if words and counts.min() == 1 == counts.max():
            return ids, np.arange(words + 1, dtype=np.int64)
        starts = np.concatenate([[0], np.cumsum(counts)])[:-1]
        position = np.arange(len(ids)) - starts[word_of] if len(ids) else np.empty(0, np.int64)
        keep = position < MAX_SUBWORDS_PER_WORD
        kept_ids, kept_word = ids[keep], word_of[keep]
        empty = np.flatnonzero(counts == 0)
        if len(empty):
            kept_ids = np.concatenate([kept_ids, np.full(len(empty), self.unknown_id)])
            kept_word = np.concatenate([kept_word, empty])
            order = np.argsort(kept_word, kind="stable")
            kept_ids, kept_word = kept_ids[order], kept_word[order]
        offsets = np.concatenate([[0], np.cumsum(np.bincount(kept_word, minlength=words))])
        return kept_ids.astype(np.int64), offsets.astype(np.int64)
