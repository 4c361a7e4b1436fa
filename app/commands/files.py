"""Open, save and export files: ask in dialogs, then call the controller."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QMenu, QMessageBox, QWidget

from app.commands.characters.put_on import PutOnCharacter
from app.commands.installing.fbx import FbxInstallation
from app.commands.leaving import Leaving
from app.commands.opening.given_files import GivenFiles
from app.notifications import Banner
from app.session.controller import Controller
from app.session.existing_results import free_name, replaced_files
from app.settings import Settings
from app.views.dialogs.export_dialog import ExportDialog, ExportRequest
from app.views.dialogs.export_range import RangeFields
from pipeline.core.errors import Cancelled, UserError
from pipeline.core.export_options import ExportView
from pipeline.core.take import Progress, Take
from pipeline.take.file import SUFFIX as TAKE_SUFFIX

_NAMES_SHOWN = 6  # of files that would be replaced


class FileCommands(QObject):
    """Carry out the File menu; `dialog` is the export dialog while it is open.

    `recent_menu` is filled when it opens.
    """

    recent_cleared = Signal()

    def __init__(self, window: QWidget, controller: Controller, settings: Settings, banner: Banner) -> None:
        super().__init__(window)
        self._window, self._controller, self._settings, self._banner = window, controller, settings, banner
        self.dialog: ExportDialog | None = None
        # What the 3D view shows, for the side-by-side video; the window sets it, because views are made later.
        self.export_view: Callable[[], ExportView | None] = lambda: None
        self.question: QMessageBox | None = None  # whether files may be replaced
        self.leaving = Leaving(window, controller, self.choose_save)
        self.given = GivenFiles(window, controller, banner, self.leaving.before)
        self.fbx = FbxInstallation(window, controller.library, controller.threads)
        self.characters = PutOnCharacter(window, controller, settings, banner)
        self.given.character_given.connect(self.characters.open)
        self.recent_menu = QMenu(self.tr("Open &recent"), window)
        self.recent_menu.aboutToShow.connect(self.fill_recent)
        self.recent_menu.triggered.connect(self._open_recent_action)
        controller.opening.video_missing.connect(self._video_missing)
        controller.takes.saved.connect(self._saved)
        controller.takes.exported.connect(self._exported)
        controller.takes.export_progress.connect(self._export_progress)
        controller.takes.export_failed.connect(self._export_failed)

    @Slot()
    def choose_file(self) -> None:
        library = self._controller.library
        patterns = " ".join(f"*{suffix}" for suffix in (*library.video_suffixes(), *library.other_suffixes()))
        paths, _ = QFileDialog.getOpenFileNames(
            self._window,
            self.tr("Open"),
            self._settings.last_folder,
            self.tr("Videos, images, 2D joints and takes ({patterns});;All files (*)").format(
                patterns=f"{patterns} *{TAKE_SUFFIX}"
            ),
        )
        if paths:
            self._settings.last_folder = str(Path(paths[0]).parent)
            self.given.open([Path(path) for path in paths])

    @Slot()
    def choose_folder(self) -> None:
        """Open the images, the videos or the 2D joints in a folder."""
        folder = QFileDialog.getExistingDirectory(self._window, self.tr("Open a folder"), self._settings.last_folder)
        if folder:
            self._settings.last_folder = folder
            self.given.open([Path(folder)])

    @Slot(object)
    def open_path(self, path: Path) -> None:
        """Open a video, images, 2D joints or a take; asks first where work would be lost."""
        self.given.open([path])

    @Slot()
    def open_sample(self) -> None:
        self.leaving.before(self._controller.open_sample)

    @Slot()
    def choose_save(self) -> bool:
        """Save to the take's own file, or ask for one; return False if the user gave none."""
        target = self._controller.session.take_path
        if target is None:
            return self.choose_save_as()
        self._controller.save_take(target)
        return True

    @Slot()
    def choose_save_as(self) -> bool:
        info = self._controller.session.info
        if info is None or self._controller.session.kept is None:
            return False
        start = self._controller.session.take_path or self._controller.home / f"{Path(info.name).stem}{TAKE_SUFFIX}"
        path, _ = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Save the take"),
            str(start),
            self.tr("Takes ({pattern})").format(pattern=f"*{TAKE_SUFFIX}"),
        )
        if path:
            target = Path(path)
            self._controller.save_take(target if target.suffix == TAKE_SUFFIX else Path(path + TAKE_SUFFIX))
        return bool(path)

    @Slot()
    def put_on_character(self) -> None:
        self.characters.choose()

    @Slot(object)
    def _video_missing(self, take: Take) -> None:
        self._banner.offer(
            self.tr("The video {name} is not where it was.").format(name=take.info.name),
            self.tr("The skeleton is shown without it; export works, but for videos."),
            self.tr("Find the video…"),
            lambda: self._locate(take),
        )

    def _locate(self, take: Take) -> None:
        """Ask where the video of a take is now."""
        patterns = " ".join(f"*{suffix}" for suffix in self._controller.library.video_suffixes())
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Find {name}").format(name=take.info.name),
            self._settings.last_folder,
            self.tr("Videos ({patterns});;All files (*)").format(patterns=patterns),
        )
        if path and self._controller.session.take is not None:
            self._controller.opening.locate(take, Path(path))

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._banner.note(self.tr("Saved {name}.").format(name=path.name), str(path.parent))

    def fill_recent(self) -> None:
        self.recent_menu.clear()
        for path in self._settings.recent:
            self.recent_menu.addAction(path.name).setData(str(path))
        if self.recent_menu.isEmpty():
            self.recent_menu.addAction(self.tr("Nothing yet")).setEnabled(False)
        else:
            self.recent_menu.addSeparator()
            self.recent_menu.addAction(self.tr("Clear the list")).setData("")

    def _open_recent_action(self, action: object) -> None:
        name = str(action.data())  # type: ignore[attr-defined]
        if name:
            self.open_path(Path(name))
        else:
            self._settings.clear_recent()
            self.recent_cleared.emit()

    @Slot()
    def open_export(self) -> None:
        take, info, kept = self._controller.session.take, self._controller.session.info, self._settings.export
        if take is None or info is None or not take.complete:
            return
        beside = self._controller.home
        folder = Path(kept.folder) if kept.folder and Path(kept.folder).is_dir() else beside
        lifted = [track.person for track in take.tracks3d]
        person = self._controller.session.person
        dialog = ExportDialog(
            folder, Path(info.name).stem, person, lifted, kept.formats.split(","), kept.options(),
            kept.everyone, info.fps_hz, RangeFields(take.time_s, info.fps_hz, self._controller.session.trim),
            self._window,
        )  # fmt: skip
        dialog.wanted.connect(self._export)
        dialog.cancel_wanted.connect(self._controller.takes.cancel_export)
        dialog.fbx_wanted.connect(lambda: self.fbx.offer(dialog, dialog.offer_fbx))
        dialog.finished.connect(self._export_closed)
        self.dialog = dialog
        dialog.open()

    @Slot(object)
    def _export(self, request: ExportRequest) -> None:
        """Write the files, after a question where that would replace others."""
        formats = (*request.formats, "report") if request.options.report else request.formats
        there = replaced_files(request.folder, request.stem, formats)
        if not there or self.dialog is None:
            self._write(request)
            return
        box = self.question = QMessageBox(self.dialog)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Files exist"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr("%n file(s) are in {folder} already.", "", len(there)).format(folder=request.folder.name))
        box.setInformativeText("\n".join(there[:_NAMES_SHOWN]) + ("\n…" if len(there) > _NAMES_SHOWN else ""))
        replace = box.addButton(self.tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        both = box.addButton(self.tr("Keep both"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(both)
        other = dataclasses.replace(request, stem=free_name(request.folder, request.stem, formats))
        replace.clicked.connect(lambda: self._write(request))
        both.clicked.connect(lambda: self._write(other))
        box.open()

    def _write(self, request: ExportRequest) -> None:
        if self.dialog is not None:
            self.dialog.show_started(request.stem)
        kept, beside = self._settings.export, request.folder == self._controller.home
        kept.folder, kept.formats = "" if beside else str(request.folder), ",".join(request.formats)
        kept.everyone = request.options.persons is None
        kept.keep(request.options)
        self._settings.save()
        options = dataclasses.replace(request.options, view=self.export_view())
        self._controller.export(request.folder, request.stem, request.formats, options, request.span_s)

    @Slot(object)
    def _exported(self, paths: list[Path]) -> None:
        if self.dialog is not None:
            self.dialog.show_written(paths)
        else:
            self._banner.note(self.tr("Exported %n file(s).", "", len(paths)), str(paths[0].parent) if paths else "")

    @Slot(object)
    def _export_progress(self, progress: Progress) -> None:
        if self.dialog is not None:
            self.dialog.show_progress(progress)

    @Slot(object)
    def _export_failed(self, error: Exception) -> None:
        if self.dialog is None:
            if isinstance(error, UserError):
                self._banner.error(error)
        elif isinstance(error, UserError):
            self.dialog.show_error(error)
        elif isinstance(error, Cancelled):
            self.dialog.show_stopped(
                self.tr("Cancelled. What was finished before is there, and nothing is half-written.")
            )
        else:  # a bug has its own report; the dialog must not stay busy
            self.dialog.show_stopped(self.tr("Nothing was written, because of a bug."))

    @Slot()
    def _export_closed(self) -> None:
        self.dialog = None
