"""The contract of a lifter: what turns a track of H36M-17 image joints into 3D."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline.flow import CancelToken
from pipeline.schedule import PruneConfig
from pipeline.types import Floats

# What each pruning stage kept: block -> (B, F) bool, True for the frames of the window that stay from that block on.
Kept = Mapping[int, NDArray[np.bool_]]


@runtime_checkable
class WindowLifter(Protocol):
    """Lifts windows of F frames at its own rate.

    `joints_image` (B, F, 17, 2) pixels, H36M-17 by the joint rule of the manifest, NaN = not seen; `scores`
    (B, F, 17); `size_px` (width, height) of the picture, `fov_deg` the field of view across its width (None: the usual
    guess; some lifters do without). Returns (B, F, 17, 3) float32: camera axes, root-relative
    (joint 0 at zero), metres at the lifter's unit stature.
    """

    @property
    def name(self) -> str: ...

    @property
    def frames(self) -> int:
        """F"""
        ...

    @property
    def rate_hz(self) -> tuple[float, float]:
        """Lowest and highest source rate it takes as it is; others are resampled to the nearer end."""
        ...

    @property
    def unit_stature_m(self) -> float:
        """Leg + pelvis-thorax-nose-head_top chain of the bodies it gives."""
        ...

    @property
    def device_name(self) -> str:
        """The device really in use."""
        ...

    @property
    def precision(self) -> str: ...

    @property
    def seq2frame(self) -> bool:
        """Whether a pass gives the centre frame only, so that `lift_frames` is the better way through a long track."""
        ...

    @property
    def prune(self) -> PruneConfig:
        """How it prunes and recovers frames."""
        ...

    @property
    def gflops(self) -> float | None:
        """Cost of one pass of the model over one window, in the papers' convention; None before the first one."""
        ...

    @property
    def last_kept(self) -> Kept:
        """Of the B windows of the last `lift_windows`: what each stage kept, in the order of the stages.

        Empty if nothing is pruned. Where windows are mirrored as well, the windows as given count.
        """
        ...

    def lift_windows(
        self,
        joints_image: Floats,
        scores: Floats,
        size_px: tuple[int, int],
        cancel: CancelToken | None = None,
        fov_deg: float | None = None,
    ) -> Floats:
        """See above. `cancel` is checked between the parts of a long computation: raises `Cancelled`.

        A seq2frame lifter makes a window around each of the F frames, beyond the ends by repeating the end frames.
        """
        ...

    def lift_frames(
        self,
        joints_image: Floats,
        scores: Floats,
        size_px: tuple[int, int],
        cancel: CancelToken | None = None,
        fov_deg: float | None = None,
    ) -> Floats:
        """Seq2frame lifters only: (n + F - 1, 17, 2) px, (n + F - 1, 17) -> (n, 17, 3), each frame from its own window.

        Output frame i is the centre, number F // 2, of the input frames i to i + F - 1. A window always keeps its own
        centre, so that each frame's own window says little: `last_kept` is that of output frame n // 2, (1, F).
        """
        ...

    def close(self) -> None: ...
