"""Open inputs and read them from end to end, as `lift` does before it detects, and scrub them, as the window does."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from itertools import islice

import numpy as np

ACCEPTED_HZ = (24.0, 60.0)  # rates that the bundled lifters take
MOST_FRAMES = 30_000  # frames that are read: an image of 1 px repeated for ever is sound, but long


def told(run: Callable[[], None]) -> int:
    """Call `run`; print a `UserError` as the command line does."""
    from pipeline.core.errors import UserError

    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    try:
        run()
    except UserError as error:
        print(f"error: {error.message}\n  {error.hint}", file=sys.stderr)
        return 2
    return 0


def read_inputs(argv: list[str]) -> int:
    """Find and read all inputs that the arguments name."""

    def run() -> None:
        from pipeline.sources.inputs import find_inputs

        inputs = find_inputs(argv)
        for found in inputs.found:
            source = found.open()
            if hasattr(source, "poses"):
                _read_joints(source)
            else:
                _read_images(source)
            source.close()
        for _, problem in inputs.problems:
            raise problem

    return told(run)


def _read_images(source: object) -> None:
    info = source.info
    count = sum(1 for _ in islice(source.frames(), MOST_FRAMES))
    for share in (0.9, 0.1, 0.5, 2.0, -1.0, float("inf")):
        source.frame_at(info.duration_s * share)
    for _ in islice(source.frames(info.duration_s / 2, info.duration_s), MOST_FRAMES):
        pass
    print(info.width_px, info.height_px, info.fps_hz, info.frame_count, info.duration_s, count)
    assert info.fps_hz > 0, info
    assert info.duration_s > 0, info
    assert min(info.width_px, info.height_px) > 0, info


def _read_joints(source: object) -> None:
    """Ask for every pose and put it on the grid that a lifter would be given."""
    from pipeline.core.camera import Camera
    from pipeline.core.config import SceneConfig
    from pipeline.core.skeletons import h36m17_from
    from pipeline.lift.resample import GridResampler, grid_rate_hz

    info = source.info
    rate_hz = grid_rate_hz(Camera.of(info, SceneConfig()), ACCEPTED_HZ)
    grid = None if rate_hz is None else GridResampler(rate_hz)
    assert np.isfinite(info.duration_s), info
    for _, time_s, pose in source.poses():
        assert np.isfinite(time_s)
        joints, scores = h36m17_from(pose.skeleton, pose.joints_image[:1], pose.scores[:1])
        if grid is not None and len(joints):
            rows, _ = grid.push(joints, scores, np.array([time_s]))
            assert len(rows) < MOST_FRAMES
