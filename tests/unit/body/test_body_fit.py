"""Test the fit of one body by inverse kinematics."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pipeline.body.body_fit import fitted, joint_jacobian
from pipeline.body.bones import bone_lengths, measure_body, unit, with_body
from tests.helpers.motion import clip

JUMP = clip("jump") - clip("jump")[:, :1]
BODY = measure_body(JUMP)
EXACT = with_body(JUMP, BODY)
ONES = np.ones(JUMP.shape[:2])


def noisy(sigma_m: float) -> np.ndarray:
    return EXACT + np.random.default_rng(0).normal(size=EXACT.shape) * sigma_m


def squares(joints: np.ndarray, wanted: np.ndarray, weights: np.ndarray = ONES) -> np.ndarray:
    return (weights * ((joints - wanted) ** 2).sum(-1)).sum(-1)


def test_reach_is_the_body():
    """X = pelvis + M D, exactly, for joints of constant bones."""
    bones = ((4, 1), (8, 0), (11, 14), (9, 8), (10, 9), (2, 1), (3, 2), (5, 4), (6, 5), (12, 11), (13, 12), (15, 14),
             (16, 15))  # fmt: skip
    vectors = np.stack([unit(EXACT[:, a] - EXACT[:, b]) for a, b in bones], axis=1)
    assert np.allclose(np.einsum("jk,tkc->tjc", joint_jacobian(BODY), vectors), EXACT, atol=1e-9)


def test_what_is_possible_is_kept():
    assert np.allclose(fitted(EXACT, ONES, BODY), EXACT, atol=1e-6)


def test_lengths_are_exact_and_joints_move_less_than_bone_by_bone():
    wanted = noisy(0.04)
    fit, chain = fitted(wanted, ONES, BODY), with_body(wanted, BODY)
    assert np.ptp(bone_lengths(fit), axis=0).max() < 1e-9
    assert np.allclose(bone_lengths(fit)[0], BODY.lengths, atol=1e-9)
    assert np.allclose(fit[:, 8], (fit[:, 11] + fit[:, 14]) / 2, atol=1e-9)
    assert (squares(fit, wanted) < squares(chain, wanted)).all()
    assert squares(fit, wanted).mean() < 0.5 * squares(chain, wanted).mean()
    # ... and it is nearer to the truth, most of all at the ends of the limbs.
    ends = [3, 6, 13, 16]
    off_fit, off_chain = (np.linalg.norm(x - EXACT, axis=-1)[:, ends].mean() for x in (fit, chain))
    assert off_fit < 0.85 * off_chain


def test_more_sweeps_only_come_nearer():
    wanted = noisy(0.08)
    costs = [squares(fitted(wanted, ONES, BODY, n), wanted).sum() for n in (1, 2, 4, 8, 16)]
    assert all(later <= earlier + 1e-9 for earlier, later in itertools.pairwise(costs))
    assert costs[3] < 1.02 * costs[4]  # eight are enough


def test_weights_say_who_gives_way():
    wanted = EXACT.copy()
    wanted[:, 3] += [0.0, 0.0, -0.3]  # an ankle out of reach ...
    trusted, doubted = ONES.copy(), ONES.copy()
    doubted[:, 3] = 0.01
    off = [np.linalg.norm(fitted(wanted, w, BODY)[:, 2] - EXACT[:, 2], axis=-1).mean() for w in (trusted, doubted)]
    assert off[1] < 0.1 * off[0]  # ... does not pull the knee when its weight is 0


def test_unseen_frames_stay_unseen():
    wanted = EXACT.copy()
    wanted[10:20] = np.nan
    fit = fitted(wanted, ONES, BODY)
    assert np.isnan(fit[10:20]).all()
    assert np.isfinite(fit[[9, 20]]).all()
    assert np.isnan(fitted(np.full((3, 17, 3), np.nan), ONES[:3], BODY)).all()


@pytest.mark.parametrize("flat", [0.0, 1e-12])
def test_collapsed_limbs_do_not_break_it(flat):
    wanted = EXACT.copy()
    wanted[:, 13] = wanted[:, 12] + flat
    fit = fitted(wanted, ONES, BODY)
    assert np.isfinite(fit).all()
