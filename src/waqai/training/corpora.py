"""The documents that training, development and testing read, as the settings name them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from waqai.errors import ConfigError, DataError
from waqai.formats import read_documents, with_words
from waqai.formats.gsr import read_gold_standard
from waqai.formats.standoff import read_annotated
from waqai.schema import Document, Entity, Scheme, Word
from waqai.training.clitics import join_clitics
from waqai.training.mapping import Coverage, LabelMapping
from waqai.training.settings import CorpusSettings, DataSettings


@dataclass(frozen=True)
class OutsideCorpus:
    """An outside corpus in our labels: what it trains, and the tail that is kept for measuring."""

    name: str
    train: tuple[Document, ...]
    dev: tuple[Document, ...]
    coverage: Coverage
    weight: float


def read_split(paths: object, data: DataSettings) -> list[Document]:
    """Read one split: nothing, a path, or a list of paths.

    Raises:
        DataError: a path is missing or an article is not as it should be.
        ConfigError: the setting is neither.
    """
    if paths is None or paths == "" or paths == []:
        return []
    if not isinstance(paths, str) and not isinstance(paths, Iterable):
        raise ConfigError(f"data.train, dev and test take a path or a list of paths, not {paths!r}")
    documents: list[Document] = []
    for path in [paths] if isinstance(paths, str) else paths:
        documents += read_annotated(Path(str(path)), data.format, Path(data.text) if data.text else None)
    return join_sentences(documents, data.join_words)


def join_sentences(documents: Sequence[Document], words: int) -> list[Document]:
    """Join the sentences of column files, in their order, to documents of about so many words.

    Documents that are articles already (their words are not given) stay as they are.
    """
    joined: list[Document] = []
    block: list[Document] = []
    for document in documents:
        if words <= 0 or not document.words:
            joined.append(document)
            continue
        if block and sum(len(one.words) for one in block) + len(document.words) > words:
            joined.append(_join(block))
            block = []
        block.append(document)
    return [*joined, _join(block)] if block else joined


def _join(block: Sequence[Document]) -> Document:
    text = "\n".join(document.text for document in block)
    words: list[Word] = []
    entities: list[Entity] = []
    shift = 0
    for document in block:
        words += [Word(word.text, word.start + shift, word.end + shift) for word in document.words]
        entities += [replace(e, start=e.start + shift, end=e.end + shift) for e in document.entities]
        shift += len(document.text) + 1
    return Document(id=block[0].id, text=text, entities=tuple(entities), words=tuple(words))


def scheme_from(documents: Iterable[Document]) -> Scheme:
    """A scheme of the entity types that documents hold, and nothing else.

    Raises:
        DataError: they hold none.
    """
    types = tuple(sorted({entity.type for document in documents for entity in document.entities}))
    if not types:
        raise DataError("the training data holds no entities; check its format and columns")
    return Scheme("from-data", 1, types, (), (), (), ())


def refuse_unknown_labels(documents: Iterable[Document], scheme: Scheme) -> None:
    """Stop before a training that would leave out what the scheme has no label for.

    A layer that the scheme does not speak of at all is left out on purpose: a scheme of entities alone learns from
    articles whose events are annotated too.

    Raises:
        DataError: labels are unknown; says which, how often and where first.
    """
    modes = {mode for kind in scheme.triggers for mode in kind.modes}
    known = {
        "entity type": set(scheme.entities),
        "event type": set(scheme.trigger_names),
        "role": {role.name for role in scheme.roles},
        "relation": {relation.name for relation in scheme.relations},
        "mode": modes,
        "auxiliary": set(scheme.auxiliaries),
    }
    unknown: dict[tuple[str, str], list[str]] = {}
    for document in documents:
        for layer, name in _labels(document):
            if known[layer] and name not in known[layer]:
                unknown.setdefault((layer, name), []).append(document.id)
    if unknown:
        told = "; ".join(
            f"{layer} {name} ({len(ids)} times, first in {ids[0]})" for (layer, name), ids in unknown.items()
        )
        raise DataError(
            f"the scheme {scheme.name} does not know {told}. Name a scheme that does (scheme=FILE), or learn the "
            "entity types that the data holds (data.labels_from_data=true)"
        )


def _labels(document: Document) -> Iterator[tuple[str, str]]:
    for entity in document.entities:
        yield "entity type", entity.type
    for trigger in document.triggers:
        yield "event type", trigger.type
        if trigger.mode:
            yield "mode", trigger.mode
        if trigger.auxiliary:
            yield "auxiliary", trigger.auxiliary
    for relation in document.relations:
        yield "role" if relation.is_argument else "relation", relation.type


def read_outside(name: str, corpus: CorpusSettings, scheme: Scheme, join_words: int) -> OutsideCorpus:
    """Read an outside corpus and say it in our labels.

    Raises:
        DataError: its file is missing or malformed.
        ConfigError: its mapping is.
    """
    mapping = LabelMapping.read(Path(corpus.mapping), scheme)
    if corpus.trust_outside:
        mapping = replace(mapping, names=frozenset())
    if corpus.format == "gsr":
        return _read_gold_standard(name, corpus, mapping)
    documents = _read_sentences(Path(corpus.path), corpus)
    held_out: list[Document] = []
    if corpus.dev:
        held_out = _read_sentences(Path(corpus.dev), corpus)
    elif corpus.dev_tail:
        cut = round(len(documents) * (1 - corpus.dev_tail))
        documents, held_out = documents[:cut], documents[cut:]
    train = _evenly(join_sentences(documents, join_words), corpus.limit)
    dev = _evenly(join_sentences(held_out, join_words), round(corpus.limit * corpus.dev_tail))
    return OutsideCorpus(
        name, tuple(map(mapping.apply, train)), tuple(map(mapping.apply, dev)), mapping.coverage(), corpus.weight
    )


def _read_sentences(path: Path, corpus: CorpusSettings) -> list[Document]:
    documents = [with_words(document) for document in read_documents(path, corpus.format)]
    return list(map(join_clitics, documents)) if corpus.join_clitics else documents


def _evenly(documents: Sequence[Document], limit: int) -> list[Document]:
    """About ``limit`` words of documents, taken evenly from first to last; all of them where it is 0."""
    words = sum(len(document.words) for document in documents)
    if not limit or words <= limit:
        return list(documents)
    count = max(round(len(documents) * limit / words), 1)
    return [documents[number * len(documents) // count] for number in range(count)]


def _read_gold_standard(name: str, corpus: CorpusSettings, mapping: LabelMapping) -> OutsideCorpus:
    """The event gold standard; an article is for measuring if its hash says so, whatever else is in the folder."""
    parts: tuple[list[Document], list[Document]] = ([], [])
    denied: dict[str, str] = {}
    for sentence in read_gold_standard(Path(corpus.path)):
        document = mapping.apply(with_words(sentence.document))
        if (kind := mapping.triggers.get(sentence.denied or "")) in mapping.negatives:
            denied[document.id] = str(kind)
        elif not document.triggers:
            continue
        digest = hashlib.sha256(sentence.article.encode()).digest()
        parts[int.from_bytes(digest[:4]) < corpus.dev_tail * 2**32].append(document)
    coverage = replace(mapping.coverage(), denied=denied)
    return OutsideCorpus(name, tuple(parts[0]), tuple(parts[1]), coverage, corpus.weight)
