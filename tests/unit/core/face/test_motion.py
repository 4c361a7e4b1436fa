"""Test that a face's motion has no gaps: short ones are bridged, in long ones the face relaxes."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.core.face.motion import face_motion

TIME_S = np.arange(90) / 30


def motion(values: np.ndarray) -> np.ndarray:
    return face_motion({"jawOpen": values.astype(np.float32)}, TIME_S)["jawOpen"]


def test_what_was_seen_stays_and_short_gaps_are_interpolated() -> None:
    values = np.linspace(0, 0.89, 90)
    seen = values.copy()
    seen[40:46] = np.nan
    assert motion(seen) == pytest.approx(values, abs=1e-6)


def test_an_expression_fades_in_long_gaps_from_both_sides() -> None:
    values = np.full(90, 0.8)
    values[30:60] = np.nan
    found = motion(values)
    assert np.isfinite(found).all()
    assert found[29] == found[60] == pytest.approx(0.8)
    assert (np.diff(found[29:38]) <= 0).all()
    assert (found[38:52] == 0).all()
    assert (np.diff(found[51:61]) >= 0).all()
    assert np.abs(np.diff(found)).max() < 0.12, "no jump"


def test_a_face_that_was_never_seen_rests() -> None:
    assert (motion(np.full(90, np.nan)) == 0).all()
    assert face_motion({}, TIME_S) == {}
