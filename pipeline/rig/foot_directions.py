"""Where the feet point: from the toes that some detectors find, for the rig's feet.

Human3.6M's 17 joints end at the ankles. A toe seen in the picture lies on a line of sight, and at a known distance from
its ankle: two places, nearer and farther than the ankle, of which the one ahead of the body is taken. A detector's
ankle and the skeleton's do not fall on the same pixel, so what counts is the toe's place against the detector's own
ankle. Where nothing is known, the rig keeps the foot at rest on its shank.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.bones import measure_body, unit
from ..body.filters import low_pass
from ..body.stature import STATURE_PER_CHAIN
from ..core.arrays import Doubles
from ..core.geometry import camera_from_world, focal_px
from ..core.poses import Track2D
from ..core.skeletons import SKELETONS
from ..core.take import SceneEstimate
from .skeleton import foot_rest

ANKLES = [6, 3]  # H36M-17: left, right
_SURE = 0.4  # scores from which on a toe and its ankle count
_HZ = 5.0
_OUTWARD_DEG = 10.0  # feet point a little outward (foot progression angle in walking: 5 to 13 degrees)
_LEAST_DEG, _MOST_DEG = 50.0, 165.0  # between shank (knee to ankle) and foot: standing it is 90 less the sole's slope


def toes_seen(track: Track2D) -> tuple[Doubles, Doubles] | None:
    """(T, 2, 2) px from the detector's ankle to its toes, left and right, (T, 2) scores; None if it finds no toes."""
    names = list(SKELETONS[track.skeleton].names)
    offsets, scores = [], []
    for side in ("left", "right"):
        toes = [n for n in (f"{side}_foot_index", f"{side}_big_toe", f"{side}_small_toe") if n in names]
        if not toes or f"{side}_ankle" not in names:
            return None
        at, ankle = [names.index(name) for name in toes], names.index(f"{side}_ankle")
        joints = track.joints_image.astype(np.float64)
        offsets.append(joints[:, at].mean(axis=1) - joints[:, ankle])
        scores.append(np.minimum(track.scores[:, at].min(axis=1), track.scores[:, ankle]))
    return np.stack(offsets, axis=1), np.stack(scores, axis=1).astype(np.float64)


def foot_directions(world: Doubles, track: Track2D, scene: SceneEstimate, size_px: tuple[int, int], rate_hz: float) -> (
    Doubles | None
):  # fmt: skip
    """(T, 17, 3) world, and the 2D of the same frames -> unit vectors ankle to toes (T, 2, 3), left and right, NaN =
    not known; None if the detector finds no toes."""
    seen = toes_seen(track)
    if seen is None:
        return None
    offsets, scores = seen
    known = np.isfinite(world).all(axis=(1, 2))
    out = np.full((len(world), 2, 3), np.nan)
    if not known.any():
        return out
    length = foot_length(world)
    camera = camera_from_world(world, scene.rotation, scene.translation)
    left = unit(world[:, 4] - world[:, 1])
    forward = unit(np.cross(left, world[:, 8] - world[:, 0]))
    for side, (ankle, knee) in enumerate(zip(ANKLES, (5, 2), strict=True)):
        sure = known & (scores[:, side] >= _SURE) & np.isfinite(offsets[:, side]).all(axis=1)
        if not sure.any():
            continue
        near, far = _on_sphere(camera[sure, ankle], offsets[sure, side], length, focal_px(scene.fov_deg, size_px[0]))
        shank = unit(world[sure, ankle] - world[sure, knee])
        options = [unit(place @ scene.rotation.T) for place in (near, far)]
        outward = np.radians(_OUTWARD_DEG) * (1 if side == 0 else -1)
        expected = np.cos(outward) * forward[sure] + np.sin(outward) * left[sure]
        ahead = [(option * expected).sum(-1) for option in options]
        way = np.where((ahead[0] >= ahead[1])[:, None], options[0], options[1])
        out[sure, side] = _in_reach(way, shank)
        # Against the shank it moves little: smoothed as a direction, run by run.
        out[:, side] = unit(low_pass(out[:, side], sure, rate_hz, _HZ))
    return out


def foot_length(world: Doubles) -> float:
    """(T, 17, 3) one person, NaN = not seen -> metres from an ankle to the tip of the toes, by their stature."""
    return float(np.linalg.norm(foot_rest(measure_body(world).chain_m * STATURE_PER_CHAIN)))


def _on_sphere(ankle: Doubles, offset_px: Doubles, length: float, focal: float) -> tuple[Doubles, Doubles]:
    """Ankles (n, 3), camera space, and how far the toes are from them in the picture (n, 2) -> the two places (n, 3)
    from the ankle at `length` on the toe's line of sight, the nearer first; the nearest one twice if it passes by."""
    depth = np.maximum(ankle[:, 2:], 0.1)
    ray = unit(np.concatenate([ankle[:, :2] / depth + offset_px / focal, np.ones((len(ankle), 1))], axis=1))
    along = (ray * ankle).sum(-1)
    reach = np.sqrt(np.maximum(along**2 - (ankle**2).sum(-1) + length**2, 0))
    return (along - reach)[:, None] * ray - ankle, (along + reach)[:, None] * ray - ankle


def _in_reach(way: Doubles, shank: Doubles) -> Doubles:
    """(n, 3) unit vectors turned, in the plane with the shank, to where an ankle lets a foot point."""
    across = way - (way * shank).sum(-1, keepdims=True) * shank
    size = np.linalg.norm(across, axis=1, keepdims=True)
    angle = np.arctan2(size, (way * shank).sum(-1, keepdims=True))
    allowed = np.clip(angle, np.radians(_LEAST_DEG), np.radians(_MOST_DEG))
    turned: NDArray[np.float64] = np.cos(allowed) * shank + np.sin(allowed) * across / np.maximum(size, 1e-9)
    return np.where(size > 1e-6, turned, way)
