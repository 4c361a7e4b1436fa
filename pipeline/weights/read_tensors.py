"""Read tensors from untrusted checkpoints: .pth, .pth.tr, .bin, .pt, .safetensors.

A file's suffix is ignored. A PyTorch checkpoint is a pickle, and a pickle is a program. `torch.load(weights_only=True)`
reads it, which makes tensors, numbers and containers and calls nothing else. Training programs also store NumPy
numbers, random states and their arguments beside the weights: those are read into stand-ins without content or
behaviour, and discarded. A pickle that names anything else is refused.
"""

from __future__ import annotations

import io
import math
import os
import pickletools
import threading
import warnings
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..core.errors import ModelError
from ..system.array_file import open_zip, read_member
from ..system.safe_read import DamagedFile, open_regular

if TYPE_CHECKING:
    import torch

Names = tuple[tuple[str, str], ...]

# keys under which training programs store the weights
_WRAPPERS = ("model_pos", "state_dict", "model", "model_state_dict")
_PREFIXES = ("module.", "_orig_mod.")  # added by DataParallel and by torch.compile
COUNTER = "num_batches_tracked"  # counter of batch norms: training only, and not every file has it
_DEPTH = 4  # wrappers within wrappers
_MAX_RECORDS = 200_000  # members of a checkpoint, one per tensor
_MAX_DIRECTORY_BYTES = 64 << 20  # bytes of the list of members
# bytes of the pickle that describes the tensors, including the histories of a long training
_MAX_PICKLE_BYTES = 256 << 20
_MAX_STEPS = 1_000_000  # steps of the pickle's program: forty per tensor
_MAX_PICKLES = 5  # pickles at the beginning of an old checkpoint
_HINT = "Choose the weights of one of the known networks, as .pth, .bin, .pt or .safetensors; or get the file again."

_one_at_a_time = threading.Lock()  # torch has one list of allowed names for the whole process

# (module, name) of objects beside the tensors in checkpoints of this field; replaced by stand-ins, never imported.
_HARMLESS = (
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.random._pickle", "__randomstate_ctor"),
    ("numpy.random._pickle", "__bit_generator_ctor"),
    ("numpy.random._mt19937", "MT19937"),
    ("numpy.random", "__RandomState_ctor"),
    ("argparse", "Namespace"),
    ("easydict", "EasyDict"),
)

# The same for checkpoints of mmengine's runner: the history of its losses names its methods by `getattr`, whose
# stand-in looks nothing up.
OPENMMLAB = (("mmengine.logging.history_buffer", "HistoryBuffer"), ("builtins", "getattr"))


class _StandIn:
    """Stand in for an object of the file: accept any arguments and discard them."""

    def __new__(cls, *_: Any, **__: Any) -> _StandIn:
        return super().__new__(cls)

    def __setstate__(self, state: Any) -> None:
        """Discard the state."""


def read_state_dict(path: Path, beside: Names = ()) -> dict[str, torch.Tensor]:
    """Read name -> tensor of a checkpoint, on the CPU, as stored; executes nothing of the file.

    Wrappers of published checkpoints (`model_pos`, `state_dict`, `model`) and prefixes (`module.` of DataParallel) are
    removed; data beside the weights (optimizer, epoch) is left out, and so are the counters of batch norms. `beside`:
    (module, name) of further objects that may be beside the weights. Every tensor is dense with finite floating-point
    numbers. Raises `ModelError`.
    """
    try:
        with open_regular(path) as file:
            start = file.read(16)
            size = os.fstat(file.fileno()).st_size
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        reason = getattr(error, "strerror", None) or error
        raise ModelError(f"{path} cannot be opened ({reason}).", "Check the name and its permissions.") from error
    if not size:
        raise ModelError(f"{path} is empty.", _HINT)
    if start[8:9] == b"{":  # the length of the header, then the header: json
        data: Any = _safetensors(path, size, int.from_bytes(start[:8], "little"))
    elif start.startswith(b"PK\x03\x04"):
        _check_zip(path)
        data = _pickled(path, beside, mapped=path.suffix.lower() != ".safetensors")
    elif start.startswith(b"\x80"):  # PyTorch before 1.6: pickles, one after the other
        with open_regular(path) as file:
            _check_steps(path, file)
        data = _pickled(path, beside, mapped=False)
    else:
        raise ModelError(f"{path} cannot be read: it is no checkpoint, neither of PyTorch nor safetensors.", _HINT)
    state = _without_prefixes(path, _unwrap(path, data))
    if sum(tensor.numel() * tensor.element_size() for tensor in state.values()) > size:
        # Strides of zero, or one tensor under many names, let a few bytes claim terabytes.
        raise ModelError(f"{path} claims to hold more weights than the file is long.", _HINT)
    return {name: _checked(path, name, tensor) for name, tensor in state.items() if not name.endswith(COUNTER)}


def _safetensors(path: Path, size: int, header: int) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    if header > size - 8:
        raise ModelError(f"The weights {path} cannot be read: the file is cut short, or no safetensors file.", _HINT)
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"The weights {path} cannot be read ({str(error)[:200]}).", _HINT) from error


