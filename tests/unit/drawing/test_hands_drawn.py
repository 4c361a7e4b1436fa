"""Test how hands are drawn: lines and dots in the image, meshes and pixels in 3D."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.camera import Viewpoint
from pipeline.core.hands.points import Hands
from pipeline.core.skeletons import BLAZEPOSE33, SKELETONS
from pipeline.drawing.details import HANDS, details, drawn_over
from pipeline.drawing.hands_mesh import ASSUMED_SHARE, colour_shares, hands_mesh
from pipeline.drawing.renderer import Renderer

POINTS = np.random.default_rng(0).uniform(0, 80, (21, 2)).astype(np.float32)


@pytest.fixture
def extras() -> dict[str, np.ndarray]:
    """Return the extras of one frame in which only the left hand was seen."""
    hands = Hands.unseen(1)
    hands.joints_image[0, 0], hands.scores[0, 0] = POINTS, 0.9
    return {name: values[0] for name, values in hands.extras.items()}


def test_only_observed_hands_are_drawn_and_only_if_wanted(extras: dict[str, np.ndarray]) -> None:
    (hand,) = details(extras, {HANDS})
    np.testing.assert_array_equal(hand.points, POINTS)
    assert {4, 8, 12, 16, 20} == set(hand.dots)
    assert {end for line in hand.lines for end in line} == set(range(21))
    assert list(details(extras, set())) == []
    assert list(details({}, {HANDS})) == []


def test_lines_are_as_wide_as_the_hand_is_large(extras: dict[str, np.ndarray]) -> None:
    (hand,) = details(extras, {HANDS})
    assert hand.width_px(0.01, 6) == 1
    assert hand.width_px(2, 6) == pytest.approx(2 * hand.width_px(1, 6))
    assert hand.width_px(100, 6) == 6


def test_the_bodys_own_fingers_give_way_to_a_hand(extras: dict[str, np.ndarray]) -> None:
    own = {BLAZEPOSE33.index(f"left_{end}") for end in ("thumb", "index", "pinky")}
    assert drawn_over(extras, {HANDS}, "blazepose33") == own
    assert drawn_over(extras, set(), "blazepose33") == frozenset()
    assert drawn_over(extras, {HANDS}, "coco17") == frozenset()
    assert "coco17" in SKELETONS


def test_the_mesh_is_at_the_points_and_unknown_hands_disappear() -> None:
    hand = np.random.default_rng(1).uniform(0, 0.2, (21, 3)).astype(np.float32)
    unknown = np.full((21, 3), np.nan, np.float32)
    mesh = hands_mesh(np.stack([hand, unknown]), np.array([[1, 0, 0, 1], [0, 1, 0, 1]], np.float32))
    half = len(mesh.vertices) // 2
    nearest = np.linalg.norm(mesh.vertices[:half, None] - hand, axis=-1).min(axis=1)
    assert nearest.max() < 0.0121
    assert np.isfinite(mesh.vertices).all()
    assert (mesh.vertices[half:] == 0).all()
    assert (mesh.colours[:half] == [1, 0, 0, 1]).all()
    assert mesh.faces.max() == len(mesh.vertices) - 1
    assert len(hands_mesh(np.stack([unknown, unknown]), np.ones((2, 4), np.float32)).vertices) == 2 * half


def test_long_unseen_stretches_are_pale_and_single_frames_are_not() -> None:
    observed = np.ones((90, 2), np.bool_)
    observed[10, 0] = False
    observed[40:, 1] = False
    shares = colour_shares(observed, 30.0)
    assert shares[10, 0] > 0.9
    assert shares[60:, 1] == pytest.approx(ASSUMED_SHARE)
    assert (np.diff(shares[30:60, 1]) <= 1e-6).all()


def test_films_show_hands_before_the_floor() -> None:
    renderer = Renderer(200, 200)
    renderer.look(Viewpoint((0.0, 0.0, 1.0), 1.0, 0.0, -90.0))
    body, nothing = np.full((1, 17, 3), np.nan, np.float32), np.ones((1, 3, 4), np.float32)
    hand = (np.random.default_rng(1).uniform(-0.1, 0.1, (1, 21, 3)) + [0, 0, 1]).astype(np.float32)
    before = renderer.draw(body, nothing)
    after = renderer.draw(body, nothing, hand, np.array([[1, 0, 0, 1]], np.float32))
    changed = (before != after).any(axis=-1)
    assert 200 < changed.sum() < 0.3 * changed.size
    red = after[changed].astype(int)
    assert (red[:, 2] > red[:, 0]).mean() > 0.9
    assert (renderer.draw(body, nothing, np.full_like(hand, np.nan), np.ones((1, 4), np.float32)) == before).all()
