"""Corpus preparation from its settings: articles, tokenizer, packed ids."""

from __future__ import annotations

import logging
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from waqai.errors import OutputError
from waqai.pretraining.cleaning import read_articles
from waqai.pretraining.packing import pack, prepare_articles
from waqai.pretraining.settings import PretrainSettings
from waqai.pretraining.tokenizer import train_tokenizer

_log = logging.getLogger(__name__)


def prepare(settings: PretrainSettings) -> dict[str, Any]:
    """Write ``articles.txt``, ``tokenizer.json``, ``ids.bin`` and the manifest ``ids.json``.

    Returns:
        The manifest: counts of articles, words, subwords and duplicates, and hashes of all files.

    Raises:
        DataError: a corpus file is missing or damaged.
        OutputError: the folder cannot be written.
    """
    folder = Path(settings.work) / settings.corpus
    files = [Path(settings.corpora) / "text" / name for name in settings.files]
    counts = prepare_articles(files, folder / "articles.txt", settings.cleaning, settings.duplicates)
    for count in counts:
        _log.info("%s", count)
    choice = settings.tokenizer
    texts = islice(read_articles(folder / "articles.txt"), 0, None, choice.every)
    tokenizer = train_tokenizer(texts, choice.algorithm, choice.vocabulary, choice.fold_letters, choice.whole_words)
    save_tokenizer(tokenizer, folder / "tokenizer.json")
    recipe = {name: asdict(getattr(settings, name)) for name in ("cleaning", "duplicates", "tokenizer")}
    manifest = pack(folder / "articles.txt", tokenizer, folder / "ids.bin", counts, recipe)
    _log.info(
        "%d articles, %d words, %d subwords",
        manifest["articles"],
        manifest["words"],
        manifest["subwords"],
    )
    return manifest


def save_tokenizer(tokenizer: Tokenizer, path: Path) -> None:
    """Write ``tokenizer.json``.

    Raises:
        OutputError: the file cannot be written.
    """
    try:
        path.write_text(tokenizer.to_str(pretty=True), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; free some space or choose another `work`") from error
