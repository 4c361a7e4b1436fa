"""Test the time grid of a lifter where the source pauses: long gaps cost few rows, and every frame keeps its place."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.lift.resample import GridResampler, from_grid


def walk(time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    joints = np.repeat(np.arange(len(time_s), dtype=np.float32), 34).reshape(-1, 17, 2)
    return joints, np.ones((len(time_s), 17), np.float32)


@pytest.mark.parametrize("gap_s", [11.0, 86_400.0, 3e7])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_long_pause_costs_few_rows_and_moves_no_frame(gap_s: float, at_once: bool) -> None:
    time_s = np.concatenate([np.arange(20) / 30, 19 / 30 + gap_s + np.arange(20) / 30])
    joints, scores = walk(time_s)
    grid = GridResampler(60.0)
    pieces = [slice(0, 40)] if at_once else [slice(i, i + 1) for i in range(40)]
    rows = np.concatenate([grid.push(joints[p], scores[p], time_s[p])[0] for p in pieces] + [grid.finish()[0]])
    assert len(rows) == grid.rows < 10.0 * 60 + 2 * 20 * 2 + 5
    position = grid.position(time_s)
    assert (np.diff(position) > 0).all()
    back = from_grid(rows, grid.row_positions, position)
    np.testing.assert_allclose(back[:, 0, 0], np.arange(40), atol=1e-3)


def test_a_short_pause_is_kept() -> None:
    time_s = np.array([0.0, 0.1, 9.0, 9.1])
    joints, scores = walk(time_s)
    grid = GridResampler(50.0)
    grid.push(joints, scores, time_s)
    np.testing.assert_allclose(grid.position(time_s), time_s * 50)
