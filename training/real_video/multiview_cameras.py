"""Several calibrated cameras: reading them, projecting, triangulating robustly, and putting a stale calibration right.

Triangulation is the weighted direct linear transform with a consensus over views (Hartley and Zisserman, "Multiple View
Geometry", 2nd ed., sections 12.2 and 4.7). Lens: Brown's two radial and two tangential terms, as OpenCV orders them.

Shapes: `V` views, `N` points. World: metres, z up. Camera: x right, y down, z forward. Image: px, NaN = not seen.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.camera import Camera as VideoCamera
from pipeline.core.errors import SourceError

_SUB_PX = 64.0  # units of a .qca file are 1/64 px
_UNDISTORT_STEPS = 8
_FARTHEST = 10.0  # tangent of the angle off the optical axis
# How far a calibration is off at one standard deviation; a joint in a picture; a mark read off a picture by eye.
_TURN_DEG, _SHIFT_M, _JOINT_PX, _MARK_PX = 1.0, 0.05, 10.0, 4.0
_FEWEST_POINTS, _MOST_POINTS, _INDEPENDENT = 50, 1500, 150


@dataclass(frozen=True, slots=True)
class Camera:
    """One calibrated camera, standing still."""

    name: str
    axes: Doubles  # (3, 3) rows: the camera's x, y, z in the world
    centre: Doubles  # (3,) metres
    focal: Doubles  # (2,) px
    principal: Doubles  # (2,) px
    distortion: Doubles  # (4,) k1, k2, p1, p2
    size_px: tuple[int, int]

    def as_pinhole(self, video: VideoCamera) -> VideoCamera:
        """Return the camera of a video that this one filmed, with this one's focal length, without distortion."""
        fov_deg = float(np.degrees(2 * np.arctan(video.size_px[0] / 2 / self.focal[0])))
        return replace(video, fov_deg=fov_deg, fov_from="from the file")

    def in_camera(self, points: Doubles) -> Doubles:
        """World (..., 3) -> camera (..., 3) metres."""
        return np.asarray((points - self.centre) @ self.axes.T)

    def project(self, points: Doubles) -> Doubles:
        """World (..., 3) -> image (..., 2); NaN behind the camera."""
        at = self.in_camera(points)
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = np.where(at[..., 2:] > 0, at[..., :2] / at[..., 2:], np.nan)
        return np.asarray(self._bent(flat) * self.focal + self.principal)

    def straight(self, image: Doubles) -> Doubles:
        """Image (..., 2) -> the pinhole's (x / z, y / z)."""
        seen = (image - self.principal) / self.focal
        flat = seen
        for _ in range(_UNDISTORT_STEPS):
            flat = flat + seen - self._bent(flat)
        return np.asarray(flat)

    def _bent(self, flat: Doubles) -> Doubles:
        k1, k2, p1, p2 = self.distortion
        x, y = flat[..., 0], flat[..., 1]
        r2 = x * x + y * y
        radial = 1 + k1 * r2 + k2 * r2 * r2
        return np.stack(
            [x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y],
            axis=-1,
        )


def read_qca(path: Path) -> list[Camera]:
    """The cameras of a Qualisys calibration (`.qca.txt`). Raises `SourceError`.

    Its transform has the camera's right, up and backward axes as rows; its lengths are millimetres and 1/64 px.
    """
    try:
        cameras = []
        for entry in ElementTree.parse(path).getroot().iter("camera"):
            placed, lens, field = entry.find("transform"), entry.find("intrinsic"), entry.find("fov_video")
            if placed is None or lens is None or field is None:
                raise ValueError(f"camera {entry.get('serial')} is not whole")
            rows = np.array([[float(placed.attrib[f"r{i}{k}"]) for k in (1, 2, 3)] for i in (1, 2, 3)])

            def px(*keys: str, of: ElementTree.Element = lens) -> Doubles:
                return np.array([float(of.attrib[key]) for key in keys]) / _SUB_PX

            bends = ("radialDistortion1", "radialDistortion2", "tangentalDistortion1", "tangentalDistortion2")
            cameras.append(
                Camera(
                    name=entry.get("serial", ""),
                    axes=rows * np.array([[1.0], [-1.0], [-1.0]]),
                    centre=np.array([float(placed.attrib[key]) for key in "xyz"]) / 1000,
                    focal=px("focalLengthU", "focalLengthV"),
                    principal=px("centerPointU", "centerPointV"),
                    distortion=np.array([float(lens.attrib[key]) for key in bends]),
                    size_px=(int(field.attrib["right"]) + 1, int(field.attrib["bottom"]) + 1),
                )
            )
    except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
        raise SourceError(f"The calibration {path} cannot be read ({error}).", "It is a Qualisys .qca.txt.") from error
    if not cameras:
        raise SourceError(f"The calibration {path} has no camera.", "It is a Qualisys .qca.txt.")
    return cameras


