"""Keep what the steps of `post.finish` made of one person, for finishing a stretch again.

Tilt, floor and origin are those of the take's `SceneEstimate`; bone lengths and usual noise those of the whole track.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...body.filters import runs
from ...body.stature import ankle_height_m, stature_chain_m
from ...body.track_constants import TrackConstants
from ...core.arrays import Doubles
from ...core.camera import Camera
from ...core.config import RunConfig
from ...core.poses import PersonTrack
from ...core.take import LiftedTrack, SceneEstimate, Track3D
from ...lift.uncertainty.features import UsualBody
from ..camera_pauses import rows_with_pauses
from ..clean_pose import CleanPose
from ..finish import camera_space
from ..ground.foot_lock import feet_that_stand, hold_feet, root_shift
from ..limb_twist_rate import limit_twist_rate

Bools = NDArray[np.bool_]
_SAME_M = 1e-4  # m, largest distance between a take's joints and those computed from its parts


@dataclass(frozen=True, slots=True)
class Steps:
    """Hold what all people of a take are finished with."""

    camera: Camera
    config: RunConfig  # `scene` is that of the person
    scene: SceneEstimate

    @property
    def rate_hz(self) -> float:
        """Return the frame rate."""
        return self.camera.rate_hz

    @property
    def height_m(self) -> Doubles:
        """Return the camera's position (3,) while the feet are locked: above the origin."""
        return np.array([0.0, 0.0, self.scene.translation[2]])

    @property
    def ankle_m(self) -> float:
        """Return how far the ankle joint stands above the floor."""
        return ankle_height_m(self.config.scene)

    @property
    def stature_m(self) -> float:
        """Return the person's chain length."""
        return stature_chain_m(self.config.scene)

    @property
    def calms(self) -> bool:
        """Return whether fast twists of limbs are calmed."""
        return self.config.post.calm_turns and self.config.post.bones != "off"

    def on_floor(self, joints: Doubles) -> Doubles:
        """Turn joints (T, 17, 3) from camera space to the world, before the feet are locked."""
        return np.asarray(joints @ self.scene.rotation.T + self.height_m)

    def twisted(self, joints: Doubles, constants: TrackConstants) -> Doubles:
        """Return joints (T, 17, 3) with calm limbs."""
        if not self.calms:
            return joints
        forward_only = self.config.post.limits == "repair"
        return limit_twist_rate(joints, self.rate_hz, forward_only, constants)[0]


@dataclass(frozen=True, slots=True)
class PersonState:
    """Hold the results (T, ...) of the steps for one person.

    `in_camera`: joints in camera space; `standing` (T, 2) and `shift` (T, 3): of the foot lock; `locked` and `done`:
    joints in the world, before the origin is moved below the first pelvis.
    """

    track: PersonTrack
    lifted: LiftedTrack
    constants: TrackConstants
    pose: CleanPose
    in_camera: Doubles
    standing: Bools
    shift: Doubles
    locked: Doubles
    done: Doubles
    usual: UsualBody  # of the standard errors


def steps_of(camera: Camera, config: RunConfig, scene: SceneEstimate, person: int) -> Steps:
    """Return the steps for one person of a take that was finished with `config`."""
    return Steps(camera, replace(config, scene=config.scene.of_person(person)), scene)


def person_state(track: PersonTrack, lifted: LiftedTrack, steps: Steps) -> PersonState:
    """Compute the steps for a whole track; as long as finishing the person alone."""
    constants = TrackConstants()
    in_camera, pose = camera_space(track, lifted, steps.camera, steps.config, constants)
    world = steps.on_floor(in_camera)
    standing, shift, locked = lock_whole(world, steps)
    done = steps.twisted(locked, constants.of("twist"))
    usual = UsualBody.of(lifted.relative)
    return PersonState(track, lifted, constants, pose, in_camera, standing, shift, locked, done, usual)


def lock_whole(world: Doubles, steps: Steps) -> tuple[Bools, Doubles, Doubles]:
    """Lock the feet of world joints (T, 17, 3).

    Returns standing feet (T, 2), the root's shift (T, 3), and the joints.
    """
    mode = steps.config.post.foot_lock
    standing, shift, locked = np.zeros((len(world), 2), np.bool_), np.zeros((len(world), 3)), world.copy()
    if mode == "off":
        return standing, shift, locked
    for run in runs(np.isfinite(world).all(axis=(1, 2))):
        standing[run] = feet_that_stand(world[run], steps.rate_hz, mode)
        if standing[run].any():
            shift[run] = root_shift(world[run], standing[run], steps.height_m, steps.rate_hz)
            moved = world[run] + shift[run][:, None]
            locked[run] = hold_feet(moved, standing[run], steps.rate_hz, mode, steps.ankle_m)
    return standing, shift, locked


def is_state_of(state: PersonState, track3d: Track3D, steps: Steps) -> bool:
    """Return whether a state gives the joints that the take has.

    An older version may have made others.
    """
    origin = steps.scene.translation * [1, 1, 0]
    off = np.abs(state.done + origin - track3d.joints)
    same = np.isnan(state.done) == np.isnan(track3d.joints)
    return bool(same.all() and np.nanmax(off, initial=0.0) < _SAME_M)


def has_pauses(track: PersonTrack, rate_hz: float) -> bool:
    """Return whether the camera paused: such a take is finished with rows between its frames."""
    return rows_with_pauses(track.time_s, rate_hz) is not None
