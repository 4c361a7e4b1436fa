"""List lifters; download them; add or remove the user's checkpoint files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app import theme
from app.backend import wording
from app.backend.checkpoint_info import FoundCheckpoint
from app.languages.translation import mark, shown, translate
from app.views.dialogs.catalogue import CatalogueDialog
from app.views.dialogs.checkpoint_form import CheckpointForm
from app.views.widgets import column, icon_button, label, row
from pipeline.core.errors import UserError
from pipeline.model_info import CHECKPOINT_SUFFIXES, DAMAGED, INSTALLED, MISSING, LifterInfo

_STATES = {
    INSTALLED: mark("Installed"),
    MISSING: mark("Missing"),
    DAMAGED: mark("Damaged"),
}
_COLUMNS = (
    mark("Lifter"),
    mark("Network"),
    mark("Frames"),
    mark("Trained pruning"),
    mark("State"),
)
_INVITE = mark("Drop a checkpoint file here to add it: {suffixes}")


class LiftersDialog(CatalogueDialog):
    """List lifters and emit requests; the receiver reports by `show_...` and `set_lifters`."""

    recognise_wanted = Signal(object, object)  # Path, corrections: dict of str
    adopt_wanted = Signal(object, str, object)  # Path, name, corrections

    def __init__(self, parent: QWidget | None = None) -> None:
        columns = [shown(title) for title in _COLUMNS]
        super().__init__(translate("LiftersDialog", "Lifters"), columns, 56, parent)
        self.setAcceptDrops(True)
        self.resize(860, 560)
        self._lifters: dict[str, LifterInfo] = {}
        self.form = CheckpointForm()
        self.form.back.clicked.connect(self.show_list)
        self.form.corrected.connect(self.recognise_wanted)
        self.form.accepted.connect(self.adopt_wanted)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._list_page())
        self._pages.addWidget(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.addWidget(self._pages)
        self._selected()

    def _list_page(self) -> QWidget:
        self.add = icon_button("open", self.tr("Add a file…"))
        self.add.clicked.connect(self._choose)
        page = QWidget()
        invite = label(shown(_INVITE).format(suffixes=" ".join(CHECKPOINT_SUFFIXES)), "muted")
        buttons = row(self.add, self.download, self.remove, None, self.close_button)
        page.setLayout(
            column(
                label(self.tr("Lifters"), "title"),
                invite,
                4,
                self.table,
                self.details,
                self.problem,
                self.work,
                6,
                buttons,
                spacing=8,
            )
        )
        return page

    # --- answers

    def set_lifters(self, lifters: Sequence[LifterInfo], select: str = "") -> None:
        """Fill the list and select `select`, else the lifter selected before."""
        self._lifters = {lifter.name: lifter for lifter in lifters}
        items = []
        for lifter in lifters:
            state = shown(_STATES[lifter.state]) + (self.tr(", default") if lifter.default else "")
            network, pruning = lifter.host_title.partition(" (")[0], lifter.prune.label
            item = QTreeWidgetItem([lifter.title, network, str(lifter.frames), pruning, state])
            item.setToolTip(0, lifter.title)
            item.setToolTip(1, lifter.host_title)
            if lifter.state != INSTALLED:
                item.setForeground(
                    4, QColor(theme.colours().danger if lifter.state == DAMAGED else theme.colours().faint)
                )
            items.append((lifter.name, item))
        self._fill(items, select)

    def show_list(self) -> None:
        self._pages.setCurrentIndex(0)

    def show_found(self, found: FoundCheckpoint) -> None:
        """Show what was recognised in a checkpoint file, before it is added."""
        self.idle()
        self.form.show_found(found)
        self._pages.setCurrentWidget(self.form)

    def show_busy(self, text: str, can_cancel: bool = False) -> None:
        super().show_busy(text, can_cancel)
        self.form.set_busy(True)

    def idle(self) -> None:
        super().idle()
        self.form.set_busy(False)

    def show_error(self, error: UserError) -> None:
        if self.shows_form:
            self.idle()
            self.form.show_problem(wording.text(error, self.form.titles))
        else:
            super().show_error(error)

    # --- behaviour

    @property
    def shows_form(self) -> bool:
        """Return whether the form for a checkpoint is shown in place of the list."""
        return self._pages.currentWidget() is self.form

    @Slot()
    def _selected(self, *_: object) -> None:
        lifter = self._lifters.get(self.selected)
        self.add.setEnabled(not self._busy)
        can_get = lifter is not None and lifter.downloadable and lifter.state != INSTALLED
        self.download.setEnabled(can_get and not self._busy)
        self.download.setVisible(any(one.downloadable for one in self._lifters.values()))
        self.remove.setEnabled(lifter is not None and lifter.added and not self._busy)
        self.remove.setToolTip(self.tr("Only lifters that you added can be removed."))
        if lifter is None:
            self.details.setText("")
            return
        self.download.setText(
            self.tr("Download ({size})").format(size=f"{lifter.size_bytes / 1e6:.0f} MB")
            if can_get
            else self.tr("Download")
        )
        parts = [
            lifter.reason,
            self.tr("Licence: {licence}.").format(licence=lifter.licence) if lifter.licence else "",
            lifter.limits,
        ]
        self.details.setText("\n".join(part for part in parts if part))

    def open_file(self, path: Path) -> None:
        """Request that a checkpoint file is recognised."""
        if not self._busy:
            self.show_list()
            self.recognise_wanted.emit(path, {})

    @Slot()
    def _choose(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in CHECKPOINT_SUFFIXES)
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Add a checkpoint"),
            str(Path.home()),
            self.tr("Checkpoints ({patterns});;All files (*)").format(patterns=patterns),
        )
        if path:
            self.open_file(Path(path))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if files:
            event.acceptProposedAction()
            self.open_file(files[0])
