"""Two or more ways to the same thing, measured beside each other.

The sides run in turn, round after round, each in a process of its own, so that a machine that warms up or is shared
treats them alike and peak memory is each side's. A ratio is taken within a round; what is reported is the median.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from time import perf_counter

from articles import made_of, word_count

from waqai.schema import Document

Work = Callable[[Sequence[Document]], float | None]
"""Reads articles; gives seconds only where it times itself, as a training does that must not count its imports."""

Side = Callable[[argparse.Namespace], Work]
"""Loads what is needed, which is not timed, and gives the work."""


@dataclass(frozen=True)
class Measured:
    """One side in one round."""

    side: str
    words_per_second: float
    peak_mib: float


@dataclass(frozen=True)
class Comparison:
    """A benchmark's outcome; every ratio says how many times better the first of its two is.

    Attributes:
        sides: medians of words per second and of peak memory.
        ratios: ``speed: A / B`` and ``memory: B / A`` by name.
    """

    name: str
    articles: int
    words: int
    rounds: int
    sides: dict[str, dict[str, float]]
    ratios: dict[str, float]


def hardware() -> str:
    """What a number was measured on."""
    model = platform.processor() or platform.machine()
    details = Path("/proc/cpuinfo")
    if details.exists():
        lines = details.read_text(encoding="utf-8").splitlines()
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), model)
        flags = next((line for line in lines if line.startswith("flags")), "")
        model += "".join(f" {flag}" for flag in ("avx2", "avx512_vnni", "amx_int8") if f" {flag}" in flags)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("onnxruntime", "torch", "transformers"))
    return f"{model}, {cores} cores, Python {platform.python_version()}, {versions}"


def parser(description: str | None, *, articles: int, rounds: int = 5) -> argparse.ArgumentParser:
    """The options that all benchmarks share."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    options.add_argument("--articles", type=int, default=articles)
    options.add_argument("--rounds", type=int, default=rounds)
    options.add_argument("--threads", type=int, default=2, help="of each side's matrix library")
    options.add_argument("--json", type=Path, metavar="FILE", help="also write the outcome here")
    options.add_argument("--side", help=argparse.SUPPRESS)  # one measurement, in the process of its own
    return options


def compare(
    name: str, sides: Mapping[str, Side], options: argparse.Namespace, articles: Sequence[Document] | None = None
) -> Comparison | None:
    """Measure the sides in turn, print the outcome and write it where asked; the first is held against the others.

    Args:
        articles: what the sides read; by default the project's own, as many as the options say.
    """
    articles = made_of(options.articles) if articles is None else articles
    if options.side:
        print(json.dumps(_measure(sides[options.side], options, articles)))
        return None
    rounds = [{side: Measured(side, **in_process(side)) for side in sides} for _ in range(options.rounds)]
    first, *others = sides
    ratios: dict[str, float] = {}
    for other in others:
        speed = [found[first].words_per_second / found[other].words_per_second for found in rounds]
        memory = [found[other].peak_mib / found[first].peak_mib for found in rounds]
        ratios[f"speed: {first} / {other}"] = round(statistics.median(speed), 3)
        ratios[f"memory: {other} / {first}"] = round(statistics.median(memory), 3)
    medians = {
        side: {
            field: round(statistics.median(getattr(found[side], field) for found in rounds), 1)
            for field in ("words_per_second", "peak_mib")
        }
        for side in sides
    }
    outcome = Comparison(name, len(articles), word_count(articles), options.rounds, medians, ratios)
    report(outcome, options.json)
    return outcome


def report(outcome: Comparison, path: Path | None) -> None:
    """Print an outcome, and write it where asked."""
    print(f"{outcome.name}: {outcome.articles} articles, {outcome.words} words, {outcome.rounds} rounds")
    print(hardware())
    for side, found in outcome.sides.items():
        print("  " + f"{side:32}" + "  ".join(f"{value:12,.1f} {field}" for field, value in found.items()))
    for ratio, value in outcome.ratios.items():
        print(f"  {ratio:60} {value:7.2f} x")
    if path:
        content = {"date": datetime.now(UTC).isoformat(timespec="seconds"), "hardware": hardware(), **asdict(outcome)}
        path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def in_process(side: str) -> dict[str, float]:
    """What this same command says of one side, in a process of its own: words per second and peak memory."""
    command = [sys.executable, *sys.argv, "--side", side]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    if run.returncode:
        raise SystemExit(f"{side} failed:\n{run.stderr[-2000:]}")
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    print(f"  {side}: {found['words_per_second']:,.0f} words/s, {found['peak_mib']:.0f} MiB", file=sys.stderr)
    return found


def _measure(side: Side, options: argparse.Namespace, articles: Sequence[Document]) -> dict[str, float]:
    work = side(options)
    start = perf_counter()
    seconds = work(articles)
    seconds = perf_counter() - start if seconds is None else seconds
    return {"words_per_second": word_count(articles) / seconds, "peak_mib": peak_mib(options.threads)}


def peak_mib(processes: int) -> float:
    """The most memory that this process has held, and those it started: so many times the largest of them.

    Linux hands a parent's ``ru_maxrss`` on to what it starts, so the process's own high-water mark is read there.
    """
    import resource

    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    started = processes * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024 + started
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit + started
