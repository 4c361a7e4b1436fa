"""What everybody is judged on: the frozen cameras, and every clip before one of them, with or without detector errors.

Cameras (`frozen/views.json`) and errors (`frozen/detector_errors.json`) are never drawn anew, so that numbers of
different days compare.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.errors import ConfigError
from training.data.motion_file import RATE_HZ, Clips, at_unit_stature, cut_windows
from training.synthesis.cameras import Cameras, draw_cameras, project_into_cameras
from training.synthesis.detector_errors import ErrorModel, load_model, simulate_detector

FROZEN = Path(__file__).with_name("frozen")
_RATES_HZ = (24.0, 25.0, 30.0, 30.0, 50.0, 60.0)
_VIEWS, _VIEWS_SEED = 240, 20251


@dataclass(frozen=True, slots=True)
class Views:
    """The frozen set: cameras, with the rate and the place in the clip that go with each."""

    cameras: Cameras
    rate_hz: Doubles
    first: Doubles  # share of the spare rows of a clip before the window

    def one(self, index: int) -> Cameras:
        rows = self.cameras.rows()
        return Cameras.from_rows([rows[index % len(rows)]])


def draw_views() -> dict[str, Any]:
    """What `frozen/views.json` was made with, once."""
    rng = np.random.default_rng(_VIEWS_SEED)
    rows = draw_cameras(rng, _VIEWS).rows()
    return {
        "about": "Frozen: cameras of the evaluation, drawn once by training.evaluate.frozen_views. Do not change.",
        "views": [
            {key: round(value, 4) for key, value in row.items()}
            | {"rate_hz": float(rng.choice(_RATES_HZ)), "first": round(float(rng.random()), 4)}
            for row in rows
        ],
    }


def load_views(path: Path = FROZEN / "views.json") -> Views:
    """Raises `ConfigError`."""
    try:
        rows = json.loads(path.read_text("utf-8"))["views"]
        rate, first = (np.array([row[key] for row in rows]) for key in ("rate_hz", "first"))
        return Views(Cameras.from_rows(rows), rate, first)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The evaluation's cameras {path} cannot be read ({error}).", "Get the file again."
        ) from error


def frozen_errors() -> ErrorModel:
    """The detector that everybody is judged with. Raises `ConfigError`."""
    return load_model(FROZEN / "detector_errors.json")


@dataclass(frozen=True, slots=True)
class Sight:
    """One clip before one camera: (F, 17, 2) px, (F, 17), (F, 17, 3) truth, (F,) which rows are the clip's own.

    The camera's field of view is horizontal (None: not known); its pitch is positive where it looks down; its distance
    is that of the pelvis at its nearest, at unit stature.
    """

    clip: int
    image: Floats
    scores: Floats
    size_px: tuple[int, int]
    true: Doubles
    own: np.ndarray
    rate_hz: float
    fov_deg: float | None = None
    pitch_deg: float = 0.0
    distance_m: float = np.nan

    @property
    def height_m(self) -> float:
        """Of the camera above the pelvis, where this is nearest."""
        return self.distance_m * float(np.sin(np.radians(self.pitch_deg)))


def sights(clips: Clips, views: Views, frames: int, draw: int, errors: ErrorModel | None) -> Iterator[Sight]:
    """Every clip once, the camera depending on the clip's number and the draw only."""
    for clip in range(len(clips)):
        view = (clip + draw * 83) % len(views.rate_hz)  # 83: draws use other cameras for a clip
        rate = views.rate_hz[[view]]
        step = RATE_HZ / rate
        spare = np.maximum(clips.length[[clip]] - 1 - step * (frames - 1), 0)
        joints, own = cut_windows(clips, np.array([clip]), step, views.first[[view]] * spare, frames)
        joints, _ = at_unit_stature(joints)
        camera = views.one(view)
        true, image = project_into_cameras(joints, camera, rate)
        size = np.stack([camera.width_px, camera.height_px], -1)
        if errors is None:
            found, scores = image.astype(np.float32), np.isfinite(image).all(-1).astype(np.float32)
        else:
            found, scores = simulate_detector(image, size, rate, errors, np.random.default_rng((draw, clip)))
        yield Sight(
            clip, found[0], scores[0], (int(size[0, 0]), int(size[0, 1])), true[0], own[0], float(rate[0]),
            float(camera.fov_deg[0]), float(camera.pitch_deg[0]), float(camera.distance_m[0]),
        )  # fmt: skip
