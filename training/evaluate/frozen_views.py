"""Render clips into the evaluation's frozen cameras, with or without frozen detector errors.

Cameras (`frozen/views.json`) and errors (`frozen/detector_errors.json`) are never redrawn, so that results of different
days are comparable.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.camera import Camera
from pipeline.core.errors import ConfigError
from training.data.motion_file import RATE_HZ, Clips, at_unit_stature, cut_windows
from training.synthesis.cameras import Cameras, draw_cameras, project_into_cameras
from training.synthesis.detector_errors import ErrorModel, load_model, simulate_detector

FROZEN = Path(__file__).with_name("frozen")
_RATES_HZ = (24.0, 25.0, 30.0, 30.0, 50.0, 60.0)  # Hz, drawn with equal probability
_CAMERAS, _CAMERAS_SEED = 240, 20251
_DRAW_OFFSET = 83  # cameras by which the assignment to clips shifts from draw to draw


@dataclass(frozen=True, slots=True)
class FrozenCameras:
    """The frozen set of cameras, with the frame rate and window position that belong to each."""

    cameras: Cameras
    rate_hz: Doubles
    first: Doubles  # position of the window in the clip: share of the spare rows that lie before it

    def camera(self, index: int) -> Cameras:
        """Select one camera, as a set of one."""
        rows = self.cameras.rows()
        return Cameras.from_rows([rows[index % len(rows)]])

    def index_of(self, clip: int, draw: int) -> int:
        """Return the index of the camera that sees a clip in a draw."""
        return (clip + draw * _DRAW_OFFSET) % len(self.rate_hz)


def draw_frozen_cameras() -> dict[str, Any]:
    """Draw the content of `frozen/views.json`, as was done once."""
    rng = np.random.default_rng(_CAMERAS_SEED)
    rows = draw_cameras(rng, _CAMERAS).rows()
    return {
        "about": "Frozen: cameras of the evaluation, drawn once by training.evaluate.frozen_views. Do not change.",
        "views": [
            {key: round(value, 4) for key, value in row.items()}
            | {"rate_hz": float(rng.choice(_RATES_HZ)), "first": round(float(rng.random()), 4)}
            for row in rows
        ],
    }


def load_frozen_cameras(path: Path = FROZEN / "views.json") -> FrozenCameras:
    """Load the frozen cameras. Raises `ConfigError`."""
    try:
        rows = json.loads(path.read_text("utf-8"))["views"]
        rate, first = (np.array([row[key] for row in rows]) for key in ("rate_hz", "first"))
        return FrozenCameras(Cameras.from_rows(rows), rate, first)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The evaluation's cameras {path} cannot be read ({error}).", "Get the file again."
        ) from error


def frozen_errors() -> ErrorModel:
    """Load the frozen detector error model. Raises `ConfigError`."""
    return load_model(FROZEN / "detector_errors.json")


@dataclass(frozen=True, slots=True)
class View:
    """One clip seen by one camera, cut or padded to a window of F frames."""

    clip: int
    image: Floats  # (F, 17, 2) px
    scores: Floats  # (F, 17)
    camera: Camera
    true: Doubles  # (F, 17, 3) m in camera coordinates
    own: np.ndarray  # (F,) False for rows of padding
    pitch_deg: float = 0.0  # positive: the camera looks down
    distance_m: float = np.nan  # to the pelvis at its nearest, at unit stature

    @property
    def rate_hz(self) -> float:
        return self.camera.rate_hz

    @property
    def height_m(self) -> float:
        """Height of the camera above the pelvis, where this is nearest."""
        return self.distance_m * float(np.sin(np.radians(self.pitch_deg)))


def render_views(
    clips: Clips, cameras: FrozenCameras, frames: int, draw: int, errors: ErrorModel | None
) -> Iterator[View]:
    """Yield every clip once; its camera depends only on the index of the clip and the draw."""
    for clip in range(len(clips)):
        index = cameras.index_of(clip, draw)
        rate = cameras.rate_hz[[index]]
        step = RATE_HZ / rate
        spare = np.maximum(clips.length[[clip]] - 1 - step * (frames - 1), 0)
        joints, own = cut_windows(clips, np.array([clip]), step, cameras.first[[index]] * spare, frames)
        joints, _ = at_unit_stature(joints)
        camera = cameras.camera(index)
        true, image = project_into_cameras(joints, camera, rate)
        size = np.stack([camera.width_px, camera.height_px], -1)
        if errors is None:
            found, scores = image.astype(np.float32), np.isfinite(image).all(-1).astype(np.float32)
        else:
            found, scores = simulate_detector(image, size, rate, errors, np.random.default_rng((draw, clip)))
        yield View(
            clip, found[0], scores[0], camera.pinhole(0, float(rate[0])), true[0], own[0],
            float(camera.pitch_deg[0]), float(camera.distance_m[0]),
        )  # fmt: skip
