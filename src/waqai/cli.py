"""``waqai extract | evaluate | validate | convert | show``: one command line over the whole package.

Imports stand inside the commands: the command line starts at once whatever a command needs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from waqai import __version__
from waqai.console import explained

if TYPE_CHECKING:
    from waqai.schema import Scheme


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; errors a user can mend end with exit code 2 and one line on stderr."""
    options = _parser().parse_args(arguments)
    with explained():
        code: int = options.run(options)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="waqai", description="Arabic news in, event records out.")
    parser.add_argument("--version", action="version", version=f"waqai {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_extract(commands.add_parser("extract", help="articles to event records"))
    _add_evaluate(commands.add_parser("evaluate", help="score predicted articles against gold"))
    _add_validate(commands.add_parser("validate", help="check annotated articles against text and scheme"))
    _add_convert(commands.add_parser("convert", help="annotated articles from one format to another"))
    _add_show(commands.add_parser("show", help="look at event records: table, timeline, actor pairs, web page"))
    return parser


def _add_extract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help=".txt, .jsonl or .parquet: files, folders, globs, URLs"
    )
    parser.add_argument("-o", "--output", required=True, help="file or folder to write")
    parser.add_argument("--format", choices=("jsonl", "brat", "csv", "parquet", "sql"), default="jsonl")
    parser.add_argument("--model", help="model folder or hub id; the embedded model where absent")
    parser.add_argument("--engine", choices=("auto", "onnx", "torch"), default="auto")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--threads", type=int, default=0, help="cores for ONNX Runtime; 0 for all there are")
    parser.add_argument(
        "--processes",
        type=int,
        default=0,
        metavar="N",
        help="share many articles among N; one for each core where absent",
    )
    parser.add_argument("--publication-date", metavar="DATE", help="for articles that state none, e.g. 2016-01-20")
    parser.add_argument("--encoding", default="utf-8")
    parser.add_argument("--merge", action="store_true", help="one record for each event over all articles")
    parser.add_argument("--only-actual", action="store_true", help="leave out future, hypothetical and negated events")
    parser.add_argument("--documents", metavar="FILE", help="also write the annotated articles (JSON Lines)")
    parser.add_argument(
        "--shard", type=int, default=256, metavar="N", help="articles done, and lost by a kill, at once"
    )
    parser.add_argument(
        "--ray",
        nargs="?",
        const="",
        metavar="ADDRESS",
        help="on a Ray cluster, or all CPUs of this machine; writes a folder of shards (docs/cluster.md)",
    )
    parser.add_argument("--strict", action="store_true", help="stop at the first broken article")
    parser.add_argument("--overwrite", action="store_true")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(run=_extract)


def _extract(options: argparse.Namespace) -> int:
    from waqai.commands.extract import ExtractionSettings, extract

    names = ExtractionSettings.__dataclass_fields__
    extract(ExtractionSettings(**{name: getattr(options, name) for name in names}))
    return 0


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gold", required=True, type=Path, metavar="DIR")
    parser.add_argument("--predicted", required=True, type=Path, metavar="DIR")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the scores as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables as Markdown")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write a page with gold beside predicted")
    parser.add_argument("--format", help="of both folders; guessed where absent")
    parser.add_argument("--scheme", type=Path, metavar="FILE", help="a scheme of your own (YAML)")
    parser.add_argument("--overwrite", action="store_true")
    parser.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> int:
    from waqai.commands.evaluate import evaluate_folders
    from waqai.events import assemble

    print(
        evaluate_folders(
            options.gold,
            options.predicted,
            _scheme(options.scheme),
            assemble=assemble,
            form=options.format,
            json_path=options.json,
            markdown_path=options.markdown,
            html_path=options.html,
            overwrite=options.overwrite,
        )
    )
    return 0


def _add_validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="annotated files or folders")
    parser.add_argument("--format", help="guessed where absent")
    parser.add_argument("--scheme", type=Path, metavar="FILE", help="a scheme of your own (YAML)")
    parser.add_argument("--encoding", default="utf-8")
    parser.set_defaults(run=_validate)


def _validate(options: argparse.Namespace) -> int:
    from waqai.formats import check_document, read_documents

    scheme = _scheme(options.scheme)
    problems = documents = 0
    for path in options.paths:
        for document in read_documents(path, options.format, options.encoding):
            documents += 1
            for problem in check_document(document, scheme):
                problems += 1
                print(f"{document.id}: {problem}", file=sys.stderr)
    print(f"{documents} articles, {problems} problems")
    return 2 if problems else 0


def _add_convert(parser: argparse.ArgumentParser) -> None:
    from_formats = "bio, brat, jsonl, sheet, conll, wojood"
    parser.add_argument("path", type=Path, metavar="PATH", help="annotated file or folder")
    parser.add_argument("--from", dest="source", metavar="FORMAT", help=f"{from_formats}; guessed where absent")
    parser.add_argument("--to", dest="target", required=True, metavar="FORMAT", help=from_formats)
    parser.add_argument("-o", "--output", required=True, type=Path)
    parser.add_argument("--encoding", default="utf-8")
    parser.add_argument("--overwrite", action="store_true")
    parser.set_defaults(run=_convert)


def _convert(options: argparse.Namespace) -> int:
    from waqai.formats import read_documents, write_documents

    documents = read_documents(options.path, options.source, options.encoding)
    write_documents(documents, options.output, options.target, overwrite=options.overwrite)
    print(f"{len(documents)} articles to {options.output}")
    return 0


def _add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("records", type=Path, metavar="EVENTS", help="events.jsonl, .parquet or an SQLite file")
    parser.add_argument("--documents", type=Path, metavar="FILE", help="annotated articles, for the page")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write one self-contained right-to-left page")
    parser.add_argument("--overwrite", action="store_true")
    parser.set_defaults(run=_show)


def _show(options: argparse.Namespace) -> int:
    from waqai.formats import read_documents
    from waqai.formats.files import writing
    from waqai.inspection import render_actor_pairs, render_html, render_table, render_timeline
    from waqai.storage import read_records

    records = read_records(options.records)
    if options.html:
        documents = read_documents(options.documents) if options.documents else []
        with writing(options.html, overwrite=options.overwrite) as stream:
            stream.write(render_html(documents, records))
        print(f"{len(records)} events to {options.html}")
    else:
        print(render_table(records), render_timeline(records), render_actor_pairs(records), sep="\n\n")
    return 0


def _scheme(path: Path | None) -> Scheme:
    from waqai.schema import Scheme, default_scheme

    return Scheme.read(path) if path else default_scheme()


if __name__ == "__main__":
    sys.exit(main())
