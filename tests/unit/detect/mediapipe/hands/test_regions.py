"""Test the squares in which hands are searched, on hands whose place is known."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.detect.crops import Square
from pipeline.detect.mediapipe.hands.regions import agrees, arm_square, hand_size_px, recrop_square, tracked_square


def flat_hand(wrist: tuple[float, float], palm_px: float, turn_deg: float = 0.0) -> np.ndarray:
    """Return the points (21, 2) of an open hand whose fingers point up, turned clockwise by `turn_deg`."""
    joints = np.zeros((21, 2))
    for finger, (x, reach) in enumerate(((-0.7, 0.3), (-0.25, 1.0), (0.0, 1.0), (0.2, 0.95), (0.4, 0.85))):
        for joint in range(4):
            joints[4 * finger + 1 + joint] = x * (0.6 + 0.1 * joint), -reach * (1 + 0.3 * joint)
    turn = np.radians(turn_deg)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return np.asarray(joints * palm_px @ matrix.T + wrist, np.float32)


@pytest.mark.parametrize("turn_deg", [0.0, 35.0, 90.0, -170.0])
def test_the_tracked_square_holds_the_hand_with_its_fingers_up(turn_deg: float) -> None:
    joints = flat_hand((300, 400), 40, turn_deg)
    square = tracked_square(joints)
    assert square is not None
    up = np.radians(turn_deg)
    np.testing.assert_allclose(square.up, (np.sin(up), -np.cos(up)), atol=0.03)
    corners = square.image_from_crop(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32))
    centre = corners.mean(axis=0)
    assert np.abs(joints - centre).max() < square.side / 2 * 1.3
    assert 1.5 * hand_size_px(flat_hand((0, 0), 40)) > square.side > 40


def test_the_tracked_square_of_points_that_coincide_is_none() -> None:
    assert tracked_square(np.full((21, 2), 7.0, np.float32)) is None
    assert tracked_square(np.full((21, 2), np.nan, np.float32)) is None


def test_the_arm_gives_a_square_beyond_the_wrist() -> None:
    elbow, wrist = np.array([100.0, 100.0]), np.array([100.0, 200.0])
    square = arm_square(elbow, wrist, None)
    assert square is not None
    assert square.up == pytest.approx((0.0, 1.0))
    assert square.y > 220
    assert square.x == pytest.approx(100.0)
    assert square.side == pytest.approx(2.7 * 70)


def test_a_hand_that_points_at_the_camera_keeps_its_size() -> None:
    elbow, wrist = np.array([100.0, 100.0]), np.array([100.0, 200.0])
    near = (wrist + [3.0, 1.0], wrist - [3.0, -1.0])
    square = arm_square(elbow, wrist, near)
    assert square is not None
    assert square.side > 100
    assert arm_square(wrist, wrist, (wrist, wrist)) is None


def test_the_recrop_points_are_centre_and_lower_edge() -> None:
    rough = Square(200, 100, 80)
    square = recrop_square(rough, np.array([[0.5, 0.5], [0.5, 0.75]], np.float32))
    assert square is not None
    assert square.up == pytest.approx((0.0, -1.0))
    assert square.side == pytest.approx(40)
    assert (square.x, square.y) == pytest.approx((200, 100 - 4))  # a tenth of a side toward the fingertips


@pytest.mark.parametrize(
    ("recrop", "same"),
    [
        (Square(300, 360, 110), True),
        (Square(300, 360, 200), False),  # another size
        (Square(330, 360, 110), False),  # elsewhere
        (Square(300, 360, 110, (1.0, 0.0)), False),  # turned
    ],
)
def test_last_points_count_while_the_recrop_network_agrees(recrop: Square, same: bool) -> None:
    joints = flat_hand((300, 390), 30)
    tracked = Square(300, 360, 105)
    assert agrees(tracked, joints, recrop) is same
