"""Test the software renderer: positions, sizes, occlusion, unseen joints, floor and shadows."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Viewpoint
from pipeline.drawing.colours import BACKGROUND, body_colours, rgb
from pipeline.drawing.renderer import Renderer
from tests.helpers.fakes import walking

FRONT = Viewpoint((0.0, 0.0, 0.9), 4.0, 0.0, -90.0)
COLOURS = body_colours()[None]


def drawn(image: np.ndarray) -> np.ndarray:
    """Return where a body is: pixels brighter than the floor and its grid."""
    return image.max(axis=2) > 130


def test_a_body_is_where_the_projection_of_its_joints_is() -> None:
    renderer = Renderer(400, 300)
    renderer.look(FRONT)
    joints = walking(1)
    body = drawn(renderer.draw(joints, COLOURS))
    pixels = renderer.image_from_camera(renderer.camera_from_world(joints[0]))
    assert body[pixels[:, 1].round().astype(int), pixels[:, 0].round().astype(int)].all()
    rows = np.flatnonzero(body.any(axis=1))
    head = renderer.image_from_camera(renderer.camera_from_world((joints[0, 9] + joints[0, 10])[None] / 2))[0, 1]
    per_metre = 200 / np.tan(np.radians(19)) / 4.0
    assert head - rows[0] == pytest.approx(0.098 * per_metre, abs=1.5), "the head is a ball of that radius"


def test_the_nearer_body_hides_the_farther_one() -> None:
    renderer = Renderer(400, 300)
    renderer.look(FRONT)
    near, far = walking(1)[0], walking(1)[0] + np.array([0, 1.5, 0], np.float32)
    colours = np.zeros((2, 3, 4), np.float32)
    colours[0, :, 0], colours[1, :, 1] = 1, 1  # the near one red, the far one green
    for order in ([0, 1], [1, 0]):
        image = renderer.draw(np.stack([near, far])[order], colours[order])
        x, y = renderer.image_from_camera(renderer.camera_from_world(near[8])).round().astype(int)
        assert image[y, x, 2] > 2 * image[y, x, 1]


def test_unseen_joints_leave_their_limbs_out() -> None:
    renderer = Renderer(400, 300)
    renderer.look(FRONT)
    joints = walking(1)
    whole = drawn(renderer.draw(joints, COLOURS)).sum()
    joints[0, 12:14] = np.nan
    assert 0 < drawn(renderer.draw(joints, COLOURS)).sum() < whole
    nobody = renderer.draw(np.full((1, 17, 3), np.nan, np.float32), COLOURS)
    assert not drawn(nobody).any()


def test_floor_and_shadow_lie_under_the_body_and_the_sky_is_empty() -> None:
    renderer = Renderer(400, 300)
    renderer.look(Viewpoint((0.0, 0.0, 0.5), 4.0, 20.0, -90.0))
    empty = renderer.draw(np.zeros((0, 17, 3), np.float32), np.zeros((0, 3, 4), np.float32))
    assert empty[0].tolist() == [(rgb(BACKGROUND)[::-1] * 255).round().astype(int).tolist()] * 400
    assert empty[200:].mean() > empty[:50].mean() + 10
    below = renderer.image_from_camera(renderer.camera_from_world(np.array([[0.0, -0.03, 0.0]])))[0]
    x, y = below.round().astype(int)
    shaded = renderer.draw(walking(1), COLOURS)
    assert shaded[y - 3 : y + 3, x - 3 : x + 3].mean() < empty[y - 3 : y + 3, x - 3 : x + 3].mean() - 2


def test_a_view_from_inside_a_body_or_of_people_behind_it_draws_nothing_wrong() -> None:
    renderer = Renderer(160, 120)
    renderer.look(Viewpoint((0.0, 5.0, 0.9), 1.0, 0.0, -90.0))  # looks along +y, with the body behind
    assert not drawn(renderer.draw(walking(1), COLOURS)).any()
    renderer.look(Viewpoint((0.0, 0.0, 0.9), 0.01, 0.0, -90.0))
    assert renderer.draw(walking(1), COLOURS).shape == (120, 160, 3)
