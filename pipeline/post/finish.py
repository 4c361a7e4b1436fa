"""From the lifter's root-relative joints to skeletons in the world. Each step is a file of its own:

size (stature) -> the pose (pose: gaps, low-pass, one body, onto the picture) -> root's path (trajectory) -> gravity
(tilt) -> floor (ground) -> standing feet (feet).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..body.stature import ANKLE_PER_STATURE, ASSUMED_HEIGHT_CM, chain_from_height
from ..core.arrays import Doubles, Floats, Ints, check_shape
from ..core.camera import VideoInfo
from ..core.config import RunConfig, SceneConfig
from ..core.geometry import camera_from_world, default_fov_deg, rotation_world_from_camera
from ..core.take import Finding, SceneEstimate, Track3D
from .clean_pose import Posed, posed
from .findings import findings_of
from .ground.camera_tilt import camera_tilt
from .ground.floor import find_floor
from .ground.foot_lock import locked
from .image_refinement import ROOT_HZ, View
from .limb_twist_rate import calm_swivels
from .root_path import reprojection_px, root_path

_FALLBACK_RATE_HZ = 30.0


@dataclass(frozen=True, slots=True)
class LiftedPerson:
    """One person as the lifter leaves it. Every frame of the take has a row; NaN = not seen."""

    person: int
    frame_index: Ints  # (T,)
    time_s: Doubles  # (T,)
    joints_image_h36m: Floats  # (T, 17, 2) pixels
    scores: Floats  # (T, 17)
    relative: Floats  # (T, 17, 3) camera axes, joint 0 at zero, metres at the lifter's unit stature

    def __post_init__(self) -> None:
        frames = len(self.frame_index)
        check_shape("time_s", self.time_s, (frames,))
        check_shape("joints_image_h36m", self.joints_image_h36m, (frames, 17, 2))
        check_shape("scores", self.scores, (frames, 17))
        check_shape("relative", self.relative, (frames, 17, 3))


def finish(
    persons: Sequence[LiftedPerson], info: VideoInfo, config: RunConfig, unit_stature_m: float
) -> tuple[list[Track3D], SceneEstimate]:
    """World-space tracks (in the order of `persons`) and the camera's place.

    `unit_stature_m` is the chain length (see `stature`) of the bodies in `relative`. What was not set by the user or
    found in the file is assumed; the estimate's `notes` say which is which.
    """
    scene = config.scene
    fov_deg, notes = field_of_view(scene, info)
    height_cm = ASSUMED_HEIGHT_CM if scene.height_cm is None else scene.height_cm
    notes["height"] = "assumed" if scene.height_cm is None else "set by the user"

    chosen = [
        _in_camera(
            person,
            info,
            fov_deg=fov_deg,
            chain_m=chain_from_height(height_cm),
            unit_stature_m=unit_stature_m,
            config=config,
        )
        for person in persons
    ]
    in_camera, poses = [joints for joints, _ in chosen], [pose for _, pose in chosen]
    rates_hz = [_rate(person, info) for person in persons]
    ankle_m = ANKLE_PER_STATURE * height_cm / 100
    tilt = camera_tilt(scene, in_camera, rates_hz, [person.relative for person in persons])
    notes |= tilt.notes
    rotation = np.asarray(rotation_world_from_camera(tilt.pitch_deg, tilt.roll_deg), np.float64)
    turned = [joints @ rotation.T for joints in in_camera]
    floor = find_floor(turned, [person.scores for person in persons], rates_hz, ankle_m)
    notes["floor"] = "assumed" if floor is None else "estimated from the feet"
    translation = np.array([0.0, 0.0, -(floor or 0.0)])
    # Over the camera until everything stands: the origin is under the first pelvis of what is shown in the end.
    placed = [
        locked(joints + translation, rate_hz, config.post.foot_lock, translation, ankle_m)
        for joints, rate_hz in zip(turned, rates_hz, strict=True)
    ]
    if config.post.calm_turns and config.post.bones != "off":
        forward_only = config.post.limits == "repair"
        placed = [
            calm_swivels(joints, rate_hz, forward_only)[0] for joints, rate_hz in zip(placed, rates_hz, strict=True)
        ]
    for joints in placed:
        pelvis = joints[np.isfinite(joints).all(axis=(1, 2)), 0]
        if len(pelvis):
            translation[:2] = -pelvis[0, :2]
            break

    tracks, errors_px = [], {}
    findings: list[Finding] = []
    for person, joints, pose in zip(persons, placed, poses, strict=True):
        world = joints + translation * [1, 1, 0]
        seen = np.isfinite(world).all(axis=(1, 2))
        scores = np.where(seen[:, None], np.nan_to_num(pose.scores), 0).astype(np.float32)
        tracks.append(
            Track3D(person.person, person.frame_index, person.time_s, world.astype(np.float32), scores, "world")
        )
        camera = camera_from_world(world, rotation, translation)
        errors_px[person.person] = reprojection_px(
            camera, pose.joints_image, pose.scores, fov_deg, (info.width_px, info.height_px)
        )
        findings += findings_of(person.person, pose.marks)
    return tracks, SceneEstimate(
        fov_deg, tilt.pitch_deg, rotation, translation, notes, tilt.roll_deg, tilt.sigma_deg, errors_px, tuple(findings)
    )


def field_of_view(scene: SceneConfig, info: VideoInfo) -> tuple[float, dict[str, str]]:
    """Degrees across the picture's width, and a note {"fov": how it is known}."""
    if scene.fov_deg is not None:
        return scene.fov_deg, {"fov": "set by the user"}
    if info.fov_deg is not None:
        return info.fov_deg, {"fov": "from the file"}
    return default_fov_deg(info.width_px, info.height_px), {"fov": "assumed"}


def _rate(person: LiftedPerson, info: VideoInfo) -> float:
    """True rate of the frames: that of the timestamps if the video does not say."""
    if np.isfinite(info.fps_hz) and info.fps_hz > 0:
        return info.fps_hz
    lasted = float(person.time_s[-1] - person.time_s[0]) if len(person.time_s) > 1 else 0.0
    return (len(person.time_s) - 1) / lasted if lasted > 0 else _FALLBACK_RATE_HZ


def _in_camera(
    person: LiftedPerson, info: VideoInfo, *, fov_deg: float, chain_m: float, unit_stature_m: float, config: RunConfig
) -> tuple[Doubles, Posed]:
    """(T, 17, 3) joints in camera space with the root's path in them, NaN where the person was not seen; the pose."""
    relative = np.asarray(person.relative, np.float64) * (chain_m / unit_stature_m)
    rate_hz = _rate(person, info)
    size_px = (info.width_px, info.height_px)
    view = View(fov_deg, size_px, rate_hz, chain_m, config.scene.limbs_m)
    pose = posed(relative, person.joints_image_h36m, person.scores, view, config.post)
    root = root_path(
        pose.relative,
        pose.joints_image,
        pose.scores,
        fov_deg=fov_deg,
        size_px=size_px,
        rate_hz=rate_hz,
        smooth_hz=min(config.post.smooth_hz, ROOT_HZ),
    )
    return pose.relative + root[:, None], pose
