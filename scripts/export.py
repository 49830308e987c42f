"""Write a trained model for ONNX Runtime: no torch where it is used, and two to four times as fast on a CPU.

Example: python scripts/export.py model=outputs/train/model output=outputs/onnx precision=int8
"""

from __future__ import annotations

from pathlib import Path

import hydra
from omegaconf import DictConfig

from waqai.console import explained, run_script
from waqai.formats.files import writing_folder
from waqai.models.export import export_bundle
from waqai.models.loading import load_joint_model


@hydra.main(version_base="1.3", config_path="../configs", config_name="export")
def main(config: DictConfig) -> None:
    """Export ``model`` to ``output``, whole or not at all."""
    with explained():
        model, bundle, tokenizer = load_joint_model(Path(config.model))
        target = Path(config.output)
        endings = (".onnx", ".json", ".md")
        with writing_folder(target, overwrite=config.overwrite, replaceable=endings) as folder:
            export_bundle(model, bundle, tokenizer, folder, precision=config.precision)
        size = sum(path.stat().st_size for path in target.iterdir())
        print(f"{bundle.name} to {target}: {config.precision}, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    run_script(main)
