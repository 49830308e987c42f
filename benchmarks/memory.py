"""Peak memory of ``waqai extract`` against the number of articles: it must not grow.

    python benchmarks/memory.py [--articles 200000] [--words 5]

The articles are written to a temporary file one by one, cut after the sentence that reaches ``--words``, so that the
largest of the runs takes minutes, not hours. The numbers of articles are 1,000 and each ten times as many up to
``--articles``. With more than one round each is run again and the median counts.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from articles import stream, word_count, write_jsonl
from sides import Comparison, in_process, parser, peak_mib, report

FIRST = 1_000


def extract(options: argparse.Namespace) -> dict[str, float]:
    """One extraction of ``options.side`` articles."""
    from waqai.cli import main

    count = int(options.side)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "articles.jsonl"
        write_jsonl(stream(count, options.words), source)
        start = perf_counter()
        target = str(Path(folder) / "events.jsonl")
        code = main(["extract", str(source), "-o", target, "--threads", str(options.threads), "--quiet"])
        seconds = perf_counter() - start
    if code:
        raise SystemExit(code)
    return {"words_per_second": _words(count, options.words) / seconds, "peak_mib": peak_mib(options.threads)}


def _words(count: int, most_words: int) -> int:
    return word_count(stream(count, most_words))


def numbers(most: int) -> list[int]:
    """How many articles each run reads."""
    found = [FIRST * 10**power for power in range(8) if FIRST * 10**power < most]
    return [*found, most]


def main() -> None:
    """Measure and print the curve."""
    options = parser(__doc__, articles=200_000, rounds=1)
    options.add_argument("--words", type=int, default=5, help="of an article, about")
    given = options.parse_args()
    if given.side:
        print(json.dumps(extract(given)))
        return
    runs = {
        f"{count:,} articles": [in_process(str(count)) for _ in range(given.rounds)]
        for count in numbers(given.articles)
    }
    sides = {
        name: {field: round(median(run[field] for run in found), 1) for field in ("words_per_second", "peak_mib")}
        for name, found in runs.items()
    }
    least, most = next(iter(sides)), list(sides)[-1]
    ratio = {f"memory: {least} / {most}": round(sides[least]["peak_mib"] / sides[most]["peak_mib"], 3)}
    words = _words(given.articles, given.words)
    report(Comparison("memory", given.articles, words, given.rounds, sides, ratio), given.json)


if __name__ == "__main__":
    main()
