"""The values that travel through the program. Frozen, checked where they are made, never holding pixels for long.

Shapes: `T` frames, `P` persons, `J` joints. NaN = not observed. Persons count from 1. Spaces: see `geometry`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import NoPersonError
from pipeline.skeleton import SKELETONS, Skeleton

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]
Image = NDArray[np.uint8]
Space = Literal["camera", "world"]


def check_shape(name: str, array: NDArray[Any], expected: tuple[int | None, ...]) -> None:
    """Raise ValueError with expected and actual shape unless `array` has the `expected` one (None: any length)."""
    actual = array.shape
    if len(actual) != len(expected) or any(e is not None and e != a for e, a in zip(expected, actual, strict=True)):
        wanted = "(" + ", ".join("any" if e is None else str(e) for e in expected) + ")"
        raise ValueError(f"{name} has shape {actual}, expected {wanted}")


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What is known of a video before it is decoded. Sizes are those of the upright, displayed picture."""

    name: str  # for people: file name or camera name
    path: str  # absolute path or URL; "" if there is none
    width_px: int
    height_px: int
    fps_hz: float  # true average rate
    frame_count: int  # exact for files that were scanned, 0 = unknown
    duration_s: float
    rotation_deg: int = 0  # what the container asks for; already applied to every frame
    variable_rate: bool = False
    content_key: str = ""  # identifies the pixels, not the path: key of the 2D cache
    fov_deg: float | None = None  # horizontal, if the file says so


@dataclass(frozen=True, slots=True)
class Frame:
    """One upright picture. `index` counts the frames of the source from 0; `time_s` is its true timestamp."""

    index: int
    time_s: float
    bgr: Image  # (H, W, 3)


@dataclass(frozen=True, slots=True)
class Pose2D:
    """The people found in one frame, in no particular order. Image space, pixels."""

    boxes_image: Floats  # (P, 4) x0, y0, x1, y1 around the joints
    joints_image: Floats  # (P, J, 2)
    scores: Floats  # (P, J) in [0, 1]
    skeleton: str  # key of skeleton.SKELETONS

    def __post_init__(self) -> None:
        persons, joints = self.boxes_image.shape[0], len(SKELETONS[self.skeleton].names)
        check_shape("boxes_image", self.boxes_image, (persons, 4))
        check_shape("joints_image", self.joints_image, (persons, joints, 2))
        check_shape("scores", self.scores, (persons, joints))

    @staticmethod
    def nobody(skeleton: str) -> Pose2D:
        joints = len(SKELETONS[skeleton].names)
        return Pose2D(
            np.zeros((0, 4), np.float32),
            np.zeros((0, joints, 2), np.float32),
            np.zeros((0, joints), np.float32),
            skeleton,
        )


# (frame index, time_s, the people in it), frame by frame; closing it frees what is behind it.
Poses = Generator[tuple[int, float, Pose2D], None, None]


