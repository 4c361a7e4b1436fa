"""Estimate the directions of the feet from the toes that some detectors find.

Human3.6M's 17 joints end at the ankles. A toe in the image lies on a camera ray and at a known distance from its ankle.
That leaves two positions, nearer and farther than the ankle; the one in front of the body is taken. A detector's ankle
and the skeleton's ankle do not project to the same pixel, so the toe is measured relative to the detector's ankle.
Where the detector knows depth, its own foot (offset in the image, difference in depth) is averaged with that one: each
is wrong in another way.
Where no toe is known, the rig keeps the foot's rest pose relative to the shank.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..body.bones import measure_body, unit
from ..body.filters import low_pass
from ..body.stature import STATURE_PER_CHAIN
from ..camera_motion.steady import steady_track
from ..core.arrays import Doubles
from ..core.camera import Camera
from ..core.geometry import camera_from_world
from ..core.poses import PersonTrack
from ..core.skeletons import SKELETONS
from ..core.take import SceneEstimate, Take, Track3D
from .skeleton import foot_rest

ANKLES = [6, 3]  # H36M-17: left, right
_MIN_SCORE = 0.4  # lowest score at which a toe and its ankle are used
_OWN_WEIGHT = 0.7  # weight of the detector's own foot against the one of known length
_SMOOTH_HZ = 5.0  # Hz, cut-off of the low-pass of the directions
_OUTWARD_DEG = 10.0  # degrees that feet point outward (foot progression angle in walking: 5 to 13 degrees)
_SOLE_DEG = 18.0  # degrees between the sole and the line from ankle to toes: rendered people, 15 to 20
# Degrees between shank (knee to ankle) and foot; in standing 90 minus the slope of the line from ankle to toes.
_MIN_ANKLE_DEG, _MAX_ANKLE_DEG = 50.0, 165.0


def _toe_names(side: str) -> tuple[str, ...]:
    return f"{side}_foot_index", f"{side}_big_toe", f"{side}_small_toe"


def toe_offsets(track: PersonTrack) -> tuple[Doubles, Doubles] | None:
    """Return the toes' offsets from the ankles (T, 2, 2) in px and their scores (T, 2).

    The order is left, right. None if the detector's skeleton has no toes.
    """
    names = list(SKELETONS[track.skeleton].names)
    offsets, scores = [], []
    for side in ("left", "right"):
        toes = [n for n in _toe_names(side) if n in names]
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
    if scene.turn is not None:
        track = steady_track(track, camera, scene.turn)
    seen = toe_offsets(track)
    if seen is None:
        return None
    offsets, scores = seen
    known = np.isfinite(world).all(axis=(1, 2))
    out = np.full((len(world), 2, 3), np.nan)
    if not known.any():
        return out
    length = foot_length(world)
    deeper = _toe_depths(track, world)
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
        if deeper is not None:
            own = _own_direction(in_camera[sure, ankle], offsets[sure, side], deeper[sure, side], camera.focal_px)
            both = unit(direction + _OWN_WEIGHT * own @ scene.rotation.T)
            direction = np.where(np.isfinite(both).all(axis=1, keepdims=True), both, direction)
        out[sure, side] = _limit_ankle(direction, shank)
        # Each run of known frames is smoothed by itself.
        out[:, side] = unit(low_pass(out[:, side], sure, camera.rate_hz, _SMOOTH_HZ))
    return out


def sole_directions(world: Doubles, track: PersonTrack, scene: SceneEstimate, camera: Camera) -> Doubles | None:
    """Estimate the unit vectors from heel to toes (T, 2, 3), left and right, in world axes.

    As `foot_directions`, which ends at the ankle: the sole is less steep, by an angle that hardly differs among people.
    """
    toes = foot_directions(world, track, scene, camera)
    if toes is None:
        return None
    shanks = unit(world[:, ANKLES] - world[:, [5, 2]])
    ahead = unit(toes - (toes * shanks).sum(-1, keepdims=True) * shanks)  # at a right angle to the shank
    angle = np.arctan2((toes * ahead).sum(-1), (toes * shanks).sum(-1)) + np.radians(_SOLE_DEG)
    return np.asarray(np.cos(angle)[..., None] * shanks + np.sin(angle)[..., None] * ahead)


def soles_of(take: Take, track: Track3D) -> Doubles | None:
    """Return the directions from heels to toes (T, 2, 3) of a lifted person; None without toes."""
    track2d, scene = take.track2d(track.person), take.scene
    if track2d is None or scene is None or track.space != "world" or len(track2d.scores) != len(track.time_s):
        return None
    soles = sole_directions(track.joints.astype(np.float64), track2d, scene, take.camera)
    return soles if soles is not None and np.isfinite(soles).any() else None


def foot_length(world: Doubles) -> float:
    """Return the distance in metres from ankle to tip of the toes, from the person's stature.

    `world` (T, 17, 3) are the joints of one person, NaN = not seen.
    """
    return float(np.linalg.norm(foot_rest(measure_body(world).chain_m * STATURE_PER_CHAIN)))


def _toe_depths(track: PersonTrack, world: Doubles) -> Doubles | None:
    """Return how far the toes are behind their ankles (T, 2) in metres, by the detector; None: it knows no depth."""
    if track.depth is None:
        return None
    names = SKELETONS[track.skeleton].names
    depth, out = track.depth.astype(np.float64), []
    for side in ("left", "right"):
        toes = [names.index(name) for name in _toe_names(side) if name in names]
        out.append(depth[:, toes].mean(axis=1) - depth[:, names.index(f"{side}_ankle")])
    return np.stack(out, axis=1) * measure_body(world).chain_m


def _own_direction(ankle: Doubles, offset_px: Doubles, deeper_m: Doubles, focal: float) -> Doubles:
    """Return the unit vectors (n, 3) from ankles (n, 3) to toes, in camera axes, by the detector's own depth."""
    metres = offset_px * np.maximum(ankle[:, 2:], 0.1) / focal
    return unit(np.concatenate([metres, deeper_m[:, None]], axis=1))


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
