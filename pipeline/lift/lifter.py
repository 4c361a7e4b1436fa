"""The lifter: a host model with its weights behind the `WindowLifter` contract. Pixels in, 3D joints out."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch

from pipeline import runtime, weights
from pipeline.config import LiftConfig
from pipeline.errors import ModelError
from pipeline.lift import checkpoints
from pipeline.lift.inputs import mirror, network_input
from pipeline.skeleton import H36M17
from pipeline.types import Floats, check_shape
from pipeline.weights import WeightEntry

log = logging.getLogger(__name__)
T = TypeVar("T")

JOINT_RULES = (
    "hourglass",
)  # what skeleton.h36m17_from makes; a lifter trained with another rule would see a wrong body


def create_lifter(config: LiftConfig | None = None) -> HostLifter:
    """The lifter that `config` asks for, on its device, warmed up. Raises `ModelError` or `ConfigError`."""
    config = config or LiftConfig()
    entry = weights.find(config.lifter)
    device = runtime.choose_device(config.device)
    if device.type == "cpu":
        runtime.leave_a_core()
    lifter = HostLifter(entry, checkpoints.load_host(entry), device, flip=config.flip)
    if config.precision == "auto":
        lifter.dtype = runtime.choose_precision(device, f"{entry.name}:{entry.sha256[:12]}", lifter.run_dummy)
    else:
        lifter.dtype = torch.bfloat16 if config.precision == "bfloat16" else torch.float32
    lifter.warm_up()
    log.info("lifter %s on %s, %s", entry.name, device, lifter.dtype)
    return lifter


class HostLifter:
    """`WindowLifter` around a host: normalise, mirror, run in one batch, undo, average, root at zero.

    Use from one thread at a time.
    """

    def __init__(
        self,
        entry: WeightEntry,
        model: torch.nn.Module,
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
        self.entry = entry
        self.device = device
        self.flip = flip
        self.dtype = dtype
        self._model: torch.nn.Module | None = self._place(model.eval())

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
    def device_name(self) -> str:
        """The device really in use."""
        return str(self.device)

    @property
    def precision(self) -> str:
        """ "float32" or "bfloat16": the one really in use."""
        return str(self.dtype).removeprefix("torch.")

    def lift_windows(self, joints_image: Floats, scores: Floats, size_px: tuple[int, int]) -> Floats:
        """(B, F, 17, 2) px, (B, F, 17) -> (B, F, 17, 3), see `WindowLifter`.

        If the memory does not suffice for the batch it is halved until it does. Raises `ModelError`.
        """
        check_shape("joints_image", joints_image, (None, self.frames, 17, 2))
        channels = len(self.entry.channels)
        x = network_input(self.entry.normalisation, joints_image, scores, size_px, channels)
        if len(x) == 0:
            return np.zeros((0, self.frames, 17, 3), np.float32)
        return self._lift(x)

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

    def _lift(self, x: Floats) -> Floats:
        """Normalised input (B, F, 17, C) -> (B, F, 17, 3); halves the batch when memory runs out."""
        try:
            return self._guarded(lambda: self._forward(x, self.dtype))
        except _OutOfMemoryError as error:
            if len(x) == 1:
                raise
            log.warning("%s; trying %d windows at a time", error.message, (len(x) + 1) // 2)
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        half = (len(x) + 1) // 2
        return np.concatenate([self._lift(x[:half]), self._lift(x[half:])])

    def _forward(self, x: Floats, dtype: torch.dtype) -> Floats:
        if self._model is None:
            raise RuntimeError("the lifter is closed")
        batch = np.concatenate([x, mirror(x)]) if self.flip else x
        source = torch.from_numpy(batch)
        if self.device.type == "cuda":
            source = source.pin_memory()
        with torch.inference_mode(), torch.autocast(self.device.type, dtype, enabled=dtype != torch.float32):
            joints = self._model(source.to(self.device, non_blocking=True)).float().cpu().numpy()
        if self.flip:
            joints = (joints[: len(x)] + mirror(joints[len(x) :])) / 2
        pelvis = H36M17.index("pelvis")
        if self.entry.root == "subtract":
            joints = joints - joints[:, :, pelvis : pelvis + 1]
        joints[:, :, pelvis] = 0
        out: Floats = np.ascontiguousarray(joints, dtype=np.float32)
        return out

    def _place(self, model: torch.nn.Module) -> torch.nn.Module:
        placed: torch.nn.Module = self._guarded(lambda: model.to(self.device))
        return placed

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


class _OutOfMemoryError(ModelError):
    """The batch was too big for the device."""
