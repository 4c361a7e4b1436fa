"""Lift and finish only what a correction of 2D joints touches.

The windows that read a changed row are lifted again (`lift.changed_windows`), and the steps after the lifter are
repeated where the result changes (`post.stretches`). What a take estimates from all of its frames is kept: camera tilt,
floor, origin, bone lengths and usual noise do not move under the user's hands. With these the result is that of lifting
and finishing everything, to 0.1 mm. `run.refinish` estimates them again, as for a take that was lifted so from the
start: mostly tenths of a millimetre, but a foot or a limb near a threshold may then be treated otherwise.
"""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..core.camera import Camera
from ..core.concurrency import CancelToken
from ..core.config import RunConfig
from ..core.poses import PersonTrack
from ..core.take import LiftedTrack, SceneEstimate, Take, TokenStages
from ..lift.base import WindowLifter
from ..lift.changed_windows import Plan, Relifted, WindowMemory, lift_changed, plan_of
from ..post.finish import finish
from ..post.stretches.state import PersonState, Steps, has_pauses, is_state_of, person_state, steps_of
from ..post.stretches.stretch import NotAStretch, Stretch, finish_stretch
from ..take.corrections.layer import Layered
from ..take.provenance import can_refinish
from .models import Engine
from .rejoin import kept_suggestions

Bools = NDArray[np.bool_]
_SHORT_S = 45.0  # s: a shorter take is finished whole, which is as fast, and its constants follow at once


@dataclass(frozen=True, slots=True)
class Touched:
    """Hold the take after a correction, and the rows (T,) of each person whose 3D changed.

    `whole`: the take was finished whole, with everything estimated again. `bones_mm`: the largest change of a bone if
    the body were measured again; 0 if it was. A large one is a reason for `run.refinish`.
    """

    take: Take
    changed: dict[int, Bools]
    whole: bool
    bones_mm: float
    windows: int  # lifted again
    seconds: float


