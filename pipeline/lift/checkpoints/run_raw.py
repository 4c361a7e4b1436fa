"""Run a checkpoint on raw arrays: no normalisation, no flip augmentation, float32.

For researchers and for parity checks with other implementations. The command is `models run`.
"""

from __future__ import annotations

import logging
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ... import weights
from ...core.arrays import Floats, Ints
from ...core.errors import ConfigError, ModelError, SourceError
from ...core.pruning_schedule import PruneConfig
from ...system.array_file import write_arrays
from ...system.files import atomic_write
from ...system.memory import available_memory_bytes
from ...weights import WeightEntry
from ..hourglass.host import HourglassHost
from .pruning_recipe import Overrides
from .recognise import Recognised, build, read_checkpoint

log = logging.getLogger(__name__)

_MEMORY_SHARE = 0.5  # fraction of the free memory that one batch may use
_HINT = "It is an .npz with one array 'input' of shape (B, F, 17, 2 or 3): windows, frames, joints, numbers."


@dataclass(frozen=True, slots=True)
class RawResult:
    """Hold the model's `output` (B, F, 17, 3) and the kept frames.

    Without recovering the output is (B, r, 17, 3).
    """

    output: Floats
    stages: tuple[tuple[int, Ints], ...]  # (block, kept frames (B, r)) of each pruning, in their order

    @property
    def kept_frames(self) -> Ints | None:
        """Return the frames (B, r) int64 kept by the last stage; None if nothing was pruned."""
        return self.stages[-1][1] if self.stages else None


def open_model(file_or_name: str, overrides: Overrides | None = None) -> tuple[Recognised, HourglassHost]:
    """Open the checkpoint of a file or named lifter as a model in evaluation mode on the CPU.

    Raises `ModelError` (see `recognise`), `ConfigError` if there is neither a file nor a lifter of that name.
    """
    path = Path(file_or_name).expanduser()
    base = None
    if not path.exists():
        names = {entry.name: entry for entry in weights.manifest()}
        if file_or_name not in names:
            known = ", ".join(names)
            raise ConfigError(f"{file_or_name} is neither a file nor the name of a lifter.", f"Lifters: {known}.")
        path, base = weights.locate(names[file_or_name]), overrides_from_entry(names[file_or_name])
    found, state = read_checkpoint(path, overrides, base)
    return found, build(found, state)


def overrides_from_entry(entry: WeightEntry) -> Overrides:
    """Return the properties of a manifest entry that the tensors of its file do not show."""
    sizes, prune = entry.sizes, PruneConfig.from_json(entry.prune)
    common = Overrides(
        heads=sizes.get("heads"),
        neighbours=sizes.get("neighbours"),
        seq2frame=sizes.get("seq2frame"),
        generation_heads=sizes.get("generation_heads"),
    )
    if not prune.schedule:
        return common
    at, tokens = zip(*prune.schedule, strict=True)
    recipe = Overrides(
        prune=prune.strategy,
        tokens=tokens,
        at=at,
        recover=prune.recover or "none",
        motion=prune.motion_share or None,
    )
    return recipe.over(common)


def read_input(path: Path, found: Recognised) -> Floats:
    """Read the array `input` (B, F, 17, C) of an .npz as float32.

    Raises `SourceError` if it is not readable or does not fit the model.
    """
    try:
        file = np.load(path, allow_pickle=False)
        if not isinstance(file, np.lib.npyio.NpzFile):
            raise SourceError(f"{path} holds a single array (.npy), not an .npz with names.", _HINT)
        with file:
            if "input" not in file:
                raise SourceError(f"{path} has no array 'input', but {', '.join(file.files) or 'nothing'}.", _HINT)
            x = np.asarray(file["input"])
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).", _HINT) from error
    except (ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise SourceError(f"{path} is not a readable .npz of plain arrays ({error}).", _HINT) from error
    if x.dtype.kind not in "fiu":
        raise SourceError(f"'input' in {path} is of type {x.dtype}, not numbers.", _HINT)
    expected = (found.sizes["frames"], 17, found.sizes["in_channels"])
    if x.ndim != 4 or x.shape[1:] != expected or not len(x):
        wanted = ", ".join(map(str, expected))
        raise SourceError(f"'input' in {path} has shape {x.shape}; {found.title} takes (B, {wanted}).", _HINT)
    return np.ascontiguousarray(x, np.float32)


def run(model: HourglassHost, x: Floats, device: torch.device) -> RawResult:
    """Run the model on (B, F, 17, C), in one batch if the memory suffices, else in several."""
    try:
        model = model.to(device)
        parts = [part for piece in _batches(model, x, device) for part in _run(model, piece, device)]
    except (MemoryError, RuntimeError) as error:
        if _out_of_memory(error):
            raise ModelError(
                f"One window does not fit into the memory of {device}.", "Close other programs."
            ) from error
        raise
    blocks = [block for block, _ in parts[0].stages]
    stages = ((block, np.concatenate([part.stages[i][1] for part in parts])) for i, block in enumerate(blocks))
    return RawResult(np.concatenate([part.output for part in parts]), tuple(stages))


def write(path: Path, result: RawResult) -> None:
    """Write `output`, and `kept_frames` if frames were pruned, to an .npz. Raises `OutputError`."""
    arrays: dict[str, Floats | Ints] = {"output": result.output}
    if result.kept_frames is not None:
        arrays["kept_frames"] = result.kept_frames
    with atomic_write(path) as file:
        write_arrays(file, arrays, compressed=False)


def _batches(model: HourglassHost, x: Floats, device: torch.device) -> Iterator[Floats]:
    """Split the input for the memory: on the CPU by the free memory, on a GPU not at all.

    A system that runs out of memory may kill the program instead of raising an error.
    """
    free = available_memory_bytes() if device.type == "cpu" else None
    count = len(x) if free is None else int(free * _MEMORY_SHARE / window_bytes(model))
    count = max(1, min(count, len(x)))
    for start in range(0, len(x), count):
        yield x[start : start + count]


def window_bytes(model: HourglassHost) -> float:
    """Estimate the memory (bytes) for one window.

    It holds tokens, hidden layers and unfused attention matrices.
    """
    c: Any = model.config  # every host has these sizes
    tokens = c.frames * c.joints * c.channels
    return 4.0 * (16 * tokens + 3 * c.joints * c.heads * c.frames**2)


def _run(model: HourglassHost, x: Floats, device: torch.device) -> list[RawResult]:
    """Run in one batch; halve it as often as the memory runs out."""
    try:
        with torch.inference_mode(), model.record_stages() as stages:
            output = model(torch.from_numpy(x).to(device)).float().cpu().numpy()
        return [RawResult(output, tuple((block, kept.cpu().numpy()) for block, kept in stages))]
    except (MemoryError, RuntimeError) as error:
        if len(x) == 1 or not _out_of_memory(error):
            raise
        log.warning("the memory does not suffice for %d windows; trying half of them", len(x))
    half = (len(x) + 1) // 2
    return _run(model, x[:half], device) + _run(model, x[half:], device)


def _out_of_memory(error: BaseException) -> bool:
    text = str(error).lower()
    return (
        isinstance(error, MemoryError | torch.OutOfMemoryError) or "out of memory" in text or "allocate memory" in text
    )
