"""The Arabic event gold standard: sentences judged for one event type, and words that annotators marked in some.

A folder holds pairs of ``gsr_EVENT_sentences*.csv`` (a sentence and its judgement: yes, easy no, difficult no,
ambiguous) and ``gsr_EVENT_spans*.json`` (what each annotator marked in a sentence: words of the verb, of the source
actor and of the target actor, with codes of the actors' countries and roles). It says little, and here only that
comes out on which its annotators agree and which can be put at an offset without doubt.

Source: openeventdata, Arabic gold standard records (Halterman et al. 2018); MIT.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waqai.errors import DataError
from waqai.formats.files import read_lines, read_text
from waqai.schema import Document, Entity, Relation, Trigger, Word
from waqai.text import split_words

NO_ROLE = "none"
"""Type of an actor that its annotators gave no role code."""

ROLES = {"source_actor": "source", "target_actor": "target"}
_JUDGED = ("id", "event_type", "label", "text")
_MARKED = ("source", "text", "event_type", "spans")
_IN_ARTICLE = re.compile(r"(.+)-\d+")  # AAW_ARB_20070104.0071-8 is a sentence of AAW_ARB_20070104.0071


@dataclass(frozen=True)
class JudgedSentence:
    """A sentence and what its annotators agree on.

    Attributes:
        document: triggers of the event type judged; actors as entities called by their role code; ``source`` and
            ``target`` relations. What is not marked is not known.
        article: what tells articles apart, for a split that divides none.
        denied: the event type that the sentence surely does not report, if it was judged so.
    """

    document: Document
    article: str
    denied: str | None = None


def read_gold_standard(folder: Path) -> list[JudgedSentence]:
    """Read every event type of a folder; sentences that say nothing (yes without marks, difficult, ambiguous) stay out.

    Raises:
        DataError: the folder holds no such files, or one is not as it should be.
    """
    files = sorted(folder.glob("gsr_*_sentences*.csv")) if folder.is_dir() else []
    if not files:
        raise DataError("expected a folder with gsr_EVENT_sentences….csv and gsr_EVENT_spans….json", path=folder)
    found: list[JudgedSentence] = []
    for path in files:
        judgements = {(row["event_type"], row["text"]): row for row in _read_judgements(path)}
        for spans in sorted(folder.glob(path.name.split("_sentences")[0] + "_spans*.json")):
            found += _marked_sentences(spans, judgements)
        found += [
            JudgedSentence(_document(kind, text), _article(row["id"], text), denied=kind)
            for (kind, text), row in judgements.items()
            if row["label"] == "easy no"
        ]
    return found


def _read_judgements(path: Path) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(line + "\n" for line in read_lines(path))
    if missing := set(_JUDGED) - set(reader.fieldnames or ()):
        raise DataError(f"the header lacks {', '.join(sorted(missing))}", path=path, line=1)
    for row in reader:
        if not all(row[name] for name in _JUDGED):
            raise DataError(f"expected {', '.join(_JUDGED)}, none of them empty", path=path, line=reader.line_num)
        yield row


def _marked_sentences(path: Path, judgements: Mapping[tuple[str, str], dict[str, str]]) -> Iterator[JudgedSentence]:
    """The sentences of which something is agreed on; one that was judged to report nothing contradicts itself."""
    marks: defaultdict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    articles: dict[tuple[str, str], str] = {}
    for number, entry in enumerate(_read_list(path), start=1):
        if not isinstance(entry, dict) or not all(name in entry for name in _MARKED):
            raise DataError(f"entry {number} lacks {', '.join(_MARKED)}", path=path)
        key = (str(entry["event_type"]), str(entry["text"]))
        marks[key] += entry["spans"]
        articles[key] = _article(str(entry["source"]), key[1])
    for key, by_annotator in marks.items():
        if judgements.get(key, {}).get("label") in ("easy no", "difficult no"):
            continue
        try:
            document = _document(*key, by_annotator)
        except (KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"the spans of «{key[1][:40]}…» are not as they should be ({error!r})", path=path
            ) from error
        if document.triggers:
            yield JudgedSentence(document, articles[key])


def _read_list(path: Path) -> list[Any]:
    try:
        content = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise DataError(f"no JSON: {error.msg}", path=path, line=error.lineno) from error
    if not isinstance(content, list):
        raise DataError("expected a list of sentences", path=path)
    return content


def _article(source: str, text: str) -> str:
    match = _IN_ARTICLE.fullmatch(source)
    return match.group(1) if match else text  # some only name their newspaper


def _document(kind: str, text: str, marks: Sequence[Mapping[str, Any]] = ()) -> Document:
    words = split_words(text)
    identifier = f"gsr-{kind.lower()}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    triggers = [
        # The scheme marks one word; of several side by side it is not known which.
        Trigger(kind, words[run[0]].start, words[run[0]].end)
        for run in _runs(_agreed_words(words, [mark["verb"] for mark in marks]))
        if len(run) == 1
    ]
    tails: dict[str, Entity] = {}
    for field, role in ROLES.items():
        run = _agreed_run(words, [mark[field] for mark in marks])
        if run and triggers:
            codes = [_role_code(mark[field.replace("actor", "role")]) for mark in marks]
            kind_of_actor = Counter(code for code in codes if code != NO_ROLE).most_common(1)
            name = kind_of_actor[0][0] if kind_of_actor else NO_ROLE
            tails[role] = Entity(name, words[run[0]].start, words[run[-1]].end)
    spans = {(tail.start, tail.end) for tail in tails.values()}
    if len(spans) < len(tails):  # one mention cannot be both
        tails = {}
    relations = [Relation(role, trigger, tail) for trigger in triggers for role, tail in tails.items()]
    entities = tuple(tails.values())
    return Document(id=identifier, text=text, entities=entities, triggers=tuple(triggers), relations=tuple(relations))


def _role_code(value: Any) -> str:
    code = value.get("role") if isinstance(value, Mapping) else value
    return NO_ROLE if code in (None, "", "None", "UNKNOWN") else str(code)


def _agreed_words(words: Sequence[Word], lists: Sequence[Sequence[str]]) -> list[int]:
    """The words that more than half of the annotators marked, and no fewer than two."""
    votes = Counter(index for marked in lists for index in _locate(words, marked))
    return sorted(index for index, count in votes.items() if count >= 2 and 2 * count > len(lists))


def _agreed_run(words: Sequence[Word], lists: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """The one run of words that more than half of the annotators marked alike; empty where there is none."""
    votes = Counter(located for marked in lists if (located := _locate(words, marked)))
    run, count = votes.most_common(1)[0] if votes else ((), 0)
    return run if count >= 2 and 2 * count > len(lists) and len(_runs(run)) == 1 else ()


def _locate(words: Sequence[Word], marked: Sequence[str]) -> tuple[int, ...]:
    """Where the marked words stand: as a run that occurs once, or else each as a word that occurs once."""
    size = len(marked)
    if not size:
        return ()
    surfaces = [word.text for word in words]
    runs = [start for start in range(len(words) - size + 1) if surfaces[start : start + size] == list(marked)]
    if len(runs) == 1:
        return tuple(range(runs[0], runs[0] + size))
    places = [[index for index, surface in enumerate(surfaces) if surface == one] for one in marked]
    if runs or any(len(found) != 1 for found in places):
        return ()
    return tuple(sorted({found[0] for found in places}))


def _runs(indices: Iterable[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for index in indices:
        if runs and runs[-1][-1] == index - 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
