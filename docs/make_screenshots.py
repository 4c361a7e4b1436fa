"""Make the screenshots of the documentation: drive the real window over the sample video.

    xvfb-run -a -s "-screen 0 1600x1000x24" python docs/make_screenshots.py [TAKE]

Writes docs/window.png (video beside the skeleton, and the frames that each pruning stage kept), docs/compare.png (a
tenth of the frames compared with all), docs/start.png (the first page) and docs/live.png (the sample as a camera). It
grabs the screen, because Qt's `grab` of a widget does not contain what OpenGL drew. A saved TAKE of the sample saves
the time of a run.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
_SETTINGS = tempfile.TemporaryDirectory()
os.environ["HOURGLASS_CONFIG"] = _SETTINGS.name

from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402
from PySide6.QtWidgets import QScrollArea  # noqa: E402

from app import bootstrap, theme  # noqa: E402
from app.session.comparison import Stage  # noqa: E402
from app.window import Window  # noqa: E402

SIZE = (1600, 1000)
MID_JUMP_S = 6.10  # of the sample: the man has turned over and comes down feet first
COMPARED_PERCENT = 10


def pause(milliseconds: int) -> None:
    """Run Qt's event loop for a while; QTest.qWait would keep Python's lock and stop the threads."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def wait(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("the window did not get there in time")
        pause(30)


def save_screenshot(window: Window, name: str) -> None:
    pause(400)
    image = window.screen().grabWindow(window.winId())
    image.save(str(ROOT / "docs" / name))


def compare(window: Window) -> None:
    """Compare a tenth of the frames with the full model as the ghost; needs the 2D of a run."""
    recipe = window.workspace.panel.pruning
    before = window.controller.session.take
    recipe.head.setChecked(True)
    recipe.editor.keep.setValue(COMPARED_PERCENT)
    if len(sys.argv) > 1:
        window.run()
    wait(lambda: window.controller.session.take is not before and not window.controller.busy, 900)
    window.actions_["compare"].trigger()
    wait(lambda: window.controller.comparer.stage is Stage.READY, 300)
    for editor in (recipe.editor, recipe.other):
        wait(lambda editor=editor: "," in editor.cost.text(), 60)
    window.playback.seek(MID_JUMP_S)
    scroll = window.workspace.panel.findChild(QScrollArea).verticalScrollBar()
    pause(600)
    scroll.setValue(scroll.maximum())


def live(window: Window) -> None:
    """Play the sample as a camera until both people are lifted."""
    settings, commands = window.settings.live, window.live
    settings.source, settings.mirrored = str(bootstrap.Library().sample_video()), False
    window.actions_.check("mirror", False)
    commands.open_live()
    wait(lambda: commands.dialog.found.text().endswith("file."), 20)
    commands.dialog.accept()
    wait(lambda: commands.session.running, 120)
    begun = time.monotonic()
    wait(lambda: len(commands.session.newest.people if commands.session.newest else ()) == 2, 60)
    pause(max(0, 3800 - round(1e3 * (time.monotonic() - begun))))
    save_screenshot(window, "live.png")
    commands.stop_live()
    wait(lambda: not commands.active, 10)


def main() -> int:
    settings = bootstrap.Settings()
    app = bootstrap.make_app([], settings)
    window = Window(bootstrap.Library(), settings, Path("hourglass.log"))
    theme.apply_sheet(app)
    window.setGeometry(0, 0, *SIZE)
    window.show()
    pause(1500)
    save_screenshot(window, "start.png")
    live(window)
    window.files.open_sample()
    wait(lambda: window.controller.session.info is not None, 60)
    window.workspace.cards.setSizes([720, 420])
    if len(sys.argv) > 1:  # a saved take of the sample, to save the time of a run
        window.controller.open_path(Path(sys.argv[1]))
        wait(lambda: window.controller.session.take is not None, 60)
    else:
        window.run()
        wait(lambda: not window.controller.busy, 900)
    take = window.controller.session.take
    if take is None or not take.tracks3d:
        raise SystemExit(window.banner.message.text())
    window.workspace.cards.setSizes([720, 420])
    wait(lambda: len(window.workspace.scene.gl.humans) > 0, 60)
    window.playback.seek(MID_JUMP_S)
    pause(1200)
    save_screenshot(window, "window.png")
    compare(window)
    save_screenshot(window, "compare.png")
    window.close()
    app.processEvents()
    return 0


if __name__ == "__main__":
    sys.exit(main())
