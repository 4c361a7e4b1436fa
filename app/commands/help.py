"""Show the Help menu's dialogs and the log file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QWidget

from app.actions import SPECS, plain
from app.languages.translation import mark, shown, translate
from app.views.widgets import Scrolling, column, icon_label, label, row

_MOUSE = (
    (mark("Turn the 3D view"), "drag"),
    (mark("Move the 3D view"), mark("Shift + drag, or right drag")),
    (mark("Zoom"), "wheel"),
    (mark("Reset the 3D view"), "double-click"),
    (mark("Choose a person"), mark("click on them in the video")),
    (mark("Choose a person in the timeline"), mark("click on their lane")),
    (
        mark("Rename a person"),
        mark("double-click on their lane or in the list of people"),
    ),
    (
        mark("Rename, split, merge, exchange sides"),
        mark("right click on a lane or in the list of people"),
    ),
    (mark("Zoom the curves"), mark("wheel; double-click for all")),
    (
        mark("Tilt and roll"),
        mark("drag the horizon; double-click for the estimate"),
    ),
)


def _dialog(parent: QWidget, title: str) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _close_row(dialog: QDialog) -> QWidget:
    close = QPushButton(translate("help", "Close"))
    close.setDefault(True)
    close.clicked.connect(dialog.accept)
    holder = QWidget()
    holder.setLayout(row(None, close))
    return holder


def keys_dialog(parent: QWidget) -> QDialog:
    """Make a dialog with all shortcuts, from the table of actions."""
    dialog = _dialog(parent, translate("help", "Keyboard and mouse"))
    pairs = [
        (
            plain(shown(spec.text)),
            QKeySequence(spec.keys).toString(QKeySequence.SequenceFormat.NativeText),
        )
        for spec in SPECS
        if spec.keys
    ]
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(5)
    rows = [*pairs, *((shown(what), shown(how)) for what, how in _MOUSE)]
    half = (len(rows) + 1) // 2
    for i, (what, keys) in enumerate(rows):
        at = (i % half, 3 * (i // half))
        grid.addWidget(label(keys, "muted"), at[0], at[1])
        grid.addWidget(label(what), at[0], at[1] + 1)
    grid.setColumnMinimumWidth(2, 26)
    dialog.setLayout(
        column(
            label(translate("help", "Keyboard and mouse"), "title"),
            8,
            Scrolling(grid),
            10,
            _close_row(dialog),
            margins=(26, 22, 26, 18),
        )
    )
    return dialog


def about_dialog(parent: QWidget) -> QDialog:
    from pipeline import __version__

    dialog = _dialog(parent, translate("help", "About Hourglass"))
    text = label(
        translate(
            "help",
            "One ordinary camera in, a 3D skeleton out.\n\n"
            "People are found in 2D by MediaPipe BlazePose, then a video pose transformer (MixSTE, sped up by "
            "H2OT token "
            "pruning) lifts their movement to 3D. Scale, camera and floor are estimates, not measurements.\n\n"
            "MIT licence. The licences of the parts it is built on are in THIRD_PARTY.md.",
        )
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
