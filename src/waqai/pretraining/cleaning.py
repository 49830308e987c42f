"""Articles out of compressed plain text, and web residue out of articles.

The corpora are UTF-8 text under xz, with a blank line between articles. Reading is a stream: one article is
in memory at a
time, so the size of a corpus does not matter.
"""

from __future__ import annotations

import html
import lzma
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from waqai.errors import DataError

_TAG = re.compile(r"<[^<>]{1,200}>")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|\b(?:pic\.twitter|t\.co|bit\.ly)\S*")
_REPEATED = re.compile(r"([^\w\s])\1{3,}")
_FEED_DATE = re.compile(r"^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{1,2} \w{3} \d{4} [\d:]+ GMT$")
_SITE_SUFFIX = re.compile(r"\s+[-|]\s+(?:BBC Arabic|BBC News عربي|CNN\w*|France ?24|فرانس 24)\s*$")
_CONTROL = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]")
_SPACE = re.compile(r"[ \t\u00a0]+")
_ARABIC = re.compile(r"[\u0620-\u064a\u0671-\u06d3\ufb50-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class CleaningRules:
    """What counts as residue.

    Args:
        minimum_words: articles shorter than this many space-separated words are dropped.
        minimum_arabic: lines whose share of Arabic letters among non-space characters is lower are dropped.
        maximum_line_repeats: a line already kept this many times in the whole corpus is site furniture and
            is dropped.
    """

    minimum_words: int = 15
    minimum_arabic: float = 0.5
    maximum_line_repeats: int = 5


def read_articles(path: Path) -> Iterator[str]:
    """Yield the articles of one corpus file in order.

    Args:
        path: an ``.xz`` or plain UTF-8 text file, a blank line between articles.

    Raises:
        DataError: the file is missing, is cut off, or is not UTF-8; the message names the file and what to
            do.
    """
    if not path.is_file():
        raise DataError(f"corpus file {path} does not exist; set `corpora` to the folder that holds `text/{path.name}`")
    lines: list[str] = []
    try:
        opener: Callable[..., TextIO] = lzma.open if path.suffix == ".xz" else open
        with opener(path, "rt", encoding="utf-8") as stream:
            for line in stream:
                if line.strip():
                    lines.append(line.rstrip("\n"))
                elif lines:
                    yield "\n".join(lines)
                    lines = []
    except (EOFError, lzma.LZMAError) as error:
        raise DataError(f"corpus file {path} is cut off or damaged ({error}); fetch it again") from error
    except UnicodeDecodeError as error:
        raise DataError(f"corpus file {path} is not UTF-8 (byte {error.start} of a block); convert it first") from error
    if lines:
        yield "\n".join(lines)


def clean_line(line: str, minimum_arabic: float = 0.5) -> str:
    """Return the line without web residue, or an empty string when nothing worth reading is left.

    Example:
        >>> clean_line("<b>قال</b>  الوزير http://t.co/x &amp; ....... انتهى")
        'قال الوزير & ... انتهى'
    """
    if _FEED_DATE.match(line):
        return ""
    if "&" in line:
        line = html.unescape(line)
    line = _CONTROL.sub("", line)
    line = _TAG.sub(" ", line) if "<" in line else line
    line = _ADDRESS.sub(" ", line)
    line = _SITE_SUFFIX.sub("", line)
    line = _REPEATED.sub(r"\1\1\1", line)
    line = _SPACE.sub(" ", line).strip()
    visible = len(line) - line.count(" ")
    if not visible or len(_ARABIC.findall(line)) < minimum_arabic * visible:
        return ""
    return line


class Cleaner:
    """Cleans a stream of articles; remembers lines, because furniture shows only by its repetition."""

    def __init__(self, rules: CleaningRules) -> None:
        self.rules = rules
        self._seen: Counter[int] = Counter()

    def clean(self, article: str) -> str | None:
        """Return the cleaned article, lines joined by newlines, or None when it is dropped."""
        kept = []
        for raw in article.split("\n"):
            line = clean_line(raw, self.rules.minimum_arabic)
            if not line:
                continue
            key = hash_text(line)
            if self._seen[key] >= self.rules.maximum_line_repeats:
                continue
            self._seen[key] += 1
            kept.append(line)
        text = "\n".join(kept)
        return text if len(text.split()) >= self.rules.minimum_words else None


def hash_text(text: str) -> int:
    """Return a 64-bit hash that is the same on every run and machine (Python's own is salted)."""
    import xxhash

    return int(xxhash.xxh3_64_intdigest(text.encode("utf-8")))
