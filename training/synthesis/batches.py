"""Batches for the network: motion, seen by a camera, found by a detector, normalised by the library's own rule."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.geometry import default_fov_deg, focal_px
from pipeline.lift.inputs.normalise import normalised
from training.data.motion_file import Clips, at_unit_stature, draw_windows
from training.synthesis.cameras import Cameras, draw_cameras, look
from training.synthesis.detector_errors import ErrorModel, detected

# What is told of the field of view: as often as not the truth, else what a user or a phone says, or the usual guess.
_FOV_KNOWN, _FOV_NEARLY = 0.5, 0.25
_FOV_SPREAD = 0.12  # log-normal, of the focal length


@dataclass(frozen=True, slots=True)
class Batch:
    """`x` (B, F, 17, C) network input; `y` (B, F, 17, 3) in the axes in which the network answers
    (`lift.inputs.person_ray`: the virtual camera's, else the camera's), root-relative, metres at unit stature."""

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
    fov_told: bool = False,
) -> Batch:
    """The batch of that seed: the same call always gives the same numbers. Without errors, the detector is perfect.

    `rule` is the normalisation; `fov_told`: the true field of view is always known, for judging.
    """
    rng = np.random.default_rng(seed)
    drawn, rate_hz = draw_windows(clips, rng, count, frames, stride)
    joints, _ = at_unit_stature(drawn)
    return seen_by(joints, draw_cameras(rng, count), rate_hz, errors, rng, rule, fov_told)


def seen_by(
    joints: Doubles,
    cameras: Cameras,
    rate_hz: Doubles,
    errors: ErrorModel | None,
    rng: np.random.Generator,
    rule: str = "person_window",
    fov_told: bool = False,
) -> Batch:
    """World joints (B, F, 17, 3) at unit stature, seen by a camera each, at rates (B,)."""
    in_camera, image = look(joints, cameras, rate_hz)
    pictures = np.stack([cameras.width_px, cameras.height_px], -1)
    if errors is None:
        found, scores = image.astype(np.float32), np.isfinite(image).all(-1).astype(np.float32)
    else:
        found, scores = detected(image, pictures, rate_hz, errors, rng)
    focal = np.array([focal_px(f, w) for f, w in zip(cameras.fov_deg, cameras.width_px, strict=True)])
    told = focal if fov_told else _focal_told(focal, cameras, rng)
    given = normalised(rule, found, scores, pictures, told)
    y = given.answer_from_camera(in_camera - in_camera[:, :, :1])
    return Batch(given.values, y.astype(np.float32))


def _focal_told(focal: Doubles, cameras: Cameras, rng: np.random.Generator) -> Doubles:
    """(B,) true focal lengths, px -> what the lifter is told: see `_FOV_KNOWN`."""
    guess = [focal_px(default_fov_deg(w, h), w) for w, h in zip(cameras.width_px, cameras.height_px, strict=True)]
    chance = rng.random(len(focal))
    nearly = focal * np.exp(rng.normal(0, _FOV_SPREAD, len(focal)))
    return np.where(chance < _FOV_KNOWN, focal, np.where(chance < _FOV_KNOWN + _FOV_NEARLY, nearly, np.array(guess)))


def ahead(make: Callable[[int], Batch], first: int, depth: int = 2) -> Iterator[Batch]:
    """make(first), make(first + 1), ... for ever, made by one thread while the network computes.

    Close the generator to end the thread. What `make` raises is raised here.
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
