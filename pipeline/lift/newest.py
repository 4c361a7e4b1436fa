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

from collections.abc import Sequence

import numpy as np
import torch

from pipeline.lift.base import WindowLifter
from pipeline.lift.centred import repeat_ends
from pipeline.lift.frametransformer import FrameTransformer
from pipeline.lift.inputs import NetworkInput, mirror
from pipeline.lift.lifter import HostLifter
from pipeline.lift.newest_rows import forward_rows
from pipeline.lift.openvino_rows import OpenVinoRows, openvino_rows
from pipeline.lift.windows import lead_in, pad_index
from pipeline.types import Floats, check_shape

LIVE_SHARE = 2 / 3
_SHORT = 27  # frames
_STEP = 9  # a filling window runs at lengths so far apart: each new one costs time and memory once


class NewestLifter:
    """Lifts rows of growing windows of at most `frames` frames. Use from one thread.

    `share` of the lifter's own frames; 1 and `early` False: nothing is approximated. `openvino`: the weights as they
    are now may be given to OpenVINO, which takes a second once and then six tenths of the time.
    """

    def __init__(
        self, lifter: WindowLifter, early: bool = True, share: float = LIVE_SHARE, openvino: bool = False
    ) -> None:
        self.lifter = lifter
        self.frames = lifter.frames
        self._network = _lazy_network(lifter)
        schedule = lifter.prune.schedule
        self._schedule = ((0, schedule[0][1]), *schedule[1:]) if early and schedule else schedule
        if self._network is not None:
            self.frames = round(lifter.frames * share)
        self._openvino: OpenVinoRows | None = None
        if openvino and self._network is not None and _plain(lifter):
            self._openvino = openvino_rows(self._network, self._schedule)

    @property
    def lazy(self) -> bool:
        """Whether rows cost less than the window."""
        return self._network is not None

    @property
    def runtime(self) -> str:
        """What the network runs on: "torch" or "openvino"."""
        return "torch" if self._openvino is None else "openvino"

    def lift(
        self, joints_image: Floats, scores: Floats, size_px: tuple[int, int], fov_deg: float | None, rows: Sequence[int]
    ) -> Floats:
        """(B, n, 17, 2) px, (B, n, 17), n at most F -> (B, k, 17, 3) of the frames `rows` (rising), as `WindowLifter`.

        Raises `ModelError`.
        """
        check_shape("joints_image", joints_image, (None, None, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        if self._network is not None and isinstance(self.lifter, HostLifter):
            n = joints_image.shape[1]
            length = min(max(_SHORT, -(-n // _STEP) * _STEP), max(n, self.frames))
            before = length - n
            if before:
                index = lead_in(n, length)
                joints_image, scores = joints_image[:, index], scores[:, index]
            given = self.lifter.network_input(joints_image, scores, size_px, fov_deg)
            return self._lift_lazily(self.lifter, self._network, given, tuple(before + row for row in rows))
        if self.lifter.seq2frame:
            padded, certain = (np.stack([repeat_ends(w) for w in part]) for part in (joints_image, scores))
            # One pass a row: each from the window around it, in which the frames after the newest one repeat it.
            return np.stack(
                [self._row_by_row(w, s, size_px, fov_deg, rows) for w, s in zip(padded, certain, strict=True)]
            )
        index, before = pad_index(joints_image.shape[1], self.frames)
        lifted = self.lifter.lift_windows(joints_image[:, index], scores[:, index], size_px, None, fov_deg)
        return lifted[:, [before + row for row in rows]]

    def _row_by_row(
        self, joints: Floats, scores: Floats, size_px: tuple[int, int], fov_deg: float | None, rows: Sequence[int]
    ) -> Floats:
        windows = [slice(row, row + self.frames) for row in rows]
        return np.concatenate([self.lifter.lift_frames(joints[w], scores[w], size_px, None, fov_deg) for w in windows])

    def _lift_lazily(
        self, lifter: HostLifter, network: FrameTransformer, given: NetworkInput, rows: tuple[int, ...]
    ) -> Floats:
        x = np.concatenate([given.values, mirror(given.values)]) if lifter.flip else given.values
        joints: Floats
        if self._openvino is not None:
            joints = self._openvino(x, rows)
        else:
            autocast = torch.autocast(lifter.device.type, lifter.dtype, enabled=lifter.dtype != torch.float32)
            with torch.inference_mode(), autocast:
                source = torch.from_numpy(x).to(lifter.device)
                joints = forward_rows(network, source, rows, self._schedule).float().cpu().numpy()
        if lifter.flip:
            joints = (joints[: len(given.values)] + mirror(joints[len(given.values) :])) / 2
        joints = joints - joints[:, :, :1]
        if given.axes is not None:
            joints = joints @ given.axes[:, list(rows)]
        return np.ascontiguousarray(joints, dtype=np.float32)


def _plain(lifter: WindowLifter) -> bool:
    """Whether it computes in float32 on the processor."""
    return isinstance(lifter, HostLifter) and lifter.device.type == "cpu" and lifter.dtype == torch.float32


def _lazy_network(lifter: WindowLifter) -> FrameTransformer | None:
    """The lifter's network if `forward_rows` can run it."""
    if not isinstance(lifter, HostLifter) or not isinstance(lifter.model, FrameTransformer):
        return None
    prune, entry = lifter.prune, lifter.entry
    evenly = not prune.schedule or (prune.strategy == "TPS" and not prune.motion_share and prune.recover == "TRI")
    return lifter.model if evenly and entry.root == "subtract" and entry.scale == "metres" else None