def _check_zip(path: Path) -> None:
    """Check that a zip stores its records uncompressed, as torch.save does.

    A zip that would unpack to more is not read.
    """
    try:
        with open_zip(path, _MAX_RECORDS, _MAX_DIRECTORY_BYTES) as archive:
            records = archive.infolist()
            for record in records:
                if record.filename.endswith("data.pkl"):
                    _check_steps(path, io.BytesIO(read_member(archive, record.filename, _MAX_PICKLE_BYTES)))
    except (DamagedFile, OSError) as error:
        raise ModelError(f"The weights {path} cannot be read: the file is cut short or damaged.", _HINT) from error
    if not any(record.filename.endswith("data.pkl") for record in records):
        raise ModelError(f"{path} cannot be read: it is a zip archive, but no checkpoint.", _HINT)
    if any(
        record.compress_type != zipfile.ZIP_STORED or record.file_size != record.compress_size for record in records
    ):
        raise ModelError(f"{path} cannot be read: its parts are compressed, which no checkpoint's are.", _HINT)


def _check_steps(path: Path, file: IO[bytes]) -> None:
    """Count the steps of the pickles at the start of a file, which determine the reading time."""
    steps = 0
    try:
        for _ in range(_MAX_PICKLES):
            for _ in pickletools.genops(file):
                steps += 1
                if steps > _MAX_STEPS:
                    raise ModelError(f"{path} cannot be read: it is a program of more than {_MAX_STEPS} steps.", _HINT)
    except (ValueError, AssertionError, EOFError, OverflowError):
        pass  # here the tensors begin, or the damage, which torch reports


def _pickled(path: Path, beside: Names, mapped: bool) -> Any:
    """Load a pickle with torch.

    `mapped`: the file is not read but memory-mapped, so that an optimizer's state of gigabytes costs no memory.
    """
    import torch

    try:
        with (
            _one_at_a_time,
            warnings.catch_warnings(),
            torch.serialization.safe_globals(_stand_ins((*_HARMLESS, *beside))),
            path.open("rb") as file,
        ):
            warnings.simplefilter("ignore")  # torch asks users to report odd pickles to its authors
            # By name only where it can be mapped, because torch, too, looks at the suffix.
            source = str(path) if mapped else file
            return torch.load(source, map_location="cpu", weights_only=True, mmap=mapped)
    except Exception as error:  # a damaged or hostile pickle can raise anything; none of it is a bug here
        text = " ".join(str(error).split())
        # torch's advice is to trust the file; ours is not to.
        reason = text.partition("GLOBAL ")[2].partition(" was not an allowed")[0]
        what = f"it holds '{reason}', which is not weights" if reason else text[:200] or type(error).__name__
        raise ModelError(f"The weights {path} cannot be read safely ({what}).", _HINT) from error


def _stand_ins(names: Names) -> list[Any]:
    return [type(name, (_StandIn,), {"__module__": module, "__qualname__": name}) for module, name in names]


def _unwrap(path: Path, data: Any) -> dict[str, torch.Tensor]:
    """Return the dictionary of tensors in the content of a checkpoint."""
    import torch

    for _ in range(_DEPTH):
        if not isinstance(data, dict):
            break
        inner = next((data[key] for key in _WRAPPERS if isinstance(data.get(key), dict) and data[key]), None)
        if inner is None:
            break
        data = inner
    if not isinstance(data, dict) or not any(isinstance(value, torch.Tensor) for value in data.values()):
        raise ModelError(f"{path} holds no weights.", _HINT)
    others = [
        str(key) for key, value in data.items() if not isinstance(value, torch.Tensor) or not isinstance(key, str)
    ]
    if others:
        raise ModelError(f"{path} holds other things among its weights: {some(others)}.", _HINT)
    return data


def _without_prefixes(path: Path, data: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = {}
    for key, value in data.items():
        name = key
        while prefix := next((p for p in _PREFIXES if name.startswith(p)), ""):
            name = name.removeprefix(prefix)
        if name in state:
            raise ModelError(f"{path} holds the weights '{name}' twice, with and without a prefix.", _HINT)
        state[name] = value
    return state


def _checked(path: Path, name: str, tensor: torch.Tensor) -> torch.Tensor:
    """Return an independent copy. Raises `ModelError` if it cannot be a trained weight."""
    import torch

    if tensor.layout != torch.strided or tensor.is_quantized or tensor.device.type != "cpu":
        raise ModelError(f"The weights '{name}' of {path} are no plain tensor.", _HINT)
    if not tensor.is_floating_point():
        raise ModelError(
            f"The weights '{name}' of {path} are of type {tensor.dtype}, not floating-point numbers.", _HINT
        )
    own = tensor.detach().clone(memory_format=torch.contiguous_format)
    if not math.isfinite(own.sum(dtype=torch.float64)):  # one pass; the sum of finite values does not overflow
        raise ModelError(f"The weights '{name}' of {path} hold numbers that are not finite.", _HINT)
    return own


def misfits(model: torch.nn.Module, state: Mapping[str, torch.Tensor], extra: bool = True) -> str:
    """Return why `state` does not hold the weights of `model` (also on `meta`); "" if it does.

    With `extra`, weights that the model lacks count as well. Counters of batch norms may be missing.
    """
    own = model.state_dict()
    problems = []
    if missing := [key for key in own if key not in state and not key.endswith(COUNTER)]:
        problems.append("missing: " + some(missing))
    if unknown := [key for key in state if key not in own] if extra else []:
        problems.append("not part of the model: " + some(unknown))
    wrong = [
        f"{key} {tuple(state[key].shape)} instead of {tuple(own[key].shape)}"
        for key in own
        if key in state and state[key].shape != own[key].shape
    ]
    if wrong:
        problems.append("other shape: " + some(wrong))
    return "; ".join(problems)


def some(names: Iterable[str], shown: int = 3) -> str:
    """Format names for messages: "a, b, c and 4 more"."""
    listed = list(names)
    more = len(listed) - shown
    return ", ".join(listed[:shown]) + (f" and {more} more" if more > 0 else "")
