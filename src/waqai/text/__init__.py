"""Text as it stands: words, sentences and web residue, every offset into the original."""

from waqai.text.residue import find_residue, running_sentences
from waqai.text.words import split_sentences, split_words

__all__ = ["find_residue", "running_sentences", "split_sentences", "split_words"]
