"""Hand-made scores to mentions: every rule of the tags, on arrays small enough to read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from waqai.decoding.tags import decode_layers, decode_triggers, log_softmax

O, B, I = 0, 1, 2  # noqa: E741


def _logits(tags: list[int], classes: int = 3, strength: float = 8.0) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[tags] * strength


def _breaks(count: int, *at: int) -> np.ndarray:
    breaks = np.zeros(count, dtype=bool)
    breaks[[0, *at]] = True
    return breaks


@pytest.mark.parametrize(
    ("tags", "breaks", "spans"),
    [
        ([O, O, O], (), []),
        ([B, O, O], (), [(0, 1)]),
        ([B, I, I], (), [(0, 3)]),
        ([O, B, I], (), [(1, 3)]),
        ([B, B, I], (), [(0, 1), (1, 3)]),
        ([B, O, B], (), [(0, 1), (2, 3)]),
        ([I, I, O], (), [(0, 2)]),  # an inside with nothing before it opens
        ([O, I, O], (), [(1, 2)]),
        ([B, I, I], (2,), [(0, 2), (2, 3)]),  # a sentence ends every mention
        ([B, B, B], (1,), [(0, 1), (1, 2), (2, 3)]),
    ],
)
def test_one_layer(tags: list[int], breaks: tuple[int, ...], spans: list[tuple[int, int]]) -> None:
    found = decode_layers(_logits(tags)[:, None, :], _breaks(3, *breaks))
    assert list(zip(found.first.tolist(), found.last.tolist(), strict=True)) == spans
    assert found.label.tolist() == [0] * len(spans)


def test_layers_nest_and_come_in_order_of_the_text() -> None:
    logits = np.stack([_logits([B, I, I, O]), _logits([O, O, B, O]), _logits([B, O, O, B])], axis=1)
    found = decode_layers(logits, _breaks(4))
    spans = zip(found.first.tolist(), found.last.tolist(), found.label.tolist(), strict=True)
    assert list(spans) == [(0, 1, 2), (0, 3, 0), (2, 3, 1), (3, 4, 2)]


@pytest.mark.parametrize(
    ("tags", "breaks", "spans"),
    [
        ([0, 0, 0], (), []),
        ([1, 0, 3], (), [(0, 1, 0), (2, 3, 1)]),
        ([1, 2, 0], (), [(0, 2, 0)]),
        ([1, 4, 0], (), [(0, 1, 0), (1, 2, 1)]),  # another type's inside opens a trigger of its own
        ([2, 2, 0], (), [(0, 2, 0)]),
        ([1, 2, 2], (1,), [(0, 1, 0), (1, 3, 0)]),
        ([1, 1, 2], (), [(0, 1, 0), (1, 3, 0)]),
    ],
)
def test_triggers(tags: list[int], breaks: tuple[int, ...], spans: list[tuple[int, int, int]]) -> None:
    found = decode_triggers(_logits(tags, 5), _breaks(3, *breaks))
    assert list(zip(found.first.tolist(), found.last.tolist(), found.label.tolist(), strict=True)) == spans


def test_the_bias_of_outside_moves_the_border() -> None:
    logits = np.array([[[1.0, 1.4, 0.0]], [[1.0, 2.6, 0.0]]], dtype=np.float32)
    count = [len(decode_layers(logits, _breaks(2), bias).first) for bias in (-1.0, 0.0, 1.0, 2.0)]
    assert count == [2, 2, 1, 0]
    triggers = logits[:, 0]
    assert [len(decode_triggers(triggers, _breaks(2), bias).first) for bias in (0.0, 1.0, 2.0)] == [2, 1, 0]


def test_confidence_is_the_mean_probability_of_the_tags_and_temperature_softens_it() -> None:
    logits = np.array([[[0.0, 2.0, 0.0]], [[0.0, 0.0, 1.0]]], dtype=np.float32)
    p_begin, p_inside = (float(np.exp(log_softmax(logits)[w, 0, t])) for w, t in ((0, B), (1, I)))
    sure = decode_layers(logits, _breaks(2))
    soft = decode_layers(logits, _breaks(2), temperature=2.0)
    assert sure.confidence.tolist() == pytest.approx([(p_begin * p_inside) ** 0.5], abs=1e-6)
    assert soft.confidence[0] < sure.confidence[0]
    assert (soft.first.tolist(), soft.last.tolist()) == (sure.first.tolist(), sure.last.tolist())


@pytest.mark.parametrize("decode", [lambda x, b: decode_layers(x[:, None], b), decode_triggers])
def test_no_words_give_no_mentions(decode) -> None:
    assert len(decode(np.zeros((0, 3), np.float32), np.zeros(0, bool)).first) == 0


def _slow_spans(tags: list[int], breaks: list[bool]) -> list[tuple[int, int]]:
    """The same rule, a word at a time."""
    spans: list[list[int]] = []
    running = False
    for word, (tag, is_break) in enumerate(zip(tags, breaks, strict=True)):
        if tag == I and running and not is_break:
            spans[-1][1] = word + 1
        elif tag != O:
            spans.append([word, word + 1])
        running = tag != O
    return [(first, last) for first, last in spans]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([O, B, I]), st.booleans()), min_size=1, max_size=30))
def test_the_vectorised_rule_is_the_rule_word_by_word(words: list[tuple[int, bool]]) -> None:
    tags, breaks = [list(column) for column in zip(*words, strict=True)]
    breaks[0] = True
    for found in (
        decode_layers(_logits(tags)[:, None], np.array(breaks)),
        decode_triggers(_logits(tags), np.array(breaks)),
    ):
        assert list(zip(found.first.tolist(), found.last.tolist(), strict=True)) == _slow_spans(tags, breaks)


def test_log_softmax_survives_large_numbers() -> None:
    found = log_softmax(np.array([[1000.0, 0.0, -1000.0]], dtype=np.float32))
    assert np.exp(found).tolist() == [[1.0, 0.0, 0.0]]
