"""Lift pixels to 3D joints: a network (host) behind the `WindowLifter` contract."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from .. import weights
from ..core.arrays import Floats
from ..core.camera import Camera
from ..core.config import LiftConfig
from ..core.errors import ModelError
from ..core.pruning_schedule import PruneConfig
from ..core.skeletons import H36M17, chain_length
from ..system import devices
from ..weights import WeightEntry
from .base import LIVE_SHARE, Kept, NewestLifter, WindowLifter, stack_kept
from .checkpoints import load as checkpoints
from .hourglass.host import HourglassHost
from .inputs.normalise import JOINT_RULES, NetworkInput, mirror, network_input
from .inputs.own_depth import has_depth, with_depth
from .networks import flops
from .networks.frame_transformer import FrameTransformer
from .seq2frame import centre_pose
from .streaming.newest_frames import LazyWindow, WholeWindow, can_be_lazy

log = logging.getLogger(__name__)
T = TypeVar("T")

SCALES = ("metres", "picture")  # units of a lifter's output, as written in the manifest; "picture": image units (2.5D)
_MIN_CHAIN = 1e-4  # output units: a shorter chain of joints gives no scale


def create_lifter(config: LiftConfig | None = None) -> HostLifter:
    """Create the lifter of `config` on its device and warm it up.

    Raises `ModelError` (also with the reason why these weights cannot be pruned that way) or `ConfigError`.
    """
    config = config or LiftConfig()
    entry = weights.find(config.lifter)
    device = devices.choose_device(config.device)
    if device.type == "cpu":
        devices.leave_a_core()
    dtype = devices.dtype_for(config.precision, device)
    lifter = HostLifter(entry, checkpoints.load_host(entry, config.prune), device, config.flip, dtype)
    lifter.warm_up()
    log.info("lifter %s on %s, %s; %s", entry.name, device, lifter.dtype, lifter.prune.label)
    return lifter


class HostLifter(WindowLifter):
    """Lift windows with a host, averaged over each window and its mirror image, root at zero.

    A batch that does not fit into the memory is halved until it fits.
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
        self.name, self.frames, self.unit_stature_m = entry.name, entry.frames, entry.unit_stature_m
        self.rate_hz = entry.rate_hz[0], entry.rate_hz[1]
        self.takes_depth = has_depth(entry.channels)
        self.device_name, self.precision = str(device), str(dtype).removeprefix("torch.")
        self.seq2frame, self.prune = model.seq2frame, model.pruner.config
        self.last_kept: Kept = {}
        self._model: HourglassHost | None = self._guarded(lambda: model.eval().to(device))

    def with_prune(self, prune: PruneConfig | None) -> HostLifter:
        """Return a lifter with the same weights, device and precision, and other pruning.

        None: the pruning of the manifest. No file is read, and this lifter does not change. Raises `ModelError` if
        these weights cannot be pruned with `prune`.
        """
        model = checkpoints.load_host(self.entry, prune, self.model.state_dict())
        log.info("lifter %s: %s", self.entry.name, model.pruner.config.label)
        return HostLifter(self.entry, model, self.device, self.flip, self.dtype)

    def one_pass(
        self, joints_image: Floats, scores: Floats, camera: Camera, depth: Floats | None = None
    ) -> tuple[Floats, Kept]:
        windows = self.network_input(joints_image, scores, camera, depth)
        joints, kept = self._run(windows.values)
        return (windows.centre if self.seq2frame else windows).camera_from_answer(joints), kept

    def newest(self, early: bool = True, share: float = LIVE_SHARE, openvino: bool = False) -> NewestLifter:
        network, entry = self.model, self.entry
        lazy = can_be_lazy(self.prune) and entry.root == "subtract" and entry.scale == "metres"
        if lazy and isinstance(network, FrameTransformer):
            return LazyWindow(self, network, self.network_input, self.flip, self.dtype, early, share, openvino)
        return WholeWindow(self)

    def warm_up(self) -> None:
        """Run once on a dummy batch, so that the first real window does not load the kernels."""
        self._run(np.zeros((1, self.frames, 17, len(self.entry.channels)), np.float32))

    def close(self) -> None:
        """Free the model. The lifter cannot be used afterwards."""
        self._model = None
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    @property
    def model(self) -> HourglassHost:
        """Return the network. Raises RuntimeError once the lifter is closed."""
        if self._model is None:
            raise RuntimeError("the lifter is closed")
        return self._model

    def network_input(
        self, joints_image: Floats, scores: Floats, camera: Camera, depth: Floats | None = None
    ) -> NetworkInput:
        """Normalise pixels (B, n, 17, 2), scores (B, n, 17) by the rule of the manifest entry.

        `depth` (B, n, 17) as in `lift_windows`, for lifters that take it.
        """
        rule, channels = self.entry.normalisation, len(self.entry.channels) - self.takes_depth
        windows = network_input(rule, joints_image, scores, camera, channels)
        if not self.takes_depth:
            return windows
        return replace(windows, values=with_depth(windows.values, depth, self.unit_stature_m))

    def _run(self, x: Floats) -> tuple[Floats, Kept]:
        """Run the network on (B, F, 17, C) -> (B, F or 1, 17, 3), root at zero.

        A batch that does not fit into the memory is halved.
        """
        try:
            return self._guarded(lambda: self._forward(x))
        except _OutOfMemoryError as error:
            if len(x) == 1:
                raise
            log.warning("%s; trying %d windows at a time", error.message, (len(x) + 1) // 2)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        half = (len(x) + 1) // 2
        (first, kept), (second, kept_then) = self._run(x[:half]), self._run(x[half:])
        return np.concatenate([first, second]), stack_kept([kept, kept_then])

    def _forward(self, x: Floats) -> tuple[Floats, Kept]:
        model = self.model
        batch = np.concatenate([x, mirror(x)]) if self.flip else x
        source = torch.from_numpy(batch)
        if self.device.type == "cuda":
            source = source.pin_memory()
        autocast = torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)
        count = flops.counting(model) if self.gflops is None else nullcontext()
        with torch.inference_mode(), autocast, model.record_stages() as stages, count as layers:
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
            joints = metres_from_image_units(joints, self.entry.unit_stature_m)
        kept = {block: _mask(frames[: len(x)].cpu().numpy(), self.frames) for block, frames in stages}
        return np.ascontiguousarray(joints, dtype=np.float32), kept

    def _guarded(self, action: Callable[[], T]) -> T:
        """Run `action`; convert the various out-of-memory errors of torch to one `ModelError`."""
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
    """Convert frame numbers (B, r) to a mask (B, count)."""
    out = np.zeros((len(frames), count), np.bool_)
    np.put_along_axis(out, frames, True, axis=1)
    return out


def metres_from_image_units(joints: Floats, unit_stature_m: float) -> Floats:
    """Scale joints (B, F, 17, 3) in image units to metres at the unit stature, float32.

    The joints are root-relative. MotionBERT and MotionAGFormer were trained on Human3.6M projected into the image, with
    the depth in the same unit (2.5D): x and y are those of the input, z is as large as x would be at that distance. The
    factor to metres is not known outside of a laboratory, so the body gives the scale of each window: the median over
    the frames of the chain leg + pelvis-thorax-nose-head_top becomes `unit_stature_m`. The perspective within the body
    remains.
    """
    chain = np.median(chain_length(joints.astype(np.float64)), axis=-1)[:, None, None, None]  # (B, 1, 1, 1)
    factor = np.where(chain > _MIN_CHAIN, unit_stature_m / np.maximum(chain, _MIN_CHAIN), 1.0)
    return np.ascontiguousarray(joints * factor, dtype=np.float32)


class _OutOfMemoryError(ModelError):
    """Signal that a batch was too large for the memory of the device."""
