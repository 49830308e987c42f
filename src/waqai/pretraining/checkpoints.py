"""Checkpoints that survive a kill: renamed over the last good one only when complete."""

from __future__ import annotations

import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from waqai.errors import ModelError, OutputError


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come.

    Attributes:
        step: optimiser steps done.
        subwords: subwords read.
        seconds: training seconds, summed over resumptions.
        fraction: share of the budget used, 0 to 1.
    """

    step: int = 0
    subwords: int = 0
    seconds: float = 0.0
    fraction: float = 0.0


def write_checkpoint(path: Path, state: dict[str, Any]) -> None:
    """Write the state to ``path`` in one rename.

    Raises:
        OutputError: no room or no right; the previous checkpoint is still whole.
    """
    partial_file = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial_file.open("wb") as out:
            torch.save(state, out)
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial_file, path)
    except (OSError, RuntimeError) as error:
        partial_file.unlink(missing_ok=True)
        raise OutputError(
            f"cannot write checkpoint {path} ({error}); the previous one is kept: "
            "free some space and run again to resume"
        ) from error


def read_checkpoint(path: Path, fingerprint: str | None = None) -> dict[str, Any]:
    """Read a checkpoint onto the CPU.

    Args:
        fingerprint: of the present settings; None takes any checkpoint.

    Raises:
        ModelError: the file is missing or damaged, or was made with other settings.
    """
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise ModelError(f"checkpoint {path} does not exist; run scripts/pretrain.py first") from error
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(f"checkpoint {path} is damaged ({error}); delete it and run again") from error
    if fingerprint is not None and state.get("fingerprint") != fingerprint:
        raise ModelError(
            f"checkpoint {path} was made with other settings "
            f"(fingerprint {state.get('fingerprint')}, now {fingerprint}); "
            "set `run` to a new name, or restore the settings saved in settings.json beside it"
        )
    return state