@dataclass(frozen=True, slots=True)
class Track2D:
    """One person over all T frames of a take, as the detector saw it. Image space, pixels.

    Every frame of the take has a row; where the person was not seen the joints are NaN and the scores 0.
    """

    person: int
    frame_index: Ints  # (T,)
    time_s: Doubles  # (T,)
    joints_image: Floats  # (T, J, 2)
    scores: Floats  # (T, J)
    skeleton: str

    def __post_init__(self) -> None:
        frames, joints = len(self.frame_index), len(SKELETONS[self.skeleton].names)
        check_shape("time_s", self.time_s, (frames,))
        check_shape("joints_image", self.joints_image, (frames, joints, 2))
        check_shape("scores", self.scores, (frames, joints))

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(T,) True where at least one joint was seen."""
        return np.asarray(np.isfinite(self.joints_image[..., 0]).any(axis=1))


@dataclass(frozen=True, slots=True)
class Track3D:
    """One person's skeleton over all T frames of a take, metres, with the root's path in it.

    A frame in which the person was not seen is NaN. `scores` are the 2D confidences behind each joint.
    """

    person: int
    frame_index: Ints  # (T,)
    time_s: Doubles  # (T,)
    joints: Floats  # (T, J, 3)
    scores: Floats  # (T, J)
    space: Space
    skeleton: str = "h36m17"

    def __post_init__(self) -> None:
        frames, joints = len(self.frame_index), len(SKELETONS[self.skeleton].names)
        check_shape("time_s", self.time_s, (frames,))
        check_shape("joints", self.joints, (frames, joints, 3))
        check_shape("scores", self.scores, (frames, joints))

    @property
    def topology(self) -> Skeleton:
        return SKELETONS[self.skeleton]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """(T,) True where the whole skeleton is known."""
        return np.asarray(np.isfinite(self.joints).all(axis=(1, 2)))


@dataclass(frozen=True, slots=True)
class LiftedTrack:
    """One person as the lifter left them: kept so that smoothing, tilt, size ... can be done again without lifting."""

    person: int
    relative: Floats  # (T, 17, 3) camera axes, joint 0 at zero, NaN = not seen
    unit_stature_m: float  # chain length (see `post.stature`) of the bodies in `relative`

    def __post_init__(self) -> None:
        check_shape("relative", self.relative, (None, 17, 3))


@dataclass(frozen=True, slots=True)
class TokenStages:
    """Which frames of one person went through each pruning stage of the lifter (H2OT): what a token strip shows.

    Windows overlap: a frame counts as kept if the window that has most to say about it kept it. All False where
    nothing was lifted. For a lifter that resamples, the frames nearest to the kept rows.
    """

    person: int
    blocks: tuple[int, ...]  # (S,) at the input of which block the stage prunes
    kept: NDArray[np.bool_]  # (S, T)

    def __post_init__(self) -> None:
        check_shape("kept", self.kept, (len(self.blocks), None))


FindingKind = Literal["gap", "sides", "sides_throughout", "backward_joint", "sudden_turn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a take that was put right, or that somebody should look at."""

    person: int
    kind: FindingKind
    first: int  # rows of the take, both included
    last: int
    repaired: bool  # False: it is as it was; what it may mean stands in `note`
    note: str = ""


@dataclass(frozen=True, slots=True)
class SceneEstimate:
    """Where the camera stands in the world: `world = rotation @ camera + translation`. An estimate, not a measurement.

    `notes` says for each of fov, pitch, roll, height (and what else was used) where its value comes from:
    "set by the user", "from the file", "estimated ..." or "assumed".
    """

    fov_deg: float  # horizontal
    pitch_deg: float  # positive: the camera looks down
    rotation: Doubles  # (3, 3)
    translation: Doubles  # (3,) metres: the camera's place in the world
    notes: dict[str, str] = field(default_factory=dict)
    roll_deg: float = 0.0  # positive: the camera is rolled clockwise
    tilt_sigma_deg: float | None = None  # deviation of an estimated pitch; None: it was set
    # Person -> (T,) px: median distance of the joints seen from where the skeleton falls in the picture; NaN unseen.
    reprojection_px: dict[int, Floats] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()  # by person and first row

    def __post_init__(self) -> None:
        check_shape("rotation", self.rotation, (3, 3))
        check_shape("translation", self.translation, (3,))


