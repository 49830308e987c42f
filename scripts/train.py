"""Train the joint model: on the seeds by default, on anything by overrides (configs/train.yaml).

Examples:
    python scripts/train.py experiment=seeds_crossval
    python scripts/train.py experiment=ner_only data.train=F data.dev=F data.test=F
    torchrun --nproc-per-node 2 scripts/train.py training.batch_size=16      (the same result as one process)
    python scripts/train.py --multirun +sweep=optuna data.dev=F          (pip install 'waqai[sweep]')
"""

from __future__ import annotations

import sys

import hydra
from omegaconf import DictConfig

from waqai.console import as_settings, explained, run_script
from waqai.training.experiment import Outcome, run
from waqai.training.processes import hydra_overrides, is_main_process
from waqai.training.settings import TrainSettings, register

register()


@hydra.main(version_base="1.3", config_path="../configs", config_name="train")
def main(config: DictConfig) -> float | None:
    """Train with the composed settings; the returned F1 is what a sweep maximises."""
    with explained():
        settings = as_settings(config)
        assert isinstance(settings, TrainSettings)
        outcome = run(settings)
        return _report(outcome) if is_main_process() else None


def _report(outcome: Outcome | None) -> float | None:
    if outcome is None:
        print("trained; nothing to measure on (data.dev and data.test are empty)")
        return None
    for name, report in (("model", outcome.scores), *outcome.baselines.items()):
        print(f"\n{name}\n{report.to_markdown()}")
    f1 = outcome.scores.scores["entities"].counts.f1
    print(f"strict entity F1: {100 * f1:.2f}")
    return f1


if __name__ == "__main__":
    sys.argv += hydra_overrides()
    run_script(main)
