"""Notify the user: a banner for errors with a remedy, a dialog for bugs."""

from __future__ import annotations

import platform
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.backend import wording
from app.views.widgets import column, icon_button, icon_label, label, named, restyle, row
from pipeline.core.errors import UserError

_NOTE_MS = 8000  # how long a note is shown
_WIDEST_PX = 720  # of a message


class Banner(QWidget):
    """Show one message with a hint over the top of the page; notes disappear after a while."""

    shown_changed = Signal()  # `kind` has changed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = QFrame()
        self._frame.setObjectName("banner")
        self._icon = icon_label("alert", 20, "danger")
        self.message = label("")
        self.hint = label("", "hint")
        for text in (self.message, self.hint):
            text.setWordWrap(True)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = QToolButton()
        theme.set_icon(close, "close")
        close.setToolTip(self.tr("Dismiss"))
        named(close, self.tr("Dismiss"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.dismiss)
        self.remedy = QPushButton()  # what puts the reported thing right, if a click can
        self.remedy.clicked.connect(self._put_right)
        self.remedy.hide()
        self._remedy: Callable[[], None] | None = None
        texts = QWidget()
        texts.setLayout(column(self.message, self.hint, spacing=2))
        inside = row(self._icon, texts, self.remedy, close, spacing=12, margins=(16, 10, 8, 10))
        inside.setStretch(1, 1)
        self._frame.setLayout(inside)
        self.setLayout(column(self._frame, margins=(12, 10, 12, 0)))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dismiss)
        self.kind = ""
        self._host: QWidget | None = None
        self._top_px = 0
        self.hide()

    def float_over(self, host: QWidget, top_px: int) -> None:
        """Lie over `host`, `top_px` below its top, so that a message never moves the page."""
        self._host, self._top_px = host, top_px
        self.setParent(host)
        host.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() == QEvent.Type.Resize and self.kind:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        layout = self.layout()
        if self._host is None or layout is None:
            return
        layout.activate()
        width = min(self._host.width(), _WIDEST_PX)
        height = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else self.sizeHint().height()
        self.setGeometry((self._host.width() - width) // 2, self._top_px, width, height)
        self.raise_()

    def error(self, error: UserError, button: str = "", remedy: Callable[[], None] | None = None) -> None:
        """Show an error, with a button if something can be done about it."""
        self._show("error", error.message, wording.hint(error), button, remedy)

    def note(self, message: str, hint: str = "") -> None:
        self._show("note", message, hint)
        self._timer.start(_NOTE_MS)

    def offer(self, message: str, hint: str, button: str, remedy: Callable[[], None]) -> None:
        """Show a note with a button that puts things right; it stays until it is used or dismissed."""
        self._show("note", message, hint, button, remedy)

    def _show(
        self, kind: str, message: str, hint: str, button: str = "", remedy: Callable[[], None] | None = None
    ) -> None:
        self._timer.stop()
        self._remedy = remedy
        self.remedy.setText(button)
        self.remedy.setVisible(remedy is not None)
        self.kind = kind
        self._frame.setProperty("kind", kind)
        restyle(self._frame)
        error = kind == "error"
        theme.set_picture(self._icon, "alert" if error else "info", 20, "danger" if error else "info")
        self.message.setText(message)
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.show()
        self._place()
        self.shown_changed.emit()

    @Slot()
    def _put_right(self) -> None:
        remedy = self._remedy
        self.dismiss()
        if remedy is not None:
            remedy()

    @Slot()
    def dismiss(self) -> None:
        self._timer.stop()
        self.kind = ""
        self.hide()
        self.shown_changed.emit()


def report(error: BaseException) -> str:
    """Return versions and traceback of a bug; of the user's files only what the traceback holds."""
    from pipeline import __version__

    trace = "".join(traceback.format_exception(error))
    return f"Hourglass {__version__} · Python {sys.version.split()[0]} · {platform.platform()}\n\n{trace}"


class CrashDialog(QDialog):
    """Show a bug: a report to copy and the path of the log file. The program continues."""

    def __init__(self, error: BaseException, log_path: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Something went wrong"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(640, 420)
        self._log_path = log_path
        self.report = QPlainTextEdit(report(error))
        self.report.setReadOnly(True)
        named(self.report, self.tr("Report"))
        title = label(self.tr("This is a bug in Hourglass, not your mistake."), "title")
        text = label(self.tr("The program goes on. The report below helps to put it right."), "muted")
        where = label(self.tr("Log file: {log_path}").format(log_path=log_path), "faint")
        where.setWordWrap(True)
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        copy = icon_button("copy", self.tr("Copy the report"))
        copy.clicked.connect(self._copy)
        folder = icon_button("folder", self.tr("Show the log"))
        folder.clicked.connect(self._open_log)
        close = QPushButton(self.tr("Go on"))
        close.setProperty("role", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        for widget in (copy, folder):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 18)
        layout.setSpacing(10)
        layout.addWidget(title)
        layout.addWidget(text)
        layout.addWidget(self.report)
        layout.addWidget(where)
        layout.addLayout(buttons)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())

    @Slot()
    def _open_log(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._log_path.parent)))
