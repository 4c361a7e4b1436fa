"""Render the frames of a clip with motion blur, and look up what hides each joint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Image
from training.synthesis.people.bodies import Body
from training.synthesis.people.clip import Clip
from training.synthesis.people.picture.heads import person_mesh
from training.synthesis.people.picture.mesh import Mesh
from training.synthesis.people.picture.renderer import Lens, Shot, Stage
from training.synthesis.people.picture.sensor import Film

_MOST_SUBFRAMES, _PX_PER_SUBFRAME = 4, 3.0
_BLUR_FROM_PX = 1.5


@dataclass(frozen=True, slots=True)
class Taken:
    """Hold the frames of a clip as a program decodes them, and the visibility of each joint."""

    frames: list[Image]  # (H, W, 3) BGR
    seen: NDArray[np.uint8]  # (P, T, 23): see `shards.SEEN`


def filmed(clip: Clip, photograph: Image | None = None) -> Taken:
    """Render every frame, and look up what hides each joint.

    `photograph` (H, W, 3) RGB is the background of a clip without a built place.
    """
    rng = np.random.default_rng(clip.look)
    meshes = [person_mesh(person.body, np.random.default_rng(person.look)) for person in clip.people]
    behind = (
        _cropped(photograph, clip.view.size_px, rng)
        if clip.place.kind == "photograph" and photograph is not None
        else None
    )
    stage = Stage(Mesh.joined(clip.place.parts), meshes, clip.place.light, behind)
    film = Film(clip.sensor, clip.view.size_px, rng)
    places_seen = [clip.view.camera_from_world(person.joints) for person in clip.people]
    pixels = [clip.view.image_from_camera(points) for points in places_seen]
    seen = np.zeros((len(clip.people), clip.frames, 23), np.uint8)
    try:
        for frame, shot in enumerate(_shots(clip, stage, pixels)):
            film.expose(shot.rgb)
            for k, person in enumerate(clip.people):
                seen[k, frame] = _seen(shot, k + 1, pixels[k][frame], places_seen[k][frame, :, 2], person.body)
    finally:
        stage.close()
    return Taken(film.developed(clip.rate_hz), seen)


def _shots(clip: Clip, stage: Stage, pixels: list[Doubles]) -> Iterator[Shot]:
    """Render each frame, from several moments where motion during the exposure shows."""
    view = clip.view
    bones = [person.posed.matrices() for person in clip.people]
    reach = float(np.clip(np.max([np.ptp(p.joints[..., :2], axis=(0, 1)).max() for p in clip.people]), 2.0, 6.0))
    middle = clip.people[0].joints.mean(axis=(0, 1))
    still = bool(np.ptp(view.axes, axis=0).max() < 1e-9)
    pan_px = np.linalg.norm(np.diff(view.axes[:, 2], axis=0), axis=-1) * view.focal_px
    moved = np.nanmax(
        [np.nanmax(np.linalg.norm(np.diff(p, axis=0), axis=-1), axis=-1, initial=0) for p in pixels], axis=0
    )
    moved, pan_px = (np.concatenate([steps, steps[-1:]]) * clip.sensor.exposure for steps in (moved, pan_px))
    for frame in range(clip.frames):
        count = 1
        if moved[frame] > _BLUR_FROM_PX:
            count = int(np.clip(np.ceil(moved[frame] / _PX_PER_SUBFRAME), 2, _MOST_SUBFRAMES))
        moments, lenses = [], []
        for moment in (np.arange(count) - (count - 1) / 2) / count * clip.sensor.exposure + frame:
            low = int(np.clip(np.floor(moment), 0, clip.frames - 2))
            share = float(np.clip(moment - low, 0, 1))
            moments.append([(1 - share) * of[low] + share * of[low + 1] for of in bones])
            eye, axes = ((1 - share) * of[low] + share * of[low + 1] for of in (view.eye, view.axes))
            lenses.append(Lens(eye, axes, view.focal_px, view.size_px))
        half = count // 2
        if count > 1 and pan_px[frame] > _BLUR_FROM_PX:  # the camera turns, so static objects are blurred too
            shots = [stage.draw(lens, [moment], middle, reach) for lens, moment in zip(lenses, moments, strict=True)]
            mean = np.mean([shot.rgb for shot in shots], axis=0).astype(np.uint8)
            yield Shot(mean, shots[half].who, shots[half].raw_depth)
        else:
            box = _touched(clip, frame) if still else None
            yield stage.draw(lenses[half], moments, middle, reach, box)


def _touched(clip: Clip, frame: int) -> tuple[int, int, int, int]:
    """Compute the box (x, y, width, height; px) of the image with the people and their shadows."""
    sun, view = np.array(clip.place.light.sun), clip.view
    corners = []
    for person in clip.people:
        points = person.joints[frame]
        low, high = points.min(axis=0), points.max(axis=0)
        edge = 0.13 * person.body.stature_m
        grid = np.stack(np.meshgrid(*zip(low - edge, high + edge, strict=True)), axis=-1).reshape(-1, 3)
        shade = grid - sun * np.minimum(grid[:, 2:] / sun[2], 3.0 * person.body.stature_m)
        corners += [grid, shade]
    view_points = (np.concatenate(corners) - view.eye[frame]) @ view.axes[frame].T
    width, height = view.size_px
    if view_points[:, 2].min() < 0.1:
        return 0, 0, width, height
    flat = view_points[:, :2] / view_points[:, 2:] * view.focal_px + np.array(view.size_px) / 2
    low = np.clip(np.floor(flat.min(axis=0)) - 4, 0, view.size_px).astype(int)
    high = np.clip(np.ceil(flat.max(axis=0)) + 4, 0, view.size_px).astype(int)
    return int(low[0]), int(low[1]), int(max(high[0] - low[0], 1)), int(max(high[1] - low[1], 1))


def _seen(shot: Shot, number: int, pixels: Doubles, depth: Doubles, body: Body) -> NDArray[np.uint8]:
    """Classify the visibility of one person's joints (23,).

    0 outside the image, 1 hidden by something else, 2 by the body itself, 3 seen.
    """
    height, width = shot.who.shape
    x, y = np.nan_to_num(pixels, nan=-1e6).T
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    column, row = np.clip(x, 0, width - 1).astype(int), np.clip(y, 0, height - 1).astype(int)
    before = depth - shot.depth_at(row, column)
    reach = 1.3 * body.joint_radius_m + 0.02 * body.stature_m  # metres: allowance for clothes and hair on the body
    mine = shot.who[row, column] == number
    return np.where(~inside, 0, np.where(before <= reach, 3, np.where(mine, 2, 1))).astype(np.uint8)


def _cropped(photograph: Image, size_px: tuple[int, int], rng: np.random.Generator) -> Image:
    """Crop a random piece of the photograph at the image's size, mirrored half of the time."""
    import cv2

    height, width = photograph.shape[:2]
    scale = max(size_px[0] / width, size_px[1] / height)
    part = rng.uniform(0.5, 1.0)
    wide, high = int(size_px[0] / scale * part), int(size_px[1] / scale * part)
    x, y = int(rng.integers(0, width - wide + 1)), int(rng.integers(0, height - high + 1))
    piece = cv2.resize(photograph[y : y + high, x : x + wide], size_px, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(piece[:, ::-1] if rng.random() < 0.5 else piece)
