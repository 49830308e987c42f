"""The baselines that a model has to beat: linear-chain CRFs, and the majority label of a pair of types.

What one can have without a neural network: a CRF for each entity type (so that mentions nest, as in the joint
model) and one for triggers, on word forms, affixes and context; then, within a sentence, the label that two
mention types most often bear in training.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pycrfsuite

from waqai.errors import DataError
from waqai.schema import Document, Entity, Mention, Relation, Scheme, Trigger, Word
from waqai.text import running_sentences, split_sentences, split_words
from waqai.training.baseline_features import Features, word_features

MIN_MENTIONS = 3
"""An entity type with fewer mentions in training gets no CRF: there is nothing to learn from."""

CRF_PARAMETERS: Mapping[str, object] = {
    "c1": 0.05,
    "c2": 0.05,
    "max_iterations": 80,
    "feature.possible_transitions": True,
}
"""CRFsuite's L-BFGS: weights of the L1 and L2 penalties, and how long it runs."""

_Sentence = tuple[Word, ...]
_TypePair = tuple[bool, str, str]  # head is a trigger, head type, tail type


def train_baseline(documents: Sequence[Document], scheme: Scheme) -> Callable[[Document], Document]:
    """Train the baseline on gold articles.

    Args:
        documents: gold articles; four of them take under a minute on one core.
        scheme: what may be annotated, and which types a relation may join.

    Returns:
        What annotates an article: it keeps the article's id, text and metadata and replaces its mentions.

    Raises:
        DataError: the articles hold no words.

    Source:
        Lafferty et al. 2001 (CRF); Benajiba and Rosso 2008 (Arabic named entities with CRFs: affixes, context).
    """
    sentences = [(document, sentence) for document in documents for sentence in _sentences(document)]
    if not sentences:
        raise DataError("the baseline needs at least one article with words to train on")
    features = [word_features(sentence) for _, sentence in sentences]
    mentions = Counter(entity.type for document in documents for entity in document.entities)
    layers = {
        kind: _Crf.train(features, [_tags(sentence, _of_type(document, kind)) for document, sentence in sentences])
        for kind in scheme.entities
        if mentions[kind] >= MIN_MENTIONS
    }
    triggers = None
    if any(document.triggers for document in documents):
        triggers = _Crf.train(features, [_tags(sentence, document.triggers) for document, sentence in sentences])
    return _Baseline(
        layers=layers,
        triggers=triggers,
        modes=_majority((t.type, t.mode) for document in documents for t in document.triggers),
        auxiliaries=_majority((t.type, t.auxiliary) for document in documents for t in document.triggers),
        labels=_pair_labels(documents, scheme),
    )


class _Crf:
    """A trained CRF over BIO tags."""

    def __init__(self, model: bytes) -> None:
        self._model = model  # a tagger reads from these bytes for as long as it lives
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(model)

    @classmethod
    def train(cls, features: Sequence[Features], tags: Iterable[Sequence[str]]) -> _Crf:
        trainer = pycrfsuite.Trainer(verbose=False, params=dict(CRF_PARAMETERS))
        for of_sentence, tags_of_sentence in zip(features, tags, strict=True):
            trainer.append(of_sentence, tags_of_sentence)
        with tempfile.TemporaryDirectory() as folder:  # the library writes to files only
            path = Path(folder) / "crf"
            trainer.train(str(path))
            return cls(path.read_bytes())

    def find(self, sentence: _Sentence, features: Features) -> Iterator[tuple[str, int, int]]:
        """Type, start and end of each mention; an I- with nothing before it opens one."""
        found: list[tuple[str, int, int]] = []
        previous = "O"
        for word, tag in zip(sentence, self._tagger.tag(features), strict=True):
            if tag[:2] == "I-" and previous[2:] == tag[2:]:
                found[-1] = (tag[2:], found[-1][1], word.end)
            elif tag != "O":
                found.append((tag[2:], word.start, word.end))
            previous = tag
        return iter(found)


@dataclass(frozen=True)
class _Baseline:
    """The trained parts; called with an article it annotates it."""

    layers: Mapping[str, _Crf]
    triggers: _Crf | None
    modes: Mapping[str, str | None]
    auxiliaries: Mapping[str, str | None]
    labels: Mapping[_TypePair, str]

    def __call__(self, document: Document) -> Document:
        entities: list[Entity] = []
        triggers: list[Trigger] = []
        relations: list[Relation] = []
        for sentence in _sentences(document):
            features = word_features(sentence)
            here = [Entity(*mention) for crf in self.layers.values() for mention in crf.find(sentence, features)]
            said = self.triggers.find(sentence, features) if self.triggers else ()
            events = [self._trigger(*mention) for mention in said]
            for head, tail in _pairs(here, events):
                if label := self.labels.get(_type_pair(head, tail)):
                    relations.append(Relation(label, head, tail))
            entities += here
            triggers += events
        return document.with_annotation(tuple(entities), tuple(triggers), tuple(relations))

    def _trigger(self, kind: str, start: int, end: int) -> Trigger:
        return Trigger(kind, start, end, self.modes.get(kind), self.auxiliaries.get(kind))


