"""Choose the 2D detector: the recommended ones first, with the reason, then others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QStandardItemModel
from PySide6.QtWidgets import QWidget

from app.views.settings.fields import LongComboBox
from pipeline.core.config import DetectConfig
from pipeline.model_info import RECOMMENDED, DetectorInfo


class DetectorBox(LongComboBox):
    """List recommended detectors and those that can be used; the dialog beside it lists all.

    The data of an item is the detector's name; headings and notes have none and cannot be chosen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.addItem(self.tr("Default"), DetectConfig().detector)

    def set_detectors(self, detectors: Sequence[DetectorInfo], chosen: str) -> None:
        """Offer detectors.

        Of those that cannot be used, the recommended and the `chosen` one are shown, with the reason.
        """
        self.clear()
        best = [one for one in detectors if one.group == RECOMMENDED]
        others = [one for one in detectors if one.group != RECOMMENDED]
        here = [one for one in others if one.ready or one.name == chosen]
        if best:
            self._add_note(self.tr("Recommended"), heading=True)
        for one in best:
            self._add(one)
        if best and here:
            self._add_note(self.tr("Others"), heading=True)
        for one in here:
            self._add(one)
        if len(here) < len(others):
            text = self.tr("%n more to download: button beside this", "", len(others) - len(here))
            self._add_note(text, heading=False)

    def _add(self, one: DetectorInfo) -> None:
        self.addItem(one.title if one.ready else f"{one.title}: {one.state}", one.name)
        item = self._model().item(self.count() - 1)
        item.setEnabled(one.ready)
        item.setToolTip("\n".join(text for text in (one.explanation, one.advice) if text))

    def _add_note(self, text: str, heading: bool) -> None:
        self.addItem(text)
        at = self.count() - 1
        self._model().item(at).setEnabled(False)
        if heading:
            font = QFont(self.font())
            font.setBold(True)
            self.setItemData(at, font, Qt.ItemDataRole.FontRole)

    def _model(self) -> QStandardItemModel:
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        return model
