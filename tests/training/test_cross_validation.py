"""Cross-validation: what each fold may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from waqai.formats import write_documents
from waqai.schema import Document, Scheme
from waqai.training import experiment


def test_a_fold_learns_from_the_others_and_chooses_on_dev_alone(
    quick_settings: Callable[..., Any], gold: list[Document], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folds: list[tuple[list[str], list[str]]] = []

    def train(settings: Any, scheme: Scheme, learnt: Sequence[Document], dev: Sequence[Document], *_: Any) -> Any:
        folds.append(([document.id for document in learnt], [document.id for document in dev]))
        return SimpleNamespace(annotator=SimpleNamespace(annotate=lambda documents: list(documents)))

    monkeypatch.setattr(experiment, "train", train)
    for name, ids in (("seeds", ("a", "b", "c")), ("always", ("own",)), ("dev", ("dev1", "dev2"))):
        write_documents([replace(gold[0], id=one) for one in ids], tmp_path / f"{name}.jsonl", "jsonl")
    settings = quick_settings(tmp_path / "out", protocol="crossval")
    data = replace(
        settings.data,
        **{"train" if n == "seeds" else n: str(tmp_path / f"{n}.jsonl") for n in ("seeds", "always", "dev")},
    )
    outcome = experiment.run(replace(settings, data=data))
    assert outcome is not None
    dev = ["dev1", "dev2"]
    assert folds == [(["b", "c", "own"], dev), (["a", "c", "own"], dev), (["a", "b", "own"], dev)]
    assert set(outcome.scores.articles) == {"a", "b", "c"}
