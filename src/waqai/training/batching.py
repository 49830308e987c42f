"""Which windows an epoch shows, in what order, and how they become tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch.utils.data import Dataset, Sampler

from waqai.encoding import IGNORED, SubwordTokenizer, make_batch
from waqai.training.features import WindowFeatures


class WindowDataset(Dataset[WindowFeatures]):
    """The windows of several corpora, one after the other, and behind the last a blank one."""

    def __init__(self, corpora: Sequence[Sequence[WindowFeatures]]) -> None:
        self._windows = [window for corpus in corpora for window in corpus]
        self.sizes = [len(corpus) for corpus in corpora]
        self.lengths = [window.length for window in self._windows]

    def __len__(self) -> int:
        return len(self._windows)

    def __getitem__(self, index: int) -> WindowFeatures:
        return self._blank() if index == len(self) else self._windows[index]

    def _blank(self) -> WindowFeatures:
        """A window of which nothing is known: it fills the place of one and changes no loss."""
        window = self._windows[int(np.argmin(self.lengths))]
        unknown = {
            name: np.full_like(getattr(window, name), IGNORED)
            for name in ("entities", "unions", "triggers", "modes", "auxiliaries")
        }
        none = {name: getattr(window, name)[:0] for name in ("spans", "pairs", "pair_labels")}
        return replace(window, **unknown, **none)


class MixedSampler(Sampler[int]):
    """Draws corpora by temperature and groups windows of like length.

    Corpus ``i`` of ``n_i`` windows gets a share ∝ ``w_i n_i^(1/T)`` (Arivazhagan et al. 2019, section 3.2); a
    corpus is gone through whole before a window comes again. The order follows from seed and epoch alone, so a
    resumed run sees what an undisturbed one sees.

    Args:
        batch_size: windows of a step, those of all processes together.
        filled: end with a whole batch, of blank windows where there are no more: several processes need it.
    """

    def __init__(
        self,
        dataset: WindowDataset,
        *,
        batch_size: int,
        seed: int,
        temperature: float = 1.0,
        weights: Sequence[float] | None = None,
        windows_per_epoch: int = 0,
        filled: bool = False,
    ) -> None:
        self._dataset = dataset
        self._batch_size = batch_size
        self._seed = seed
        self.epoch = 0
        sizes = np.array(dataset.sizes, dtype=np.float64)
        shares = np.power(sizes, 1.0 / temperature) * np.array(weights or [1.0] * len(sizes))
        total = windows_per_epoch or len(dataset)
        self._filled = filled
        self._draws = np.maximum(np.rint(total * shares / shares.sum()), (sizes > 0).astype(float)).astype(int)

    def set_epoch(self, epoch: int) -> None:
        """Called by the trainer before each epoch."""
        self.epoch = epoch

    def __len__(self) -> int:
        return int(self._draws.sum()) + self._missing

    @property
    def _missing(self) -> int:
        return int(-self._draws.sum() % self._batch_size) if self._filled else 0

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng([self._seed, self.epoch])
        chosen: list[np.ndarray] = []
        start = 0
        for size, draws in zip(self._dataset.sizes, self._draws, strict=True):
            rounds = [rng.permutation(size) for _ in range(-(-int(draws) // size))] if size else []
            if rounds:
                chosen.append(start + np.concatenate(rounds)[:draws])
            start += size
        order = rng.permutation(np.concatenate(chosen))
        lengths = np.array(self._dataset.lengths)[order]
        # Sort within stretches of many batches, then shuffle the batches: little padding, little bias.
        stretch = self._batch_size * 50
        grouped = np.concatenate(
            [
                order[i : i + stretch][np.argsort(-lengths[i : i + stretch], kind="stable")]
                for i in range(0, len(order), stretch)
            ]
        )
        batches = [grouped[i : i + self._batch_size] for i in range(0, len(grouped), self._batch_size)]
        partial = [batches.pop()] if len(batches[-1]) < self._batch_size else []
        for number in rng.permutation(len(batches)):
            yield from batches[number].tolist()
        for batch in partial:
            yield from batch.tolist()
        yield from [len(self._dataset)] * self._missing


@dataclass(frozen=True)
class Collator:
    """Pads windows to the longest of their batch; pairs of all rows share one table.

    Args:
        hide_subwords: share of the subwords that an encoder with a mask token does not get to see, drawn anew each
            time: labels must then be read from the context too.
    """

    subwords: SubwordTokenizer  # not called tokenizer: the trainer would save it as one of its own kind
    union_members: list[list[int]]
    hide_subwords: float = 0.0

    def __call__(self, windows: Sequence[WindowFeatures]) -> dict[str, object]:
        """Tensors named as the arguments of ``JointModel.forward``."""
        batch = make_batch(((window.encoded, window.window) for window in windows), self.subwords)
        width = int(batch.word_count.max())
        spans, pairs, shift = [], [], 0
        for row, window in enumerate(windows):
            spans.append(window.spans + np.array([row * width, row * width, 0]))
            pairs.append(window.pairs + np.array([shift, shift, 0, 0]))
            shift += len(window.spans)
        return {
            "input_ids": self._hide(torch.from_numpy(batch.input_ids), torch.from_numpy(batch.word_index)),
            "attention_mask": torch.from_numpy(batch.attention_mask),
            "word_index": torch.from_numpy(batch.word_index),
            "entity_labels": _pad([window.entities for window in windows], width),
            "union_labels": _pad([window.unions for window in windows], width),
            "union_members": self.union_members,
            "trigger_labels": _pad([window.triggers for window in windows], width),
            "mode_labels": _pad([window.modes for window in windows], width),
            "auxiliary_labels": _pad([window.auxiliaries for window in windows], width),
            "spans": torch.from_numpy(np.concatenate(spans)),
            "pairs": torch.from_numpy(np.concatenate(pairs)),
            "pair_labels": torch.from_numpy(np.concatenate([window.pair_labels for window in windows])),
        }

    def _hide(self, ids: torch.Tensor, word_index: torch.Tensor) -> torch.Tensor:
        if not self.hide_subwords or self.subwords.mask_id is None:
            return ids
        hidden = (torch.rand(ids.shape) < self.hide_subwords) & (word_index >= 0)
        return ids.masked_fill(hidden, self.subwords.mask_id)


def _pad(rows: Sequence[np.ndarray], width: int) -> torch.Tensor:
    padded = np.full((len(rows), width, *rows[0].shape[1:]), IGNORED, dtype=np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return torch.from_numpy(padded)
