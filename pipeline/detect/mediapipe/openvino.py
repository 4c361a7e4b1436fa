"""Run BlazePose's landmark network on OpenVINO, in two thirds of MediaPipe's time.

OpenVINO reads the TFLite model that MediaPipe runs. The steps of MediaPipe's graph around it are implemented here:
pixels become [0, 1], logits become visibility and presence, and joints with a confident heat map move to its centre of
mass (MediaPipe's `RefineLandmarksFromHeatmapCalculator` with the settings of its pose graph). Where OpenVINO is not
installed, or does not run on a machine, `landmarkers` gives MediaPipe's graph.

Bazarevsky et al., "BlazePose: On-device Real-time Body Pose tracking", CVPR workshop 2020.
"""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path
from typing import Any

import numpy as np

from ...core.arrays import Floats, Image
from ...core.config import Runtime
from ...core.errors import ModelError
from ...system.openvino import openvino_core, openvino_settings, quiet_openvino
from .model_bundle import ModelBundle
from .networks import LANDMARKER_PX, Landmarker, Landmarks

log = logging.getLogger(__name__)

_JOINTS, _HIPS, _CIRCLE, _POINTS = 33, 33, 34, 39  # rows of the network's output; four more serve drawing
_REFINE_CELLS = 3  # cells, side of the heat map window around a joint
_MIN_PEAK = 0.5  # smallest peak probability of a heat map at which it moves its joint
# The model's outputs that are used, by index, with their shapes. The silhouette and the layers that only it needs are
# left out.
_OUTPUTS = {0: (1, 5 * _POINTS), 1: (1, 1), 3: (1, 64, 64, _POINTS), 4: (1, 3 * _POINTS)}


class OpenVinoLandmarkers:
    """Compile the network once; `one()` creates a `Landmarker` for each of `threads` threads."""

    def __init__(self, network: Path, threads: int) -> None:
        openvino = quiet_openvino()
        core = openvino_core()
        model = core.read_model(network)
        wanted = [result for number, result in enumerate(model.get_results()) if number in _OUTPUTS]
        shapes = [tuple(result.get_output_shape(0)) for result in wanted]
        if shapes != list(_OUTPUTS.values()):
            raise RuntimeError(f"the landmark model answers {shapes}")
        self.runtime = f"openvino{openvino.__version__.split('-')[0]}"
        self._network: Any = core.compile_model(
            openvino.Model(wanted, model.get_parameters()),
            "CPU",
            openvino_settings(threads, streams=threads),
        )

    def one(self) -> OpenVinoLandmarker:
        return OpenVinoLandmarker(self._network.create_infer_request())


class OpenVinoLandmarker:
    """Implement `networks.Landmarker` on OpenVINO. Use from one thread at a time."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._pixels = np.empty((1, LANDMARKER_PX, LANDMARKER_PX, 3), np.float32)

    def locate(self, rgb: Image) -> Landmarks:
        """Locate the landmarks in a square crop of `LANDMARKER_PX` pixels.

        `confidence` is the probability of a person.
        """
        np.multiply(rgb, np.float32(1 / 255), out=self._pixels[0])
        self._request.infer({0: self._pixels}, share_inputs=True)
        answer, score, heat, world = (self._request.get_output_tensor(output).data for output in range(len(_OUTPUTS)))
        points = answer.reshape(_POINTS, 5)
        places = refined(points[:, :2] / LANDMARKER_PX, heat[0])
        sure = _sigmoid(points[:_JOINTS, 3:])
        confidence = min(max(float(score[0, 0]), 0.0), 1.0)
        metres = world.reshape(_POINTS, 3)[:_JOINTS].copy()
        return Landmarks(places[:_JOINTS], sure[:, 0], sure[:, 1], places[_HIPS], places[_CIRCLE], confidence, metres)

    def close(self) -> None:
        self._request = None


def refined(places: Floats, heat: Floats) -> Floats:
    """Move points (N, 2) in [0, 1] to the peaks of their confident heat maps (H, W, N).

    The heat maps are logits. The new point is the centre of mass within `_REFINE_CELLS` cells of the old one, if the
    best of these cells exceeds `_MIN_PEAK`.
    """
    high, wide, count = heat.shape
    column, row = (places * (wide, high)).astype(np.int64).T  # toward zero, as MediaPipe rounds
    steps = np.arange(-_REFINE_CELLS, _REFINE_CELLS + 1)
    columns, rows = column[:, None] + steps, row[:, None] + steps  # (N, 7)
    inside = ((rows >= 0) & (rows < high))[:, :, None] & ((columns >= 0) & (columns < wide))[:, None, :]
    cells = heat[
        np.clip(rows, 0, high - 1)[:, :, None],
        np.clip(columns, 0, wide - 1)[:, None, :],
        np.arange(count)[:, None, None],
    ]
    weight = np.where(inside, _sigmoid(cells), 0)  # (N, 7, 7)
    total = weight.sum((1, 2))
    within = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
    sure = within & (weight.max((1, 2)) >= _MIN_PEAK)
    mass = np.stack([(weight.sum(1) * columns).sum(1) / wide, (weight.sum(2) * rows).sum(1) / high], -1)
    return np.where(sure[:, None], mass / np.maximum(total, 1e-9)[:, None], places).astype(np.float32)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)), np.float32)


AnyLandmarker = Landmarker | OpenVinoLandmarker


def landmarkers(bundle: ModelBundle, count: int, runtime: Runtime = "auto") -> tuple[list[AnyLandmarker], str]:
    """Create `count` landmarkers, one for each parallel thread; "" as engine is MediaPipe.

    "auto" takes OpenVINO where it runs. Raises `ModelError` if "openvino" is requested and does not run.
    """
    if runtime == "openvino" and importlib.util.find_spec("openvino") is None:
        raise ModelError("OpenVINO is not installed.", "Choose the runtime mediapipe, or auto.", field="runtime")
    if runtime != "mediapipe" and importlib.util.find_spec("openvino") is not None:
        try:
            several = OpenVinoLandmarkers(bundle.landmarks, count)
            made: list[AnyLandmarker] = [several.one() for _ in range(count)]
            made[0].locate(np.zeros((LANDMARKER_PX, LANDMARKER_PX, 3), np.uint8))
            return made, several.runtime
        except (ImportError, OSError, RuntimeError) as error:
            if runtime == "openvino":
                raise ModelError(
                    f"OpenVINO does not run here ({error}).", "Choose the runtime mediapipe, or auto.", field="runtime"
                ) from error
            log.warning("OpenVINO does not run here (%s); MediaPipe's own, slower graph is used", error)
    return [Landmarker(bundle) for _ in range(count)], ""
