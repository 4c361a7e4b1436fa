"""Define the contract of a lifter, from H36M-17 image joints to 3D joints.

Does not import torch. Letters: `B` windows, `F` frames of a window, `n` frames to lift, `k` requested rows, 17 joints.
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

# Kept frames of each pruning stage: block -> (B, F) bool, True for the frames of the window kept from that block on.
Kept = Mapping[int, NDArray[np.bool_]]

LIVE_SHARE = 2 / 3  # fraction of the lifter's window that a live run uses: measured in `lift.streaming.newest_frames`
_CENTRED_BATCH = 8  # windows per pass of a seq2frame lifter: a few hundred MB at the sizes of the papers


class WindowLifter(ABC):
    """Lift windows of F frames at the lifter's own frame rate. Use from one thread at a time.

    A subclass implements one pass of its network (`one_pass`) and the lifter of the latest frames (`newest`). A
    seq2frame lifter (MHFormer, ...) returns only the centre frame of a window, so it runs once for *every* frame: the
    cost of a pass in the papers is then the cost of one frame, not of F.
    """

    name: str
    frames: int  # F
    rate_hz: tuple[float, float]  # Hz, lowest and highest accepted source rate; others are resampled to the nearer end
    unit_stature_m: float  # m, leg + pelvis-thorax-nose-head_top chain of the output bodies
    device_name: str  # device in use
    precision: str  # precision in use: "float32" or "bfloat16"
    seq2frame: bool  # True: lift a long track with `lift_frames`
    takes_depth: bool = False  # True: the detector's own depth is an input; others need not be given any
    prune: PruneConfig  # pruning and recovering of frames
    gflops: float | None = None  # GFLOPs of a pass over one window, in the papers' convention; None before the first
    # Frames kept by each stage, in the order of the stages, for the B windows of the last `lift_windows`. Empty if
    # nothing is pruned. With flip augmentation, those of the windows that are not mirrored.
    last_kept: Kept

    @abstractmethod
    def one_pass(
        self, joints_image: Floats, scores: Floats, camera: Camera, depth: Floats | None = None
    ) -> tuple[Floats, Kept]:
        """Run the network once: (B, F, 17, 2) px, (B, F, 17) -> (B, F, 17, 3), and the kept frames.

        The arguments are those of `lift_windows`. A seq2frame lifter returns only the centre frames, (B, 1, 17, 3).
        Raises `ModelError`.
        """

    @abstractmethod
    def newest(self, early: bool = True, share: float = LIVE_SHARE, openvino: bool = False) -> NewestLifter:
        """Return the cheapest lifter of the latest frames of a stream that this network has.

        `early` and `share` are approximations that save time (`lift.streaming.newest_frames`): False and 1 give the
        rows of the whole window. `openvino`: the current weights may be compiled for OpenVINO, where its results equal
        those of torch.
        """

    @abstractmethod
    def close(self) -> None:
        """Free the model. The lifter cannot be used afterwards."""

    def lift_windows(
        self,
        joints_image: Floats,
        scores: Floats,
        camera: Camera,
        cancel: CancelToken | None = None,
        depth: Floats | None = None,
    ) -> Floats:
        """Lift windows of joints (B, F, 17, 2) px with scores (B, F, 17) to (B, F, 17, 3) float32.

        The output is in camera axes, root at zero, metres at unit stature. Joints are H36M-17 by the joint rule of the
        manifest, NaN = not seen. Some lifters use only the image size of `camera`, others the field of view as well.
        `depth` (B, F, 17) is the detector's own, relative to the pelvis, in chain lengths (`core.poses.EXTRAS`), NaN =
        unknown; None: the detector has none. A lifter without `takes_depth` ignores it.
        `cancel` is checked between the parts of a long computation. A seq2frame lifter makes a window around each of
        the F frames and repeats the end frames beyond the ends. Raises `ModelError`, `Cancelled`.
        """
        check_shape("joints_image", joints_image, (None, self.frames, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        self.last_kept = {}
        if len(joints_image) == 0:
            return np.zeros((0, self.frames, 17, 3), np.float32)
        if not self.seq2frame:
            joints, self.last_kept = self.one_pass(joints_image, scores, camera, depth)
            return joints
        lifted, stages = [], []
        for i, (window, confidence) in enumerate(zip(joints_image, scores, strict=True)):
            deep = None if depth is None else repeat_ends(depth[i])
            lifted.append(self.lift_frames(repeat_ends(window), repeat_ends(confidence), camera, cancel, deep))
            stages.append(self.last_kept)
        self.last_kept = stack_kept(stages)
        return np.stack(lifted)

    def lift_frames(
        self,
        joints_image: Floats,
        scores: Floats,
        camera: Camera,
        cancel: CancelToken | None = None,
        depth: Floats | None = None,
    ) -> Floats:
        """Lift each frame from the window around it (seq2frame lifters only).

        Shapes: (n + F - 1, 17, 2) px, (n + F - 1, 17) -> (n, 17, 3); `depth` (n + F - 1, 17) or None. Output frame i is
        the centre, number F // 2, of the input frames i to i + F - 1. Every window keeps its own centre, so one window
        stands for all of them: `last_kept` is that of output frame n // 2, (1, F).
        """
        n = len(joints_image) - self.frames + 1
        check_shape("joints_image", joints_image, (None, 17, 2))
        check_shape("scores", scores, (len(joints_image), 17))
        if not self.seq2frame or n < 1:
            raise ValueError(f"{len(joints_image)} frames cannot be lifted one by one from windows of {self.frames}")
        around, confidence = windows_around(joints_image, self.frames), windows_around(scores, self.frames)
        deep = None if depth is None else windows_around(depth, self.frames)
        out, middle = [], n // 2
        for start in range(0, n, _CENTRED_BATCH):
            if cancel is not None:
                cancel.check()
            here = slice(start, start + _CENTRED_BATCH)
            poses, kept = self.one_pass(around[here], confidence[here], camera, None if deep is None else deep[here])
            out.append(poses[:, 0])
            if start <= middle < start + len(poses):
                centre_window = slice(middle - start, middle - start + 1)
                self.last_kept = {block: frames[centre_window] for block, frames in kept.items()}
        return np.concatenate(out)


class NewestLifter(ABC):
    """Lift the latest rows of growing windows of at most `frames` frames. Use from one thread."""

    def __init__(self, lifter: WindowLifter, frames: int) -> None:
        self.lifter = lifter
        self.frames = frames

    @property
    def runtime(self) -> str:
        """Return the runtime of the network: "torch" or "openvino"."""
        return "torch"

    @abstractmethod
    def lift(
        self,
        joints_image: Floats,
        scores: Floats,
        camera: Camera,
        rows: Sequence[int],
        depth: Floats | None = None,
    ) -> Floats:
        """Lift the frames `rows` (rising) of windows: (B, n, 17, 2) px, (B, n, 17) -> (B, k, 17, 3).

        n is at most `frames`; output and `depth` (B, n, 17) are those of `WindowLifter.lift_windows`. Raises
        `ModelError`.
        """


def stack_kept(parts: Sequence[Kept]) -> Kept:
    """Concatenate the kept frames of several batches along the windows."""
    return {block: np.concatenate([part[block] for part in parts]) for block in parts[0]}
