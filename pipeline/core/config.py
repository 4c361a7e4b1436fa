"""Settings of a run: frozen, checked, with a JSON round trip. What the window and the command line both fill in."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from .errors import ConfigError
from .pruning_schedule import PruneConfig

# Of a network: float32 gives the same result everywhere. bfloat16 is faster where the processor computes in it, and
# moves joints by up to some millimetres: for whoever asks for it, never chosen by the program.
Precision = Literal["float32", "bfloat16"]

# What runs the landmark network of the embedded detector: "auto" takes OpenVINO where it is installed. The last bits of
# the two differ, and following a person from frame to frame amplifies that (docs/detectors.md).
Runtime = Literal["auto", "openvino", "mediapipe"]


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
    """2D detection. `detector`: "mediapipe", a name in weights/detectors.json, one that the user added, or "mmpose"."""

    detector: str = "mediapipe"
    max_people: int = 4
    config_path: str = ""  # of "mmpose": `mmpose::...` (its own configs) or a file
    checkpoint_path: str = ""  # of "mmpose"
    device: str = "auto"  # of MMPose's networks; mediapipe always computes on the CPU
    prompt: bool = True  # new people are there in the first frame that shows them; False: no frame waits for a search
    precision: Precision = "float32"  # of MMPose's backbones; mediapipe always computes in float32
    runtime: Runtime = "auto"  # of mediapipe's landmark network

    def __post_init__(self) -> None:
        _check_device(self.device)
        _check_precision(self.precision)
        runtimes = get_args(Runtime)
        known = ", ".join(runtimes)
        _check(self.runtime in runtimes, f"The runtime '{self.runtime}' is not known.", f"Choose {known}.", "runtime")
        _check(1 <= self.max_people <= 20, f"max_people is {self.max_people}.", "Choose 1 to 20 people.", "max_people")


@dataclass(frozen=True, slots=True)
class LiftConfig:
    """2D to 3D. `lifter` is a name in weights/manifest.json; "" takes the manifest's default."""

    lifter: str = ""
    prune: PruneConfig | None = None  # None: as the manifest says; an empty schedule: nothing is pruned
    flip: bool = True  # average with the mirrored input
    device: str = "auto"  # auto, cpu, cuda, mps
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        _check_device(self.device)
        _check_precision(self.precision)


