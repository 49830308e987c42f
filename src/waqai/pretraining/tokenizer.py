"""The subword tokenizer: normalisation that keeps offsets, and three ways to cut words.

Everything happens inside the `tokenizers` pipeline, so an offset always points into the text as it was
written, diacritics
and tatweel included. Words are cut at white space and punctuation only; text that was split into words
beforehand
(``is_split_into_words=True``) therefore gives the same subwords as running text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from math import log
from typing import Any

from tokenizers import (
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

from waqai.errors import ConfigError, ModelError

PAD, UNKNOWN, CLS, SEP, MASK = "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"
SPECIAL_TOKENS = (PAD, UNKNOWN, CLS, SEP, MASK)
ALGORITHMS = ("wordpiece", "bpe", "unigram")
# Letters that remain after normalisation, with and without folding; other characters become [UNK] unless
# frequent in Latin.
_LETTERS = "ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىيپچژڤگٱ" + "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûü" + "0123456789"
_SIGNS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~،؛؟٪٫٬«»“”‘’–—•€£°۔﴾﴿"
_MARKS = r"[\u0640\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff]"
_INVISIBLE = r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff]"


def build_normalizer(fold_letters: bool = True) -> normalizers.Normalizer:
    """Return the normaliser: presentation forms, tatweel, diacritics, digits, and optionally letter variants.

    Args:
        fold_letters: also write أ إ آ ٱ as ا, ى as ي and ة as ه, as careless spelling does.
    """
    steps: list[normalizers.Normalizer] = [
        normalizers.NFKC(),
        normalizers.Replace(Regex(f"{_MARKS}|{_INVISIBLE}"), ""),
        normalizers.Replace(Regex("[یې]"), "ي"),
        normalizers.Replace("ک", "ك"),
    ]
    if fold_letters:
        steps += [
            normalizers.Replace(Regex("[أإآٱ]"), "ا"),
            normalizers.Replace("ى", "ي"),
            normalizers.Replace("ة", "ه"),
        ]
    for digit in range(10):
        steps.append(normalizers.Replace(Regex(f"[{chr(0x660 + digit)}{chr(0x6F0 + digit)}]"), str(digit)))
    steps.append(normalizers.Lowercase())
    return normalizers.Sequence(steps)


def build_pre_tokenizer(algorithm: str) -> pre_tokenizers.PreTokenizer:
    """Return the splitter at white space and punctuation; Unigram also marks word starts."""
    split: list[pre_tokenizers.PreTokenizer] = [
        pre_tokenizers.WhitespaceSplit(),
        pre_tokenizers.Punctuation("isolated"),
    ]
    if algorithm == "unigram":
        split.append(pre_tokenizers.Metaspace(prepend_scheme="always", split=False))
    return pre_tokenizers.Sequence(split)


def train_tokenizer(
    texts: Iterable[str],
    algorithm: str = "wordpiece",
    vocabulary: int = 16000,
    fold_letters: bool = True,
    whole_words: float = 0.3,
) -> Tokenizer:
    """Train a subword tokenizer on running text.

    Args:
        texts: articles; read once.
        algorithm: ``wordpiece``, ``bpe`` or ``unigram``.
        vocabulary: number of subwords, special tokens included; at most 65,535 so that ids fit in 16 bits.
        fold_letters: see `build_normalizer`.
        whole_words: share of a Unigram vocabulary that is kept for frequent words.

    Raises:
        ConfigError: unknown algorithm, or a vocabulary that does not fit in 16 bits or not the letters in it.
    """
    if algorithm not in ALGORITHMS:
        raise ConfigError(f"tokenizer.algorithm is {algorithm!r}; choose one of {', '.join(ALGORITHMS)}")
    if not len(SPECIAL_TOKENS) < vocabulary <= 0xFFFF:
        raise ConfigError(f"tokenizer.vocabulary is {vocabulary}; ids must fit in 16 bits, so choose 6 to 65535")
    trainer: Any
    shared: dict[str, Any] = {"vocab_size": vocabulary, "show_progress": False}
    if algorithm != "unigram":
        # The trainer numbers continuing letters in the order of a hash table and breaks ties by number;
        # naming them
        # beforehand makes training deterministic.
        shared["special_tokens"] = [
            *SPECIAL_TOKENS,
            *("##" + letter for letter in _LETTERS),
        ]
        shared["initial_alphabet"] = list(_LETTERS + _SIGNS)
        shared["limit_alphabet"] = len(_LETTERS + _SIGNS)
        shared["continuing_subword_prefix"] = "##"
    if algorithm == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token=UNKNOWN, max_input_chars_per_word=64))
        trainer = trainers.WordPieceTrainer(**shared)
        tokenizer.decoder = decoders.WordPiece()
    elif algorithm == "bpe":
        tokenizer = Tokenizer(models.BPE(unk_token=UNKNOWN, continuing_subword_prefix="##"))
        trainer = trainers.BpeTrainer(**shared)
        tokenizer.decoder = decoders.WordPiece()
    else:
        shared["vocab_size"] = vocabulary - int(vocabulary * whole_words)
        tokenizer = Tokenizer(models.Unigram())
        trainer = trainers.UnigramTrainer(unk_token=UNKNOWN, special_tokens=list(SPECIAL_TOKENS), **shared)
        tokenizer.decoder = decoders.Metaspace()
    tokenizer.normalizer = build_normalizer(fold_letters)
    tokenizer.pre_tokenizer = build_pre_tokenizer(algorithm)
    counts: Counter[str] = Counter()
    if algorithm == "unigram":
        # Cutters of their own: while it trains, a tokenizer cannot be asked for its own.
        texts = _counted(texts, build_normalizer(fold_letters), build_pre_tokenizer(algorithm), counts)
    try:
        tokenizer.train_from_iterator(texts, trainer)
    except Exception as error:
        if type(error) is not Exception:  # the text's own fault: the library raises nothing narrower
            raise
        raise ConfigError(f"tokenizer.vocabulary is {vocabulary}: {error}") from error
    tokenizer = _with_true_specials(tokenizer)
    if algorithm == "unigram":
        tokenizer = _with_whole_words(tokenizer, counts, vocabulary)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{CLS} $A {SEP}",
        pair=f"{CLS} $A {SEP} $B:1 {SEP}:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in (CLS, SEP)],
    )
    return tokenizer


def _counted(
    texts: Iterable[str],
    normalizer: normalizers.Normalizer,
    cutter: pre_tokenizers.PreTokenizer,
    counts: Counter[str],
) -> Iterator[str]:
    for text in texts:
        counts.update(word for word, _ in cutter.pre_tokenize_str(normalizer.normalize_str(text)))
        yield text


def _with_whole_words(tokenizer: Tokenizer, counts: Counter[str], vocabulary: int) -> Tokenizer:
    """Fill a Unigram vocabulary with the words that its text becomes likeliest by.

    The trainer looks for pieces among what different words share, so a word that begins no other is never one, however
    frequent: a comma was two subwords, the mark of a word's start and itself.
    """
    state = json.loads(tokenizer.to_str())
    scores = dict(state["model"]["vocab"])
    total = sum(counts.values())
    gains = {}
    for word, count in counts.items():
        if word not in scores and count > 1:
            parted = sum(scores[token.value] for token in tokenizer.model.tokenize(word) if token.value in scores)
            gains[word] = count * (log(count / total) - parted)
    best = sorted(gains, key=lambda word: (-gains[word], word))[: vocabulary - len(scores)]
    state["model"]["vocab"] += [[word, log(counts[word] / total)] for word in best if gains[word] > 0]
    return Tokenizer.from_str(json.dumps(state))


def _with_true_specials(tokenizer: Tokenizer) -> Tokenizer:
    state = json.loads(tokenizer.to_str())
    state["added_tokens"] = [token for token in state["added_tokens"] if token["content"] in SPECIAL_TOKENS]
    return Tokenizer.from_str(json.dumps(state))


def word_starts(tokenizer: Tokenizer) -> list[bool]:
    """Return for every id whether its subword begins a word; special tokens count as words of their own."""
    tokens = [tokenizer.id_to_token(index) or "" for index in range(tokenizer.get_vocab_size())]
    if isinstance(tokenizer.model, models.Unigram):
        return [token.startswith("▁") or token in SPECIAL_TOKENS for token in tokens]
    return [not token.startswith("##") or token == "##" for token in tokens]


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """Return the number of a special token.

    Raises:
        ModelError: the tokenizer does not know it, so it is not one of ours.
    """
    number: int | None = tokenizer.token_to_id(token)
    if number is None:
        raise ModelError(f"the tokenizer has no {token}; train it with scripts/prepare_corpus.py")
    return number
