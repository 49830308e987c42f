"""The Arabic event gold standard: what its annotators agree on, at offsets, and nothing else."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from waqai.errors import DataError
from waqai.formats.gsr import JudgedSentence, read_gold_standard
from waqai.schema import Document

KIDNAPPED = "وخطفت الحركة عشرات العاملين الاجانب في الجنوب."


def _mark(verb: str, source: str = "", target: str = "", role: Any = None) -> dict[str, Any]:
    return {
        "verb": verb.split(),
        "source_actor": source.split(),
        "target_actor": target.split(),
        "source_role": {},
        "target_role": role or {},
    }


def _write(folder: Path, sentences: list[tuple[str, str, str]], marked: list[tuple[str, str, list[dict]]]) -> Path:
    """Files of the corpus's form: sentences (id, label, text), marked ones (id, text, one mark an annotator)."""
    with (folder / "gsr_assault_sentences.train.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["id", "event_type", "label", "accept", "reject", "total", "text"])
        rows.writerows([name, "ASSAULT", label, 0, 3, 3, text] for name, label, text in sentences)
    entries = [
        {"source": name, "_id": str(number), "text": text, "event_type": "ASSAULT", "spans": marks}
        for number, (name, text, marks) in enumerate(marked)
    ]
    (folder / "gsr_assault_spans.train.json").write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    return folder


def _read(folder: Path, text: str, *marks: dict[str, Any]) -> Document | None:
    found = read_gold_standard(_write(folder, [("A-1", "yes", text)], [("A-1", text, list(marks))]))
    return found[0].document if found else None


def _said(document: Document | None) -> tuple[list[str], list[tuple[str, str, str]]]:
    assert document is not None
    relations = [(one.type, document.surface(one.tail), one.tail.type) for one in document.relations]
    return [document.surface(trigger) for trigger in document.triggers], relations


def test_a_trigger_and_its_actors_are_those_of_most_annotators(tmp_path: Path) -> None:
    document = _read(
        tmp_path,
        KIDNAPPED,
        _mark("وخطفت", "العاملين الاجانب", "الحركة"),
        _mark("وخطفت", "الحركة", "العاملين الاجانب", {"main": "INT", "role": "None"}),
        _mark("وخطفت", "الحركة", "العاملين الاجانب", {"main": "INT", "role": "CVL"}),
    )
    assert _said(document) == (
        ["وخطفت"],
        [("source", "الحركة", "none"), ("target", "العاملين الاجانب", "CVL")],
    )


UNSURE = {
    "one of three": [_mark("وخطفت"), _mark("الجنوب"), _mark("")],
    "one of two": [_mark("وخطفت"), _mark("")],
    "several words side by side, of which ours would be one": [_mark("وخطفت الحركة")] * 3,
    "not in the text": [_mark("قتلت")] * 3,
}


@pytest.mark.parametrize("case", UNSURE)
def test_what_is_not_agreed_on_is_left_out(case: str, tmp_path: Path) -> None:
    assert _read(tmp_path, KIDNAPPED, *UNSURE[case]) is None


def test_a_word_that_stands_twice_has_no_place(tmp_path: Path) -> None:
    text = "قتل حارس ثم قتل مدير"
    assert _read(tmp_path, text, *[_mark("قتل")] * 3) is None
    text = "قتل حارس بعد تفجير ثم قتل مدير"
    assert _said(_read(tmp_path, text, *[_mark("تفجير", "", "قتل")] * 3)) == (["تفجير"], [])


def test_an_actor_must_be_marked_alike_and_in_one_piece(tmp_path: Path) -> None:
    marks = [_mark("وخطفت", "", words) for words in ("العاملين الاجانب", "العاملين", "عشرات العاملين")]
    assert _said(_read(tmp_path, KIDNAPPED, *marks)) == (["وخطفت"], [])
    marks = [_mark("وخطفت", "", "عشرات الاجانب")] * 3
    assert _said(_read(tmp_path, KIDNAPPED, *marks)) == (["وخطفت"], [])


def test_a_mention_is_not_both_actor_and_target(tmp_path: Path) -> None:
    assert _said(_read(tmp_path, KIDNAPPED, *[_mark("وخطفت", "الحركة", "الحركة")] * 3)) == (["وخطفت"], [])


def test_judgements_that_say_something_are_kept(tmp_path: Path) -> None:
    marks = [_mark("وخطفت")] * 3
    found = read_gold_standard(
        _write(
            tmp_path,
            [("A-1", "easy no", "قال نعم"), ("A-2", "yes", "قتلوا"), ("B-1", "ambiguous", "ربما"), ("N", "difficult no", KIDNAPPED)],
            [("A-3", "ثم " + KIDNAPPED, marks), ("N", KIDNAPPED, marks), ("Paper (Arabic)", "بل " + KIDNAPPED, marks)],
        )
    )  # fmt: skip
    assert [(one.document.text, one.denied, one.article) for one in found] == [
        ("ثم " + KIDNAPPED, None, "A"),
        ("بل " + KIDNAPPED, None, "بل " + KIDNAPPED),
        ("قال نعم", "ASSAULT", "A"),
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("gsr_assault_sentences.train.csv", "id,text\n1,نص\n", "1: the header lacks event_type, label"),
        ("gsr_assault_sentences.train.csv", "id,event_type,label,text\nA,ASSAULT,,نص\n", "2: expected id"),
        ("gsr_assault_spans.train.json", "[", "no JSON"),
        ("gsr_assault_spans.train.json", "{}", "expected a list"),
        ("gsr_assault_spans.train.json", '[{"text": "a"}]', "entry 1 lacks"),
        (
            "gsr_assault_spans.train.json",
            '[{"text": "a", "source": "b", "event_type": "C", "spans": [{}]}]',
            "not as they should be",
        ),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, name: str, content: str, message: str) -> None:
    _write(tmp_path, [("A-1", "yes", KIDNAPPED)], [])
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=f"{name}.*{message}"):
        read_gold_standard(tmp_path)


def test_a_folder_without_the_corpus_says_what_it_should_hold(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gsr_EVENT_sentences"):
        read_gold_standard(tmp_path)


@pytest.fixture(scope="module")
def corpus() -> list[JudgedSentence]:
    folder = Path(os.environ.get("WAQAI_CORPORA", "../corpora")) / "events"
    if not folder.is_dir():
        pytest.skip("the event gold standard is not here; set WAQAI_CORPORA to the folder of the corpora")
    return read_gold_standard(folder)


def test_the_corpus_itself_is_read(corpus: list[JudgedSentence]) -> None:
    assert len({one.document.id for one in corpus}) == len(corpus)
    triggers = [trigger for one in corpus for trigger in one.document.triggers]
    assert {trigger.type for trigger in triggers} == {"ASSAULT", "PROTEST"}
    assert len(triggers) > 300
    assert all(" " not in one.document.surface(trigger) for one in corpus for trigger in one.document.triggers)
    assert sum(len(one.document.relations) for one in corpus) > 300
    assert {one.denied for one in corpus if not one.document.triggers} == {"ASSAULT", "PROTEST"}
