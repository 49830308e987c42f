"""Several processes that train one model, as ``torchrun`` starts them; where there is only one, nothing happens here.

Each has a part of every batch, and together they take the step that one process would take with the whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import torch
from torch import distributed

from waqai.errors import WaqaiError

_T = TypeVar("_T")


def process_count() -> int:
    """How many processes train together; known before they are joined (``WORLD_SIZE``)."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main_process() -> bool:
    """Whether this is the one that writes files and speaks."""
    return os.environ.get("RANK", "0") == "0"


def from_main_process(make: Callable[[], _T]) -> _T:
    """What the main process made of it, in every process; the others wait.

    Raises:
        WaqaiError: the main process raised it; the others leave with exit code 2 and without a word.
    """
    if not distributed.is_initialized():
        return make()
    made: list[Any] = [None, None]
    if is_main_process():
        try:
            made[0] = make()
        except WaqaiError as error:
            made[1] = error
    distributed.broadcast_object_list(made)
    if made[1] is not None:
        raise made[1] if is_main_process() else SystemExit(2)
    result: _T = made[0]
    return result


def my_share(items: list[_T]) -> list[_T]:
    """The items that are this process's to do."""
    return items[distributed.get_rank() :: distributed.get_world_size()] if distributed.is_initialized() else items


def gathered(items: list[_T]) -> list[_T]:
    """The items of all processes."""
    if not distributed.is_initialized():
        return items
    parts: list[list[_T]] = [[] for _ in range(distributed.get_world_size())]
    distributed.all_gather_object(parts, items)
    return [item for part in parts for item in part]


def total(counts: torch.Tensor) -> torch.Tensor:
    """The sum of all processes' counts."""
    counts = counts.clone()
    distributed.all_reduce(counts)
    return counts


def hydra_overrides() -> list[str]:
    """What keeps Hydra from writing its files once more in every process beside the main one."""
    silent = ["hydra.output_subdir=null", "hydra/job_logging=none", "hydra/hydra_logging=none"]
    return [] if is_main_process() else silent
