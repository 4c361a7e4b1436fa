"""Test how standard errors are trained, calibrated and measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.core.camera import Camera
from pipeline.core.skeletons import H36M17
from pipeline.lift.uncertainty.features import JOINT_FEATURES
from pipeline.lift.uncertainty.network import ErrorNetwork
from tests.helpers.motion import CAMERA, clip, facing_camera, scene
from training.uncertainty.coverage import Judged, calibration, coverage
from training.uncertainty.lifted_tracks import LiftedSample, compared, load, store
from training.uncertainty.train import band_loss, calibrated, halves, judge, train
from training.uncertainty.windows import ErrorTrack, draw_batch, draw_weights, error_track, without_depth

WALK = scene(facing_camera(clip("walk")), pitch_deg=5).person
SMALL, LARGE = 0.01, 0.05  # m, errors of joints that are seen well and badly


def sample(number: int, source: str = "full") -> LiftedSample:
    """Return an answer whose errors are five times as large where the confidence is low."""
    rng = np.random.default_rng(number)
    frames = slice(0, 60)
    truth = WALK.relative[frames]
    bad = np.repeat(rng.random((6, 17)) < 0.5, 10, axis=0)
    off = rng.normal(0, 1, truth.shape) * np.where(bad, LARGE, SMALL)[..., None]
    answer = (truth + off * (np.arange(17) > 0)[:, None]).astype(np.float32)
    scores = np.where(bad, 0.2, 0.95).astype(np.float32)
    times = (np.arange(60) / CAMERA.rate_hz).astype(np.float32)
    return LiftedSample(
        WALK.joints_image_h36m[frames], scores, np.zeros((60, 17), np.float32), answer, truth, times, CAMERA, source,
        f"clip{number}", number % 2 == 1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def tracks() -> list[ErrorTrack]:
    return [error_track(sample(number)) for number in range(12)]


def test_it_learns_which_joints_are_off_and_calibrates(tracks: list[ErrorTrack]) -> None:
    training, held_out = tracks[:8], tracks[8:]
    state, curve = train(training, 200, 3e-3, 0.0, 0.01, 0.7, 0.5, 1, batch=6)
    assert curve[-1] < 0.8 * curve[0]
    state = calibrated(state, held_out)
    network = ErrorNetwork({name: value.numpy() for name, value in state.items()})
    judged = Judged.of([judge(network, track, False) for track in held_out])
    measured = coverage(judged)
    for kind in ("image", "depth"):
        assert abs(measured[kind]["inside"] - 0.9) < 0.01
        assert measured[kind]["width_ratio"] < 0.95, "sharper than one number"
    bad = np.concatenate([track.sample.scores[:, 1:] < 0.5 for track in held_out])
    assert judged.standard_error[bad].mean() > 2.5 * judged.standard_error[~bad].mean()


def test_the_loss_is_least_at_the_ninth_tenth() -> None:
    rng = np.random.default_rng(0)
    error = torch.from_numpy(rng.normal(0, 0.05, (4, 500, 17, 3)).astype(np.float32))
    lifted = torch.ones(4, 500, dtype=torch.bool)

    def loss(sigma: float) -> float:
        return float(band_loss(torch.full((4, 500, 17, 2), np.log(sigma)), error, lifted, 0.5))

    assert loss(0.05) < min(loss(0.042), loss(0.058))


def test_coverage_counts_the_axes_and_compares_with_one_number() -> None:
    rng = np.random.default_rng(0)
    sigma = np.where(rng.random((4000, 16, 2)) < 0.5, 0.01, 0.04).astype(np.float32)
    error = np.abs(rng.normal(0, 1, (4000, 16, 3)) * sigma[..., [0, 0, 1]]).astype(np.float32)
    measured = coverage(Judged(error, sigma))
    for row in measured.values():
        assert row["inside"] == pytest.approx(0.9, abs=0.005)
        assert row["half_width_mm"] == pytest.approx(1645 * 0.025, rel=0.02)
        assert row["width_ratio"] < 0.9
        assert row["score_ratio"] < 0.9
    factors = calibration(Judged(error, sigma * np.array([0.5, 2], np.float32)))
    np.testing.assert_allclose(factors, [2, 0.5], rtol=0.03)
    alike = coverage(Judged(error, np.full_like(sigma, 0.02)))
    assert alike["all"]["width_ratio"] == pytest.approx(1, abs=0.01), "one number is as wide as one number"


def test_errors_are_in_the_axes_of_the_ray() -> None:
    """Move every answer along the line of sight: the error is in depth, wherever the person stands."""
    plain = sample(0)
    pelvis = np.array([1.5, 0.4, 3.0]) / np.linalg.norm([1.5, 0.4, 3.0])
    focal, middle = CAMERA.focal_px, np.array(CAMERA.size_px) / 2
    image = np.broadcast_to(pelvis[:2] / pelvis[2] * focal + middle, plain.found.shape).astype(np.float32)
    moved = plain.true + 0.1 * pelvis * (np.arange(17) > 0)[:, None]
    made = LiftedSample(
        image, plain.scores, plain.depth, moved.astype(np.float32), plain.true, plain.times, CAMERA, "full", "a", False
    )
    error = error_track(made).error
    np.testing.assert_allclose(error[:, 1:, 2], 0.1, atol=1e-3)
    assert np.abs(error[..., :2]).max() < 1e-3


def test_answer_and_truth_are_compared_at_one_stature() -> None:
    truth = WALK.relative[:20]
    answer = 1.3 * truth
    answer[3] = np.nan
    times = np.arange(20, dtype=np.float32)
    made = compared(WALK.joints_image_h36m[:20], WALK.scores[:20], truth[..., 0], answer, truth + [1, 2, 3], times,
                    CAMERA, "full", "a", False)  # fmt: skip
    assert made is not None
    known = np.arange(20) != 3
    np.testing.assert_allclose(made.lifted[known], made.true[known], atol=1e-5)
    assert compared(WALK.joints_image_h36m[:4], WALK.scores[:4], truth[:4, :, 0], answer[:4], truth[:4], times[:4],
                    CAMERA, "full", "a", False) is None  # fmt: skip


def test_samples_come_back_from_a_file(tmp_path: Path) -> None:
    samples = [sample(1, "heavy"), sample(2, "mocap")]
    store(tmp_path / "lifted.npz", samples)
    again = load(tmp_path / "lifted.npz")
    for before, after in zip(samples, again, strict=True):
        assert (after.source, after.clip, after.held_out) == (before.source, before.clip, before.held_out)
        assert after.camera == Camera(CAMERA.size_px, CAMERA.fov_deg, rate_hz=CAMERA.rate_hz)
        for name in ("found", "scores", "depth", "lifted", "true", "times"):
            np.testing.assert_array_equal(getattr(after, name), getattr(before, name))


def test_windows_are_those_of_the_tracks(tracks: list[ErrorTrack]) -> None:
    weight = draw_weights(tracks, 0.7)
    assert weight.sum() == pytest.approx(1)
    batch = draw_batch(tracks, weight, np.random.default_rng(0), 20, hide_depth=1.0)
    assert batch.lifted.any(axis=1).all()
    assert not batch.values[~batch.lifted].any()
    known = np.concatenate([track.error for track in tracks])
    some = batch.error[0][batch.lifted[0]]
    either = np.stack([known, known[:, H36M17.mirror]])
    assert (np.abs(either[:, :, None] - some[None, None, :3]).max((-1, -2)).min((0, 1)) == 0).all()


def test_own_depth_can_be_hidden() -> None:
    depth = np.full((60, 17), 0.2, np.float32)
    plain = sample(0)
    deep = LiftedSample(
        plain.found, plain.scores, depth, plain.lifted, plain.true, plain.times, CAMERA, "full", "a", False
    )
    shown, hidden = error_track(deep).values, error_track(deep, with_depth=False).values
    assert shown[:, JOINT_FEATURES.index("depth_known")].all()
    np.testing.assert_array_equal(without_depth(shown), hidden)


def test_halves_share_no_clip(tracks: list[ErrorTrack]) -> None:
    first, second = halves(tracks)
    assert len(first) == len(second) == 6
    assert not {track.sample.clip for track in first} & {track.sample.clip for track in second}
