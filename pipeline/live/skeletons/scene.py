"""Turn a stream of 2D observations into skeletons in the world, in live mode."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ...core.arrays import Doubles, Floats
from ...core.camera import UNKNOWN_RATE_HZ, Camera, Frame, VideoInfo
from ...core.config import LiveConfig
from ...core.hands.points import Hands
from ...core.live import LivePerson
from ...core.poses import Pose2D
from ...lift.window_plan import lead_in
from ..detect_live import Observed
from .face import LivePersonFace
from .hands import LivePersonHands
from .person import LivePersonState
from .ring_buffer import LiftRate
from .world import LiveWorld

if TYPE_CHECKING:
    from ...lift.base import NewestLifter

# Later frames with which an estimate is final. Measured (weights/README.md): a centred window is 3 to 4 mm more
# accurate than the latest frame of a window; with 8 later frames, 1.2 mm of that are still missing.
SETTLED_FRAMES = 16
_MOST_SETTLED = 12  # rows, at most, that become final in one lift after a pause of the lifter
_CURVE_ROWS = 3  # rows lifted in addition to the look-ahead: the speed at the latest row is computed from them
_ABSENT_S = 0.2  # s since the last detection for which a person is still shown
_FORGET_S = 30.0  # s since the last detection for which body and history are kept
_LONGEST_WARM_UP_S = 1.0  # s, after which no further frame is processed for warming up
_WORLD_CHUNK_S = 1.6  # s of history per update of the world: longer than its interval, so that contacts are complete


@dataclass(frozen=True, slots=True)
class Skeletons:
    """Hold the skeletons of one update and the time that they are of.

    `lifted`: the lifter ran on the frame of this update, for all people in it.
    """

    people: tuple[LivePerson, ...]
    time_s: float
    lifted: bool


class LiveScene:
    """Hold the state of all people, the lifter and the world.

    Call `update` from one thread, `set_lookahead` and `history` from any.
    """

    def __init__(self, lifter: NewestLifter, config: LiveConfig, info: VideoInfo) -> None:
        self._newest = lifter
        self._config = config
        self._camera = Camera.of(info, config.scene)
        self._rate = LiftRate(info.fps_hz, lifter.lifter.rate_hz)
        self._people: dict[int, LivePersonState] = {}
        self._hands: dict[int, LivePersonHands] = {}
        self._faces: dict[int, LivePersonFace] = {}
        self._world = LiveWorld(config.scene)
        self._lock = threading.Lock()

    @property
    def lookahead_s(self) -> float:
        return self._config.lookahead / self._rate.hz

    def update(self, observed: Observed, lift: bool, seen_hz: float = 0.0) -> Skeletons:
        """Process one observation and return the skeletons. `lift`: the lifter may run.

        `seen_hz`: recent detections per second (0: not known).
        """
        with self._lock:
            return self._update(observed, lift, seen_hz)

    def set_lookahead(self, frames: int) -> None:
        """Change the look-ahead from the next update on; call from any thread."""
        with self._lock:
            self._config = replace(self._config, lookahead=frames)

    def history(self, person: int) -> tuple[Doubles, Floats]:
        """Return times (n,) s and joints (n, 17, 3) m in the world of the settled last seconds."""
        with self._lock:
            if person not in self._people:
                return np.zeros(0), np.zeros((0, 17, 3), np.float32)
            times, joints, _ = self._people[person].settled_joints()
            return times, self._world.in_world(joints).astype(np.float32)

    def _update(self, observed: Observed, lift: bool, seen_hz: float) -> Skeletons:
        self._take(observed)
        if observed.detected:
            self._rate.update(seen_hz)
        lifted = lift and observed.detected
        if lifted and observed.identities:
            self._lift(observed.identities)
        now_s = observed.frame.time_s
        shown_s = now_s - self.lookahead_s
        visible: dict[int, tuple[Doubles, Floats, Floats]] = {}
        hands: dict[int, Doubles] = {}
        for identity, person in self._people.items():
            if now_s - person.ring.last_s > _ABSENT_S or not len(person.ring):
                continue
            at_s = max(shown_s, person.ring.first_s)  # a new person stands still for the duration of the look-ahead
            joints_image, scores = person.ring.at(at_s)
            joints = person.shown(at_s, joints_image, scores)
            if joints is not None and np.isfinite(joints).all():
                visible[identity] = (joints, joints_image, scores)
                if identity in self._hands:
                    hands[identity] = self._hands[identity].shown(at_s, joints)
        if visible and self._world.due(now_s):
            self._learn(now_s, visible)
        provisional = self._config.lookahead < SETTLED_FRAMES
        people = tuple(
            LivePerson(
                identity,
                self._world.place(now_s, joints).astype(np.float32),
                scores,
                joints_image,
                provisional,
                self._world.in_world(hands[identity]).astype(np.float32) if identity in hands else None,
                self._faces[identity].shown(shown_s) if identity in self._faces else None,
            )
            for identity, (joints, joints_image, scores) in visible.items()
        )
        return Skeletons(people, shown_s, lifted)

    def _take(self, observed: Observed) -> None:
        if observed.camera.size_px != self._camera.size_px:
            self._people.clear()
            self._hands.clear()
            self._faces.clear()  # earlier detections are in other pixel coordinates
        self._camera = observed.camera
        now_s = observed.frame.time_s
        depth = observed.pose.depth_h36m17
        for i, (identity, joints, scores) in enumerate(zip(observed.identities, *observed.pose.h36m17, strict=True)):
            person = self._people.get(identity)
            if person is None:
                if not observed.detected:
                    continue
                person = self._people[identity] = self._new_person()
            detections = len(person.ring)
            person.ring.push(now_s, joints, scores, guessed=not observed.detected, depth=depth[i])
            if observed.detected and len(person.ring) <= detections and len(person.ring) == 1:
                person.forget()
        self._take_hands(observed)
        self._take_faces(observed)
        self._people = {i: p for i, p in self._people.items() if now_s - p.ring.last_s <= _FORGET_S}

    def _take_hands(self, observed: Observed) -> None:
        """Keep the observed hands; people have hands as soon as they are looked for, or the detector gives any."""
        hands = Hands.of(observed.pose.extras)
        for i, identity in enumerate(observed.identities if observed.detected else ()):
            if identity in self._people and (hands is not None or self._config.detect.hands):
                own = Hands.unseen(1) if hands is None else hands.rows(slice(i, i + 1))
                kept = self._hands.setdefault(identity, LivePersonHands())
                kept.push(observed.frame.time_s, own, self._camera)
        self._hands = {i: kept for i, kept in self._hands.items() if i in self._people}

    def _take_faces(self, observed: Observed) -> None:
        """Keep the observed faces; people have faces as soon as they are looked for."""
        measures = observed.pose.extras.get("expressions")
        for i, identity in enumerate(observed.identities if observed.detected else ()):
            if identity in self._people and (measures is not None or self._config.detect.face):
                kept = self._faces.setdefault(identity, LivePersonFace())
                if measures is not None:
                    kept.push(observed.frame.time_s, measures[i].astype(np.float32))
        self._faces = {i: kept for i, kept in self._faces.items() if i in self._people}

    def _new_person(self) -> LivePersonState:
        return LivePersonState(self._camera, self._config, self._newest.lifter.unit_stature_m)

    def _lift(self, identities: tuple[int, ...]) -> None:
        """Lift all people of the frame in one batch; shorter windows get a lead-in to equal length."""
        rate_hz, frames = self._rate.hz, self._newest.frames
        people = [self._people[identity] for identity in identities]
        windows = [person.ring.window(rate_hz, frames) for person in people]
        n = max(len(times) for _, _, times in windows)
        joints, scores, times = (
            np.stack([part[lead_in(len(part), n)] for part in parts]) for parts in zip(*windows, strict=True)
        )
        own = np.arange(n) >= n - np.array([[len(t)] for _, _, t in windows])  # (people, n): not in the lead-in
        unsettled = own & (times > np.array([[person.settled_s + 0.5 / rate_hz] for person in people]))
        # Rows that have become final since the last lift, for the person who has the most of them.
        begin = n - int(unsettled.sum(1).max())
        fresh = range(max(0, begin, n - SETTLED_FRAMES - _MOST_SETTLED), n - SETTLED_FRAMES)
        curve = range(max(0, n - self._config.lookahead - _CURVE_ROWS), n)
        rows = np.array(sorted({*fresh, *curve}))
        depth = None
        if self._newest.lifter.takes_depth:
            parts = zip(people, windows, strict=True)
            depth = np.stack([person.ring.depth_at(t)[lead_in(len(t), n)] for person, (_, _, t) in parts])
        lifted = self._newest.lift(joints, scores, self._camera, rows.tolist(), depth)
        for i, (person, answer) in enumerate(zip(people, lifted, strict=True)):
            shown = own[i, rows] & (rows >= curve.start)
            person.lift(times[i, rows[shown]], answer[shown])
            final = unsettled[i, rows] & (rows < fresh.stop)
            if final.any():
                at = rows[final]
                person.settle(times[i, at], answer[final], joints[i, at], scores[i, at])

    def _learn(self, now_s: float, visible: dict[int, tuple[Doubles, Floats, Floats]]) -> None:
        seen = {}
        for identity, (joints, _, _) in visible.items():
            times, settled, _ = self._people[identity].settled_joints(self._world.newest_s(identity) - _WORLD_CHUNK_S)
            recent = times > now_s - 2 * _WORLD_CHUNK_S
            seen[identity] = (times[recent], settled[recent])
            if not len(times) and self._world.newest_s(identity) == -np.inf:
                seen[identity] = (np.array([self._people[identity].ring.first_s]), joints[None])
        self._world.learn(now_s, seen)


def warm_up(lifter: NewestLifter, config: LiveConfig) -> None:
    """Run up to a second of a synthetic person through a scene, and discard the result.

    So the live run does not wait for what is loaded and compiled on first use.
    """
    info = VideoInfo("", "", 640, 480, UNKNOWN_RATE_HZ, 0, 0.0)
    scene = LiveScene(lifter, config, info)
    rng = np.random.default_rng(0)
    body = rng.uniform((270, 100), (370, 400), (1, 17, 2)).astype(np.float32)
    certain = np.ones((1, 17), np.float32)
    picture = np.zeros((480, 640, 3), np.uint8)
    box = np.array([[270, 100, 370, 400]], np.float32)
    camera = Camera.of(info, config.scene)
    begun = time.monotonic()
    for index in [*range(0, 60), *range(60, 270, 15)]:  # the last windows are full: matrices of the usual sizes
        frame = Frame(index, index / info.fps_hz, picture)
        pose = Pose2D(box, body, certain, "h36m17")
        scene.update(Observed(frame, pose, (1,), camera, True, 0.0, 0.0, 0.0), lift=index % 6 == 0 or index > 240)
        body = body + np.float32(1)
        if time.monotonic() - begun > _LONGEST_WARM_UP_S:
            break
