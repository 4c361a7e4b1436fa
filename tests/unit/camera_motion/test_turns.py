"""Test that a camera's turns are measured by its background, and that other motion is told apart."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.camera_motion.background_points import BackgroundPoints
from pipeline.camera_motion.turns import CameraMotion, measure_turns
from pipeline.core.camera import Camera, Frame
from pipeline.core.poses import PersonTrack

WIDTH, HEIGHT = 480, 270
CAMERA = Camera((WIDTH, HEIGHT), 60.0)
PANORAMA_PX = 500.0  # pixels a radian
FRAMES = 40


@pytest.fixture(scope="module")
def panorama() -> np.ndarray:
    """Return a wall (800, 2400) of grey patches of all sizes around the camera."""
    rng = np.random.default_rng(0)
    wall = np.zeros((800, 2400), np.float32)
    for cell in (3, 12, 48, 96):
        patches = rng.normal(size=(800 // cell + 1, 2400 // cell + 1)).astype(np.float32)
        wall += cv2.resize(patches, (2400, 800), interpolation=cv2.INTER_CUBIC) * cell**0.3
    return (255 * (wall - wall.min()) / np.ptp(wall)).astype(np.uint8)


def turned(pan_deg: np.ndarray, tilt_deg: np.ndarray | float = 0.0) -> Rotation:
    tilt = np.broadcast_to(tilt_deg, pan_deg.shape)
    return Rotation.from_euler("YX", np.radians(np.stack([pan_deg, tilt], axis=-1)))


def picture(panorama: np.ndarray, rotation: np.ndarray, aside_px: float = 0.0) -> np.ndarray:
    """Return what a camera of that rotation (3, 3) sees; `aside_px` moves the nearer, lower half."""
    u, v = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    rays = np.stack([(u - WIDTH / 2) / CAMERA.focal_px, (v - HEIGHT / 2) / CAMERA.focal_px, np.ones_like(u)], -1)
    rays = rays @ rotation.T
    across = np.arctan2(rays[..., 0], rays[..., 2]) * PANORAMA_PX + aside_px * (v > HEIGHT / 2)
    down = rays[..., 1] / np.hypot(rays[..., 0], rays[..., 2]) * PANORAMA_PX
    return cv2.remap(panorama, (1200 + across).astype(np.float32), (400 + down).astype(np.float32), cv2.INTER_LINEAR)


def measured(pictures: list[np.ndarray], people: Sequence[PersonTrack] = (), camera: Camera = CAMERA) -> CameraMotion:
    points, noise = BackgroundPoints(), np.random.default_rng(3)
    seen = []
    for index, grey in enumerate(pictures):
        noisy = np.clip(grey + noise.normal(0, 4, grey.shape), 0, 255).astype(np.uint8)
        seen.append(points.push(Frame(index, index / 30, np.repeat(noisy[..., None], 3, axis=-1))))
    return measure_turns(seen, np.arange(len(pictures)), camera, people)


def worst_deg(motion: CameraMotion, truth: Rotation) -> float:
    """Return how far the turns are off; the axes that they end in are free."""
    assert motion.turn is not None
    found = Rotation.from_rotvec(motion.turn)
    off = (found[0].inv() * found).inv() * (truth[0].inv() * truth)
    return float(np.degrees(off.magnitude().max()))


@pytest.mark.parametrize("way", ["pans", "tilts", "shakes"])
def test_turns_are_measured(panorama: np.ndarray, way: str) -> None:
    shake = 0.4 * np.random.default_rng(1).standard_normal((2, FRAMES))
    zero, ramp = np.zeros(FRAMES), np.linspace(0, 1, FRAMES)
    truth = {"pans": turned(30 * ramp), "tilts": turned(zero, 10 * ramp), "shakes": turned(*shake)}[way]
    motion = measured([picture(panorama, one) for one in truth.as_matrix()])
    assert motion.kind == "turns"
    assert worst_deg(motion, truth) < 0.12


def test_the_axes_are_those_of_the_middle_of_the_path(panorama: np.ndarray) -> None:
    motion = measured([picture(panorama, one) for one in turned(np.linspace(0, 20, FRAMES)).as_matrix()])
    assert motion.turn is not None
    pan_deg = np.degrees(motion.turn[:, 1])
    assert pan_deg[0] == pytest.approx(-10, abs=0.5)
    assert pan_deg[-1] == pytest.approx(10, abs=0.5)


def test_a_still_camera_is_still(panorama: np.ndarray) -> None:
    motion = measured([picture(panorama, np.eye(3))] * FRAMES)
    assert (motion.kind, motion.turn) == ("still", None)
    assert motion.widest_deg < 0.05


def test_people_are_left_out(panorama: np.ndarray) -> None:
    """Somebody as large as half of the picture walks through; the camera is still."""
    pictures, joints = [], np.zeros((FRAMES, 17, 2), np.float32)
    for frame in range(FRAMES):
        shown = picture(panorama, np.eye(3))
        left = 4 * frame
        shown[20:250, left : left + 230] = panorama[100:330, 100:330]
        joints[frame] = np.linspace([left + 20, 30], [left + 210, 240], 17)
        pictures.append(shown)
    times, scores = np.arange(FRAMES) / 30, np.ones((FRAMES, 17), np.float32)
    person = PersonTrack.of_h36m17(1, times, joints, scores)
    assert measured(pictures, [person]).kind == "still"
    assert measured(pictures).kind != "still", "with the person, the motion would be taken for the camera's"


def test_a_camera_that_travels_is_told(panorama: np.ndarray) -> None:
    motion = measured([picture(panorama, np.eye(3), aside_px=3.0 * frame) for frame in range(FRAMES)])
    assert (motion.kind, motion.turn) == ("travels", None)
    assert "travels or zooms" in motion.notes["turn"]


def test_a_camera_that_turns_too_far_is_told(panorama: np.ndarray) -> None:
    motion = measured([picture(panorama, one) for one in turned(np.linspace(-50, 50, 2 * FRAMES)).as_matrix()])
    assert (motion.kind, motion.turn) == ("too far", None)
    assert "90 degrees" in motion.notes["turn"]


def test_without_a_background_nothing_is_known() -> None:
    motion = measured([np.full((HEIGHT, WIDTH), 90, np.uint8)] * FRAMES)
    assert (motion.kind, motion.turn, motion.notes) == ("unknown", None, {})


@pytest.mark.parametrize("assumed_deg", [45.0, 80.0])
def test_a_wrong_field_of_view_is_found_by_a_pan(panorama: np.ndarray, assumed_deg: float) -> None:
    """The turns are those that keep a person who stands still in place with the field of view that is assumed."""
    truth = turned(np.linspace(-15, 15, FRAMES))
    pictures = [picture(panorama, one) for one in truth.as_matrix()]
    camera = Camera((WIDTH, HEIGHT), assumed_deg)
    motion = measured(pictures, camera=camera)
    assert motion.kind == "turns"
    assert motion.fov_deg == pytest.approx(60, abs=4)
    assert "field of view of about" in motion.notes["lens"]
    assert motion.turn is not None
    pan_deg = np.degrees(np.ptp(motion.turn[:, 1]))
    assert pan_deg == pytest.approx(30 * CAMERA.focal_px / camera.focal_px, rel=0.06)
