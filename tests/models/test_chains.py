"""Linear chains against all tag sequences written out: what they sum, what partial labels leave open, what is decoded."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from waqai.decoding import Annotator, DecodingSettings
from waqai.decoding.chains import log_marginals
from waqai.encoding import DENIED, IGNORED, NOT_OUTSIDE, LabelSpace
from waqai.models.chains import LinearChain, allowed_tags
from waqai.models.engine import TorchEngine
from waqai.models.loading import load_joint_model
from waqai.schema import Document, Scheme
from waqai.training.run import train

TAGS = 3


@pytest.fixture
def chain() -> LinearChain:
    torch.manual_seed(4)
    chain = LinearChain(2, TAGS)
    torch.nn.init.normal_(chain.transitions)
    return chain


def _probabilities(chain: LinearChain, logits: torch.Tensor, layer: int) -> dict[tuple[int, ...], float]:
    """Of every tag sequence of one row, ``(W, C, K)``, by writing them all out."""
    scores = {}
    for tags in product(range(TAGS), repeat=len(logits)):
        before = [TAGS, *tags[:-1]]  # the last row of the transitions is for none before
        scores[tags] = sum(
            (logits[word, layer, tag] + chain.transitions[layer, last, tag]).item()
            for word, (last, tag) in enumerate(zip(before, tags, strict=True))
        )
    total = np.logaddexp.reduce(list(scores.values()))
    return {tags: float(np.exp(score - total)) for tags, score in scores.items()}


@pytest.mark.parametrize(
    ("labels", "agrees"),
    [
        ([1, 2, 0], lambda tags: tags == (1, 2, 0)),
        ([IGNORED, 2, IGNORED], lambda tags: tags[1] == 2),
        ([NOT_OUTSIDE, IGNORED, 0], lambda tags: tags[0] != 0 and tags[2] == 0),
        ([DENIED, IGNORED, IGNORED], lambda tags: tags[0] == 0),  # of one trigger type, denied
    ],
)
def test_the_loss_is_that_of_all_sequences_that_agree(
    chain: LinearChain, labels: list[int], agrees: Callable[[tuple[int, ...]], bool]
) -> None:
    logits = torch.randn(1, 3, 2, TAGS)
    known = torch.full((1, 3, 2), IGNORED)
    known[0, :, 1] = torch.tensor(labels)
    loss = chain.loss(logits, allowed_tags(known, TAGS), torch.ones(1, 3, dtype=torch.bool))
    wanted = sum(p for tags, p in _probabilities(chain, logits[0], 1).items() if agrees(tags))
    assert loss.item() == pytest.approx(-np.log(wanted), abs=1e-4)


def test_padding_adds_nothing(chain: LinearChain) -> None:
    logits = torch.randn(1, 4, 2, TAGS)
    allowed = allowed_tags(torch.tensor([[[1, 0], [2, 0], [IGNORED] * 2, [IGNORED] * 2]]), TAGS)
    real = torch.tensor([[True, True, False, False]])
    short = chain.loss(logits[:, :2], allowed[:, :2], real[:, :2])
    torch.testing.assert_close(chain.loss(logits, allowed, real), short)


def test_what_is_not_known_teaches_nothing(chain: LinearChain) -> None:
    logits = torch.randn(1, 3, 2, TAGS, requires_grad=True)
    free = torch.ones(1, 3, 2, TAGS, dtype=torch.bool)
    loss = chain.loss(logits, free, torch.ones(1, 3, dtype=torch.bool))
    assert loss.item() == pytest.approx(0.0, abs=1e-6)
    assert (
        max(gradient.abs().max().item() for gradient in torch.autograd.grad(loss, [logits, chain.transitions])) < 1e-6
    )


@pytest.mark.parametrize("second", [False, True], ids=["one sentence", "two sentences"])
def test_marginals_are_the_sums_over_all_sequences(chain: LinearChain, second: bool) -> None:
    logits = torch.randn(4, 2, TAGS)
    breaks = np.array([True, False, second, False])
    found = np.exp(log_marginals(logits.numpy(), chain.transitions.detach().numpy(), breaks))
    for begin, end in [(0, 2), (2, 4)] if second else [(0, 4)]:
        for layer in range(2):
            for tags, probability in _probabilities(chain, logits[begin:end], layer).items():
                for word, tag in enumerate(tags, start=begin):
                    found[word, layer, tag] -= probability
    np.testing.assert_allclose(found, 0.0, atol=1e-5)


def test_a_model_of_chains_trains_decodes_by_them_and_keeps_them(
    quick_settings: Callable[..., Any], scheme: Scheme, gold: list[Document], tmp_path: Path
) -> None:
    settings = quick_settings(tmp_path, epochs=6, crf=True, evaluations=1)
    trained = train(settings, scheme, gold, gold, tmp_path)
    model, bundle, tokenizer = load_joint_model(trained.folder)
    learnt = bundle.settings.transitions
    assert learnt == model.transitions()
    assert {name: np.array(value).shape for name, value in learnt.items()} == {
        "entities": (len(scheme.entities), 4, 3),
        "triggers": (1, 2 * len(scheme.triggers) + 2, 2 * len(scheme.triggers) + 1),
    }
    assert np.abs(np.array(learnt["entities"])).max() > 0
    engine = TorchEngine(model)
    forbid = np.array(learnt["entities"])
    forbid[:, :, 1:] -= 50.0  # after such transitions nothing begins
    settings = DecodingSettings(transitions={**learnt, "entities": forbid.tolist()})
    [document] = Annotator(engine, tokenizer, LabelSpace(scheme), settings, 96).annotate(gold[:1])
    assert document.entities == ()
