"""Ask which camera, stream or file to open live, and with which models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFileDialog, QHBoxLayout, QPushButton, QWidget

from app.languages.translation import mark, shown, translate
from app.settings import LiveSettings
from app.views.settings.fields import LongComboBox, number, stacked
from app.views.widgets import column, icon_button, label, named, row
from pipeline.model_info import INSTALLED, DetectorInfo, LifterInfo

_SIZES = ("", "640x480", "1280x720", "1920x1080", "3840x2160")
_RATES = (0.0, 24.0, 30.0, 50.0, 60.0)
_NONE_FOUND = mark("No camera found. Plug one in and look again, or give an address or a file.")
_PLACE = mark("Camera, or rtsp://…, http://…, udp://…, or a video file")
_HANDS_TIP = mark(
    "Find the fingers of both hands, too, and send them to other programs. Fewer frames a second are then detected.",
)
_FACE_TIP = mark("Find expressions of faces, too, and send them to other programs and avatars.")


@dataclass(frozen=True, slots=True)
class LiveChoices:
    """Hold the models to choose from."""

    detectors: Sequence[DetectorInfo]
    lifters: Sequence[LifterInfo]


class LiveDialog(QDialog):
    """Edit `settings` and emit `wanted`; `set_cameras` adds the cameras when they are listed."""

    wanted = Signal()
    refresh_wanted = Signal()

    def __init__(
        self, settings: LiveSettings, models: LiveChoices, video_suffixes: Sequence[str], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Camera or stream"))
        self.setMinimumWidth(520)
        self._settings, self._suffixes = settings, video_suffixes
        where = self._source_row()
        self.found = label(self.tr("Looking for cameras…"), "faint")
        self.picture_size, self.rate = QComboBox(), QComboBox()
        for text in _SIZES:
            self.picture_size.addItem(text.replace("x", " × ") or self.tr("The camera's"), text)
        for hz in _RATES:
            self.rate.addItem(self.tr("{hz:g} frames/s").format(hz=hz) if hz else self.tr("The camera's"), hz)
        self.picture_size.setCurrentIndex(max(self.picture_size.findData(settings.size), 0))
        self.rate.setCurrentIndex(max(self.rate.findData(settings.rate_hz), 0))
        self.loop = QCheckBox(self.tr("Play a file again and again"))
        self.loop.setChecked(settings.loop)
        self.hands = QCheckBox(translate("SettingsPanel", "Hands"))
        self.hands.setChecked(settings.hands)
        self.hands.setToolTip(shown(_HANDS_TIP))
        self.face = QCheckBox(translate("SettingsPanel", "Face"))
        self.face.setChecked(settings.face)
        self.face.setToolTip(shown(_FACE_TIP))
        self.people = number(1, 8, 1, "", "", 0, 2)
        self.people.setValue(settings.max_people)
        self.height_cm = number(40, 260, 1, " cm", self.tr("Assumed"), 0, 170)
        if settings.height_cm is not None:
            self.height_cm.setValue(settings.height_cm)
        self.detector, self.lifter = LongComboBox(), LongComboBox()
        for one in models.detectors:
            if one.ready:
                self.detector.addItem(one.title, one.name)
        for lifter in models.lifters:
            if lifter.state == INSTALLED:
                self.lifter.addItem(lifter.title, lifter.name)
        self.detector.setCurrentIndex(max(self.detector.findData(settings.detector), 0))
        self.lifter.setCurrentIndex(max(self.lifter.findData(settings.lifter), 0))
        self.start, cancel = icon_button("live", self.tr("Start"), "on_accent"), QPushButton(self.tr("Cancel"))
        self.start.setProperty("role", "primary")
        self.start.setDefault(True)
        self.start.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        camera_row = row(
            stacked(
                self.tr("Picture size"),
                self.picture_size,
                self.tr("What a camera is asked for; it may give another one"),
            ),
            stacked(self.tr("Rate"), self.rate, self.tr("What a camera is asked for; it may give another one")),
            stacked(self.tr("People at most"), self.people, self.tr("Each person costs time; one is the quickest")),
            stacked(
                self.tr("Height"), self.height_cm, self.tr("How tall the person is: it sets the scale of everything")
            ),
            spacing=12,
        )
        models_row = row(
            stacked(self.tr("2D detector"), self.detector, self.tr("Finds people and their joints in every picture.")),
            stacked(
                self.tr("3D lifter"),
                self.lifter,
                self.tr("Turns the joints' movement into 3D. The fast one is made for this."),
            ),
            spacing=12,
        )
        for choices in (camera_row, models_row):
            for i in range(choices.count()):
                choices.setStretch(i, 1)
        self.setLayout(
            column(
                label(self.tr("Camera or stream"), "title"),
                4,
                where,
                self.found,
                6,
                camera_row,
                6,
                models_row,
                6,
                self.loop,
                self.hands,
                self.face,
                14,
                row(None, cancel, self.start),
                spacing=6,
                margins=(24, 22, 24, 20),
            )
        )
        self.source.editTextChanged.connect(self._edited)
        self._edited()
        line = self.source.lineEdit()
        assert line is not None, "it is editable"
        line.selectAll()

    def _source_row(self) -> QHBoxLayout:
        """Lay out what to open: a camera, an address or a file."""
        self.source = LongComboBox()
        self.source.setEditable(True)
        self.source.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)  # else Enter adds the address to the cameras
        line = self.source.lineEdit()
        assert line is not None, "it is editable"
        line.setPlaceholderText(shown(_PLACE))
        self.source.setEditText(self._settings.source)
        named(self.source, self.tr("Camera, address or file"), shown(_PLACE))
        self.file, self.refresh = icon_button("film", self.tr("File…")), icon_button("loop", "")
        self.file.setToolTip(
            self.tr("Play a video file as if it were a camera: for rehearsing, and for trying things out")
        )
        self.file.clicked.connect(self._choose)
        self.refresh.setToolTip(self.tr("Look for cameras again"))
        named(self.refresh, self.tr("Look for cameras again"))
        self.refresh.clicked.connect(self.refresh_wanted)
        where = row(self.source, self.file, self.refresh, spacing=8)
        where.setStretch(0, 1)
        return where

    def set_cameras(self, cameras: Sequence[tuple[str, str]]) -> None:
        """Offer cameras as (what to open, title)."""
        typed = self.chosen
        self.source.blockSignals(True)
        self.source.clear()
        for name, title in cameras:
            self.source.addItem(title, name)
        self.source.blockSignals(False)
        known = self.source.findData(typed)
        if known >= 0 or (not typed and cameras):
            self.source.setCurrentIndex(max(known, 0))
        else:
            self.source.setEditText(typed)
        line = self.source.lineEdit()
        if line is not None and line.text() == typed:
            line.selectAll()  # typing replaces the address of the last time
        count = len(cameras)
        found = self.tr("%n camera(s) found.", "", count)
        self.found.setText(found if count else shown(_NONE_FOUND))
        self._edited()

    @property
    def chosen(self) -> str:
        """Return what to open: the name of a listed camera, else the typed text."""
        text = self.source.currentText().strip()
        row_at = self.source.findText(text)
        name = self.source.itemData(row_at) if row_at >= 0 else None
        return text if name is None else str(name)

    @Slot()
    def _edited(self, *_: object) -> None:
        self.start.setEnabled(bool(self.chosen))

    @Slot()
    def _choose(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in self._suffixes)
        before = Path(self.chosen)
        start = str(before.parent) if before.is_file() else str(Path.home())
        path, _ = QFileDialog.getOpenFileName(
            self,
            self.tr("Play a video as if it were live"),
            start,
            self.tr("Videos ({patterns})").format(patterns=patterns),
        )
        if path:
            self.source.setEditText(path)

    def accept(self) -> None:
        s = self._settings
        s.source, s.size, s.rate_hz = self.chosen, str(self.picture_size.currentData()), float(self.rate.currentData())
        s.hands, s.face = self.hands.isChecked(), self.face.isChecked()
        s.loop, s.max_people = self.loop.isChecked(), int(self.people.value())
        tall = self.height_cm.value()
        s.height_cm = tall if tall > self.height_cm.minimum() else None
        s.detector = str(self.detector.currentData() or s.detector)
        s.lifter = str(self.lifter.currentData() or s.lifter)
        super().accept()
        self.wanted.emit()
