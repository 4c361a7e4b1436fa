"""Run BlazePose's two networks as plain function calls: image in, numbers out, no tracking.

These are the graphs of the Tasks API's `PoseLandmarker`. They are run one by one because its own loop searches the
whole image in every frame in which it tracks fewer people than requested, which doubles the time of a frame; here the
caller decides when and where to search (see `detector`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...core.arrays import Floats, Image
from ...core.errors import INSTALLATION, ModelError
from .import_without_plots import import_mediapipe
from .model_bundle import DETECTOR_MEMBER, LANDMARKS_MEMBER, ModelBundle

FINDER_PX = 224  # px, input side of the person detector
LANDMARKER_PX = 256  # px, input side of the landmark network

_PREFIX = "mediapipe.tasks.vision."
_FINDER_GRAPH = _PREFIX + "pose_detector.PoseDetectorGraph"
_LANDMARKS_GRAPH = _PREFIX + "pose_landmarker.SinglePoseLandmarksDetectorGraph"
_quiet_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Hold the landmark network's output for a crop. Coordinates in [0, 1] of the crop."""

    joints: Floats  # (33, 2)
    visibility: Floats  # (33,) in [0, 1]: in the image and not hidden
    presence: Floats  # (33,) in [0, 1]: in the image, may be hidden
    hip_centre: Floats  # (2,)
    circle: Floats  # (2,) a point above the head, on the circle around the hip centre that encloses the body
    confidence: float  # probability that the crop shows a person
    metres: Floats  # (33, 3) the network's own 3D around the hips, axes of the crop: x right, y down, z away


class PersonFinder:
    """Find people in a square image with BlazePose's person detector."""

    def __init__(self, bundle: ModelBundle, minimum_score: float, maximum: int) -> None:
        import_mediapipe()
        from mediapipe.tasks.cc.vision.pose_detector.proto import pose_detector_graph_options_pb2

        options = pose_detector_graph_options_pb2.PoseDetectorGraphOptions(
            base_options=_base_options(bundle, DETECTOR_MEMBER),
            min_detection_confidence=minimum_score,
            min_suppression_threshold=0.3,
            num_poses=maximum,
        )
        self._graph = _Graph(_FINDER_GRAPH, options, ["DETECTIONS:detections"])

    def find(self, rgb: Image) -> tuple[Floats, Floats]:
        """Detect people in a square image.

        Returns hip centre and circle point of each (N, 2, 2) in [0, 1], and scores (N,).
        """
        found = self._graph.run(rgb).protos("detections")
        points = [[(k.x, k.y) for k in d.location_data.relative_keypoints[:2]] for d in found]
        scores = [d.score[0] for d in found]
        return np.array(points, np.float32).reshape(-1, 2, 2), np.array(scores, np.float32)

    def close(self) -> None:
        self._graph.close()


class Landmarker:
    """Locate the 33 joints of the person at the centre of a square crop."""

    def __init__(self, bundle: ModelBundle) -> None:
        import_mediapipe()
        from mediapipe.tasks.cc.vision.pose_landmarker.proto import pose_landmarks_detector_graph_options_pb2

        options = pose_landmarks_detector_graph_options_pb2.PoseLandmarksDetectorGraphOptions(
            base_options=_base_options(bundle, LANDMARKS_MEMBER), min_detection_confidence=0.0
        )
        outputs = ["LANDMARKS:landmarks", "AUXILIARY_LANDMARKS:auxiliary", "PRESENCE_SCORE:confidence"]
        outputs += ["WORLD_LANDMARKS:metres"]
        self._graph = _Graph(_LANDMARKS_GRAPH, options, outputs)

    def locate(self, rgb: Image) -> Landmarks | None:
        """Locate the landmarks in a square crop; None if the confidence is exactly 0.

        `confidence` is the probability of a person.
        """
        result = self._graph.run(rgb)
        landmarks, auxiliary, world = (result.proto(name) for name in ("landmarks", "auxiliary", "metres"))
        if landmarks is None or auxiliary is None or world is None:
            return None
        values = np.array([(p.x, p.y, p.visibility, p.presence) for p in landmarks.landmark], np.float32)
        circle = np.array([(p.x, p.y) for p in auxiliary.landmark], np.float32)
        confidence = min(max(result.number("confidence"), 0.0), 1.0)
        metres = np.array([(p.x, p.y, p.z) for p in world.landmark], np.float32)
        return Landmarks(values[:, :2], values[:, 2], values[:, 3], circle[0], circle[1], confidence, metres)

    def close(self) -> None:
        self._graph.close()


