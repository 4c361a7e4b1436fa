"""Test rule `person_ray`: joints in a virtual camera that looks at the pelvis, and back."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.geometry import rotation_world_from_camera
from pipeline.core.skeletons import H36M17
from pipeline.lift.inputs.normalise import mirror, network_input
from pipeline.lift.inputs.person_ray import CHANNELS, RAY_X, RAY_Y, SIZE, axes_towards

SIZE_PX, FOV = (1280, 720), 70.0
F = 9


@pytest.fixture
def body() -> np.ndarray:
    """Return a moving body (1, F, 17, 3), relative to the pelvis, metres, camera axes."""
    rng = np.random.default_rng(3)
    rest = rng.normal(0, 0.35, (17, 3))
    rest[0] = 0
    moving = rest + 0.1 * np.sin(np.arange(F) / 3)[:, None, None] * rng.normal(size=(17, 3))
    moving[:, 0] = 0
    return moving[None]


def seen(joints: np.ndarray, fov: float = FOV) -> np.ndarray:
    return Camera(SIZE_PX, fov).project(joints).astype(np.float32)


def given(image: np.ndarray, fov: float | None = FOV, scores: float = 0.9):
    confidence = np.where(np.isfinite(image).all(-1), scores, 0).astype(np.float32)
    camera = Camera.assumed(SIZE_PX) if fov is None else Camera(SIZE_PX, fov)
    return network_input("person_ray", image, confidence, camera, len(CHANNELS))


def test_a_body_in_the_corner_looks_as_one_in_the_middle_to_a_turned_camera(body):
    place = np.array([0.0, 0.0, 4.0])
    middle = given(seen(body + place))
    turn = axes_towards(np.array([-0.45, 0.22]))  # of the virtual camera, in the axes of one facing past the body
    corner = given(seen((body + place) @ turn))
    own = [0, 1, 2, SIZE]
    np.testing.assert_allclose(corner.values[..., own], middle.values[..., own], atol=1e-4)
    assert np.abs(corner.values[0, 0, 0, [RAY_X, RAY_Y]]).min() > 0.1
    np.testing.assert_allclose(middle.values[..., [RAY_X, RAY_Y]], 0, atol=1e-6)
    # The same network output is then rotated in the real camera's axes, as the camera was.
    np.testing.assert_allclose(corner.camera_from_answer(body.astype(np.float32)), body @ turn, atol=1e-5)
    np.testing.assert_allclose(middle.camera_from_answer(body.astype(np.float32)), body, atol=1e-6)


def test_the_way_back_is_the_inverse(body):
    view = given(seen(body + np.array([1.0, -0.5, 3.0])))
    there = view.answer_from_camera(body)
    np.testing.assert_allclose(view.camera_from_answer(there), body, atol=1e-6)
    assert np.abs(there - body).max() > 0.05
    centre = view.centre
    assert centre.values.shape == (1, 1, 17, 6)
    np.testing.assert_array_equal(centre.axes, view.axes[:, F // 2 : F // 2 + 1])


def test_the_virtual_camera_pans_and_tilts_and_does_not_roll():
    ray = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    axes = axes_towards(ray)
    np.testing.assert_allclose(axes @ np.swapaxes(axes, 1, 2), np.broadcast_to(np.eye(3), axes.shape), atol=1e-12)
    np.testing.assert_allclose(np.linalg.det(axes), 1, atol=1e-12)
    np.testing.assert_allclose(axes[:, 0, 1], 0, atol=1e-12)  # its x axis stays in the real camera's horizon
    direction = np.concatenate([ray, np.ones((50, 1))], 1)
    np.testing.assert_allclose(axes[:, 2], direction / np.linalg.norm(direction, axis=1, keepdims=True), atol=1e-12)
    # A person straight below the axis: the virtual camera looks down by that angle, with the signs of `geometry`.
    down = axes_towards(np.array([0.0, np.tan(np.radians(20))]))
    level = rotation_world_from_camera(0.0)
    np.testing.assert_allclose(level @ down.T, rotation_world_from_camera(20.0), atol=1e-12)


def test_who_comes_nearer_keeps_the_size_and_the_number_tells(body):
    depth = np.linspace(6, 3, F)
    joints = np.repeat(body[:, :1], F, axis=1) + np.stack([0 * depth, 0 * depth, depth], -1)[None, :, None]
    values = given(seen(joints)).values[0]
    radius = np.linalg.norm(values[:, 1:, :2], axis=-1)
    np.testing.assert_allclose(np.sqrt((radius**2).mean(-1)), 2 / 3, atol=1e-4)
    grows = np.exp(values[:, 0, SIZE])
    assert (np.diff(grows) > 0).all()
    # Twice as large at half the distance, but for the perspective of a body whose near parts grow faster.
    assert grows[-1] / grows[0] == pytest.approx(2.0, rel=0.05)


def test_the_field_of_view_matters_and_has_the_usual_guess(body):
    image = seen(body + np.array([1.2, 0.3, 4.0]))
    assumed = given(image, None).values
    np.testing.assert_array_equal(assumed, given(image, 60.0).values)
    wide, narrow = given(image, 90.0).values, given(image, 40.0).values
    assert wide[0, 0, 0, RAY_X] > 2 * narrow[0, 0, 0, RAY_X]
    assert wide[0, 0, 0, SIZE] > narrow[0, 0, 0, SIZE] + 0.7


def test_mirror_image_of_the_picture_is_the_mirror_image_of_the_numbers(body):
    image = seen(body + np.array([0.8, 0.2, 3.0]))
    flipped = image[:, :, H36M17.mirror].copy()
    flipped[..., 0] = SIZE_PX[0] - flipped[..., 0]
    np.testing.assert_allclose(mirror(given(image).values), given(flipped).values, atol=1e-4)


def test_unseen_joints_are_held_and_never_seen_ones_do_not_size_the_body(body):
    image = seen(body + np.array([0.0, 0.0, 4.0]))
    lost = image.copy()
    lost[0, 4:, 16] = np.nan
    values = given(lost).values
    assert np.isfinite(values).all()
    assert (values[0, 4:, 16, 2] == 0).all()
    # The wrist is held where it was last seen, as the virtual camera of each frame sees that position.
    np.testing.assert_allclose(values[0, 4, 16, :2], values[0, 3, 16, :2], atol=0.05)
    legs = [2, 3, 5, 6]
    half = image.copy()
    half[:, :, legs] = np.nan
    rest = [j for j in range(1, 17) if j not in legs]
    radius = np.linalg.norm(given(half).values[0][:, rest, :2], axis=-1)
    np.testing.assert_allclose(np.sqrt((radius**2).mean(-1)), 2 / 3, atol=1e-4)
    nobody = given(np.full_like(image, np.nan)).values
    assert np.isfinite(nobody).all()
    assert (nobody[..., :3] == 0).all()


def test_a_window_rule_answers_around_the_line_of_sight(body):
    """Move the same pixels off the image's centre: the output rotates by most of the angle."""
    image = seen(body + np.array([0.0, 0.0, 4.0]))
    scores = np.ones(image.shape[:-1], np.float32)
    middle, beside = (
        network_input("person_window", image + np.array([dx, 0], np.float32), scores, Camera(SIZE_PX, FOV), 3)
        for dx in (0, 300)
    )
    np.testing.assert_allclose(beside.values, middle.values, atol=1e-4)
    np.testing.assert_allclose(middle.axes, np.broadcast_to(np.eye(3), (1, F, 3, 3)), atol=1e-6)
    ahead = np.broadcast_to(np.array([0, 0, 1], np.float32), (1, F, 17, 3))
    turned = beside.camera_from_answer(ahead)
    slope = 300 / Camera(SIZE_PX, FOV).focal_px
    np.testing.assert_allclose(turned[..., 0] / turned[..., 2], 0.8 * slope, rtol=1e-4)
