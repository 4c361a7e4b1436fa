"""Select the people, joints and file names that an exporter writes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ..analysis.gait import Gait, gait
from ..analysis.joint_angles import joint_angles
from ..core.arrays import Doubles, Floats, Ints
from ..core.camera import Camera
from ..core.errors import OutputError
from ..core.export_options import ExportOptions
from ..core.face.motion import face_motion
from ..core.face.weights import face_weights
from ..core.geometry import world_from_camera
from ..core.poses import PersonTrack
from ..core.take import SceneEstimate, Take, Track3D
from ..hands.on_skeleton import HandsMotion
from ..rig.foot_directions import sole_directions
from ..rig.hands import hands_in_world
from ..system.files import atomic_write

MOST_ADDED_FRAMES = 250_000  # frames that pauses may add to a file of one rate: 2.3 hours at 30 Hz, 1 GB of memory


@dataclass(frozen=True)  # without slots: slow values are computed once, when an exporter first reads them
class SelectedPerson:
    """Hold one exported person over the T frames of the take."""

    track: Track3D
    track2d: PersonTrack | None  # None: the take has no 2D
    name: str  # as the user gave it, or "Person 2"
    camera: Camera
    scene: SceneEstimate | None
    variable_rate: bool  # whether the video's rate varies; formats of one rate resample it

    @property
    def person(self) -> int:
        return self.track.person

    @property
    def frame_index(self) -> Ints:
        """Return the frames (T,) of the video."""
        return self.track.frame_index

    @property
    def time_s(self) -> Doubles:
        """Return the timestamps (T,) in seconds."""
        return self.track.time_s

    @property
    def scores(self) -> Floats:
        """Return the 2D confidences (T, 17) of the joints."""
        return self.track.scores

    @property
    def rate_hz(self) -> float:
        """Return the frame rate by the median frame step."""
        return self.camera.rate_hz

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Return (T,) True where the skeleton is known."""
        return self.track.seen

    @cached_property
    def joints_world(self) -> Doubles:
        """Return (T, 17, 3) metres in world space, NaN = not seen.

        Raises `OutputError` if the take has no world space.
        """
        joints = self.track.joints.astype(np.float64)
        if self.track.space == "world":
            return joints
        if self.scene is None:
            raise OutputError("The take does not say where the camera stands.", "Run the lifting again.")
        return np.asarray(world_from_camera(joints, self.scene.rotation, self.scene.translation), np.float64)

    @cached_property
    def joints_image(self) -> Floats:
        """Return (T, 17, 2) pixels of the 2D joints as H36M-17, NaN = not seen."""
        if self.track2d is None:
            return np.full((len(self.frame_index), 17, 2), np.nan, np.float32)
        return self.track2d.h36m17[0]

    @cached_property
    def errors_mm(self) -> Floats | None:
        """Return the standard errors (T, 17, 2) of the joints, millimetres, see `core.take.Track3D`.

        NaN = not known; None: the take has none.
        """
        error = self.track.error_m
        return None if error is None else np.asarray(error * np.float32(1000))

    @cached_property
    def hands(self) -> HandsMotion | None:
        """Return both hands in world space, or None where none was observed."""
        if self.track2d is None or self.scene is None or self.track.space != "world":
            return None
        return hands_in_world(self.track2d, self.track, self.scene, self.camera)

    @cached_property
    def face(self) -> dict[str, Floats] | None:
        """Return the weights (T,) of the face's shapes by name; None without a face.

        See `core.face.weights`.
        """
        return None if self.track2d is None else face_weights(self.track2d.extras)

    @cached_property
    def face_motion(self) -> dict[str, Floats] | None:
        """Return `face` with a value in every frame, see `core.face.motion`; None without a face."""
        return None if self.face is None else face_motion(self.face, self.time_s)

    @cached_property
    def gait(self) -> Gait | None:
        """Return steps and cadence; None if the person does not walk."""
        return gait(self.joints_world, self.time_s, self.soles)

    @cached_property
    def soles(self) -> Doubles | None:
        """Return unit vectors from heels to toes (T, 2, 3), left and right, world, NaN = unknown.

        None without toes.
        """
        track = self.track2d
        if track is None or self.scene is None or len(track.joints_image) != len(self.frame_index):
            return None
        soles = sole_directions(self.joints_world, track, self.scene, self.camera)
        return soles if soles is not None and np.isfinite(soles).any() else None

    @cached_property
    def angles(self) -> dict[str, Doubles]:
        """Return the joint angles, (T,) degrees each, with those of the feet where toes are known."""
        return joint_angles(self.joints_world, self.soles, self.rate_hz)

    @cached_property
    def even_times(self) -> Doubles:
        """Return times of the frames (T,), or of all even steps if the frames are uneven.

        Pauses of the camera and missing frames get steps like all others, so that formats of one rate stay in sync with
        the video. Raises `OutputError` if they are far too many.
        """
        if not self.is_resampled:
            return self.time_s
        if self._even_count > 2 * len(self.time_s) + MOST_ADDED_FRAMES:
            raise OutputError(
                f"A file of {self.rate_hz:g} even frames a second would need {self._even_count:.3g} of them: "
                f"the times of the take span {self._span_s:.3g} s.",
                "Choose a format that keeps time stamps (CSV, TRC, MOT, glTF), or export the parts before and after "
                "the pause.",
            )
        return np.asarray(self.time_s[0] + np.arange(self._even_count) / self.rate_hz)

    @property
    def is_resampled(self) -> bool:
        """Return whether formats of one rate hold other times than those of the frames."""
        return len(self.time_s) > 1 and (self._even_count != len(self.time_s) or self.variable_rate)

    @property
    def _span_s(self) -> float:
        return float(self.time_s[-1] - self.time_s[0])

    @property
    def _even_count(self) -> int:
        """Return the number of frames at an even rate from the first to the last."""
        return round(self._span_s * self.rate_hz) + 1


