"""The 2D detectors: which there are, downloading weights, adding a network of one's own, removing it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app import theme
from app.detectors import DetectorRow
from app.views.widgets import column, label, row
from pipeline.errors import UserError

_CONFIG = "mmpose::body_2d_keypoint/…/name.py, or the path of a config file"
_ADD_TIP = "Your own network of MMPose: say its config here, then choose its checkpoint file."


class DetectorsDialog(QDialog):
    """Says what is wanted; whoever listens answers with the `show_` methods, `idle` and `set_detectors`."""

    add_wanted = Signal(object, str)  # Path of the checkpoint, config
    remove_wanted = Signal(str)
    download_wanted = Signal(str)
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("2D detectors")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 560)
        self._rows: dict[str, DetectorRow] = {}
        self._busy = False
        self.table = QTreeWidget()
        self.table.setHeaderLabels(("Detector", "State"))
        self.table.setRootIsDecorated(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setUniformRowHeights(True)
        head = self.table.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.currentItemChanged.connect(self._selected)
        self.details, self.problem = label("", "muted"), label("")
        for text in (self.details, self.problem):
            text.setWordWrap(True)
        self.details.setMinimumHeight(72)
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.problem.setStyleSheet(f"color: {theme.DANGER};")
        self.problem.hide()
        self.progress, self.doing = QProgressBar(), label("", "muted")
        self.progress.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.cancel.clicked.connect(self.cancel_wanted)
        self._work = QWidget()
        work = row(self.doing, self.progress, self.cancel, spacing=12)
        work.setStretch(1, 1)
        self._work.setLayout(work)
        self._work.hide()
        self.config = QLineEdit()
        self.config.setPlaceholderText(_CONFIG)
        self.config.setToolTip(_ADD_TIP)
        self.config.textChanged.connect(self._selected)
        self.add, self.download = QPushButton(theme.icon("open"), "Add checkpoint…"), QPushButton("Download")
        self.remove, close = QPushButton("Remove"), QPushButton("Close")
        self.add.setToolTip(_ADD_TIP)
        self.add.clicked.connect(self._choose)
        self.download.clicked.connect(self._download)
        self.remove.clicked.connect(self._remove)
        self.remove.setToolTip("Only detectors that you added can be removed.")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        own = row(label("Config of your own network", "muted"), self.config, self.add, spacing=12)
        own.setStretch(1, 1)
        layout = column(
            label("2D detectors", "title"), self.table, self.details, self.problem, self._work, own, 6,
            row(self.download, self.remove, None, close), spacing=8, margins=(24, 22, 24, 20),
        )  # fmt: skip
        self.setLayout(layout)
        self._selected()

    # --- answers

    def set_detectors(self, rows: Sequence[DetectorRow], select: str = "") -> None:
        """Fill the list; `select` is the one to look at, else the one selected before."""
        current = select or self.selected or (rows[0].name if rows else "")
        self._rows = {one.name: one for one in rows}
        self.table.clear()
        for one in rows:
            item = QTreeWidgetItem([one.title, one.state + (", added by you" if one.added else "")])
            item.setData(0, Qt.ItemDataRole.UserRole, one.name)
            item.setToolTip(0, one.name)
            if not one.ready:
                item.setForeground(1, QColor(theme.FAINT if one.can_get else theme.DANGER))
            self.table.addTopLevelItem(item)
            if one.name == current:
                self.table.setCurrentItem(item)
        self._selected()

    def show_busy(self, text: str, can_cancel: bool = False) -> None:
        self._busy = True
        self.problem.hide()
        self.doing.setText(text)
        self.progress.setRange(0, 0)
        self.cancel.setVisible(can_cancel)
        self._work.show()
        self._selected()

    def show_progress(self, done: int, total: int) -> None:
        """In bytes; a total of 0 is not known."""
        self.progress.setRange(0, total // 1024)  # a QProgressBar counts in 32 bits
        self.progress.setValue(done // 1024)

    def idle(self) -> None:
        self._busy = False
        self._work.hide()
        self._selected()

    def show_error(self, error: UserError) -> None:
        self.idle()
        self.problem.setText(str(error))
        self.problem.show()

    # --- behaviour

    @property
    def selected(self) -> str:
        item = self.table.currentItem()
        return "" if item is None else str(item.data(0, Qt.ItemDataRole.UserRole))

    @Slot()
    def _selected(self, *_: object) -> None:
        one = self._rows.get(self.selected)
        can_get = one is not None and one.can_get
        self.add.setEnabled(bool(self.config.text().strip()) and not self._busy)
        self.download.setEnabled(can_get and not self._busy)
        self.remove.setEnabled(one is not None and one.added and not self._busy)
        self.download.setText(f"Download ({one.size})" if one is not None and can_get else "Download")
        self.details.setText("" if one is None else "\n".join(text for text in (one.reason, one.details) if text))

    @Slot()
    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, "Add a checkpoint", str(Path.home()), "Checkpoints (*.pth *.pt *.safetensors);;All files (*)"
        )
        if path:
            self.add_wanted.emit(Path(path), self.config.text().strip())

    @Slot()
    def _download(self) -> None:
        self.download_wanted.emit(self.selected)

    @Slot()
    def _remove(self) -> None:
        self.remove_wanted.emit(self.selected)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.cancel_wanted.emit()
        super().closeEvent(event)
