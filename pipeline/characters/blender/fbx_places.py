"""Read where bones are in a written .fbx, with Blender."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles
from ...core.errors import OutputError
from .run import CONVERT, BlenderFailed, run_script

_START_LIMIT_S, _FRAME_LIMIT_S = 120.0, 0.1  # s, time limit: for Blender's start, and per frame


def fbx_places(
    path: Path, bones: Mapping[str, str], times_s: Doubles, rate_hz: float, ask: Callable[[], None] = lambda: None
) -> dict[str, Doubles]:
    """Return bone -> places (T, 3) at times since the file's first key, in glTF's axes, metres.

    `bones`: humanoid bone -> name in the file, which was written at `rate_hz`. Raises `OutputError` if Blender fails.
    """
    question = {
        "bones": list(bones.values()),
        "times_s": times_s.tolist(),
        "last_s": max(1, round(float(times_s[-1]) * rate_hz)) / rate_hz,
    }
    with tempfile.TemporaryDirectory(prefix="hourglass-") as folder:
        asked, found = Path(folder) / "asked.json", Path(folder) / "found.json"
        asked.write_text(json.dumps(question), "utf-8")
        limit_s = _START_LIMIT_S + _FRAME_LIMIT_S * len(times_s)
        try:
            run_script(CONVERT, ["places", str(path.resolve()), str(asked), str(found)], limit_s, ask)
        except BlenderFailed as error:
            raise OutputError(
                f"Blender could not read {path.name} back ({error}).", "Export without a report."
            ) from error
        places = np.array(json.loads(found.read_text("utf-8")), np.float64)
    return {bone: places[:, column] for column, bone in enumerate(bones)}
