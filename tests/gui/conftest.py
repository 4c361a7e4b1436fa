"""Drive the real window; an unexpected dialog, bug report or leaked thread fails the test."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from app import theme
from app.languages import translation
from app.notifications import CrashDialog
from app.settings import Settings
from app.window import Window
from tests.helpers.fake_library import FakeLibrary
from tests.helpers.fakes import FPS

# As in bootstrap.make_app; pytest-qt makes the application here.
QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make warnings of pyqtgraph, into which it turns exceptions while drawing, fail the test."""
    for item in items:
        if "gui" in item.path.parts:
            item.add_marker(pytest.mark.filterwarnings("error::RuntimeWarning"))


@pytest.fixture(scope="session")
def qapp_args() -> list[str]:
    return ["hourglass"]


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOURGLASS_CONFIG", str(tmp_path / "config"))


@pytest.fixture
def library(tmp_path: Path) -> FakeLibrary:
    return FakeLibrary(tmp_path)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "walk.mp4"
    path.write_bytes(b"x")
    return path


@pytest.fixture
def bugs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the reports of crash dialogs in this test; a test that expects one clears the list."""
    reports: list[str] = []
    begin = CrashDialog.__init__

    def noted(self: CrashDialog, error: BaseException, *args: object, **kwargs: object) -> None:
        begin(self, error, *args, **kwargs)
        reports.append(self.report.toPlainText())

    monkeypatch.setattr(CrashDialog, "__init__", noted)
    return reports


@pytest.fixture
def no_threads_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = [t.name for t in threading.enumerate() if t not in before and not t.daemon]
    assert not left, f"threads left: {left}"


@pytest.fixture
def make_window(
    qtbot: QtBot, no_threads_left: None, bugs: list[str], tmp_path: Path
) -> Iterator[Callable[..., Window]]:
    """Open windows; at the end close them, and check for leaked threads."""
    windows: list[Window] = []
    translation.install(QApplication.instance(), "en")  # for its plural forms
    theme.apply(QApplication.instance())

    def make(library: object) -> Window:
        window = Window(library, Settings(), tmp_path / "hourglass.log")
        window.resize(1280, 720)
        with qtbot.waitActive(window):  # shortcuts need the keyboard's focus, which a window manager would give
            window.show()
            window.activateWindow()
        windows.append(window)
        return window

    yield make
    dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    for dialog in dialogs:
        dialog.close()
    for window in windows:
        running = window.controller
        running.session.set_saved(running.session.revision, None)  # else the window asks
        window.close()
        assert len(running.threads) == 0, "threads of the controller left"
        window.deleteLater()
    QApplication.sendPostedEvents(None, 52)  # DeferredDelete: OpenGL contexts are deleted before the next test
    assert not dialogs, f"unexpected dialogs: {[d.windowTitle() for d in dialogs]}"
    assert not bugs, bugs[0] if bugs else ""
    assert sys.excepthook is not None


@pytest.fixture
def window(make_window: Callable[..., Window], library: FakeLibrary) -> Window:
    return make_window(library)


@pytest.fixture
def opened(window: Window, video: Path, qtbot: QtBot) -> Window:
    """Return a window with a video whose first frame is shown."""
    window.controller.open_path(video)
    qtbot.waitUntil(lambda: window.workspace.video.image is not None)
    return window


@pytest.fixture
def lifted(opened: Window, qtbot: QtBot) -> Window:
    """Return a window after a complete run."""
    run_to_end(opened, qtbot)
    return opened


def run_to_end(window: Window, qtbot: QtBot, timeout: int = 10_000) -> None:
    with qtbot.waitSignal(window.controller.finished, timeout=timeout):
        window.actions_["run"].trigger()


def press(qtbot: QtBot, window: Window, key: Qt.Key, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(window, key, modifier)


def frame_shown(window: Window) -> int:
    return round(window.workspace.video.time_s * FPS)
