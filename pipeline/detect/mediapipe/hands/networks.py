"""Run MediaPipe's two hand networks as plain function calls, without tracking.

`hand_recrop` corrects the square of a hand; `hand_landmark_full` locates its 21 points in the image and in 3D. Both are
in MediaPipe's wheel. OpenVINO takes half of TFLite's time for the first and a tenth less for the second, which costs
ten times as much; where it does not run, MediaPipe's own inference does. Both give the same points within 0.001 px.

Zhang et al., "MediaPipe Hands: On-device Real-time Hand Tracking", CVPR workshop 2020.
"""

from __future__ import annotations

import importlib.util
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ....core.arrays import Floats, Image
from ....core.config import Runtime
from ....core.errors import INSTALLATION, ModelError
from ....system.openvino import openvino_core, openvino_settings, quiet_openvino
from ..import_without_plots import import_mediapipe
from ..model_bundle import wheel_path
from ..networks import quiet_stderr

log = logging.getLogger(__name__)

POINTS = 21
RECROP_PX, LANDMARKS_PX = 256, 224  # px, input sides of the networks
RECROP_FILE = "modules/holistic_landmark/hand_recrop.tflite"
LANDMARKS_FILE = "modules/hand_landmark/hand_landmark_full.tflite"

_SHAPES = {RECROP_FILE: [4], LANDMARKS_FILE: [3 * POINTS, 1, 1, 3 * POINTS]}  # numbers of each output


@dataclass(frozen=True, slots=True)
class HandPoints:
    """Hold the landmark network's answer for a crop."""

    joints: Floats  # (21, 2) in [0, 1] of the crop
    world: Floats  # (21, 3) m along the crop's axes: x right, y down, z away from the camera; origin in the hand
    presence: float  # probability that the crop shows a hand
    right: float  # probability of a right hand in an unmirrored image


class Network(Protocol):
    """Run one network on an RGB image of its input size; returns its outputs, flattened."""

    def run(self, rgb: Image) -> list[Floats]: ...

    def close(self) -> None: ...


class HandNetworks:
    """Hold one instance of both networks. Use from one thread at a time."""

    def __init__(self, recrop: Network, landmarks: Network) -> None:
        self._recrop, self._landmarks = recrop, landmarks

    def recrop(self, rgb: Image) -> Floats:
        """Return centre and lower edge of the hand's square (2, 2), in [0, 1] of a rough crop."""
        (answer,) = self._recrop.run(rgb)
        return np.asarray(answer.reshape(2, 2) / np.float32(RECROP_PX), np.float32)

    def points(self, rgb: Image) -> HandPoints:
        """Locate the points of the hand in a crop in which its fingers point up."""
        joints, presence, right, world = self._landmarks.run(rgb)
        places = joints.reshape(POINTS, 3)[:, :2] / np.float32(LANDMARKS_PX)
        return HandPoints(places, world.reshape(POINTS, 3), float(presence[0]), float(right[0]))

    def close(self) -> None:
        self._recrop.close()
        self._landmarks.close()


def missing_networks() -> str:
    """Return why hands cannot be looked for here, "" if they can; loads nothing."""
    try:
        for path in (RECROP_FILE, LANDMARKS_FILE):
            wheel_path(path)
    except ModelError as error:
        return f"{error.message} {error.hint}"
    return ""


def hand_networks(count: int, runtime: Runtime = "auto") -> tuple[list[HandNetworks], str]:
    """Create the networks for `count` parallel threads; returns them and the engine.

    The engine "" is MediaPipe's. "auto" takes OpenVINO where it runs. Raises `ModelError` if "openvino" is requested
    and does not run, or MediaPipe lacks a network.
    """
    files = [wheel_path(RECROP_FILE), wheel_path(LANDMARKS_FILE)]
    there = importlib.util.find_spec("openvino") is not None
    if runtime == "openvino" and not there:
        raise ModelError("OpenVINO is not installed.", "Choose the runtime mediapipe, or auto.", field="runtime")
    if runtime != "mediapipe" and there:
        try:
            compiled = [_compiled(path, relative, count) for path, relative in zip(files, _SHAPES, strict=True)]
            made = [HandNetworks(*(OpenVinoNetwork(network) for network in compiled)) for _ in range(count)]
            made[0].points(np.zeros((LANDMARKS_PX, LANDMARKS_PX, 3), np.uint8))
            return made, f"openvino{quiet_openvino().__version__.split('-')[0]}"
        except (ImportError, OSError, RuntimeError) as error:
            if runtime == "openvino":
                raise ModelError(
                    f"OpenVINO does not run here ({error}).", "Choose the runtime mediapipe, or auto.", field="runtime"
                ) from error
            log.warning("OpenVINO does not run here (%s); MediaPipe's own inference is used for hands", error)
    sides = (RECROP_PX, LANDMARKS_PX)

    def one() -> HandNetworks:
        return HandNetworks(
            *(TfliteNetwork(f, s, len(n)) for f, s, n in zip(files, sides, _SHAPES.values(), strict=True))
        )

    return [one() for _ in range(count)], ""


