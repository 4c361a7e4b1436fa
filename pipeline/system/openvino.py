"""Import OpenVINO without its telemetry, and configure it for float32."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import Any


def quiet_openvino() -> Any:
    """Import `openvino` without its conversion tools, which send telemetry on every import.

    Raises ImportError like any import.
    """
    tools = "openvino.tools"
    if tools in sys.modules:
        return importlib.import_module("openvino")
    sys.modules[tools] = None  # type: ignore[assignment]  # makes the import fail, which OpenVINO tolerates
    try:
        return importlib.import_module("openvino")
    finally:
        del sys.modules[tools]


@functools.cache
def openvino_core() -> Any:
    """Return the one `Core` of the process; it is never freed. Raises ImportError.

    OpenVINO's CPU plugin registers a signal stack of its `Core` for the calling thread, and restores the previous one
    when it is freed. If two of them are freed in the order in which they were made, the stack that stays registered is
    freed memory: the next signal, for example Ctrl-C, ends the process with a segmentation fault (OpenVINO 2026.4).
    """
    return quiet_openvino().Core()


def openvino_settings(threads: int, streams: int = 1) -> dict[str, Any]:
    """Return CPU settings for `compile_model`; `streams` parallel inferences share `threads`.

    The precision is float32 on every processor: newer ones default to bfloat16, which moves joints. Threads are not
    pinned to cores, because decoding, detection and lifting share the cores.
    """
    return {
        "NUM_STREAMS": streams,
        "INFERENCE_NUM_THREADS": threads,
        "ENABLE_CPU_PINNING": False,
        "INFERENCE_PRECISION_HINT": "f32",
        "EXECUTION_MODE_HINT": "ACCURACY",
    }
