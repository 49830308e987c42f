"""Pretrain an encoder on a packed corpus; run it again after a kill and it resumes.

Example: python scripts/pretrain.py run=news-modernbert-6x256 schedule.seconds=3900
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from waqai.console import as_settings, explained
from waqai.pretraining.run import pretrain
from waqai.pretraining.settings import register

register()


@hydra.main(version_base="1.3", config_path="../configs", config_name="pretrain")
def main(config: DictConfig) -> None:
    """Pretrain with the composed settings."""
    with explained():
        pretrain(as_settings(config))


if __name__ == "__main__":
    main()
