"""One person of a live run: from the lifter's rows to a steady skeleton in front of the camera, frame by frame.

What file mode does with the whole take is done here with what is known by now: one body (medians of what was seen so
far), a causal filter (1-euro), and the root by reprojection, its depth filtered harder than its place in the picture.
"""

from __future__ import annotations

import numpy as np

from ...body.bones import Body, measure_body, with_body
from ...body.filters import low_pass
from ...body.one_euro import OneEuro
from ...body.stature import stature_chain_m
from ...core.arrays import Doubles, Floats
from ...core.camera import Camera
from ...core.config import LiveConfig
from .ring_buffer import PoseRing, Ring
from .root import RootFilter, RootSolver

HISTORY_ROWS = 600  # 20 s at 30 Hz, 8 s at 75
_RING_ROWS = 1024  # detections: a window of 243 rows at the slowest rate (10 s), from a source of up to 100 Hz
_BODY_ROWS, _MEASURE_EVERY = 150, 15  # poses the body is measured on, and how often anew
_BODY_MOVES = 0.3  # share of a new measurement
_COAST_S = 0.12  # how long a pose goes on moving beyond the last row that was lifted
_DEPTH_HZ = 1.0  # of the settled root
_TINY_M = 1e-3


class LivePersonState:
    """One person's recent detections, body, filters and settled history. Use from one thread.

    Stature and measured limbs are those of `config.scene`; `unit_stature_m` is the chain length of the lifter's bodies.
    """

    def __init__(self, camera: Camera, config: LiveConfig, unit_stature_m: float) -> None:
        self._chain_m, self._limbs_m = stature_chain_m(config.scene), config.scene.limbs_m
        self._unit_stature_m = unit_stature_m
        self.ring = PoseRing(_RING_ROWS)
        self.history = Ring(HISTORY_ROWS, time_s=(), relative=(17, 3), root=(3,), scores=(17,))
        self.settled_s = -np.inf  # what is in the history reaches so far
        self._bodies = Ring(_BODY_ROWS, joints=(17, 3))
        self._body: Body | None = None
        self._measured = 0
        self._curve: tuple[Doubles, Doubles] = (np.zeros(0), np.zeros((0, 17, 3)))
        self._root: Doubles | None = None
        # Hz, and Hz per (m/s): a resting joint is calmed, a fast one hardly lags.
        self._pose_filter = OneEuro(1.5, 3.0) if config.smooth else None
        self._solver = RootSolver(camera)
        self._root_filter = RootFilter(self._solver)

    @property
    def lifted(self) -> bool:
        return len(self._curve[0]) > 0

    def forget(self) -> None:
        """The person was away: nothing of the movement before goes on. The body stays."""
        self._curve = (np.zeros(0), np.zeros((0, 17, 3)))
        self._root = None
        self.settled_s = -np.inf
        self._root_filter.reset()
        if self._pose_filter is not None:
            self._pose_filter.reset()

    def lift(self, time_s: Doubles, relative: Floats) -> None:
        """The newest rows (k,), (k, 17, 3) as the lifter gives them: what `shown` reads from."""
        self._curve = (time_s, self._sized(relative))
        if self._body is None:
            self._measure(self._curve[1])

    def settle(self, time_s: Doubles, relative: Floats, joints_image: Floats, scores: Floats) -> None:
        """Rows (k,) whose future is known by now go to the history; they are newer than all in there."""
        sized = self._sized(relative)
        for row in sized:
            self._bodies.push(joints=row)
        self._measured += len(sized)
        if self._measured >= _MEASURE_EVERY or len(self._bodies) == len(sized):
            self._measure(self._bodies["joints"])
            self._measured = 0
        posed = self._of_body(sized)
        for at_s, pose, image, sure in zip(time_s, posed, joints_image, scores, strict=True):
            fit = self._solver.solve(pose, image, sure)
            if fit is not None:
                self.history.push(time_s=at_s, relative=pose, root=fit.at(fit.depth_m), scores=sure)
        self.settled_s = float(time_s[-1])

    def shown(self, time_s: float, joints_image: Floats, scores: Floats) -> Doubles | None:
        """(17, 3) camera space at `time_s`, which grows from call to call; None while nothing is known.

        `joints_image` (17, 2) at that moment. Beyond the rows that were lifted the pose moves on for a moment.
        """
        if not self.lifted:
            return None
        pose = self._at(time_s)
        if self._pose_filter is not None:
            pose = self._pose_filter(pose, time_s)
        pose = self._of_body(pose[None])[0]
        root = self._root_filter(pose, joints_image, scores, time_s)
        self._root = self._root if root is None else root
        return None if self._root is None else pose + self._root

    def settled_joints(self, since_s: float = -np.inf) -> tuple[Doubles, Doubles, Doubles]:
        """The history from `since_s` on: times (n,), joints (n, 17, 3) camera space, scores (n, 17)."""
        times = self.history["time_s"]
        here = slice(int(np.searchsorted(times, since_s)), len(times))
        times, root = times[here].copy(), self.history["root"][here].copy()
        if len(times) > 8:
            rate_hz = (len(times) - 1) / max(float(times[-1] - times[0]), 1e-3)
            seen = np.ones(len(times), np.bool_)
            calm = np.exp(low_pass(np.log(root[:, 2:]), seen, rate_hz, _DEPTH_HZ))
            root *= calm / root[:, 2:]  # along its ray: the place in the picture stays
        return times, self.history["relative"][here] + root[:, None], self.history["scores"][here].copy()

    def _at(self, time_s: float) -> Doubles:
        times, rows = self._curve
        if time_s <= times[0] or len(times) == 1:
            return rows[0]
        if time_s >= times[-1]:
            before = max(0, len(times) - 3)
            speed = (rows[-1] - rows[before]) / (times[-1] - times[before])
            return np.asarray(rows[-1] + speed * min(time_s - times[-1], _COAST_S))
        after = int(np.searchsorted(times, time_s))
        share = (time_s - times[after - 1]) / (times[after] - times[after - 1])
        return np.asarray(rows[after - 1] + share * (rows[after] - rows[after - 1]))

    def _sized(self, relative: Floats) -> Doubles:
        return np.asarray(relative, np.float64) * (self._chain_m / self._unit_stature_m)

    def _measure(self, joints: Doubles) -> None:
        body = measure_body(joints)
        if body.chain_m < _TINY_M:
            return
        body = body.scaled(self._chain_m / body.chain_m)
        if self._body is not None:
            body = Body(self._body.lengths + _BODY_MOVES * (body.lengths - self._body.lengths))
        self._body = body.with_limbs(self._limbs_m)

    def _of_body(self, joints: Doubles) -> Doubles:
        if self._body is None:
            return joints
        fit = with_body(joints, self._body)
        return fit - fit[:, :1]
