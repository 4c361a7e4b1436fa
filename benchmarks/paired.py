"""Compare the speed of two checkouts in turns: start of the window, or run of the sample.

    git worktree add ../before COMMIT
    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/paired.py startup --base ../before [--pairs 8]
    python benchmarks/paired.py sample --base ../before [--pairs 6]

Both versions run with this Python, one after the other and in alternating order, because the speed of a machine
drifts. A pair gives the ratio of this checkout's time to that of `--base`; the median of the ratios is the result.
Processor time (user + system, all threads) depends less on other programs than wall time does. `sample` also compares
the files that both versions write (BVH, CSV, glTF) byte for byte.
"""

from __future__ import annotations

import argparse
import filecmp
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from startup import ROOT, environment_with, start_once

_FORMATS = "bvh,csv,glb"

# Wall time and processor time (s) of one run of the checkout in a folder.
Measure = Callable[[Path], tuple[float, float]]


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start_window(environment: dict[str, str], root: Path) -> tuple[float, float]:
    """Open the window of the checkout `root` until its first paint."""
    start = start_once(environment, root)
    return start.wall_s, start.processor_s


def lift_sample(environment: dict[str, str], output: Path, root: Path) -> tuple[float, float]:
    """Lift the sample with the checkout `root` into the folder `output`, without a cache."""
    command = [sys.executable, "main.py", "lift", "--sample", "--no-cache", "--json", "--detector", "mediapipe"]
    command += ["--formats", _FORMATS, "-o", str(output)]
    shutil.rmtree(output, ignore_errors=True)
    before_s, begun = _processor_s(), time.perf_counter()
    subprocess.run(command, env={**environment, "PYTHONPATH": str(root)}, cwd=root, check=True, capture_output=True)
    return time.perf_counter() - begun, _processor_s() - before_s


def compare(measure: Measure, base: Path, pairs: int) -> None:
    """Measure both checkouts in turns, `pairs` times after one run of each; print the ratios."""
    measure(base), measure(ROOT)
    rows = []
    for pair in range(pairs):
        order = (base, ROOT) if pair % 2 == 0 else (ROOT, base)
        seconds = {root: measure(root) for root in order}
        rows.append((*seconds[base], *seconds[ROOT]))
        print("wall {0:.2f} -> {2:.2f} s, processor {1:.2f} -> {3:.2f} s".format(*rows[-1]), flush=True)
    for name, column in (("wall", 0), ("processor", 1)):
        before, now = ([row[column + offset] for row in rows] for offset in (0, 2))
        ratios = [new / old for old, new in zip(before, now, strict=True)]
        print(
            f"{name}: median {statistics.median(before):.3f} -> {statistics.median(now):.3f} s, "
            f"ratio {statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
        )


def compare_files(first: Path, second: Path) -> bool:
    """Return whether both folders hold the same bytes in the exported files; print which do."""
    names = sorted(path.name for path in first.iterdir() if path.suffix in (".bvh", ".csv", ".glb"))
    same, different, missing = filecmp.cmpfiles(first, second, names, shallow=False)
    print("the same bytes:", ", ".join(same) or "none", "; others:", ", ".join(different + missing) or "none")
    return bool(same) and not different and not missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("startup", "sample"))
    parser.add_argument("--base", type=Path, required=True, help="the checkout of the other version")
    parser.add_argument("--pairs", type=int, default=8)
    arguments = parser.parse_args()
    base = arguments.base.resolve()
    with tempfile.TemporaryDirectory() as scratch:
        environment = environment_with(scratch)
        if arguments.what == "startup":
            compare(lambda root: start_window(environment, root), base, arguments.pairs)
            return 0
        outputs = {root: Path(scratch, name) for root, name in ((base, "base"), (ROOT, "this"))}
        compare(lambda root: lift_sample(environment, outputs[root], root), base, arguments.pairs)
        return 0 if compare_files(outputs[base], outputs[ROOT]) else 1


if __name__ == "__main__":
    sys.exit(main())
