"""A run from its settings: open the packed corpus, train, and leave the result in the run's folder."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from waqai.errors import DataError
from waqai.pretraining.checkpoints import Progress
from waqai.pretraining.packing import load_stream
from waqai.pretraining.settings import PretrainSettings
from waqai.pretraining.training import Pretraining
from waqai.pretraining.vectors import train_vectors

_log = logging.getLogger(__name__)


def pretrain(settings: PretrainSettings) -> Progress:
    """Train, or resume, the run that the settings name.

    Raises:
        DataError: the corpus is not packed yet, or is damaged.
        ModelError: the run's folder holds a checkpoint of other settings.
        OutputError: the run's folder cannot be written.
    """
    if settings.threads:
        torch.set_num_threads(settings.threads)
    corpus = Path(settings.work) / settings.corpus
    stream = load_stream(corpus / "ids.bin")
    manifest = json.loads((corpus / "ids.json").read_text(encoding="utf-8"))
    tokenizer = Tokenizer.from_file(str(corpus / "tokenizer.json"))
    folder = Path(settings.work) / settings.run
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.json").write_text(json.dumps(asdict(settings), indent=2) + "\n", encoding="utf-8")
    vectors = None
    if settings.vectors.enabled:
        kept = corpus / f"vectors-{settings.model.hidden}.npy"
        if not kept.exists():
            _log.info("training word2vec over %d subwords", len(stream))
            np.save(
                kept,
                train_vectors(
                    stream,
                    tokenizer.get_vocab_size(),
                    settings.model.hidden,
                    settings.vectors,
                    settings.seed,
                ),
            )
        vectors = np.load(kept)
        if vectors.shape != (tokenizer.get_vocab_size(), settings.model.hidden):
            raise DataError(f"{kept} has shape {vectors.shape}; delete it and run again")
    return Pretraining(settings, stream, manifest["sha256"], tokenizer, vectors).run()
