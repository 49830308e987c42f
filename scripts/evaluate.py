"""Score a trained model on annotated articles: it reads their texts alone, then its annotation meets the gold.

Examples:
    python scripts/evaluate.py gold=annotations/own/dev                 the embedded model
    python scripts/evaluate.py folder=outputs/train/model gold=DIR json=scores.json markdown=scores.md html=errors.html
"""

from __future__ import annotations

from pathlib import Path

import hydra
from omegaconf import DictConfig

from waqai.commands.evaluate import evaluate_model
from waqai.console import explained, run_script
from waqai.events import assemble
from waqai.inference.extractor import Extractor


@hydra.main(version_base="1.3", config_path="../configs", config_name="evaluate")
def main(config: DictConfig) -> None:
    """Evaluate the model in ``folder`` on ``gold`` and print the report."""
    with explained():
        reports = {name: Path(config[name]) if config[name] else None for name in ("json", "markdown", "html")}
        gold = Path(config.gold)
        text = Path(config.text) if config.text else None
        print(
            evaluate_model(
                Extractor.from_pretrained(config.folder, engine=config.engine, device=config.device),
                gold,
                assemble=assemble,
                form=config.format,
                text=text,
                json_path=reports["json"],
                markdown_path=reports["markdown"],
                html_path=reports["html"],
                overwrite=config.overwrite,
            )
        )


if __name__ == "__main__":
    run_script(main)
