"""Column files of other corpora: two-column CoNLL, and Wojood's several tags a word.

Their words are kept as they are (``Document.words``), joined by single spaces into a text; each sentence is
a document of its own, because such files often hold sentences out of their article.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from waqai.errors import DataError
from waqai.formats.files import read_lines
from waqai.schema import Document, Entity, Word
from waqai.text import split_sentences, split_words


def read_conll(path: Path, encoding: str = "utf-8", *, layered: bool = False) -> Iterator[Document]:
    """Read the sentences of a column file.

    Args:
        path: the file; ``.xz`` is unpacked on the way.
        encoding: its encoding.
        layered: every column after the word is a tag (Wojood), not only the last.

    Raises:
        DataError: a line has no tag, or a tag is not B-TYPE, I-TYPE or O. ``I-`` without its ``B-`` opens a
            mention, as those corpora mean it.
    """
    block: list[tuple[str, list[str]]] = []
    number_of_sentence = 0
    for number, line in enumerate((*_lines(path, encoding), ""), start=1):
        columns = line.split()
        is_border = not columns or columns[0] == "-DOCSTART-" or columns == ["O"]
        if len(columns) > 1 and not is_border:
            tags = [tag for tag in (columns[1:] if layered else columns[-1:]) if tag != "O"]
            for tag in tags:
                if tag[:2] not in ("B-", "I-") or len(tag) < 3:
                    raise DataError(f"«{tag}» is not B-TYPE, I-TYPE or O", path=path, line=number)
            block.append((columns[0], tags))
        elif not is_border:
            raise DataError("expected a word and its tag", path=path, line=number)
        elif block:
            number_of_sentence += 1
            yield _sentence(f"{path.name.split('.')[0]}-{number_of_sentence:06d}", block)
            block = []


def _lines(path: Path, encoding: str) -> list[str]:
    if path.suffix != ".xz":
        return read_lines(path, encoding)
    import lzma

    try:
        with lzma.open(path, "rt", encoding=encoding) as stream:
            return stream.read().split("\n")
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError) as error:
        raise DataError(f"cannot unpack: {error}", path=path) from error


def _sentence(identifier: str, block: list[tuple[str, list[str]]]) -> Document:
    words: list[Word] = []
    running: dict[str, tuple[int, int]] = {}
    entities: list[Entity] = []
    position = 0
    for surface, tags in block:
        word = Word(surface, position, position + len(surface))
        words.append(word)
        position = word.end + 1
        current: dict[str, tuple[int, int]] = {}
        for tag in sorted(tags, key=lambda tag: tag[0] != "I"):
            kind = tag[2:]
            if kind in current:  # a type inside itself, which the scheme does not mark: the outer mention goes on
                continue
            start = running[kind][0] if tag[0] == "I" and kind in running else word.start
            current[kind] = (start, word.end)
        entities += [
            Entity(kind, *span) for kind, span in running.items() if kind not in current or current[kind][0] != span[0]
        ]
        running = current
    entities += [Entity(kind, *span) for kind, span in running.items()]
    text = " ".join(surface for surface, _ in block)
    return Document(id=identifier, text=text, entities=tuple(entities), words=tuple(words))


def write_conll(documents: Iterable[Document], *, layered: bool = False) -> str:
    """The column file of documents, a blank line after each sentence.

    Args:
        documents: articles, or sentences of a corpus with their own words.
        layered: write all mentions of a word (Wojood), not only the outermost.
    """
    lines: list[str] = []
    for document in documents:
        words = document.words or split_words(document.text)
        tags: list[list[str]] = [[] for _ in words]
        free = [True] * len(words)
        for entity in sorted(document.entities, key=lambda entity: (entity.start, -entity.end)):
            covered = [n for n, word in enumerate(words) if entity.start <= word.start and word.end <= entity.end]
            if not layered and not all(free[index] for index in covered):
                continue
            for index in covered:
                free[index] = False
                tags[index].append(("B-" if index == covered[0] else "I-") + entity.type)
        for first, last in _sentence_ranges(document, words):
            lines += [f"{words[n].text} {' '.join(tags[n]) or 'O'}" for n in range(first, last)]
            lines.append("")
    return "\n".join(lines) + "\n"


def _sentence_ranges(document: Document, words: tuple[Word, ...]) -> list[tuple[int, int]]:
    if not document.words:
        return [(one.first_word, one.last_word) for one in split_sentences(document.text, words)]
    # A corpus knows its sentences: where several were joined to a document, a line break stands between them.
    breaks = [n for n in range(1, len(words)) if "\n" in document.text[words[n - 1].end : words[n].start]]
    return list(pairwise([0, *breaks, len(words)]))
