"""Provide the base of the lifters' and detectors' dialogs: list, details, running work."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app import theme
from app.backend import wording
from app.views.widgets import label, named, row
from pipeline.core.errors import UserError


class CatalogueDialog(QDialog):
    """List models and emit requests; the receiver reports by the `show_` methods and `idle`.

    A subclass lays out `table`, `details`, `problem`, `work` and the buttons, and overrides `_selected`.
    """

    remove_wanted = Signal(str)
    download_wanted = Signal(str)
    cancel_wanted = Signal()

    def __init__(self, title: str, columns: Sequence[str], details_px: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._busy = False
        self.table = _table(columns)
        named(self.table, title)
        self.table.currentItemChanged.connect(self._selected)
        self.details, self.problem = _wrapped("muted"), _wrapped("danger")
        self.details.setMinimumHeight(details_px)
        self.details.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.problem.hide()
        self.progress, self.doing = QProgressBar(), label("", "muted")
        self.progress.setTextVisible(False)
        named(self.progress, self.tr("Progress"))
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.cancel_wanted)
        self.work = QWidget()
        work = row(self.doing, self.progress, self.cancel, spacing=12)
        work.setStretch(1, 1)
        self.work.setLayout(work)
        self.work.hide()
        self.download, self.remove, self.close_button = (
            QPushButton(self.tr("Download")),
            QPushButton(self.tr("Remove")),
            QPushButton(self.tr("Close")),
        )
        self.download.clicked.connect(self._download)
        self.remove.clicked.connect(self._remove)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)

    # --- answers

    def show_busy(self, text: str, can_cancel: bool = False) -> None:
        self._busy = True
        self.problem.hide()
        self.doing.setText(text)
        self.progress.setRange(0, 0)
        self.cancel.setVisible(can_cancel)
        self.work.show()
        self._selected()

    def show_progress(self, done: int, total: int) -> None:
        """Show the progress of a download in bytes; a total of 0 means not known."""
        self.progress.setRange(0, (total + 1023) // 1024)  # in KiB, because a QProgressBar has 32 bits
        self.progress.setValue(done // 1024)

    def idle(self) -> None:
        self._busy = False
        self.work.hide()
        self._selected()

    def show_error(self, error: UserError) -> None:
        self.idle()
        self.problem.setText(wording.text(error))
        self.problem.show()

    # --- behaviour

    @property
    def selected(self) -> str:
        """Return the name of the selected row; "" for none."""
        item = self.table.currentItem()
        return "" if item is None else str(item.data(0, Qt.ItemDataRole.UserRole))

    @Slot()
    def _selected(self, *_: object) -> None:
        """Update details and buttons after another row was selected, or work began or ended."""
        raise NotImplementedError

    def _fill(self, rows: Sequence[tuple[str, QTreeWidgetItem]], select: str) -> None:
        """Fill the list from (name, row); select `select`, else the row selected before, else the first.

        A row without a name is a heading, see `heading`.
        """
        current = select or self.selected or next((name for name, _ in rows if name), "")
        self.table.clear()
        for name, item in rows:
            item.setData(0, Qt.ItemDataRole.UserRole, name)
            self.table.addTopLevelItem(item)
            item.setFirstColumnSpanned(not name)
            if name and name == current:
                self.table.setCurrentItem(item)
        self._selected()

    @Slot()
    def _download(self) -> None:
        self.download_wanted.emit(self.selected)

    @Slot()
    def _remove(self) -> None:
        self.remove_wanted.emit(self.selected)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self.cancel_wanted.emit()
        super().closeEvent(event)


def heading(text: str) -> QTreeWidgetItem:
    """Return a row that stands over others and cannot be selected."""
    item = QTreeWidgetItem([text])
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    item.setForeground(0, QColor(theme.colours().muted))
    font = item.font(0)
    font.setBold(True)
    item.setFont(0, font)
    return item


def _table(columns: Sequence[str]) -> QTreeWidget:
    table = QTreeWidget()
    table.setHeaderLabels(list(columns))
    table.setRootIsDecorated(False)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setUniformRowHeights(True)
    head = table.header()
    head.setStretchLastSection(False)
    for i in range(len(columns)):
        head.setSectionResizeMode(i, QHeaderView.ResizeMode.ResizeToContents)
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    return table


def _wrapped(role: str = "") -> QLabel:
    text = label("", role)
    text.setWordWrap(True)
    return text
