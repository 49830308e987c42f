"""Clean, deduplicate and pack the pretraining corpus, and train its tokenizer.

Example: python scripts/prepare_corpus.py corpora=../shared/corpora corpus=news
"""

from __future__ import annotations

import hydra
from omegaconf import DictConfig

from waqai.console import as_settings, explained
from waqai.pretraining.prepare import prepare
from waqai.pretraining.settings import register

register()


@hydra.main(version_base="1.3", config_path="../configs", config_name="pretrain")
def main(config: DictConfig) -> None:
    """Prepare with the composed settings."""
    with explained():
        prepare(as_settings(config))


if __name__ == "__main__":
    main()
