"""Edit the post-processing steps and the measured limb lengths in a section of the panel."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QWidget

from app.languages.translation import mark, shown, translate
from app.run_settings import RunSettings
from app.views.settings.fields import Fold, NoWheel, field, number
from app.views.widgets import column, label

_REPAIR = (
    ("repair", mark("Repair")),
    ("list", mark("Only list")),
    ("off", mark("Leave")),
)
# Field of the settings -> (value, text) of its choices, title, and help text.
_CHOICES: dict[str, tuple[tuple[tuple[str, str], ...], str, str]] = {
    "smooth": (
        (
            ("adaptive", mark("Adaptive")),
            ("butterworth", mark("Butterworth")),
            ("savitzky_golay", mark("Savitzky-Golay")),
            ("off", mark("Off")),
        ),
        mark("Low-pass"),
        mark(
            "How the movement is smoothed. Adaptive smooths slow joints more and leaves fast ones alone. "
            "None of them delays the movement.",
        ),
    ),
    "bones": (
        (
            ("fit", mark("One body")),
            ("directions", mark("Bone by bone")),
            ("off", mark("As lifted")),
        ),
        mark("Bone lengths"),
        mark(
            "One body: constant lengths, fitted to all joints at once. Bone by bone: constant lengths along the lifted "
            "directions. As lifted: lengths change from frame to frame.",
        ),
    ),
    "sides": (
        _REPAIR,
        mark("Exchanged sides"),
        mark(
            "Frames in which the detector took the left for the right. What was found is listed under Findings.",
        ),
    ),
    "limits": (
        _REPAIR,
        mark("Backward joints"),
        mark("Knees and elbows that bend the wrong way. What was found is listed under Findings."),
    ),
    "camera_motion": (
        (
            ("measure", mark("Follow")),
            ("ignore", mark("Ignore")),
        ),
        mark("Turning camera"),
        mark(
            "A camera that pans, tilts or shakes on its tripod is measured by the background. Follow: paths and the "
            "direction of gravity are corrected for it. Ignore: as if it stood still.",
        ),
    ),
    "foot_lock": (
        (
            ("off", mark("Off")),
            ("auto", mark("Automatic")),
            ("always", mark("Always")),
            ("grounding", mark("On the floor")),
        ),
        mark("Standing feet"),
        mark(
            "Feet that stand do not slide. Automatic: where a contact can be believed. Always: every contact. "
            "On the floor: as automatic, and feet near the floor stand on it.",
        ),
    ),
}
# Field of `config.LIMBS`, title, what is measured, and a usual length in cm.
_LIMBS = (
    (
        "hip_width",
        mark("Hips"),
        mark("Between the hip joints"),
        24,
    ),
    ("thigh", mark("Thigh"), mark("From hip to knee"), 43),
    ("shank", mark("Shank"), mark("From knee to ankle"), 42),
    (
        "trunk",
        mark("Trunk"),
        mark("From hips to shoulders"),
        48,
    ),
    (
        "shoulder_width",
        mark("Shoulders"),
        mark("Between the shoulder joints"),
        35,
    ),
    (
        "upper_arm",
        mark("Upper arm"),
        mark("From shoulder to elbow"),
        29,
    ),
    (
        "forearm",
        mark("Forearm"),
        mark("From elbow to wrist"),
        25,
    ),
)


class MotionPanel(Fold):
    """Edit the motion fields of `RunSettings` in place, all but `smooth_hz`, and emit `changed`."""

    changed = Signal()

    def __init__(self, settings: RunSettings, parent: QWidget | None = None) -> None:
        super().__init__(translate("MotionPanel", "Motion in detail"), parent)
        self._settings = settings
        self._loading = False
        self.gap = number(0, 2, 0.05, " s", self.tr("Off"), 2, 0.25)
        self.picture = number(0, 100, 5, " %", self.tr("Off"), 0, 80)
        self.calm = QCheckBox(self.tr("Calm sudden turns"))
        self.calm.setToolTip(
            self.tr("No bone turns faster than a body can: a turn that does is spread over its neighbours.")
        )
        self.choices = {name: QComboBox() for name in _CHOICES}
        fields = {}
        for name, (values, title, help_text) in _CHOICES.items():
            for value, text in values:
                self.choices[name].addItem(shown(text), value)
            fields[name] = field(shown(title), self.choices[name], shown(help_text))
        self.limbs = {name: number(3, 120, 0.5, " cm", self.tr("Estimated"), 1, usual) for name, _, _, usual in _LIMBS}
        self.body.setLayout(
            column(
                fields["smooth"],
                field(
                    self.tr("Fill gaps up to"),
                    self.gap,
                    self.tr(
                        "Frames in which the person was lost for a moment are filled in. Longer absences stay empty."
                    ),
                ),
                fields["bones"],
                field(
                    self.tr("Follow the picture"),
                    self.picture,
                    self.tr("How far a joint that was well seen is drawn onto its place in the picture."),
                ),
                fields["sides"],
                fields["limits"],
                fields["foot_lock"],
                fields["camera_motion"],
                self.calm,
                6,
                label(self.tr("Measured on the person"), "muted"),
                *(
                    field(
                        shown(title),
                        self.limbs[name],
                        self.tr("{what}, middle to middle. Left alone, it is estimated.").format(what=shown(what)),
                    )
                    for name, title, what, _ in _LIMBS
                ),
                spacing=6,
                margins=(0, 2, 0, 4),
            )
        )
        self.load()
        self._no_wheel = NoWheel(self)
        self._no_wheel.watch(*self._numbers(), *self.choices.values())
        for box in self._numbers():
            box.valueChanged.connect(self._store)
        for choice in self.choices.values():
            choice.currentIndexChanged.connect(self._store)
        self.calm.toggled.connect(self._store)

    def _numbers(self) -> list[QDoubleSpinBox]:
        return [self.gap, self.picture, *self.limbs.values()]

    def load(self) -> None:
        """Show the settings."""
        self._loading = True
        s = self._settings
        self.gap.setValue(s.fill_gap_s)
        self.picture.setValue(100 * s.picture)
        self.calm.setChecked(s.calm_turns)
        for name, choice in self.choices.items():
            choice.setCurrentIndex(max(choice.findData(getattr(s, name)), 0))
        measured = s.limbs_cm
        for name, box in self.limbs.items():
            box.setValue(measured.get(name, box.minimum()))
        self._loading = False

    @Slot()
    def _store(self) -> None:
        if self._loading:
            return
        s = self._settings
        s.fill_gap_s, s.picture, s.calm_turns = self.gap.value(), self.picture.value() / 100, self.calm.isChecked()
        for name, choice in self.choices.items():
            setattr(s, name, str(choice.currentData()))
        s.limbs_cm = {name: box.value() for name, box in self.limbs.items() if box.value() > box.minimum()}
        self.changed.emit()
