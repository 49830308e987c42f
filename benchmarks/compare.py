"""Hold a new run of the benchmarks against the record; exit code 1 where something got worse.

    python benchmarks/compare.py [--new FILE] [--record FILE] [--tolerance 0.15] [--only pipeline limit …]

Compared are ratios between two sides that ran in turn on one machine, which say more across machines than seconds do;
all of them say how many times better waqai is, so less is worse. ``--new`` takes the last run of another record;
without it the benchmarks are run now.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from record import RECORD, options, read, run

Run = dict[str, Any]


def ratios(one: Run) -> dict[str, float]:
    """A run's ratios by benchmark and sides."""
    return {
        f"{name}, {ratio}": value
        for name, outcome in one["benchmarks"].items()
        for ratio, value in outcome["ratios"].items()
    }


def baseline(runs: list[Run], hardware: str) -> dict[str, float]:
    """For each ratio its last value, on this hardware if it was ever measured there."""
    last: dict[str, float] = {}
    for one in sorted(runs, key=lambda one: (one["hardware"] == hardware, one["date"])):
        last |= ratios(one)
    return last


def regressions(old: dict[str, float], new: dict[str, float], tolerance: float) -> Iterator[str]:
    """What got worse by more than the tolerance, a share of the old ratio."""
    for name, before in old.items():
        if name in new and new[name] < before * (1 - tolerance):
            yield f"{name}: {new[name]:.2f} x, was {before:.2f} x ({new[name] / before - 1:+.0%})"


def main() -> int:
    """Compare, print, and say by the exit code whether all is well."""
    parser = options(__doc__)
    parser.add_argument("--new", type=Path, metavar="FILE", help="a record whose last run is the new one")
    parser.add_argument("--record", type=Path, default=RECORD, metavar="FILE")
    parser.add_argument("--tolerance", type=float, default=0.15, help="share of a ratio that noise may take")
    given = parser.parse_args()
    runs = read(given.record)
    if not runs:
        print(f"{given.record} holds no run; make one with benchmarks/record.py", file=sys.stderr)
        return 2
    found = read(given.new)[-1] if given.new else run(given.only, quick=given.quick, threads=given.threads)
    chosen = {name: outcome for name, outcome in found["benchmarks"].items() if name in given.only}
    new, old = ratios({**found, "benchmarks": chosen}), baseline(runs, found["hardware"])
    if found["hardware"] not in {one["hardware"] for one in runs}:
        print(f"the record has no run on {found['hardware']}; compared with another machine's ratios")
    for name, value in new.items():
        print(f"  {name:72} {value:7.2f} x" + (f"  was {old[name]:.2f} x" if name in old else "  new"))
    worse = list(regressions(old, new, given.tolerance))
    for line in worse:
        print(f"REGRESSION  {line}")
    if not worse:
        print(f"no ratio fell by more than {given.tolerance:.0%}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
