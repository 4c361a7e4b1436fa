"""Test that bodies show a rolled camera, and the turn that puts its images upright."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.config import SceneConfig
from pipeline.core.poses import PersonTrack
from pipeline.post.camera_roll import RollWatch, quarters, roll_note, seen_roll

UPRIGHT = np.array([
    [0, 0], [-10, 0], [-12, 40], [-14, 80], [10, 0], [12, 40], [14, 80], [0, -25], [0, -50], [0, -62], [0, -75],
    [18, -48], [22, -20], [24, 5], [-18, -48], [-22, -20], [-24, 5],
], np.float32)  # fmt: skip


def turned_ccw(joints: np.ndarray, degrees: float) -> np.ndarray:
    """Rotate points counter-clockwise on the screen, as a camera rolled clockwise shows them."""
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return (joints @ rotation.T).astype(np.float32)


def track(joints: np.ndarray, frames: int = 30, score: float = 0.9) -> PersonTrack:
    noise = np.random.default_rng(0).normal(scale=2, size=(frames, 17, 2)).astype(np.float32)
    scores = np.full((frames, 17), score, np.float32)
    return PersonTrack.of_h36m17(1, np.arange(frames) / 30, joints + noise + 300, scores)


@pytest.mark.parametrize(
    ("degrees", "roll"), [(0, 0), (30, 0), (-40, 0), (90, 90), (-90, -90), (180, 180), (160, 180), (-110, -90)]
)
def test_the_roll_is_told_from_how_people_are_turned(degrees: float, roll: int) -> None:
    assert seen_roll([track(turned_ccw(UPRIGHT, degrees))]) == roll


def test_a_handstand_or_a_somersault_says_nothing() -> None:
    upright, upside_down = track(UPRIGHT, 40), track(turned_ccw(UPRIGHT, 180), 20)
    joints = np.concatenate([upright.joints_image, upside_down.joints_image])
    scores = np.full((60, 17), 0.9, np.float32)
    assert seen_roll([PersonTrack.of_h36m17(1, np.arange(60) / 30, joints, scores)]) == 0


def test_who_sits_bent_or_is_hardly_seen_says_nothing() -> None:
    sitting = UPRIGHT.copy()
    sitting[[3, 6]] = [[60, 20], [62, 22]]  # the feet beside the hips
    assert seen_roll([track(turned_ccw(sitting, 90))]) == 0
    assert seen_roll([track(turned_ccw(UPRIGHT, 180), score=0.2)]) == 0
    assert seen_roll([track(turned_ccw(UPRIGHT, 180), frames=6)]) == 0
    assert seen_roll([]) == 0


def test_a_live_stream_is_watched_for_a_while() -> None:
    watch = RollWatch()
    people = turned_ccw(UPRIGHT, 180)[None] + 300
    scores = np.full((1, 17), 0.9, np.float32)
    for _ in range(89):
        watch.add(people, scores)
    assert watch.roll_deg == 0
    watch.add(people, scores)
    assert watch.roll_deg == 180
    for _ in range(60):
        watch.add(UPRIGHT[None] + 300, scores)
    assert watch.roll_deg == 0
    assert len(quarters(np.zeros((0, 17, 2), np.float32), np.zeros((0, 17), np.float32))) == 0


@pytest.mark.parametrize(
    ("roll", "turn", "left"),
    [
        (None, 0, None),
        (0, 0, 0),
        (45, 0, 45),
        (-30, 0, -30),
        (46, 90, -44),
        (90, 90, 0),
        (180, 180, 0),
        (-180, 180, 0),
        (-90, 270, 0),
        (-170, 180, 10),
    ],
)
def test_a_roll_is_a_turn_of_the_images_and_what_is_left(roll: float | None, turn: int, left: float | None) -> None:
    scene = SceneConfig(roll_deg=roll)
    assert scene.turn_deg == turn
    assert scene.in_turned(turn).roll_deg == left


def test_the_note_says_what_to_do() -> None:
    assert "180" in roll_note(180)
    assert "-90" in roll_note(-90)
