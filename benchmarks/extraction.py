"""The side that every peer is measured against: ``waqai extract``, articles in a file to event records in a file."""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from articles import made_of, write_jsonl
from sides import Work

from waqai.cli import main
from waqai.schema import Document


def waqai(options: argparse.Namespace) -> Work:
    """The whole command with full events: reading, the model's loading, extraction and writing all count."""

    def extract(articles: Sequence[Document]) -> None:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            source = Path(folder) / "articles.jsonl"
            write_jsonl(articles, source)
            target = str(Path(folder) / "events.jsonl")
            code = main(["extract", str(source), "-o", target, "--threads", str(options.threads), "--quiet"])
            if code:
                raise SystemExit(code)

    extract(made_of(2))  # imports and resources, which a long run pays once
    return extract
