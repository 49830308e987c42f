"""Going on with a killed training: only with the settings and articles it began with, never from a finished one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from transformers.trainer_utils import get_last_checkpoint

from waqai.errors import OutputError
from waqai.formats.files import writing
from waqai.schema import Document, Scheme
from waqai.training.settings import TrainSettings

MARK = "run.json"
_NO_MATTER = ("output", "overwrite", "name", "baselines", "protocol")


def claim_folder(settings: TrainSettings, scheme: Scheme, gold: Sequence[Document], folder: Path) -> str | None:
    """Make a folder this run's own, and find the checkpoint to go on from.

    Where there is none to go on from, those of an older run are removed: they would be taken for this one's.

    Raises:
        OutputError: the folder holds an unfinished run with other settings or articles, and ``overwrite`` is off.
    """
    last = get_last_checkpoint(str(folder)) if folder.is_dir() else None
    if last and settings.training.resume and not (folder / "model").exists():
        if is_same_run(settings, scheme, gold, folder):
            return str(last)
        if not settings.overwrite:
            raise OutputError(
                f"{folder} holds an unfinished run with other settings or articles; choose another output, or start "
                "again with overwrite=true"
            )
    for old in folder.glob("checkpoint-*"):
        shutil.rmtree(old, ignore_errors=True)
    with writing(folder / MARK, overwrite=True) as stream:
        stream.write(_fingerprint(settings, scheme, gold))
    return None


def is_same_run(settings: TrainSettings, scheme: Scheme, gold: Sequence[Document], folder: Path) -> bool:
    """Whether a folder's run began with these settings and articles; one without a mark is taken at its word."""
    path = folder / MARK
    return not path.is_file() or path.read_text(encoding="utf-8") == _fingerprint(settings, scheme, gold)


def _fingerprint(settings: TrainSettings, scheme: Scheme, gold: Sequence[Document]) -> str:
    plain = dataclasses.asdict(settings)
    for name in _NO_MATTER:
        del plain[name]
    for name in ("resume", "report_to", "compile", "arguments"):
        del plain["training"][name]
    plain["scheme"] = scheme.to_dict()
    plain["articles"] = hashlib.sha256(repr(list(gold)).encode()).hexdigest()
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str) + "\n"
