"""Define the settings of a run: frozen, validated, with a JSON round trip.

The window and the command line both fill them in.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from .errors import ConfigError
from .pruning_schedule import PruneConfig

# Number format of a network: float32 gives the same result on every machine. bfloat16 is faster where the processor
# computes in it and moves joints by up to some millimetres, so it is used only on request.
Precision = Literal["float32", "bfloat16"]

# Inference engine of the embedded detector's landmark network: "auto" takes OpenVINO where it is installed. The two
# differ in the last bits, and following a person from frame to frame amplifies that (docs/detectors.md).
Runtime = Literal["auto", "openvino", "mediapipe"]

CameraMotionUse = Literal["measure", "ignore"]

# Detector that is chosen by what is on this computer: BlazePose heavy for files if its weights are here, else full.
AUTO_DETECTOR = "auto"


def _check(condition: bool, what: str, hint: str, field: str) -> None:
    if not condition:
        raise ConfigError(what, hint, field=field)


def _check_device(device: str) -> None:
    known = device in ("auto", "cpu", "mps") or device.split(":", maxsplit=1)[0] == "cuda"
    _check(known, f"The device '{device}' is not known.", "Choose auto, cpu, cuda or mps.", "device")


def _check_precision(precision: str) -> None:
    known = get_args(Precision)
    _check(
        precision in known, f"The precision '{precision}' is not known.", f"Choose {' or '.join(known)}.", "precision"
    )


@dataclass(frozen=True, slots=True)
class DetectConfig:
    """Configure 2D detection.

    `detector`: "auto" (`detect.mediapipe.choose`), "mediapipe" (BlazePose full), a name in weights/detectors.json, one
    that the user added, or "mmpose".
    """

    detector: str = AUTO_DETECTOR
    max_people: int = 4
    config_path: str = ""  # for "mmpose": `mmpose::...` (a config of MMPose's package) or a file
    checkpoint_path: str = ""  # for "mmpose": file of the weights
    device: str = "auto"  # device of MMPose's networks; mediapipe always computes on the CPU
    prompt: bool = True  # True: a frame waits for the person search, so new people appear in it; False: no frame waits
    precision: Precision = "float32"  # number format of MMPose's backbones; mediapipe always computes in float32
    runtime: Runtime = "auto"  # inference engine of mediapipe's landmark network
    hands: bool = False  # look for both hands of every person, see `detect.mediapipe.hands`
    face: bool = False  # look for the face of every person, see `detect.mediapipe.face`

    def __post_init__(self) -> None:
        _check_device(self.device)
        _check_precision(self.precision)
        runtimes = get_args(Runtime)
        known = ", ".join(runtimes)
        _check(self.runtime in runtimes, f"The runtime '{self.runtime}' is not known.", f"Choose {known}.", "runtime")
        _check(1 <= self.max_people <= 20, f"max_people is {self.max_people}.", "Choose 1 to 20 people.", "max_people")


@dataclass(frozen=True, slots=True)
class LiftConfig:
    """Configure 2D-to-3D lifting.

    `lifter` is a name in weights/manifest.json; "" takes the manifest's default.
    """

    lifter: str = ""
    prune: PruneConfig | None = None  # None: the manifest's schedule; an empty schedule: no pruning
    flip: bool = True  # test-time augmentation: average with the left-right mirrored input
    device: str = "auto"  # auto, cpu, cuda, mps
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        _check_device(self.device)
        _check_precision(self.precision)


@dataclass(frozen=True, slots=True)
class PostConfig:
    """Configure the steps after lifting, in this order; every step can be switched off.

    docs/motion.md describes the effect of each step on the numbers.
    """

    fill_gap_s: float = 0.25  # s: shorter gaps are interpolated (score 0), longer ones stay empty; 0 = no filling
    smooth: Literal["adaptive", "butterworth", "savitzky_golay", "off"] = "adaptive"
    smooth_hz: float = 9.0  # Hz, cut-off of the zero-phase low-pass (adaptive: for fast joints); 0 = off
    # constant bone lengths by inverse kinematics ("fit"), or bone by bone
    bones: Literal["fit", "directions", "off"] = "fit"
    picture: float = 0.8  # weight of reprojection refinement of well-seen joints, 0 to 1; 0 = off
    sides: Literal["repair", "list", "off"] = "repair"  # momentary left-right swaps; `post.left_right`
    limits: Literal["repair", "list", "off"] = "repair"  # knees and elbows bent backward; `post.joint_limits`
    calm_turns: bool = True  # limit the turn rate of bones to what a body can do: `post.turn_rate`
    foot_lock: Literal["off", "auto", "always", "grounding"] = (
        "auto"  # foot lock of standing feet: `post.ground.foot_lock`
    )

    def __post_init__(self) -> None:
        gap, picture = self.fill_gap_s, self.picture
        _check(0 <= gap <= 2, f"The longest gap to fill is {gap} s.", "Choose 0 (none) to 2 s.", "fill_gap_s")
        _check(0 <= picture <= 1, f"The share of the picture is {picture}.", "Choose 0 (off) to 1.", "picture")
        for name, known in (
            ("smooth", ("adaptive", "butterworth", "savitzky_golay", "off")),
            ("bones", ("fit", "directions", "off")),
            ("sides", ("repair", "list", "off")),
            ("limits", ("repair", "list", "off")),
            ("foot_lock", ("off", "auto", "always", "grounding")),
        ):
            value = getattr(self, name)
            _check(value in known, f"'{value}' is not known.", f"Choose one of {', '.join(known)}.", name)
        ok = self.smooth_hz == 0 or 0.5 <= self.smooth_hz <= 60
        _check(ok, f"The smoothing frequency is {self.smooth_hz} Hz.", "Choose 0 (off) or 0.5 to 60 Hz.", "smooth_hz")

    def preview(self) -> PostConfig:
        """Return the settings without slow steps, for the partial takes that are shown during a run."""
        quick: Literal["butterworth", "savitzky_golay", "off"]
        quick = "butterworth" if self.smooth == "adaptive" else self.smooth
        bones: Literal["directions", "off"] = "off" if self.bones == "off" else "directions"
        return dataclasses.replace(self, smooth=quick, bones=bones, picture=0.0)


LIVE_LIFTER = "h2ot_fast_v2"
MAX_LOOKAHEAD = 30

_MOST_ROLL_DEG = 45  # degrees of roll that detectors and lifters accept; images of a camera rolled further are turned

# Lengths that can be measured on a person, between the centres of the joints.
LIMBS = ("hip_width", "thigh", "shank", "trunk", "shoulder_width", "upper_arm", "forearm")


@dataclass(frozen=True, slots=True)
class SceneConfig:
    """Configure camera and body.

    None = from the file, else estimated or assumed (and labelled so).
    """

    fov_deg: float | None = None  # horizontal field of view
    pitch_deg: float | None = None  # positive: the camera looks down; None: estimated
    roll_deg: float | None = None  # positive: rolled clockwise; None: estimated, or 0 where the pitch is given
    height_cm: float | None = None  # stature of people without one in `heights_cm`; None: 170 cm
    heights_cm: dict[int, float] = field(default_factory=dict)  # person -> stature
    # lengths measured on the subject by keys of LIMBS; others are estimated
    limbs_cm: dict[str, float] = field(default_factory=dict)
    # what a camera that turns on its tripod does: "measure" corrects paths and gravity for it, see `camera_motion`
    camera_motion: CameraMotionUse = "measure"

    def __post_init__(self) -> None:
        uses = get_args(CameraMotionUse)
        _check(
            self.camera_motion in uses,
            f"The use of the camera's motion is '{self.camera_motion}'.",
            f"Choose {' or '.join(uses)}.",
            "camera_motion",
        )
        fov, pitch, roll, height = self.fov_deg, self.pitch_deg, self.roll_deg, self.height_cm
        for name, what, value, known, hint in (
            ("fov_deg", "field of view", fov, fov is None or 5 <= fov <= 150, "5 to 150"),
            ("pitch_deg", "pitch", pitch, pitch is None or -90 < pitch < 90, "-89 to 89"),
            ("roll_deg", "roll", roll, roll is None or -180 <= roll <= 180, "-180 to 180"),
        ):
            _check(known, f"The {what} is {value} degrees.", f"Choose {hint} degrees.", name)
        for person in self.heights_cm:
            known = type(person) is int and person >= 1
            _check(known, f"There is a height of person {person!r}.", "Persons count from 1.", "heights_cm")
        for tall in (*(() if height is None else (height,)), *self.heights_cm.values()):
            _check(40 <= tall <= 260, f"The height is {tall} cm.", "Choose 40 to 260 cm.", "height_cm")
        for name, length in self.limbs_cm.items():
            _check(name in LIMBS, f"The limb '{name}' is not known.", f"Choose from {', '.join(LIMBS)}.", "limbs_cm")
            _check(3 <= length <= 120, f"The {name} is {length} cm long.", "Choose 3 to 120 cm.", "limbs_cm")

    @property
    def turn_deg(self) -> int:
        """Return the clockwise turn of the images (0, 90, 180, 270) that leaves at most 45 degrees."""
        roll = self.roll_deg or 0.0
        return 0 if abs(roll) <= _MOST_ROLL_DEG else round(roll / 90) * 90 % 360

    def in_turned(self, turned_deg: int) -> SceneConfig:
        """Return the settings for images that were turned clockwise: the roll is what is left of it."""
        if self.roll_deg is None or not turned_deg:
            return self
        return dataclasses.replace(self, roll_deg=(self.roll_deg - turned_deg + 180) % 360 - 180)

    def of_person(self, person: int) -> SceneConfig:
        """Return the settings for one person: `height_cm` is theirs."""
        return dataclasses.replace(self, height_cm=self.heights_cm.get(person, self.height_cm), heights_cm={})

    @property
    def limbs_m(self) -> dict[str, float]:
        """Return `limbs_cm` in metres."""
        return {name: length / 100 for name, length in self.limbs_cm.items()}


@dataclass(frozen=True, slots=True)
class RunConfig:
    """Configure one run.

    `persons` is None for the person with the largest presence, a tuple of numbers, or "all".
    """

    detect: DetectConfig = field(default_factory=DetectConfig)
    lift: LiftConfig = field(default_factory=LiftConfig)
    post: PostConfig = field(default_factory=PostConfig)
    scene: SceneConfig = field(default_factory=SceneConfig)
    start_s: float | None = None
    end_s: float | None = None
    persons: tuple[int, ...] | Literal["all"] | None = None
    use_cache: bool = True
    # frames per second of the camera that recorded a slow-motion video; None: as the file states
    recorded_fps: float | None = None

    def __post_init__(self) -> None:
        fps = self.recorded_fps
        ok = fps is None or (math.isfinite(fps) and 1 <= fps <= 100_000)
        _check(ok, f"The camera recorded {fps} frames a second.", "Choose 1 to 100000.", "recorded_fps")
        start, end = self.start_s, self.end_s
        for name, value in (("start", start), ("end", end)):
            ok = value is None or (math.isfinite(value) and value >= 0)
            _check(
                ok, f"The {name} of the range is {value} s.", "Times count from 0 s at the first frame.", f"{name}_s"
            )
        if start is not None and end is not None:
            _check(
                start < end,
                f"The range from {start:g} s to {end:g} s is empty.",
                "The end must lie after the start.",
                "end_s",
            )
        if self.persons is not None and self.persons != "all":
            whole = isinstance(self.persons, tuple) and all(type(person) is int for person in self.persons)
            _check(whole, f"The persons are {self.persons!r}.", "Choose numbers, or all.", "persons")
            _check(
                len(self.persons) > 0 and min(self.persons) >= 1,
                "Persons count from 1.",
                "Choose 1 or higher.",
                "persons",
            )

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `from_json` gives an equal object back."""
        data = dataclasses.asdict(self)
        data["scene"]["heights_cm"] = {str(person): height for person, height in self.scene.heights_cm.items()}
        data["lift"]["prune"] = None if self.lift.prune is None else self.lift.prune.to_json()
        return data

    @staticmethod
    def from_json(data: dict[str, Any]) -> RunConfig:
        """Read the object of `to_json`; unknown keys are refused, missing ones get their default."""
        try:
            values = dict(data)
            parts = {"detect": DetectConfig, "lift": LiftConfig, "post": PostConfig, "scene": SceneConfig}
            for name, kind in parts.items():
                if name in values:
                    part = dict(values[name])
                    if part.get("precision") == "auto":  # takes of versions that chose the precision themselves
                        part["precision"] = "float32"
                    if "heights_cm" in part:  # the keys of a JSON object are text
                        part["heights_cm"] = {int(person): height for person, height in part["heights_cm"].items()}
                    if part.get("prune") is not None:
                        part["prune"] = PruneConfig.from_json(part["prune"])
                    values[name] = kind(**part)
            if isinstance(values.get("persons"), list):
                values["persons"] = tuple(values["persons"])
            return RunConfig(**values)
        except (TypeError, ValueError, AttributeError) as error:
            raise ConfigError(
                f"The settings do not fit this version ({error}).", "Remove them to get the defaults."
            ) from error


@dataclass(frozen=True, slots=True)
class LiveConfig:
    """Configure a live run.

    Defaults: few people, new ones without waiting, the fast lifter, no mirrored pass. A caller that passes `lift` or
    `detect` has to set these there, too.
    """

    detect: DetectConfig = field(default_factory=lambda: DetectConfig(max_people=2, prompt=False))
    lift: LiftConfig = field(default_factory=lambda: LiftConfig(lifter=LIVE_LIFTER, flip=False))
    scene: SceneConfig = field(default_factory=SceneConfig)
    lookahead: int = 2  # frames by which the skeletons lag behind; later frames make them more certain
    latency_budget_ms: float = 150.0  # ms from capture to result, without the look-ahead
    smooth: bool = True  # 1-euro filter on the joints

    def __post_init__(self) -> None:
        ahead, budget = self.lookahead, self.latency_budget_ms
        _check(
            0 <= ahead <= MAX_LOOKAHEAD,
            f"The look-ahead is {ahead} frames.",
            f"Choose 0 to {MAX_LOOKAHEAD}.",
            "lookahead",
        )
        _check(
            20 <= budget <= 5000, f"The latency budget is {budget} ms.", "Choose 20 to 5000 ms.", "latency_budget_ms"
        )
