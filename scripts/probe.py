"""Judge an encoder: fine-tune on named entities, strict F1 on held-out sentences, mean and spread over seeds.

Example: python scripts/probe.py encoder=src/waqai/embedded/encoder 'names=[anercorp]'
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from waqai.console import as_settings, explained
from waqai.pretraining.comparison import register_probe, run_probe

register_probe()


@hydra.main(version_base="1.3", config_path="../configs", config_name="probe")
def main(config: DictConfig) -> None:
    """Probe with the composed settings."""
    with explained():
        run_probe(as_settings(config))


if __name__ == "__main__":
    main()
