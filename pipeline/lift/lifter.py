"""The lifter: a host model with its weights behind the `WindowLifter` contract. Pixels in, 3D joints out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline import runtime, weights
from pipeline.config import LiftConfig
from pipeline.errors import ModelError
from pipeline.flow import CancelToken
from pipeline.lift import checkpoints, flops
from pipeline.lift.base import Kept
from pipeline.lift.centred import centre_pose, repeat_ends, windows_around
from pipeline.lift.inputs import JOINT_RULES, NetworkInput, mirror, network_input
from pipeline.lift.outputs import SCALES, metres_from_picture
from pipeline.lift.tokens import HourglassHost
from pipeline.schedule import PruneConfig
from pipeline.skeleton import H36M17
from pipeline.types import Floats, check_shape
from pipeline.weights import WeightEntry

log = logging.getLogger(__name__)
T = TypeVar("T")

_CENTRED_BATCH = 8  # windows of a seq2frame model at a time: some hundred MB at the papers' sizes


def create_lifter(config: LiftConfig | None = None) -> HostLifter:
    """The lifter that `config` asks for, on its device, warmed up.

    Raises `ModelError` (also for pruning that cannot be put into these weights, with the reason) or `ConfigError`.
    """
    config = config or LiftConfig()
    entry = weights.find(config.lifter)
    device = runtime.choose_device(config.device)
    if device.type == "cpu":
        runtime.leave_a_core()
    lifter = HostLifter(entry, checkpoints.load_host(entry, config.prune), device, flip=config.flip)
    if config.precision == "auto":
        lifter.dtype = runtime.choose_precision(device, f"{entry.name}:{entry.sha256[:12]}", lifter.run_dummy)
    else:
        lifter.dtype = torch.bfloat16 if config.precision == "bfloat16" else torch.float32
    lifter.warm_up()
    log.info("lifter %s on %s, %s; %s", entry.name, device, lifter.dtype, lifter.prune.label)
    return lifter


class HostLifter:
    """`WindowLifter` around a host: normalise, mirror, run in one batch, undo, average, root at zero.

    Use from one thread at a time. A seq2frame model (MHFormer, ...) is run once for *every* frame: the cost of a pass
    that the papers name is then that of one frame, not of F.
    """

    def __init__(
        self,
        entry: WeightEntry,
        model: HourglassHost,
        device: torch.device,
        flip: bool = True,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        if entry.joint_rule not in JOINT_RULES:
            raise ModelError(
                f"The lifter '{entry.name}' wants joints by the rule '{entry.joint_rule}', which is not known here.",
                f"Known: {', '.join(JOINT_RULES)}.",
            )
        if entry.root not in ("subtract", "zero"):
            raise ModelError(f"The root rule '{entry.root}' of '{entry.name}' is not known.", "Known: subtract, zero.")
        if entry.scale not in SCALES:
            known = ", ".join(SCALES)
            raise ModelError(f"The scale '{entry.scale}' of '{entry.name}' is not known.", f"Known: {known}.")
        self.entry = entry
        self.device = device
        self.flip = flip
        self.dtype = dtype
        self.prune = model.pruner.config
        self.last_kept: Kept = {}
        self.gflops: float | None = None
        self._model: HourglassHost | None = self._guarded(lambda: model.eval().to(device))

    def with_prune(self, prune: PruneConfig | None) -> HostLifter:
        """A lifter with the same weights, device and precision that prunes in another way (None: as the manifest says).

        No file is read. This one stays as it is. Raises `ModelError` if `prune` cannot be put into these weights.
        """
        model = checkpoints.load_host(self.entry, prune, self.model.state_dict())
        log.info("lifter %s: %s", self.entry.name, model.pruner.config.label)
        return HostLifter(self.entry, model, self.device, self.flip, self.dtype)

    @property
    def name(self) -> str:
        return self.entry.name

    @property
    def frames(self) -> int:
        return self.entry.frames

    @property
    def rate_hz(self) -> tuple[float, float]:
        return self.entry.rate_hz[0], self.entry.rate_hz[1]

    @property
    def unit_stature_m(self) -> float:
        return self.entry.unit_stature_m

    @property
    def seq2frame(self) -> bool:
        return self.model.seq2frame

    @property
    def device_name(self) -> str:
        """The device really in use."""
        return str(self.device)

    @property
    def precision(self) -> str:
        """ "float32" or "bfloat16": the one really in use."""
        return str(self.dtype).removeprefix("torch.")

    def lift_windows(
        self,
        joints_image: Floats,
        scores: Floats,
        size_px: tuple[int, int],
        cancel: CancelToken | None = None,
        fov_deg: float | None = None,
    ) -> Floats:
        """(B, F, 17, 2) px, (B, F, 17) -> (B, F, 17, 3), see `WindowLifter`.

        If the memory does not suffice for the batch it is halved until it does. Raises `ModelError`.
        """
        check_shape("joints_image", joints_image, (None, self.frames, 17, 2))
        check_shape("scores", scores, joints_image.shape[:-1])
        self.last_kept = {}
        if len(joints_image) == 0:
            return np.zeros((0, self.frames, 17, 3), np.float32)
        if self.seq2frame:
            lifted, stages = [], []
            for window, confidence in zip(joints_image, scores, strict=True):
                lifted.append(self.lift_frames(repeat_ends(window), repeat_ends(confidence), size_px, cancel, fov_deg))
                stages.append(self.last_kept)
            self.last_kept = _stacked(stages)
            return np.stack(lifted)
        joints, self.last_kept = self._lift(self.network_input(joints_image, scores, size_px, fov_deg))
        return joints

    def lift_frames(
        self,
        joints_image: Floats,
        scores: Floats,
        size_px: tuple[int, int],
        cancel: CancelToken | None = None,
        fov_deg: float | None = None,
    ) -> Floats:
        """(n + F - 1, 17, 2) px, (n + F - 1, 17) -> (n, 17, 3), one pass a frame, see `WindowLifter`."""
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
            poses, kept = self._lift(self.network_input(around[here], confidence[here], size_px, fov_deg))
            out.append(poses[:, 0])
            if start <= middle < start + len(poses):
                place = slice(middle - start, middle - start + 1)
                self.last_kept = {block: frames[place] for block, frames in kept.items()}
        return np.concatenate(out)

    def warm_up(self) -> None:
        """Run once on a dummy batch, so that the first real window does not pay for loading kernels."""
        self.run_dummy(self.dtype)

    def run_dummy(self, dtype: torch.dtype) -> None:
        """One window of zeros in `dtype`: what precision is measured with."""
        x = np.zeros((1, self.frames, 17, len(self.entry.channels)), np.float32)
        self._guarded(lambda: self._forward(x, dtype))

    def close(self) -> None:
        """Free the model. The lifter cannot be used any more."""
        self._model = None
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @property
    def model(self) -> HourglassHost:
        """The network itself. Raises RuntimeError once the lifter is closed."""
        if self._model is None:
            raise RuntimeError("the lifter is closed")
        return self._model

    def network_input(
        self, joints_image: Floats, scores: Floats, size_px: tuple[int, int], fov_deg: float | None
    ) -> NetworkInput:
        """Pixels (B, n, 17, 2), (B, n, 17) -> what the network is given, by the rule of its manifest entry."""
        rule, channels = self.entry.normalisation, len(self.entry.channels)
        return network_input(rule, joints_image, scores, size_px, channels, fov_deg)

    def _lift(self, given: NetworkInput) -> tuple[Floats, Kept]:
        """Normalised input (B, F, 17, C) -> (B, F or 1, 17, 3) in camera axes, and what was kept."""
        joints, kept = self._run(given.values)
        return (given.centre if self.seq2frame else given).camera_from_answer(joints), kept

    def _run(self, x: Floats) -> tuple[Floats, Kept]:
        """(B, F, 17, C) -> the network's answer (B, F or 1, 17, 3), root at zero; halves the batch without memory."""
        try:
            return self._guarded(lambda: self._forward(x, self.dtype))
        except _OutOfMemoryError as error:
            if len(x) == 1:
                raise
            log.warning("%s; trying %d windows at a time", error.message, (len(x) + 1) // 2)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        half = (len(x) + 1) // 2
        (first, kept), (second, kept_then) = self._run(x[:half]), self._run(x[half:])
        return np.concatenate([first, second]), _stacked([kept, kept_then])

    def _forward(self, x: Floats, dtype: torch.dtype) -> tuple[Floats, Kept]:
        model = self.model
        batch = np.concatenate([x, mirror(x)]) if self.flip else x
        source = torch.from_numpy(batch)
        if self.device.type == "cuda":
            source = source.pin_memory()
        autocast = torch.autocast(self.device.type, dtype, enabled=dtype != torch.float32)
        count = flops.counting(model) if self.gflops is None else nullcontext()
        with torch.inference_mode(), autocast, model.watching() as stages, count as layers:
            source = source.to(self.device, non_blocking=True)
            result: torch.Tensor = centre_pose(model, source) if model.seq2frame else model(source)
            joints: Floats = result.float().cpu().numpy()
        if layers is not None:
            self.gflops = layers.published / len(batch) / 1e9
        if self.flip:
            joints = (joints[: len(x)] + mirror(joints[len(x) :])) / 2
        pelvis = H36M17.index("pelvis")
        if self.entry.root == "subtract":
            joints = joints - joints[:, :, pelvis : pelvis + 1]
        joints[:, :, pelvis] = 0
        if self.entry.scale == "picture":
            joints = metres_from_picture(joints, self.entry.unit_stature_m)
        kept = {block: _mask(frames[: len(x)].cpu().numpy(), self.frames) for block, frames in stages}
        return np.ascontiguousarray(joints, dtype=np.float32), kept

    def _guarded(self, action: Callable[[], T]) -> T:
        """Run `action`; turn the many ways in which torch says "no memory" into one `ModelError`."""
        try:
            return action()
        except (torch.OutOfMemoryError, MemoryError) as error:
            raise self._out_of_memory() from error
        except RuntimeError as error:
            text = str(error).lower()
            if "out of memory" in text or "can't allocate memory" in text or "not enough memory" in text:
                raise self._out_of_memory() from error
            if "cuda" in text or "mps" in text:
                raise ModelError(
                    f"The GPU failed while lifting ({str(error).splitlines()[0]}).",
                    "Choose the device cpu, or check the driver.",
                ) from error
            raise

    def _out_of_memory(self) -> _OutOfMemoryError:
        where = "the graphics memory" if self.device.type != "cpu" else "the memory"
        hint = "Close other programs" + ("." if self.device.type == "cpu" else ", or choose the device cpu.")
        return _OutOfMemoryError(f"A window of {self.frames} frames does not fit into {where}.", hint)


def _mask(frames: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Frame numbers (B, r) -> (B, count), True for those."""
    out = np.zeros((len(frames), count), np.bool_)
    np.put_along_axis(out, frames, True, axis=1)
    return out


def _stacked(parts: Sequence[Kept]) -> Kept:
    """What was kept, of several batches one after the other."""
    return {block: np.concatenate([part[block] for part in parts]) for block in parts[0]}


class _OutOfMemoryError(ModelError):
    """The batch was too big for the device."""