class OpenVinoNetwork:
    """Implement `Network` with one request of a network that was compiled once for all threads."""

    def __init__(self, compiled: Any) -> None:
        self._request = compiled.create_infer_request()
        self._outputs = len(compiled.outputs)
        self._pixels = np.empty(tuple(compiled.input(0).shape), np.float32)

    def run(self, rgb: Image) -> list[Floats]:
        np.multiply(rgb, np.float32(1 / 255), out=self._pixels[0])
        self._request.infer({0: self._pixels}, share_inputs=True)
        return [self._request.get_output_tensor(n).data.ravel().copy() for n in range(self._outputs)]

    def close(self) -> None:
        self._request = None


def _compiled(path: Path, relative: str, threads: int) -> Any:
    core = openvino_core()
    model = core.read_model(path)
    sizes = [int(np.prod(tuple(output.get_shape()))) for output in model.outputs]
    if sizes != _SHAPES[relative]:
        raise RuntimeError(f"the hand model {path.name} answers {sizes}")
    return core.compile_model(model, "CPU", openvino_settings(threads, streams=threads))


_GRAPH = """
input_stream: "image"
{outputs}
node {{ calculator: "ImageToTensorCalculator" input_stream: "IMAGE:image" output_stream: "TENSORS:pixels"
  options {{ [mediapipe.ImageToTensorCalculatorOptions.ext] {{
    output_tensor_width: {side} output_tensor_height: {side} keep_aspect_ratio: true
    output_tensor_float_range {{ min: 0.0 max: 1.0 }} }} }} }}
node {{ calculator: "InferenceCalculator" input_stream: "TENSORS:pixels" output_stream: "TENSORS:answers"
  options {{ [mediapipe.InferenceCalculatorOptions.ext] {{
    model_path: "{path}" delegate {{ xnnpack {{ num_threads: 1 }} }} }} }} }}
node {{ calculator: "SplitTensorVectorCalculator" input_stream: "answers" {parts}
  options {{ [mediapipe.SplitVectorCalculatorOptions.ext] {{ {ranges} }} }} }}
{floats}
"""


class TfliteNetwork:
    """Implement `Network` with MediaPipe's own inference, in a graph that holds nothing else."""

    def __init__(self, path: Path, side_px: int, outputs: int) -> None:
        """Start the graph, with one thread. Raises `ModelError`."""
        import_mediapipe()
        from mediapipe.python._framework_bindings import calculator_graph

        numbers = range(outputs)
        text = _GRAPH.format(
            side=side_px,
            path=path.as_posix(),
            outputs=" ".join(f'output_stream: "floats{n}"' for n in numbers),
            parts=" ".join(f'output_stream: "part{n}"' for n in numbers),
            ranges=" ".join(f"ranges: {{ begin: {n} end: {n + 1} }}" for n in numbers),
            floats="\n".join(
                f'node {{ calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:part{n}" '
                f'output_stream: "FLOATS:floats{n}" }}'
                for n in numbers
            ),
        )
        self._names = [f"floats{n}" for n in numbers]
        self._answers: dict[str, Any] = {}
        self._time = 0
        try:
            with quiet_stderr():
                self._graph = calculator_graph.CalculatorGraph(graph_config=text)
                for name in self._names:
                    self._graph.observe_output_stream(name, self._answers.__setitem__)
                self._graph.start_run()
                self.run(np.zeros((side_px, side_px, 3), np.uint8))
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"MediaPipe cannot start its hand model ({error}).", "Install MediaPipe again.", field=INSTALLATION
            ) from error

    def run(self, rgb: Image) -> list[Floats]:
        from mediapipe.python import packet_creator, packet_getter
        from mediapipe.python._framework_bindings import image_frame

        self._time += 1
        packet = packet_creator.create_image_frame(np.ascontiguousarray(rgb), image_format=image_frame.ImageFormat.SRGB)
        self._graph.add_packet_to_input_stream("image", packet.at(self._time))
        self._graph.wait_until_idle()
        return [np.array(packet_getter.get_float_list(self._answers[name]), np.float32) for name in self._names]

    def close(self) -> None:
        self._graph.close()
