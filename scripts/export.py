"""Write a trained model for ONNX Runtime: no torch where it is used, and two to four times as fast on a CPU.

Example: python scripts/export.py folder=outputs/train/model output=outputs/onnx precision=int8 calibration=FOLDER
``part=encoder`` writes its encoder instead, as a Hugging Face folder to train other models on.
"""

from __future__ import annotations

from pathlib import Path

import hydra
from omegaconf import DictConfig

from waqai.console import explained, run_script
from waqai.errors import ConfigError
from waqai.formats import read_documents
from waqai.formats.files import writing_folder
from waqai.models.export import export_bundle
from waqai.models.loading import load_joint_model, save_encoder
from waqai.models.smoothing import can_be_smoothed

PARTS = {"model": (".onnx", ".json", ".md"), "encoder": (".safetensors", ".json", ".md")}
"""What can be written, and the file endings that a folder of it may hold to be replaced."""


@hydra.main(version_base="1.3", config_path="../configs", config_name="export")
def main(config: DictConfig) -> None:
    """Export ``folder`` to ``output``, whole or not at all."""
    with explained():
        if config.part not in PARTS:
            raise ConfigError(f"part is one of {', '.join(PARTS)}, not {config.part}")
        target = Path(config.output)
        model, bundle, tokenizer = load_joint_model(Path(config.folder))
        with writing_folder(target, overwrite=config.overwrite, replaceable=PARTS[config.part]) as folder:
            if config.part == "encoder":
                save_encoder(model.encoder, tokenizer.backend, folder)
            else:
                scaled = config.precision == "int8" and config.calibration and can_be_smoothed(model.encoder)
                articles = read_documents(Path(config.calibration)) if scaled else []
                export_bundle(model, bundle, tokenizer, folder, precision=config.precision, calibration=articles)
        size = sum(path.stat().st_size for path in target.iterdir())
        form = "encoder, fp16" if config.part == "encoder" else config.precision
        print(f"{bundle.name} to {target}: {form}, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    run_script(main)
