"""Run MediaPipe's `PoseLandmarker` and convert its 3D to the lifter's joints and axes.

The landmarker runs as its users run it: video mode, with its own tracking and smoothing. Its axes are those of the
camera (x right, y down, z forward), its root is the midpoint of the hips, its scale is metres of an average body.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.skeletons import h36m17_from
from pipeline.lift.inputs.gaps_and_size import median_box_side

_SAME_PERSON = 0.2  # shares of the image size, largest median distance between detections of one person


def world_landmarks(
    video: Path, people: Sequence[Floats], bundle: Path | None = None
) -> list[tuple[Doubles, Doubles, Doubles]]:
    """Find MediaPipe's landmarks of known people (T, 17, 2) px, NaN = not seen, in a video.

    Returns for each person world joints (T, 17, 3) metres, image joints (T, 17, 2) px and scores (T, 17); NaN where
    MediaPipe does not find the person. `bundle`: a `.task` file; None: the program's own, with BlazePose full.
    """
    from mediapipe import Image, ImageFormat
    from mediapipe.tasks.python import BaseOptions, vision

    from pipeline.detect.mediapipe.model_bundle import model_bundle
    from pipeline.detect.mediapipe.networks import quiet_stderr
    from pipeline.sources.file.video import VideoSource

    found = [
        (np.full((len(j), 17, 3), np.nan), np.full((len(j), 17, 2), np.nan), np.zeros((len(j), 17))) for j in people
    ]
    sizes = [float(median_box_side(j[None], np.isfinite(j).all(-1)[None])[0]) for j in people]
    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=(bundle or model_bundle().path).read_bytes()),
        running_mode=vision.RunningMode.VIDEO,
        num_poses=max(1, len(people)),
    )
    with quiet_stderr():
        landmarker = vision.PoseLandmarker.create_from_options(options)
    with contextlib.closing(VideoSource(video)) as source, contextlib.closing(landmarker):
        scale = np.array([source.info.width_px, source.info.height_px])
        for row, frame in enumerate(source.frames()):
            rgb = np.ascontiguousarray(frame.bgr[..., ::-1])
            result = landmarker.detect_for_video(Image(ImageFormat.SRGB, rgb), round(1000 * frame.time_s))
            for image_landmarks, body_landmarks in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True):
                score = np.array([p.visibility for p in image_landmarks])
                image, confidence = h36m17_from(
                    "blazepose33", np.array([(p.x, p.y) for p in image_landmarks]) * scale, score
                )
                world, _ = h36m17_from("blazepose33", np.array([(p.x, p.y, p.z) for p in body_landmarks]), score)
                person = nearest_person(
                    image, [j[row] if row < len(j) else np.full((17, 2), np.nan) for j in people], sizes
                )
                if person is not None:
                    for values, value in zip(found[person], (world, image, confidence), strict=True):
                        values[row] = value
    return found


def nearest_person(image: Floats, people: Sequence[Floats], sizes: Sequence[float]) -> int | None:
    """Match a detection to the nearest of the people (17, 2) px.

    The distance is the median over the joints; None: no match.
    """
    distances = [np.linalg.norm(image - joints, axis=-1) / size for joints, size in zip(people, sizes, strict=True)]
    median = [float(np.nanmedian(o)) if np.isfinite(o).any() else np.inf for o in distances]
    best = int(np.argmin(median)) if median else 0
    return best if median and median[best] < _SAME_PERSON else None
