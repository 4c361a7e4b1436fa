"""List what was repaired in a take or needs a look; a click seeks there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QPushButton, QWidget

from app import theme
from app.languages.translation import decimal, mark, shown, translate
from app.views.take_rows import name_of, take_times
from app.views.widgets import column, label, named
from pipeline.core.take import Finding, FindingKind, Take

_TITLES: Mapping[FindingKind, str] = {
    "gap": mark("Not seen"),
    "sides": mark("Sides exchanged"),
    "sides_throughout": mark("Sides may be exchanged throughout"),
    "backward_joint": mark("Knee or elbow bent backward"),
    "sudden_turn": mark("Sudden turn"),
    "same_person": mark("Possibly the same person"),
    "camera_roll": mark("Camera upside down or on its side"),
    "uncertain": mark("Uncertain"),
}
_REPAIRED: Mapping[FindingKind, str] = {
    "gap": mark("filled in"),
    "sudden_turn": mark("smoothed"),
}
_USUALLY_REPAIRED = mark("repaired")
_TO_CHECK = mark("please check")
_NONE = mark("Nothing to report: gaps, exchanged sides, backward joints and sudden turns would be listed here.")


class FindingsList(QWidget):
    """List findings; a click emits the time (`sought`) and the person (`person_wanted`)."""

    sought = Signal(float)
    person_wanted = Signal(int)
    roll_wanted = Signal(int)  # degrees of the camera's roll
    join_wanted = Signal(int, int)  # person, and the other one who becomes part of it
    count_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._take: Take | None = None
        self.list = QListWidget()
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        named(self.list, self.tr("Findings"), self.tr("Repaired and doubtful frames; a click shows the frame"))
        self.nothing = label(shown(_NONE), "faint")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self.notes = label("", "muted")
        self.notes.setWordWrap(True)
        self.notes.setContentsMargins(6, 4, 6, 4)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes.hide()
        self.remedy = QPushButton()  # what puts the chosen finding right, if a click can
        self.remedy.hide()
        self.remedy.clicked.connect(self._put_right)
        self.setLayout(column(self.notes, self.nothing, self.list, self.remedy, margins=(8, 0, 8, 8)))
        self.list.currentItemChanged.connect(self._offer)
        self.list.itemClicked.connect(self._chosen)
        self.list.itemActivated.connect(self._chosen)
        self.set_take(None)
        theme.changes.changed.connect(self._fill)

    def set_notes(self, notes: Sequence[str]) -> None:
        """Show what was repaired, left out or assumed about the frames and times of the whole video."""
        text = "\n".join(f"\u2022 {note[:1].upper()}{note[1:]}." for note in notes)
        self.notes.setText(text)
        self.notes.setVisible(bool(text))
        self._show_nothing()

    def _show_nothing(self) -> None:
        """Say that nothing is listed, if that is so."""
        self.list.setVisible(self.list.count() > 0)
        self.nothing.setVisible(self.list.count() == 0 and not self.notes.text())

    def set_take(self, take: Take | None) -> None:
        if take is not None and take is self._take:
            return
        self._take = take
        self._fill()

    @Slot()
    def _fill(self) -> None:
        take = self._take
        findings = take.scene.findings if take is not None and take.scene is not None and take.complete else ()
        self.list.clear()
        for finding in findings:
            assert take is not None
            icon = theme.icon("check", "muted") if finding.repaired else theme.icon("alert", "accent")
            item = QListWidgetItem(icon, finding_text(finding, take))
            item.setToolTip(finding.note)
            item.setData(Qt.ItemDataRole.UserRole, finding)
            self.list.addItem(item)
        self._show_nothing()
        self.count_changed.emit(len(findings))

    @Slot()
    def _offer(self) -> None:
        """Show what can put the chosen finding right."""
        item = self.list.currentItem()
        text = "" if item is None else remedy_text(item.data(Qt.ItemDataRole.UserRole), self._take)
        self.remedy.setText(text)
        self.remedy.setVisible(bool(text))

    @Slot()
    def _put_right(self) -> None:
        item = self.list.currentItem()
        finding = None if item is None else item.data(Qt.ItemDataRole.UserRole)
        if finding is not None and finding.kind == "camera_roll":
            self.roll_wanted.emit(finding.other)
        elif finding is not None and finding.kind == "same_person":
            self.join_wanted.emit(finding.other, finding.person)

    @Slot(object)
    def _chosen(self, item: QListWidgetItem) -> None:
        finding = item.data(Qt.ItemDataRole.UserRole)
        times = take_times(self._take)
        if finding.first < len(times):
            self.person_wanted.emit(finding.person)
            self.sought.emit(float(times[finding.first]))


def remedy_text(finding: Finding, take: Take | None) -> str:
    """Return the text of the button that corrects a finding; "" if only the user can."""
    if finding.kind == "camera_roll":
        return translate("findings_list", "Turn the video upright (roll {other}°)").format(other=finding.other)
    if finding.kind == "same_person" and take is not None:
        return translate("findings_list", "Merge with {name}").format(name=name_of(take, finding.other))
    return ""


def finding_text(finding: Finding, take: Take) -> str:
    """Format a finding, for example as "Sides exchanged  3.20–3.60 s, repaired".

    If several people are lifted, the person's name comes first.
    """
    times = take_times(take)
    first, last = float(times[finding.first]), float(times[min(finding.last, len(times) - 1)])
    span = f"{decimal(first, 2)} s" if finding.first == finding.last else f"{decimal(first, 2)}–{decimal(last, 2)} s"
    done = _REPAIRED.get(finding.kind, _USUALLY_REPAIRED) if finding.repaired else _TO_CHECK
    who = f"{name_of(take, finding.person)}:  " if len(take.tracks3d) > 1 else ""
    title = shown(_TITLES.get(finding.kind, finding.kind))
    if finding.kind == "same_person":
        title = translate("findings_list", "{finding} as {name}").format(
            finding=title, name=name_of(take, finding.other)
        )
    return f"{who}{title}  {span}, {shown(done)}"
