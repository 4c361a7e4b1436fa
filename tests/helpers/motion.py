"""Simulate real motion before a camera: perfect lifter's output, and ground truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.body.bones import measure_body, with_body
from pipeline.body.stature import STATURE_PER_CHAIN, chain_length
from pipeline.core.camera import Camera, VideoInfo
from pipeline.core.config import PostConfig, RunConfig, SceneConfig
from pipeline.core.geometry import camera_from_world, rotation_world_from_camera
from pipeline.core.poses import PersonTrack
from pipeline.core.take import LiftedTrack, SceneEstimate, Take, Track3D
from pipeline.post.finish import finish

RATE_HZ = 60.0
UNIT_STATURE_M = 1.55
SIZE_PX = (1280, 720)
FOV_DEG = 60.0
CAMERA = Camera(SIZE_PX, FOV_DEG, rate_hz=RATE_HZ)


def clip(name: str) -> np.ndarray:
    """Return (T, 17, 3) world, metres, by the `hourglass` rule: "jump" (0.5 m high) or "walk"."""
    with np.load(Path(__file__).parents[1] / "data" / "motion.npz") as data:
        joints = data[name].astype(np.float64) / 4096
    joints[:, 0] = (joints[:, 1] + joints[:, 4]) / 2
    joints[:, 8] = (joints[:, 11] + joints[:, 14]) / 2
    joints[:, 7] = (joints[:, 0] + joints[:, 8]) / 2
    return joints


def constant_bones(joints: np.ndarray, chain_m: float) -> np.ndarray:
    """Return joints (T, 17, 3) with constant bones and a chain (see `stature`) of `chain_m`."""
    body = measure_body(joints)
    return with_body(joints, body.scaled(chain_m / body.chain_m))


def facing_camera(joints: np.ndarray) -> np.ndarray:
    """Turn the clip about the vertical: the person faces the camera (-y) in the first frame."""
    left = joints[0, 4, :2] - joints[0, 1, :2]
    angle = -np.arctan2(left[1], left[0])  # facing -y, left is +x
    c, s = np.cos(angle), np.sin(angle)
    return joints @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T


@dataclass(frozen=True)
class LiftedPerson:
    """Hold what detector and lifter know of one person; tests may change it."""

    person: int
    frame_index: np.ndarray
    time_s: np.ndarray
    joints_image_h36m: np.ndarray  # (T, 17, 2)
    scores: np.ndarray  # (T, 17)
    relative: np.ndarray  # (T, 17, 3)

    @property
    def track(self) -> PersonTrack:
        joints = self.joints_image_h36m, self.scores
        return PersonTrack(self.person, self.frame_index, self.time_s, *joints, "h36m17", joints)

    @property
    def lifted(self) -> LiftedTrack:
        return LiftedTrack(self.person, self.relative, UNIT_STATURE_M)


@dataclass(frozen=True)
class Scene:
    """Hold a person before a camera; `truth` (T, 17, 3) world, origin under the first pelvis."""

    person: LiftedPerson
    info: VideoInfo
    config: RunConfig
    truth: np.ndarray

    def take(self, unseen: np.ndarray | None = None) -> Take:
        """Return the finished take; `unseen` (T,) marks frames that the detector misses."""
        return make_take([hidden(self.person, unseen)], self.info, self.config)


def scene(
    joints: np.ndarray,
    distance_m: float = 4.0,
    camera_height_m: float = 1.4,
    pitch_deg: float = 0.0,
    person: int = 1,
    smooth_hz: float = 7.0,
    rate_hz: float = RATE_HZ,
) -> Scene:
    """Place the person `distance_m` before a pinhole camera, and lift without error."""
    rotation = rotation_world_from_camera(pitch_deg)
    place = np.array([*joints[0, 0, :2] - [0, distance_m], camera_height_m])
    camera = camera_from_world(joints, rotation, place)
    image = CAMERA.project(camera)
    chain = float(np.median(chain_length(camera)))
    relative = (camera - camera[:, :1]) * (UNIT_STATURE_M / chain)
    frames = len(joints)
    info = VideoInfo("clip.mp4", "", *SIZE_PX, rate_hz, frames, frames / rate_hz)
    config = RunConfig(
        post=PostConfig(smooth_hz=smooth_hz),
        scene=SceneConfig(fov_deg=FOV_DEG, pitch_deg=pitch_deg, height_cm=chain * STATURE_PER_CHAIN * 100),
    )
    lifted = LiftedPerson(
        person,
        np.arange(frames),
        np.arange(frames) / rate_hz,
        image.astype(np.float32),
        np.full((frames, 17), 0.9, np.float32),
        relative.astype(np.float32),
    )
    origin = np.array([*joints[0, 0, :2], 0.0])
    return Scene(lifted, info, config, joints - origin)


def hidden(person: LiftedPerson, unseen: np.ndarray | None) -> LiftedPerson:
    if unseen is None:
        return person
    image, scores, relative = person.joints_image_h36m.copy(), person.scores.copy(), person.relative.copy()
    image[unseen], scores[unseen], relative[unseen] = np.nan, 0, np.nan
    return LiftedPerson(person.person, person.frame_index, person.time_s, image, scores, relative)


def finished(
    persons: list[LiftedPerson], info: VideoInfo, config: RunConfig
) -> tuple[tuple[Track3D, ...], SceneEstimate]:
    camera = Camera.of(info, config.scene, persons[0].time_s if persons else None)
    return finish([p.track for p in persons], [p.lifted for p in persons], camera, config)


def make_take(persons: list[LiftedPerson], info: VideoInfo, config: RunConfig) -> Take:
    tracks3d, estimate = finished(persons, info, config)
    tracks2d = tuple(
        PersonTrack.of(p.person, p.frame_index, p.time_s, p.joints_image_h36m, p.scores, "h36m17") for p in persons
    )
    provenance = {"program": "test", "config": config.to_json()}
    return Take(info, tracks2d, tracks3d, estimate, provenance, lifted=tuple(p.lifted for p in persons))
