"""Show the Help menu's dialogs and the log file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QWidget

from app.actions import SPECS
from app.views.widgets import Scrolling, column, icon_label, label, row

_MOUSE = (
    ("Turn the 3D view", "drag"),
    ("Move the 3D view", "Shift + drag, or right drag"),
    ("Zoom", "wheel"),
    ("Reset the 3D view", "double-click"),
    ("Choose a person", "click on them in the video"),
    ("Choose a person in the timeline", "click on their lane"),
    ("Rename a person", "double-click on their lane or in the list of people"),
    ("Rename, split, merge, exchange sides", "right click on a lane or in the list of people"),
    ("Zoom the curves", "wheel; double-click for all"),
    ("Tilt and roll", "drag the horizon; double-click for the estimate"),
)


def _dialog(parent: QWidget, title: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _close_row(dialog: QDialog) -> QWidget:
    close = QPushButton("Close")
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    holder = QWidget()
    holder.setLayout(row(None, close))
    return holder


def keys_dialog(parent: QWidget) -> QDialog:
    """Make a dialog with all shortcuts, from the table of actions."""
    dialog = _dialog(parent, "Keyboard and mouse")
    pairs = [
        (
            spec.text.replace("&", "").rstrip("…"),
            QKeySequence(spec.keys).toString(QKeySequence.SequenceFormat.NativeText),
        )
        for spec in SPECS
        if spec.keys
    ]
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(5)
    rows = [*pairs, *_MOUSE]
    half = (len(rows) + 1) // 2
    for i, (what, keys) in enumerate(rows):
        at = (i % half, 3 * (i // half))
        grid.addWidget(label(keys, "muted"), at[0], at[1])
        grid.addWidget(label(what), at[0], at[1] + 1)
    grid.setColumnMinimumWidth(2, 26)
    dialog.setLayout(
        column(
            label("Keyboard and mouse", "title"), 8, Scrolling(grid), 10, _close_row(dialog), margins=(26, 22, 26, 18)
        )
    )
    return dialog


def about_dialog(parent: QWidget) -> QDialog:
    from pipeline import __version__

    dialog = _dialog(parent, "About Hourglass")
    text = label(
        "One ordinary camera in, a 3D skeleton out.\n\n"
        "People are found in 2D by MediaPipe BlazePose, then a video pose transformer (MixSTE, sped up by H2OT token "
        "pruning) lifts their movement to 3D. Scale, camera and floor are estimates, not measurements.\n\n"
        "MIT licence. The licences of the parts it is built on are in THIRD_PARTY.md."
    )
    text.setWordWrap(True)
    text.setMinimumWidth(420)
    head = row(icon_label("logo", 44, "text"), label(f"Hourglass {__version__}", "title"), None, spacing=14)
    dialog.setLayout(column(head, 8, text, 12, _close_row(dialog), margins=(26, 24, 26, 18)))
    return dialog


class HelpCommands(QObject):
    """Carry out the Help menu; `log_path` is the log file."""

    def __init__(self, window: QWidget, log_path: Path) -> None:
        super().__init__(window)
        self._window, self._log_path = window, log_path

    @Slot()
    def show_keys(self) -> None:
        keys_dialog(self._window).open()

    @Slot()
    def show_about(self) -> None:
        about_dialog(self._window).open()

    @Slot()
    def show_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_path)))