@dataclass(frozen=True, slots=True)
class Take:
    """The result of a run: everyone's 2D, the lifted persons' 3D, and how it was made."""

    info: VideoInfo
    tracks2d: tuple[Track2D, ...]  # persons in order of presence: 1 is the one most seen
    tracks3d: tuple[Track3D, ...]  # those that were lifted
    scene: SceneEstimate | None
    provenance: dict[str, Any] = field(default_factory=dict)  # versions, models, settings; plain JSON values
    complete: bool = True  # False: what is known so far, while the run goes on
    token_stages: tuple[TokenStages, ...] = ()  # of the lifted persons, if the lifter prunes
    lifted: tuple[LiftedTrack, ...] = ()  # what `tracks3d` were made of; takes of older versions have none
    names: dict[int, str] = field(default_factory=dict)  # person -> the name that the user gave

    @property
    def frame_count(self) -> int:
        return len(self.tracks2d[0].frame_index) if self.tracks2d else 0

    def track3d(self, person: int) -> Track3D | None:
        return next((track for track in self.tracks3d if track.person == person), None)

    def track2d(self, person: int) -> Track2D | None:
        return next((track for track in self.tracks2d if track.person == person), None)

    def person_track2d(self, person: int) -> Track2D:
        """The 2D track of somebody who has to be there. Raises `NoPersonError` that lists who is."""
        track = self.track2d(person)
        if track is None:
            there = ", ".join(str(other.person) for other in self.tracks2d) or "nobody"
            raise NoPersonError(f"There is no person {person} in this take.", f"There are: {there}.")
        return track

    def lifted_of(self, person: int) -> LiftedTrack | None:
        return next((track for track in self.lifted if track.person == person), None)

    def name_of(self, person: int) -> str:
        """For people: the given name, or "Person 2"."""
        return self.names.get(person) or f"Person {person}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `stage`: "prepare", "detect", "lift", "finish", or "export"; `total` 0 means unknown."""

    stage: str
    done: int
    total: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class LivePerson:
    """One person at one moment of a live run, in the world as far as it is known by then."""

    person: int  # the same number for the same person through the run, from 1 in order of appearance
    joints: Floats  # (17, 3) H36M-17, metres, world space, with the root's path in it
    scores: Floats  # (17,) the 2D confidences behind each joint
    joints_image: Floats  # (17, 2) px at the same moment; NaN = not observed
    provisional: bool = True  # False: enough later frames were known that the estimate will hardly change


class RunState(Enum):
    """What a run over a video or a live run is doing."""

    IDLE = "idle"
    STARTING = "starting"  # the source is being opened, the models are being loaded
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"  # idle after an error


@dataclass(frozen=True, slots=True)
class LiveStats:
    """A snapshot of a live run. Rates in Hz over the last seconds; latencies in milliseconds, medians of the same."""

    captured: int = 0  # frames that came from the source
    dropped: int = 0  # of them, never looked at
    shown: int = 0  # distinct captured frames with a detection and a lift of their own
    predicted: int = 0  # frames whose 2D or 3D was predicted rather than detected and lifted
    captured_hz: float = 0.0
    shown_hz: float = 0.0
    predicted_hz: float = 0.0
    capture_ms: float = 0.0  # waiting in the newest-frame slot
    detect_ms: float = 0.0
    lift_ms: float = 0.0
    latency_ms: float = 0.0  # captured to result ready, without the chosen look-ahead
    lookahead_ms: float = 0.0  # what the chosen look-ahead adds
    detect_every: float = 1  # the detector runs on every n-th frame (1.5: on 2 of 3) ...
    lift_every: float = 1  # ... and the lifter on every m-th: what holds the latency budget now
    device: str = ""
    notice: str = ""  # for people: "No frame for 0.8 s", "Camera unplugged: waiting for it"; "" if all is well

    @property
    def left_out(self) -> list[str]:
        """For people: what does not run on every frame ("detects every 2 frames")."""
        paces = ((self.detect_every, "detects"), (self.lift_every, "lifts"))
        often = {1.5: "2 of 3"}
        return [f"{stage} {often.get(every, f'every {every:g}')} frames" for every, stage in paces if every > 1]


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What a live run knows of its newest frame. The skeletons are `LiveStats.lookahead_ms` older than the picture."""

    frame: Frame
    pose: Pose2D  # the people in that frame, in order of `identities`
    identities: tuple[int, ...]
    people: tuple[LivePerson, ...]
    people_time_s: float  # when the skeletons are from, on the clock of `Frame.time_s`
    predicted: bool  # True: no detection or no lift of its own
    stats: LiveStats
    detected: bool = True  # False: the 2D was carried on from the detections before
