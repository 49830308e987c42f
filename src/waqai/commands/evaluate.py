"""What ``waqai evaluate`` does: two folders in, scores out."""

from __future__ import annotations

import json
from pathlib import Path

from waqai.errors import DataError
from waqai.evaluation.error_analysis import error_analysis
from waqai.evaluation.report import Assemble, evaluate
from waqai.formats import read_documents
from waqai.formats.files import refuse_existing, writing
from waqai.schema import Scheme


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
    for path in (json_path, markdown_path, html_path):
        if path is not None:
            refuse_existing(path, overwrite=overwrite)
    gold, predicted = read_documents(gold_path, form), read_documents(predicted_path, form)
    if not gold:
        raise DataError("no articles to score against", path=gold_path)
    report = evaluate(gold, predicted, scheme, assemble=assemble)
    markdown = report.to_markdown()
    if json_path is not None:
        with writing(json_path, overwrite=overwrite) as stream:
            json.dump(report.to_json(), stream, ensure_ascii=False, indent=1)
    if markdown_path is not None:
        with writing(markdown_path, overwrite=overwrite) as stream:
            stream.write(markdown)
    if html_path is not None:
        with writing(html_path, overwrite=overwrite) as stream:
            stream.write(error_analysis(gold, predicted))
    return markdown
