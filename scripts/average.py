"""The mean of several trainings that went on from one start, as one model.

Example: python scripts/average.py 'folders=[outputs/embedded_model/model,outputs/embedded_17/model]' \
    output=outputs/mean/model
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from waqai.console import as_settings, explained, run_script
from waqai.training.averaging import AverageSettings, average, register_average

register_average()


@hydra.main(version_base="1.3", config_path="../configs", config_name="average")
def main(config: DictConfig) -> None:
    """Average ``folders`` into ``output``."""
    with explained():
        settings = as_settings(config)
        assert isinstance(settings, AverageSettings)
        print(f"the mean of {len(settings.folders)} models: {average(settings)}")


if __name__ == "__main__":
    run_script(main)
