"""Choose the torch device and precision, and report what the hardware supports."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import ModelError

if TYPE_CHECKING:
    import torch


log = logging.getLogger(__name__)


_PROBE_SIZES = (32, 64, 128, 256)  # side lengths of the probe's matrix products; it stops at the first slow one
_PROBE_LIMIT_S = 0.05  # s that one product may take: emulated bfloat16 is slower, hardware far faster
_LIBRARIES = ("torch", "numpy", "scipy", "av", "mediapipe", "openvino", "mmpose", "opencv-python", "safetensors")


def choose_device(name: str = "auto") -> torch.device:
    """Return the torch device for "auto", "cpu", "cuda", "cuda:1" or "mps".

    "auto" takes CUDA, then Apple's GPU, then the CPU. Raises `ModelError` if the requested device does not exist.
    """
    import torch

    cuda, mps = torch.cuda.is_available(), torch.backends.mps.is_available()
    if name == "auto":
        return torch.device("cuda" if cuda else "mps" if mps else "cpu")
    hint = "Choose auto or cpu. " + (_gpu_warning(cuda or mps) or "")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ModelError(f"There is no device called '{name}'.", hint.strip()) from error
    absent = (
        (device.type == "cuda" and not (cuda and (device.index or 0) < torch.cuda.device_count()))
        or (device.type == "mps" and not mps)
        or device.type not in ("cpu", "cuda", "mps")
    )
    if absent:
        raise ModelError(f"The device '{name}' cannot be used here.", hint.strip())
    return device


def dtype_for(precision: str, device: torch.device) -> torch.dtype:
    """Return the dtype in which networks compute for a requested "float32" or "bfloat16".

    The choice depends on the request only, never on a measurement. Emulated bfloat16 logs a warning, because it is
    slower than float32. Raises `ModelError` if the device cannot compute in bfloat16 at all.
    """
    import torch

    if precision == "float32":
        if device.type == "cuda":
            torch.backends.cudnn.allow_tf32 = False  # TF32 would round convolutions to 10 bits on tensor cores
        return torch.float32
    try:
        ones = torch.ones(8, 8, dtype=torch.bfloat16, device=device)
        works = bool((ones @ ones == 8).all())
    except (RuntimeError, TypeError) as error:
        raise ModelError(f"{device} cannot compute in bfloat16 ({error}).", "Choose float32.") from error
    if not works:
        raise ModelError(f"{device} computes wrongly in bfloat16.", "Choose float32.")
    if not has_bfloat16(device):
        log.warning("bfloat16 is emulated on %s, which is slower than float32", device_name(device))
    return torch.bfloat16


def describe() -> dict[str, Any]:
    """Describe torch and its devices as plain JSON values, for `doctor` and for provenance.

    `device` is the choice of "auto", `gpus` are those that torch can use, `warnings` are texts for the user.
    """
    import torch

    device = choose_device("auto")
    warning = _gpu_warning(device.type != "cpu")
    return {
        "torch": torch.__version__,
        "device": str(device),
        "processor": device_name(device),
        "threads": torch.get_num_threads(),
        "gpus": [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())],
        "warnings": [warning] if warning else [],
    }


def likely_devices() -> tuple[str, ...]:
    """Return which of "cuda" and "mps" can be used here, without importing torch.

    It takes up to some seconds. torch decides when a network is loaded: this is for lists to choose from.
    """
    if platform.system() == "Darwin":
        return ("mps",) if platform.machine() == "arm64" else ()
    built = _built_for()
    if "cuda" in built and nvidia_gpus():
        return ("cuda",)
    return ("cuda",) if "hip" in built and os.path.exists("/dev/kfd") else ()  # AMD's GPUs answer to the same name


def _built_for() -> set[str]:
    """Return for which of "cuda" and "hip" the installed torch was built, from the file that states it."""
    found = importlib.util.find_spec("torch")
    if found is None or found.origin is None:
        return set()
    try:
        text = Path(found.origin).with_name("version.py").read_text("utf-8")
    except OSError:
        return set()
    stated = re.findall(r"^(cuda|hip)\b[^=\n]*=\s*(\S+)", text, re.MULTILINE)
    return {name for name, value in stated if value != "None"}


def leave_a_core() -> int:
    """Limit torch to all CPU cores but one and return the number of its threads.

    OMP_NUM_THREADS set by the user takes precedence. The 2D detector runs at the same time as the lifter. With as many
    torch threads as cores, each waits for the other at every layer: measured on two busy cores, a window then takes
    0.7 to 1.5 s instead of 0.17 s with one thread.
    """
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        affinity = getattr(os, "sched_getaffinity", None)  # Linux only; respects the limits of containers
        cores = len(affinity(0)) if affinity else (os.cpu_count() or 1)
        torch.set_num_threads(max(1, min(torch.get_num_threads(), cores - 1)))
    return torch.get_num_threads()


def versions() -> dict[str, str]:
    """List the versions of Python and of the libraries that affect results; import none of them."""
    from importlib import metadata

    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def device_name(device: torch.device) -> str:
    """Return the name of the GPU, or of the processor for the CPU."""
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return f"Apple GPU ({platform.machine()})"
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.lower().startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:  # not Linux
        pass
    return platform.processor() or platform.machine()


def _gpu_warning(gpu_in_use: bool) -> str:
    """Return a warning if an NVIDIA GPU is present but unused, a common complaint of users."""
    if gpu_in_use:
        return ""
    names = nvidia_gpus()
    if not names:
        return ""
    import torch

    found = ", ".join(names)
    if torch.version.cuda is None:
        return (
            f"{found} is there, but this torch ({torch.__version__}) was built without CUDA, so the CPU is used. "
            "Install a CUDA build of torch (see pytorch.org) into the program's environment."
        )
    return f"{found} is there, but torch cannot use it, so the CPU is used. Check the NVIDIA driver (nvidia-smi)."


def nvidia_gpus() -> tuple[str, ...]:
    """List the names of the system's NVIDIA GPUs, also of those that torch cannot use."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    query = [tool, "--query-gpu=name", "--format=csv,noheader"]
    try:
        reply = subprocess.run(query, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(line.strip() for line in reply.stdout.splitlines() if line.strip()) if reply.returncode == 0 else ()


def fast_bfloat16(device: torch.device) -> bool:
    """Return whether bfloat16 is native on `device` and fast in small matrix products.

    The answer serves reports and refusals only, never the choice of a precision. Where a CPU emulates bfloat16, a
    single window of a large model takes minutes.
    """
    return has_bfloat16(device) and _probe_is_fast(device)


def has_bfloat16(device: torch.device) -> bool:
    """Return whether the hardware supports bfloat16 natively (emulation does not count)."""
    import torch

    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "mps":
        return True  # the probe decides
    flags = cpu_flags()
    return bool(flags & {"avx512_bf16", "amx_bf16", "bf16", "svebf16"})


def cpu_flags() -> set[str]:
    """List the instruction sets of this processor, as torch and Linux report them."""
    import torch

    capabilities = getattr(torch.cpu, "get_capabilities", None)  # newer torch only
    flags = {name for name, there in capabilities().items() if there is True} if capabilities else set()
    if os.path.exists("/proc/cpuinfo"):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.lower().startswith(("flags", "features")):
                return flags | set(line.partition(":")[2].split())
    return flags


def _probe_is_fast(device: torch.device) -> bool:
    """Return whether small bfloat16 matrix products of growing size stay below `_PROBE_LIMIT_S`."""
    import torch

    for size in _PROBE_SIZES:
        a = torch.ones(size, size, dtype=torch.bfloat16, device=device)
        (a[:8, :8] @ a[:8, :8]).sum().item()  # loads kernels outside the measurement
        start = time.perf_counter()
        (a @ a).sum().item()  # .item() waits for the device
        if time.perf_counter() - start > _PROBE_LIMIT_S:
            return False
    return True


def synchronize(device: torch.device) -> None:
    """Wait until the device has finished all queued work."""
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
