"""The side panel: what to lift, and what is known of the body and the camera."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QPushButton,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.settings import RunSettings
from app.views.widgets import column, label, row
from pipeline.types import Take

_WIDTH = 288


class SettingsPanel(QFrame):
    """Edits a `RunSettings` in place and says so with `changed`."""

    changed = Signal()
    everyone_wanted = Signal()
    person_wanted = Signal(int)

    def __init__(
        self, settings: RunSettings, detectors: Sequence[tuple[str, str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(_WIDTH)
        self._settings = settings
        self._loading = False

        self.subject = QRadioButton("One person")
        self.subject.setToolTip("Lift the person who is in the picture most, or the one you click on in the video.")
        self.everyone = QRadioButton("Everyone in the picture")
        self.everyone.setToolTip("Lift every person that was found. Takes longer with many people.")
        self.person = QComboBox()
        self.person.setToolTip("Whose skeleton is followed and coloured. Person 1 is seen the longest.")
        self.person.addItem("Most visible", 1)

        self.stature = _number(40, 260, 1, " cm", "Assumed", 0, 170)
        self.fov = _number(5, 150, 1, "°", "Automatic", 0, 60)
        self.pitch = _number(-89, 89, 1, "°", "", 1)
        self.smooth = _number(0, 60, 0.5, " Hz", "Off", 1, 7)
        self.detector, self.lifter, self.device = QComboBox(), QComboBox(), QComboBox()
        self.estimates = label("", "faint")
        self.estimates.setWordWrap(True)
        self.estimates.setContentsMargins(0, 10, 0, 0)
        self.estimates.hide()
        self.reset = QPushButton("Back to the defaults")
        self.reset.setProperty("role", "flat")

        self._fill_detectors(detectors)
        self.set_lifters([("", "Default")])
        self.set_devices([("auto", "Automatic")])
        body = column(
            _section("SUBJECT"), self.subject, self.person, self.everyone,
            10, _section("BODY"),
            _field("Height", self.stature,
                   "How tall the person is. It sets the scale of everything: 10 % wrong here is 10 % wrong in metres."),
            10, _section("CAMERA"),
            _field("Field of view", self.fov,
                   "How wide the lens sees, horizontally. A phone's main camera has 60 to 70 degrees. "
                   "Automatic reads it from the file or assumes 60 degrees across the longer side."),
            _field("Tilt down", self.pitch,
                   "How far the camera looks down. 0 is level; negative looks up. "
                   "Change it if the skeleton leans towards or away from the camera."),
            10, _section("MOTION"),
            _field("Smoothing", self.smooth,
                   "Movements faster than this are smoothed away. 7 Hz suits most; "
                   "choose more for fast sports, 0 for none."),
            10, _section("MODELS"),
            _stacked("2D detector", self.detector, "Finds people and their joints in every picture."),
            _stacked("3D lifter", self.lifter, "Turns the joints' movement into 3D."),
            _stacked("Compute on", self.device, "Automatic takes a supported GPU if there is one, else the processor."),
            None, self.estimates, self.reset, spacing=7, margins=(18, 16, 14, 12),
        )  # fmt: skip
        inside = QWidget()
        inside.setLayout(body)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.load()
        self._connect()

    def _connect(self) -> None:
        for box in (self.stature, self.fov, self.pitch, self.smooth):
            box.valueChanged.connect(self._store)
            box.installEventFilter(self)
        for choice in (self.detector, self.lifter, self.device):
            choice.currentIndexChanged.connect(self._store)
            choice.installEventFilter(self)
        self.person.installEventFilter(self)
        self.everyone.toggled.connect(self._subject_toggled)
        self.person.activated.connect(self._person_chosen)
        self.reset.clicked.connect(self.restore_defaults)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """The wheel scrolls the panel; it never changes a value that the pointer happens to pass over."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # --- values

    def load(self) -> None:
        """Show what the settings say."""
        self._loading = True
        s = self._settings
        self.everyone.setChecked(s.everyone)
        self.subject.setChecked(not s.everyone)
        self.stature.setValue(s.height_cm if s.height_cm is not None else self.stature.minimum())
        self.fov.setValue(s.fov_deg if s.fov_deg is not None else self.fov.minimum())
        self.pitch.setValue(s.pitch_deg)
        self.smooth.setValue(s.smooth_hz)
        for choice, value in ((self.detector, s.detector), (self.lifter, s.lifter), (self.device, s.device)):
            choice.setCurrentIndex(max(choice.findData(value), 0))
        self.person.setEnabled(not s.everyone or self.person.count() > 1)
        self._loading = False

    @Slot()
    def _store(self) -> None:
        if self._loading:
            return
        s = self._settings
        s.height_cm = self.stature.value() if self.stature.value() > self.stature.minimum() else None
        s.fov_deg = self.fov.value() if self.fov.value() > self.fov.minimum() else None
        s.pitch_deg = self.pitch.value()
        # Between off and the library's least (0.5 Hz) there is nothing.
        s.smooth_hz = max(self.smooth.value(), 0.5) if self.smooth.value() > 0 else 0.0
        s.detector, s.device = str(self.detector.currentData()), str(self.device.currentData())
        s.lifter = str(self.lifter.currentData())
        self.changed.emit()

    @Slot()
    def restore_defaults(self) -> None:
        fresh = RunSettings()
        for name in RunSettings.__slots__:
            setattr(self._settings, name, getattr(fresh, name))
        self.load()
        self.changed.emit()

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

    def _fill_detectors(self, detectors: Sequence[tuple[str, str, str]]) -> None:
        for name, title, missing in detectors:
            self.detector.addItem(title, name)
            if missing:
                model = self.detector.model()
                assert isinstance(model, QStandardItemModel)
                item = model.item(self.detector.count() - 1)
                item.setEnabled(False)
                item.setToolTip(missing.capitalize() + ".")

    def set_lifters(self, lifters: Sequence[tuple[str, str]]) -> None:
        """The first is the default; it is stored as "" so that a better one can take its place later."""
        self._refill(self.lifter, [("" if i == 0 else name, title) for i, (name, title) in enumerate(lifters)])

    def set_devices(self, devices: Sequence[tuple[str, str]]) -> None:
        self._refill(self.device, devices)

    def _refill(self, box: QComboBox, values: Sequence[tuple[str, str]]) -> None:
        loading, self._loading = self._loading, True
        box.clear()
        for name, title in values:
            box.addItem(title, name)
        self._loading = loading
        if hasattr(self, "reset"):
            self.load()

    def set_take(self, take: Take | None, person: int) -> None:
        """Offer the persons of a finished take."""
        self._loading = True
        numbers = [track.person for track in take.tracks2d] if take is not None and take.complete else []
        self.person.clear()
        for number in numbers:
            track = take.track2d(number) if take is not None else None
            share = (
                f" · {100 * float(track.seen.mean()):.0f} % of the time"
                if track is not None and len(track.seen)
                else ""
            )
            self.person.addItem(f"Person {number}{share}", number)
        if not numbers:
            self.person.addItem("Most visible", 1)
        self.person.setCurrentIndex(max(self.person.findData(person), 0))
        self.person.setEnabled(len(numbers) > 1)
        self._loading = False
        text = estimates_text(take)
        self.estimates.setText(text)
        self.estimates.setVisible(bool(text))


