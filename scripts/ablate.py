"""Measure what each choice brings: short trainings over several seeds, scored on dev, in one table.

Examples:
    python scripts/ablate.py                                    every comparison of configs/ablate.yaml
    python scripts/ablate.py 'only=[relation_head]' 'seeds=[13,17,23,29,31]'
A run that is in OUTPUT/runs.jsonl is not made again: a killed ablation goes on where it stopped.
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from waqai.console import as_settings, explained, run_script
from waqai.training.ablation import AblationSettings, ablate, register_ablation
from waqai.training.settings import TrainSettings, register

register()
register_ablation()


@hydra.main(version_base="1.3", config_path="../configs", config_name="ablate")
def main(config: DictConfig) -> None:
    """Ablate with the composed settings and print the table."""
    with explained():
        settings = as_settings(config)
        assert isinstance(settings, AblationSettings)
        print(ablate(settings, _compose))


def _compose(overrides: object) -> TrainSettings:
    settings = as_settings(hydra.compose("train", overrides))  # type: ignore[arg-type]
    assert isinstance(settings, TrainSettings)
    return settings


if __name__ == "__main__":
    run_script(main)
