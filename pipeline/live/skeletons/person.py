"""Turn the lifter's output for one person into a smooth skeleton in camera space.

It works frame by frame, as the causal form of file mode, which uses the whole take: one body (medians of the poses so
far), a causal filter (1-euro), and the root by reprojection, with its depth filtered more strongly than its position in
the image.
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

HISTORY_ROWS = 600  # rows of history: 20 s at 30 Hz, 8 s at 75 Hz
_RING_ROWS = 1024  # detections: a window of 243 rows at the lowest rate (10 s), from a source of up to 100 Hz
_BODY_ROWS, _MEASURE_EVERY = 150, 15  # poses: for one measurement of the body, and between two
_BODY_MOVES = 0.3  # weight of a new measurement against the previous body
_COAST_S = 0.12  # s, longest extrapolation of a pose beyond the last lifted row
_DEPTH_HZ = 1.0  # Hz, cutoff of the low-pass for the depth of the settled root
_TINY_M = 1e-3  # m, shorter chains of bones are no body


class LivePersonState:
    """Hold one person's recent detections, body, filters and settled history.

    Use from one thread. Stature and measured limbs are those of `config.scene`; `unit_stature_m` is the chain length of
    the lifter's bodies.
    """

    def __init__(self, camera: Camera, config: LiveConfig, unit_stature_m: float) -> None:
        self._chain_m, self._limbs_m = stature_chain_m(config.scene), config.scene.limbs_m
        self._unit_stature_m = unit_stature_m
        self.ring = PoseRing(_RING_ROWS, camera.rate_hz)
        self.history = Ring(HISTORY_ROWS, time_s=(), relative=(17, 3), root=(3,), scores=(17,))
        self.settled_s = -np.inf  # s, time of the last row that was settled
        self._bodies = Ring(_BODY_ROWS, joints=(17, 3))
        self._body: Body | None = None
        self._measured = 0
        self._curve: tuple[Doubles, Doubles] = (np.zeros(0), np.zeros((0, 17, 3)))
        self._root: Doubles | None = None
        # Hz, and Hz per (m/s): a still joint is smoothed strongly, a fast one has little delay.
        self._pose_filter = OneEuro(1.5, 3.0) if config.smooth else None
        self._solver = RootSolver(camera)
        self._root_filter = RootFilter(self._solver)

    @property
    def lifted(self) -> bool:
        return len(self._curve[0]) > 0

    def forget(self) -> None:
        """Reset motion and filters after an absence of the person; the body is kept."""
        self._curve = (np.zeros(0), np.zeros((0, 17, 3)))
        self._root = None
        self.settled_s = -np.inf
        self._root_filter.reset()
        if self._pose_filter is not None:
            self._pose_filter.reset()

    def lift(self, time_s: Doubles, relative: Floats) -> None:
        """Store the lifter's output for the latest frames, which `shown` interpolates.

        Times (k,) s and root-relative joints (k, 17, 3) in units of the lifter.
        """
        self._curve = (time_s, self._sized(relative))
        if self._body is None:
            self._measure(self._curve[1])

    def settle(self, time_s: Doubles, relative: Floats, joints_image: Floats, scores: Floats) -> None:
        """Add k rows that later lifts do not change to the history, and measure the body.

        Times (k,) s, later than all in the history, root-relative joints (k, 17, 3) in units of the lifter, 2D joints
        (k, 17, 2) px and scores (k, 17).
        """
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
        """Return the joints (17, 3) in camera space at `time_s`, or None before the first result.

        `time_s` rises from call to call; `joints_image` (17, 2) px and `scores` (17,) are those at `time_s`. For a
        short time after the last lifted row the pose is extrapolated.
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
        """Return the history from `since_s` on, with a low-pass filter on the depth of the root.

        Times (n,) s, joints (n, 17, 3) m in camera space, scores (n, 17).
        """
        times = self.history["time_s"]
        here = slice(int(np.searchsorted(times, since_s)), len(times))
        times, root = times[here].copy(), self.history["root"][here].copy()
        if len(times) > 8:
            rate_hz = (len(times) - 1) / max(float(times[-1] - times[0]), 1e-3)
            seen = np.ones(len(times), np.bool_)
            calm = np.exp(low_pass(np.log(root[:, 2:]), seen, rate_hz, _DEPTH_HZ))
            root *= calm / root[:, 2:]  # moved along its ray, which keeps its position in the image
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
