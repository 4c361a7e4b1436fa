"""Make hands in known poses, and what a detector would see of them."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from pipeline.core.camera import Camera
from pipeline.core.hands.points import Hands
from pipeline.hands.model import FINGER_LIMITS, HandPose, hand_points, mean_shape

CAMERA = Camera((1280, 720), 60.0)
LENGTH_M = 0.18
SHAPE = mean_shape(LENGTH_M)
# Rotation of a forearm whose hand hangs down before the camera: the T-pose's x points down (left) or up (right).
FACING = np.diag([1.0, -1.0, -1.0])  # rig axes of a person who faces the camera -> the camera's axes


def wander(rng: np.random.Generator, frames: int, count: int, sigma: float = 12.0) -> np.ndarray:
    """Return smooth noise (frames, count) of standard deviation 1."""
    from scipy.ndimage import gaussian_filter1d

    raw = gaussian_filter1d(rng.normal(size=(frames + 200, count)), sigma, axis=0)[100:-100]
    return np.asarray(raw * np.sqrt(2 * np.sqrt(np.pi) * sigma))


def random_pose(frames: int, seed: int = 0, hand: np.ndarray | None = None) -> HandPose:
    """Return independent poses within the limits of the joints, with random rotations of the hand."""
    rng = np.random.default_rng(seed)
    fingers = rng.uniform(FINGER_LIMITS[:, 0], FINGER_LIMITS[:, 1], (frames, 4, 4))
    thumb = np.column_stack(
        [rng.normal(0, 12, (frames, 3)), rng.uniform(-10, 70, frames), rng.uniform(-10, 80, frames)]
    )
    turned = Rotation.random(frames, random_state=seed).as_matrix() if hand is None else hand
    return HandPose(turned, fingers, thumb)


def forearm(side: int, frames: int) -> np.ndarray:
    """Return the rotation (frames, 3, 3) of a forearm that is lowered by 60 degrees, along the camera's axes."""
    lowered = Rotation.from_euler("z", 60.0 if side else -60.0, degrees=True).as_matrix()
    return np.repeat((FACING @ lowered)[None], frames, axis=0)


def moving_pose(frames: int, side: int, seed: int = 0) -> HandPose:
    """Return a natural motion: fingers that bend and stretch on a wrist that turns a little."""
    rng = np.random.default_rng(seed + 10 * side)
    rest = np.array([25.0, 0.0, 35.0, 20.0])
    fingers = rest + wander(rng, frames, 16).reshape(frames, 4, 4) * [18, 4, 20, 10]
    thumb = [0.0, -15.0, 0.0, 15.0, 20.0] + wander(rng, frames, 5) * [5, 8, 5, 10, 12]
    turn = Rotation.from_rotvec(np.radians(wander(rng, frames, 3) * [30, 8, 15])).as_matrix()
    return HandPose(forearm(side, frames) @ turn, fingers, np.asarray(thumb)).limited()


def seen_by_detector(
    joints: np.ndarray, observed: np.ndarray, noise_px: float = 0.0, depth_noise_m: float = 0.0, seed: int = 0
) -> Hands:
    """Return what a detector sees of hands (T, 2, 21, 3) in camera axes, where `observed` (T, 2)."""
    rng = np.random.default_rng(seed)
    image = CAMERA.project(joints) + rng.normal(0, noise_px, (*joints.shape[:3], 2))
    relative = joints - joints.mean(axis=2, keepdims=True)
    # The network sees a crop as if the camera looked straight at it.
    rays = np.concatenate([CAMERA.rays(image), np.ones((*image.shape[:3], 1))], axis=-1).mean(axis=2)
    turn = [[Rotation.align_vectors([[0, 0, 1.0]], [ray])[0].as_matrix() for ray in both] for both in rays]
    relative = np.einsum("tsab,tspb->tspa", np.array(turn), relative)
    relative[..., 2] += rng.normal(0, depth_noise_m, relative.shape[:3])
    hands = Hands.unseen(len(joints))
    hands.joints_image[observed] = image[observed]
    hands.relative[observed] = relative[observed] * 0.8  # its scale is its own
    hands.scores[observed] = 0.95
    return hands


def hands_in_motion(frames: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return joints (T, 2, 21, 3) in camera axes and wrists (T, 2, 3) of a person 2.2 m away."""
    rng = np.random.default_rng(seed)
    wrists = np.array([[0.5, 0.3, 2.2], [-0.5, 0.1, 2.1]]) + 0.1 * wander(rng, frames, 6, 25.0).reshape(frames, 2, 3)
    both = [hand_points(moving_pose(frames, side, seed), wrists[:, side], SHAPE, side) for side in (0, 1)]
    return np.stack(both, axis=1), wrists
