"""Test the scaling from image units to metres."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.skeletons import chain_length
from pipeline.lift.host_lifter import metres_from_image_units
from tests.helpers.motion import clip


def test_the_size_of_the_body_in_the_picture_does_not_matter() -> None:
    truth = clip("walk")[:27] - clip("walk")[:27, :1]
    chain = float(np.median(chain_length(truth)))
    windows = np.stack([truth * 0.13, truth * 2.7]).astype(np.float32)
    out = metres_from_image_units(windows, 1.62)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out[0], truth * (1.62 / chain), atol=1e-5)
    np.testing.assert_allclose(out[1], out[0], atol=1e-5)
    np.testing.assert_allclose(np.median(chain_length(out), axis=1), 1.62, rtol=1e-5)


@pytest.mark.parametrize("size", [0.0, 1e-9])
def test_a_body_without_size_stays_as_it_is(size: float) -> None:
    flat = np.full((1, 3, 17, 3), size, np.float32)
    np.testing.assert_array_equal(metres_from_image_units(flat, 1.62), flat)


def test_a_seq2frame_pass_has_one_frame() -> None:
    pose = (clip("jump")[:1] - clip("jump")[:1, :1])[None]
    assert chain_length(metres_from_image_units(pose.astype(np.float32), 1.62)) == pytest.approx(1.62, rel=1e-5)