class _Graph:
    """Run one MediaPipe graph on square RGB images, one at a time."""

    def __init__(self, name: str, options: Any, outputs: list[str]) -> None:
        from mediapipe.framework.formats import rect_pb2
        from mediapipe.python import packet_creator
        from mediapipe.python._framework_bindings import task_runner
        from mediapipe.tasks.python.core import task_info

        info = task_info.TaskInfo(name, ["IMAGE:image", "NORM_RECT:rect"], outputs, _Options(options))
        self._whole = packet_creator.create_proto(
            rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1.0, height=1.0, rotation=0.0)
        )
        try:
            with quiet_stderr():
                self._runner = task_runner.TaskRunner.create(info.generate_graph_config(), None)
                # The first run compiles the network and logs to stderr; here that is silenced, and no later frame
                # waits.
                self.run(np.zeros((64, 64, 3), np.uint8))
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"MediaPipe cannot start its pose model ({error}).", "Install MediaPipe again.", field=INSTALLATION
            ) from error

    def run(self, rgb: Image) -> LandmarkResult:
        from mediapipe.python import packet_creator
        from mediapipe.python._framework_bindings import image, image_frame

        picture = image.Image(image_format=image_frame.ImageFormat.SRGB, data=rgb)
        packets = {"image": packet_creator.create_image(picture), "rect": self._whole}
        return LandmarkResult(self._runner.process(packets))

    def close(self) -> None:
        self._runner.close()


@dataclass(frozen=True, slots=True)
class LandmarkResult:
    packets: Any

    # MediaPipe aborts the process when an empty packet is read, so each getter checks first.
    def proto(self, name: str) -> Any | None:
        from mediapipe.python import packet_getter

        packet = self.packets[name]
        return None if packet.is_empty() else packet_getter.get_proto(packet)

    def protos(self, name: str) -> list[Any]:
        from mediapipe.python import packet_getter

        packet = self.packets[name]
        return [] if packet.is_empty() else packet_getter.get_proto_list(packet)

    def number(self, name: str) -> float:
        from mediapipe.python import packet_getter

        packet = self.packets[name]
        return 0.0 if packet.is_empty() else float(packet_getter.get_float(packet))


@dataclass(frozen=True, slots=True)
class _Options:
    """Wrap options for `TaskInfo`, which needs an object with `to_pb2`."""

    proto: Any

    def to_pb2(self) -> Any:
        return self.proto


def _base_options(bundle: ModelBundle, member: str) -> Any:
    from mediapipe.tasks.python.core import base_options

    options = base_options.BaseOptions(model_asset_buffer=bundle.member(member)).to_pb2()
    # One thread: XNNPACK's threads spin-wait for each other after every layer, and where the cores are also busy with
    # decoding and lifting a frame then takes 20 times longer (measured). The results are the same.
    options.acceleration.xnnpack.num_threads = 1
    return options


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Silence native code that writes to file descriptor 2 (MediaPipe's start-up messages).

    Python's own output to it is silenced too, so use it for short calls only. If the body fails, everything is printed.
    """
    if sys.stderr is None:  # a window program without a terminal
        yield
        return
    sys.stderr.flush()
    with _quiet_lock, tempfile.TemporaryFile() as sink:
        try:
            saved = os.dup(2)
        except OSError:  # descriptor 2 is closed: no output to silence
            yield
            return
        os.dup2(sink.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(saved, 2)
            os.close(saved)
            if failed:
                sink.seek(0)
                sys.stderr.write(sink.read().decode(errors="replace"))
