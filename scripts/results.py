"""Score a model on every dev set, beside the CRF baseline and a random encoder: the table of README and model card.

Example:
    python scripts/results.py folder=outputs/embedded_model/model crossval=outputs/default_crossval \
        random=outputs/random/model random_crossval=outputs/random_crossval markdown=results.md
"""

from __future__ import annotations

import sys

import hydra
from omegaconf import DictConfig

from waqai.commands.results import ResultsSettings, register_results, results
from waqai.console import as_settings, explained, run_script

register_results()


@hydra.main(version_base="1.3", config_path="../configs", config_name="results")
def main(config: DictConfig) -> None:
    """Print the table; what is being scored is told on stderr."""
    with explained():
        settings = as_settings(config)
        assert isinstance(settings, ResultsSettings)
        print(results(settings, lambda system: print(f"scoring: {system}", file=sys.stderr)))


if __name__ == "__main__":
    run_script(main)
