"""Open files and folders that were chosen, dropped or named at the start, one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QInputDialog, QWidget

from app.backend.inputs import FoundInputs, Openable
from app.notifications import Banner
from app.session.controller import Controller
from pipeline.characters.character import SUFFIXES as CHARACTERS
from pipeline.core.camera import UNKNOWN_RATE_HZ
from pipeline.core.errors import UserError

_RATES_HZ = (0.1, 1000.0)  # frames a second that can be given for images
_NAMES_SHOWN = 3  # of the files that wait


class GivenFiles(QObject):
    """Open the first of several inputs and offer the next; ask for the rate of numbered images.

    `question` is the dialog that asks for it, while it is open.
    """

    character_given = Signal(object)  # Path

    def __init__(
        self, window: QWidget, controller: Controller, banner: Banner,
        before_leaving: Callable[[Callable[[], None]], None],
    ) -> None:  # fmt: skip
        super().__init__(window)
        self._window, self._controller, self._banner = window, controller, banner
        self._before_leaving = before_leaving  # asks before an edited take is replaced
        self._rest: list[Openable] = []
        self.question: QInputDialog | None = None
        controller.opening.failed.connect(self._refused)

    def open(self, paths: Sequence[Path]) -> None:
        """Open `paths`: of a folder the videos or images in it, of an image its whole series.

        A character is for the shown take.
        """
        if len(paths) == 1 and paths[0].suffix.lower() in CHARACTERS and self._controller.session.kept is not None:
            self.character_given.emit(paths[0])
            return
        self._rest = []
        library = self._controller.library
        if len(paths) == 1 and library.is_plain(paths[0]):
            self._open(Openable(paths[0]))
        else:
            self._controller.threads.run("find files", lambda: library.find_inputs(paths), self._found, self._failed)

    def _found(self, found: FoundInputs) -> None:
        self._open_first(list(found.inputs))
        if found.problems:
            self._banner.error(found.problems[0])

    def _failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._banner.error(error)

    def _open_first(self, inputs: list[Openable]) -> None:
        self._rest = inputs[1:]
        if inputs:
            self._open(inputs[0])

    def _open(self, one: Openable) -> None:
        if one.stills:
            self._ask_rate(one)
        else:
            self._before_leaving(lambda: self._controller.open_path(one.path))

    def _ask_rate(self, one: Openable) -> None:
        """Ask how many images make a second, which images do not say."""
        question = self.question = QInputDialog(self._window)
        question.setWindowTitle(self.tr("Images as a video"))
        question.setLabelText(self.tr("Frames a second of {name}:").format(name=one.path.name))
        question.setInputMode(QInputDialog.InputMode.DoubleInput)
        question.setDoubleDecimals(3)
        question.setDoubleRange(*_RATES_HZ)
        question.setDoubleValue(UNKNOWN_RATE_HZ)
        question.doubleValueSelected.connect(
            lambda rate_hz: self._before_leaving(lambda: self._controller.open_path(one.path, rate_hz))
        )
        question.finished.connect(self._answered)
        question.open()

    @Slot()
    def _answered(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
        self.question = None

    def offer_next(self) -> bool:
        """Offer the next of the inputs given with the shown one; return whether there is one."""
        if not self._rest:
            return False
        rest = self._rest
        names = ", ".join(one.path.name for one in rest[:_NAMES_SHOWN]) + (", …" if len(rest) > _NAMES_SHOWN else "")
        self._banner.offer(
            self.tr("One video is shown at a time; waiting: {names}.").format(names=names),
            self.tr("The command line lifts several in one go."),
            self.tr("Open {name}").format(name=rest[0].path.name),
            lambda: self._open_first(rest),
        )
        return True

    @Slot(object)
    def _refused(self, error: UserError) -> None:
        """Say why a file could not be opened, and offer the next one with that."""
        rest = self._rest
        if rest:
            self._banner.error(
                error, self.tr("Open {name}").format(name=rest[0].path.name), lambda: self._open_first(rest)
            )
