"""Compare the time per frame of our 2D detectors and of MediaPipe's PoseLandmarker.

    python benchmarks/detectors.py [--frames 230] [--video FILE] [--mmpose rtmpose-t,rtmpose-m,rtmo-s]

BlazePose heavy is among them if its weights are here. All detectors run on the same frames in one process. They take
turns after blocks of frames, so that other load affects all alike; on a busy machine read the ratios. (With turns after
each frame, the threads of one detector would still spin when the next begins.) `cpu` is processor time over all
threads. The last columns compare the detections: people per frame, and the distance of this program's joints from the
other detector's for people that both found, in pixels and in percent of the body's size.

MMPose's networks have random weights here, which are as fast as trained ones. The top-down networks get the boxes of
all people that the embedded detector found in the frame; their time covers cropping, network and decoding, but not the
search for new people, which takes as long as the embedded detector's. The one-stage networks get the whole image.
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline import weights
from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.core.poses import Pose2D
from pipeline.detect.crops import Piece
from pipeline.detect.keypoint_similarity import body_joints, box_diagonal, joint_box, oks
from pipeline.detect.mediapipe.detector import MediaPipeDetector
from pipeline.detect.mediapipe.heavy import HEAVY, is_here
from pipeline.detect.mediapipe.model_bundle import model_bundle
from pipeline.detect.mediapipe.networks import quiet_stderr
from pipeline.sources.file.video import VideoSource
from pipeline.sources.sample import sample_video

SKELETON = "blazepose33"
MMPOSE = "rtmpose-t,rtmpose-s,rtmpose-m,rtmpose-m-halpe26,rtmo-t,rtmo-s"
BLOCK = 16  # frames per turn, held in memory at once


class PlainLandmarker:
    """Run the Tasks API's own multi-person tracking in VIDEO mode with Google's unchanged model."""

    def __init__(self, people: int) -> None:
        from mediapipe.tasks.python import BaseOptions
        from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode

        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model_bundle(silhouette=True).path)),
            running_mode=RunningMode.VIDEO,
            num_poses=people,
        )
        with quiet_stderr():
            self._landmarker = PoseLandmarker.create_from_options(options)

    def detect(self, frame: Frame) -> Pose2D:
        import cv2
        import mediapipe

        rgb = cv2.cvtColor(frame.bgr, cv2.COLOR_BGR2RGB)
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
        found = self._landmarker.detect_for_video(image, round(frame.time_s * 1000)).pose_landmarks
        if not found:
            return Pose2D.nobody(SKELETON)
        height, width = frame.bgr.shape[:2]
        joints = np.array([[(p.x * width, p.y * height) for p in person] for person in found], np.float32)
        scores = np.array([[p.visibility for p in person] for person in found], np.float32)
        boxes = np.stack([joint_box(j, s) for j, s in zip(joints, scores, strict=True)])
        return Pose2D(boxes, joints, scores, SKELETON)

    def close(self) -> None:
        self._landmarker.close()


class RandomNetwork:
    """Run one of MMPose's networks with random weights on the boxes of another detector."""

    def __init__(self, name: str, boxes: Callable[[Frame], Any]) -> None:
        from pipeline.detect.mmpose.config import read_config
        from pipeline.detect.mmpose.network import PoseNetwork, build

        entry = weights.find_detector(name)
        if entry is None:
            raise SystemExit(f"There is no detector {name}.")
        config = read_config(entry.config)
        state = build(config).state_dict()
        for key in [key for key in state if "head_module.out_cls" in key]:
            # With random weights RTMO would find people everywhere and spend seconds on suppressing duplicates: this
            # bias makes it find no person.
            state[key] = state[key] * 0 - (10 if key.endswith("bias") else 0)
        self._network = PoseNetwork(config, state, name)
        self.label = f"{name}, {self._network.precision}"
        self._boxes = boxes

    def detect(self, frame: Frame) -> Pose2D:
        config = self._network.config
        height, width = frame.bgr.shape[:2]
        if config.kind == "onestage":
            piece = Piece.whole(width, height, config.input_px)
            piece.image_from_input(self._network.people(piece.cut(frame.bgr, config.pad_value))[1])
        else:
            pieces = [Piece.around(box, 1.5, config.input_px) for box in self._boxes(frame)]
            joints, _ = self._network.poses([piece.cut(frame.bgr) for piece in pieces])
            for piece, found in zip(pieces, joints, strict=True):
                piece.image_from_input(found)
        return Pose2D.nobody(SKELETON)

    def close(self) -> None: ...


