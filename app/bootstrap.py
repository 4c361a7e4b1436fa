"""Start the window: environment, log file, theme, exception hooks, and a clean end."""

from __future__ import annotations

import logging
import logging.handlers
import os
import signal
import sys
import threading
from pathlib import Path
from types import TracebackType

# OpenCV's wheel points Qt to OpenCV's plugins, with which PySide would not start.
for _name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
    if "cv2" in os.environ.get(_name, ""):
        del os.environ[_name]

# PySide6 reads the source text of every module that is imported after it; the many modules without Qt come first.
from app.backend.library import Library  # noqa: E402

# isort: split
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from app import theme  # noqa: E402
from app.languages import translation  # noqa: E402
from app.settings import Settings  # noqa: E402
from app.window import Window  # noqa: E402
from pipeline.core.errors import OutputError  # noqa: E402
from pipeline.system.files import cache_folder  # noqa: E402

log = logging.getLogger(__name__)

_LOG_BYTES = 1_000_000
_SIGNAL_POLL_MS = 250


class BugRelay(QObject):
    """Pass exceptions of any thread to the main thread."""

    caught = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._window: Window | None = None
        self.caught.connect(self._show)

    def attach(self, window: Window | None) -> None:
        self._window = window

    def report(self, error: BaseException) -> None:
        log.critical("unhandled", exc_info=error)
        self.caught.emit(error)

    def install(self) -> None:
        def main_hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
            if issubclass(kind, KeyboardInterrupt):
                QCoreApplication.quit()
            else:
                self.report(error)

        def thread_hook(args: threading.ExceptHookArgs) -> None:
            if args.exc_value is not None:
                self.report(args.exc_value)

        sys.excepthook = main_hook
        threading.excepthook = thread_hook

    @Slot(object)
    def _show(self, error: BaseException) -> None:
        if self._window is not None:
            self._window.show_bug(error)


def start_log() -> Path:
    """Log to a file of limited size, and warnings to stderr; return the file's path."""
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    root.addHandler(console)
    try:
        path = cache_folder() / "hourglass.log"
        file = logging.handlers.RotatingFileHandler(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8")
    except (OSError, OutputError) as error:
        log.warning("no log file: %s", error)
        return Path("hourglass.log")
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s"))
    root.addHandler(file)
    return path


def make_app(argv: list[str], settings: Settings) -> QApplication:
    """Return the named application with theme and language of the settings, but no style sheet."""
    QCoreApplication.setApplicationName("Hourglass")
    # pyqtgraph has one set of shader programs for all views, so their contexts must be shared.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    app = QApplication(["hourglass", *argv])
    translation.install(app, settings.view.language)
    theme.apply(app, settings.view.theme, sheet=False)  # its fonts depend on the language
    return app


def main(argv: list[str]) -> int:
    """Open the window with the files and folders of `argv`. Returns the exit code."""
    log_path = start_log()
    relay = BugRelay()
    relay.install()
    settings = Settings()
    app = make_app(argv, settings)
    window = Window(Library(), settings, log_path)
    theme.apply_sheet(app)  # after the window is built, see there
    relay.attach(window)

    def interrupted(number: int, frame: object) -> None:
        window.close()
        app.quit()

    # Python handles signals only between Python instructions; an idle timer provides some.
    signal.signal(signal.SIGINT, interrupted)
    pulse = QTimer()
    pulse.timeout.connect(_nothing)
    pulse.start(_SIGNAL_POLL_MS)
    window.show()
    if argv:
        window.files.given.open([Path(name) for name in argv])
    code = app.exec()
    relay.attach(None)
    window.close()
    return code


def _nothing() -> None:
    """Return to Python, so that it can run its signal handlers."""
