"""Offer the unsaved takes that a crash left."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, QObject, Qt, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.notifications import Banner
from app.session.controller import Controller
from app.session.recovery.store import Unsaved


class Recovering(QObject):
    """Ask about one take after the other, the newest first; `box` is the open question."""

    def __init__(self, window: QWidget, controller: Controller, banner: Banner) -> None:
        super().__init__(window)
        self._window, self._controller, self._banner = window, controller, banner
        self._left: list[Unsaved] = []
        self.box: QMessageBox | None = None
        controller.recovery.found.connect(self._found)
        controller.recovery.failed.connect(self._not_kept)

    def look(self) -> None:
        """Look for takes that a crash left, and ask about them."""
        self._controller.recovery.look()

    @Slot(object)
    def _found(self, takes: list[Unsaved]) -> None:
        self._left = takes
        self._ask()

    @Slot(str)
    def _not_kept(self, why: str) -> None:
        self._banner.note(self.tr("Unsaved changes are not kept for the case of a crash."), why)

    def _ask(self) -> None:
        if not self._left:
            return
        unsaved = self._left.pop(0)
        when = QLocale().toString(QDateTime.fromSecsSinceEpoch(round(unsaved.time_s)), QLocale.FormatType.ShortFormat)
        box = self.box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Unsaved work"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("The program ended before {name} was saved.").format(name=unsaved.name))
        box.setInformativeText(self.tr("It was kept as it was on {when}.").format(when=when))
        opened = box.addButton(self.tr("Open it"), QMessageBox.ButtonRole.AcceptRole)
        discarded = box.addButton(self.tr("Discard it"), QMessageBox.ButtonRole.DestructiveRole)
        later = box.addButton(self.tr("Ask again later"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(opened)
        box.setEscapeButton(later)

        def answered() -> None:
            self.box = None
            if box.clickedButton() is opened:
                self._left = []  # the others at the next start: opening one more would close this one
                self._controller.recovery.open(unsaved)
                return
            if box.clickedButton() is discarded:
                unsaved.discard()
            self._ask()

        box.finished.connect(answered)
        box.open()
