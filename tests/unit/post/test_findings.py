"""Test the findings that name the worst stretches of a track."""

from __future__ import annotations

import dataclasses

import numpy as np

from pipeline.core.take import Track3D
from pipeline.post.findings import uncertain_stretches
from tests.helpers.motion import RATE_HZ, clip, facing_camera, finished, hidden, scene

FRAMES = 240


def track(error_m: np.ndarray | None) -> Track3D:
    joints = np.resize(clip("walk"), (FRAMES, 17, 3)).astype(np.float32)
    index = np.arange(FRAMES)
    return Track3D(1, index, index / RATE_HZ, joints, np.ones((FRAMES, 17), np.float32), "world", error_m=error_m)


def sure() -> np.ndarray:
    return np.full((FRAMES, 17, 2), [0.02, 0.03], np.float32)


def test_a_track_that_is_known_has_no_finding() -> None:
    assert uncertain_stretches(track(sure()), RATE_HZ) == []
    assert uncertain_stretches(track(None), RATE_HZ) == []


def test_a_stretch_is_named_with_the_part_that_is_off() -> None:
    error = sure()
    error[50:80] = 0.15
    error[100:103] = 0.5  # too short
    error[150:190, [15, 16]] = 0.5
    error[160:163] = 0.02  # a short interruption
    first, second = uncertain_stretches(track(error), RATE_HZ)
    assert (first.kind, first.first, first.last, first.repaired) == ("uncertain", 50, 79, False)
    assert first.note == "The joints may be 26 cm off."
    assert (second.first, second.last) == (150, 189)
    assert second.note.startswith("The right arm may be 8")


def test_only_the_worst_stretches_are_listed() -> None:
    error = sure()
    for n in range(8):
        error[30 * n : 30 * n + 15] = 0.1 + 0.02 * n
    found = uncertain_stretches(track(error), RATE_HZ)
    assert [finding.first for finding in found] == [90, 120, 150, 180, 210]


def test_findings_of_a_take_are_in_the_order_of_the_frames() -> None:
    """Shake the lifter's answer and hide the person for a moment: gaps and uncertain stretches are mixed by time."""
    made = scene(facing_camera(clip("walk")), pitch_deg=5)
    shaken = made.person.relative + np.random.default_rng(0).normal(0, 0.3, made.person.relative.shape)
    unseen = np.isin(np.arange(len(shaken)), range(60, 66))
    person = hidden(dataclasses.replace(made.person, relative=shaken.astype(np.float32)), unseen)
    _, estimate = finished([person], made.info, made.config)
    found = [finding.first for finding in estimate.findings]
    assert {"gap", "uncertain"} <= {finding.kind for finding in estimate.findings}
    assert found == sorted(found)
