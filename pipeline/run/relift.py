"""Lift people of a finished take again from the take's own 2D: after tracks were merged or split, or with other lifting
settings. Nothing is detected and no video is opened.

Topology: caller's thread -> bounded queue -> lift thread (`lift.lift_thread`), as in `offline`. Closing the generator,
an error or a cancel joins the thread.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..core.concurrency import CancelToken
from ..core.config import RunConfig
from ..core.poses import Track2D
from ..core.skeletons import h36m17_from
from ..core.take import LiftedTrack, Progress, Take, TokenStages
from ..lift.base import WindowLifter
from ..lift.lift_thread import LiftWorker, Rows
from ..lift.windows import TrackLift
from ..post.finish import field_of_view
from ..system import devices
from ..take.provenance import lifter_facts, with_settings
from .models import Engine
from .refinish import finish_tracks

_BATCH_ROWS = 32
_NEWS_S = 0.2  # how often a long wait for the lift thread says how far it is


def lift_again(
    take: Take, persons: Sequence[int], config: RunConfig, cancel: CancelToken, engine: Engine
) -> Iterator[Progress | Take]:
    """Yields `Progress` and, last, `take` with `persons` lifted anew and everyone finished with `config`.

    Who was lifted before and is not in `persons` keeps that. Raises `NoPersonError` for somebody who is not in the
    take, whatever the lifter raises, and `Cancelled` within a batch of windows of `cancel`.
    """
    tracks = [take.person_track2d(person) for person in persons]
    yield Progress("prepare", 0, 0, "Loading models")
    begun = time.monotonic()
    fov_deg, _ = field_of_view(config.scene, take.info)
    info, size_px = take.info, (take.info.width_px, take.info.height_px)

    def make_track(lifter: WindowLifter) -> TrackLift:
        return TrackLift(lifter, info.fps_hz, size_px, variable_rate=info.variable_rate, fov_deg=fov_deg)

    worker = LiftWorker(lambda: engine.lifter(config.lift), make_track, cancel)
    try:
        for track in tracks:
            joints, scores = h36m17_from(track.skeleton, track.joints_image, track.scores)
            for start in range(0, len(joints), _BATCH_ROWS):
                cancel.check()
                rows = slice(start, start + _BATCH_ROWS)
                worker.push(Rows(track.person, joints[rows], scores[rows], track.time_s[rows]))
                yield Progress("lift", _rows_lifted(worker, tracks), take.frame_count * len(tracks), "Lifting")
            worker.finish(track.person)
        while not worker.wait(_NEWS_S):
            yield Progress("lift", _rows_lifted(worker, tracks), take.frame_count * len(tracks), "Lifting")
        cancel.check()
        yield Progress("finish", 0, 1, "Smoothing, bones, ground")
        yield _with(take, worker, tracks, config, time.monotonic() - begun)
    finally:
        worker.stop()


def _rows_lifted(worker: LiftWorker, tracks: Sequence[Track2D]) -> int:
    return int(sum(worker.share_lifted(track.person) * len(track.frame_index) for track in tracks))


def _with(take: Take, worker: LiftWorker, tracks: Sequence[Track2D], config: RunConfig, seconds: float) -> Take:
    lifter = worker.lifter
    assert lifter is not None, "something was lifted"
    lifted = {one.person: one for one in take.lifted}
    stages = {one.person: one for one in take.token_stages}
    for track in tracks:
        result = worker.results[track.person]
        lifted[track.person] = LiftedTrack(track.person, result.joints, lifter.unit_stature_m)
        stages.pop(track.person, None)
        if result.blocks:
            stages[track.person] = TokenStages(track.person, result.blocks, result.kept)
    order = [track.person for track in take.tracks2d]
    kept = tuple(lifted[person] for person in order if person in lifted)
    tracks3d, scene = finish_tracks(take.tracks2d, kept, take.info, config)
    return replace(
        take,
        tracks3d=tracks3d,
        scene=scene,
        token_stages=tuple(stages[person] for person in order if person in stages),
        lifted=kept,
        provenance=_provenance(take, lifter, config, worker.lift_s, seconds),
    )


def _provenance(take: Take, lifter: WindowLifter, config: RunConfig, lift_s: float, seconds: float) -> dict[str, Any]:
    """What is known of the take, with the lifter of now; the range and the detector stay."""
    told = with_settings(take.provenance, config)
    now = config.to_json()
    told["config"] = {**dict(told["config"]), "lift": now["lift"]}
    told["lifter"] = lifter_facts(config.lift, lifter)
    told["versions"] = devices.versions()
    told["run"] = {
        **dict(take.provenance.get("run", {})),
        "seconds": round(seconds, 3),
        "lift_seconds": round(lift_s, 3),
        "device": lifter.device_name,
        "precision": lifter.precision,
    }
    return told
