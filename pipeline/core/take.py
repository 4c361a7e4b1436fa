"""Hold the result of a run (`Take`): 2D and 3D tracks, findings, camera pose, provenance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from .arrays import Doubles, Floats, Ints, check_shape
from .camera import Camera, FovFrom, VideoInfo
from .corrections.layer import Correction
from .errors import NoPersonError
from .poses import PersonTrack
from .skeletons import SKELETONS, Skeleton

Space = Literal["camera", "world"]


class OfPerson(Protocol):
    """Mark data that belongs to one person of a take."""

    @property
    def person(self) -> int: ...


_Track = TypeVar("_Track", bound=OfPerson)


def find_person(tracks: Iterable[_Track], person: int) -> _Track | None:
    """Return the first of `tracks` that belongs to `person`, or None."""
    return next((track for track in tracks if track.person == person), None)


@dataclass(frozen=True, slots=True)
class Track3D:
    """Hold one person's skeleton over all T frames of a take, metres, with the root trajectory.

    A frame in which the person was not seen is NaN. `scores` are the 2D confidences of the joints.

    `error_m`: standard errors of the joints relative to the pelvis, as `lift.uncertainty` estimates them. Across the
    image (along each of its two axes), and in depth; nine of ten joints are at most 1.645 of them away on an axis. NaN
    where they are not known, as in interpolated frames; None: the take has none.
    """

    person: int
    frame_index: Ints  # (T,)
    time_s: Doubles  # (T,)
    joints: Floats  # (T, J, 3)
    scores: Floats  # (T, J)
    space: Space
    skeleton: str = "h36m17"
    error_m: Floats | None = None  # (T, J, 2)

    def __post_init__(self) -> None:
        frames, joints = len(self.frame_index), len(SKELETONS[self.skeleton].names)
        if self.error_m is not None:
            check_shape("error_m", self.error_m, (frames, joints, 2))
        check_shape("time_s", self.time_s, (frames,))
        check_shape("joints", self.joints, (frames, joints, 3))
        check_shape("scores", self.scores, (frames, joints))

    @property
    def topology(self) -> Skeleton:
        return SKELETONS[self.skeleton]

    @property
    def seen(self) -> NDArray[np.bool_]:
        """Return (T,) True where the whole skeleton is known."""
        return np.asarray(np.isfinite(self.joints).all(axis=(1, 2)))

    def rows(self, chosen: slice | Ints) -> Track3D:
        """Return the track restricted to the chosen frames."""
        return replace(
            self,
            frame_index=self.frame_index[chosen],
            time_s=self.time_s[chosen],
            joints=self.joints[chosen],
            scores=self.scores[chosen],
            error_m=None if self.error_m is None else self.error_m[chosen],
        )


@dataclass(frozen=True, slots=True)
class LiftedTrack:
    """Hold the lifter's raw output for one person, for repeating later steps without lifting."""

    person: int
    relative: Floats  # (T, 17, 3) camera axes, joint 0 at zero, NaN = not seen
    unit_stature_m: float  # chain length (see `body.stature`) of the bodies in `relative`

    def __post_init__(self) -> None:
        check_shape("relative", self.relative, (None, 17, 3))


@dataclass(frozen=True, slots=True)
class TokenStages:
    """Mark the frames of one person that passed each pruning stage of the lifter (H2OT).

    The token strip shows them. Windows overlap: a frame counts as kept if the window with the largest weight for it
    kept it. All False where nothing was lifted. For a lifter that resamples, the frames nearest to the kept rows.
    """

    person: int
    blocks: tuple[int, ...]  # (S,) block at whose input each stage prunes
    kept: NDArray[np.bool_]  # (S, T)

    def __post_init__(self) -> None:
        check_shape("kept", self.kept, (len(self.blocks), None))


