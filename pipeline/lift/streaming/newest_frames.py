"""Lift the latest frames of a stream at a fraction of the cost of the whole window.

A live run lifts a window of up to 243 frames for each new frame, thirty times a second, and uses only a few rows of the
output. In a frame transformer that is pruned evenly (TPS) the dependencies of those rows are known in advance: the last
block before a pruning has to compute only the kept frames and the requested rows, and recovering needs only the kept
frames next to those rows. This is not an approximation: the rows equal those of the whole window to the rounding of
float32. Other hosts lift the whole window.

Two approximations are optional (measured with h2ot_fast_v1, latest frames of val.npz, MPJPE with modelled detector
errors and with perfect joints):

* `early`: the first pruning is done before the first block, so that the frames it drops are not even encoded. 96.1 and
  48.3 mm instead of 96.2 and 48.3 (33 samples); a window takes 0.7 of the time, that of two people 0.6. Keeping more of
  the latest frames and fewer of the old ones was no better: 97.9 and 48.7.
* `share`: the oldest third of the window is left out. 81.9 and 48.6 mm instead of 82.8 and 48.8 (120 samples after a
  full window of past).

With h2ot_fast_v2 the two together cost up to 1.5 mm compared with the whole window (394 samples, `training.evaluate
--causal --live`).

A window that is not full is lifted at its length, with proportionally many kept frames. It is extended by reflect
padding before its first frame to 27 frames, to the next multiple of 9, and to the length of a longer window in the same
pass. (Error of the latest pose on val.npz, h2ot_fast_v2, modelled detector errors and perfect joints, without padding
-> padded to a full window: 9 frames 77.6 and 44.3 -> 73.7 and 40.9 mm, 27 frames 70.4 and 39.3 -> 71.0 and 39.4, 54
frames 71.1 and 38.4 -> 72.2 and 38.7, 108 frames 64.5 and 38.3 -> 64.9 and 38.4. With the frames in the middle instead,
as for a short clip: 9 frames 75.8 and 42.9, 54 frames 72.5 and 39.5. Two people in one pass cost two thirds of two
passes.)

Shapes: `B` windows, `n` frames of them, `k` requested rows, `C` channels.
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
from ..window_plan import lead_in, pad_index
from .lazy_rows import forward_rows
from .openvino_rows import OpenVinoRows, openvino_rows

_MIN_FRAMES = 27  # frames, shortest window that is lifted without padding
_LENGTH_STEP = 9  # frames between the lengths at which filling windows run: each new length costs time and memory once


class WholeWindow(NewestLifter):
    """Lift the whole window with any lifter, and return the requested rows."""

    def __init__(self, lifter: WindowLifter) -> None:
        super().__init__(lifter, lifter.frames)

    def lift(
        self,
        joints_image: Floats,
        scores: Floats,
        camera: Camera,
        rows: Sequence[int],
        depth: Floats | None = None,
    ) -> Floats:
        check_shape("joints_image", joints_image, (None, None, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        if not self.lifter.seq2frame:
            index, before = pad_index(joints_image.shape[1], self.frames)
            deep = None if depth is None else depth[:, index]
            lifted = self.lifter.lift_windows(joints_image[:, index], scores[:, index], camera, depth=deep)
            return lifted[:, [before + row for row in rows]]
        # One pass per row, from the window around it, in which the latest frame is repeated.
        out = []
        for i, (joints, joint_scores) in enumerate(zip(joints_image, scores, strict=True)):
            padded, confidence = repeat_ends(joints), repeat_ends(joint_scores)
            windows = [slice(row, row + self.frames) for row in rows]
            deeper = None if depth is None else repeat_ends(depth[i])
            poses = [
                self.lifter.lift_frames(padded[w], confidence[w], camera, depth=None if deeper is None else deeper[w])
                for w in windows
            ]
            out.append(np.concatenate(poses))
        return np.stack(out)


class LazyWindow(NewestLifter):
    """Compute only what the requested rows depend on, in a frame transformer that `can_be_lazy`.

    `prepare` converts pixels, confidences, the camera and the detector's own depth to network input. With `openvino`
    the current weights are compiled for OpenVINO, which takes a second once and then 0.6 of the time of torch.
    """

    def __init__(
        self,
        lifter: WindowLifter,
        network: FrameTransformer,
        prepare: Callable[[Floats, Floats, Camera, Floats | None], NetworkInput],
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
        # Only where OpenVINO computes the same as torch: in float32, on the CPU.
        equal = self._device.type == "cpu" and dtype == torch.float32
        self._openvino: OpenVinoRows | None = openvino_rows(network, self._schedule) if openvino and equal else None

    @property
    def runtime(self) -> str:
        return "torch" if self._openvino is None else "openvino"

    def lift(
        self,
        joints_image: Floats,
        scores: Floats,
        camera: Camera,
        rows: Sequence[int],
        depth: Floats | None = None,
    ) -> Floats:
        check_shape("joints_image", joints_image, (None, None, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        n = joints_image.shape[1]
        length = min(max(_MIN_FRAMES, -(-n // _LENGTH_STEP) * _LENGTH_STEP), max(n, self.frames))
        before = length - n
        if before:
            index = lead_in(n, length)
            joints_image, scores = joints_image[:, index], scores[:, index]
            depth = None if depth is None else depth[:, index]
        windows = self._prepare(joints_image, scores, camera, depth)
        wanted = tuple(before + row for row in rows)
        x = np.concatenate([windows.values, mirror(windows.values)]) if self._flip else windows.values
        joints = self._rows(x, wanted)
        if self._flip:
            joints = (joints[: len(windows.values)] + mirror(joints[len(windows.values) :])) / 2
        joints = joints - joints[:, :, :1]
        if windows.axes is not None:
            joints = joints @ windows.axes[:, list(wanted)]
        return np.ascontiguousarray(joints, dtype=np.float32)

    def _rows(self, x: Floats, rows: tuple[int, ...]) -> Floats:
        """Run the network for the rows: (B, n, 17, C) -> (B, k, 17, 3)."""
        if self._openvino is not None:
            return self._openvino(x, rows)
        autocast = torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32)
        with torch.inference_mode(), autocast:
            source = torch.from_numpy(x).to(self._device)
            joints: Floats = forward_rows(self._network, source, rows, self._schedule).float().cpu().numpy()
        return joints


def can_be_lazy(prune: PruneConfig) -> bool:
    """Return whether the kept frames are known in advance: nothing pruned, or evenly (TPS, TRI)."""
    return not prune.schedule or (prune.strategy == "TPS" and not prune.motion_share and prune.recover == "TRI")
