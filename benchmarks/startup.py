"""Measure the time from start to the painted window, and list heavy modules loaded by then.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/startup.py [--repeats 5]

The time begins before the process is created (so it includes Python's own start) and ends with the window's first
paint. The first repeat may be a cold start; the median of the others is the warm start.
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

ROOT = Path(__file__).resolve().parent.parent
HEAVY = ("torch", "mediapipe", "mmpose", "av", "scipy", "cv2")

_PROGRAM = """
import sys, time
sys.path.insert(0, sys.argv[1])
from PySide6.QtCore import QTimer
from app import bootstrap
from app.window import Window

painted = Window.paintEvent
def paint(self, event):
    painted(self, event)
    if not hasattr(self, "_first"):
        self._first = time.time()
        print(self._first - float(sys.argv[2]), *[name for name in sys.argv[3].split(",") if name in sys.modules])
        QTimer.singleShot(0, self.close)
Window.paintEvent = paint
sys.exit(bootstrap.main([]))
"""


def once(settings: str) -> tuple[float, list[str]]:
    """Start the program once with the settings folder; return (seconds, loaded heavy modules)."""
    environment = {**os.environ, "HOURGLASS_CONFIG": settings}
    command = [sys.executable, "-c", _PROGRAM, str(ROOT), repr(time.time()), ",".join(HEAVY)]
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60).stdout
    seconds, *loaded = printed.split()
    return float(seconds), loaded


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as settings:
        first, *warm = [once(settings) for _ in range(repeats + 1)]
    times = [seconds for seconds, _ in warm]
    print(f"first start {first[0]:.2f} s; warm: median {statistics.median(times):.2f} s, slowest {max(times):.2f} s")
    print("heavy modules loaded by then:", ", ".join(sorted({name for _, names in warm for name in names})) or "none")


if __name__ == "__main__":
    main()
