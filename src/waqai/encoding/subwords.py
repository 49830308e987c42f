"""Words to subwords, with the fast tokenizer of any encoder and nothing but the `tokenizers` library."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from waqai.errors import ModelError

MAX_SUBWORDS_PER_WORD = 24
"""A longer word (a URL, a run of junk) is represented by its first subwords; no word is lost."""

MAX_KNOWN_WORDS, MAX_KNOWN_LENGTH = 65_536, 40
"""Words whose subwords are kept: nine in ten of a news text, in some ten megabytes. Then the map is begun anew."""


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
        self._known: dict[str, list[int]] = {}
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
        """Encode word lists; words that were met before are not split again.

        Returns:
            For each word list its subword ids, shape ``(S,)``, and the offsets of its words in them, shape
            ``(W + 1,)``: word ``w`` has the subwords ``ids[offsets[w]:offsets[w + 1]]``, at least one.
        """
        split = self._split(set(chain.from_iterable(batch)))
        encoded = []
        for words in batch:
            subwords = [split[word] for word in words]
            ids = np.fromiter(chain.from_iterable(subwords), np.int64)
            encoded.append((ids, np.cumsum([0, *map(len, subwords)], dtype=np.int64)))
        return encoded

    def _split(self, words: set[str]) -> dict[str, list[int]]:
        """The subwords of each word."""
        known = self._known
        split = {word: known[word] for word in words if word in known}
        new = sorted(words - split.keys())
        encodings = self._tokenizer.encode_batch(
            [[word] for word in new], is_pretokenized=True, add_special_tokens=False
        )
        found = {
            word: encoding.ids[:MAX_SUBWORDS_PER_WORD] or [self.unknown_id]
            for word, encoding in zip(new, encodings, strict=True)
        }
        ordinary = {word: subwords for word, subwords in found.items() if len(word) <= MAX_KNOWN_LENGTH}
        if len(known) + len(ordinary) > MAX_KNOWN_WORDS:
            self._known = ordinary  # another map, not the same one emptied: another thread may be reading it
        else:
            known.update(ordinary)
        return split | found
