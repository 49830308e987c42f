"""The mean of several trainings' weights: better than any one of them, and no slower than one.

After "Model soups" (Wortsman et al. 2022, section 3): models that went on from one start, with other seeds or rates,
lie in one basin, and their mean lies nearer to its bottom. Models from different starts do not average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from hydra.core.config_store import ConfigStore
from omegaconf import MISSING

from waqai.decoding import Annotator, DecodingSettings
from waqai.errors import ConfigError, DataError
from waqai.formats.files import refuse_existing, writing_folder
from waqai.models.engine import TorchEngine
from waqai.models.loading import load_joint_model, save_bundle
from waqai.schema import Document
from waqai.training.calibration import calibrated
from waqai.training.corpora import read_split
from waqai.training.settings import DataSettings


@dataclass
class AverageSettings:
    """What ``scripts/average.py`` takes.

    Attributes:
        folders: of the models, at least two.
        output: folder to write.
        name: of the new model; the first one's where null.
        data: its ``dev`` chooses thresholds and temperatures anew.
    """

    folders: list[str] = field(default_factory=list)
    output: str = MISSING
    name: str | None = None
    overwrite: bool = False
    data: DataSettings = field(default_factory=DataSettings)


def register_average() -> None:
    """Make the settings known to Hydra, under the name that configs/average.yaml extends."""
    store = ConfigStore.instance()
    store.store(name="average_settings", node=AverageSettings)
    store.store(group="data", name="settings", node=DataSettings)


def average(settings: AverageSettings) -> Path:
    """Read the dev articles and the models of the settings, and write the mean model.

    Raises:
        OutputError: the output exists and ``overwrite`` is off.
        Otherwise as ``average_models``.
    """
    target = Path(settings.output)
    refuse_existing(target, overwrite=settings.overwrite)
    dev = read_split(settings.data.dev, settings.data)
    with writing_folder(target, overwrite=settings.overwrite, replaceable=(".json", ".safetensors", ".md")) as folder:
        average_models([Path(one) for one in settings.folders], dev, folder, settings.name)
    return target


def average_models(folders: Sequence[Path], dev: Sequence[Document], target: Path, name: str | None = None) -> None:
    """Write the mean of models into an existing folder, with thresholds and temperatures of its own.

    Raises:
        ConfigError: fewer than two models, or they differ in shape, scheme or window.
        DataError: no dev articles.
        ModelError: a model is missing or broken.
    """
    if len(folders) < 2:
        raise ConfigError("folders names fewer than two models; there is nothing to average")
    if not dev:
        raise DataError("data.dev holds no articles; the mean model needs thresholds of its own")
    model, bundle, tokenizer = load_joint_model(folders[0])
    mean = {key: value.double() for key, value in model.state_dict().items() if value.is_floating_point()}
    for number, folder in enumerate(folders[1:], start=2):
        other, others, _ = load_joint_model(folder)
        states = other.state_dict()
        same = (others.scheme, others.max_subwords) == (bundle.scheme, bundle.max_subwords)
        if not same or any(key not in states or states[key].shape != value.shape for key, value in mean.items()):
            raise ConfigError(
                f"{folder} differs from {folders[0]} in shape, scheme or window; average models of one start"
            )
        for key, value in mean.items():
            value += (states[key].double() - value) / number
    with torch.no_grad():
        for key, value in model.state_dict().items():
            if key in mean:
                value.copy_(mean[key])
    annotator = Annotator(
        TorchEngine(model.eval()),
        tokenizer,
        bundle.labels,
        DecodingSettings(transitions=model.transitions()),
        bundle.max_subwords,
    )
    annotator, told = calibrated(annotator, dev)
    training = {**bundle.training, **told, "mean_of": len(folders)}
    bundle = replace(bundle, name=name or bundle.name, settings=annotator.settings, training=training)
    save_bundle(model, tokenizer, bundle, target)
