"""The contract of a lifter: what turns a track of H36M-17 image joints into 3D. Free of torch.

Letters: `B` windows, `F` frames of a window, `n` frames to lift, `k` rows that are asked for, 17 joints.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats, check_shape
from ..core.camera import Camera
from ..core.concurrency import CancelToken
from ..core.pruning_schedule import PruneConfig
from .seq2frame import repeat_ends, windows_around

# What each pruning stage kept: block -> (B, F) bool, True for the frames of the window that stay from that block on.
Kept = Mapping[int, NDArray[np.bool_]]

LIVE_SHARE = 2 / 3  # of the lifter's window that a live run looks at: measured in `lift.streaming.newest_frames`
_CENTRED_BATCH = 8  # windows of a seq2frame lifter at a time: some hundred MB at the papers' sizes


class WindowLifter(ABC):
    """Lifts windows of F frames at its own rate. Use from one thread at a time.

    A kind of lifter says what one pass of its network gives (`one_pass`) and what gives its newest rows (`newest`). A
    seq2frame lifter (MHFormer, ...) gives the centre frame of a window only, so that it is run once for *every* frame:
    the cost of a pass that the papers name is then that of one frame, not of F.
    """

    name: str
    frames: int  # F
    rate_hz: tuple[float, float]  # lowest and highest source rate it takes; others are resampled to the nearer end
    unit_stature_m: float  # leg + pelvis-thorax-nose-head_top chain of the bodies it gives
    device_name: str  # the device really in use
    precision: str  # "float32" or "bfloat16": the one really in use
    seq2frame: bool  # whether `lift_frames` is the better way through a long track
    prune: PruneConfig  # how it prunes and recovers frames
    gflops: float | None = None  # of one pass over one window, in the papers' convention; None before the first one
    # Of the B windows of the last `lift_windows`: what each stage kept, in the order of the stages. Empty if nothing is
    # pruned. Where windows are mirrored as well, the windows as given count.
    last_kept: Kept

    @abstractmethod
    def one_pass(self, joints_image: Floats, scores: Floats, camera: Camera) -> tuple[Floats, Kept]:
        """(B, F, 17, 2) px, (B, F, 17) -> (B, F, 17, 3) as `lift_windows`, and what was kept.

        A seq2frame lifter gives the centre frames alone, (B, 1, 17, 3). Raises `ModelError`.
        """

    @abstractmethod
    def newest(self, early: bool = True, share: float = LIVE_SHARE, openvino: bool = False) -> NewestLifter:
        """The newest rows of growing windows, as cheap as this network gives them; see `lift.streaming.newest_frames`.

        `early` and `share` approximate to save time: False and 1 give the rows of the whole window. `openvino`: the
        weights as they are now may be given to OpenVINO, where it computes what torch does.
        """

    @abstractmethod
    def close(self) -> None:
        """Free the model. The lifter cannot be used any more."""

    def lift_windows(
        self, joints_image: Floats, scores: Floats, camera: Camera, cancel: CancelToken | None = None
    ) -> Floats:
        """(B, F, 17, 2) px, (B, F, 17) -> (B, F, 17, 3) float32 in camera axes, root at zero, metres at unit stature.

        Joints are H36M-17 by the joint rule of the manifest, NaN = not seen. Some lifters use only the image size of
        `camera`, others the field of view as well. `cancel` is checked between the parts of a long computation. A
        seq2frame lifter makes a window around each of the F frames, beyond the ends by repeating the end frames.
        Raises `ModelError`, `Cancelled`.
        """
        check_shape("joints_image", joints_image, (None, self.frames, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        self.last_kept = {}
        if len(joints_image) == 0:
            return np.zeros((0, self.frames, 17, 3), np.float32)
        if not self.seq2frame:
            joints, self.last_kept = self.one_pass(joints_image, scores, camera)
            return joints
        lifted, stages = [], []
        for window, confidence in zip(joints_image, scores, strict=True):
            lifted.append(self.lift_frames(repeat_ends(window), repeat_ends(confidence), camera, cancel))
            stages.append(self.last_kept)
        self.last_kept = stacked(stages)
        return np.stack(lifted)

    def lift_frames(
        self, joints_image: Floats, scores: Floats, camera: Camera, cancel: CancelToken | None = None
    ) -> Floats:
        """Seq2frame lifters only: (n + F - 1, 17, 2) px, (n + F - 1, 17) -> (n, 17, 3), each frame from its own window.

        Output frame i is the centre, number F // 2, of the input frames i to i + F - 1. A window always keeps its own
        centre, so that each frame's own window says little: `last_kept` is that of output frame n // 2, (1, F).
        """
        n = len(joints_image) - self.frames + 1
        check_shape("joints_image", joints_image, (None, 17, 2))
        check_shape("scores", scores, (len(joints_image), 17))
        if not self.seq2frame or n < 1:
            raise ValueError(f"{len(joints_image)} frames cannot be lifted one by one from windows of {self.frames}")
        around, confidence = windows_around(joints_image, self.frames), windows_around(scores, self.frames)
        out, middle = [], n // 2
        for start in range(0, n, _CENTRED_BATCH):
            if cancel is not None:
                cancel.check()
            here = slice(start, start + _CENTRED_BATCH)
            poses, kept = self.one_pass(around[here], confidence[here], camera)
            out.append(poses[:, 0])
            if start <= middle < start + len(poses):
                place = slice(middle - start, middle - start + 1)
                self.last_kept = {block: frames[place] for block, frames in kept.items()}
        return np.concatenate(out)


class NewestLifter(ABC):
    """Lifts rows of growing windows of at most `frames` frames, with `lifter`. Use from one thread."""

    def __init__(self, lifter: WindowLifter, frames: int) -> None:
        self.lifter = lifter
        self.frames = frames

    @property
    def runtime(self) -> str:
        """What the network runs on: "torch" or "openvino"."""
        return "torch"

    @abstractmethod
    def lift(self, joints_image: Floats, scores: Floats, camera: Camera, rows: Sequence[int]) -> Floats:
        """(B, n, 17, 2) px, (B, n, 17), n at most `frames` -> (B, k, 17, 3) of the frames `rows` (rising).

        As `WindowLifter.lift_windows` gives them. Raises `ModelError`.
        """


def stacked(parts: Sequence[Kept]) -> Kept:
    """What was kept, of several batches one after the other."""
    return {block: np.concatenate([part[block] for part in parts]) for block in parts[0]}
