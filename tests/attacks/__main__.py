"""Attack the program: `python -m tests.attacks SECTION... [--cases N] [--part k/n] [--seed S] [--list]`.

A table of the cases and failures is printed at the end; the exit code is 1 if any failed. The inputs of failed cases
are kept in the folder `failed` of the working folder (HOURGLASS_ATTACKS, by default in the temporary folder).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # a forked child would wait for pools of threads that it does not have
os.environ.setdefault("MKL_NUM_THREADS", "1")

from .harness.places import SEED
from .harness.run import kept_folder
from .sections import SECTIONS, Choice


def part(text: str) -> tuple[int, int]:
    k, n = (int(number) for number in text.split("/"))
    if not 1 <= k <= n:
        raise ValueError(text)
    return k, n


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    made.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; default: all")
    made.add_argument("--list", action="store_true", help="list the sections")
    made.add_argument("--quick", action="store_true", help="only the cases that ./start test runs")
    made.add_argument("--cases", type=int, metavar="N", help="N cases of each section, drawn by the seed")
    made.add_argument("--seed", type=int, default=SEED, help="of --cases")
    made.add_argument("--part", type=part, default=(1, 1), metavar="K/N", help="every N-th case, from the K-th")
    made.add_argument("--only", default="", metavar="TEXT", help="cases whose name contains TEXT")
    made.add_argument("--json", type=Path, metavar="FILE", help="write all outcomes there")
    made.add_argument("-v", "--verbose", action="store_true", help="print the cases that did not fail, too")
    return made


def main() -> int:
    arguments = parser().parse_args()
    if arguments.list:
        for name, section in SECTIONS.items():
            print(f"{name:<12} {section.about}")
        return 0
    if unknown := [name for name in arguments.sections if name not in SECTIONS]:
        print(f"there is no section {unknown[0]}: {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    choice = Choice(arguments.quick, arguments.cases, arguments.seed, arguments.part, arguments.only, arguments.verbose)
    table: list[tuple[str, int, int, float]] = []
    stored: dict[str, list[dict[str, object]]] = {}
    for name in arguments.sections or SECTIONS:
        begun = time.monotonic()
        outcomes = SECTIONS[name].run(name, choice)
        failed = sum(bool(outcome.faults) for outcome in outcomes)
        table.append((name, len(outcomes), failed, time.monotonic() - begun))
        stored[name] = [
            {"name": o.name, "code": o.code, "seconds": o.seconds, "faults": o.faults, "said": o.said} for o in outcomes
        ]
    if arguments.json:
        arguments.json.write_text(json.dumps(stored, indent=1), encoding="utf-8")
    print(f"{'section':<12} {'cases':>6} {'failed':>6} {'seconds':>8}")
    for name, count, failed, seconds in table:
        print(f"{name:<12} {count:>6} {failed:>6} {seconds:>8.0f}")
    failures = sum(row[2] for row in table)
    if failures:
        print(f"inputs of failed cases: {kept_folder()}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
