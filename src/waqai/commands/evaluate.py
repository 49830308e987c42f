"""What ``waqai evaluate`` and ``scripts/evaluate.py`` do: two folders, or a model and a folder, in; scores out."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from waqai.errors import DataError
from waqai.evaluation.error_analysis import error_analysis
from waqai.evaluation.report import Assemble, Report, evaluate
from waqai.formats import read_documents
from waqai.formats.files import refuse_existing, writing
from waqai.formats.standoff import read_annotated
from waqai.inference.extractor import Extractor
from waqai.schema import Document, Scheme


def evaluate_folders(
    gold_path: Path,
    predicted_path: Path,
    scheme: Scheme,
    *,
    assemble: Assemble | None = None,
    form: str | None = None,
    json_path: Path | None = None,
    markdown_path: Path | None = None,
    html_path: Path | None = None,
    overwrite: bool = False,
) -> str:
    """Score one folder against another and write the reports asked for.

    Returns:
        The tables as Markdown.

    Raises:
        DataError: a folder holds no articles, or the two do not fit together.
        OutputError: a report exists and ``overwrite`` is off.
    """
    _refuse_existing(json_path, markdown_path, html_path, overwrite=overwrite)
    gold, predicted = read_documents(gold_path, form), read_documents(predicted_path, form)
    if not gold:
        raise DataError("no articles to score against", path=gold_path)
    report = evaluate(gold, predicted, scheme, assemble=assemble)
    if missing := sorted({document.id for document in gold} - {document.id for document in predicted}):
        told = f"{len(missing)} gold articles are not predicted and count as empty, the first {missing[0]}"
        print(f"waqai: {told}", file=sys.stderr)
    _write(report, gold, predicted, json_path, markdown_path, html_path)
    return report.to_markdown()


def evaluate_model(
    extractor: Extractor,
    gold_path: Path,
    *,
    assemble: Assemble | None = None,
    form: str | None = None,
    text: Path | None = None,
    json_path: Path | None = None,
    markdown_path: Path | None = None,
    html_path: Path | None = None,
    overwrite: bool = False,
) -> str:
    """Score a model on annotated articles, end to end, and write the reports asked for.

    Args:
        text: where articles annotated without their text find it.

    Returns:
        The tables as Markdown.

    Raises:
        DataError: there are no articles, or one is not as it should be.
        OutputError: a report exists and ``overwrite`` is off.
    """
    _refuse_existing(json_path, markdown_path, html_path, overwrite=overwrite)
    gold = read_annotated(gold_path, form, text)
    if not gold:
        raise DataError("no articles to score against", path=gold_path)
    predicted = list(extractor.pipe(gold))
    report = evaluate(gold, predicted, extractor.scheme, assemble=assemble)
    _write(report, gold, predicted, json_path, markdown_path, html_path)
    return report.to_markdown()


def _refuse_existing(*paths: Path | None, overwrite: bool) -> None:
    for path in paths:
        if path is not None:
            refuse_existing(path, overwrite=overwrite)


def _write(
    report: Report,
    gold: Sequence[Document],
    predicted: Sequence[Document],
    json_path: Path | None,
    markdown_path: Path | None,
    html_path: Path | None,
) -> None:
    if json_path is not None:
        with writing(json_path, overwrite=True) as stream:
            json.dump(report.to_json(), stream, ensure_ascii=False, indent=1)
    if markdown_path is not None:
        with writing(markdown_path, overwrite=True) as stream:
            stream.write(report.to_markdown())
    if html_path is not None:
        with writing(html_path, overwrite=True) as stream:
            stream.write(error_analysis(gold, predicted))