@dataclass(frozen=True, slots=True)
class Selection:
    """Hold what an exporter writes: one or more persons in the requested order, and options."""

    take: Take
    people: tuple[SelectedPerson, ...]
    options: ExportOptions

    @property
    def first(self) -> SelectedPerson:
        """Return the person whose frames and times apply to all: all tracks of a take share them."""
        return self.people[0]

    def paths(self, folder: Path, stem: str, suffix: str) -> list[Path]:
        """Return one path per person: `<stem><suffix>`, or with `_person<N>` for all but the first.

        `suffix` may hold a part of the name: "_wide.csv" gives `<stem>_wide.csv` and `<stem>_wide_person2.csv`.
        """
        part, dot, extension = suffix.rpartition(".")
        return [
            folder / (f"{stem}{suffix}" if i == 0 else f"{stem}{part}_person{person.person}{dot}{extension}")
            for i, person in enumerate(self.people)
        ]


def selected(take: Take, options: ExportOptions) -> Selection:
    """Select the persons of `options`, or all; people without a known frame are left out.

    Raises `OutputError` if a person was not lifted or none is left.
    """
    tracks = list(take.tracks3d)
    if options.persons is not None:
        tracks = []
        for person in options.persons:
            track = take.track3d(person)
            if track is None:
                there = ", ".join(str(t.person) for t in take.tracks3d) or "none"
                raise OutputError(
                    f"Person {person} was not lifted to 3D.", f"Lifted persons: {there}. Lift this one first."
                )
            tracks.append(track)
    camera, variable = take.camera, take.info.variable_rate
    people = tuple(
        SelectedPerson(track, take.track2d(track.person), take.name_of(track.person), camera, take.scene, variable)
        for track in tracks
        if track.seen.any()
    )
    if not people:
        raise OutputError("There is nothing to write: the take has no 3D skeleton.", "Run the lifting first.")
    return Selection(take, people, options)


@contextlib.contextmanager
def text_files(paths: Sequence[Path]) -> Iterator[list[IO[str]]]:
    """Open text files that all appear together, or, on any failure before the end, not at all."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(atomic_write(path, "w")) for path in paths]


@contextlib.contextmanager
def binary_files(paths: Sequence[Path]) -> Iterator[list[IO[bytes]]]:
    """Open binary files that all appear together, or not at all."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(atomic_write(path)) for path in paths]