def triangulated(cameras: Sequence[Camera], image: Doubles, weight: Doubles) -> Doubles:
    """Image points (V, N, 2), weights (V, N) -> world (N, 3), NaN where fewer than two views have weight."""
    V, N = weight.shape
    used = np.where(np.isfinite(image).all(-1), weight, 0)
    rows = np.zeros((N, 2 * V, 4))
    for v, camera in enumerate(cameras):
        pinhole = np.hstack([camera.axes, -(camera.axes @ camera.centre)[:, None]])
        with np.errstate(over="ignore", invalid="ignore"):
            flat = camera.straight(image[v])
        used[v] *= (np.abs(flat) < _FARTHEST).all(-1)  # far outside the picture the lens cannot be undone
        flat = np.where(used[v][:, None] > 0, flat, 0)
        for axis in range(2):
            rows[:, 2 * v + axis] = used[v][:, None] * (flat[:, axis : axis + 1] * pinhole[2] - pinhole[axis])
    solved = np.linalg.svd(rows)[2][:, -1]
    enough = (used > 0).sum(axis=0) >= 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(enough[:, None], solved[:, :3] / solved[:, 3:], np.nan)


def misses(cameras: Sequence[Camera], image: Doubles, points: Doubles) -> Doubles:
    """Image (V, N, 2), world (N, 3) -> image minus projection (V, N, 2) px."""
    return np.stack([image[v] - camera.project(points) for v, camera in enumerate(cameras)])


def agreed(cameras: Sequence[Camera], image: Doubles, weight: Doubles, near_px: Doubles) -> tuple[Doubles, np.ndarray]:
    """Triangulated from the views that agree: world (N, 3) and which views were used (V, N).

    Of all sets of two views and more in which all lie within `near_px` (V,) of their common point, a point takes the
    one with the largest sum of weights (then the least miss). NaN where not even two agree.
    """
    V, N = weight.shape
    usable = np.isfinite(image).all(-1) & (weight > 0)
    best = np.full((N, 3), np.nan)
    value = np.full(N, -np.inf)
    inside = np.zeros((V, N), bool)
    for count in range(2, V + 1):
        for members in map(list, itertools.combinations(range(V), count)):
            chosen = [cameras[v] for v in members]
            points = triangulated(chosen, image[members], weight[members])
            miss = np.linalg.norm(misses(chosen, image[members], points), axis=-1) / near_px[members, None]
            with np.errstate(invalid="ignore"):
                fits = usable[members].all(axis=0) & (miss <= 1).all(axis=0)
            worth = np.where(fits, weight[members].sum(axis=0) - 0.5 * np.nan_to_num(miss).mean(axis=0), -np.inf)
            better = worth > value
            value[better], best[better] = worth[better], points[better]
            inside[:, better] = False
            inside[np.array(members)[:, None], np.nonzero(better)[0]] = True
    return best, inside


def turned(camera: Camera, turn_rad: Doubles, shift_m: Doubles) -> Camera:
    """The camera turned by a rotation vector (in its own axes) and moved (in the world)."""
    angle = float(np.linalg.norm(turn_rad))
    x, y, z = turn_rad / angle if angle > 0 else np.zeros(3)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return replace(camera, axes=rotation @ camera.axes, centre=camera.centre + shift_m)


@dataclass(frozen=True, slots=True)
class Marks:
    """Things that stand still, at places that are known: world (M, 3) metres, image (V, M, 2) px, NaN = not seen."""

    world: Doubles
    image: Doubles


def refined(cameras: Sequence[Camera], image: Doubles, weight: Doubles, marks: Marks | None = None) -> list[Camera]:
    """The cameras turned and moved a little so that all views agree best about image points (V, N, 2).

    For cameras that were knocked after they were calibrated. Lenses stay; what was calibrated is the prior, and marks
    hold scale and floor. The points are eliminated (triangulated anew for every trial); large misses count linearly.
    Raises `SourceError` if hardly any point is seen by all.
    """
    from scipy.optimize import least_squares

    image = image[:, (np.isfinite(image).all(-1) & (weight > 0)).all(axis=0)]
    if image.shape[1] < _FEWEST_POINTS:
        raise SourceError("Too few points are seen by all cameras to refine the calibration.", "Use longer videos.")
    image = image[:, :: max(1, image.shape[1] // _MOST_POINTS)]
    unit = np.tile(np.repeat([np.radians(_TURN_DEG), _SHIFT_M], 3), len(cameras))
    # A joint's errors are alike over many frames, so there is much less to learn than there are points.
    independent = np.sqrt(_INDEPENDENT / image.shape[1])

    def moved(steps: Doubles) -> list[Camera]:
        parts = (steps * unit).reshape(len(cameras), 2, 3)
        return [turned(camera, *part) for camera, part in zip(cameras, parts, strict=True)]

    def off(steps: Doubles) -> Doubles:
        trial = moved(steps)
        points = triangulated(trial, image, np.ones(image.shape[:2]))
        parts = [independent * misses(trial, image, points).ravel() / _JOINT_PX, steps]
        if marks is not None:
            parts.append(np.nan_to_num(misses(trial, marks.image, marks.world).ravel() / _MARK_PX))
        return np.concatenate(parts)

    return moved(least_squares(off, np.zeros(unit.shape), loss="soft_l1").x)
