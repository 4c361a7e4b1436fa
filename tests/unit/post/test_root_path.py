"""Test the root's path against the ground truth of a simulated camera."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.post.root_path import root_path
from tests.helpers.motion import CAMERA, clip

FOCAL = CAMERA.focal_px


def in_camera(name: str, depth_m: float) -> np.ndarray:
    """Return a clip in camera axes, its first pelvis 0.4 m below the optical axis at `depth_m`."""
    joints = clip(name)
    camera = np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)
    return camera - camera[0, 0] + [0, 0.4, depth_m]


def solve(camera: np.ndarray, image: np.ndarray | None = None, scores: np.ndarray | None = None) -> np.ndarray:
    image = CAMERA.project(camera) if image is None else image
    scores = np.ones(camera.shape[:2]) if scores is None else scores
    relative = camera - camera[:, :1]
    return root_path(relative, image, scores, CAMERA, smooth_hz=7.0)


def reprojection_px(camera: np.ndarray, root: np.ndarray, image: np.ndarray) -> np.ndarray:
    again = CAMERA.project(camera - camera[:, :1] + root[:, None])
    return np.linalg.norm(again - image, axis=-1)


@pytest.mark.parametrize(("name", "depth_m"), [("jump", 2.5), ("jump", 6.0), ("walk", 5.0)])
def test_exact_input_gives_the_exact_path(name, depth_m):
    camera = in_camera(name, depth_m)
    error = solve(camera) - camera[:, 0]
    assert np.abs(error[:, :2]).max() < 0.012  # the low-pass at take-off and landing
    assert np.abs(error[:, 2]).max() < 0.06
    assert np.median(np.abs(error[:, 2])) < 0.01


def test_jump_stays_a_jump():
    camera = in_camera("jump", 4.0)
    rise = np.ptp(solve(camera)[:, 1])
    assert rise == pytest.approx(np.ptp(camera[:, 0, 1]), abs=0.015)


def test_walk_travels():
    camera = in_camera("walk", 5.0)
    path = solve(camera)
    assert path[-1, 2] - path[0, 2] == pytest.approx(camera[-1, 0, 2] - camera[0, 0, 2], abs=0.05)


def test_noise_and_wrong_joints():
    """Add 2 px of noise and a hand that jumps to another person: errors stay within centimetres."""
    rng = np.random.default_rng(0)
    camera = in_camera("jump", 4.0)
    image = CAMERA.project(camera)
    seen = image + rng.normal(size=image.shape) * 2
    seen[40:80, [12, 13]] += 300
    path = solve(camera, seen)
    assert np.abs(path - camera[:, 0])[:, :2].max() < 0.03
    assert np.abs(path - camera[:, 0])[:, 2].max() < 0.15
    good = np.delete(reprojection_px(camera, path, image), [12, 13], axis=1)
    assert np.median(good) < 4


def test_low_scores_count_little():
    camera = in_camera("jump", 4.0)
    image = CAMERA.project(camera)
    scores = np.ones(image.shape[:2])
    image[:, [3, 6, 13, 16]] += 60
    scores[:, [3, 6, 13, 16]] = 0.05
    assert np.abs(solve(camera, image, scores) - camera[:, 0]).max() < 0.06


def test_depth_is_smoother_than_what_it_is_made_from():
    rng = np.random.default_rng(2)
    camera = in_camera("jump", 4.0)
    image = CAMERA.project(camera)
    size = 1 + 0.03 * rng.normal(size=(len(image), 1, 1))  # the figure is scaled by about 3 % in each frame
    image = (image - image[:, :1]) * size + image[:, :1]
    path = solve(camera, image)
    assert np.std(np.diff(path[:, 2])) < 0.003  # the noise is 0.12 m per frame
    assert np.abs(path[:, 2] - camera[:, 0, 2]).max() < 0.12


def test_never_behind_the_camera():
    """Solve for relative joints that do not fit the image at all: the root is still in front."""
    rng = np.random.default_rng(3)
    camera = in_camera("jump", 4.0)
    image = rng.uniform(0, 700, size=(*camera.shape[:2], 2))
    path = solve(camera, image)
    assert np.isfinite(path).all()
    assert (path[:, 2] + (camera - camera[:, :1])[..., 2].min(axis=1)).min() > 0.1


def test_missing_2d_and_missing_3d():
    camera = in_camera("walk", 5.0)
    image = CAMERA.project(camera)
    image[60:70] = np.nan  # lifted from context, but not seen
    relative = camera - camera[:, :1]
    relative[:10] = relative[100:120] = np.nan
    path = root_path(relative, image, np.ones(image.shape[:2]), CAMERA, smooth_hz=7.0)
    missing = np.isin(np.arange(len(camera)), [*range(10), *range(100, 120)])
    assert np.array_equal(np.isnan(path).all(axis=1), missing)
    assert np.abs(path[60:70] - camera[60:70, 0]).max() < 0.05


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
def test_a_few_frames_are_enough(frames):
    camera = in_camera("jump", 4.0)[:frames]
    assert np.abs(solve(camera) - camera[:, 0]).max() < 0.01


def test_nobody():
    assert np.isnan(solve(np.full((4, 17, 3), np.nan))).all()
