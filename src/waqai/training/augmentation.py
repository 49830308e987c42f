"""More training text from the same annotation: mentions replaced by others of their type.

A mention gives way only where its proclitics are certain (the rest of its first word is a known name), and
they are carried over to the newcomer: وبريطانيا becomes وهولندا. Nested mentions and their hosts stay.
"""

from __future__ import annotations

import lzma
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from waqai.errors import DataError
from waqai.schema import Document, Entity, Mention, Relation

PROCLITICS = "وفبلك"
_TABLE_TYPES = {"PERS": "PERS", "ORG": "ORG", "LOC": "GPE"}
REPLACEABLE = ("PERS", "GPE", "ORG")


@dataclass(frozen=True)
class MentionReplacer:
    """Names to draw from, by type."""

    names: Mapping[str, tuple[str, ...]]

    @cached_property
    def _known(self) -> Mapping[str, frozenset[str]]:
        return {kind: frozenset(names) for kind, names in self.names.items()}

    @classmethod
    def from_documents(cls, documents: Iterable[Document], table: Path | None = None) -> MentionReplacer:
        """Collect names from gold mentions and a table (Arabic name, PERS/ORG/LOC, …; may be ``.xz``).

        Raises:
            DataError: the table cannot be read.
        """
        found: dict[str, set[str]] = defaultdict(set)
        for document in documents:
            for entity in document.entities:
                surface = document.surface(entity)
                if entity.type in REPLACEABLE and "\n" not in surface:
                    found[entity.type].add(surface)
        for kind, surfaces in found.items():
            # وبريطانيا beside بريطانيا is the same name with a clitic on.
            found[kind] = {s for s in surfaces if not (s[0] in PROCLITICS and s[1:] in surfaces)}
        if table is not None:
            for name, kind in _read_table(table):
                if 1 <= len(name.split()) <= 3:
                    found[kind].add(name)
        return cls({kind: tuple(sorted(names)) for kind, names in found.items()})

    def replace(self, document: Document, share: float, rng: np.random.Generator) -> Document:
        """A copy of a document with about ``share`` of its free-standing names exchanged."""
        swaps: dict[tuple[int, int, str], str] = {}
        by_name: dict[str, str] = {}  # one name in a text keeps being one name
        hosts = document.entities
        for entity in document.entities:
            if entity.type not in self.names or any(_touch(entity, other) for other in hosts if other is not entity):
                continue
            surface = document.surface(entity)
            clitic = self._clitic(surface, entity.type)
            if clitic is None:
                continue
            bare = surface[len(clitic) :]
            if bare not in by_name:
                pool = self.names[entity.type]
                by_name[bare] = pool[int(rng.integers(len(pool)))] if rng.random() < share else bare
            if by_name[bare] != bare:
                swaps[entity.key] = _attach(clitic, by_name[bare])
        return _rewrite(document, swaps)

    def _clitic(self, surface: str, kind: str) -> str | None:
        known = self._known[kind]
        if surface in known:
            return ""
        if surface[0] in PROCLITICS and surface[1:] in known:
            return surface[0]
        return None


def _touch(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _attach(clitic: str, name: str) -> str:
    # ل and the article merge: ل + الرباط is للرباط.
    return "لل" + name[2:] if clitic == "ل" and name.startswith("ال") else clitic + name


def _rewrite(document: Document, swaps: Mapping[tuple[int, int, str], str]) -> Document:
    edits = sorted((start, end, text) for (start, end, _), text in swaps.items())
    pieces, position = [], 0
    for start, end, text in edits:
        pieces += [document.text[position:start], text]
        position = end
    pieces.append(document.text[position:])

    def moved(offset: int, *, is_end: bool) -> int:
        shift = 0
        for start, end, text in edits:
            if end <= offset if is_end else end <= offset and start < offset:
                shift += len(text) - (end - start)
        return offset + shift

    def move(mention: Mention) -> Mention:
        return replace(mention, start=moved(mention.start, is_end=False), end=moved(mention.end, is_end=True))

    relations = []
    for relation in document.relations:
        tail = move(relation.tail)
        assert isinstance(tail, Entity)
        relations.append(Relation(relation.type, move(relation.head), tail))
    return replace(
        document,
        text="".join(pieces),
        entities=tuple(m for m in map(move, document.entities) if isinstance(m, Entity)),
        triggers=tuple(m for m in map(move, document.triggers) if not isinstance(m, Entity)),
        relations=tuple(relations),
    )


def augment(
    documents: Sequence[Document], replacer: MentionReplacer, share: float, copies: int, seed: int
) -> list[Document]:
    """So many altered copies of each document."""
    rng = np.random.default_rng(seed)
    return [
        replace(replacer.replace(document, share, rng), id=f"{document.id}~{copy + 1}")
        for copy in range(copies)
        for document in documents
        if not document.words
    ]


def _read_table(path: Path) -> Iterable[tuple[str, str]]:
    try:
        raw = path.read_bytes()
        for line in (lzma.decompress(raw) if path.suffix == ".xz" else raw).decode("utf-8").splitlines():
            name, kind, *_ = line.split("\t")
            if kind in _TABLE_TYPES:
                yield name, _TABLE_TYPES[kind]
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, ValueError) as error:
        raise DataError(f"cannot read the table of names: {error}", path=path) from error
