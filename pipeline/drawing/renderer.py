"""Draw bodies on a floor without a graphics card, as the window draws them.

Bodies have the proportions of `body_mesh`, but are drawn as ideal spheres and tapered tubes, each at once for all its
pixels, with a depth map between them. World space: metres, z up. Camera space here: x right, y down, z forward.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Doubles, Floats, Image
from ..core.camera import Viewpoint
from .body_mesh import HEAD_RADIUS, JOINT_RADIUS, LIMBS, NECK_RADIUS, SHADOW_FADE, SIDE, shadow_discs
from .colours import BACKGROUND, FLOOR, GRID, rgb
from .floor import disc_alpha, floor_lines
from .hands_mesh import BONES, RADIUS, TIPS
from .light import lit
from .viewpoint import view_axes

_NEAR_M = 0.1  # m from the camera within which nothing is drawn
_COARSE = 2  # pixels of the image per pixel of the floor's shades, which are soft
_SHIFT = 4  # fractional bits: cv2 takes positions in sixteenths of a pixel


class Renderer:
    """Draw one frame after another at a size in pixels; `look` sets the viewpoint."""

    def __init__(self, width_px: int, height_px: int) -> None:
        self._size = (width_px, height_px)
        self._pixels = np.mgrid[0:height_px, 0:width_px].astype(np.float32)  # (2, H, W) rows, columns
        self._floor_key: tuple[object, ...] = ()
        self._floor = np.zeros((0, 0, 3), np.uint8)
        self._ground = np.zeros((0, 0, 2), np.float32)  # metres, where each coarse pixel meets the floor; NaN above it
        self.look(Viewpoint((0.0, 0.0, 0.9), 4.3, 9.0, -62.0))

    # --- camera

    def look(self, view: Viewpoint, floor: tuple[float, float] = (0.0, 0.0)) -> None:
        """Set the viewpoint, and the middle of the floor in metres, which moves by whole metres."""
        self._axes = view_axes(view.elevation, view.azimuth)
        self._position = np.array(view.centre) - view.distance * self._axes[2]
        self._focal = self._size[0] / 2 / float(np.tan(np.radians(view.fov_deg) / 2))
        self._middle = np.round(floor)

    def camera_from_world(self, points: Floats | Doubles) -> Doubles:
        return (np.asarray(points, np.float64) - self._position) @ self._axes.T

    def image_from_camera(self, points: Doubles) -> Doubles:
        """Project (..., 3) in front of the camera to (..., 2) pixels."""
        half = np.array(self._size) / 2 - 0.5
        return points[..., :2] / np.maximum(points[..., 2:], _NEAR_M) * self._focal + half

    # --- frames

    def draw(
        self, joints: Floats, colours: Floats, hands: Floats | None = None, hand_colours: Floats | None = None
    ) -> Image:
        """Return the BGR image (H, W, 3) of `joints` (P, 17, 3), NaN = not seen.

        `colours` (P, 3, 4): RGBA of left, right and centre of each body. `hands` (N, 21, 3), NaN = not known, have
        `hand_colours` (N, 4).
        """
        image = self._shaded_floor(joints)  # uint8, so that few bytes are copied
        depth = np.full(image.shape[:2], np.inf, np.float32)
        for body, shades in zip(joints, colours, strict=True):
            self._draw_body(image, depth, body.astype(np.float64), shades[:, :3])
        if hands is not None and hand_colours is not None:
            for hand, shade in zip(hands, hand_colours, strict=True):
                self._draw_hand(image, depth, hand.astype(np.float64), shade[:3])
        return image

    def _draw_hand(self, image: Image, depth: Floats, hand: Doubles, shade: Floats) -> None:
        points = self.camera_from_world(hand)
        if not np.isfinite(points).all() or points[:, 2].min() <= _NEAR_M:
            return
        for first, last in BONES:
            self._draw_tube(image, depth, points[[first, last]], (float(RADIUS[first]), float(RADIUS[last])), shade)
        for tip in TIPS:
            self._draw_sphere(image, depth, points[tip], float(RADIUS[tip]), shade)

    def _draw_body(self, image: Image, depth: Floats, joints: Doubles, shades: Floats) -> None:
        head = (joints[9] + joints[10]) / 2
        points = self.camera_from_world(np.concatenate([joints, head[None]]))
        for centre, radius, side in zip(points, [*JOINT_RADIUS, HEAD_RADIUS], [*SIDE, 2], strict=True):
            if radius > 0 and np.isfinite(centre).all() and centre[2] > _NEAR_M:
                self._draw_sphere(image, depth, centre, float(radius), shades[side])
        for first, last, near, far in (*LIMBS, (8, 17, NECK_RADIUS, 0.9 * NECK_RADIUS)):
            ends = points[[first, last]]
            if np.isfinite(ends).all() and ends[:, 2].min() > _NEAR_M:
                self._draw_tube(image, depth, ends, (near, far), shades[SIDE[last] if last < 17 else 2])

    def _box(self, low: Doubles, high: Doubles) -> tuple[slice, slice]:
        """Return rows and columns of the pixels from `low` to `high` (x, y), one more on each side."""
        width, height = self._size
        x0, y0 = np.clip(np.floor(low).astype(int) - 1, 0, [width, height]).tolist()
        x1, y1 = np.clip(np.ceil(high).astype(int) + 2, 0, [width, height]).tolist()
        return slice(y0, y1), slice(x0, x1)

    def _draw_sphere(self, image: Image, depth: Floats, centre: Doubles, radius_m: float, colour: Floats) -> None:
        at = self.image_from_camera(centre)
        radius = self._focal * radius_m / float(centre[2])
        box = self._box(at - radius, at + radius)
        y, x = self._pixels[0][box] - np.float32(at[1]), self._pixels[1][box] - np.float32(at[0])
        reach = np.sqrt(x * x + y * y)
        alpha = np.clip(np.float32(radius) - reach + 0.5, 0, 1)
        drawn = alpha > 0
        x, y = x[drawn] / np.float32(radius), y[drawn] / np.float32(radius)
        out = np.sqrt(np.maximum(1 - x * x - y * y, 0))
        distance = np.float32(centre[2]) - out * np.float32(radius_m)
        normals = np.stack([x, -y, out], axis=-1)
        _paint(image[box], depth[box], drawn, alpha[drawn], distance, lit(colour, normals))

    def _draw_tube(
        self, image: Image, depth: Floats, ends: Doubles, radii_m: tuple[float, float], colour: Floats
    ) -> None:
        """Draw an open tapered tube; the spheres of the joints close it."""
        at = self.image_from_camera(ends)
        radii = (self._focal * np.array(radii_m) / ends[:, 2]).astype(np.float32)
        along = at[1] - at[0]
        length = float(np.linalg.norm(along))
        if length < 1:
            return  # it points at the viewer, and is behind its joints
        box = self._box((at - radii[:, None]).min(axis=0), (at + radii[:, None]).max(axis=0))
        y, x = self._pixels[0][box] - np.float32(at[0, 1]), self._pixels[1][box] - np.float32(at[0, 0])
        ux, uy = (along / length).astype(np.float32)
        share = (x * ux + y * uy) / np.float32(length)  # 0 at the first end, 1 at the last
        radius = radii[0] + (radii[1] - radii[0]) * np.clip(share, 0, 1)
        across = y * ux - x * uy
        alpha = np.clip(radius - np.abs(across) + 0.5, 0, 1)
        alpha *= np.clip(np.minimum(share, 1 - share) * np.float32(length) + 0.5, 0, 1)
        drawn = alpha > 0
        share, radius = np.clip(share[drawn], 0, 1), radius[drawn]
        across = across[drawn] / radius
        out = np.sqrt(np.maximum(1 - across * across, 0))
        front, side = _tube_directions(ends, along)
        normals = across[:, None] * side + out[:, None] * front
        far = 1 / (np.float32(1 / ends[0, 2]) + np.float32(1 / ends[1, 2] - 1 / ends[0, 2]) * share)
        distance = far - out * radius * far * np.float32(abs(front[2]) / self._focal)
        _paint(image[box], depth[box], drawn, alpha[drawn], distance, lit(colour, normals))

    # --- floor

    def _shaded_floor(self, joints: Floats) -> Image:
        """Return the floor with the shadows of `joints`."""
        import cv2

        key = (*self._position.tolist(), *self._axes.ravel().tolist(), self._focal, *self._middle.tolist())
        if key != self._floor_key:
            self._floor_key = key
            self._draw_floor()
        image = self._floor.copy()
        height, width = self._ground.shape[:2]
        light, top, bottom = np.ones((height, width), np.float32), height, 0
        for centre, radius, dark in zip(*shadow_discs(joints), strict=True):
            corner = np.array([[-1, -1, 0], [-1, 1, 0], [1, -1, 0], [1, 1, 0]]) * radius
            corners = self.camera_from_world(centre + corner)
            if not np.isfinite(corners).all() or corners[:, 2].min() < _NEAR_M:
                continue
            shown = self.image_from_camera(corners) / _COARSE
            rows, columns = self._box(shown.min(axis=0), shown.max(axis=0))
            ground = self._ground[rows, columns]
            if ground.size:
                reach = np.linalg.norm(ground - centre[:2], axis=-1) / radius
                shade = np.interp(reach, *SHADOW_FADE).astype(np.float32)
                light[rows, columns] *= 1 - dark * np.nan_to_num(shade)
                top, bottom = min(top, rows.start), max(bottom, min(rows.stop, height))
        if top < bottom:
            part = image[_COARSE * top : _COARSE * bottom]
            fine = cv2.resize(light[top:bottom], part.shape[1::-1], interpolation=cv2.INTER_LINEAR)
            part[:] = cv2.multiply(part, cv2.merge([fine] * 3), dtype=cv2.CV_8U)
        return image

    def _draw_floor(self) -> None:
        import cv2

        width, height = self._size
        rows, columns = (self._pixels[i][::_COARSE, ::_COARSE].astype(np.float64) for i in (0, 1))
        half = np.array(self._size) / 2 - 0.5
        rays = np.stack([(columns - half[0]) / self._focal, (rows - half[1]) / self._focal, np.ones_like(rows)], -1)
        world = rays @ self._axes
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = -self._position[2] / world[..., 2]
        reach[(reach <= 0) | ~np.isfinite(reach)] = np.nan
        self._ground = (self._position[:2] + reach[..., None] * world[..., :2]).astype(np.float32)
        away = np.nan_to_num(np.linalg.norm(self._ground - self._middle.astype(np.float32), axis=-1), nan=1e3)
        alpha = cv2.resize(disc_alpha(away), (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
        back, disc = (rgb(colour)[::-1] * np.float32(255) for colour in (BACKGROUND, FLOOR))
        self._floor = np.round(back + (disc - back) * alpha).astype(np.uint8)
        self._draw_grid()

    def _draw_grid(self) -> None:
        import cv2

        points, colours = floor_lines()
        ends = self.camera_from_world(points + np.append(self._middle, 0)).reshape(-1, 2, 3)
        opacity = np.round(colours[:, 3].reshape(-1, 2).mean(axis=1) * 255).astype(int)
        kept = (ends[:, :, 2].min(axis=1) > _NEAR_M) & (opacity > 0)
        pixels = self.image_from_camera(ends[kept])
        inside = (np.abs(pixels) < 1e5).all(axis=(1, 2))
        mask = np.zeros(self._floor.shape[:2], np.uint8)
        fixed = np.round(pixels[inside] * (1 << _SHIFT)).astype(int).tolist()
        thickness = max(1, round(self._size[1] / 900))
        for (start, end), value in zip(fixed, opacity[kept][inside].tolist(), strict=True):
            cv2.line(mask, start, end, value, thickness, cv2.LINE_AA, _SHIFT)
        drawn = mask > 0
        share = mask[drawn].astype(np.float32)[:, None] / 255
        back = self._floor[drawn].astype(np.float32)
        self._floor[drawn] = np.round(back + (rgb(GRID)[::-1] * np.float32(255) - back) * share)


def _tube_directions(ends: Doubles, along_px: Doubles) -> tuple[Floats, Floats]:
    """Return unit vectors in eye space: from a tube's axis to the viewer, and across it.

    `ends` (2, 3) in camera space; across is towards the right of `along_px` (2,), its direction in the image.
    """
    axis = (ends[1] - ends[0]) / np.linalg.norm(ends[1] - ends[0])
    front = -ends.mean(axis=0) / np.linalg.norm(ends.mean(axis=0))
    front -= axis * float(front @ axis)
    front /= max(float(np.linalg.norm(front)), 1e-6)
    side = np.cross(axis, front)
    side *= np.sign(side[1] * along_px[0] - side[0] * along_px[1]) or 1.0
    flip = np.array([1, -1, -1])  # camera space to eye space
    return (front * flip).astype(np.float32), (side * flip).astype(np.float32)


def _paint(
    image: Image, depth: Floats, drawn: NDArray[np.bool_], alpha: Floats, distance: Floats, colours: Floats
) -> None:
    """Blend RGB `colours` (N, 3) over the pixels `drawn` of a BGR image where they are nearer than what is there."""
    before = depth[drawn]
    alpha = np.where(distance < before, alpha, 0)
    back = image[drawn].astype(np.float32)
    image[drawn] = np.round(back + (colours[:, ::-1] * np.float32(255) - back) * alpha[:, None])
    depth[drawn] = np.where(alpha > 0.5, distance, before)
