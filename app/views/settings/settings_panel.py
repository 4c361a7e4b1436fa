"""Edit in the side panel what to lift, and what is known of body and camera."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.run_settings import DEFAULT_HZ, CompareSettings, RunSettings
from app.views.settings.detector_box import DetectorBox
from app.views.settings.device_box import DeviceBox
from app.views.settings.estimates import estimates_text
from app.views.settings.fields import LongComboBox, NoWheel, field, number, section, stacked
from app.views.settings.motion_panel import MotionPanel
from app.views.settings.pruning_panel import PruningPanel
from app.views.take_rows import name_of
from app.views.widgets import ElidedName, column, label, named, tool
from pipeline.core.config import DetectConfig
from pipeline.core.face.points import MIN_FACE_PX
from pipeline.core.hands.points import MIN_HAND_PX
from pipeline.core.take import Take
from pipeline.model_info import INSTALLED, DetectorInfo, LifterInfo

_WIDTH = 300
_HANDS_TIMES = 1.5  # time of a run with hands / without: docs/detectors.md


class SettingsPanel(QFrame):
    """Edit `RunSettings` in place and emit `changed`."""

    changed = Signal()
    everyone_wanted = Signal()
    person_wanted = Signal(int)
    pruning_changed = Signal()  # lifter or pruning: the take can be re-lifted from its 2D
    other_changed = Signal()  # the recipe to compare with

    def __init__(
        self, settings: RunSettings, other: CompareSettings, models: QAction, detectors: QAction,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(_WIDTH)
        self._settings, self._other = settings, other
        self._loading = False

        self.subject = QRadioButton(self.tr("One person"))
        self.subject.setToolTip(
            self.tr("Lift the person who is in the picture most, or the one you click on in the video.")
        )
        self.everyone = QRadioButton(self.tr("Everyone in the picture"))
        self.everyone.setToolTip(self.tr("Lift every person that was found. Takes longer with many people."))
        self.person = QComboBox()
        self.person.setToolTip(self.tr("Whose skeleton is followed and coloured. Person 1 is seen the longest."))
        self.person.addItem(self.tr("Most visible"), 1)
        named(self.person, self.tr("Person"), self.person.toolTip())

        self.whose = ElidedName(mode=Qt.TextElideMode.ElideRight)
        self.whose.set_whole(self.tr("Height"))
        self._people: list[int] = []  # of the complete take
        self._followed = 1
        self.stature = number(40, 260, 1, " cm", self.tr("Assumed"), 0, 170)
        self.fov = number(5, 150, 1, "°", self.tr("Automatic"), 0, 60)
        self.pitch = number(-89, 89, 1, "°", self.tr("Estimated"), 1)
        self.roll = number(-180, 180, 1, "°", self.tr("Estimated"), 1)
        self.recorded = number(1, 100_000, 1, " fps", self.tr("As stored"), 0, 240)
        self.smooth = number(0, 60, 0.5, " Hz", self.tr("Off"), 1, DEFAULT_HZ)
        self.detector, self.lifter, self.device = DetectorBox(), LongComboBox(), DeviceBox()
        self.hands, self.face = QCheckBox(self.tr("Hands")), QCheckBox(self.tr("Face"))
        self.motion = MotionPanel(settings)
        self.pruning = PruningPanel(settings, other)
        self.estimates = label("", "faint")
        self.estimates.setWordWrap(True)
        self.estimates.setContentsMargins(0, 10, 0, 0)
        self.estimates.hide()
        self.reset = QPushButton(self.tr("Back to the defaults"))
        self.reset.setProperty("role", "flat")

        self.lifter.addItem(self.tr("Default"), "")
        body = column(
            section(self.tr("SUBJECT")),
            self.subject,
            self.person,
            self.everyone,
            10,
            section(self.tr("BODY")),
            field(
                self.whose,
                self.stature,
                self.tr(
                    "How tall the person is. It sets the scale of everything: 10 % wrong here is 10 % wrong in metres. "
                    "With several people it is the height of the one who is followed."
                ),
            ),
            10,
            section(self.tr("CAMERA")),
            field(
                self.tr("Field of view"),
                self.fov,
                self.tr(
                    "How wide the lens sees, horizontally. A phone's main camera has 60 to 70 degrees. "
                    "Automatic reads it from the file or assumes 60 degrees across the longer side."
                ),
            ),
            field(
                self.tr("Tilt down"),
                self.pitch,
                self.tr(
                    "How far the camera looks down. 0 is level; negative looks up. "
                    "Left alone, it is estimated from how people stand. "
                    "Set it if the skeleton leans towards or away from the camera."
                ),
            ),
            field(
                self.tr("Roll"),
                self.roll,
                self.tr(
                    "How far the camera is turned clockwise. Left alone, it is estimated, or 0 where the tilt is set. "
                    "Both can be set with the horizon in the video."
                ),
            ),
            field(
                self.tr("Recorded at"),
                self.recorded,
                self.tr(
                    "For slow motion: the frames a second that the camera recorded, where the file does not state "
                    "them. All times are then those of the motion; the video is lifted again."
                ),
            ),
            10,
            section(self.tr("MOTION")),
            field(
                self.tr("Smoothing"),
                self.smooth,
                self.tr(
                    "Movements faster than this are smoothed away. {usual:g} Hz suits most; choose more "
                    "for fast sports, 0 for none."
                ).format(usual=DEFAULT_HZ),
            ),
            self.motion,
            10,
            section(self.tr("MODELS")),
            stacked(
                self.tr("2D detector"),
                self.detector,
                self.tr("Finds people and their joints in every picture."),
                tool(detectors),
            ),
            self.hands,
            self.face,
            stacked(self.tr("3D lifter"), self.lifter, self.tr("Turns the joints' movement into 3D."), tool(models)),
            stacked(
                self.tr("Compute on"),
                self.device,
                self.tr("Automatic takes a supported GPU if there is one, else the processor."),
            ),
            self.pruning,
            None,
            self.estimates,
            self.reset,
            spacing=7,
            margins=(18, 16, 14, 12),
        )
        inside = QWidget()
        inside.setLayout(body)
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the focus of its fields
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.set_hands_missing("")
        self.set_face_missing("")
        self.load()
        self._connect()

    def _connect(self) -> None:
        for box in (self.stature, self.fov, self.pitch, self.roll, self.recorded, self.smooth):
            box.valueChanged.connect(self._store)
        for choice in (self.detector, self.device):
            choice.currentIndexChanged.connect(self._store)
        self._no_wheel = NoWheel(self)
        self._no_wheel.watch(self.stature, self.fov, self.pitch, self.roll, self.recorded, self.smooth, self.person)
        self._no_wheel.watch(self.detector, self.lifter, self.device)
        self.hands.toggled.connect(self._store)
        self.face.toggled.connect(self._store)
        self.lifter.currentIndexChanged.connect(self._lifter_chosen)
        self.motion.changed.connect(self.changed)
        self.pruning.editor.changed.connect(self._pruning_edited)
        self.pruning.other.changed.connect(self._other_edited)
        self.everyone.toggled.connect(self._subject_toggled)
        self.person.activated.connect(self._person_chosen)
        self.reset.clicked.connect(self.restore_defaults)

    # --- values

    def _optional(self) -> dict[str, QDoubleSpinBox]:
        """Return the fields that may be None, by their name in the settings."""
        return {"fov_deg": self.fov, "pitch_deg": self.pitch, "roll_deg": self.roll,
                "recorded_fps": self.recorded}  # fmt: skip

    def show_optional(self) -> None:
        """Show the settings of body and camera."""
        loading, self._loading = self._loading, True
        for name, box in self._optional().items():
            value = getattr(self._settings, name)
            box.setValue(value if value is not None else box.minimum())
        self._show_height()
        self._loading = loading

    def _show_height(self) -> None:
        tall = self._settings.height_of(self._followed)
        value = tall if tall is not None else self.stature.minimum()
        if value != self.stature.value():  # else a number that is being typed would be lost
            self.stature.setValue(value)

    def load(self) -> None:
        """Show the settings."""
        self._loading = True
        s = self._settings
        self.everyone.setChecked(s.everyone)
        self.subject.setChecked(not s.everyone)
        self.show_optional()
        self.smooth.setValue(s.smooth_hz)
        self.hands.setChecked(s.hands and self.hands.isEnabled())
        self.face.setChecked(s.face and self.face.isEnabled())
        for choice, value in ((self.detector, s.detector), (self.lifter, s.lifter), (self.device, s.device)):
            choice.setCurrentIndex(max(choice.findData(value), 0))
        self.person.setEnabled(not s.everyone or self.person.count() > 1)
        self._loading = False
        self.motion.load()
        self.pruning.load()

    @Slot()
    def _store(self) -> None:
        if self._loading:
            return
        s = self._settings
        for name, box in self._optional().items():
            setattr(s, name, box.value() if box.value() > box.minimum() else None)
        tall = self.stature.value() if self.stature.value() > self.stature.minimum() else None
        if tall != s.height_of(self._followed):
            s.set_height(self._followed, tall, self._people)
        # The library's minimum is 0.5 Hz; 0 is off.
        s.smooth_hz = max(self.smooth.value(), 0.5) if self.smooth.value() > 0 else 0.0
        s.detector, s.device = str(self.detector.currentData()), str(self.device.currentData())
        s.hands, s.face = self.hands.isChecked(), self.face.isChecked()
        self.changed.emit()

    @Slot()
    def _lifter_chosen(self) -> None:
        if not self._loading:
            self._settings.lifter = str(self.lifter.currentData())
            self.pruning.lifter_changed()

    @Slot()
    def _pruning_edited(self) -> None:
        self.changed.emit()
        self.pruning_changed.emit()

    @Slot()
    def _other_edited(self) -> None:
        self.changed.emit()
        self.other_changed.emit()

    @Slot()
    def restore_defaults(self) -> None:
        before = self._pruning_values()
        for settings, fresh in ((self._settings, RunSettings()), (self._other, CompareSettings())):
            for field_ in dataclasses.fields(fresh):
                setattr(settings, field_.name, getattr(fresh, field_.name))
        self.load()
        self.changed.emit()
        self.other_changed.emit()
        if self._pruning_values() != before:
            self.pruning_changed.emit()

    def _pruning_values(self) -> tuple[object, ...]:
        s = self._settings
        return s.lifter, s.pruner, s.recoverer, s.schedule, s.motion_share

    @Slot(bool)
    def _subject_toggled(self, everyone: bool) -> None:
        if self._loading:
            return
        self._settings.everyone = everyone
        self.changed.emit()
        if everyone:
            self.everyone_wanted.emit()

    @Slot(int)
    def _person_chosen(self, index: int) -> None:
        self.person_wanted.emit(int(self.person.itemData(index)))

    # --- choices

    def set_detectors(self, detectors: Sequence[DetectorInfo]) -> None:
        """Offer detectors; the chosen one is the default again if it was removed."""
        if self._settings.detector not in {one.name for one in detectors}:
            self._settings.detector = DetectConfig().detector
        loading, self._loading = self._loading, True
        self.detector.set_detectors(detectors, self._settings.detector)
        self._loading = loading
        self.load()

    def set_hands_missing(self, reason: str) -> None:
        """Offer to look for hands, or say why that is not possible here; "" if it is."""
        self.hands.setEnabled(not reason)
        self.hands.setToolTip(
            reason
            or self.tr(
                "Look for both hands and their fingers, too. A run then takes about {more:g} times as long. Hands "
                "smaller than {smallest_px:g} pixels are not found. Takes effect with the next run."
            ).format(more=_HANDS_TIMES, smallest_px=MIN_HAND_PX)
        )
        if reason and self._settings.hands:
            self._settings.hands = False
            self.load()
            self.changed.emit()

    def set_face_missing(self, reason: str) -> None:
        """Offer to look for faces, or say why that is not possible here; "" if it is."""
        self.face.setEnabled(not reason)
        self.face.setToolTip(
            reason
            or self.tr(
                "Look for faces and their expressions, too: blinks, gaze, mouth and brows, for characters and exports. "
                "Faces smaller than {smallest_px:g} pixels are not found. Takes effect with the next run."
            ).format(smallest_px=MIN_FACE_PX)
        )
        if reason and self._settings.face:
            self._settings.face = False
            self.load()
            self.changed.emit()

    def set_devices(self, gpus: Sequence[str]) -> None:
        """Offer the GPUs that are here; if the chosen one is not, the choice is automatic again."""
        self.device.set_gpus(gpus)
        if not self.device.offers(self._settings.device):
            self._settings.device = "auto"
            self.load()
            self.changed.emit()

    def set_lifters(self, lifters: Sequence[LifterInfo]) -> None:
        """Offer lifters; the first is the default, stored as "" so that it may change later."""
        ready = [lifter for lifter in lifters if lifter.state == INSTALLED]
        self.pruning.set_lifters(ready)
        self._refill(self.lifter, [("" if i == 0 else one.name, one.title) for i, one in enumerate(ready)])

    def _refill(self, box: QComboBox, values: Sequence[tuple[str, str]]) -> None:
        loading, self._loading = self._loading, True
        box.clear()
        for name, title in values:
            box.addItem(title, name)
        self._loading = loading
        if hasattr(self, "reset"):
            self.load()

    def set_take(self, take: Take | None, person: int) -> None:
        """Offer the persons of a complete take."""
        self._loading = True
        numbers = [track.person for track in take.tracks2d] if take is not None and take.complete else []
        self._people, self._followed = numbers, person
        several = take is not None and len(numbers) > 1
        self.whose.set_whole(
            self.tr("Height of {name}").format(name=name_of(take, person))
            if take is not None and several
            else self.tr("Height")
        )
        self._show_height()
        self.person.clear()
        for person_number in numbers:
            track = take.track2d(person_number) if take is not None else None
            share = (
                self.tr(" · {percent:.0f} % of the time").format(percent=100 * float(track.seen.mean()))
                if track is not None and len(track.seen)
                else ""
            )
            name = name_of(take, person_number)
            self.person.addItem(f"{name}{share}", person_number)
        if not numbers:
            self.person.addItem(self.tr("Most visible"), 1)
        self.person.setCurrentIndex(max(self.person.findData(person), 0))
        self.person.setEnabled(len(numbers) > 1)
        self._loading = False
        text = estimates_text(take)
        self.estimates.setText(text)
        self.estimates.setVisible(bool(text))
