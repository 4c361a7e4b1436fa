"""Test pauses of the camera: frames after a pause do not change those before it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.core.take import Finding
from pipeline.post.camera_pauses import rows_with_pauses
from tests.helpers.motion import clip, facing_camera, finished, scene

RATE = 60.0
HALF, PAUSE_S = 60, 4.0


def paused(moved_m: float):
    """Return a person who stands before a pause of 4 s, and `moved_m` to the right after it."""
    joints = np.repeat(facing_camera(clip("walk"))[:1], 2 * HALF, axis=0)
    joints[HALF:, :, 0] += moved_m
    made = scene(joints, rate_hz=RATE)
    times = np.arange(2 * HALF) / RATE + PAUSE_S * (np.arange(2 * HALF) >= HALF)
    return made, replace(made.person, time_s=times), replace(made.info, variable_rate=True)


@pytest.mark.parametrize("moved_m", [0.0, 1.2])
def test_nobody_glides_to_where_they_are_after_the_pause(moved_m: float) -> None:
    made, person, info = paused(moved_m)
    (track,), _ = finished([person], info, made.config)
    assert len(track.joints) == 2 * HALF
    assert np.array_equal(track.time_s, person.time_s)
    assert track.seen.all()
    pelvis = track.joints[:, 0, 0]
    np.testing.assert_allclose(pelvis[HALF - 10 : HALF], pelvis[10], atol=0.02)
    np.testing.assert_allclose(pelvis[HALF : HALF + 10], pelvis[10] + moved_m, atol=0.05)


def test_without_a_pause_nothing_changes() -> None:
    made, _, _ = paused(0.5)
    (track,), estimate = finished([made.person], made.info, made.config)
    (again,), other = finished([made.person], replace(made.info, variable_rate=True), made.config)
    assert np.array_equal(track.joints, again.joints)
    assert estimate.findings == other.findings
    assert rows_with_pauses(np.arange(50) / 30, 30.0) is None
    assert rows_with_pauses(np.array([0.0]), 30.0) is None
    assert rows_with_pauses(np.array([0.0, 600.0, 1200.0]), 1 / 600) is None  # a time-lapse


def test_pauses_get_as_many_rows_as_they_take_up_to_two_seconds() -> None:
    rows = rows_with_pauses(np.array([0.0, 0.1, 1.1, 1.2, 61.2]), 10.0)
    assert rows is not None
    assert rows.tolist() == [0, 1, 11, 12, 32]


def test_findings_and_errors_count_the_frames_of_the_take() -> None:
    """Hide the person after a pause: the finding counts the take's rows, not inserted ones."""
    made, person, info = paused(0.0)
    unseen = np.isin(np.arange(2 * HALF), range(HALF + 20, HALF + 26))
    image, scores, relative = person.joints_image_h36m.copy(), person.scores.copy(), person.relative.copy()
    image[unseen], scores[unseen], relative[unseen] = np.nan, 0, np.nan
    hidden = replace(person, joints_image_h36m=image, scores=scores, relative=relative)
    (track,), estimate = finished([hidden], info, made.config)
    gaps = [finding for finding in estimate.findings if finding.kind == "gap"]
    assert gaps == [Finding(1, "gap", HALF + 20, HALF + 25, repaired=True, note=gaps[0].note)]
    assert estimate.reprojection_px[1].shape == (2 * HALF,)
    assert np.isnan(estimate.reprojection_px[1][unseen]).all()
    assert track.seen.all()
