"""The mean of models is the mean of their weights, decides by thresholds of its own, and refuses what does not fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from waqai.errors import ConfigError, DataError
from waqai.models.loading import load_joint_model, save_bundle
from waqai.schema import Document
from waqai.training.averaging import average_models

Variant = Callable[..., Path]


@pytest.fixture
def variant(trained: Any, tmp_path: Path) -> Variant:
    """The trained model with so much added to every weight."""

    def make(name: str, shift: float, **changes: Any) -> Path:
        model, bundle, tokenizer = load_joint_model(trained.folder)
        with torch.no_grad():
            for value in model.parameters():
                value += shift
        folder = tmp_path / name
        folder.mkdir()
        save_bundle(model, tokenizer, replace(bundle, **changes), folder)
        return folder

    return make


def test_weights_are_the_mean(trained: Any, variant: Variant, tmp_path: Path, gold: list[Document]) -> None:
    folders = [variant(str(shift), shift) for shift in (-0.3, 0.1, 0.2)]
    target = tmp_path / "mean"
    target.mkdir()
    average_models(folders, gold, target, "mean")
    model, bundle, _ = load_joint_model(target)
    for name, value in load_joint_model(trained.folder)[0].named_parameters():
        torch.testing.assert_close(model.get_parameter(name), value, rtol=1e-4, atol=1e-5)
    assert (bundle.name, bundle.training["mean_of"]) == ("mean", 3)
    assert set(bundle.training["calibration_error"]) >= {"entities", "relations"}


def test_what_does_not_fit_is_refused(trained: Any, variant: Variant, tmp_path: Path, gold: list[Document]) -> None:
    with pytest.raises(ConfigError, match="fewer than two"):
        average_models([trained.folder], gold, tmp_path)
    with pytest.raises(DataError, match="dev"):
        average_models([trained.folder, trained.folder], [], tmp_path)
    with pytest.raises(ConfigError, match="window"):
        average_models([trained.folder, variant("short", 0.0, max_subwords=64)], gold, tmp_path)
