"""Provide one lifted person of a take: joints, angles, contacts and gait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..core import take as core
from ..core.arrays import Doubles, Floats, Ints
from ..core.errors import TakeError
from ..core.geometry import world_from_camera

if TYPE_CHECKING:
    from ..analysis.gait import Gait
    from ..analysis.trust import Trust
    from ..export.hand_joints import HandJoints

_UP = np.array([0.0, 0.0, 1.0])


class Angles(dict[str, Doubles]):
    """Map names to joint angles, (T,) degrees each.

    The names are those of the exported tables: `right_knee_flexion`, `trunk_tilt`, ... (`docs/exports.md`).

    The short names with the side behind, as OpenSim writes them, are understood too: `knee_r`, `hip_abduction_l`.
    """

    def __missing__(self, name: str) -> Doubles:
        joint, _, side = name.rpartition("_")
        full = f"{ {'r': 'right', 'l': 'left'}.get(side, '') }_{joint}"
        for known in (full, f"{full}_flexion"):
            if known in self:
                return self[known]
        raise KeyError(f"no angle '{name}'; there are {', '.join(self)}")


class Person:
    """Describe one lifted person of a take.

    Arrays have a row for each of the T frames of the take; NaN where the person was not seen.
    """

    __slots__ = ("_take", "_track")

    def __init__(self, take: core.Take, track: core.Track3D) -> None:
        self._take, self._track = take, track

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self.time_s)} frames, seen in {100 * self._track.seen.mean():.0f} %>"

    @property
    def number(self) -> int:
        """Return the number in the take: 1 is the person with the largest presence."""
        return self._track.person

    @property
    def name(self) -> str:
        """Return the given name, else "Person 2"."""
        return self._take.name_of(self.number)

    @property
    def time_s(self) -> Doubles:
        """Return (T,) seconds from the first frame of the video."""
        return self._track.time_s

    @property
    def frame_index(self) -> Ints:
        """Return (T,) numbers of the frames in the video."""
        return self._track.frame_index

    @property
    def joints_world(self) -> Floats:
        """Return H36M-17 joints (T, 17, 3) in m: z up, floor at z = 0, +y away from the camera."""
        if self._track.space == "world":
            return self._track.joints
        scene = self._take.scene
        if scene is None:
            raise TakeError("The take does not say where the camera stands.", "Lift the video again.")
        joints = self._track.joints.astype(np.float64)
        return np.asarray(world_from_camera(joints, scene.rotation, scene.translation), np.float32)

    @property
    def joints_image(self) -> Floats:
        """Return the detected H36M-17 joints (T, 17, 2) in pixels of the upright image."""
        track = self._take.person_track2d(self.number)
        return track.h36m17[0]

    @property
    def scores(self) -> Floats:
        """Return the 2D confidences (T, 17) in [0, 1] of the joints; 0 where interpolated."""
        return self._track.scores

    @property
    def errors_mm(self) -> Floats | None:
        """Return standard errors (T, 17, 2) of the joints, mm: across the image, and in depth.

        They are those of positions relative to the pelvis. Nine of ten joints are at most 1.645 of them off on an axis.
        NaN where interpolated; None in older takes.
        """
        error = self._track.error_m
        return None if error is None else np.asarray(error * np.float32(1000))

    @property
    def trust(self) -> Trust | None:
        """Return the share of the frames that can be trusted, and how far joints typically are off.

        None: their standard errors are not known.
        """
        from ..analysis.trust import trust_of

        return trust_of(self._track)

    @property
    def contacts(self) -> NDArray[np.bool_]:
        """Return (T, 2) whether the right and the left foot stand on the floor."""
        from ..post.ground.foot_contacts import standing_feet

        return standing_feet(self.joints_world.astype(np.float64), _UP, self._rate_hz)

    @property
    def gait(self) -> Gait | None:
        """Return steps, cadence, stride and their events; None if the person does not walk."""
        from ..analysis.gait import gait

        return gait(self.joints_world.astype(np.float64), self.time_s, self._soles)

    @property
    def hands(self) -> HandJoints | None:
        """Return the joints of both hands; None if no hand was found.

        `hg.lift(video, hands=True)` looks for them.

        Example:
            >>> take = hg.load("squat.take")
            >>> take.people[0].hands is None
            True
        """
        from ..export.hand_joints import hand_joints
        from ..rig.hands import hands_in_world

        track, scene = self._take.track2d(self.number), self._take.scene
        if track is None or scene is None or self._track.space != "world":
            return None
        return hand_joints(hands_in_world(track, self._track, scene, self._take.camera), track.extras)

    @property
    def face(self) -> dict[str, Floats] | None:
        """Return the weights (T,) of the face's shapes by name; None without a face.

        ARKit's names and VRM's visemes. From 0 to 1; NaN where the face was not seen.
        `hg.lift(video, face=True)` looks for faces.

        Example:
            >>> take = hg.load("squat.take")
            >>> take.people[0].face is None
            True
        """
        from ..core.face.weights import face_weights

        track = self._take.track2d(self.number)
        return None if track is None else face_weights(track.extras)

    def angles(self) -> Angles:
        """Return the joint angles by name, (T,) degrees each.

        Returns:
            A dictionary: `right_knee_flexion`, `left_hip_abduction`, `trunk_tilt`, ...; `knee_r` means the first.

        Example:
            >>> take = hg.load("squat.take")
            >>> knee = take.people[0].angles()["knee_r"]
            >>> len(knee) == take.frame_count
            True
        """
        from ..analysis.joint_angles import joint_angles

        return Angles(joint_angles(self.joints_world.astype(np.float64), self._soles, self._rate_hz))

    @property
    def _soles(self) -> Doubles | None:
        from ..rig.foot_directions import soles_of

        return soles_of(self._take, self._track)

    @property
    def _rate_hz(self) -> float:
        steps = np.diff(self.time_s)
        return float(1 / np.median(steps)) if len(steps) else 1.0
