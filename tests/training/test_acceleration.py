"""An encoder made faster is the same encoder: its states, its gradients, and nothing left behind."""

from __future__ import annotations

import logging

import pytest
import torch
from torch import nn
from transformers import AutoModel, BertConfig, ModernBertConfig

from waqai.training import acceleration
from waqai.training.acceleration import compiled, masks_from_bytes, written_out

CONFIGS = {
    "bert": BertConfig(
        vocab_size=50, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, max_position_embeddings=80,
    ),
    "modernbert": ModernBertConfig(
        vocab_size=50, hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=128, pad_token_id=0, bos_token_id=1, cls_token_id=1, eos_token_id=2, sep_token_id=2,
    ),
}  # fmt: skip


@pytest.fixture(params=CONFIGS)
def encoder(request: pytest.FixtureRequest) -> nn.Module:
    torch.manual_seed(0)
    model: nn.Module = AutoModel.from_config(CONFIGS[request.param]).train()
    return model.double()  # in fp32 the order of sums alone makes gradients differ by the bound below


@pytest.mark.parametrize("length", [7, 64, 70])  # 70 cannot become 128 where an encoder has 80 positions
def test_states_and_gradients_are_those_of_the_plain_encoder(encoder: nn.Module, length: int) -> None:
    ids = torch.randint(3, 50, (2, length))
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0

    def run() -> tuple[torch.Tensor, torch.Tensor]:
        encoder.zero_grad()
        states = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        states[mask.bool()].square().sum().backward()
        gradients = [parameter.grad.flatten() for parameter in encoder.parameters() if parameter.grad is not None]
        return states[mask.bool()].detach(), torch.cat(gradients)

    expected = run()
    with written_out(encoder), compiled(encoder, backend="eager"):
        found = run()
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


def test_evaluation_runs_the_plain_encoder(encoder: nn.Module) -> None:
    def refuse(*_: object, **__: object) -> object:
        raise AssertionError("evaluation must not be compiled: its rows have every length")

    ids = torch.ones(1, 5, dtype=torch.long)
    with compiled(encoder.eval(), backend=refuse):
        encoder(input_ids=ids, attention_mask=ids)


def test_nothing_is_left_behind(encoder: nn.Module) -> None:
    before, names = encoder.config._attn_implementation, set(encoder.state_dict())
    with written_out(encoder), compiled(encoder, backend="eager"):
        assert set(encoder.state_dict()) == names
        assert encoder.config._attn_implementation == "eager"
    assert "forward" not in vars(encoder)
    assert encoder.config._attn_implementation == before


def test_without_a_compiler_training_goes_on(
    encoder: nn.Module, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(acceleration.shutil, "which", lambda _: None)
    with caplog.at_level(logging.WARNING), compiled(encoder):
        assert "forward" not in vars(encoder)
    assert "C++ compiler" in caplog.text


def test_masks_drop_their_share_and_keep_the_mean() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Dropout(0.25))
    ones = torch.ones(101, 999, requires_grad=True)
    with masks_from_bytes(model.train()):
        found = model(ones)
        again = model(ones)
    assert found.unique().tolist() == pytest.approx([0.0, 4 / 3])
    assert (found == 0).float().mean().item() == pytest.approx(0.25, abs=0.01)
    assert (found == 0).float().mean(0).std() < 0.06  # no column is favoured: all eight bytes of a number are alike
    assert not torch.equal(found, again)
    found.sum().backward()
    torch.testing.assert_close(ones.grad, found.detach())


def test_masks_follow_from_the_seed_and_nothing_is_left_behind() -> None:
    model = nn.Sequential(nn.Dropout(0.1), nn.Dropout(0.0))
    states = torch.ones(7, 5)
    drawn = []
    with masks_from_bytes(model.train()):
        for _ in range(2):
            torch.manual_seed(3)
            drawn.append(model(states))
        assert torch.equal(model.eval()(states), states)
    assert torch.equal(*drawn)
    assert "forward" not in vars(model[0])
