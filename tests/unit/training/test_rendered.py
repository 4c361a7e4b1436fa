"""Check windows cut from rendered people, the mixture of training batches, and the evaluation on rendered people."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.body.stature import chain_length
from pipeline.core.skeletons import H36M17
from training.data.motion_file import Clips, load_clips
from training.evaluate import rendered
from training.evaluate.open_lifter import open_lifter
from training.synthesis.detector_errors import for_detector_joints, load_model
from training.synthesis.mixture import Mixture
from training.synthesis.people import shards
from training.synthesis.rendered_tracks import draw_rendered_batch, load_tracks, segments, tracks_of

SAMPLE = Path(__file__).parents[2] / "data" / "people"
_NO_BODIES = importlib.util.find_spec("anny") is None


def swinging(count: int = 3) -> Clips:
    """Return upright swinging bodies, enough to make batches of."""
    rng = np.random.default_rng(0)
    t = np.arange(120)[:, None, None] / 60
    rest = np.array([(0, 0, 0.9 - 0.05 * k) for k in range(17)]) + rng.normal(0, 0.2, (17, 3))
    parts = [rest + 0.1 * np.sin(4 * t + rng.uniform(0, 6, (17, 3))) for _ in range(count)]
    names = np.array([f"person_{n}" for n in range(count)])
    return Clips(
        np.concatenate(parts).astype(np.float32), np.arange(count) * 120, np.full(count, 120), names,
        np.full(count, "cmu-asf"), names,
    )  # fmt: skip


def test_tracks_hold_detections_as_they_came() -> None:
    clip = next(shard for shard in shards.read_all(SAMPLE) if len(shard.meta["people"]) == 1)
    found, scores = clip.detected_h36m17("heavy")
    (track,) = tracks_of(clip, 0, "heavy")
    seen = np.flatnonzero(np.isfinite(found[0]).any((-1, -2)))
    np.testing.assert_array_equal(track.found, found[0, seen[0] : seen[-1] + 1])
    np.testing.assert_array_equal(track.scores, scores[0, seen[0] : seen[-1] + 1])
    assert track.rate_hz == clip.meta["rate_hz"]
    assert load_tracks(SAMPLE, "train") == []
    assert {one.detector for one in load_tracks(SAMPLE, "held_out")} == {"full", "heavy"}


def test_slow_clips_are_brought_to_the_rate_at_which_the_program_lifts_them() -> None:
    clip = next(shards.read_all(SAMPLE))
    clip.meta["rate_hz"] = 10.0
    (track, *_) = tracks_of(clip, 0, "heavy")
    frames = len(clip.arrays["time_s"])
    assert track.rate_hz == 24.0
    assert len(track.found) > 0.8 * 2.4 * frames
    speed = np.linalg.norm(np.diff(track.true[:, 0].astype(float), axis=0), axis=-1)
    assert speed.max() < 5 * np.median(speed) + 0.05  # no jumps between the clip's frames


def test_long_absences_cut_a_track() -> None:
    seen = np.array([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0], bool)
    assert segments(seen, 3) == [slice(1, 6), slice(10, 12)]
    assert segments(seen, 4) == [slice(1, 12)]
    assert segments(~seen & seen, 4) == []


@pytest.mark.parametrize(("frames", "stride"), [(9, 1), (9, 27), (27, 3)])
def test_windows_of_rendered_people_project_onto_what_was_seen(frames: int, stride: int) -> None:
    tracks = load_tracks(SAMPLE, "held_out")
    plain = draw_rendered_batch(tracks, np.random.default_rng(4), 12, frames, stride, vary=False)
    varied = draw_rendered_batch(tracks, np.random.default_rng(4), 12, frames, stride)
    for batch in (plain, varied):
        assert batch.x.shape == (12, frames, 17, 6)
        assert batch.y.shape == (12, frames, 17, 3)
        assert np.isfinite(batch.x).all()
        np.testing.assert_allclose(np.median(chain_length(batch.y), axis=1), 1.55, rtol=1e-3)
        # In the axes of the virtual camera a joint lies where its detection is, up to perspective and the errors:
        # mirroring and rolling have to be the same for both. Sides may be exchanged, so joints without a side count.
        x, y = batch.x[..., [8, 10], :2].astype(float), batch.y[..., [8, 10], :2].astype(float)
        cosine = (x * y).sum((-1, -2)) / np.linalg.norm(x, axis=(-1, -2)) / np.linalg.norm(y, axis=(-1, -2))
        assert np.median(cosine) > 0.95
    assert np.abs(plain.x - varied.x).max() > 0.01


def test_a_mixture_holds_its_shares_and_repeats_itself() -> None:
    tracks = load_tracks(SAMPLE, "held_out")
    errors = [load_model()]
    mixed = Mixture(swinging(), errors, swinging(), 0.25, tracks, 0.5)
    one, again, other = (mixed.batch(seed, 16, 9, 3, "person_ray", 0.2) for seed in ((1, 2), (1, 2), (1, 3)))
    np.testing.assert_array_equal(one.x, again.x)
    np.testing.assert_array_equal(one.y, again.y)
    assert len(one.x) == 16
    assert np.abs(one.x - other.x).max() > 0.01
    without = Mixture(swinging(), errors).batch((1, 2), 16, 9, 3, "person_ray", 0.2)
    assert np.abs(one.x[:4] - without.x[:4]).max() > 0.01 or len(without.x) == 16
    names = set(mixed.held_out_batches((1,), 4, 9, 3, "person_ray"))
    assert names == {"held_out", "held_out_clean", "held_out_posed", "held_out_rendered"}
    assert set(Mixture(swinging(), errors).held_out_batches((1,), 4, 9, 3, "person_ray")) == {
        "held_out",
        "held_out_clean",
    }


def test_errors_for_detector_joints_do_not_move_hips_to_where_they_are() -> None:
    model = load_model()
    plain = for_detector_joints(model)
    assert abs(plain.hip_shift) < 0.4 * abs(model.hip_shift)
    assert plain.head_top_shift == 0
    np.testing.assert_array_equal(plain.jitter, model.jitter)


@pytest.mark.skipif(_NO_BODIES, reason="not installed: anny")
@pytest.mark.timeout(900)
def test_posed_bodies_are_a_motion_file_in_the_detectors_convention(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.synthesis import posed_bodies

    motion = walking()
    np.savez(tmp_path / "mocap.npz", **motion)
    arguments = ["posed_bodies", "--mocap", str(tmp_path / "mocap.npz"), "--out", str(tmp_path / "posed.npz")]
    monkeypatch.setattr(sys, "argv", [*arguments, "--takes", "2", "--seed", "3"])
    posed_bodies.main()
    clips = load_clips(tmp_path / "posed.npz")
    assert len(clips) == 2
    assert set(clips.source) == {posed_bodies.SOURCE}
    for start, length in zip(clips.start, clips.length, strict=True):
        joints = clips.positions[start : start + length].astype(float)
        hips = np.linalg.norm(joints[:, 1] - joints[:, 4], axis=-1)
        trunk = np.linalg.norm(joints[:, 8] - joints[:, 0], axis=-1)
        legs = np.linalg.norm(joints[:, 1] - joints[:, 2], axis=-1) + np.linalg.norm(
            joints[:, 2] - joints[:, 3], axis=-1
        )
        assert np.ptp(hips) < 0.1 * np.median(hips)  # a body, not a cloud of points
        assert 0.55 < np.median(trunk / legs) < 1.6


def walking() -> dict[str, np.ndarray]:
    """Return the arrays of a motion file: two upright people who swing arms and legs, one held out by name."""
    t = np.arange(900) / 60
    joints = np.zeros((900, 17, 3))
    joints[:, :, 2] = np.array(
        [0.9, 0.9, 0.48, 0.06, 0.9, 0.48, 0.06, 1.13, 1.4, 1.56, 1.7, 1.4, 1.1, 0.84, 1.4, 1.1, 0.84]
    )
    for sign, (hip, knee, ankle, shoulder, elbow, wrist) in ((1, (4, 5, 6, 11, 12, 13)), (-1, (1, 2, 3, 14, 15, 16))):
        joints[:, [hip, knee, ankle], 0] = 0.1 * sign
        joints[:, [shoulder, elbow, wrist], 0] = 0.18 * sign
        swing = 0.2 * sign * np.sin(2 * np.pi * t)
        joints[:, knee, 1], joints[:, ankle, 1] = swing, 1.5 * swing
        joints[:, elbow, 1], joints[:, wrist, 1] = -0.5 * swing, -swing - 0.05
    joints[:, 9, 1] = -0.11
    return {
        "positions": np.concatenate([joints, joints]).astype(np.float32),
        "clip_start": np.array([0, 900, 1800]),
        "clip_name": np.array(["a", "b"]),
        "clip_source": np.array(["cmu-asf"] * 2),
        "clip_subject": np.array(["one", "cmu_49"]),
    }


@pytest.mark.parametrize("off_m", [0.0, 0.17])
def test_the_evaluation_finds_an_error_that_was_put_in(off_m: float, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = list(shards.read_all(SAMPLE))

    def lift(lifter, shard, detector, fov="known"):
        true = shard.true_h36m17()[0].astype(np.float64)
        found = np.isfinite(shard.detected_h36m17(detector)[0]).all(-1).any(-1)
        true[..., H36M17.index("left_wrist"), 0] += off_m
        true = 1.7 * (true - true[:, :, :1])
        true[~found] = np.nan
        return true

    monkeypatch.setattr(rendered, "lift_clip", lift)
    result = rendered.run(open_lifter("h2ot_fast_v2"), clips)  # its name is all that is used
    for detector in ("full", "heavy"):
        groups = result["detectors"][detector]
        assert {"all", "adults", "children", "moving"} <= set(groups)
        row = groups["all"]
        assert row["lost_share"] <= 1
        if off_m:
            assert 5 < row["mpjpe_mm"] < 40
            assert 5 < row["p_mpjpe_mm"] < 40
        else:
            assert row["mpjpe_mm"] < 0.1
        assert result["own_3d"][detector]["all"]["p_mpjpe_mm"] > 20
    assert "children" in rendered.text(result)


def test_people_are_seen_from_the_side_they_turn_to_the_camera() -> None:
    body = np.zeros((3, 17, 3))
    body[:, :, 2] = 4.0
    body[:, 8, 1] = -0.5  # camera axes: y down
    # Facing the camera, the left hip is on the right of the image.
    body[0, 4, 0], body[0, 1, 0] = 0.1, -0.1
    body[1, 4, 0], body[1, 1, 0] = -0.1, 0.1
    body[2, 4, 2], body[2, 1, 2] = 4.1, 3.9
    assert rendered.facing_of(body).tolist() == ["from the front", "from behind", "from the side"]


def test_the_command_prints_tables_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    rendered.main(["--people", str(SAMPLE), "--model", "h2ot_fast_v2", "--threads", "1"])
    lines = capsys.readouterr().out.splitlines()
    result = json.loads(lines[-1])
    assert result["clips"] == 2
    heavy = result["detectors"]["heavy"]
    assert 10 < heavy["all"]["p_mpjpe_mm"] < 250
    assert heavy["adults"]["p_mpjpe_mm"] is None or heavy["adults"]["p_mpjpe_mm"] > 10  # None: nobody was found
    assert 0 <= heavy["all"]["lost_share"] <= 1
    assert any(line.startswith("heavy: h2ot_fast_v2") for line in lines)


def test_people_turned_a_little_keep_their_detectors_errors() -> None:
    """Detections move with the true joints, so a left elbow that was seen at the right one stays off by as much."""
    tracks = [track for track in load_tracks(SAMPLE, "held_out") if track.detector == "heavy"]
    same = draw_rendered_batch(tracks, np.random.default_rng(8), 30, 9, 3, vary=False)
    other = draw_rendered_batch(tracks, np.random.default_rng(8), 30, 9, 3)
    bones = [np.linalg.norm(batch.y[..., 2, :] - batch.y[..., 1, :], axis=-1) for batch in (same, other)]
    assert np.ptp(bones[1], axis=1).max() < 1.05 * np.ptp(bones[0], axis=1).max() + 0.02  # rigid within a window
    assert 0.02 < np.abs(np.log(np.median(bones[1], 1) / np.median(bones[0], 1))).mean() < 0.2


def test_the_depth_channel_is_the_detectors_own_depth_and_may_be_missing() -> None:
    (track, *_) = (one for one in load_tracks(SAMPLE, "held_out") if one.detector == "heavy")
    assert track.depth.shape == track.scores.shape
    assert (track.depth[:, 0] == 0).all()
    assert np.abs(track.depth).max() <= 1.5
    tracks = load_tracks(SAMPLE, "held_out")
    with_it, without, half = (
        draw_rendered_batch(tracks, np.random.default_rng(1), 16, 9, 3, vary=False, depth_share=share).x
        for share in (1.0, 0.0, 0.5)
    )
    assert with_it.shape == (16, 9, 17, 7)
    assert (without[..., 6] == 0).all()
    np.testing.assert_array_equal(with_it[..., :6], without[..., :6])
    known = np.abs(half[..., 6]).max((1, 2)) > 0
    assert 2 < known.sum() < 14
    # Joints that are nearer than the pelvis have a negative depth, as in the truth.
    true = draw_rendered_batch(tracks, np.random.default_rng(1), 16, 9, 3, vary=False).y[..., 2]
    right = [np.corrcoef(with_it[b, ..., 6].ravel(), true[b].ravel())[0, 1] for b in range(16)]
    assert max(right) > 0.5


def test_a_mixture_with_depth_has_the_channel_in_every_window() -> None:
    tracks = load_tracks(SAMPLE, "held_out")
    mixed = Mixture(swinging(), [load_model()], swinging(), 0.25, tracks, 0.5, depth_share=0.5)
    batch = mixed.batch((1, 2), 16, 9, 3, "person_ray", 0.2)
    assert batch.x.shape == (16, 9, 17, 7)
    assert (batch.x[:6, ..., 6] == 0).all()  # motion capture, and posed bodies without depth
    simulated = batch.x[6:8, ..., 6]
    assert np.corrcoef(simulated.ravel(), batch.y[6:8, ..., 2].ravel())[0, 1] > 0.3
    held_out = mixed.held_out_batches((1,), 4, 9, 3, "person_ray")
    assert np.abs(held_out["held_out_rendered_depth"].x[..., 6]).max() > 0
    assert (held_out["held_out_rendered"].x[..., 6] == 0).all()


def test_weights_with_a_depth_channel_see_the_detectors_depth() -> None:
    lifter = open_lifter("h2ot_quality_v6")
    assert lifter.takes_depth
    assert lifter.entry.channels[6] == "depth"
    clip = next(shard for shard in shards.read_all(SAMPLE) if len(shard.meta["people"]) == 3)
    lifted = rendered.lift_clip(lifter, clip, "heavy")
    errors = np.concatenate([person.errors for person in rendered.errors_of(clip, "heavy", lifted)])
    assert 10 < 1000 * np.nanmedian(errors[:, 1]) < 120
