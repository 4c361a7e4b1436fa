"""Test the `WindowLifter` contract of every lifter whose weights are installed."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline import weights
from pipeline.core.camera import Camera
from pipeline.core.config import LiftConfig
from pipeline.lift.base import WindowLifter
from pipeline.lift.host_lifter import create_lifter

CAMERA = Camera.assumed((640, 480))

INSTALLED = [entry.name for entry in weights.manifest() if weights.path_of(entry) is not None]


@pytest.fixture(scope="module", params=INSTALLED)
def lifter(request: pytest.FixtureRequest):
    made = create_lifter(LiftConfig(lifter=request.param, precision="float32"))
    yield made
    made.close()


@pytest.fixture
def window(lifter: WindowLifter) -> tuple[np.ndarray, np.ndarray]:
    """Return two waving people: joints (2, F, 17, 2) px, scores (2, F, 17)."""
    rng = np.random.default_rng(5)
    still = rng.uniform(200, 400, (2, 1, 17, 2))
    moving = still + 20 * np.sin(np.arange(lifter.frames) / 15)[None, :, None, None] * rng.normal(size=(2, 1, 17, 2))
    return moving.astype(np.float32), np.full((2, lifter.frames, 17), 0.8, np.float32)


def test_the_default_lifter_comes_with_the_program():
    assert weights.find().name in INSTALLED


def test_attributes(lifter: WindowLifter):
    assert isinstance(lifter, WindowLifter)
    assert lifter.name in INSTALLED
    assert lifter.frames > 0
    assert 0 < lifter.rate_hz[0] <= lifter.rate_hz[1]
    assert 1.0 < lifter.unit_stature_m < 2.2


def test_shape_root_and_size_of_a_body(lifter: WindowLifter, window):
    out = lifter.lift_windows(*window, CAMERA)
    assert out.shape == (2, lifter.frames, 17, 3)
    assert out.dtype == np.float32
    assert (out[:, :, 0] == 0).all()
    assert 0.05 < np.abs(out).max() < 5


def test_it_says_how_it_prunes_what_stayed_and_what_that_costs(lifter: WindowLifter, window):
    lifter.lift_windows(*window, CAMERA)
    assert lifter.gflops is not None
    assert lifter.gflops > 0
    stages = [(block, keep) for block, keep in lifter.prune.schedule if keep < lifter.frames]
    before = np.ones((2, lifter.frames), bool)
    for (block, keep), (told, kept) in zip(stages, lifter.last_kept.items(), strict=True):
        assert told == block
        assert kept.shape == (2, lifter.frames)
        assert kept.dtype == bool
        assert (kept.sum(1) == keep).all()
        assert (kept <= before).all()  # dropped frames do not come back
        before = kept


def test_same_input_same_output_and_inputs_are_left_alone(lifter: WindowLifter, window):
    joints, scores = window
    kept = joints.copy(), scores.copy()
    first = lifter.lift_windows(joints, scores, CAMERA)
    np.testing.assert_array_equal(first, lifter.lift_windows(joints, scores, CAMERA))
    np.testing.assert_array_equal(joints, kept[0])
    np.testing.assert_array_equal(scores, kept[1])


def test_windows_of_a_batch_are_independent(lifter: WindowLifter, window):
    joints, scores = window
    both = lifter.lift_windows(joints, scores, CAMERA)
    alone = lifter.lift_windows(joints[1:], scores[1:], CAMERA)
    np.testing.assert_allclose(both[1:], alone, rtol=0, atol=1e-3)


def test_float32_unless_the_user_asks(lifter: WindowLifter):
    assert LiftConfig().precision == "float32"
    assert lifter.precision == "float32"


def test_bfloat16_is_near_float32_and_moves_little_with_the_batch(lifter: WindowLifter, window):
    """Compare bfloat16 with float32, whether the processor has it or emulates it.

    It has eight significant bits, so a joint is known to one part in 2^8 of the farthest joint's distance: 2 mm. Each
    layer rounds, and a matrix product of another shape may sum in another order, which changes the rounding. Measured:
    1.3 to 1.7 mm in the mean and 8.5 at most from float32 where it is emulated, which is deterministic; up to 2.3 mm
    between batches where the processor has it.
    """
    joints, scores = window
    half = create_lifter(LiftConfig(lifter=lifter.name, precision="bfloat16"))
    assert half.precision == "bfloat16"
    exact = lifter.lift_windows(joints, scores, CAMERA)
    both = half.lift_windows(joints, scores, CAMERA)
    alone = half.lift_windows(joints[1:], scores[1:], CAMERA)
    half.close()
    step = np.abs(exact).max() / 2**8
    for one, other in ((both, exact), (both[1:], alone)):
        apart = np.abs(one - other)
        assert apart.mean() < step
        assert apart.max() < 6 * step
    assert np.abs(both - exact).max() > step / 10  # it did compute in bfloat16


def test_what_was_not_seen_never_spoils_the_window(lifter: WindowLifter, window):
    joints, scores = window[0].copy(), window[1].copy()
    joints[0, 10:40] = np.nan
    joints[0, :, 3] = np.nan
    joints[1] = np.nan
    scores[np.isnan(joints[..., 0])] = 0
    assert np.isfinite(lifter.lift_windows(joints, scores, CAMERA)).all()


def test_no_windows(lifter: WindowLifter):
    empty = np.zeros((0, lifter.frames, 17, 2), np.float32)
    assert lifter.lift_windows(empty, empty[..., 0], CAMERA).shape == (0, lifter.frames, 17, 3)


def test_a_wrong_shape_is_refused(lifter: WindowLifter):
    wrong = np.zeros((1, lifter.frames + 1, 17, 2), np.float32)
    with pytest.raises(ValueError, match="expected"):
        lifter.lift_windows(wrong, wrong[..., 0], CAMERA)