@dataclass(frozen=True, slots=True)
class PostConfig:
    """After lifting, in this order; every step can be left out. What each does to the numbers: docs/motion.md."""

    fill_gap_s: float = 0.25  # shorter absences are interpolated (score 0), longer ones stay empty; 0: none
    smooth: Literal["adaptive", "butterworth", "savitzky_golay", "off"] = "adaptive"
    smooth_hz: float = 9.0  # cut-off of the zero-phase low-pass (adaptive: that of fast joints), 0 = off
    bones: Literal["fit", "directions", "off"] = "fit"  # constant lengths: by inverse kinematics, or bone by bone
    picture: float = 0.8  # how far a joint that was well seen is drawn onto its place in the picture; 0: not
    sides: Literal["repair", "list", "off"] = "repair"  # left and right exchanged for a moment; `post.left_right`
    limits: Literal["repair", "list", "off"] = "repair"  # knees and elbows that bend backward; `post.joint_limits`
    calm_turns: bool = True  # no bone turns faster than a body can: `post.turn_rate`
    foot_lock: Literal["off", "auto", "always", "grounding"] = (
        "auto"  # standing feet do not slide: `post.ground.foot_lock`
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
        """The same without what takes time: for takes that are shown while the run goes on, again and again."""
        quick: Literal["butterworth", "savitzky_golay", "off"]
        quick = "butterworth" if self.smooth == "adaptive" else self.smooth
        bones: Literal["directions", "off"] = "off" if self.bones == "off" else "directions"
        return dataclasses.replace(self, smooth=quick, bones=bones, picture=0.0)


LIVE_LIFTER = "h2ot_fast_v2"
MAX_LOOKAHEAD = 30

# Lengths that can be measured on a person, between the middles of the joints.
LIMBS = ("hip_width", "thigh", "shank", "trunk", "shoulder_width", "upper_arm", "forearm")


@dataclass(frozen=True, slots=True)
class SceneConfig:
    """The camera and the body. None = from the file if it says so, else estimated or assumed (and labelled so)."""

    fov_deg: float | None = None  # horizontal
    pitch_deg: float | None = None  # positive: the camera looks down; None: estimated
    roll_deg: float | None = None  # positive: rolled clockwise; None: estimated, or 0 where the pitch is set
    height_cm: float | None = None  # stature of the subject; None: 170 cm
    limbs_cm: dict[str, float] = field(default_factory=dict)  # measured on the subject: keys of LIMBS; others estimated

    def __post_init__(self) -> None:
        fov, pitch, roll, height = self.fov_deg, self.pitch_deg, self.roll_deg, self.height_cm
        _check(
            fov is None or 5 <= fov <= 150,
            f"The field of view is {fov} degrees.",
            "Choose 5 to 150 degrees.",
            "fov_deg",
        )
        _check(
            pitch is None or -90 < pitch < 90,
            f"The pitch is {pitch} degrees.",
            "Choose -89 to 89 degrees.",
            "pitch_deg",
        )
        _check(
            roll is None or -180 <= roll <= 180,
            f"The roll is {roll} degrees.",
            "Choose -180 to 180 degrees.",
            "roll_deg",
        )
        _check(
            height is None or 40 <= height <= 260, f"The height is {height} cm.", "Choose 40 to 260 cm.", "height_cm"
        )
        for name, length in self.limbs_cm.items():
            _check(name in LIMBS, f"The limb '{name}' is not known.", f"Choose from {', '.join(LIMBS)}.", "limbs_cm")
            _check(3 <= length <= 120, f"The {name} is {length} cm long.", "Choose 3 to 120 cm.", "limbs_cm")

    @property
    def limbs_m(self) -> dict[str, float]:
        """`limbs_cm` in metres."""
        return {name: length / 100 for name, length in self.limbs_cm.items()}


@dataclass(frozen=True, slots=True)
class RunConfig:
    """One run. `persons` is None for the most present person, a tuple of numbers, or "all"."""

    detect: DetectConfig = field(default_factory=DetectConfig)
    lift: LiftConfig = field(default_factory=LiftConfig)
    post: PostConfig = field(default_factory=PostConfig)
    scene: SceneConfig = field(default_factory=SceneConfig)
    start_s: float | None = None
    end_s: float | None = None
    persons: tuple[int, ...] | Literal["all"] | None = None
    use_cache: bool = True
    recorded_fps: float | None = None  # frames per second of the camera, of a video in slow motion; None: as it says

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
        """Plain JSON values; `from_json` gives an equal object back."""
        data = dataclasses.asdict(self)
        data["lift"]["prune"] = None if self.lift.prune is None else self.lift.prune.to_json()
        return data

    @staticmethod
    def from_json(data: dict[str, Any]) -> RunConfig:
        """Inverse of `to_json`. Unknown keys are refused, missing ones get their default."""
        try:
            values = dict(data)
            parts = {"detect": DetectConfig, "lift": LiftConfig, "post": PostConfig, "scene": SceneConfig}
            for name, kind in parts.items():
                if name in values:
                    part = dict(values[name])
                    if part.get("precision") == "auto":  # of takes that were made when the program still chose
                        part["precision"] = "float32"
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
    """A live run. By default few people, new ones without waiting, the fast lifter, and no mirrored pass.

    Who gives a `lift` or a `detect` of their own says these, too.
    """

    detect: DetectConfig = field(default_factory=lambda: DetectConfig(max_people=2, prompt=False))
    lift: LiftConfig = field(default_factory=lambda: LiftConfig(lifter=LIVE_LIFTER, flip=False))
    scene: SceneConfig = field(default_factory=SceneConfig)
    lookahead: int = 2  # frames of the lifter that the skeletons lag behind, for which they are surer
    latency_budget_ms: float = 150.0  # from capture to result, without the look-ahead
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
