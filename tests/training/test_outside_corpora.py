"""Outside corpora in our labels: what they say, what of them is kept for measuring, and how much is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from waqai.encoding import LabelSpace
from waqai.errors import ConfigError
from waqai.schema import Document, Entity, Scheme, Trigger
from waqai.text import split_words
from waqai.training.balance import auxiliary_offsets
from waqai.training.clitics import join_clitics
from waqai.training.corpora import OutsideCorpus, read_outside
from waqai.training.mapping import LabelMapping
from waqai.training.settings import CorpusSettings

MAPPINGS = Path(__file__).parents[2] / "configs" / "mapping"


def _write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", sorted(MAPPINGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_mapping_that_ships_is_of_the_scheme(path: Path, scheme: Scheme) -> None:
    mapping = LabelMapping.read(path, scheme)
    coverage = mapping.coverage()
    assert coverage.exact | {kind for union in coverage.unions for kind in union} | coverage.names | coverage.roles
    assert not coverage.exact & coverage.names


@pytest.mark.parametrize(
    "content",
    ["types: {PER: PERSON}", "types: {}\ntriggers: {KILL: MURDER}", "types: {}\nroles: {source: AGENT}",
     "types: {}\nnegatives: [MURDER]", "types: {}\nnames: [CITY]"],
)  # fmt: skip
def test_a_mapping_to_labels_that_are_not_ours_is_refused(content: str, scheme: Scheme, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="labels the scheme does not have"):
        LabelMapping.read(_write(tmp_path / "mapping.yaml", content), scheme)


def test_a_coarse_label_becomes_the_union_of_ours(scheme: Scheme, tmp_path: Path) -> None:
    mapping = LabelMapping.read(_write(tmp_path / "m", "types: {LOC: [GPE, LOC], PER: PERS, MISC: []}"), scheme)
    document = Document("a", "x y z", entities=(Entity("LOC", 0, 1), Entity("MISC", 2, 3), Entity("PER", 4, 5)))
    assert [entity.type for entity in mapping.apply(document).entities] == ["GPE|LOC", "?MISC", "PERS"]
    assert mapping.coverage().exact == {"PERS"}
    assert mapping.coverage().unions == (("GPE", "LOC"),)


SENTENCES = "".join(f"جون{n} B-PER\nوصل O\n\n" for n in range(40))


@pytest.fixture
def corpus(tmp_path: Path, scheme: Scheme) -> Callable[..., OutsideCorpus]:
    """Reads forty sentences of two words; keywords are the corpus's settings."""

    def read(**settings: object) -> OutsideCorpus:
        given = {
            "path": str(_write(tmp_path / "names.conll", SENTENCES)),
            "mapping": str(_write(tmp_path / "mapping.yaml", "types: {PER: PERS}\nnames: [ORG]")),
            **settings,
        }
        return read_outside("names", CorpusSettings(**given), scheme, join_words=4)  # type: ignore[arg-type]

    return read


def _surfaces(documents: tuple[Document, ...]) -> list[str]:
    return [document.surface(entity) for document in documents for entity in document.entities]


def test_the_last_sentences_are_kept_for_measuring(corpus: Callable[..., OutsideCorpus]) -> None:
    found = corpus(dev_tail=0.1)
    assert _surfaces(found.dev) == ["جون36", "جون37", "جون38", "جون39"]
    assert _surfaces(found.train) == [f"جون{n}" for n in range(36)]
    assert len(corpus(dev_tail=0.0).dev) == 0


def test_a_file_of_its_own_may_be_the_dev_set(corpus: Callable[..., OutsideCorpus], tmp_path: Path) -> None:
    found = corpus(dev=str(_write(tmp_path / "dev.conll", "ليلى B-PER\n")))
    assert (_surfaces(found.dev), len(_surfaces(found.train))) == (["ليلى"], 40)


