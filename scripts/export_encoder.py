"""Write the encoder of a pretraining run as a Hugging Face folder (fp16), and draw its curves.

Example: python scripts/export_encoder.py run=news-modernbert-6x256 target=src/waqai/embedded/encoder
"""

from __future__ import annotations

from pathlib import Path

import hydra
from omegaconf import DictConfig

from waqai.console import explained
from waqai.pretraining.reporting import plot_run
from waqai.pretraining.settings import register
from waqai.pretraining.shipping import export_encoder

register()


@hydra.main(version_base="1.3", config_path="../configs", config_name="pretrain")
def main(config: DictConfig) -> None:
    """Export the run's last checkpoint."""
    with explained():
        folder = Path(config.work) / config.run
        size = export_encoder(
            folder,
            Path(config.work) / config.corpus / "tokenizer.json",
            Path(config.target),
        )
        plot_run(folder)
        print(f"{config.target}: weights {size:,} bytes")


if __name__ == "__main__":
    main()
