"""Test constant bone lengths over a take."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.body.bones import bone_lengths, measure_body, unit, with_body
from pipeline.body.stature import STATURE_PER_CHAIN, chain_from_height, chain_length
from pipeline.core.skeletons import H36M17
from tests.helpers.motion import clip, constant_bones


@pytest.fixture
def noisy() -> np.ndarray:
    joints = clip("jump")
    joints = joints - joints[:, :1]
    noise = np.random.default_rng(1).normal(size=joints.shape) * 0.02
    noise[:, 0] = 0
    joints += noise
    joints[50:60] = np.nan
    return joints


def test_lengths_are_constant_symmetric_and_of_the_wanted_size(noisy):
    out = constant_bones(noisy, 1.7)
    seen = np.isfinite(out).all(axis=(1, 2))
    assert np.array_equal(~seen, np.isin(np.arange(len(out)), np.arange(50, 60)))
    lengths = bone_lengths(out[seen])
    assert np.ptp(lengths, axis=0).max() < 1e-12
    assert np.allclose(lengths[0][list(H36M17.left)], lengths[0][list(H36M17.right)], atol=1e-12)
    assert np.allclose(chain_length(out[seen]), 1.7, atol=1e-9)
    # Without the rule the same input is far from constant.
    assert np.ptp(bone_lengths(noisy[seen]), axis=0)[2:].min() > 0.02


def test_middles_are_exact(noisy):
    out = constant_bones(noisy, 1.7)[:50]
    assert np.allclose(out[:, 0], (out[:, 1] + out[:, 4]) / 2, atol=1e-12)
    assert np.allclose(out[:, 8], (out[:, 11] + out[:, 14]) / 2, atol=1e-12)
    assert np.allclose(out[:, 7], (out[:, 0] + out[:, 8]) / 2, atol=1e-12)


def test_directions_are_kept(noisy):
    out = constant_bones(noisy, 1.7)[:50]
    for child in (2, 3, 5, 6, 9, 10, 12, 13, 15, 16):
        parent = H36M17.parents[child]
        before, after = (unit(j[:50, child] - j[:50, parent]) for j in (noisy, out))
        assert np.allclose(before, after, atol=1e-9)
    assert np.allclose(unit(noisy[:50, 4] - noisy[:50, 1]), unit(out[:, 4] - out[:, 1]), atol=1e-9)


def test_outliers_do_not_change_the_body(noisy):
    wild = noisy.copy()
    wild[:20] *= 5  # a tenth of the frames
    assert np.allclose(measure_body(wild).lengths, measure_body(noisy).lengths, rtol=0.04)


def test_nobody_and_collapsed_bodies_are_safe():
    for joints in (np.full((3, 17, 3), np.nan), np.zeros((3, 17, 3))):
        assert np.array_equal(with_body(joints, measure_body(joints)), joints, equal_nan=True)


def test_stature_of_a_real_standing_person():
    """The first frames of the jump are standing: floor to head top agrees with the chain length."""
    joints = clip("jump")[:20]
    height_m = float(np.median(joints[:, 10, 2]))
    chain_m = float(np.median(chain_length(joints)))
    assert chain_m * STATURE_PER_CHAIN == pytest.approx(height_m, rel=0.02)
    assert chain_from_height(height_m * 100) == pytest.approx(chain_m, rel=0.02)
