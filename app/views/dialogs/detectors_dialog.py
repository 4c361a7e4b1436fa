"""List 2D detectors; download their weights; add or remove the user's MMPose networks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFileDialog, QLineEdit, QTreeWidgetItem, QWidget

from app import theme
from app.languages.translation import mark, shown, translate
from app.views.dialogs.catalogue import CatalogueDialog, heading
from app.views.widgets import column, icon_button, label, named, row
from pipeline.model_info import DetectorInfo

_CONFIG = mark("mmpose::body_2d_keypoint/…/name.py, or the path of a config file")
_ADD_TIP = mark("Your own network of MMPose: say its config here, then choose its checkpoint file.")


class DetectorsDialog(CatalogueDialog):
    """List detectors and emit requests; the receiver reports by `show_...` and `set_detectors`."""

    add_wanted = Signal(object, str)  # Path of the checkpoint, config

    def __init__(self, parent: QWidget | None = None) -> None:
        columns = [translate("DetectorsDialog", "Detector"), translate("DetectorsDialog", "State")]
        super().__init__(translate("DetectorsDialog", "2D detectors"), columns, 72, parent)
        self.resize(760, 560)
        self._rows: dict[str, DetectorInfo] = {}
        self.config = QLineEdit()
        self.config.setPlaceholderText(shown(_CONFIG))
        self.config.setToolTip(shown(_ADD_TIP))
        named(self.config, self.tr("Config of your own network"), shown(_ADD_TIP))
        self.config.textChanged.connect(self._selected)
        self.add = icon_button("open", self.tr("Add checkpoint…"))
        self.add.setToolTip(shown(_ADD_TIP))
        self.add.clicked.connect(self._choose)
        self.remove.setToolTip(self.tr("Only detectors that you added can be removed."))
        own = row(label(self.tr("Config of your own network"), "muted"), self.config, self.add, spacing=12)
        own.setStretch(1, 1)
        layout = column(
            label(self.tr("2D detectors"), "title"), self.table, self.details, self.problem, self.work, own, 6,
            row(self.download, self.remove, None, self.close_button), spacing=8, margins=(24, 22, 24, 20),
        )  # fmt: skip
        self.setLayout(layout)
        self._selected()

    # --- answers

    def set_detectors(self, rows: Sequence[DetectorInfo], select: str = "") -> None:
        """Fill the list and select `select`, else the detector selected before."""
        self._rows = {one.name: one for one in rows}
        items: list[tuple[str, QTreeWidgetItem]] = []
        group = ""
        for one in rows:
            if one.group != group:
                group = one.group
                items.append(("", heading(group)))
            item = QTreeWidgetItem([one.title, one.state + (self.tr(", added by you") if one.added else "")])
            item.setToolTip(0, one.name)
            if not one.ready:
                item.setForeground(1, QColor(theme.colours().faint if one.can_get else theme.colours().danger))
            items.append((one.name, item))
        self._fill(items, select)

    # --- behaviour

    @Slot()
    def _selected(self, *_: object) -> None:
        one = self._rows.get(self.selected)
        can_get = one is not None and one.can_get
        self.add.setEnabled(bool(self.config.text().strip()) and not self._busy)
        self.download.setEnabled(can_get and not self._busy)
        self.remove.setEnabled(one is not None and one.added and not self._busy)
        self.download.setText(
            self.tr("Download ({size})").format(size=one.size) if one is not None and can_get else self.tr("Download")
        )
        self.details.setText("" if one is None else "\n".join(text for text in (one.explanation, one.details) if text))

    @Slot()
    def _choose(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Add a checkpoint"),
            str(Path.home()),
            self.tr("Checkpoints (*.pth *.pt *.safetensors);;All files (*)"),
        )
        if path:
            self.add_wanted.emit(Path(path), self.config.text().strip())
