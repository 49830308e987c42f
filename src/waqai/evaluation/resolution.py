"""Resolved places and parties against gold values, mention by mention, with one half of the articles held out.

A gold cell holds every value that a reader would accept; one of them may be that nothing is determined.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from waqai.errors import DataError
from waqai.evaluation.counts import Counts

SPAN_COLUMNS = ("document", "start_char", "end_char", "type", "text")
"""The columns that name a mention; those after them are the parts that are scored."""
_OPEN = "-"


@dataclass(frozen=True, slots=True)
class GoldMention:
    """A mention with the values that are right for it.

    ``parts`` holds by column name every accepted value; ``None`` among them says that leaving it open is right.
    """

    document: str
    start: int
    end: int
    type: str
    text: str
    parts: Mapping[str, frozenset[str | None]]

    @property
    def key(self) -> tuple[str, int, int, str]:
        """What identifies the mention."""
        return (self.document, self.start, self.end, self.type)

    @property
    def held_out(self) -> bool:
        """Whether the article's errors are not looked at while building, so that its score stays honest."""
        return int(hashlib.sha256(self.document.encode()).hexdigest(), 16) % 2 == 1


def read_gold(path: Path) -> tuple[GoldMention, ...]:
    """Read ``annotations/places.tsv`` or ``annotations/actors.tsv``.

    Raises:
        DataError: a column is missing, a line has too few or too many cells, or an offset is no number.
    """
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    header = lines[0] if lines else []
    if tuple(header[: len(SPAN_COLUMNS)]) != SPAN_COLUMNS:
        raise DataError(f"expected the columns {', '.join(SPAN_COLUMNS)} first", path=path, line=1)
    mentions = []
    for number, cells in enumerate(lines[1:], start=2):
        if len(cells) != len(header):
            raise DataError(f"expected {len(header)} cells between tabs, found {len(cells)}", path=path, line=number)
        if not (cells[1].isdigit() and cells[2].isdigit()):
            raise DataError("start_char and end_char must be whole numbers", path=path, line=number)
        parts = {name: _accepted(cell) for name, cell in zip(header[5:], cells[5:], strict=True)}
        mentions.append(GoldMention(cells[0], int(cells[1]), int(cells[2]), cells[3], cells[4], parts))
    return tuple(mentions)


@dataclass(frozen=True, slots=True)
class Score:
    """How one part was resolved.

    ``counts`` has what was given and what is determined; ``accepted`` counts the mentions whose answer, given or
    left open, is among the accepted ones, of ``mentions``.
    """

    counts: Counts = field(default_factory=Counts)
    accepted: int = 0
    mentions: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.counts + other.counts, self.accepted + other.accepted, self.mentions + other.mentions)

    @property
    def accuracy(self) -> float:
        """Share of the mentions with an accepted answer; 0 where there are none."""
        return self.accepted / self.mentions if self.mentions else 0.0


def judge(accepted: frozenset[str | None], given: str | None, same: Callable[[str], str] = str) -> Score:
    """Score one answer; ``same`` brings values to a form in which equal ones are equal."""
    right = given is not None and same(given) in {same(value) for value in accepted if value is not None}
    determined = None not in accepted
    return Score(
        Counts(int(right), int(given is not None), int(determined or right)),
        int(right or (given is None and not determined)),
        1,
    )


def score(
    gold: Iterable[GoldMention],
    given: Mapping[tuple[str, int, int, str], Mapping[str, str | None]],
    same: Callable[[str], str] = str,
) -> dict[str, Score]:
    """The score of each part over the gold mentions; a mention that nothing was given for is left open."""
    scores: dict[str, Score] = {}
    for mention in gold:
        answer = given.get(mention.key, {})
        for part, accepted in mention.parts.items():
            scores[part] = scores.get(part, Score()) + judge(accepted, answer.get(part), same)
    return scores


def _accepted(cell: str) -> frozenset[str | None]:
    return frozenset(None if value == _OPEN else value for value in cell.split("|"))
