"""Put the people of the take on a character of the user's, and write that with their motion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.commands.characters.edit_mapping import edit_mapping
from app.notifications import Banner
from app.session.controller import Controller
from app.settings import Settings
from app.threads.task_thread import Task
from app.views.characters.mapping_dialog import MappingDialog
from pipeline.characters.character import SUFFIXES, Character, CharacterSkeleton
from pipeline.characters.mapping import MissingBonesError
from pipeline.core.errors import UserError

if TYPE_CHECKING:
    from pipeline.retarget.retarget_take import Retargeted


class PutOnCharacter(QObject):
    """Ask for a character and a folder, and write one file a person.

    `mapping` is the dialog of the bones, if it is open.
    """

    def __init__(self, window: QWidget, controller: Controller, settings: Settings, banner: Banner) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings, self._banner = window, controller, settings, banner
        self.mapping: MappingDialog | None = None
        self._task: Task | None = None

    def choose(self) -> None:
        """Ask for the file of a character, and go on with it."""
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Put the take on a character"),
            self._settings.last_folder,
            self.tr("Characters ({patterns});;All files (*)").format(
                patterns=" ".join(f"*{suffix}" for suffix in SUFFIXES)
            ),
        )
        if path:
            self._settings.last_folder = str(Path(path).parent)
            self.open(Path(path))

    def open(self, path: Path) -> None:
        """Open a character; where bones are missing, let the user say which they are."""
        library = self._controller.library
        self._banner.note(self.tr("Opening {name}…").format(name=path.name), "")

        def failed(error: Exception) -> None:
            if isinstance(error, MissingBonesError):
                self._controller.threads.run("skeleton", lambda: library.read_skeleton(path), self._ask_for_bones)
            elif isinstance(error, UserError):
                self._banner.error(error)

        self._controller.threads.run("character", lambda: library.open_character(path), self._opened, failed)

    def _ask_for_bones(self, skeleton: CharacterSkeleton) -> None:
        self._banner.hide()
        self.mapping = edit_mapping(skeleton, self._window, self._opened)
        self.mapping.finished.connect(self._answered)

    @Slot()
    def _answered(self) -> None:
        self.mapping = None

    def _opened(self, character: Character) -> None:
        """Ask where to write, and write."""
        take, session = self._controller.session.kept, self._controller.session
        if take is None or session.info is None or not take.tracks3d:
            return
        folder = QFileDialog.getExistingDirectory(
            self._window, self.tr("Folder for the animated character"), str(self._controller.home)
        )
        if not folder:
            self._banner.hide()
            return
        library, people = self._controller.library, [track.person for track in take.tracks3d]
        self._banner.note(self.tr("Writing {name}…").format(name=character.path.name), "")

        def work(task: Task) -> list[Retargeted]:
            characters = dict.fromkeys(people, character)
            return library.retarget(take, characters, Path(folder), task.publish, task.token)

        self._task = self._controller.threads.watch("retarget", work, self._written, self._failed, lambda _: None)

    def _written(self, done: Sequence[Retargeted]) -> None:
        """Say what was written, and how near it is to the take."""
        names = ", ".join(path.name for one in done for path in one.files)
        read = [one.agreement for one in done if one.agreement is not None]
        near = ""
        if read:
            near = self.tr("Limbs within {degrees:.1f}°, held feet slide {slide:.1f} mm at most.").format(
                degrees=max(one.worst_direction_deg for one in read), slide=max(one.slide_mm for one in read)
            )
        self._banner.note(self.tr("Written: {names}.").format(names=names), near)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, UserError):
            self._banner.error(error)
