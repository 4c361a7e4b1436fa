"""Test `analyse`, the generator behind window and command line, on the sample video."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from pipeline import weights
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiftConfig, RunConfig, SceneConfig
from pipeline.core.errors import Cancelled, ModelError
from pipeline.core.geometry import camera_from_world
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.skeletons import h36m17_from
from pipeline.core.take import Progress, Take
from pipeline.run.lift_video import Engine, analyse
from pipeline.sources.open import open_source


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


def test_another_recipe_lifts_the_same_2d_again_without_detecting(engine, source) -> None:
    """Change the pruning as the window does: same engine and cache, another `LiftConfig.prune`."""
    takes = {}
    for name, prune in (("own", None), ("full", PruneConfig()), ("sparse", PruneConfig("TPS", ((1, 61),), "TRI"))):
        config = RunConfig(lift=LiftConfig(prune=prune), end_s=1.5)
        *_, take = analyse(source, config, CancelToken(), engine)
        assert isinstance(take, Take)
        takes[name] = take
    own, full, sparse = takes.values()
    for take in (full, sparse):
        assert take.provenance["run"]["detected"] == 0
        assert take.provenance["run"]["from_cache"] == 45
        for track, same in zip(take.tracks2d, own.tracks2d, strict=True):
            np.testing.assert_array_equal(track.joints_image, same.joints_image)
            np.testing.assert_array_equal(track.scores, same.scores)
        assert np.nanmax(np.abs(take.tracks3d[0].joints - own.tracks3d[0].joints)) > 1e-3
    lifters = [take.provenance["lifter"] for take in takes.values()]
    trained = [list(pair) for pair in weights.find().prune["schedule"]]
    assert [lifter["prune"]["schedule"] for lifter in lifters] == [trained, [], [[1, 61]]]
    assert lifters[1]["gflops_per_window"] > lifters[0]["gflops_per_window"] > lifters[2]["gflops_per_window"] > 1
    # The 45 frames are rows 99 to 143 of the window of 243.
    assert full.token_stages == ()
    (block, keep), (then, fewer) = trained
    first = np.linspace(0, 242, keep).round().astype(int)
    stages = {"own": {block: first, then: first[np.linspace(0, keep - 1, fewer).round().astype(int)]}}
    stages["sparse"] = {1: np.linspace(0, 242, 61).round().astype(int)}
    for name, expected in stages.items():
        (kept,) = takes[name].token_stages
        assert kept.person == 1
        assert kept.blocks == tuple(expected)
        for row, frames in zip(kept.kept, expected.values(), strict=True):
            assert np.nonzero(row)[0].tolist() == [f - 99 for f in frames if 99 <= f < 144]


def test_partial_takes_say_what_was_kept_so_far(engine, source) -> None:
    steps = list(analyse(source, RunConfig(end_s=3.0, use_cache=False), CancelToken(), engine))
    takes = [step for step in steps if isinstance(step, Take)]
    assert len(takes) >= 2
    for take in takes:
        (stages,) = take.token_stages
        assert stages.kept.shape == (2, take.frame_count)
        seen = take.tracks3d[0].seen
        assert not stages.kept[:, ~seen].any()
        assert stages.kept[0, seen].mean() == pytest.approx(weights.find().prune["schedule"][0][1] / 243, abs=0.05)


def test_a_run_without_partial_takes_gives_the_same_take(engine, source) -> None:
    takes = {}
    for partials in (True, False):
        steps = list(analyse(source, RunConfig(end_s=2.2, use_cache=False), CancelToken(), engine, partials))
        *early, takes[partials] = [step for step in steps if isinstance(step, Take)]
        assert bool(early) is partials
    (one,), (other,) = (take.tracks3d for take in takes.values())
    np.testing.assert_array_equal(one.joints, other.joints)


def test_a_recipe_that_does_not_fit_is_said_and_the_engine_goes_on(engine, source) -> None:
    config = RunConfig(lift=LiftConfig(prune=PruneConfig("TPS", ((2, 81),), "TRA")), end_s=0.5)
    with pytest.raises(ModelError, match="TRA cannot be put into this checkpoint"):
        list(analyse(source, config, CancelToken(), engine))
    assert not threads()
    *_, take = analyse(source, RunConfig(end_s=0.5), CancelToken(), engine)
    assert take.complete


def test_a_run_that_is_let_go_leaves_no_thread(engine, source) -> None:
    run = analyse(source, RunConfig(use_cache=False), CancelToken(), engine)
    for _ in range(5):
        next(run)
    run.close()
    assert not threads()


def test_the_world_projects_back_onto_the_picture(engine, source) -> None:
    """Check that the 3D, reprojected by the estimated camera, fits the 2D."""
    config = RunConfig(scene=SceneConfig(fov_deg=50, pitch_deg=5, height_cm=180), end_s=4.0)
    *_, take = analyse(source, config, CancelToken(), engine)
    assert isinstance(take, Take)
    assert take.scene is not None
    track, track2d = take.tracks3d[0], take.tracks2d[0]
    camera = camera_from_world(track.joints, take.scene.rotation, take.scene.translation)
    image = take.camera.project(camera)
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
