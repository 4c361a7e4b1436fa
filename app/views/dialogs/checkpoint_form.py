"""Show what was recognised in a checkpoint file, with fields for what it does not hold."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QFormLayout, QLineEdit, QPushButton, QScrollArea, QWidget

from app.backend.checkpoint_info import Assumption, FoundCheckpoint
from app.views.widgets import column, label, named, row


class CheckpointForm(QWidget):
    """Edit assumptions about a checkpoint; each correction is checked against the file at once."""

    corrected = Signal(object, object)  # Path, corrections
    accepted = Signal(object, str, object)  # Path, name, corrections

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: FoundCheckpoint | None = None
        self._corrections: dict[str, str] = {}
        self.fields: dict[str, QComboBox | QLineEdit] = {}
        self.title = label("", "title")
        self.file = label("", "muted")
        self.read, self.assumed, self.problem = label(""), label("", "muted"), label("", "danger")
        for text in (self.title, self.file, self.read, self.assumed, self.problem):
            text.setWordWrap(True)
        self.name, self._name_label = QLineEdit(), label(self.tr("Name"), "muted")
        self.name.setToolTip(self.tr("What it is called in the list of lifters"))
        named(self.name, self.tr("Name"), self.name.toolTip())
        self.name.setPlaceholderText(self.tr("From the file's name"))
        self.name.textEdited.connect(self._renamed)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.back, self.add = QPushButton(self.tr("Back")), QPushButton(self.tr("Add this lifter"))
        self.add.setProperty("role", "primary")
        self.add.clicked.connect(self._accept)
        inside = QWidget()
        inside.setLayout(
            column(
                label(self.tr("IN THE FILE"), "section"),
                self.read,
                8,
                label(self.tr("ASSUMED, NOT IN THE FILE"), "section"),
                self.assumed,
                2,
                self._form,
                None,
                spacing=6,
            )
        )
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        self.setLayout(
            column(
                self.title, self.file, 6, scroll, self.problem, 4, row(None, self.back, self.add), spacing=6
            )
        )  # fmt: skip

    def show_found(self, found: FoundCheckpoint) -> None:
        if self._found is None or self._found.path != found.path:
            self.name.setText("")
        self._found, self._corrections = found, dict(found.corrections)
        self.title.setText(found.title)
        self.file.setText(str(found.path))
        self.read.setText("\n".join(found.read) or "–")
        self.assumed.setText("\n".join(found.assumed))
        self.assumed.setVisible(bool(found.assumed))
        self._fill(found)
        self.show_problem("")
        self._check()

    @property
    def titles(self) -> dict[str, str]:
        """Return the labels of the fields by the names that the library has for them."""
        titles = {} if self._found is None else {field.key: field.label for field in self._found.fields}
        stages = titles.pop("stages", "")  # frames and blocks, in one field here
        return titles | (dict.fromkeys(("tokens", "at"), stages) if stages else {})

    def _fill(self, found: FoundCheckpoint) -> None:
        focus = next((key for key, box in self.fields.items() if box.hasFocus()), "")
        if self._form.rowCount():
            self._form.takeRow(self.name)  # kept with its label; the other rows are rebuilt
        while self._form.rowCount():
            self._form.removeRow(0)
        self.fields = {field.key: self._box(field) for field in found.fields}
        for field in found.fields:
            name = label(field.label, "muted")
            box = self.fields[field.key]
            for widget in (name, box):
                widget.setToolTip(field.help)
            named(box, field.label, field.help)
            self._form.addRow(name, box)
        self._form.addRow(self._name_label, self.name)
        if focus in self.fields:
            self.fields[focus].setFocus()

    def _box(self, field: Assumption) -> QComboBox | QLineEdit:
        value = field.value
        if field.kind == "choice":
            box = QComboBox()
            for key, title in field.choices:
                box.addItem(title, key)
            box.setCurrentIndex(max(box.findData(value), 0))
            box.currentIndexChanged.connect(self._changed)
            return box
        line = QLineEdit(value)
        line.editingFinished.connect(self._changed)
        return line

    @Slot()
    def _changed(self, *_: object) -> None:
        if self._found is None:
            return
        shown = {field.key: field.value for field in self._found.fields}
        now = {key: _value(box) for key, box in self.fields.items()}
        changed = {key: value for key, value in now.items() if value != shown[key]}
        corrections = dict(self._found.corrections) | changed
        if corrections != self._corrections:
            self._corrections = corrections
            self.corrected.emit(self._found.path, dict(corrections))

    @Slot()
    def _check(self) -> None:
        self.add.setEnabled(not self.problem.text())

    @Slot()
    def _renamed(self) -> None:
        self.show_problem("")

    @Slot()
    def _accept(self) -> None:
        if self._found is not None:
            self.accepted.emit(self._found.path, self.name.text().strip(), dict(self._corrections))

    def show_problem(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        self._check()

    def set_busy(self, busy: bool) -> None:
        self.back.setEnabled(not busy)
        for box in self.fields.values():
            box.setEnabled(not busy)
        if busy:
            self.add.setEnabled(False)
        else:
            self._check()


def _value(box: QComboBox | QLineEdit) -> str:
    return str(box.currentData()) if isinstance(box, QComboBox) else box.text().strip()
