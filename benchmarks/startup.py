"""Measure the time from start to the painted window, and list heavy modules loaded by then.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/startup.py [--repeats 5]

The time begins before the process is created (so it includes Python's own start) and ends with the window's first
paint. The first repeat compiles the modules and may read them from a cold disk; the median of the others is the warm
start, with compiled modules as on a user's computer, also where the environment forbids Python to write them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "mediapipe", "mmpose", "av", "scipy", "cv2")

_PROGRAM = """
import sys, time
sys.path.insert(0, sys.argv[1])
from app import bootstrap
from app.window import Window
from PySide6.QtCore import QTimer

painted = Window.paintEvent
def paint(self, event):
    painted(self, event)
    if not hasattr(self, "_first"):
        self._first = time.time()
        heavy = [name for name in sys.argv[3].split(",") if name in sys.modules]
        print(self._first - float(sys.argv[2]), time.process_time(), *heavy)
        QTimer.singleShot(0, self.close)
Window.paintEvent = paint
sys.exit(bootstrap.main([]))
"""


class Start(NamedTuple):
    """Hold one start: wall and processor time (s) until the first paint, heavy modules."""

    wall_s: float
    processor_s: float
    loaded: list[str]


def environment_with(scratch: str) -> dict[str, str]:
    """Return an environment with settings and compiled modules in the folder `scratch`."""
    environment = {**os.environ, "HOURGLASS_CONFIG": scratch, "PYTHONPYCACHEPREFIX": str(Path(scratch, "compiled"))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    return environment


def start_once(environment: dict[str, str], root: Path = ROOT) -> Start:
    """Start the program of the checkout `root` once and measure it."""
    command = [sys.executable, "-c", _PROGRAM, str(root), repr(time.time()), ",".join(HEAVY)]
    printed = subprocess.run(
        command, env=environment, cwd=root, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    wall_s, processor_s, *loaded = printed.split()
    return Start(float(wall_s), float(processor_s), loaded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as scratch:
        environment = environment_with(scratch)
        first, *warm = [start_once(environment) for _ in range(repeats + 1)]
    wall_s, processor_s = ([start[column] for start in warm] for column in (0, 1))
    loaded = sorted({name for start in warm for name in start.loaded})
    print(
        f"first start {first.wall_s:.2f} s; warm: median {statistics.median(wall_s):.2f} s, slowest {max(wall_s):.2f} s"
    )
    print(f"processor time of a warm start: median {statistics.median(processor_s):.2f} s")
    print("heavy modules loaded by then:", ", ".join(loaded) or "none")


if __name__ == "__main__":
    main()
