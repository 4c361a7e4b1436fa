"""Estimate the directions of the feet from the toes that some detectors find.

Human3.6M's 17 joints end at the ankles. A toe in the image lies on a camera ray and at a known distance from its ankle.
That leaves two positions, nearer and farther than the ankle; the one in front of the body is taken. A detector's ankle
and the skeleton's ankle do not project to the same pixel, so the toe is measured relative to the detector's ankle.
Where no toe is known, the rig keeps the foot's rest pose relative to the shank.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.bones import measure_body, unit
from ..body.filters import low_pass
from ..body.stature import STATURE_PER_CHAIN
from ..core.arrays import Doubles
from ..core.camera import Camera
from ..core.geometry import camera_from_world
from ..core.poses import PersonTrack
from ..core.skeletons import SKELETONS
from ..core.take import SceneEstimate
from .skeleton import foot_rest

ANKLES = [6, 3]  # H36M-17: left, right
_MIN_SCORE = 0.4  # lowest score at which a toe and its ankle are used
_SMOOTH_HZ = 5.0  # Hz, cut-off of the low-pass of the directions
_OUTWARD_DEG = 10.0  # degrees that feet point outward (foot progression angle in walking: 5 to 13 degrees)
# Degrees between shank (knee to ankle) and foot; in standing 90 minus the slope of the line from ankle to toes.
_MIN_ANKLE_DEG, _MAX_ANKLE_DEG = 50.0, 165.0


def toe_offsets(track: PersonTrack) -> tuple[Doubles, Doubles] | None:
    """Return the toes' offsets from the ankles (T, 2, 2) in px and their scores (T, 2).

    The order is left, right. None if the detector's skeleton has no toes.
    """
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


def foot_directions(world: Doubles, track: PersonTrack, scene: SceneEstimate, camera: Camera) -> Doubles | None:
    """Estimate the unit vectors from ankle to toes (T, 2, 3), left and right, in world axes.

    `world` (T, 17, 3) and `track` have the same frames. NaN = unknown; None if the detector's skeleton has no toes.
    """
    seen = toe_offsets(track)
    if seen is None:
        return None
    offsets, scores = seen
    known = np.isfinite(world).all(axis=(1, 2))
    out = np.full((len(world), 2, 3), np.nan)
    if not known.any():
        return out
    length = foot_length(world)
    in_camera = camera_from_world(world, scene.rotation, scene.translation)
    left = unit(world[:, 4] - world[:, 1])
    forward = unit(np.cross(left, world[:, 8] - world[:, 0]))
    for side, (ankle, knee) in enumerate(zip(ANKLES, (5, 2), strict=True)):
        sure = known & (scores[:, side] >= _MIN_SCORE) & np.isfinite(offsets[:, side]).all(axis=1)
        if not sure.any():
            continue
        near, far = _toe_candidates(in_camera[sure, ankle], offsets[sure, side], length, camera.focal_px)
        shank = unit(world[sure, ankle] - world[sure, knee])
        options = [unit(place @ scene.rotation.T) for place in (near, far)]
        outward = np.radians(_OUTWARD_DEG) * (1 if side == 0 else -1)
        expected = np.cos(outward) * forward[sure] + np.sin(outward) * left[sure]
        ahead = [(option * expected).sum(-1) for option in options]
        direction = np.where((ahead[0] >= ahead[1])[:, None], options[0], options[1])
        out[sure, side] = _limit_ankle(direction, shank)
        # Each run of known frames is smoothed by itself.
        out[:, side] = unit(low_pass(out[:, side], sure, camera.rate_hz, _SMOOTH_HZ))
    return out


def foot_length(world: Doubles) -> float:
    """Return the distance in metres from ankle to tip of the toes, from the person's stature.

    `world` (T, 17, 3) are the joints of one person, NaN = not seen.
    """
    return float(np.linalg.norm(foot_rest(measure_body(world).chain_m * STATURE_PER_CHAIN)))


def _toe_candidates(ankle: Doubles, offset_px: Doubles, length: float, focal: float) -> tuple[Doubles, Doubles]:
    """Return both vectors (n, 3) of `length` from the ankles to the toes' rays, nearer first.

    `ankle` (n, 3) is in camera space, `offset_px` (n, 2) the toes' offset from the ankle in the image. A ray that
    passes farther than `length` from the ankle gives its nearest point twice.
    """
    depth = np.maximum(ankle[:, 2:], 0.1)
    ray = unit(np.concatenate([ankle[:, :2] / depth + offset_px / focal, np.ones((len(ankle), 1))], axis=1))
    along = (ray * ankle).sum(-1)
    reach = np.sqrt(np.maximum(along**2 - (ankle**2).sum(-1) + length**2, 0))
    return (along - reach)[:, None] * ray - ankle, (along + reach)[:, None] * ray - ankle


def _limit_ankle(direction: Doubles, shank: Doubles) -> Doubles:
    """Limit the angle between shank and foot to an ankle's range; rotate in their common plane."""
    across = direction - (direction * shank).sum(-1, keepdims=True) * shank
    size = np.linalg.norm(across, axis=1, keepdims=True)
    angle = np.arctan2(size, (direction * shank).sum(-1, keepdims=True))
    allowed = np.clip(angle, np.radians(_MIN_ANKLE_DEG), np.radians(_MAX_ANKLE_DEG))
    turned: NDArray[np.float64] = np.cos(allowed) * shank + np.sin(allowed) * across / np.maximum(size, 1e-9)
    return np.where(size > 1e-6, turned, direction)
