"""Make training batches: project motion, add detector errors, normalise as the library."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.camera import Camera
from pipeline.lift.inputs.normalise import normalised
from training.data.motion_file import Clips, at_unit_stature, draw_windows
from training.synthesis.cameras import Cameras, draw_cameras, project_into_cameras
from training.synthesis.detector_errors import ErrorModel, simulate_detector

# Shares of windows whose lifter input assumes the true field of view, and a noisy one (as a user or a phone states it);
# the others assume the program's default.
_TRUE_FOV_SHARE, _NOISY_FOV_SHARE = 0.5, 0.25
_FOV_SPREAD = 0.12  # log-normal standard deviation of a noisy focal length


@dataclass(frozen=True, slots=True)
class Batch:
    """Network input `x` (B, F, 17, C) and target `y` (B, F, 17, 3).

    `y` is root-relative, in metres at unit stature. `y` is in the axes of the network's output: those of the virtual
    camera under the rule `person_ray` (`pipeline.lift.inputs.person_ray`), else camera axes.
    """

    x: Floats
    y: Floats


def make_batch(
    clips: Clips,
    errors: ErrorModel | None,
    seed: tuple[int, ...],
    count: int,
    frames: int,
    stride: int = 1,
    rule: str = "person_window",
    fov_known: bool = False,
) -> Batch:
    """Make the batch of a seed; the same arguments always give the same numbers.

    `errors` None: a perfect detector. `rule` is the normalisation. `fov_known`: always assume the true field of view,
    for evaluation.
    """
    rng = np.random.default_rng(seed)
    drawn, rate_hz = draw_windows(clips, rng, count, frames, stride)
    joints, _ = at_unit_stature(drawn)
    return synthesise_batch(joints, draw_cameras(rng, count), rate_hz, errors, rng, rule, fov_known)


def synthesise_batch(
    joints: Doubles,
    cameras: Cameras,
    rate_hz: Doubles,
    errors: ErrorModel | None,
    rng: np.random.Generator,
    rule: str = "person_window",
    fov_known: bool = False,
) -> Batch:
    """Synthesise a batch from world joints (B, F, 17, 3) at unit stature.

    Every window has its camera and frame rate (B,).
    """
    in_camera, image = project_into_cameras(joints, cameras, rate_hz)
    image_sizes = np.stack([cameras.width_px, cameras.height_px], -1)
    if errors is None:
        found, scores = image.astype(np.float32), np.isfinite(image).all(-1).astype(np.float32)
    else:
        found, scores = simulate_detector(image, image_sizes, rate_hz, errors, rng)
    focal = cameras.focal_px
    assumed = focal if fov_known else assumed_focal_px(focal, image_sizes, rng)
    return normalised_batch(found, scores, in_camera, image_sizes, assumed, rule)


def normalised_batch(
    found: Floats, scores: Floats, in_camera: Doubles, sizes_px: Doubles, focal: Doubles, rule: str
) -> Batch:
    """Normalise detections (B, F, 17, 2) px and scores (B, F, 17), and rotate their truth alike.

    `in_camera` (B, F, 17, 3) is the truth in camera axes, metres at unit stature; `sizes_px` (B, 2) and `focal` (B,)
    px describe the cameras that the input assumes.
    """
    network_input = normalised(rule, found, scores, sizes_px, focal)
    y = network_input.answer_from_camera(in_camera - in_camera[:, :, :1])
    return Batch(network_input.values, y.astype(np.float32))


def joined_batches(parts: Sequence[Batch]) -> Batch:
    """Concatenate batches of the same window length and input rule."""
    return Batch(np.concatenate([part.x for part in parts]), np.concatenate([part.y for part in parts]))


def assumed_focal_px(focal: Doubles, sizes_px: Doubles, rng: np.random.Generator) -> Doubles:
    """Draw the focal lengths (B,) px that the input assumes.

    `focal` (B,) px are the true ones, `sizes_px` (B, 2) the image sizes; `_TRUE_FOV_SHARE` describes the mixture.
    """
    guess = [Camera.assumed((int(width), int(height))).focal_px for width, height in sizes_px]
    chance = rng.random(len(focal))
    nearly = focal * np.exp(rng.normal(0, _FOV_SPREAD, len(focal)))
    return np.where(
        chance < _TRUE_FOV_SHARE, focal, np.where(chance < _TRUE_FOV_SHARE + _NOISY_FOV_SHARE, nearly, np.array(guess))
    )


def prefetch(make: Callable[[int], Batch], first: int, depth: int = 2) -> Iterator[Batch]:
    """Yield make(first), make(first + 1), ... without end, computed ahead by one thread.

    Closing the generator ends the thread. Exceptions of `make` are raised here.
    """
    made: queue.Queue[Batch | BaseException] = queue.Queue(depth)
    stop = threading.Event()

    def put(item: Batch | BaseException) -> bool:
        while not stop.is_set():
            try:
                made.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def run() -> None:
        step = first
        try:
            while put(make(step)):
                step += 1
        except BaseException as error:  # noqa: BLE001 - raised again where the batch is asked for
            put(error)

    thread = threading.Thread(target=run, name="batches", daemon=True)
    thread.start()
    try:
        while True:
            item = made.get()
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()
