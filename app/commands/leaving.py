"""Ask before an edited take or a run is lost: Save, Discard or Cancel."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QMessageBox, QWidget

from app.session.controller import Controller

_Buttons = QMessageBox.StandardButton


class Leaving(QObject):
    """Keep what to do next until the user has answered; `box` is the open question."""

    def __init__(self, window: QWidget, controller: Controller, save: Callable[[], bool]) -> None:
        """Take `save`, which starts saving and returns False if the user gave no file."""
        super().__init__(window)
        self._window, self._controller, self._save = window, controller, save
        self.box: QMessageBox | None = None
        self._then: Callable[[], None] | None = None  # goes on when the take is saved
        controller.takes.saved.connect(self._saved)
        controller.failed.connect(self._save_failed)

    def before(self, then: Callable[[], None], *, closing: bool = False) -> None:
        """Call `then` at once, or after a question where edits or a run would be lost.

        Closing the window does not ask about a run: its 2D is kept, and the next run goes on from there.
        """
        session = self._controller.session
        running = self._controller.busy and not session.relifting and not closing
        if not session.dirty and not running:
            then()
        elif self.box is None:
            self._ask(then, dirty=session.dirty, running=running)

    def _ask(self, then: Callable[[], None], *, dirty: bool, running: bool) -> None:
        info = self._controller.session.info
        name = info.name if info is not None else self.tr("this video")
        box = self.box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Unsaved changes") if dirty else self.tr("A run is going on"))
        box.setText(
            self.tr("The changes to {name} are not saved.").format(name=name)
            if dirty
            else self.tr("{name} is being lifted.").format(name=name)
        )
        parts = [self.tr("Names, splits, merges and exchanged sides would be lost.")] if dirty else []
        parts += [self.tr("The run stops; what was found in 2D is kept for the next one.")] if running else []
        box.setInformativeText(" ".join(parts))
        box.setTextFormat(Qt.TextFormat.PlainText)
        if dirty:
            box.setStandardButtons(_Buttons.Save | _Buttons.Discard | _Buttons.Cancel)
            box.setDefaultButton(_Buttons.Save)
        else:
            box.setStandardButtons(_Buttons.Discard | _Buttons.Cancel)
            box.button(_Buttons.Discard).setText(self.tr("Stop the run"))
            box.setDefaultButton(_Buttons.Cancel)
        box.finished.connect(lambda answer: self._answered(_Buttons(answer), then))
        box.open()

    def _answered(self, answer: _Buttons, then: Callable[[], None]) -> None:
        self.box = None
        if answer == _Buttons.Discard:
            session = self._controller.session
            session.set_saved(session.revision, session.take_path)
            then()
        elif answer == _Buttons.Save:
            self._then = then
            if not self._save():
                self._then = None

    @Slot()
    def _saved(self) -> None:
        then, self._then = self._then, None
        if then is not None:
            then()

    @Slot()
    def _save_failed(self) -> None:
        """Stay: nothing was saved, and the banner says why."""
        self._then = None
