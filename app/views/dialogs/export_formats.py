"""Choose formats and options in the export dialog."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QGridLayout, QPushButton, QVBoxLayout, QWidget

from app.languages.translation import shown
from app.views.widgets import label, named, row
from pipeline.core.export_options import OPTIONS, ExportOptions, Value, import_hint
from pipeline.registry import entries, find

_COLUMNS = 2
_ALWAYS = ("report",)  # options that concern every format


class FormatChoice(QWidget):
    """Offer a checkbox for each exporter of the registry, grouped, in two columns.

    Where FBX cannot be written, a button below it emits `fbx_wanted`.
    """

    changed = Signal()
    fbx_wanted = Signal()

    def __init__(self, chosen: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes: dict[str, QCheckBox] = {}
        self.fbx = QPushButton(self.tr("Install what FBX needs…"))
        self.fbx.clicked.connect(self.fbx_wanted)
        groups: dict[str, list[QCheckBox]] = {}
        for entry in entries("exporter"):
            box = QCheckBox(shown(entry.title))
            box.setChecked(entry.name in chosen and not entry.missing())
            box.toggled.connect(self._toggled)
            self.boxes[entry.name] = box
            groups.setdefault(entry.group, []).append(box)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(24)
        columns = [QVBoxLayout() for _ in range(_COLUMNS)]
        filled = [0] * _COLUMNS
        for name, boxes in groups.items():
            at = filled.index(min(filled))  # the shortest column
            columns[at].addWidget(label(shown(name).upper(), "section"))
            for box in boxes:
                columns[at].addWidget(box)
                if box is self.boxes["fbx"]:
                    columns[at].addWidget(self.fbx, 0, Qt.AlignmentFlag.AlignLeft)
            columns[at].addSpacing(8)
            filled[at] += len(boxes) + 2
        for at, part in enumerate(columns):
            part.setSpacing(3)
            part.addStretch(1)
            layout.addLayout(part, 0, at)
        self.refresh()

    def refresh(self) -> None:
        """Enable the formats that can be written here now."""
        for name, box in self.boxes.items():
            entry = find("exporter", name)
            missing = entry.missing()
            box.setEnabled(not missing)
            box.setToolTip(f"{missing}. {entry.hint}".strip(". ").capitalize() if missing else "")
        self.fbx.setVisible(not self.boxes["fbx"].isEnabled())

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(name for name, box in self.boxes.items() if box.isChecked())

    def hints(self, options: ExportOptions, rate_hz: float) -> str:
        """Return how to import the chosen formats in other programs; each sentence once."""
        return "\n".join(dict.fromkeys(filter(None, (import_hint(name, options, rate_hz) for name in self.chosen))))

    @Slot()
    def _toggled(self) -> None:
        self.changed.emit()


class OptionFields(QWidget):
    """Edit export options; those that no chosen format uses are hidden."""

    changed = Signal()

    def __init__(self, value: ExportOptions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lists: dict[str, QComboBox] = {}
        self.switches: dict[str, QCheckBox] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for name, option in OPTIONS.items():
            now = getattr(value, name)
            if option.is_switch:
                box = self.switches[name] = QCheckBox(shown(option.title))
                box.setChecked(now)
                box.toggled.connect(self._edited)
                continue
            field = self.lists[name] = QComboBox()
            for choice, title in option.choices:
                field.addItem(shown(title), choice)
            field.setCurrentIndex([choice for choice, _ in option.choices].index(now))
            field.currentIndexChanged.connect(self._edited)
            named(field, shown(option.title))
            self._form.addRow(label(shown(option.title), "muted"), field)
        self._form.addRow(row(*self.switches.values(), None, spacing=18))

    @property
    def value(self) -> ExportOptions:
        values: dict[str, Value] = {name: field.currentData() for name, field in self.lists.items()}
        values |= {name: box.isChecked() for name, box in self.switches.items()}
        return dataclasses.replace(ExportOptions(), **values)  # type: ignore[arg-type]

    def show_for(self, formats: Sequence[str]) -> None:
        used = {*_ALWAYS, *(name for chosen in formats for name in find("exporter", chosen).options)}
        for name, field in self.lists.items():
            self._form.setRowVisible(field, name in used)
        for name, box in self.switches.items():
            box.setVisible(name in used)

    @Slot()
    def _edited(self) -> None:
        self.changed.emit()
