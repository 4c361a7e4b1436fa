"""Test the path of a rendered person whom a camera films that pans by 40 degrees in 4 seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline import api

DATA = Path(__file__).parents[2] / "data" / "camera"


@pytest.fixture(scope="module")
def truth() -> dict[str, np.ndarray]:
    with np.load(DATA / "pan.npz") as data:
        return dict(data)


@pytest.fixture(scope="module")
def take(truth: dict[str, np.ndarray]) -> api.Take:
    return api.lift(DATA / "pan.mp4", height_cm=float(truth["height_cm"]), fov_deg=float(truth["fov_deg"]))


def path_error_m(take: api.Take, hips: np.ndarray) -> float:
    """Return the mean distance of the hips' path (T, 3) from the exact one, their means on each other."""
    found = take.people[0]
    path, exact = found.joints_world[:, 0].astype(float), hips[found.frame_index]
    seen = np.isfinite(path).all(axis=1)
    assert seen.mean() > 0.9
    off = (path - path[seen].mean(axis=0)) - (exact - exact[seen].mean(axis=0))
    return float(np.linalg.norm(off[seen], axis=1).mean())


def test_the_pan_is_measured(take: api.Take) -> None:
    assert take.camera_turn is not None
    turns = Rotation.from_rotvec(take.camera_turn)
    whole_deg = np.degrees((turns[0].inv() * turns[-1]).as_rotvec())
    np.testing.assert_allclose(np.abs(whole_deg), [0, 40, 0], atol=3.0)  # it looks down by 4 degrees
    assert take.scene is not None
    assert "turns by up to 40" in take.scene.notes["turn"]


def test_the_path_is_as_if_the_camera_stood_still(take: api.Take, truth: dict[str, np.ndarray]) -> None:
    """With a still camera, the same walk is 0.12 m off."""
    assert path_error_m(take, truth["hips"]) < 0.24
    ignored = take.refinish(camera_motion="ignore")
    assert path_error_m(ignored, truth["hips"]) > 0.7
    again = ignored.refinish(camera_motion="measure")
    np.testing.assert_allclose(again.people[0].joints_world, take.people[0].joints_world, atol=1e-6)
