"""Which device and precision are really used. Measured, remembered, never assumed."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import json
import logging
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelError, OutputError
from pipeline.files import atomic_write, cache_folder

if TYPE_CHECKING:
    import torch

log = logging.getLogger(__name__)

# bfloat16 has to win clearly: it costs accuracy, and timings on a busy machine scatter.
_WORTH_IT = 1.15
_PROBE_SIZES = (32, 64, 128, 256)  # matmul sizes of the probe, small to large: it stops at the first bad one
_PROBE_LIMIT_S = 0.05
_RUNS = 3
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


def quiet_openvino() -> Any:
    """The module `openvino` without its conversion tools, which report every import to their maker over the network.

    Raises ImportError as an import does.
    """
    tools = "openvino.tools"
    if tools in sys.modules:
        return importlib.import_module("openvino")
    sys.modules[tools] = None  # type: ignore[assignment]  # Python: cannot be imported; OpenVINO goes on without
    try:
        return importlib.import_module("openvino")
    finally:
        del sys.modules[tools]


def openvino_settings(threads: int, streams: int = 1) -> dict[str, Any]:
    """For `compile_model` on the CPU; `streams` inferences at once share the threads.

    float32 wherever it runs: the default of newer processors is bfloat16, which moves joints. Not pinned to cores,
    because decoding, detection and lifting all want them.
    """
    return {
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": threads,
        "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": "f32",
    }


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


def choose_precision(
    device: torch.device, model_key: str, run: Callable[[torch.dtype], object], cache_path: Path | None = None
) -> torch.dtype:
    """float32, or bfloat16 if `run(dtype)` (one typical batch of the model) is clearly faster with it on this device.

    Decided in three steps, each cheaper than a mistake in the next: does the hardware have bfloat16 at all; is a tiny
    matrix product not slower (on a CPU that emulates it, it is thousands of times slower); is the model itself faster.
    The result is remembered in the cache folder per torch version, device, threads and `model_key`.
    """
    import torch

    path = cache_path or cache_folder() / "precision.json"
    key = "|".join((torch.__version__, device.type, device_name(device), str(torch.get_num_threads()), model_key))
    known = _read_choices(path)
    if known.get(key) in ("float32", "bfloat16"):
        return torch.bfloat16 if known[key] == "bfloat16" else torch.float32
    if not fast_bfloat16(device):
        choice = torch.float32
    else:
        seconds = {dtype: _best_of(run, dtype, device) for dtype in (torch.float32, torch.bfloat16)}
        faster = seconds[torch.float32] / seconds[torch.bfloat16]
        choice = torch.bfloat16 if faster >= _WORTH_IT else torch.float32
        log.info("bfloat16 is %.2f x as fast as float32 for %s on %s", faster, model_key, device)
    known[key] = str(choice).removeprefix("torch.")
    try:
        with atomic_write(path, "w") as file:
            json.dump(known, file, indent=1)
    except OutputError as error:  # measured again next time: no reason to fail
        log.warning("%s", error)
    return choice


def _read_choices(path: Path) -> dict[str, str]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def fast_bfloat16(device: torch.device) -> bool:
    """Whether it makes sense to try bfloat16 on `device`: the hardware has it, and a tiny matrix product is not slower.

    Where a CPU emulates it, a single window of a large model takes minutes.
    """
    return _has_bfloat16(device) and _probe_is_fast(device)


def _has_bfloat16(device: torch.device) -> bool:
    """Whether the hardware computes in bfloat16 itself (emulation does not count)."""
    import torch

    if device.type == "cuda":
        with torch.cuda.device(device):
            return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type == "mps":
        return True  # the probe and the measurement decide
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


def _best_of(run: Callable[[torch.dtype], object], dtype: torch.dtype, device: torch.device) -> float:
    best = float("inf")
    for attempt in range(_RUNS + 1):
        start = time.perf_counter()
        run(dtype)
        synchronize(device)
        if attempt:  # the first run compiles and allocates
            best = min(best, time.perf_counter() - start)
    return best


def synchronize(device: torch.device) -> None:
    """Wait until the device has done what was asked of it."""
    import torch

    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
