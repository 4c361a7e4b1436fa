"""Test that MediaPipe comes without matplotlib, and that other code of the process can still draw with it."""

from __future__ import annotations

import subprocess
import sys

_PROGRAM = """
import sys
from pipeline.detect.mediapipe.import_without_plots import import_mediapipe
import_mediapipe()
print(*[name for name in ("matplotlib", "matplotlib.pyplot", "sounddevice", "mediapipe") if name in sys.modules])
from mediapipe.python.solutions import drawing_utils
print(drawing_utils.plt.Figure.__module__)
import matplotlib.pyplot
print(matplotlib.pyplot.Figure is drawing_utils.plt.Figure)
"""


def test_mediapipe_is_imported_without_plots_which_come_when_they_are_used() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["mediapipe", "matplotlib.figure", "True"], done.stderr