def estimates_text(take: Take | None) -> str:
    """What of the scale, the camera and the floor of `take` was assumed, not known."""
    if take is None or take.scene is None:
        return ""
    scene = take.scene
    used = {"fov": f"field of view {scene.fov_deg:.0f}°", "pitch": f"tilt {scene.pitch_deg:.0f}°", "height": "height"}
    parts = [f"{used[key]} {note}" for key, note in scene.notes.items() if key in used]
    return f"Estimates, not measurements: {', '.join(parts)}." if parts else ""


class _NumberBox(QDoubleSpinBox):
    """Its first step away from the special value ("Automatic") goes to a sensible number, not to the range's end."""

    def __init__(self, usual: float) -> None:
        super().__init__()
        self._usual = usual

    def stepBy(self, steps: int) -> None:  # noqa: N802
        if self.specialValueText() and self.value() == self.minimum() and steps > 0:
            self.setValue(self._usual)
        else:
            super().stepBy(steps)


def _number(
    low: float, high: float, step: float, unit: str, special: str, decimals: int, usual: float = 0.0
) -> QDoubleSpinBox:
    """A number field. With `special`, a value one step below the range stands for None (or 0 for "off")."""
    box = _NumberBox(usual)
    box.setDecimals(decimals)
    zero_is_special = special == "Off"
    box.setRange(low if not special or zero_is_special else low - step, high)
    box.setSingleStep(step)
    box.setSuffix(unit)
    if special:
        box.setSpecialValueText(special)
    box.setKeyboardTracking(False)
    box.lineEdit().setTextMargins(8, 0, 0, 0)  # a style sheet's padding does not reach it
    box.setStepType(QAbstractSpinBox.StepType.DefaultStepType)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return box


def _section(text: str) -> QWidget:
    return label(text, "section")


def _field(text: str, box: QWidget, help_text: str) -> QWidget:
    name = label(text)
    box.setFixedWidth(138)
    holder = QWidget()
    holder.setLayout(row(name, None, box))
    for widget in (name, box, holder):
        widget.setToolTip(help_text)
    return holder


def _stacked(text: str, box: QComboBox, help_text: str) -> QWidget:
    name = label(text, "muted")
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(10)
    holder = QWidget()
    holder.setLayout(column(name, box, spacing=4))
    for widget in (name, box, holder):
        widget.setToolTip(help_text)
    return holder
