"""Make the pictures of the documentation: drive the real window over the sample video, stop in mid-jump, look.

    xvfb-run -a -s "-screen 0 1600x1000x24" python docs/make_screenshots.py

Writes docs/window.png (video beside the skeleton) and docs/start.png (the first page). It photographs the screen, not
the widget: Qt's own `grab` does not hold what OpenGL drew.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
_SETTINGS = tempfile.TemporaryDirectory()
os.environ["HOURGLASS_CONFIG"] = _SETTINGS.name

from PySide6.QtTest import QTest  # noqa: E402

from app import bootstrap  # noqa: E402
from app.window import Window  # noqa: E402
from pipeline.types import Take  # noqa: E402

SIZE = (1600, 1000)


def wait(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("the window did not get there in time")
        QTest.qWait(30)


def photograph(window: Window, name: str) -> None:
    QTest.qWait(400)
    picture = window.screen().grabWindow(window.winId())
    picture.save(str(ROOT / "docs" / name))


def mid_jump_s(take: Take) -> float:
    """When person 1's feet leave the floor for the first time and are highest: the lowest joint's peak."""
    joints = take.tracks3d[0].joints
    seen = take.tracks3d[0].seen
    lowest = np.where(seen, np.nan_to_num(joints[..., 2], nan=np.inf).min(axis=1), -np.inf)
    return float(take.tracks3d[0].time_s[int(np.argmax(lowest))])


def main() -> int:
    app = bootstrap.make_app([])
    window = Window(bootstrap.PipelineBackend(), bootstrap.Settings(), Path("hourglass.log"))
    window.setGeometry(0, 0, *SIZE)
    window.show()
    QTest.qWait(1500)
    photograph(window, "start.png")
    window.files.open_sample()
    wait(lambda: window.controller.info is not None, 60)
    window.workspace.cards.setSizes([720, 420])
    if len(sys.argv) > 1:  # a saved take of the sample, to save the time of a run
        window.controller.open_path(Path(sys.argv[1]))
        wait(lambda: window.controller.take is not None, 60)
    else:
        window.run()
        wait(lambda: not window.controller.busy, 900)
    take = window.controller.take
    if take is None or not take.tracks3d:
        raise SystemExit(window.banner.message.text())
    window.workspace.cards.setSizes([720, 420])
    window.playback.seek(mid_jump_s(take))
    QTest.qWait(1200)
    photograph(window, "window.png")
    window.close()
    app.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
