"""What the losses ask for, and what they leave alone."""

from __future__ import annotations

import pytest
import torch

from waqai.encoding import DENIED, IGNORED, NOT_OUTSIDE
from waqai.models.losses import layered_loss, pair_loss, trigger_loss, union_loss, word_loss

X = IGNORED
GROUP = [[0, 2]]


def _logits(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1)).requires_grad_()


def _gradient(loss: torch.Tensor, logits: torch.Tensor) -> torch.Tensor:
    [gradient] = torch.autograd.grad(loss, logits)
    return gradient


def test_masked_layers_get_no_gradient() -> None:
    logits = _logits(1, 3, 2, 3)
    gradient = _gradient(layered_loss(logits, torch.tensor([[[0, X], [1, X], [X, X]]])), logits)
    assert torch.count_nonzero(gradient[:, :, 1]) == 0
    assert torch.count_nonzero(gradient[:, 2]) == 0
    assert torch.count_nonzero(gradient[:, :2, 0]) == 6


@pytest.mark.parametrize(
    "loss",
    [
        lambda x: layered_loss(x, torch.full((1, 3, 2), X)),
        lambda x: union_loss(x, torch.full((1, 3, 1), X), [[0, 1]]),
        lambda x: word_loss(x.flatten(2), torch.full((1, 3), X)),
        lambda x: pair_loss(x.flatten(2)[0], torch.zeros(3, 6), torch.zeros(3, 6)),
    ],
)
def test_where_nothing_is_known_the_loss_and_its_gradient_are_zero(loss) -> None:
    logits = _logits(1, 3, 2, 3)
    value = loss(logits)
    assert value.item() == 0.0
    assert torch.count_nonzero(_gradient(value, logits)) == 0


def test_the_layers_loss_is_the_cross_entropy_a_word() -> None:
    logits = _logits(2, 2, 1, 3)
    labels = torch.tensor([[[0], [1]], [[2], [X]]])
    wanted = -torch.log_softmax(logits, -1)[[0, 0, 1], [0, 1, 0], 0, [0, 1, 2]].sum() / 3
    assert layered_loss(logits, labels).item() == pytest.approx(wanted.item(), abs=1e-6)


def _tags(*tags: int) -> torch.Tensor:
    """Three layers that are sure of these tags at one word."""
    return (torch.eye(3)[list(tags)] * 8.0)[None, None]


@pytest.mark.parametrize(
    ("wanted", "right", "wrong"),
    [
        (
            1,
            [(1, 0, 0), (0, 0, 1), (1, 0, 1)],
            [(0, 0, 0), (0, 1, 0), (2, 0, 0)],
        ),  # some member begins; layer 1 is none
        (2, [(2, 0, 0), (0, 1, 2)], [(0, 0, 0), (1, 0, 0)]),
        (0, [(0, 0, 0), (0, 1, 0)], [(1, 0, 0), (0, 0, 2)]),
    ],
)
def test_a_union_is_content_with_any_member(wanted: int, right: list, wrong: list) -> None:
    labels = torch.tensor([[[wanted]]])
    good = [union_loss(_tags(*tags), labels, GROUP).item() for tags in right]
    bad = [union_loss(_tags(*tags), labels, GROUP).item() for tags in wrong]
    assert max(good) < 0.01
    assert min(bad) > 3.0


def test_a_union_teaches_its_members_only() -> None:
    logits = _logits(1, 2, 3, 3)
    gradient = _gradient(union_loss(logits, torch.tensor([[[1], [0]]]), GROUP), logits)
    assert torch.count_nonzero(gradient[:, :, 1]) == 0
    assert torch.count_nonzero(gradient[:, :, [0, 2]]) == 12


@pytest.mark.parametrize("strength", [0.0, 40.0, 400.0])
def test_a_union_stays_finite(strength: float) -> None:
    logits = (torch.eye(3)[[0, 0, 0]] * strength)[None, None].requires_grad_()
    for wanted in (0, 1, 2):
        loss = union_loss(logits, torch.tensor([[[wanted]]]), GROUP)
        assert torch.isfinite(loss)
        assert torch.isfinite(_gradient(loss, logits)).all()


def test_pairs_are_judged_on_labels_their_types_allow() -> None:
    logits = _logits(2, 3)
    fits = torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]])
    gradient = _gradient(pair_loss(logits, torch.ones(2, 3), fits), logits)
    assert torch.equal(gradient != 0, fits.bool())


def test_where_a_mention_is_known_to_stand_its_boundary_is_free() -> None:
    logits = _logits(1, 1, 1, 3)
    p = torch.softmax(logits.detach(), -1)[0, 0, 0]
    loss = layered_loss(logits, torch.full((1, 1, 1), NOT_OUTSIDE))
    assert loss.item() == pytest.approx(-torch.log(p[1] + p[2]).item(), abs=1e-6)
    gradient = _gradient(loss, logits)[0, 0, 0]
    assert gradient[0] > 0 > gradient[1:].max()
    assert gradient[1] / gradient[2] == pytest.approx((p[1] / p[2]).item(), rel=1e-5)  # as they stand to each other


@pytest.mark.parametrize(
    ("tags", "fits"), [((1, 0, 0), True), ((0, 0, 2), True), ((0, 1, 0), False), ((0, 0, 0), False)]
)
def test_a_group_stands_where_any_of_its_types_does(tags: tuple[int, ...], fits: bool) -> None:
    loss = union_loss(_tags(*tags), torch.full((1, 1, 1), NOT_OUTSIDE), GROUP)
    assert (loss.item() < 0.1) == fits


def test_a_denied_type_is_pushed_away_and_nothing_else_is_said() -> None:
    logits = _logits(1, 1, 7)
    p = torch.softmax(logits.detach(), -1)[0, 0]
    loss = trigger_loss(logits, torch.tensor([[DENIED - 1]]))  # not of type 1, whose tags are 3 and 4
    assert loss.item() == pytest.approx(-torch.log(1 - p[3] - p[4]).item(), abs=1e-5)
    gradient = _gradient(loss, logits)[0, 0]
    assert gradient[[3, 4]].min() > 0 > gradient[[0, 1, 2, 5, 6]].max()


def test_known_and_denied_words_share_one_mean() -> None:
    logits = _logits(1, 3, 7)
    log_p = torch.log_softmax(logits.detach(), -1)[0]
    wanted = -log_p[0, 5] - torch.log1p(-log_p[1, 1].exp() - log_p[1, 2].exp())
    assert trigger_loss(logits, torch.tensor([[5, DENIED, X]])).item() == pytest.approx(wanted.item() / 2, abs=1e-5)
    assert trigger_loss(logits, torch.tensor([[X, X, X]])).item() == 0.0


def test_a_pair_label_that_is_unknown_costs_nothing() -> None:
    logits = _logits(2, 2)
    gradient = _gradient(pair_loss(logits, torch.tensor([[1.0, X], [X, X]]), torch.ones(2, 2)), logits)
    assert (gradient != 0).tolist() == [[True, False], [False, False]]
