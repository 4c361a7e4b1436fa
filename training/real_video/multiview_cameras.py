"""Read calibrated cameras, triangulate robustly and refine a stale calibration.

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
from pipeline.core.camera import Camera
from pipeline.core.errors import SourceError

_UNITS_PER_PX = 64.0  # units per pixel in a .qca file
_UNDISTORT_STEPS = 8  # fixed-point iterations
_MAX_TANGENT = 10.0  # tangent of the angle off the optical axis up to which the lens can be inverted
# Standard deviations: rotation and position of a stale calibration, a detected joint, a mark read off an image by eye.
_TURN_DEG, _SHIFT_M, _JOINT_PX, _MARK_PX = 1.0, 0.05, 10.0, 4.0
_MIN_POINTS, _MAX_POINTS, _EFFECTIVE_POINTS = 50, 1500, 150  # image points used to refine the camera poses


@dataclass(frozen=True, slots=True)
class CalibratedCamera:
    """One calibrated, static camera."""

    name: str
    axes: Doubles  # (3, 3) camera_from_world: rows are the camera's x, y, z in the world
    centre: Doubles  # (3,) metres
    focal: Doubles  # (2,) px
    principal: Doubles  # (2,) px
    distortion: Doubles  # (4,) k1, k2, p1, p2
    size_px: tuple[int, int]

    def as_pinhole(self, video: Camera) -> Camera:
        """Return the pinhole camera of a video from this camera.

        It has this camera's focal length and no distortion.
        """
        fov_deg = float(np.degrees(2 * np.arctan(video.size_px[0] / 2 / self.focal[0])))
        return replace(video, fov_deg=fov_deg, fov_from="from the file")

    def in_camera(self, points: Doubles) -> Doubles:
        """Transform world points (..., 3) to camera coordinates (..., 3), metres."""
        return np.asarray((points - self.centre) @ self.axes.T)

    def project(self, points: Doubles) -> Doubles:
        """Project world points (..., 3) to the image (..., 2) px; NaN behind the camera."""
        at = self.in_camera(points)
        with np.errstate(divide="ignore", invalid="ignore"):
            flat = np.where(at[..., 2:] > 0, at[..., :2] / at[..., 2:], np.nan)
        return np.asarray(self._distort(flat) * self.focal + self.principal)

    def undistort(self, image: Doubles) -> Doubles:
        """Undistort image points (..., 2) px to pinhole coordinates (x / z, y / z)."""
        seen = (image - self.principal) / self.focal
        flat = seen
        for _ in range(_UNDISTORT_STEPS):
            flat = flat + seen - self._distort(flat)
        return np.asarray(flat)

    def _distort(self, flat: Doubles) -> Doubles:
        k1, k2, p1, p2 = self.distortion
        x, y = flat[..., 0], flat[..., 1]
        r2 = x * x + y * y
        radial = 1 + k1 * r2 + k2 * r2 * r2
        return np.stack(
            [x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y],
            axis=-1,
        )


def read_qca(path: Path) -> list[CalibratedCamera]:
    """Read the cameras of a Qualisys calibration (`.qca.txt`). Raises `SourceError`.

    The rows of its transform are the camera's right, up and backward axes; its lengths are millimetres and 1/64 px.
    """
    try:
        cameras = []
        for entry in ElementTree.parse(path).getroot().iter("camera"):
            transform, lens, field = entry.find("transform"), entry.find("intrinsic"), entry.find("fov_video")
            if transform is None or lens is None or field is None:
                raise ValueError(f"camera {entry.get('serial')} is not whole")
            axes_rows = np.array([[float(transform.attrib[f"r{i}{k}"]) for k in (1, 2, 3)] for i in (1, 2, 3)])

            def px(*keys: str, of: ElementTree.Element = lens) -> Doubles:
                return np.array([float(of.attrib[key]) for key in keys]) / _UNITS_PER_PX

            distortion_keys = ("radialDistortion1", "radialDistortion2", "tangentalDistortion1", "tangentalDistortion2")
            cameras.append(
                CalibratedCamera(
                    name=entry.get("serial", ""),
                    axes=axes_rows * np.array([[1.0], [-1.0], [-1.0]]),
                    centre=np.array([float(transform.attrib[key]) for key in "xyz"]) / 1000,
                    focal=px("focalLengthU", "focalLengthV"),
                    principal=px("centerPointU", "centerPointV"),
                    distortion=np.array([float(lens.attrib[key]) for key in distortion_keys]),
                    size_px=(int(field.attrib["right"]) + 1, int(field.attrib["bottom"]) + 1),
                )
            )
    except (OSError, ValueError, KeyError, ElementTree.ParseError) as error:
        raise SourceError(f"The calibration {path} cannot be read ({error}).", "It is a Qualisys .qca.txt.") from error
    if not cameras:
        raise SourceError(f"The calibration {path} has no camera.", "It is a Qualisys .qca.txt.")
    return cameras


def triangulate(cameras: Sequence[CalibratedCamera], image: Doubles, weight: Doubles) -> Doubles:
    """Triangulate image points (V, N, 2) with weights (V, N) to world points (N, 3).

    NaN where fewer than two views have weight.
    """
    V, N = weight.shape
    used = np.where(np.isfinite(image).all(-1), weight, 0)
    equations = np.zeros((N, 2 * V, 4))
    for v, camera in enumerate(cameras):
        pinhole = np.hstack([camera.axes, -(camera.axes @ camera.centre)[:, None]])
        with np.errstate(over="ignore", invalid="ignore"):
            flat = camera.undistort(image[v])
        used[v] *= (np.abs(flat) < _MAX_TANGENT).all(-1)  # far outside the image the lens has no inverse
        flat = np.where(used[v][:, None] > 0, flat, 0)
        for axis in range(2):
            equations[:, 2 * v + axis] = used[v][:, None] * (flat[:, axis : axis + 1] * pinhole[2] - pinhole[axis])
    solved = np.linalg.svd(equations)[2][:, -1]
    enough = (used > 0).sum(axis=0) >= 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(enough[:, None], solved[:, :3] / solved[:, 3:], np.nan)


def reprojection_residuals(cameras: Sequence[CalibratedCamera], image: Doubles, points: Doubles) -> Doubles:
    """Compute image points (V, N, 2) minus projected world points (N, 3): (V, N, 2) px."""
    return np.stack([image[v] - camera.project(points) for v, camera in enumerate(cameras)])


def triangulate_consensus(
    cameras: Sequence[CalibratedCamera], image: Doubles, weight: Doubles, near_px: Doubles
) -> tuple[Doubles, np.ndarray]:
    """Triangulate from the views that agree: world points (N, 3) and the views used (V, N).

    Among all sets of at least two views whose residuals are within `near_px` (V,), each point takes the set with the
    largest sum of weights (then the smallest residual). NaN where no two views agree.
    """
    V, N = weight.shape
    usable = np.isfinite(image).all(-1) & (weight > 0)
    best = np.full((N, 3), np.nan)
    value = np.full(N, -np.inf)
    used_views = np.zeros((V, N), bool)
    for count in range(2, V + 1):
        for members in map(list, itertools.combinations(range(V), count)):
            chosen = [cameras[v] for v in members]
            points = triangulate(chosen, image[members], weight[members])
            off = reprojection_residuals(chosen, image[members], points)
            miss = np.linalg.norm(off, axis=-1) / near_px[members, None]
            with np.errstate(invalid="ignore"):
                fits = usable[members].all(axis=0) & (miss <= 1).all(axis=0)
            merit = np.where(fits, weight[members].sum(axis=0) - 0.5 * np.nan_to_num(miss).mean(axis=0), -np.inf)
            better = merit > value
            value[better], best[better] = merit[better], points[better]
            used_views[:, better] = False
            used_views[np.array(members)[:, None], np.nonzero(better)[0]] = True
    return best, used_views


def moved_camera(camera: CalibratedCamera, turn_rad: Doubles, shift_m: Doubles) -> CalibratedCamera:
    """Rotate a camera by a rotation vector in its axes and shift it in the world."""
    angle = float(np.linalg.norm(turn_rad))
    x, y, z = turn_rad / angle if angle > 0 else np.zeros(3)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    rotation = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return replace(camera, axes=rotation @ camera.axes, centre=camera.centre + shift_m)


@dataclass(frozen=True, slots=True)
class Marks:
    """Static points of known position, such as the corners of a board."""

    world: Doubles  # (M, 3) metres
    image: Doubles  # (V, M, 2) px, NaN = not visible


def refine_cameras(
    cameras: Sequence[CalibratedCamera], image: Doubles, weight: Doubles, marks: Marks | None = None
) -> list[CalibratedCamera]:
    """Refine camera poses so that all views agree best on image points (V, N, 2).

    For cameras that moved after their calibration. Lenses stay fixed; the calibration is the prior, and marks fix scale
    and floor. Points are eliminated (triangulated for every trial); large residuals count linearly. Raises
    `SourceError` if too few points are seen by all cameras.
    """
    from scipy.optimize import least_squares

    image = image[:, (np.isfinite(image).all(-1) & (weight > 0)).all(axis=0)]
    if image.shape[1] < _MIN_POINTS:
        raise SourceError("Too few points are seen by all cameras to refine the calibration.", "Use longer videos.")
    image = image[:, :: max(1, image.shape[1] // _MAX_POINTS)]
    unit = np.tile(np.repeat([np.radians(_TURN_DEG), _SHIFT_M], 3), len(cameras))
    # A joint's errors are correlated over many frames, so the points count as `_EFFECTIVE_POINTS` independent ones.
    independent = np.sqrt(_EFFECTIVE_POINTS / image.shape[1])

    def cameras_at(steps: Doubles) -> list[CalibratedCamera]:
        parts = (steps * unit).reshape(len(cameras), 2, 3)
        return [moved_camera(camera, *part) for camera, part in zip(cameras, parts, strict=True)]

    def residuals(steps: Doubles) -> Doubles:
        trial = cameras_at(steps)
        points = triangulate(trial, image, np.ones(image.shape[:2]))
        parts = [independent * reprojection_residuals(trial, image, points).ravel() / _JOINT_PX, steps]
        if marks is not None:
            parts.append(np.nan_to_num(reprojection_residuals(trial, marks.image, marks.world).ravel() / _MARK_PX))
        return np.concatenate(parts)

    return cameras_at(least_squares(residuals, np.zeros(unit.shape), loss="soft_l1").x)
