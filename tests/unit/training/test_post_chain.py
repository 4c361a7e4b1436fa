"""Test the evaluation of the post-processing chain, and stored lifted joints."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.config import PostConfig
from pipeline.core.errors import ConfigError, SourceError
from tests.helpers.motion import clip
from training.data.motion_file import UNIT_STATURE_M, Clips, at_unit_stature
from training.evaluate.frozen_views import load_frozen_cameras
from training.post_chain.ablation import ALL_OFF
from training.post_chain.evaluate import finish_clip, measure_clips, post_config, summary
from training.post_chain.lifted_clips import LiftedClip, load_lifted, save_lifted, whole_clips
from training.post_chain.metrics import camera_rotation, clip_metrics, true_contacts


def perfect_clips(every: int = 1) -> list[LiftedClip]:
    """Return a walk and a jump in two frozen cameras, with `raw` the truth."""
    parts = [clip("walk"), clip("jump")]
    length = np.array([len(part) for part in parts])
    clips = Clips(
        np.concatenate(parts).astype(np.float32), np.array([0, length[0]]), length,
        *(np.array(names) for names in (["walk", "jump"], ["a", "b"], ["one", "two"])),
    )  # fmt: skip
    return [
        dataclasses.replace(lifted, raw=lifted.camera - lifted.camera[:, :1], unit_stature_m=UNIT_STATURE_M)
        for lifted in whole_clips(clips, load_frozen_cameras(), 0, None, every)
    ]


def test_whole_clips_at_unit_stature_in_their_camera():
    first, second = perfect_clips()
    cameras = load_frozen_cameras()
    assert (first.name, first.source, second.name) == ("walk", "a", "jump")
    assert first.rate_hz == cameras.rate_hz[0]
    assert len(first.raw) == int((len(clip("walk")) - 1) / (60 / first.rate_hz)) + 1
    world, _ = at_unit_stature(clip("walk")[None])
    assert np.allclose(first.world[0], world[0, 0], atol=1e-3)  # a clip is at stature by its own rows
    for lifted in (lifted for lifted in (first, second) if lifted.still):
        axes = camera_rotation(lifted)
        assert np.allclose(
            (lifted.world - lifted.world[:, :1]) @ axes.T, lifted.camera - lifted.camera[:, :1], atol=1e-4
        )
    assert len(perfect_clips(every=2)) == 1


def test_the_unchanged_truth_has_no_errors():
    for lifted in perfect_clips():
        out = clip_metrics(lifted, *finish_clip(lifted, ALL_OFF, known_pitch=True))
        assert out["mpjpe_mm"] < 0.1
        assert out["accel_mm"] < 0.05 < out["accel_reference_mm"]
        assert out["peak_m_s"] == pytest.approx(out["peak_true_m_s"], rel=1e-3)
        assert out["turns_over"] == 0
        assert out["back_share"] == 0


def test_what_is_broken_shows():
    lifted = perfect_clips()[1]
    rng = np.random.default_rng(0)
    raw = lifted.raw + rng.normal(size=lifted.raw.shape).astype(np.float32) * 0.03
    broken = dataclasses.replace(lifted, raw=raw - raw[:, :1])
    result = {
        name: clip_metrics(broken, *finish_clip(broken, post))
        for name, post in (("no", ALL_OFF), ("yes", PostConfig()))
    }
    assert result["no"]["bone_spread_mm"] > 50
    assert result["yes"]["bone_spread_mm"] < 0.01
    assert result["yes"]["accel_mm"] < 0.2 * result["no"]["accel_mm"]
    assert result["yes"]["mpjpe_mm"] < 0.7 * result["no"]["mpjpe_mm"]


def test_contacts_are_the_standing_feet():
    jump = clip("jump")
    standing = true_contacts(jump, 60.0)
    airborne = jump[:, [3, 6], 2].min(axis=1) > 0.25
    assert airborne.sum() > 10
    assert not standing[airborne].any()
    assert standing[:20].all()


def test_lifted_joints_are_kept(tmp_path: Path):
    kept = tmp_path / "lifted.npz"
    before = perfect_clips()
    save_lifted(before, kept, "a label")
    after, label = load_lifted(kept)
    assert label == "a label"
    for one, other in zip(before, after, strict=True):
        for field in dataclasses.fields(LiftedClip):
            np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))
    kept.write_bytes(b"nothing")
    with pytest.raises(SourceError, match="cannot be read"):
        load_lifted(kept)


def test_macro_over_the_sources():
    result = summary(measure_clips(perfect_clips(), PostConfig()))
    assert set(result["by_source"]) == {"a", "b"}
    both = [result["by_source"][source]["mpjpe_mm"] for source in ("a", "b")]
    assert result["mpjpe_mm"] == pytest.approx(np.mean(both), abs=1e-3)


def test_settings_of_the_chain():
    assert post_config(["smooth_hz=5", "smooth=butterworth"]) == PostConfig(smooth_hz=5, smooth="butterworth")
    with pytest.raises(ConfigError):
        post_config(["smoth=5"])
