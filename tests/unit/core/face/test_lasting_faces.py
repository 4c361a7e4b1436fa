"""Test that faces that a network finds by chance in single frames are not kept."""

from __future__ import annotations

import numpy as np

from pipeline.core.face.extras import lasting_faces, unseen_faces

# Frames of cam02 of Pose2Sim's single person, whose face is pixelated, in which the network finds one.
BY_CHANCE = [12, 15, 17]


def track(*seen: int, frames: int = 60) -> dict[str, np.ndarray]:
    extras = {name: values.copy() for name, values in unseen_faces(frames).items()}
    for values in extras.values():
        values[list(seen)] = 0.5
    return extras | {"hands": np.ones((frames, 2))}


def frames_of(extras) -> list[int]:
    known = np.isfinite(extras["expressions"]).all(axis=1)
    np.testing.assert_array_equal(known, np.isfinite(extras["face"]).all(axis=(1, 2)))
    return np.flatnonzero(known).tolist()


def test_single_frames_are_chance() -> None:
    found = lasting_faces(track(*BY_CHANCE))
    assert frames_of(found) == []
    assert (found["face"][BY_CHANCE, :, 2] == 0).all(), "with the scores of an unseen face"
    assert (found["hands"] == 1).all()


def test_three_frames_in_a_row_are_a_face() -> None:
    assert frames_of(lasting_faces(track(3, 10, 11, 12, 20, 21, 57, 58, 59))) == [10, 11, 12, 57, 58, 59]


def test_nothing_changes_without_faces_or_with_lasting_ones() -> None:
    for extras in ({}, {"hands": np.ones((4, 2))}, track(), track(*range(60))):
        assert lasting_faces(extras) is extras
