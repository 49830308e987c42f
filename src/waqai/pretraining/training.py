"""The pretraining loop: masked-language modelling, resumable to the step.

Order and masking of a step depend only on the seed and the step's number, so a run that was killed and
resumed reads exactly
what an undisturbed run reads. With a budget in steps the weights are equal too; with a budget in seconds the
clock decides
the learning rate.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer

from waqai.errors import ConfigError
from waqai.pretraining.checkpoints import Progress, read_checkpoint, write_checkpoint
from waqai.pretraining.masking import MaskedBatch, mask_words, masking_rate
from waqai.pretraining.model import build_model
from waqai.pretraining.objectives import build_objective
from waqai.pretraining.optimizers import build_optimizers, rate_factor
from waqai.pretraining.packing import TokenIds, read_rows, row_count
from waqai.pretraining.reporting import trim_metrics
from waqai.pretraining.settings import PretrainSettings, fingerprint
from waqai.pretraining.tokenizer import CLS, MASK, PAD, SEP, SPECIAL_TOKENS, token_id, word_starts
from waqai.pretraining.transplant import transplant

_log = logging.getLogger(__name__)


class Batches:
    """Gives the masked batch of any step, from its number alone.

    Args:
        stream: packed ids, shape ``(subwords,)``.
        tokenizer: the tokenizer that made them.
        settings: batch shape, masking and seed.

    Raises:
        ConfigError: the corpus has fewer rows than one batch.
    """

    def __init__(self, stream: TokenIds, tokenizer: Tokenizer, settings: PretrainSettings) -> None:
        self.stream = stream
        self.settings = settings
        self.starts = np.array(word_starts(tokenizer))
        self.cls, self.sep, self.mask = (token_id(tokenizer, token) for token in (CLS, SEP, MASK))
        self._orders: dict[tuple[int, int], np.ndarray[Any, np.dtype[np.int64]]] = {}
        if row_count(stream, settings.batch.long_length) * settings.batch.long_length < settings.batch.subwords:
            raise ConfigError(f"the corpus has only {len(stream)} subwords; lower batch.subwords or add text")

    def at(self, step: int, fraction: float) -> MaskedBatch:
        """Return the batch of a step when ``fraction`` of the budget is used."""
        batch, masking = self.settings.batch, self.settings.masking
        length = batch.long_length if fraction >= self.settings.schedule.long_from else batch.length
        height = batch.subwords // length
        rows = self._order(length, step * height, height)
        rng = np.random.default_rng((self.settings.seed, 1, step))
        return mask_words(
            read_rows(self.stream, rows, length, self.cls, self.sep),
            self.starts,
            masking_rate(fraction, masking.first, masking.last),
            round(max(masking.first, masking.last) * length),
            len(SPECIAL_TOKENS),
            self.mask,
            rng,
        )

    def _order(self, length: int, first: int, height: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        total = row_count(self.stream, length)
        places = np.arange(first, first + height)
        epochs = places // total
        rows = np.empty(height, dtype=np.int64)
        for epoch in np.unique(epochs):
            key = (length, int(epoch))
            if key not in self._orders:
                self._orders = {key: np.random.default_rng((self.settings.seed, 0, *key)).permutation(total)}
            rows[epochs == epoch] = self._orders[key][places[epochs == epoch] % total]
        return rows


class Pretraining:
    """One run, fresh or resumed from the checkpoint in its folder.

    Args:
        settings: the recipe.
        stream: packed ids, shape ``(subwords,)``.
        corpus_sha256: of the packed corpus, part of the fingerprint.
        tokenizer: the tokenizer that made the ids.
        vectors: starting embeddings, shape ``(V, hidden)``, or None.

    Raises:
        ModelError: the folder holds a checkpoint of other settings, or a damaged one.
    """

    def __init__(
        self,
        settings: PretrainSettings,
        stream: TokenIds,
        corpus_sha256: str,
        tokenizer: Tokenizer,
        vectors: np.ndarray[Any, np.dtype[np.float32]] | None = None,
    ) -> None:
        self.settings = settings
        self.folder = Path(settings.work) / settings.run
        self.fingerprint = fingerprint(settings, corpus_sha256)
        self.batches = Batches(stream, tokenizer, settings)
        torch.manual_seed(settings.seed)
        ids = [token_id(tokenizer, token) for token in (PAD, CLS, SEP)]
        model: Any = build_model(settings.model, tokenizer.get_vocab_size(), *ids)
        if settings.device == "cpu":
            # The backward pass of PyTorch's fused attention is a third of a step here; written out and compiled, the
            # step is half as fast again (EXPERIMENTS.md, throughput).
            model.set_attn_implementation("eager")
        if settings.start and not self.checkpoint.exists():
            transplant(model, tokenizer, stream, settings.start)
        if vectors is not None:
            with torch.no_grad():
                model.get_input_embeddings().weight.copy_(torch.from_numpy(vectors))
        self.model: Any = model
        self.loss = build_objective(settings.objective, model, settings.model).to(settings.device).train()
        self.average: dict[str, torch.Tensor] = {}
        if settings.optimizer.ema:
            self.average = {name: value.detach().clone() for name, value in self.model.named_parameters()}
        self.optimizers = build_optimizers(self.loss, settings.optimizer)
        self.progress = Progress()
        if self.checkpoint.exists():
            self._restore(self._latest())
        self._step = torch.compile(self.loss, dynamic=False) if settings.compile else self.loss

    @property
    def checkpoint(self) -> Path:
        """Where the run's last good checkpoint is."""
        return self.folder / "checkpoint.pt"

    @property
    def plateau(self) -> Path:
        """Where the run stood before its rate began to fall: a larger budget goes on from here."""
        return self.folder / "plateau.pt"

    def run(
        self, stop_after: int | None = None, after_checkpoint: Callable[[Progress], None] | None = None
    ) -> Progress:
        """Train until the budget is used, writing checkpoints and ``metrics.jsonl``.

        Args:
            stop_after: stop before this step, as a kill would, without a checkpoint; for tests.
            after_checkpoint: called after each checkpoint; its time does not count as training.

        Raises:
            OutputError: a checkpoint cannot be written; the last good one is kept.
        """
        settings = self.settings
        saved = mark = time.monotonic()
        losses: list[torch.Tensor] = []
        while self.progress.fraction < 1.0:
            if stop_after is not None and self.progress.step >= stop_after:
                return self.progress
            losses.append(self.train_step())
            now = time.monotonic()
            before = self.progress.fraction
            self._advance(now - mark)
            mark = now
            if before < settings.schedule.hold <= self.progress.fraction:
                self.save(self.plateau)
            if self.progress.step % settings.log_every == 0:
                self._report(losses)
                losses = []
            if now - saved > settings.checkpoint_seconds:
                self.save()
                if after_checkpoint is not None:
                    after_checkpoint(self.progress)
                saved = mark = time.monotonic()
        if losses:
            self._report(losses)
        self.save()
        return self.progress

    def train_step(self) -> torch.Tensor:
        """Do one optimiser step; return its loss, a detached scalar."""
        settings = self.settings
        batch = self.batches.at(self.progress.step, self.progress.fraction)
        tensors = [
            torch.from_numpy(array).to(settings.device) for array in (batch.inputs, batch.positions, batch.targets)
        ]
        torch.manual_seed(settings.seed * 1_000_003 + self.progress.step)  # the generator of RTD draws
        factor = rate_factor(self.progress.fraction, settings.schedule)
        with torch.autocast(settings.device, torch.bfloat16):
            loss = self._step(*tensors)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.loss.parameters(), settings.optimizer.clip)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * factor
            optimizer.step()
            optimizer.zero_grad()
        if self.average:
            with torch.no_grad():
                for name, value in self.model.named_parameters():
                    self.average[name].lerp_(value, 1.0 - settings.optimizer.ema)
        detached: torch.Tensor = loss.detach()
        return detached

    def save(self, path: Path | None = None) -> None:
        """Write the checkpoint, or the same to another place."""
        write_checkpoint(
            path or self.checkpoint,
            {
                "fingerprint": self.fingerprint,
                "progress": asdict(self.progress),
                "model": self.model.state_dict(),
                "objective": self._around_model(),
                "average": self.average,
                "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            },
        )

    def _latest(self) -> dict[str, Any]:
        """The checkpoint; where its rate had begun to fall and the budget has grown since, the plateau before it.

        To raise a rate that has fallen undoes what the fall had brought (Hu et al. 2024, MiniCPM, section 4).
        """
        state = read_checkpoint(self.checkpoint, self.fingerprint)
        reached = Progress(**state["progress"])
        grown = self._fraction(reached.step, reached.seconds) < reached.fraction
        if grown and reached.fraction > self.settings.schedule.hold and self.plateau.exists():
            return read_checkpoint(self.plateau, self.fingerprint)
        return state

    def _restore(self, state: dict[str, Any]) -> None:
        self.model.load_state_dict(state["model"])
        self.loss.load_state_dict(state.get("objective", {}), strict=False)
        self.average = {name: value.to(self.settings.device) for name, value in state["average"].items()}
        for optimizer, saved in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        self.progress = Progress(**state["progress"])
        self.progress = replace(
            self.progress,
            fraction=self._fraction(self.progress.step, self.progress.seconds),
        )
        trim_metrics(self.folder / "metrics.jsonl", self.progress.step)
        _log.info("resumed at step %d, %.0f s", self.progress.step, self.progress.seconds)

    def _around_model(self) -> dict[str, torch.Tensor]:
        return {name: value for name, value in self.loss.state_dict().items() if not name.startswith("model.")}

    def _fraction(self, step: int, seconds: float) -> float:
        schedule = self.settings.schedule
        return min(1.0, step / schedule.steps if schedule.steps else seconds / schedule.seconds)

    def _advance(self, seconds: float) -> None:
        step, total = self.progress.step + 1, self.progress.seconds + seconds
        self.progress = Progress(
            step,
            self.progress.subwords + self.settings.batch.subwords,
            total,
            self._fraction(step, total),
        )

    def _report(self, losses: list[torch.Tensor]) -> None:
        mean = float(torch.stack(losses).mean())
        record = asdict(self.progress) | {
            "loss": round(mean, 4),
            "perplexity": round(math.exp(min(mean, 20.0)), 1),
            "rate": round(rate_factor(self.progress.fraction, self.settings.schedule), 4),
            "subwords_per_second": round(self.progress.subwords / max(self.progress.seconds, 1e-9)),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "metrics.jsonl").open("a", encoding="utf-8") as out:
            out.write(json.dumps(record) + "\n")
        _log.info("%s", record)
