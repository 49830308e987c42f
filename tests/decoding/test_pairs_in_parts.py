"""Articles of any length: pairs grow with the words, not with their square, and are scored a part at a time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from waqai.decoding import pairs as parts
from waqai.decoding.pairs import relate_in_parts
from waqai.encoding import LabelSpace, candidate_pairs
from waqai.encoding.labels import MAX_WORDS_APART
from waqai.models.engine import TorchEngine
from waqai.models.loading import load_encoder
from waqai.schema import Scheme
from waqai.training.run import build_model


def _mentions(labels: LabelSpace, words: int, count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    starts = random.integers(0, words - 5, count)
    return starts, starts + random.integers(1, 5, count), random.integers(0, len(labels.mention_types), count)


@pytest.mark.parametrize("at_once", [1, 7, 50])
def test_parts_give_the_scores_of_the_whole(
    at_once: int,
    encoder_folder: Callable[[str], Path],
    quick_settings: Callable[..., Any],
    scheme: Scheme,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(1)
    heads = {"relation_head": "concat", "pair_features": "context", "pairs_compete": True}
    model = build_model(quick_settings(tmp_path, **heads), scheme, load_encoder(str(encoder_folder("bert-wordpiece"))))
    labels, engine = LabelSpace(scheme), TorchEngine(model)
    starts, ends, kinds = _mentions(labels, 600, 60, 4)
    sentences = starts // 40
    found, buckets = candidate_pairs(starts, ends, kinds, sentences, labels.joinable, len(labels.entity_types))
    back = sentences[found]
    asked = np.column_stack([found, buckets, back[:, 0] - back[:, 1]])
    spans = np.stack([starts, ends - 1, kinds], axis=1)
    states = np.random.default_rng(2).normal(size=(600, 48)).astype(np.float32)
    whole = engine.relate(states, spans, asked)
    assert len(asked) > 100
    monkeypatch.setattr(parts, "PAIRS_AT_ONCE", at_once)
    np.testing.assert_allclose(relate_in_parts(engine, states, spans, asked), whole, atol=1e-4)


def test_one_endless_sentence_has_pairs_only_nearby(scheme: Scheme) -> None:
    labels = LabelSpace(scheme)
    pairs = {}
    for words in (2_000, 8_000):
        starts, ends, kinds = _mentions(labels, words, words // 6, 3)
        sentences = np.zeros_like(starts)
        found, _ = candidate_pairs(starts, ends, kinds, sentences, labels.joinable, len(labels.entity_types))
        assert np.abs(starts[found[:, 0]] - starts[found[:, 1]]).max() <= MAX_WORDS_APART
        pairs[words] = len(found)
    assert pairs[8_000] < 5 * pairs[2_000]


def test_heads_in_parts_have_the_pairs_of_all_together(scheme: Scheme, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = LabelSpace(scheme)
    starts, ends, kinds = _mentions(labels, 300, 80, 5)
    given = (starts, ends, kinds, starts // 30, labels.joinable, len(labels.entity_types))
    whole = candidate_pairs(*given)
    monkeypatch.setattr("waqai.encoding.labels.HEADS_AT_ONCE", 7)
    for one, other in zip(candidate_pairs(*given), whole, strict=True):
        np.testing.assert_array_equal(one, other)
