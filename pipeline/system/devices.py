"""The device that is really used, what it can do, and how OpenVINO is set up on it."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import logging
import os
import platform
import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import ModelError

if TYPE_CHECKING:
    import torch


log = logging.getLogger(__name__)


_PROBE_SIZES = (32, 64, 128, 256)  # matmul sizes of the probe, small to large: it stops at the first bad one


_PROBE_LIMIT_S = 0.05


_LIBRARIES = ("torch", "numpy", "scipy", "av", "mediapipe", "openvino", "mmpose", "opencv-python", "safetensors")


def choose_device(name: str = "auto") -> torch.device:
    """The device for "auto" (CUDA, then Apple's GPU, then the CPU), "cpu", "cuda", "cuda:1" or "mps".

    Raises `ModelError` if the one asked for is not there.
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
    """What a network computes in on `device` when the user asked for "float32" or "bfloat16"; nothing is measured.

    bfloat16 that the hardware emulates is warned of, because it is slower than float32. Raises `ModelError` if the
    device cannot compute in it at all.
    """
    import torch

    if precision == "float32":
        if device.type == "cuda":
            torch.backends.cudnn.allow_tf32 = False  # else convolutions round to 10 bits where the GPU has tensor cores
        return torch.float32
    try:
        ones = torch.ones(8, 8, dtype=torch.bfloat16, device=device)
        works = bool((ones @ ones == 8).all())
    except (RuntimeError, TypeError) as error:
        raise ModelError(f"{device} cannot compute in bfloat16 ({error}).", "Choose float32.") from error
    if not works:
        raise ModelError(f"{device} computes wrongly in bfloat16.", "Choose float32.")
    if not _has_bfloat16(device):
        log.warning("%s has no bfloat16 of its own: it is emulated, and slower than float32", device_name(device))
    return torch.bfloat16


def describe() -> dict[str, Any]:
    """What torch computes on here, as plain JSON values: for `doctor` and for provenance.

    `device` is the one that "auto" takes, `gpus` are those that torch can use, `warnings` are texts for the user.
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


def leave_a_core() -> int:
    """Let torch use all cores but one, and say how many that is. OMP_NUM_THREADS set by the user wins.

    The 2D detector runs beside the lifter. With as many torch threads as cores each waits for the other at every layer:
    measured on two busy cores, a window then takes 0.7 to 1.5 s instead of 0.17 s with one thread.
    """
    import torch

    if "OMP_NUM_THREADS" not in os.environ:
        affinity = getattr(os, "sched_getaffinity", None)  # Linux only; knows of containers' limits
        cores = len(affinity(0)) if affinity else (os.cpu_count() or 1)
        torch.set_num_threads(max(1, min(torch.get_num_threads(), cores - 1)))
    return torch.get_num_threads()


def versions() -> dict[str, str]:
    """Versions of what decides a result: Python and the libraries that are installed. Imports none of them."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[name] = importlib.metadata.version(name)
    return found


def device_name(device: torch.device) -> str:
    """Name of the GPU, or of the processor."""
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
    """A GPU that lies idle is the most common complaint about such programs: say so."""
    if gpu_in_use:
        return ""
    names = _nvidia_gpus()
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


def _nvidia_gpus() -> tuple[str, ...]:
    """Names of NVIDIA GPUs that the system knows of, whatever torch thinks."""
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
    """Whether bfloat16 can save time on `device`: the hardware has it, and a tiny matrix product is not slow in it.

    For reports and refusals only, never to choose a precision. Where a CPU emulates it, a single window of a large
    model takes minutes.
    """
    return _has_bfloat16(device) and _probe_is_fast(device)


def _has_bfloat16(device: torch.device) -> bool:
    """Whether the hardware computes in bfloat16 itself (emulation does not count)."""
    import torch

    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "mps":
        return True  # the probe decides
    flags = _cpu_flags()
    return bool(flags & {"avx512_bf16", "amx_bf16", "bf16", "svebf16"})


def _cpu_flags() -> set[str]:
    import torch

    capabilities = getattr(torch.cpu, "get_capabilities", None)  # newer torch only
    flags = {name for name, there in capabilities().items() if there is True} if capabilities else set()
    if os.path.exists("/proc/cpuinfo"):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.lower().startswith(("flags", "features")):
                return flags | set(line.partition(":")[2].split())
    return flags


def _probe_is_fast(device: torch.device) -> bool:
    """Multiply small matrices, growing: False as soon as one takes longer than any hardware support would."""
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
    """Wait until the device has done what was asked of it."""
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
