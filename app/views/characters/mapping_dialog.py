"""Let the user put right which joints of a character are which bones of a human."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app import theme
from app.backend import wording
from app.views.characters.bone_words import bone_word, groups, part_word
from app.views.characters.figure_view import FigureView
from app.views.widgets import column, label, named, row
from pipeline.core.errors import UserError

if TYPE_CHECKING:
    from pipeline.characters.mapping import Problem

_BONE = Qt.ItemDataRole.UserRole
_NOBODY = -1  # data of the entry "none"
_SHOWN_PROBLEMS = 3


class MappingDialog(QDialog):
    """Edit `nodes`, humanoid bone -> node, and emit them with `saved`.

    The receiver closes the dialog or calls `show_error`. The bone of the chosen row gets the joint that is clicked in
    the figure, or chosen by name in the box below.
    """

    saved = Signal(object)  # dict[str, int]

    def __init__(
        self, name: str, figure: FigureView, names: Sequence[str], nodes: Mapping[str, int],
        recognised: Mapping[str, int], unsure: Sequence[str],
        check: Callable[[Mapping[str, int]], Sequence[Problem]], parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """Take the names of all nodes ("" = cannot be chosen), what is recognised by itself, and what is unsure."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Bones of {name}").format(name=name))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(980, 680)
        self.nodes, self._recognised = dict(nodes), dict(recognised)
        self._names, self._unsure, self._check = names, set(unsure), check
        self.figure = figure
        figure.clicked.connect(self._joint_clicked)
        named(figure, self.tr("Figure of the character"))
        self.list = QTreeWidget()
        self.list.setHeaderLabels([self.tr("Bone"), self.tr("In the file")])
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setUniformRowHeights(True)
        self.list.setIndentation(14)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        named(self.list, self.tr("Bones"))
        self._rows: dict[str, QTreeWidgetItem] = {}
        for title, bones in groups():
            head = QTreeWidgetItem([title])
            head.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.list.addTopLevelItem(head)
            head.setFirstColumnSpanned(True)
            for bone in bones:
                item = QTreeWidgetItem([part_word(bone), ""])
                item.setData(0, _BONE, bone)
                head.addChild(item)
                self._rows[bone] = item
            head.setExpanded(not any(bone.endswith("Distal") for bone in bones))
        self.list.currentItemChanged.connect(self._row_chosen)
        self.joint = self._joint_box()
        self.hint = label(
            self.tr(
                "Choose a bone in the list, then click its joint in the figure. Drag to turn the figure, the wheel "
                "enlarges it. Hollow joints were only guessed."
            ),
            "muted",
        )
        self.hint.setWordWrap(True)
        self.problem = label("", "danger")
        self.problem.setWordWrap(True)
        self.reset = QPushButton(self.tr("As recognised"))
        self.reset.setToolTip(self.tr("Take back all corrections"))
        self.reset.clicked.connect(self._reset)
        self.cancel, self.save = QPushButton(self.tr("Cancel")), QPushButton(self.tr("Save"))
        self.cancel.clicked.connect(self.reject)
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(lambda: self.saved.emit(dict(self.nodes)))
        self._lay_out()
        self.choose("hips")
        self._show()

    def _joint_box(self) -> QComboBox:
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItem(self.tr("None"), _NOBODY)
        for node, name in enumerate(self._names):
            if name:
                box.addItem(name, node)
        completer = QCompleter(box.model(), box)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        box.setCompleter(completer)
        named(box, self.tr("Joint of the chosen bone"))
        box.activated.connect(self._joint_chosen)
        return box

    def _lay_out(self) -> None:
        side = QWidget()
        self.which = label("", "muted")
        joint = row(self.which, self.joint, spacing=10)
        joint.setStretch(1, 1)
        side.setLayout(column(self.list, joint, spacing=10))
        parts = QSplitter(Qt.Orientation.Horizontal)
        parts.addWidget(self.figure)
        parts.addWidget(side)
        parts.setSizes([560, 360])
        parts.setStretchFactor(0, 1)
        parts.setChildrenCollapsible(False)
        whole = column(
            label(self.windowTitle(), "title"), self.hint, parts, self.problem,
            row(self.reset, None, self.cancel, self.save), spacing=10, margins=(24, 22, 24, 20),
        )  # fmt: skip
        whole.setStretch(2, 1)
        self.setLayout(whole)

    # --- behaviour

    @property
    def chosen(self) -> str:
        """Return the bone of the chosen row, "" without one."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(0, _BONE) or "")

    def choose(self, bone: str) -> None:
        """Choose the row of a bone."""
        self.list.setCurrentItem(self._rows[bone])

    def text_of(self, bone: str) -> str:
        """Return what the list shows for a bone."""
        return self._rows[bone].text(1)

    def assign(self, bone: str, node: int) -> None:
        """Make a node a bone, and no other one; -1 = the character has no such bone."""
        self.nodes = {other: place for other, place in self.nodes.items() if place != node and other != bone}
        if node >= 0:
            self.nodes[bone] = node
        self._unsure.discard(bone)
        self._show()

    def show_error(self, error: UserError) -> None:
        """Show why the mapping could not be saved."""
        self.problem.setText(wording.text(error))
        self.problem.show()

    @Slot(int)
    def _joint_clicked(self, node: int) -> None:
        if self.chosen and self._names[node]:
            self.assign(self.chosen, node)

    @Slot(int)
    def _joint_chosen(self, index: int) -> None:
        if self.chosen:
            self.assign(self.chosen, int(self.joint.itemData(index)))

    @Slot()
    def _row_chosen(self) -> None:
        self._show()
        bone = self.chosen
        hand = next((f"{side}Hand" for side in ("left", "right") if bone in _fingers(side)), "")
        around = [self.nodes[other] for other in (hand, *_fingers(hand[:-4])) if other in self.nodes] if hand else []
        if len(around) > 1:
            self.figure.look_at(around)
        else:
            self.figure.show_all()

    @Slot()
    def _reset(self) -> None:
        self.nodes = dict(self._recognised)
        self._show()

    def _show(self) -> None:
        """Bring list, box, figure and buttons up to date."""
        p = theme.colours()
        found = list(self._check(self.nodes))
        wrong = {problem.bone for problem in found}
        for bone, item in self._rows.items():
            node = self.nodes.get(bone, _NOBODY)
            item.setText(1, self._names[node] if node >= 0 else self.tr("none"))
            colour = p.danger if bone in wrong else p.text if node >= 0 else p.faint
            item.setForeground(1, QColor(colour))
            item.setToolTip(1, self.tr("Only guessed: please check") if bone in self._unsure else "")
        bone = self.chosen
        self.which.setText(bone_word(bone) if bone else "")
        self.joint.setEnabled(bool(bone))
        self.joint.setCurrentIndex(self.joint.findData(self.nodes.get(bone, _NOBODY)))
        self.figure.set_bones(self.nodes, sorted(self._unsure), bone)
        lines = [self._sentence(problem) for problem in found[:_SHOWN_PROBLEMS]]
        if len(found) > _SHOWN_PROBLEMS:
            lines.append(self.tr("And %n more.", "", len(found) - _SHOWN_PROBLEMS))
        self.problem.setText(" ".join(lines))
        self.problem.setVisible(bool(lines))
        self.save.setEnabled(not found)
        self.reset.setEnabled(self.nodes != self._recognised)

    def _sentence(self, problem: Problem) -> str:
        bone, other = bone_word(problem.bone), bone_word(problem.other) if problem.other else ""
        if problem.kind == "missing":
            return self.tr("{bone} is missing.").format(bone=bone)
        if problem.kind == "twice":
            return self.tr("{bone} and {other} are the same joint.").format(bone=bone, other=other)
        return self.tr("{bone} does not hang on {other}.").format(bone=bone, other=other)


def _fingers(side: str) -> tuple[str, ...]:
    return next((bones for _, bones in groups() if bones[0] == f"{side}ThumbMetacarpal"), ())