def test_a_limit_takes_words_evenly_and_the_same_ones_each_time(corpus: Callable[..., OutsideCorpus]) -> None:
    found = corpus(limit=20, dev_tail=0.2)
    assert _surfaces(found.train) == [
        "جون0",
        "جون1",
        "جون6",
        "جون7",
        "جون12",
        "جون13",
        "جون18",
        "جون19",
        "جون24",
        "جون25",
    ]
    assert _surfaces(found.dev) == ["جون32", "جون33"]  # its share of twenty words
    assert found == corpus(limit=20, dev_tail=0.2)


def test_outside_can_be_trusted_where_asked_for(corpus: Callable[..., OutsideCorpus]) -> None:
    assert corpus().coverage.names == {"ORG"}
    assert corpus(trust_outside=True).coverage.names == frozenset()


def test_the_gold_standard_divides_no_article(scheme: Scheme, tmp_path: Path) -> None:
    rows = [f"AAW{n // 2}-{n},PROTEST,easy no,سارت المسيرة رقم {n}" for n in range(200)]
    rows += [f"AAW{n},ASSAULT,easy no,نفى القتل {n}" for n in range(9)]
    _write(tmp_path / "gsr_x_sentences.csv", "\n".join(["id,event_type,label,text", *rows]))
    settings = CorpusSettings(str(tmp_path), "gsr", str(MAPPINGS / "gsr.yaml"), dev_tail=0.2)
    found = read_outside("gsr", settings, scheme, join_words=100)
    numbers = [{int(document.text.split()[-1]) for document in part} for part in (found.train, found.dev)]
    assert numbers[0] | numbers[1] == set(range(200))
    assert not {n // 2 for n in numbers[0]} & {n // 2 for n in numbers[1]}
    assert 20 <= len(numbers[1]) <= 60
    assert set(found.coverage.denied.values()) == {"PROTEST"}  # an easy no says less of ASSAULT than our scheme asks
    assert all(document.words for document in found.train)


def _split(text: str, **marked: str) -> Document:
    spans = [(kind, text.index(surface), text.index(surface) + len(surface)) for kind, surface in marked.items()]
    return Document("a", text, entities=tuple(Entity(*span) for span in spans), words=split_words(text))


@pytest.mark.parametrize(
    ("split", "joined"),
    [
        ("و قال رئيس ها", "وقال رئيسها"),
        ("و ب ال لغة", "وبال لغة"),
        ("مدينة هم و قرى هم", "مدينتهم وقريهم"),
        ("وصل ل المدينة", "وصل للمدينة"),
        ("( ه ) و", "( ه ) و"),
        ("على ه", "عليه"),
    ],
)
def test_clitics_are_written_onto_their_words(split: str, joined: str) -> None:
    found = join_clitics(_split(split))
    assert found.text == joined
    assert [word.text for word in found.words] == joined.split(" ")


def test_a_mention_then_covers_the_whole_word() -> None:
    found = join_clitics(_split("زار باريس و جون و اخوة ه", GPE="باريس", PERS="جون", NORP="اخوة"))
    assert [(e.type, found.surface(e)) for e in found.entities] == [
        ("GPE", "باريس"),
        ("PERS", "وجون"),
        ("NORP", "واخوته"),
    ]


def test_rare_auxiliaries_are_lifted_in_the_loss(scheme: Scheme) -> None:
    labels = LabelSpace(scheme)
    triggers = tuple(Trigger("AID", n, n + 1, None, "future" if n == 0 else None) for n in range(9))
    documents = [replace(Document("a", "123456789"), triggers=triggers)]
    assert auxiliary_offsets(documents, labels, 0.0) == []
    offsets = dict(zip(labels.auxiliaries, auxiliary_offsets(documents, labels, 1.0), strict=True))
    assert max(offsets, key=offsets.__getitem__) is None
    assert offsets["future"] > offsets["negation"] == offsets["historical"]
    half = auxiliary_offsets(documents, labels, 0.5)
    assert half == pytest.approx([value / 2 for value in offsets.values()], abs=1e-3)