@dataclass
class Row:
    """Collect the times and detections of one detector, one row of the table."""

    name: str
    detector: Any
    ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    people: int = 0
    offsets_px: list[float] = field(default_factory=list)
    offsets_percent: list[float] = field(default_factory=list)

    def compare(self, ours: Pose2D, theirs: Pose2D) -> None:
        chosen = list(body_joints(SKELETON))
        for joints, scores in zip(theirs.joints_image, theirs.scores, strict=True):
            for own_joints, own_scores in zip(ours.joints_image, ours.scores, strict=True):
                if oks(joints, scores, own_joints, own_scores, SKELETON) > 0.3:
                    offset = np.linalg.norm(joints[chosen] - own_joints[chosen], axis=-1).mean()
                    self.offsets_px.append(float(offset))
                    self.offsets_percent.append(100 * float(offset) / box_diagonal(own_joints, own_scores))


def timed(row: Row, frame: Frame) -> Pose2D:
    """Detect the people in a frame and add the time to the row."""
    begun, cpu = time.perf_counter(), time.process_time()
    pose: Pose2D = row.detector.detect(frame)
    row.ms.append(1000 * (time.perf_counter() - begun))
    row.cpu_ms.append(1000 * (time.process_time() - cpu))
    row.people += len(pose.scores)
    return pose


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--frames", type=int, default=10**9, help="how many (default: all)")
    arguments.add_argument("--video", type=Path, default=None, help="default: the sample video")
    arguments.add_argument("--mmpose", default=MMPOSE, metavar="NAMES", help=f"default: {MMPOSE}; '' for none")
    options = arguments.parse_args()
    found: dict[int, Any] = {}  # frame index -> boxes of the embedded detector
    ours = Row("hourglass, up to 4", MediaPipeDetector(DetectConfig()))
    heavy = [Row("hourglass, heavy", MediaPipeDetector(DetectConfig(detector=HEAVY)))] if is_here() else []
    rows = [ours, *heavy, *(Row(f"PoseLandmarker, {n}", PlainLandmarker(n)) for n in (1, 2, 3))]
    for name in filter(None, options.mmpose.split(",")):
        network = RandomNetwork(name, lambda frame: found[frame.index])
        rows.append(Row(network.label, network))
    source = VideoSource(options.video or sample_video())
    count = 0
    frames = itertools.islice(source.frames(), options.frames)
    while block := list(itertools.islice(frames, BLOCK)):
        poses = []
        for row in rows:
            poses.append([timed(row, frame) for frame in block])
            if row is ours:
                found = {frame.index: pose.boxes_image for frame, pose in zip(block, poses[0], strict=True)}
        for row, theirs in zip(rows, poses, strict=True):
            for own, other in zip(poses[0], theirs, strict=True):
                row.compare(own, other)
        count += len(block)
    source.close()
    print(f"{count} frames of {source.info.name}, {source.info.width_px} x {source.info.height_px}, ms a frame")
    print(f"{'':28}{'median':>8}{'mean':>8}{'ratio':>8}{'cpu':>8}{'people':>8}{'offset px':>11}{'offset %':>10}")
    for row in rows:
        row.detector.close()
        steady = row.ms[1:]  # the first frame, in which the whole image is searched, is left out
        offset_px = np.mean(row.offsets_px) if row.offsets_px else np.nan
        percent = np.mean(row.offsets_percent) if row.offsets_percent else np.nan
        ratio = np.mean(steady) / np.mean(ours.ms[1:])
        print(
            f"{row.name:28}{np.median(steady):8.1f}{np.mean(steady):8.1f}{ratio:8.2f}{np.mean(row.cpu_ms[1:]):8.1f}"
            f"{row.people / count:8.2f}{offset_px:11.2f}{percent:10.2f}"
        )


if __name__ == "__main__":
    main()
