"""Load OpenVINO quietly, and set it so that it computes in float32."""

from __future__ import annotations

import importlib
import importlib.metadata
import sys
from typing import Any


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
        "EXECUTION_MODE_HINT": "ACCURACY",
    }
