"""From a checkpoint to a folder that `AutoModel` and `AutoTokenizer` load with no code of ours."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer

from waqai.errors import ModelError, OutputError
from waqai.models.loading import save_encoder
from waqai.pretraining.checkpoints import read_checkpoint
from waqai.pretraining.model import ModelShape, build_model
from waqai.pretraining.tokenizer import CLS, PAD, SEP, token_id

MAXIMUM_BYTES = 40 * 1024 * 1024


def export_encoder(run: Path, tokenizer_file: Path, target: Path) -> int:
    """Write the encoder of a run as a Hugging Face folder, weights in fp16.

    ``config.json`` names float32, so that loading widens the weights and training on them is safe.

    Args:
        run: folder with ``checkpoint.pt`` and ``settings.json``.
        tokenizer_file: ``tokenizer.json`` of the packed corpus.
        target: folder to fill; a model card already there is kept.

    Returns:
        Bytes of the weights.

    Raises:
        ModelError: the run has no readable checkpoint.
        OutputError: the weights exceed 40 MB, or the folder cannot be written.
    """
    state = read_checkpoint(run / "checkpoint.pt")
    try:
        settings: dict[str, Any] = json.loads((run / "settings.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{run}/settings.json cannot be read ({error}); it is written when a run starts") from error
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    ids = [token_id(tokenizer, token) for token in (PAD, CLS, SEP)]
    model = build_model(ModelShape(**settings["model"]), tokenizer.get_vocab_size(), *ids)
    model.load_state_dict(state["model"])
    with torch.no_grad():
        for name, value in model.named_parameters():
            if name in state["average"]:
                value.copy_(state["average"][name])
    try:
        with tempfile.TemporaryDirectory() as scratch:
            save_encoder(model.base_model, tokenizer, Path(scratch))
            size = (Path(scratch) / "model.safetensors").stat().st_size
            if size > MAXIMUM_BYTES:
                raise OutputError(
                    f"the weights take {size:,} bytes, more than {MAXIMUM_BYTES:,}; pretrain a smaller model"
                )
            target.mkdir(parents=True, exist_ok=True)
            for file in sorted(Path(scratch).iterdir()):
                shutil.copyfile(file, target / file.name)
    except OSError as error:
        raise OutputError(f"cannot write {target}: {error}; free some space or choose another folder") from error
    return size
