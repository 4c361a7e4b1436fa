"""The two small help dialogs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QWidget

from app.actions import SPECS
from app.views.widgets import column, label, picture, row

_MOUSE = (
    ("Turn the 3D view", "drag"),
    ("Move the 3D view", "Shift + drag, or right drag"),
    ("Zoom", "wheel"),
    ("Reset the 3D view", "double-click"),
    ("Choose a person", "click on them in the video"),
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
    """All shortcuts, from the same table that makes them."""
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
    holder = QWidget()
    holder.setLayout(grid)
    dialog.setLayout(
        column(label("Keyboard and mouse", "title"), 8, holder, 10, _close_row(dialog), margins=(26, 22, 26, 18))
    )
    return dialog


def about_dialog(parent: QWidget) -> QDialog:
    from pipeline import __version__

    dialog = _dialog(parent, "About Hourglass")
    text = label(
        "One ordinary camera in, a 3D skeleton out.\n\n"
        "People are found in 2D by MediaPipe BlazePose, then a video pose transformer (MixSTE, sped up by H2OT token "
        "pruning) lifts their movement to 3D. Scale, camera and floor are estimates, not measurements.\n\n"
        "MIT licence. The licences of the parts it is built on are in THIRD_PARTY_NOTICES.md."
    )
    text.setWordWrap(True)
    text.setMinimumWidth(420)
    head = row(picture("logo", 44, ""), label(f"Hourglass {__version__}", "title"), None, spacing=14)
    dialog.setLayout(column(head, 8, text, 12, _close_row(dialog), margins=(26, 24, 26, 18)))
    return dialog
