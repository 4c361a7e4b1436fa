"""Ask whether Blender's package may be installed for FBX; say its size and licence."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QLabel, QProgressBar, QPushButton, QWidget

from app.backend import wording
from app.views.widgets import column, label, named, row
from pipeline.core.errors import UserError


class FbxDialog(QDialog):
    """Emit `wanted` when the user agrees; the receiver reports by the `show_...` methods.

    During the installation Cancel, Escape and the title bar's close button emit `cancel_wanted`.
    """

    wanted = Signal()
    cancel_wanted = Signal()

    def __init__(
        self, package: str, licence: str, download_mb: int, installed_mb: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Install what FBX needs"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(520)
        self.about = QLabel(
            self.tr(
                "FBX is read and written by Blender. Where Blender is not installed, its own package {package} does "
                "it: free software under another licence than this program, {licence}. It runs as a program by "
                "itself, only while an FBX is read or written."
            ).format(package=package, licence=licence)
        )
        self.about.setWordWrap(True)
        self.space = label(
            self.tr("Download from PyPI: about {download} MB. On the disk: about {installed} MB.").format(
                download=download_mb, installed=installed_mb
            ),
            "muted",
        )
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        named(self.bar, self.tr("Progress of the installation"))
        self.problem = label("", "danger")
        self.problem.setWordWrap(True)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        self.install = QPushButton(self.tr("Install"))
        self.install.setProperty("role", "primary")
        self.install.clicked.connect(self._install)
        for part in (self.bar, self.problem):
            part.hide()
        self._busy = False
        self.setLayout(
            column(
                label(self.tr("Install what FBX needs"), "title"), self.about, self.space, self.problem, self.bar, 8,
                row(None, self.cancel, self.install), spacing=10, margins=(24, 22, 24, 20),
            )
        )  # fmt: skip

    def show_stopped(self, why: str) -> None:
        """Show why nothing was installed; it can be tried again."""
        self._set_busy(False)
        self.problem.setText(why)
        self.problem.show()

    def show_error(self, error: UserError) -> None:
        self.show_stopped(wording.text(error))

    @Slot()
    def _install(self) -> None:
        self.problem.hide()
        self._set_busy(True)
        self.wanted.emit()

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.bar.setVisible(busy)
        self.install.setEnabled(not busy)
        self.cancel.setEnabled(True)

    @Slot()
    def reject(self) -> None:
        if self._busy:
            self.cancel.setEnabled(False)
            self.cancel_wanted.emit()
        else:
            super().reject()
