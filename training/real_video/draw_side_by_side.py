"""Draw 3D results next to video frames, seen from the camera and from its right."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles, Floats, Image
from pipeline.core.skeletons import H36M17
from training.data.motion_file import at_unit_stature

_TILE_PX = 480  # px, height of a tile
_LEFT, _RIGHT, _MIDDLE = (230, 120, 20), (40, 40, 230), (90, 90, 90)  # BGR
_SPAN_M = 2.2  # m, height of a tile


def side_by_side(video: Path, stem: Path, bodies: Mapping[str, Floats | Doubles], count: int = 6) -> list[Path]:
    """Draw `count` frames spread evenly over a video and return the files, `STEM_FRAME.jpg`.

    Bodies (T, 17, 2) px are drawn into the frame; bodies (T, 17, 3) in camera axes are drawn in tiles, from the camera
    and from its right.
    """
    import cv2

    from pipeline.sources.file.video import VideoSource

    bodies3d = {name: _at_unit_stature(np.asarray(b, np.float64)) for name, b in bodies.items() if b.shape[-1] == 3}
    image_joints = [b for b in bodies.values() if b.shape[-1] == 2]
    length = min(len(b) for b in bodies.values())
    rows = set(np.linspace(0, length - 1, count + 2).astype(int)[1:-1].tolist())
    stem.parent.mkdir(parents=True, exist_ok=True)
    files = []
    with contextlib.closing(VideoSource(video)) as source:
        for row, frame in enumerate(source.frames()):
            if row not in rows:
                continue
            image = frame.bgr.copy()
            for body in image_joints:
                _draw(image, np.asarray(body[row], np.float64), max(2, image.shape[0] // 250))
            scale = _TILE_PX / image.shape[0]
            tiles = [cv2.resize(image, (round(image.shape[1] * scale), _TILE_PX), interpolation=cv2.INTER_AREA)]
            for name, body in bodies3d.items():
                tiles += [_tile(f"{name}: camera", body[row][:, :2]), _tile("from its right", _from_right(body[row]))]
            files.append(stem.with_name(f"{stem.name}_{row:05d}.jpg"))
            cv2.imwrite(str(files[-1]), np.hstack(tiles))
    return files


def _at_unit_stature(body: Doubles) -> Doubles:
    """Scale joints (T, 17, 3), NaN = missing, to unit stature."""
    seen = np.isfinite(body).all((-1, -2))
    out = np.full_like(body, np.nan)
    if seen.any():
        out[seen] = at_unit_stature(body[None, seen])[0][0]
    return out


def _from_right(body: Doubles) -> Doubles:
    """Project (17, 3) along the camera's -x axis: (17, 2), with the far side to the right."""
    return body[:, [2, 1]]


def _tile(title: str, points: Doubles) -> Image:
    import cv2

    tile: Image = np.full((_TILE_PX, _TILE_PX * 3 // 4, 3), 255, np.uint8)
    middle = np.array([tile.shape[1] / 2, tile.shape[0] / 2])
    _draw(tile, (points - points[:1]) * _TILE_PX / _SPAN_M + middle, 3)
    cv2.putText(tile, title, (8, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return tile


def _draw(image: Image, points: Doubles, width: int) -> None:
    import cv2

    for parent, child in H36M17.bones:
        ends = points[[parent, child]]
        if np.isfinite(ends).all():
            colour = _LEFT if child in H36M17.left else _RIGHT if child in H36M17.right else _MIDDLE
            a, b = ends.round().astype(int).tolist()
            cv2.line(image, a, b, colour, width, cv2.LINE_AA)
