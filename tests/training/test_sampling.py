"""Which windows an epoch shows, in what order, and how a batch is laid out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from sized_windows import Sized
from waqai.encoding import IGNORED, LabelSpace, SubwordTokenizer
from waqai.schema import Document, Scheme
from waqai.training.batching import Collator, MixedSampler
from waqai.training.features import FeatureBuilder, WindowFeatures
from waqai.training.mapping import Coverage


def _shares(sampler: MixedSampler, sizes: list[int]) -> list[int]:
    borders = np.cumsum(sizes)
    drawn = Counter(int(np.searchsorted(borders, index, side="right")) for index in sampler)
    return [drawn[number] for number in range(len(sizes))]


@pytest.mark.parametrize(
    ("temperature", "weights", "shares"),
    [
        (1.0, None, [100, 900]),
        (2.0, None, [250, 750]),  # sqrt(100) : sqrt(900)
        (1e9, None, [500, 500]),
        (1.0, [9.0, 1.0], [500, 500]),
        (2.0, [1.0, 0.0], [999, 1]),  # no corpus disappears
    ],
)
def test_corpora_are_drawn_by_temperature_and_weight(
    temperature: float, weights: list | None, shares: list[int]
) -> None:
    sizes = [100, 900]
    sampler = MixedSampler(
        Sized(sizes), batch_size=8, seed=1, temperature=temperature, weights=weights, windows_per_epoch=1000
    )
    assert _shares(sampler, sizes) == pytest.approx(shares, abs=1)
    assert len(sampler) == sum(_shares(sampler, sizes))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=4).filter(any), st.integers(1, 9), st.integers(0, 120))
def test_an_epoch_goes_through_a_corpus_whole_before_a_window_comes_again(
    sizes: list[int], batch: int, windows: int
) -> None:
    sampler = MixedSampler(Sized(sizes), batch_size=batch, seed=5, temperature=2.0, windows_per_epoch=windows)
    drawn = Counter(sampler)
    start = 0
    for size in sizes:
        counts = [drawn[index] for index in range(start, start + size)]
        assert not counts or max(counts) - min(counts) <= 1
        start += size
    assert sum(drawn.values()) == len(sampler)


def test_the_order_follows_from_seed_and_epoch_alone() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        sampler = MixedSampler(Sized([30, 70]), batch_size=4, seed=seed)
        sampler.set_epoch(epoch)
        return list(sampler)

    assert order(1, 3) == order(1, 3)
    orders = [order(1, 0), order(1, 1), order(2, 0)]
    assert len({tuple(one) for one in orders}) == 3
    assert sorted(orders[0]) == list(range(100))


def test_batches_hold_windows_of_like_length() -> None:
    dataset = Sized([800])
    lengths = np.array(dataset.lengths)

    def padding(order: list[int]) -> float:
        batches = lengths[order].reshape(-1, 8)
        return float((batches.max(1, keepdims=True) - batches).sum() / lengths.sum())

    grouped = padding(list(MixedSampler(dataset, batch_size=8, seed=1)))
    assert grouped < 0.05 < padding(np.random.default_rng(1).permutation(800).tolist())


@pytest.fixture
def windows(subwords: Callable[[str], SubwordTokenizer], scheme: Scheme, gold: list[Document]) -> list[WindowFeatures]:
    return FeatureBuilder(LabelSpace(scheme), subwords("wordpiece"), 500).build(gold, Coverage.full(scheme))


def test_a_batch_is_padded_with_what_no_loss_is_taken_from(
    windows: list[WindowFeatures], subwords: Callable[[str], SubwordTokenizer]
) -> None:
    batch = Collator(subwords("wordpiece"), [])(windows)
    counts = [window.window.last - window.window.first for window in windows]
    short, long = (int(np.argmin(counts)), int(np.argmax(counts)))
    assert batch["entity_labels"].shape[:2] == (2, max(counts))  # type: ignore[attr-defined]
    for name in ("entity_labels", "trigger_labels", "mode_labels", "auxiliary_labels"):
        labels = batch[name]
        assert isinstance(labels, torch.Tensor)
        assert (labels[short, counts[short] :] == IGNORED).all()
        of_window = getattr(
            windows[long],
            {"entity_labels": "entities", "trigger_labels": "triggers", "mode_labels": "modes"}.get(
                name, "auxiliaries"
            ),
        )
        assert labels[long, : counts[long]].tolist() == of_window.tolist()


def test_mentions_and_pairs_of_a_batch_share_one_table(
    windows: list[WindowFeatures], subwords: Callable[[str], SubwordTokenizer]
) -> None:
    batch = Collator(subwords("wordpiece"), [])(windows)
    spans, pairs, labels = (batch[name] for name in ("spans", "pairs", "pair_labels"))
    width = batch["entity_labels"].shape[1]  # type: ignore[attr-defined]
    first = len(windows[0].spans)
    assert spans[first:, 0].tolist() == (windows[1].spans[:, 0] + width).tolist()  # type: ignore[index]
    assert pairs[len(windows[0].pairs) :, :2].tolist() == (windows[1].pairs[:, :2] + first).tolist()  # type: ignore[index]
    assert len(labels) == sum(len(window.pairs) for window in windows)  # type: ignore[arg-type]


def test_hidden_subwords_are_a_share_of_the_words_and_leave_the_frame(
    windows: list[WindowFeatures], subwords: Callable[[str], SubwordTokenizer]
) -> None:
    tokenizer = subwords("wordpiece")
    assert tokenizer.mask_id is not None
    torch.manual_seed(4)
    batches = [Collator(tokenizer, [], hide)(windows) for hide in (0.0, 0.3)]
    seen, partly = (batch["input_ids"] for batch in batches)
    words = batches[0]["word_index"] >= 0  # type: ignore[operator]
    assert (seen[~words] == partly[~words]).all()  # type: ignore[index]
    hidden = partly[words] == tokenizer.mask_id  # type: ignore[index]
    assert 0.2 < hidden.float().mean() < 0.4
    assert (partly[words][~hidden] == seen[words][~hidden]).all()  # type: ignore[index]
