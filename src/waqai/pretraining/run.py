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
from waqai.pretraining.comparison import load_split
from waqai.pretraining.packing import load_stream
from waqai.pretraining.probe import FineTuning, probe
from waqai.pretraining.settings import PretrainSettings
from waqai.pretraining.shipping import export_encoder
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
    if settings.vectors.enabled and not settings.start:
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
    run = Pretraining(settings, stream, manifest["sha256"], tokenizer, vectors)
    return run.run(after_checkpoint=Prober(settings) if settings.probe_seconds else None)


class Prober:
    """Now and then fine-tunes the last checkpoint on ANERcorp and logs strict F1, so that a curve shows what it is for.

    Args:
        settings: of the run; ``probe_seconds`` says how often.
    """

    def __init__(self, settings: PretrainSettings) -> None:
        self.settings = settings
        self.train, self.development = load_split(Path(settings.corpora), "anercorp")
        self.last = 0.0

    def __call__(self, progress: Progress) -> None:
        """Probe if it is time."""
        if progress.seconds - self.last < self.settings.probe_seconds:
            return
        self.last = progress.seconds
        folder = Path(self.settings.work) / self.settings.run
        corpus = Path(self.settings.work) / self.settings.corpus
        export_encoder(folder, corpus / "tokenizer.json", folder / "encoder")
        tuning = FineTuning(epochs=4)
        f1 = probe(folder / "encoder", self.train, self.development, tuning, 1, device=self.settings.device)
        _log.info("step %d: ANERcorp strict F1 %.2f after 4 epochs", progress.step, f1)
        with (folder / "probes.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps({"step": progress.step, "subwords": progress.subwords, "f1": f1}) + "\n")
