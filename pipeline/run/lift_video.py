"""Lift a video, or 2D joints from a file, to a take without dropping frames.

Topology: reader thread -> queue -> caller's thread (detect, track) -> queue -> lift thread. Both queues are bounded and
wait, nothing is dropped. Closing the generator, an error or a cancel joins the threads and leaves nothing but the 2D
cache, from which the next run resumes.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..camera_motion.turns import CameraMotion, measure_turns
from ..core.arrays import Doubles
from ..core.camera import Camera, at_recorded_rate
from ..core.concurrency import CancelToken
from ..core.config import RunConfig
from ..core.errors import NoPersonError, SourceError
from ..core.poses import PersonTrack, Poses
from ..core.take import Progress, Take
from ..detect.detect_video import ObserveStats, cache_for, observe
from ..detect.mediapipe.choose import resolved
from ..detect.tracker import Tracker
from ..lift.lift_thread import Lifted, LiftWorker
from ..post.finish import finish
from ..sources.base import TimedSource
from ..sources.joints2d.source import Joints2DSource
from ..sources.turned import turned
from ..take.provenance import of_run
from .camera_watch import CameraWatch
from .frame_counts import frame_notes, lift_notes, person_counts
from .models import Engine
from .rejoin import rejoin, with_suggestions
from .turned_people import roll_with_people

if TYPE_CHECKING:
    from ..detect.base import Detector
    from ..sources.base import FrameSource

__all__ = ["Engine", "analyse"]

log = logging.getLogger(__name__)

_BATCH_ROWS = 32  # frames handed to the lift thread at a time
_PROGRESS_PERIOD_S = 0.5  # s between progress reports while waiting for the lift thread
# Shorter appearances are detector noise; in a clip not much longer than that, half of the clip suffices.
SHORTEST_PERSON_S = 0.5
SHORTEST_PERSON_SHARE = 0.5


def analyse(
    source: FrameSource | Joints2DSource, config: RunConfig, cancel: CancelToken, engine: Engine, partials: bool = True
) -> Iterator[Progress | Take]:
    """Detect, track, lift and finish `source`.

    Yields `Progress`, partial takes (complete=False), and the complete take last. `partials` False saves the time of
    partial takes where nobody looks at them; the complete take is the same. Raises the `UserError` of the failing
    stage (`NoPersonError` if no person, or not the requested one, was found), and `Cancelled` within a frame or a batch
    of windows of `cancel`.
    """
    yield Progress("prepare", 0, 0, "Loading models")
    run = _Run(source, config, cancel, engine, partials)
    try:
        yield from run.steps()
    finally:
        run.close()


class _Run:
    """Hold the state of one run; `steps` is the generator behind `analyse`."""

    def __init__(
        self,
        source: FrameSource | Joints2DSource,
        config: RunConfig,
        cancel: CancelToken,
        engine: Engine,
        partials: bool,
    ) -> None:
        source = turned(source, config.scene.turn_deg)
        self.info = at_recorded_rate(source.info, config.recorded_fps)
        self.scene_config = config.scene.in_turned(self.info.turned_deg)  # in the images as they are now
        self.times = source.time_s if isinstance(source, TimedSource) else None
        self.faster = self.info.slow_motion / source.info.slow_motion  # seconds of the source per second here
        self.camera = Camera.of(self.info, self.scene_config)
        self.config = config
        self.cancel = cancel
        self.engine = engine
        self.stats = ObserveStats()
        self.begun = time.monotonic()
        self.pushed: dict[int, int] = {}  # identity -> rows the lift thread has
        self.given_names: tuple[str, ...] = ()  # of the source's identities 1, 2, ...
        self.doubtful: list[tuple[int, int]] = []  # identities that may be one person
        alone = False  # True: joints of one person that were tracked elsewhere, so no identities can be confused
        self.images: tuple[FrameSource, Detector] | None = None  # None: 2D joints from a file
        self.watch = CameraWatch(None)
        self.poses: Poses
        if isinstance(source, Joints2DSource):
            self.detector_name, self.skeleton = f"2D joints from a file ({source.format})", source.skeleton
            self.detector_runtime = ""
            self.poses = self._at_recorded_rate(source.poses(*self._range_s()))
            self.given_names = source.names
            alone = source.person_count == 1
        else:
            self.config = replace(config, detect=resolved(config.detect))  # the take names the detector that ran
            detector = engine.detector(self.config.detect)
            self.detector_name, self.skeleton = f"{detector.name} ({detector.cache_key})", detector.skeleton
            self.detector_runtime = getattr(detector, "runtime", "")  # what "auto" took; results depend on it
            self.poses = self._at_recorded_rate(self._observed(source, detector))
            self.images = (source, detector)
        self.tracker = Tracker(self.skeleton, self.camera, one_person=alone)
        repair_sides = config.post.sides == "repair"
        self.worker = LiftWorker(
            lambda: engine.lifter(config.lift), self.camera, cancel, partials=partials, repair_sides=repair_sides
        )

    def _range_s(self) -> tuple[float | None, float | None]:
        """Return start and end of the range in times of the source."""
        start, end = self.config.start_s, self.config.end_s
        return None if start is None else start * self.faster, None if end is None else end * self.faster

    def _at_recorded_rate(self, poses: Poses) -> Poses:
        try:
            for index, time_s, pose in poses:
                yield index, time_s / self.faster, pose
        finally:
            poses.close()

    def _observed(self, source: FrameSource, detector: Detector) -> Poses:
        start_s, end_s = self._range_s()
        cache = cache_for(source.info, detector, start_s, end_s) if self.config.use_cache else None
        if self.config.scene.camera_motion == "measure":
            self.watch = CameraWatch(None if cache is None else cache.folder / "camera")
            source = self.watch.watched(source)
        return observe(source, detector, cache, self.cancel, self.stats, start_s, end_s)

    def _camera_motion(self, people: tuple[PersonTrack, ...]) -> CameraMotion:
        """Measure how the camera turned."""
        if self.images is None or self.config.scene.camera_motion != "measure":
            return CameraMotion("unknown")
        index, source_s = people[0].frame_index, people[0].time_s * self.faster
        points = self.watch.points(self.images[0], index, source_s, self.cancel)
        return measure_turns(points, index, self.camera, people)

    def close(self) -> None:
        self.poses.close()
        self.worker.stop()

    def steps(self) -> Iterator[Progress | Take]:
        total = self._frames_expected()
        done = 0
        partials: dict[int, Lifted] = {}
        for index, time_s, pose in self.poses:
            self.cancel.check()
            self.tracker.update(index, time_s, pose)
            done += 1
            if done % _BATCH_ROWS == 0:
                for identity in self._wanted_so_far():
                    self._push(identity)
                news = self.worker.take_partials()
                if news:
                    partials.update(news)
                    wanted = {
                        identity: partials[identity] for identity in self._wanted_so_far() if identity in partials
                    }
                    yield self._take(wanted, complete=False)
            yield Progress("detect", done, max(total, done))
        if done == 0:
            raise SourceError(
                f"There is no frame in the chosen range of {self.info.name}.",
                f"The video is {self.info.duration_s:.2f} s long: choose a range inside it.",
            )
        self.doubtful = rejoin(self.tracker, self._identities())
        chosen = self._chosen()
        yield Progress("lift", 0, done, "Lifting the last windows")
        for identity in chosen:
            self._push(identity)
            self.worker.finish(identity)
        while not self.worker.wait(_PROGRESS_PERIOD_S):
            share = sum(self.worker.share_lifted(identity) for identity in chosen) / len(chosen)
            yield Progress("lift", int(share * done), done, "Lifting the last windows")
        self.cancel.check()
        yield Progress("finish", 0, 1, "Smoothing, bones, ground")
        yield self._take({identity: self.worker.results[identity] for identity in chosen}, complete=True)

    def _frames_expected(self) -> int:
        start, end = self.config.start_s or 0.0, self.config.end_s
        if self.config.start_s is None and end is None:
            return self.info.frame_count
        span = min(end if end is not None else self.info.duration_s, self.info.duration_s) - start
        return max(0, round(span * self.info.fps_hz))

    def _identities(self) -> list[int]:
        """Return identities by presence, without false detections."""
        clip_s = len(self.tracker.frame_index) / self.camera.rate_hz
        return self.tracker.identities(minimum_s=min(SHORTEST_PERSON_S, SHORTEST_PERSON_SHARE * clip_s))

    def _wanted_so_far(self) -> list[int]:
        """Return the persons to lift ahead of the final choice.

        A correct guess saves time at the end; a wrong one costs little and does no harm.
        """
        identities = self._identities()
        if self.config.persons == "all":
            return identities
        numbers = self.config.persons or (1,)
        return [identities[n - 1] for n in numbers if n <= len(identities)]

    def _chosen(self) -> list[int]:
        identities = self._identities()
        if not identities:
            raise self._nobody()
        if self.config.persons == "all":
            return identities
        numbers = self.config.persons or (1,)
        absent = [n for n in numbers if n > len(identities)]
        if absent:
            found = "1 person was" if len(identities) == 1 else f"{len(identities)} people were"
            raise NoPersonError(
                f"There is no person {absent[0]} in {self.info.name}: {found} found.",
                f"Choose a number from 1 to {len(identities)}; 1 is the most present.",
            )
        return [identities[n - 1] for n in numbers]

    def _nobody(self) -> NoPersonError:
        """Return the error of a run without people; it says so if they are there in turned images."""
        roll_deg, images = None, self.images
        if images is not None and self.config.scene.roll_deg is None:
            start_s, end_s = self._range_s()
            end_s = min(images[0].info.duration_s, np.inf if end_s is None else end_s)
            roll_deg = roll_with_people(*images, start_s or 0.0, end_s, self.cancel)
        if roll_deg is not None:
            return NoPersonError(
                f"Nobody was found in {self.info.name}, but people are in it if its images are turned.",
                f"Is the camera upside down or on its side? Set its roll to {roll_deg} degrees.",
                field="roll_deg",
            )
        return NoPersonError(
            f"Nobody was found in {self.info.name}.",
            "Choose a video (or a range of it) in which a person is seen from head to foot and not too small.",
        )

    def _push(self, identity: int) -> None:
        """Hand this person's new rows to the lift thread, in batches small enough to cancel between."""
        start, stop = self.pushed.get(identity, 0), len(self.tracker.frame_index)
        for begin in range(start, stop, _BATCH_ROWS):
            self.cancel.check()
            self.worker.push(self.tracker.rows(identity, begin, min(begin + _BATCH_ROWS, stop)))
        self.pushed[identity] = stop

    def _take(self, lifted: dict[int, Lifted], *, complete: bool) -> Take:
        identities = self._identities()
        number = {identity: n for n, identity in enumerate(identities, start=1)}
        tracks2d = tuple(self.tracker.track(identity, number[identity]) for identity in identities)
        lifter = self.worker.lifter
        assert lifter is not None, "something was lifted"
        parts = [
            so_far.of_take(number[identity], len(self.tracker.frame_index))
            for identity, so_far in sorted(lifted.items(), key=lambda item: number[item[0]])
        ]
        kept, stages = tuple(track for track, _ in parts), tuple(stage for _, stage in parts if stage is not None)
        config = replace(self.config, scene=self.scene_config)
        if not complete:
            config = replace(config, post=self.config.post.preview())
        motion = self._camera_motion(tracks2d) if complete else CameraMotion("unknown")
        tracks3d, scene = finish(tracks2d, kept, self.camera, config, errors=complete, turn=motion.turn)
        scene = replace(scene, notes=scene.notes | motion.notes)
        scene = with_suggestions(scene, self.doubtful, number, tracks2d)
        rows = len(self.tracker.frame_index)
        counts = person_counts(tracks2d, tracks3d)
        run = {
            "frames": rows,
            "decoded": rows - len(self.stats.damaged),
            "damaged": len(self.stats.damaged),
            "detected": self.stats.detected,
            "from_cache": self.stats.cached,
            "seconds": round(time.monotonic() - self.begun, 3),
            "detector_runtime": self.detector_runtime,
            "detect_seconds": round(self.stats.detect_s, 3),
            "lift_seconds": round(self.worker.lift_s, 3),
            "persons": counts,
        }
        provenance = of_run(self.info, self.detector_name, self.config, lifter, run)
        if complete:
            listed = None if self.times is None else self._listed(self.times)
            notes = frame_notes(rows, listed, self.stats.damaged, self.stats.fitted)
            said = [scene.notes[key] for key in ("speed", "camera", "turn", "lens") if key in scene.notes]
            notes += lift_notes(counts) + said
            provenance["notes"] = [*self.info.notes, *notes]
        names = self._names(number)
        return Take(
            self.info, tracks2d, tracks3d, scene, provenance, complete, stages, kept, names, camera_turn=motion.turn
        )

    def _listed(self, times: Doubles) -> int:
        """Return the number of frames that the source lists in the range."""
        start_s, end_s = self._range_s()
        start = 0 if start_s is None else int(np.searchsorted(times, start_s))
        return (len(times) if end_s is None else int(np.searchsorted(times, end_s))) - start

    def _names(self, number: dict[int, int]) -> dict[int, str]:
        """Return the source's names of people, by their numbers in the take."""
        given = {n: self.tracker.given_identity(identity) for identity, n in number.items()}
        return {n: self.given_names[who - 1] for n, who in given.items() if who and who <= len(self.given_names)}
