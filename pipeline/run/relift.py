"""Re-lift people of a finished take from its 2D, after edits or with other lifting settings.

Nothing is detected and no video is opened. Topology: caller's thread -> bounded queue -> lift thread
(`lift.lift_thread`), as in `lift_video`. Closing the generator, an error or a cancel joins the thread.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..camera_motion.steady import turn_at
from ..core.camera import Camera
from ..core.concurrency import CancelToken
from ..core.config import RunConfig
from ..core.poses import PersonTrack
from ..core.take import Progress, Take
from ..lift.lift_thread import LiftWorker
from ..post.finish import finish
from ..take.provenance import of_relift
from .models import Engine
from .rejoin import kept_suggestions

_BATCH_ROWS = 32  # frames handed to the lift thread at a time
_PROGRESS_PERIOD_S = 0.2  # s between progress reports while waiting for the lift thread


def relift(
    take: Take, persons: Sequence[int], config: RunConfig, cancel: CancelToken, engine: Engine
) -> Iterator[Progress | Take]:
    """Yield `Progress`, then `take` with `persons` re-lifted and all finished with `config`.

    Persons who were lifted before and are not in `persons` keep their 3D. Raises `NoPersonError` for a person who is
    not in the take, the errors of the lifter, and `Cancelled` within a batch of windows of `cancel`.
    """
    tracks = [take.person_track2d(person) for person in persons]
    yield Progress("prepare", 0, 0, "Loading models")
    begun = time.monotonic()
    camera = Camera.of(take.info, config.scene.in_turned(take.info.turned_deg), take.time_s)
    repair_sides = config.post.sides == "repair"
    worker = LiftWorker(lambda: engine.lifter(config.lift), camera, cancel, partials=False, repair_sides=repair_sides)
    try:
        for track in tracks:
            for start in range(0, len(track.frame_index), _BATCH_ROWS):
                cancel.check()
                worker.push(track.rows(slice(start, start + _BATCH_ROWS)))
                yield Progress("lift", _rows_lifted(worker, tracks), take.frame_count * len(tracks), "Lifting")
            worker.finish(track.person)
        while not worker.wait(_PROGRESS_PERIOD_S):
            yield Progress("lift", _rows_lifted(worker, tracks), take.frame_count * len(tracks), "Lifting")
        cancel.check()
        yield Progress("finish", 0, 1, "Smoothing, bones, ground")
        yield _with(take, worker, tracks, camera, config, time.monotonic() - begun)
    finally:
        worker.stop()


def _rows_lifted(worker: LiftWorker, tracks: Sequence[PersonTrack]) -> int:
    return int(sum(worker.share_lifted(track.person) * len(track.frame_index) for track in tracks))


def _with(
    take: Take, worker: LiftWorker, tracks: Sequence[PersonTrack], camera: Camera, config: RunConfig, seconds: float
) -> Take:
    """Return `take`, finished, with the worker's results in place of the earlier 3D of `tracks`."""
    lifter = worker.lifter
    assert lifter is not None, "something was lifted"
    lifted = {one.person: one for one in take.lifted}
    stages = {one.person: one for one in take.token_stages}
    for track in tracks:
        stages.pop(track.person, None)
        lifted[track.person], kept = worker.results[track.person].of_take(track.person, len(track.frame_index))
        if kept is not None:
            stages[track.person] = kept
    order = [track.person for track in take.tracks2d]
    everyone = tuple(lifted[person] for person in order if person in lifted)
    seen = replace(config, scene=config.scene.in_turned(take.info.turned_deg))
    turn = turn_at(take.camera_turn, take.camera, camera)
    tracks3d, scene = finish(take.tracks2d, everyone, camera, seen, turn=turn)
    scene = kept_suggestions(take.scene, scene)
    run = {"seconds": round(seconds, 3), "lift_seconds": round(worker.lift_s, 3)}
    return replace(
        take,
        tracks3d=tracks3d,
        scene=scene,
        camera_turn=turn,
        token_stages=tuple(stages[person] for person in order if person in stages),
        lifted=everyone,
        provenance=of_relift(take.provenance, config, lifter, run),
    )