def _pair_labels(documents: Iterable[Document], scheme: Scheme) -> dict[_TypePair, str]:
    """The label of each pair of types: its most frequent one, for the pairs that are worth labelling.

    Most pairs in a sentence are unrelated, so that labelling all of them costs more precision than it wins
    recall. Pairs are taken in, those most often related first, while that raises F1 on the training articles.
    """
    seen: Counter[_TypePair] = Counter()
    related: defaultdict[_TypePair, Counter[str]] = defaultdict(Counter)
    for document in documents:
        labels: defaultdict[object, list[str]] = defaultdict(list)
        for relation in document.relations:
            labels[relation.head.key, relation.tail.key].append(relation.type)
        for sentence in _sentences(document):
            start, end = sentence[0].start, sentence[-1].end
            entities = [entity for entity in document.entities if start <= entity.start < end]
            triggers = [trigger for trigger in document.triggers if start <= trigger.start < end]
            for head, tail in _pairs(entities, triggers):
                pair = _type_pair(head, tail)
                seen[pair] += 1
                related[pair].update(labels[head.key, tail.key])
    chosen: dict[bool, dict[_TypePair, str]] = {}
    for is_argument in (True, False):
        rules = []
        for pair, counts in related.items():
            fitting = [
                (count, label)
                for label, count in counts.items()
                if label in scheme.pair_by_name and scheme.pair_by_name[label].allows(*pair[1:])
            ]
            if fitting and pair[0] == is_argument:
                count, label = max(fitting)
                rules.append((count / seen[pair], count, pair, label))
        gold = sum(counts.total() for pair, counts in related.items() if pair[0] == is_argument)
        chosen[is_argument] = _best_rules(rules, seen, gold)
    return chosen[True] | chosen[False]


def _best_rules(
    rules: list[tuple[float, int, _TypePair, str]], seen: Mapping[_TypePair, int], gold: int
) -> dict[_TypePair, str]:
    """The first so many rules, the most certain first, that have the best F1 over ``gold`` relations."""
    rules.sort(reverse=True)
    right = said = best = 0
    best_f1 = 0.0
    for number, (_, count, pair, _) in enumerate(rules, start=1):
        right, said = right + count, said + seen[pair]
        if (f1 := 2 * right / (said + gold)) > best_f1:
            best, best_f1 = number, f1
    return {pair: label for _, _, pair, label in rules[:best]}


def _sentences(document: Document) -> list[_Sentence]:
    """The running sentences as words; a corpus that splits its own words holds no web pages."""
    words = document.words or split_words(document.text)
    sentences = split_sentences(document.text, words)
    if not document.words:
        sentences = running_sentences(document.text, words, sentences)
    return [words[sentence.first_word : sentence.last_word] for sentence in sentences]


def _of_type(document: Document, kind: str) -> list[Entity]:
    return [entity for entity in document.entities if entity.type == kind]


def _tags(sentence: _Sentence, mentions: Iterable[Mention]) -> list[str]:
    tags = ["O"] * len(sentence)
    for mention in mentions:
        if mention.end <= sentence[0].start or sentence[-1].end <= mention.start:
            continue
        inside = [n for n, word in enumerate(sentence) if mention.start <= word.start and word.end <= mention.end]
        for number in inside:
            tags[number] = ("B-" if number == inside[0] else "I-") + mention.type
    return tags


def _pairs(entities: Sequence[Entity], triggers: Sequence[Trigger]) -> Iterator[tuple[Mention, Entity]]:
    """Every ordered pair of mentions of a sentence that could be joined."""
    for tail in entities:
        yield from ((trigger, tail) for trigger in triggers)
        yield from ((head, tail) for head in entities if head is not tail)


def _type_pair(head: Mention, tail: Entity) -> _TypePair:
    return (isinstance(head, Trigger), head.type, tail.type)


def _majority(values: Iterable[tuple[str, str | None]]) -> dict[str, str | None]:
    """The most frequent value by event type."""
    counts: defaultdict[str, Counter[str | None]] = defaultdict(Counter)
    for kind, value in values:
        counts[kind][value] += 1
    return {kind: found.most_common(1)[0][0] for kind, found in counts.items()}