class StretchLifter:
    """Re-lift stretches of a take, with what was computed last.

    Methods wait for each other.
    The first change of a person costs the steps after the lifter for that person, once; `prepare` does so ahead.
    """

    def __init__(self, config: RunConfig, engine: Engine) -> None:
        self._config, self._engine = config, engine
        self._lock = threading.Lock()
        self._memory = WindowMemory()
        self._plans: dict[int, tuple[PersonTrack, Plan]] = {}
        self._states: dict[int, tuple[PersonTrack, PersonState]] = {}

    def prepare(self, take: Take, person: int) -> None:
        """Compute what the first change of a person needs.

        Raises the errors of the lifter, `NoPersonError`.
        """
        with self._lock:
            track = take.person_track2d(person)
            camera = self._camera(take)
            lifter = self._engine.lifter(self._config.lift)
            self._plan(track, lifter, camera)
            blank = np.zeros((1, lifter.frames, 17, 2), np.float32)
            lifter.one_pass(blank, blank[..., 0], camera)  # the first pass of a network takes longer
            if not self._whole(take):
                with contextlib.suppress(NotAStretch):  # the first change finishes the whole take
                    self._state(take, track, camera)

    def apply(self, before: Take, layered: Layered, cancel: CancelToken | None = None) -> Touched:
        """Bring the 3D of `layered.take` up to date; `before` is the take whose 2D was changed.

        Persons without 3D stay without. Raises the errors of the lifter, and `Cancelled`.
        """
        with self._lock:
            begun = time.monotonic()
            token = cancel or CancelToken()
            take, count = layered.take, 0
            persons = [p for p in layered.touched if take.track3d(p) is not None and take.lifted_of(p) is not None]
            if not persons:
                return Touched(take, {}, False, 0.0, 0, time.monotonic() - begun)
            camera = self._camera(take)
            lifter = self._engine.lifter(self._config.lift)
            lifted: dict[int, Relifted] = {}
            for person in persons:
                track, old = take.person_track2d(person), before.person_track2d(person)
                plan = self._plan(old, lifter, camera)
                raw = _lifted(before, person).relative
                changed = layered.touched[person]
                lifted[person] = lift_changed(
                    track, plan, raw, changed, lifter, camera, self._repairs, self._memory, token
                )
                count += lifted[person].windows
            take = _with_lifted(take, lifted)
            done = self._finished(before, take, lifted, layered, camera)
            for person, one in lifted.items():
                self._plans[person] = (take.person_track2d(person), one.plan)
            return replace(done, windows=count, seconds=time.monotonic() - begun)

    @property
    def _repairs(self) -> bool:
        return self._config.post.sides == "repair"

    def _camera(self, take: Take) -> Camera:
        return Camera.of(take.info, self._config.scene.in_turned(take.info.turned_deg), take.time_s)

    def _turned(self, take: Take) -> RunConfig:
        return replace(self._config, scene=self._config.scene.in_turned(take.info.turned_deg))

    def _whole(self, take: Take) -> bool:
        """Return whether the take is finished whole after every change."""
        if not can_refinish(take) or take.scene is None or take.time_s[-1] - take.time_s[0] < _SHORT_S:
            return True
        if take.scene.turn is not None:  # the steps before a stretch know nothing of a camera that turns
            return True
        return has_pauses(take.tracks2d[0], self._camera(take).rate_hz)

    def _plan(self, track: PersonTrack, lifter: WindowLifter, camera: Camera) -> Plan:
        """Return how a track is lifted, from the last change if it is the track of then."""
        kept = self._plans.get(track.person)
        if kept is None or kept[0] is not track:
            kept = self._plans[track.person] = (track, plan_of(track, lifter, camera, self._repairs))
        return kept[1]

    def _state(self, take: Take, track: PersonTrack, camera: Camera) -> tuple[PersonState, Steps]:
        """Return the steps of a person; raise `NotAStretch` if they do not give the take's joints."""
        scene, track3d = take.scene, take.track3d(track.person)
        assert scene is not None
        steps = steps_of(camera, self._turned(take), scene, track.person)
        kept = self._states.get(track.person)
        if kept is None or kept[0] is not track:
            kept = (track, person_state(track, _lifted(take, track.person), steps))
            self._states[track.person] = kept
        if track3d is None or not is_state_of(kept[1], track3d, steps):
            raise NotAStretch("the take was finished otherwise")
        return kept[1], steps

    def _finished(
        self, before: Take, take: Take, lifted: dict[int, Relifted], layered: Layered, camera: Camera
    ) -> Touched:
        if not self._whole(take):
            try:
                return self._stretched(before, take, lifted, layered, camera)
            except NotAStretch:
                pass
        tracks3d, scene = finish(take.tracks2d, take.lifted, camera, self._turned(take), turn=take.camera_turn)
        self._states.clear()
        made = replace(take, tracks3d=tracks3d, scene=kept_suggestions(take.scene, scene))
        everything = {track.person: np.ones(take.frame_count, np.bool_) for track in tracks3d}
        return Touched(made, everything, True, 0.0, 0, 0.0)

    def _stretched(
        self, before: Take, take: Take, lifted: dict[int, Relifted], layered: Layered, camera: Camera
    ) -> Touched:
        assert take.scene is not None
        scene, done, states = take.scene, {}, {}
        for person, one in lifted.items():
            track, track3d = take.person_track2d(person), before.track3d(person)
            state, steps = self._state(before, before.person_track2d(person), camera)
            assert track3d is not None
            errors_px = scene.reprojection_px[person]
            mine = tuple(finding for finding in scene.findings if finding.person == person)
            touched = one.lifted | layered.touched[person]
            stretch = finish_stretch(state, track3d, errors_px, mine, track, _lifted(take, person), touched, steps)
            done[person], states[person] = stretch, (track, stretch.state)
        self._states |= states
        tracks3d = tuple(done[t.person].track3d if t.person in done else t for t in take.tracks3d)
        made = replace(take, tracks3d=tracks3d, scene=_with_stretches(scene, done))
        bones_mm = max(stretch.bones_mm for stretch in done.values())
        return Touched(made, {person: stretch.changed for person, stretch in done.items()}, False, bones_mm, 0, 0.0)


def _lifted(take: Take, person: int) -> LiftedTrack:
    lifted = take.lifted_of(person)
    assert lifted is not None, "only persons in 3D are lifted again"
    return lifted


def _with_lifted(take: Take, lifted: dict[int, Relifted]) -> Take:
    """Return the take with the lifter's new answers and the frames that its stages kept."""
    tracks = tuple(
        replace(one, relative=lifted[one.person].relative) if one.person in lifted else one for one in take.lifted
    )
    stages = []
    for stage in take.token_stages:
        again = lifted.get(stage.person)
        same = again is not None and again.blocks == stage.blocks
        kept = np.where(again.lifted, again.kept, stage.kept) if again is not None and same else stage.kept
        stages.append(TokenStages(stage.person, stage.blocks, kept))
    return replace(take, lifted=tracks, token_stages=tuple(stages))


def _with_stretches(scene: SceneEstimate, done: dict[int, Stretch]) -> SceneEstimate:
    errors = {**scene.reprojection_px, **{person: one.reprojection_px for person, one in done.items()}}
    others = [finding for finding in scene.findings if finding.person not in done]
    new = [finding for one in done.values() for finding in one.findings]
    ordered = sorted((*others, *new), key=lambda finding: (finding.person, finding.first, finding.kind))
    return replace(scene, reprojection_px=errors, findings=tuple(ordered))
