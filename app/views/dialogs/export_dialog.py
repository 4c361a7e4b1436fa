"""Ask what to export, where and of which people; then list the written files."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLocale, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QLineEdit,
    QListWidget,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.backend import wording
from app.languages.translation import shown
from app.views.dialogs.export_formats import FormatChoice, OptionFields
from app.views.dialogs.export_range import RangeFields
from app.views.take_rows import name_of
from app.views.widgets import Scrolling, column, icon_button, icon_label, label, named, row
from pipeline.core.errors import UserError
from pipeline.core.export_options import ExportOptions
from pipeline.core.take import Progress
from pipeline.registry import find

_NOT_IN_NAMES = '/\\:*?"<>|'  # characters that Windows refuses in the name of a file


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """Hold what the user chose to export."""

    folder: Path
    stem: str
    formats: tuple[str, ...]
    options: ExportOptions
    span_s: tuple[float | None, float | None] = (None, None)  # start and end; None: as far as the take goes


class ExportDialog(QDialog):
    """Choose an export and emit `wanted`; the receiver reports by the `show_...` methods.

    While files are written, Cancel, Escape and the title bar's close button emit `cancel_wanted`.
    """

    wanted = Signal(object)  # ExportRequest
    cancel_wanted = Signal()
    fbx_wanted = Signal()  # the package that FBX needs is to be installed

    def __init__(
        self, folder: Path, stem: str, person: int, lifted: Sequence[int], formats: Sequence[str],
        options: ExportOptions, everyone: bool, rate_hz: float, span: RangeFields, parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(640)
        self._folder, self._beside, self._rate_hz = folder, folder, rate_hz
        self.span = span
        span.changed.connect(self._check)
        self._choice = FormatChoice(formats)
        self._choice.changed.connect(self._check)
        self._choice.fbx_wanted.connect(self.fbx_wanted)
        self.options = OptionFields(options)
        self.options.changed.connect(self._check)
        self.folder = QLineEdit(str(folder))
        self.stem = QLineEdit(stem)
        for field in (self.folder, self.stem):
            field.textChanged.connect(self._check)
        browse = icon_button("folder", "")
        browse.setToolTip(self.tr("Choose another folder"))
        browse.clicked.connect(self._browse)
        self.who = QComboBox()
        self.who.addItem(name_of(None, person), (person,))
        if len(lifted) > 1:
            self.who.addItem(self.tr("Everyone (%n people)", "", len(lifted)), None)
            self.who.setCurrentIndex(1 if everyone else 0)
        else:
            self.who.setEnabled(False)
            self.who.setToolTip(
                self.tr("Choose “Everyone in the picture” in the settings and run again to export more people.")
            )
        self.why = label("", "muted")  # what is missing while Export is disabled
        self.where_to = label("", "faint")  # the folder, where it is typed relative to the video's
        self.hint = label("", "muted")
        self.hint.setWordWrap(True)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._hints = QScrollArea()
        self._hints.setWidgetResizable(True)
        self._hints.setFrameShape(QScrollArea.Shape.NoFrame)
        self._hints.setFixedHeight(78)
        self._hints.setWidget(self.hint)
        self.problem = label("", "danger")
        self.problem.setWordWrap(True)
        self.export = icon_button("export", self.tr("Export"), "on_accent")
        self.export.setProperty("role", "primary")
        self.export.setDefault(True)
        self.export.clicked.connect(self._export)
        self._writing = False
        self._pages = QStackedWidget()
        self._pages.addWidget(self._form(browse))
        self._pages.addWidget(self._result())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 22, 24, 20)
        layout.addWidget(self._pages)
        self._check()

    def _form(self, browse: QPushButton) -> QWidget:
        page = QWidget()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        named(self.bar, self.tr("Progress of the export"))
        self.step = label("", "muted")
        for part in (self.bar, self.step):
            part.hide()
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.clicked.connect(self.reject)
        for widget, name in (
            (self.folder, self.tr("Folder")),
            (self.stem, self.tr("Name")),
            (browse, self.tr("Choose another folder")),
            (self.who, self.tr("Who")),
        ):
            named(widget, name)
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(10)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(label(self.tr("Folder"), "muted"), row(self.folder, browse))
        form.addRow(label(self.tr("Name"), "muted"), self.stem)
        form.addRow("", self.where_to)
        form.addRow(label(self.tr("Who"), "muted"), self.who)
        form.addRow(label(self.tr("From"), "muted"), self.span)
        self._rows = form
        choices = column(
            self._choice,
            10,
            label(self.tr("OPTIONS"), "section"),
            self.options,
            10,
            label(self.tr("FILES"), "section"),
            form,
            4,
            self._hints,
            None,
            spacing=6,
            margins=(0, 0, 12, 0),
        )
        whole = column(
            label(self.tr("Export the skeleton"), "title"),
            10,
            Scrolling(choices),
            self.problem,
            self.step,
            self.bar,
            10,
            row(self.why, None, self.cancel, self.export),
            spacing=6,
        )
        page.setLayout(whole)
        return page

    def _result(self) -> QWidget:
        page = QWidget()
        self.files = QListWidget()
        self.files.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.files.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        named(self.files, self.tr("Written files"))
        self.where = label("", "muted")
        self.where.setWordWrap(True)
        self.where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.after = label("", "muted")
        self.after.setWordWrap(True)
        show = icon_button("folder", self.tr("Open the folder"))
        show.clicked.connect(self._open_folder)
        done = QPushButton(self.tr("Done"))
        done.setProperty("role", "primary")
        done.clicked.connect(self.accept)
        head = row(icon_label("check", 22, "accent"), label(self.tr("Exported"), "title"), None, spacing=10)
        page.setLayout(column(head, 4, self.where, self.files, self.after, 8, row(None, show, done), spacing=8))
        return page

    # --- behaviour

    @property
    def shows_result(self) -> bool:
        """Return whether the written files are listed."""
        return self._pages.currentIndex() == 1

    @property
    def formats(self) -> dict[str, QCheckBox]:
        return self._choice.boxes

    @property
    def fbx(self) -> QPushButton:
        """Return the button that offers what FBX needs."""
        return self._choice.fbx

    @Slot()
    def offer_fbx(self) -> None:
        """Tick FBX, which can be written from now on."""
        self._choice.refresh()
        self.formats["fbx"].setChecked(self.formats["fbx"].isEnabled())

    @property
    def chosen(self) -> tuple[str, ...]:
        return self._choice.chosen

    @Slot()
    def _check(self) -> None:
        self.options.show_for(self.chosen)
        hints = self._choice.hints(self.options.value, self._rate_hz)
        self.hint.setText(hints)
        self.problem.hide()
        typed = self.folder.text().strip()
        self.where_to.setText(
            self.tr("This is {target}").format(target=self._target) if typed and Path(typed) != self._target else ""
        )
        self._rows.setRowVisible(self.where_to, bool(self.where_to.text()))
        why = self._missing()
        self.why.setText(why)
        self.export.setToolTip(why)
        self.export.setEnabled(not why)

    def _missing(self) -> str:
        """Return what keeps the export from being possible; "" for nothing."""
        stem = self.stem.text().strip()
        if not self.chosen:
            return self.tr("Tick at least one format.")
        if not self.folder.text().strip():
            return self.tr("Choose a folder.")
        if not stem or stem in (".", ".."):
            return self.tr("Give the files a name.")
        if any(c in stem for c in _NOT_IN_NAMES):
            return self.tr("A name cannot have any of {characters}").format(characters=" ".join(_NOT_IN_NAMES))
        return "" if self.span.count else self.tr("There is no frame in this range.")

    @property
    def _target(self) -> Path:
        """Return the folder to write to; a relative one is inside the folder that was offered."""
        return self._beside / Path(self.folder.text().strip()).expanduser()

    @Slot()
    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Export to"), self.folder.text())
        if folder:
            self.folder.setText(folder)

    @Slot()
    def _export(self) -> None:
        self._folder = self._target
        persons = self.who.currentData()
        options = dataclasses.replace(self.options.value, persons=tuple(persons) if persons else None)
        self.problem.hide()
        self.wanted.emit(ExportRequest(self._folder, self.stem.text().strip(), self.chosen, options, self.span.span_s))

    def show_started(self, stem: str) -> None:
        """Show that files called `stem` are being written."""
        self.stem.setText(stem)
        self._set_writing(True)

    def _set_writing(self, writing: bool) -> None:
        self._writing = writing
        self.bar.setRange(0, 0)
        self.step.setText("")
        for part in (self.bar, self.step):
            part.setVisible(writing)
        self.cancel.setEnabled(True)
        self.cancel.setText(self.tr("Cancel"))
        self.export.setText(self.tr("Writing…") if writing else self.tr("Export"))
        if writing:
            self.export.setEnabled(False)
        else:
            self._check()

    @Slot()
    def reject(self) -> None:
        if self._writing:
            self.cancel.setEnabled(False)
            self.cancel.setText(self.tr("Cancelling…"))
            self.cancel_wanted.emit()
        else:
            super().reject()

    def show_progress(self, progress: Progress) -> None:
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
        title = shown(find("exporter", progress.message).title)
        self.step.setText(
            title
            + (
                self.tr(": {done} of {total} frames").format(done=progress.done, total=progress.total)
                if progress.total
                else ""
            )
        )

    def show_stopped(self, why: str) -> None:
        self._set_writing(False)
        self.problem.setText(why)
        self.problem.show()

    def show_written(self, paths: Sequence[Path]) -> None:
        self._set_writing(False)
        self.files.clear()
        for path in paths:
            size = path.stat().st_size / 1024 if path.exists() else 0
            self.files.addItem(f"{path.name}     {QLocale().toString(round(size))} KB")
        self.where.setText(str(self._folder))
        self.after.setVisible(bool(self.hint.text()))
        self.after.setText(self.hint.text())
        self._pages.setCurrentIndex(1)

    def show_error(self, error: UserError) -> None:
        self.show_stopped(wording.text(error))

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
