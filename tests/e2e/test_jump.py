"""Test the physics of the sample video: a jump with a somersault off a roof, and a walk.

Real detector, real lifter.
"""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.concurrency import CancelToken
from pipeline.core.config import DetectConfig, RunConfig
from pipeline.core.take import Take
from pipeline.post.ground.foot_contacts import standing_feet
from pipeline.post.ground.gravity import centre_of_mass
from pipeline.run.lift_video import Engine, analyse
from pipeline.sources.open import open_source

pytestmark = pytest.mark.timeout(1200)  # heavy on 230 frames takes minutes where others compute, too

G_M_S2 = 9.81
UP = np.array([0.0, 0.0, 1.0])


@pytest.fixture(scope="module", params=["mediapipe", "mediapipe-heavy"])
def take(sample_path, request: pytest.FixtureRequest) -> Take:
    source = open_source(sample_path)
    config = RunConfig(detect=DetectConfig(detector=request.param), persons="all")
    try:
        with pytest.MonkeyPatch.context() as patch, Engine() as engine:
            if request.param == "mediapipe-heavy":
                patch.setenv("HOURGLASS_WEIGHTS", str(request.getfixturevalue("heavy_folder")))
            *_, take = analyse(source, config, CancelToken(), engine)
    finally:
        source.close()
    assert isinstance(take, Take)
    return take


def test_the_flight_lasts_as_long_as_its_height_takes_to_fall(take: Take) -> None:
    """Return the flight time of a jump up by H and down by H + D.

    It is sqrt(2 H / g) + sqrt(2 (H + D) / g) (for D = 0 this is h = g t^2 / 8).
    """
    joints = take.tracks3d[0].joints.astype(np.float64)
    rate = take.info.fps_hz
    ankles = np.nanmin(np.where(np.isfinite(joints[:, [3, 6], 2]), joints[:, [3, 6], 2], np.inf), axis=1)
    roof = float(np.median(ankles[100:150]))
    assert 1.6 < roof < 2.6  # the roof stays as far above the floor that the walker stands on
    begin = int(np.flatnonzero(ankles[150:] > roof + 0.08)[0]) + 149  # the last frame before the feet leave the roof
    end = int(np.flatnonzero(ankles[begin:] < 0.12)[0]) + begin  # the first frame on the floor
    body = centre_of_mass(joints)[begin : end + 1, 2]
    top = np.nanmax(body)  # against the sun some frames may be empty
    rise, fall = top - body[0], top - body[-1]
    expected_s = np.sqrt(2 * rise / G_M_S2) + np.sqrt(2 * fall / G_M_S2)
    assert (end - begin) / rate == pytest.approx(expected_s, abs=1 / rate)
    # No foot was locked in the air.
    assert not standing_feet(joints, UP, rate)[begin + 2 : end - 1].any()


def test_both_share_a_level_world(take: Take) -> None:
    scene = take.scene
    assert scene is not None
    assert abs(scene.pitch_deg) < 6  # the wall in the image is vertical
    assert abs(scene.roll_deg) < 3
    assert scene.tilt_sigma_deg is not None
    assert 1 < scene.tilt_sigma_deg < 8
    assert scene.notes["pitch"].startswith("estimated from how people stand")
    walker = take.tracks3d[1].joints.astype(np.float64)
    standing = standing_feet(walker, UP, take.info.fps_hz)
    heights = walker[:, [3, 6], 2][standing]
    assert np.median(heights) == pytest.approx(0.085, abs=0.05)
    for person in (1, 2):
        assert np.nanmedian(scene.reprojection_px[person]) < 8
