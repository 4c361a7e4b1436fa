"""List the people of a take with their spans, and offer edits of their tracks."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem, QWidget

from app import theme
from app.views.take_rows import name_of, take_times
from app.views.timeline import spans
from app.views.widgets import column, named
from pipeline.core.take import Take
from pipeline.drawing.colours import person_colour

_ROLE = Qt.ItemDataRole.UserRole
_NAME, _SEEN, _SPAN, _LIFTED = range(4)


class PeopleList(QWidget):
    """Emit requests for edits; names and tracks change only when `set_take` shows another take."""

    person_chosen = Signal(int)
    edit_wanted = Signal(int)  # of the name, where this menu was opened
    rename_wanted = Signal(int, str)
    split_wanted = Signal(int)  # at the playhead's frame
    merge_wanted = Signal(int, int)  # person to keep, person to merge into it
    exchange_wanted = Signal(int)
    delete_wanted = Signal(int)
    undo_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._take: Take | None = None
        self._person = 0
        self._filling = False
        self._undo = ""
        self.editable = True
        self.tree = QTreeWidget()
        self.tree.setColumnCount(4)
        self.tree.setHeaderLabels([self.tr("Name"), self.tr("Seen"), self.tr("When"), "3D"])
        self.tree.setRootIsDecorated(False)
        named(self.tree, self.tr("People of the take"))
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.setToolTip(
            self.tr("Double click to rename; right click to split, merge, exchange left and right, or delete")
        )
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(_SPAN, QHeaderView.ResizeMode.Stretch)
        for section, width in ((_NAME, 200), (_SEEN, 76), (_LIFTED, 70)):
            self.tree.setColumnWidth(section, width)
        self.setLayout(column(self.tree, margins=(8, 0, 8, 8)))
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.itemDoubleClicked.connect(self._edit_name)
        self.tree.itemClicked.connect(self._clicked)
        self.tree.itemChanged.connect(self._renamed)

    def set_take(self, take: Take | None, person: int) -> None:
        shown = take if take is not None and take.complete else None
        if shown is self._take and person == self._person:
            return  # keeps a name that is being typed
        self._take, self._person = shown, person
        self._filling = True
        self.tree.clear()
        times = take_times(self._take)
        whole = float(times[-1] - times[0]) if len(times) > 1 else 0.0
        for track in self._take.tracks2d if self._take is not None else ():
            assert self._take is not None
            share = f"{100 * float(np.mean(track.seen)):.0f} %"
            lifted = self.tr("yes") if self._take.track3d(track.person) is not None else "–"
            item = QTreeWidgetItem([name_of(self._take, track.person), share, "", lifted])
            item.setData(0, _ROLE, track.person)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.tree.addTopLevelItem(item)
            known = [(a - times[0], b - times[0]) for a, b in spans(times, track.seen)]
            self.tree.setItemWidget(item, _SPAN, _Spans(known, whole, track.person))
            if track.person == person:
                self.tree.setCurrentItem(item)
        self._filling = False

    def set_undo(self, what: str) -> None:
        """Set the name of the edit that Undo reverts; "" for none."""
        self._undo = what

    # --- requests

    def menu_for(self, person: int, parent: QWidget) -> QMenu:
        """Make the menu of edits for `person`."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        take = self._take
        known = take is not None and take.track2d(person) is not None and self.editable

        def add(to: QMenu, text: str, do: object, on: bool = True) -> QAction:
            action = to.addAction(text)
            action.triggered.connect(do)
            action.setEnabled(known and on)
            return action

        name = name_of(take, person)
        others = [t.person for t in take.tracks2d if t.person != person] if take is not None else []
        add(menu, self.tr("Rename {name}…").format(name=name), lambda: self.edit_wanted.emit(person))
        add(menu, self.tr("Split here: another person from this frame on"), lambda: self.split_wanted.emit(person))
        merge = menu.addMenu(self.tr("Merge with"))
        merge.setEnabled(known and bool(others))
        for other in others:
            assert take is not None
            add(merge, name_of(take, other), lambda checked=False, other=other: self.merge_wanted.emit(person, other))
        add(menu, self.tr("Exchange left and right"), lambda: self.exchange_wanted.emit(person))
        menu.addSeparator()
        add(menu, self.tr("Delete {name}").format(name=name), lambda: self.delete_wanted.emit(person), bool(others))
        menu.addSeparator()
        undo = menu.addAction(self.tr("Undo {what}").format(what=self._undo) if self._undo else self.tr("Undo"))
        undo.setEnabled(bool(self._undo))
        undo.triggered.connect(self.undo_wanted)
        return menu

    def item_of(self, person: int) -> QTreeWidgetItem | None:
        for at in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(at)
            if item is not None and item.data(0, _ROLE) == person:
                return item
        return None

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        if item is not None:
            self.menu_for(int(item.data(0, _ROLE)), self).popup(self.tree.viewport().mapToGlobal(at))

    @Slot(QTreeWidgetItem, int)
    def _clicked(self, item: QTreeWidgetItem, _column: int) -> None:
        self.person_chosen.emit(int(item.data(0, _ROLE)))

    @Slot(QTreeWidgetItem, int)
    def _edit_name(self, item: QTreeWidgetItem, _column: int) -> None:
        self.edit_person(int(item.data(0, _ROLE)))

    @property
    def focused_person(self) -> int | None:
        """Return the person of the row that the keyboard is on; None while it is elsewhere."""
        item = self.tree.currentItem() if self.tree.hasFocus() else None
        return None if item is None else int(item.data(0, _ROLE))

    def edit_person(self, person: int) -> None:
        """Open the text field for the name of `person`."""
        item = self.item_of(person)
        if item is not None and self.editable:
            self.tree.editItem(item, _NAME)

    @Slot(QTreeWidgetItem, int)
    def _renamed(self, item: QTreeWidgetItem, changed: int) -> None:
        if self._filling or changed != _NAME or self._take is None:
            return
        person, name = int(item.data(0, _ROLE)), item.text(_NAME).strip()
        shown = name_of(self._take, person)
        if name != shown:
            # The old name is shown until a take with the new one comes; the name may be refused.
            self._filling = True
            item.setText(_NAME, shown)
            self._filling = False
            self.rename_wanted.emit(person, "" if name == name_of(None, person) else name)


class _Spans(QWidget):
    """Draw the spans in which a person is seen, on a line as long as the take."""

    def __init__(self, known: list[tuple[float, float]], whole_s: float, person: int) -> None:
        super().__init__()
        self._known, self._whole_s, self._number = known, whole_s, person
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = theme.colours()
        width, middle = self.width() - 12, self.height() / 2
        painter.setBrush(QColor(colours.track))
        painter.drawRoundedRect(6, int(middle) - 4, width, 8, 3, 3)
        painter.setBrush(QColor(person_colour(self._number, colours.dark)))
        for start, end in self._known:
            left = 6 + width * start / max(self._whole_s, 1e-6)
            right = 6 + width * min(end / max(self._whole_s, 1e-6), 1.0)
            painter.drawRoundedRect(int(left), int(middle) - 4, max(int(right - left), 2), 8, 3, 3)
