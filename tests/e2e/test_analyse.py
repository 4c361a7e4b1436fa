"""The generator behind both the window and the command line, on the sample video with the real models."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from pipeline.config import RunConfig, SceneConfig
from pipeline.errors import Cancelled
from pipeline.flow import CancelToken
from pipeline.geometry import camera_from_world, image_from_camera
from pipeline.offline import Engine, analyse
from pipeline.skeleton import h36m17_from
from pipeline.sources.open import open_source
from pipeline.types import Progress, Take


@pytest.fixture(scope="module")
def engine():
    with Engine() as engine:
        yield engine


@pytest.fixture
def source(sample_path):
    source = open_source(sample_path)
    yield source
    source.close()


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & {"frame-reader", "lifter"}


def test_the_skeleton_can_be_watched_while_the_run_goes_on(engine, source) -> None:
    config = RunConfig(use_cache=False, end_s=4.0)
    steps = list(analyse(source, config, CancelToken(), engine))
    takes = [step for step in steps if isinstance(step, Take)]
    assert [take.complete for take in takes] == [False] * (len(takes) - 1) + [True]
    assert len(takes) >= 3
    seen = [int(take.tracks3d[0].seen.sum()) for take in takes]
    assert seen == sorted(seen)
    assert 30 <= seen[0] < seen[-1] == 120
    detected = [step.done for step in steps if isinstance(step, Progress) and step.stage == "detect"]
    assert detected == list(range(1, 121))
    assert not threads()


def test_a_cancel_ends_the_threads_and_the_next_run_is_whole(engine, source) -> None:
    cancel = CancelToken()
    run = analyse(source, RunConfig(use_cache=False), cancel, engine)
    for step in run:
        if isinstance(step, Progress) and step.stage == "detect" and step.done == 10:
            cancel.cancel()
            break
    with pytest.raises(Cancelled):
        list(run)
    assert not threads()
    *_, take = analyse(source, RunConfig(use_cache=False, end_s=0.5), CancelToken(), engine)
    assert isinstance(take, Take)
    assert take.frame_count == 15


def test_a_run_that_is_let_go_leaves_no_thread(engine, source) -> None:
    run = analyse(source, RunConfig(use_cache=False), CancelToken(), engine)
    for _ in range(5):
        next(run)
    run.close()
    assert not threads()


def test_the_world_projects_back_onto_the_picture(engine, source) -> None:
    """The estimates may be off, but they belong together: seen from the estimated camera the skeleton fits the 2D."""
    config = RunConfig(scene=SceneConfig(fov_deg=50, pitch_deg=5, height_cm=180), end_s=4.0)
    *_, take = analyse(source, config, CancelToken(), engine)
    assert isinstance(take, Take)
    assert take.scene is not None
    track, track2d = take.tracks3d[0], take.tracks2d[0]
    camera = camera_from_world(track.joints, take.scene.rotation, take.scene.translation)
    image = image_from_camera(camera, take.scene.fov_deg, take.info.width_px, take.info.height_px)
    joints, scores = h36m17_from(track2d.skeleton, track2d.joints_image, track2d.scores)
    error = np.linalg.norm(image - joints, axis=-1)[scores > 0.8]
    body = np.nanmedian(np.nanmax(joints[..., 1], axis=1) - np.nanmin(joints[..., 1], axis=1))
    assert np.median(error) < 0.04 * body
    assert {key: value for key, value in take.scene.notes.items() if key in ("fov", "pitch", "height")} == {
        "fov": "set by the user",
        "pitch": "set by the user",
        "height": "set by the user",
    }


def test_a_taller_person_stands_farther_away_and_is_larger_in_proportion(engine, source) -> None:
    sizes = []
    for height_cm in (150, 180):
        config = RunConfig(scene=SceneConfig(height_cm=height_cm), end_s=1.0)
        *_, take = analyse(source, config, CancelToken(), engine)
        assert isinstance(take, Take)
        joints = take.tracks3d[0].joints
        sizes.append(np.linalg.norm(joints[:, 1] - joints[:, 2], axis=-1).mean())
    assert sizes[1] / sizes[0] == pytest.approx(180 / 150, rel=1e-3)
