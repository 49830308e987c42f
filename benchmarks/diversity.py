"""How varied the project's own articles are, beside as much real news.

    python benchmarks/diversity.py --corpus CORPORA/text/saudinewsnet_2015.txt.xz

Real articles of like length are taken in the order of their hash until they hold as many words. Names and triggers
are counted in the annotation of both: the own articles, and the real ones annotated as standoff.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from waqai.console import explained
from waqai.formats import read_documents
from waqai.formats.standoff import read_standoff, split_articles, text_hash
from waqai.schema import Document
from waqai.text import split_words

WINDOW = 500
"""Words of a moving-average type/token ratio (Covington and McFall 2010)."""


def main() -> None:
    """Print a table of two columns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="a text corpus, a blank line between articles")
    options = parser.parse_args()
    with explained():
        own = [document for split in ("train", "dev") for document in read_documents(Path(f"annotations/own/{split}"))]
        words = [_words(document.text) for document in own]
        real = _like(words, options.corpus)
        standoff = [
            document
            for split in ("train", "dev")
            for document in read_standoff(Path(f"annotations/real/{split}.standoff.jsonl"), options.corpus.parent)
        ]
    rows = [("articles", len(own), len(real)), ("words", sum(map(len, words)), sum(map(len, real)))]
    rows += [(name, f"{measure(words):.3f}", f"{measure(real):.3f}") for name, measure in _MEASURES.items()]
    print("| | own articles | real news |\n|---|---:|---:|")
    print("\n".join(f"| {name} | {ours} | {theirs} |" for name, ours, theirs in rows))
    print("\n| in the annotation | own articles | real articles (standoff) |\n|---|---:|---:|")
    for name, (ours, theirs) in _annotated(own, standoff).items():
        print(f"| {name} | {ours} | {theirs} |")


def _words(text: str) -> list[str]:
    return [word.text for word in split_words(text) if word.text[0].isalpha()]


def _like(words: Sequence[Sequence[str]], corpus: Path) -> list[list[str]]:
    shortest, longest = min(map(len, words)), max(map(len, words))
    wanted = sum(map(len, words))
    chosen: list[list[str]] = []
    for article in sorted(split_articles(corpus), key=text_hash):
        found = _words(article)
        if shortest <= len(found) <= longest:
            chosen.append(found)
        if sum(map(len, chosen)) >= wanted:
            break
    return chosen


def _ratio(articles: Iterable[Sequence[str]]) -> float:
    every = [word for article in articles for word in article]
    return len(set(every)) / len(every)


def _moving_ratio(articles: Iterable[Sequence[str]]) -> float:
    every = [word for article in articles for word in article]
    windows = [every[start : start + WINDOW] for start in range(0, len(every) - WINDOW, WINDOW // 5)]
    return sum(len(set(window)) / WINDOW for window in windows) / len(windows)


def _openings(articles: Iterable[Sequence[str]]) -> float:
    pairs = [tuple(article[:2]) for article in articles]
    return len(set(pairs)) / len(pairs)


_MEASURES = {
    "types / tokens": _ratio,
    f"types / tokens, mean over {WINDOW} words": _moving_ratio,
    "articles that open with two words of their own": _openings,
}


def _annotated(own: Sequence[Document], real: Sequence[Document]) -> dict[str, tuple[str, str]]:
    def share(documents: Sequence[Document], layer: str, kinds: tuple[str, ...] = ()) -> str:
        found = [d.surface(m) for d in documents for m in getattr(d, layer) if not kinds or m.type in kinds]
        return f"{len(set(found))} of {len(found)} ({len(set(found)) / len(found):.2f})"

    layers = {
        "distinct persons": ("entities", ("PERS",)),
        "distinct organisations": ("entities", ("ORG",)),
        "distinct places": ("entities", ("GPE", "LOC", "FAC")),
        "distinct trigger words": ("triggers", ()),
    }
    return {name: (share(own, *wanted), share(real, *wanted)) for name, wanted in layers.items()}


if __name__ == "__main__":
    main()