FindingKind = Literal[
    "gap", "sides", "sides_throughout", "backward_joint", "sudden_turn", "same_person", "camera_roll", "uncertain"
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """Describe something in a take that was repaired, or that the user should check."""

    person: int
    kind: FindingKind
    first: int  # rows of the take, both included
    last: int
    repaired: bool  # False: the data is unchanged; `note` gives a possible meaning
    note: str = ""
    other: int = 0  # "same_person": the possible other person; "camera_roll": estimated roll of the camera in degrees


@dataclass(frozen=True, slots=True)
class SceneEstimate:
    """Hold the camera's pose in the world: `world = rotation @ camera + translation`.

    An estimate, not a measurement. `notes` gives for each of fov, pitch, roll, height (and other inputs used) the
    origin of its value: "set by the user", "from the file", "estimated ..." or "assumed".
    """

    fov_deg: float  # horizontal field of view
    pitch_deg: float  # positive: the camera looks down
    rotation: Doubles  # (3, 3)
    translation: Doubles  # (3,) metres: camera position in the world
    notes: dict[str, str] = field(default_factory=dict)
    roll_deg: float = 0.0  # positive: the camera is rolled clockwise
    tilt_sigma_deg: float | None = None  # standard deviation of an estimated pitch; None: the pitch was given
    # Person -> (T,) px: median distance between seen and reprojected joints; NaN = unseen.
    reprojection_px: dict[int, Floats] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()  # ordered by person and first row
    # (T, 3) rotation vectors (radians) from the camera axes of each frame to those of `rotation`; None: the camera is
    # still, or its turns are ignored.
    turn: Doubles | None = None

    def __post_init__(self) -> None:
        if self.turn is not None:
            check_shape("turn", self.turn, (None, 3))
        check_shape("rotation", self.rotation, (3, 3))
        check_shape("translation", self.translation, (3,))


@dataclass(frozen=True, slots=True)
class Take:
    """Hold the result of a run: 2D of all people, 3D of the lifted persons, and provenance."""

    info: VideoInfo
    tracks2d: tuple[PersonTrack, ...]  # persons in order of presence: 1 has the largest
    tracks3d: tuple[Track3D, ...]  # the lifted persons
    scene: SceneEstimate | None
    provenance: dict[str, Any] = field(default_factory=dict)  # versions, models, settings; plain JSON values
    complete: bool = True  # False: a partial result during the run
    token_stages: tuple[TokenStages, ...] = ()  # for the lifted persons, if the lifter prunes
    lifted: tuple[LiftedTrack, ...] = ()  # lifter output behind `tracks3d`; absent in takes of older versions
    names: dict[int, str] = field(default_factory=dict)  # person -> name given by the user
    # Corrections by hand, in the order in which they are applied; `tracks2d` holds the result (`take.corrections`).
    corrections: tuple[Correction, ...] = ()
    detected: tuple[PersonTrack, ...] = ()  # what the detector found, for the persons with corrections
    camera_turn: Doubles | None = None  # (T, 3) as measured, see `SceneEstimate.turn`; None: still, or not measured

    @property
    def frame_count(self) -> int:
        return len(self.tracks2d[0].frame_index) if self.tracks2d else 0

    @property
    def time_s(self) -> Doubles:
        """Return the timestamps (T,) of the frames; empty for a take without people."""
        tracks = self.tracks3d or self.tracks2d
        return tracks[0].time_s if tracks else np.zeros(0)

    @property
    def notes(self) -> tuple[str, ...]:
        """List what was repaired, left out or assumed about frames and times, as sentences."""
        told = self.provenance.get("notes", self.info.notes)
        return tuple(note for note in told if isinstance(note, str)) if isinstance(told, list | tuple) else ()

    @property
    def camera(self) -> Camera:
        """Return the camera of the source, with the field of view that the take was finished with."""
        camera = Camera.of(self.info, None, self.time_s)
        if self.scene is None:
            return camera
        fov_from = cast(FovFrom, self.scene.notes.get("fov", camera.fov_from))
        return replace(camera, fov_deg=self.scene.fov_deg, fov_from=fov_from)

    def track3d(self, person: int) -> Track3D | None:
        return find_person(self.tracks3d, person)

    def track2d(self, person: int) -> PersonTrack | None:
        return find_person(self.tracks2d, person)

    def person_track2d(self, person: int) -> PersonTrack:
        """Return the 2D track of a person in the take.

        Raises `NoPersonError`, which lists the persons of the take.
        """
        track = self.track2d(person)
        if track is None:
            there = ", ".join(str(other.person) for other in self.tracks2d) or "nobody"
            raise NoPersonError(f"There is no person {person} in this take.", f"There are: {there}.")
        return track

    def detected_track2d(self, person: int) -> PersonTrack:
        """Return the 2D track of a person before any correction. Raises `NoPersonError`."""
        return find_person(self.detected, person) or self.person_track2d(person)

    def lifted_of(self, person: int) -> LiftedTrack | None:
        return find_person(self.lifted, person)

    def name_of(self, person: int) -> str:
        """Return the name to show: the given name, or "Person 2"."""
        return self.names.get(person) or f"Person {person}"


@dataclass(frozen=True, slots=True)
class Progress:
    """Report the progress of a run.

    `stage`: "prepare", "detect", "lift", "finish", or "export"; `total` 0 means unknown.
    """

    stage: str
    done: int
    total: int
    message: str = ""
