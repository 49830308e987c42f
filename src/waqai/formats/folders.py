"""Folders and files of annotated articles in any supported format."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from waqai.errors import DataError, OutputError
from waqai.formats.bio import read_bio, write_bio
from waqai.formats.brat import format_ann, read_brat
from waqai.formats.conll import read_conll, write_conll
from waqai.formats.files import read_lines, read_text, writing, writing_folder
from waqai.formats.jsonl import parse_line, to_json
from waqai.formats.metadata import METADATA_FILE, described
from waqai.formats.sheet import read_sheet, write_sheet
from waqai.schema import Document
from waqai.text import split_words

READABLE = ("bio", "brat", "jsonl", "sheet", "conll", "wojood")
WRITABLE = ("bio", "brat", "jsonl", "sheet", "conll", "wojood")
_SUFFIXES = {
    "bio": (".bio",),
    "brat": (".ann",),
    "jsonl": (".jsonl",),
    "sheet": (".sheet",),
    "conll": (".conll", ".conll.xz", ".iob2"),
}
_COLUMN_SUFFIXES = (*_SUFFIXES["conll"], ".txt", ".tsv")
_FOLDER_FORMATS = {"bio": (".bio", ".tsv", ".txt"), "brat": (".ann", ".txt", ".jsonl"), "sheet": (".sheet", ".txt")}
"""What a folder of each format holds; one with anything else in it is not overwritten."""


def read_documents(path: Path, form: str | None = None, encoding: str = "utf-8") -> list[Document]:
    """Read a file or every file of a folder, in the order of their names.

    Args:
        path: a file, or a folder of files of one format.
        form: one of ``READABLE``; guessed from the file endings where ``None``.
        encoding: of all files.

    Raises:
        DataError: nothing is there to read, an id occurs twice, or a file is not as it should be.
    """
    if not path.exists():
        raise DataError("no such file or folder", path=path)
    form = form or _guess(path)
    if form not in READABLE:
        raise DataError(f"unknown format «{form}»; known are {', '.join(READABLE)}", path=path)
    documents = [document for file in _files(path, form) for document in _read(file, form, encoding)]
    seen: set[str] = set()
    for document in documents:
        if document.id in seen:
            raise DataError(f"the id {document.id} occurs twice", path=path)
        seen.add(document.id)
    return documents


def _guess(path: Path) -> str:
    names = [path.name] if path.is_file() else [file.name for file in path.rglob("*") if not file.name.startswith(".")]
    for form, suffixes in _SUFFIXES.items():
        if any(_is_article(name, suffixes) for name in names):
            return form
    if path.is_file() and path.name.endswith(_COLUMN_SUFFIXES):
        return "conll"
    endings = ", ".join(suffix for suffixes in _SUFFIXES.values() for suffix in suffixes)
    raise DataError(f"expected annotated articles ({endings}), found none; or name their format", path=path)


def _is_article(name: str, suffixes: tuple[str, ...]) -> bool:
    # Annotation without its text is read with the corpus that holds it, not from here.
    return name.endswith(suffixes) and name != METADATA_FILE and not name.endswith(".standoff.jsonl")


def _files(path: Path, form: str) -> list[Path]:
    if path.is_file():
        return [path]
    suffixes = _COLUMN_SUFFIXES if form in ("conll", "wojood") else _SUFFIXES[form]
    files = sorted(
        file
        for file in path.rglob("*")
        if _is_article(file.name, suffixes) and file.is_file() and not file.name.startswith(".")
    )
    if not files:
        raise DataError(f"the folder holds no {' or '.join(suffixes)} files", path=path)
    return files


def _read(path: Path, form: str, encoding: str) -> Iterator[Document]:
    if form == "bio":
        yield read_bio(path, encoding)
    elif form == "brat":
        document = read_brat(path, encoding)
        yield replace(document, **described(path.parent / METADATA_FILE, document.id))
    elif form == "sheet":
        text_path = path.with_suffix(".txt")
        text = read_text(text_path, encoding) if text_path.exists() else None
        yield read_sheet("\n".join(read_lines(path, encoding)), path, text)
    elif form == "jsonl":
        for number, line in enumerate(read_lines(path, encoding), start=1):
            if line.strip():
                yield parse_line(line, path=path, line=number)
    else:
        yield from read_conll(path, encoding, layered=form == "wojood")


def write_documents(
    documents: Iterable[Document], path: Path, form: str, *, overwrite: bool = False, text_folder: Path | None = None
) -> None:
    """Write documents, whole or not at all.

    Args:
        documents: what to write, read once; folder formats name their files by the documents' ids, and write an
            article before they ask for the next.
        path: a folder for bio, brat and sheet; for the others a file, or a folder that gets one file.
        form: one of ``WRITABLE``.
        overwrite: replace what is there.
        text_folder: where bio finds the texts (``ID.txt``); they are written beside it where ``None``.

    Raises:
        OutputError: the target exists and ``overwrite`` is off, or cannot be written.
        DataError: a document does not fit the format.
    """
    if form in _FOLDER_FORMATS:
        with writing_folder(path, overwrite=overwrite, replaceable=_FOLDER_FORMATS[form]) as folder:
            _write_folder(documents, folder, path, form, text_folder)
        return
    writers: dict[str, Callable[[], str]] = {
        "jsonl": lambda: "".join(json.dumps(to_json(document), ensure_ascii=False) + "\n" for document in documents),
        "conll": lambda: write_conll(documents),
        "wojood": lambda: write_conll(documents, layered=True),
    }
    if form not in writers:
        raise OutputError(f"unknown format «{form}»; known are {', '.join(WRITABLE)}")
    suffix = "jsonl" if form == "jsonl" else "conll"
    file = path if path.suffix and not path.is_dir() else path / f"documents.{suffix}"
    with writing(file, overwrite=overwrite) as stream:
        stream.write(writers[form]())


def _write_folder(
    documents: Iterable[Document], folder: Path, final: Path, form: str, text_folder: Path | None
) -> None:
    seen: set[str] = set()
    described = False
    metadata = folder / METADATA_FILE
    for document in documents:
        if document.id in seen:
            raise DataError(f"two articles have the id {document.id}; their files would overwrite each other")
        seen.add(document.id)
        if not document.id or "/" in document.id or document.id.startswith(".") or not document.id.isprintable():
            raise DataError(f"«{document.id}» cannot name a file; give the article another id")
        if text_folder is None:
            _write(folder / f"{document.id}.txt", document.text)
        if form == "bio":
            # The header names the text as seen from where the folder will be.
            text = (
                folder / f"{document.id}.txt"
                if text_folder is None
                else _seen_from(folder, final, text_folder, document.id)
            )
            write_bio(document, folder / f"{document.id}.bio", text)
        elif form == "sheet":
            _write(folder / f"{document.id}.sheet", write_sheet(document))
        else:
            _write(folder / f"{document.id}.ann", format_ann(document))
            entry = {name: value for name, value in document.metadata().items() if value}
            described |= set(entry) > {"id", "language"} or entry.get("language") != "ar"
            _write(metadata, json.dumps(entry, ensure_ascii=False) + "\n", mode="a")
    if not described:
        metadata.unlink(missing_ok=True)


def _seen_from(folder: Path, final: Path, text_folder: Path, identifier: str) -> Path:
    relative = os.path.relpath(text_folder.resolve(), final.resolve())
    return folder / relative / f"{identifier}.txt"


def _write(path: Path, content: str, mode: str = "w") -> None:
    with path.open(mode, encoding="utf-8", newline="") as stream:
        stream.write(content)


def with_words(document: Document) -> Document:
    """The document with its words made explicit."""
    return document if document.words else replace(document, words=split_words(document.text))
