"""The newest rows of a window for a fraction of its cost: what a live run asks a lifter for, thirty times a second.

A window of 243 frames is lifted for each new frame, and only a few rows of the answer are looked at. In a frame
transformer that is pruned evenly (TPS) it is known beforehand what those rows depend on: the last block before a
pruning has to answer only for the frames that stay and for the rows that are asked for, and recovering needs the kept
frames next to those rows alone. Nothing of this is an approximation: the rows are those of the whole window to the
rounding of float32. Other hosts lift the whole window.

Two things are, measured with the fast lifter of then (h2ot_fast_v1), newest frames of val.npz, MPJPE with modelled
detector errors and with perfect joints:

* `early`: the first pruning is made before the first block, so that the frames it drops are not even encoded. 96.1 and
  48.3 mm instead of 96.2 and 48.3 (33 reads); a window takes 0.7 of the time, two people's 0.6. Keeping more of the
  newest frames and fewer of the old ones was no better: 97.9 and 48.7.
* `share`: the oldest third of the window is left out. 81.9 and 48.6 mm instead of 82.8 and 48.8 (120 reads after a
  whole window of past).

With h2ot_fast_v2 the two together cost up to 1.5 mm against the whole window (394 reads, `training.evaluate --causal
--live`).

A window that is not full runs at its own length, with as many frames kept in proportion; below 27 frames, up to the
next multiple of 9, and beside a longer window that is lifted with it, it is led in: before its first frame it runs to
and fro. (Error of the newest pose on val.npz, h2ot_fast_v2, modelled detector errors and perfect joints, as they are
and led in to a full window: 9 frames 77.6 and 44.3 -> 73.7 and 40.9 mm, 27 frames 70.4 and 39.3 -> 71.0 and 39.4, 54
frames 71.1 and 38.4 -> 72.2 and 38.7, 108 frames 64.5 and 38.3 -> 64.9 and 38.4. With the frames in the middle instead,
as a short clip's, 9 have 75.8 and 42.9, 54 72.5 and 39.5. Two people in one pass cost two thirds of two passes.)

Shapes: `B` windows, `n` frames of them, `k` rows that are asked for, `C` channels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch

from ...core.arrays import Floats, check_shape
from ...core.camera import Camera
from ...core.pruning_schedule import PruneConfig
from ..base import LIVE_SHARE, NewestLifter, WindowLifter
from ..inputs.normalise import NetworkInput, mirror
from ..networks.frame_transformer import FrameTransformer
from ..seq2frame import repeat_ends
from ..windows import lead_in, pad_index
from .lazy_rows import forward_rows
from .openvino_rows import OpenVinoRows, openvino_rows

_SHORT = 27  # frames
_STEP = 9  # a filling window runs at lengths so far apart: each new one costs time and memory once


class WholeWindow(NewestLifter):
    """Of any lifter: the whole window is lifted, and the rows are taken from it."""

    def __init__(self, lifter: WindowLifter) -> None:
        super().__init__(lifter, lifter.frames)

    def lift(self, joints_image: Floats, scores: Floats, camera: Camera, rows: Sequence[int]) -> Floats:
        check_shape("joints_image", joints_image, (None, None, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        if not self.lifter.seq2frame:
            index, before = pad_index(joints_image.shape[1], self.frames)
            lifted = self.lifter.lift_windows(joints_image[:, index], scores[:, index], camera)
            return lifted[:, [before + row for row in rows]]
        # One pass a row: each from the window around it, in which the frames after the newest one repeat it.
        out = []
        for joints, certain in zip(joints_image, scores, strict=True):
            padded, confidence = repeat_ends(joints), repeat_ends(certain)
            windows = [slice(row, row + self.frames) for row in rows]
            poses = [self.lifter.lift_frames(padded[w], confidence[w], camera) for w in windows]
            out.append(np.concatenate(poses))
        return np.stack(out)


class LazyWindow(NewestLifter):
    """Of a frame transformer that `can_be_lazy`: only what the rows depend on is computed.

    `prepare` makes the network's input of pixels, confidences and the camera. With `openvino` the weights as
    they are now are given to OpenVINO, which takes a second once and then six tenths of the time.
    """

    def __init__(
        self,
        lifter: WindowLifter,
        network: FrameTransformer,
        prepare: Callable[[Floats, Floats, Camera], NetworkInput],
        flip: bool,
        dtype: torch.dtype,
        early: bool = True,
        share: float = LIVE_SHARE,
        openvino: bool = False,
    ) -> None:
        super().__init__(lifter, round(lifter.frames * share))
        self._network, self._prepare, self._flip, self._dtype = network, prepare, flip, dtype
        self._device = next(network.parameters()).device
        schedule = lifter.prune.schedule
        self._schedule = ((0, schedule[0][1]), *schedule[1:]) if early and schedule else schedule
        # Only where it computes the same: in float32, on the processor.
        same = self._device.type == "cpu" and dtype == torch.float32
        self._openvino: OpenVinoRows | None = openvino_rows(network, self._schedule) if openvino and same else None

    @property
    def runtime(self) -> str:
        return "torch" if self._openvino is None else "openvino"

    def lift(self, joints_image: Floats, scores: Floats, camera: Camera, rows: Sequence[int]) -> Floats:
        check_shape("joints_image", joints_image, (None, None, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        n = joints_image.shape[1]
        length = min(max(_SHORT, -(-n // _STEP) * _STEP), max(n, self.frames))
        before = length - n
        if before:
            index = lead_in(n, length)
            joints_image, scores = joints_image[:, index], scores[:, index]
        given = self._prepare(joints_image, scores, camera)
        wanted = tuple(before + row for row in rows)
        x = np.concatenate([given.values, mirror(given.values)]) if self._flip else given.values
        joints = self._rows(x, wanted)
        if self._flip:
            joints = (joints[: len(given.values)] + mirror(joints[len(given.values) :])) / 2
        joints = joints - joints[:, :, :1]
        if given.axes is not None:
            joints = joints @ given.axes[:, list(wanted)]
        return np.ascontiguousarray(joints, dtype=np.float32)

    def _rows(self, x: Floats, rows: tuple[int, ...]) -> Floats:
        """(B, n, 17, C) -> the network's answer for the rows, (B, k, 17, 3)."""
        if self._openvino is not None:
            return self._openvino(x, rows)
        autocast = torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32)
        with torch.inference_mode(), autocast:
            source = torch.from_numpy(x).to(self._device)
            joints: Floats = forward_rows(self._network, source, rows, self._schedule).float().cpu().numpy()
        return joints


def can_be_lazy(prune: PruneConfig) -> bool:
    """Whether it is known beforehand which frames a frame transformer keeps: nothing pruned, or evenly (TPS, TRI)."""
    return not prune.schedule or (prune.strategy == "TPS" and not prune.motion_share and prune.recover == "TRI")
