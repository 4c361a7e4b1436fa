"""Build triangle meshes of hands: tubes along palm and fingers, spheres at the points.

The number of vertices depends only on the number of hands, as in `body_mesh`; a hand that is not known (NaN) collapses
to a point and disappears.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats
from ..core.hands.points import CHAINS, HAND_POINTS, INDEX_BASE, LITTLE_BASE, MIDDLE_BASE, PARENTS, RING_BASE
from .body_mesh import Mesh, hide_unseen, ring_faces, tubes, unit_sphere

_SIDES, _STACKS = 8, 4  # vertices around a finger; rows of triangles of a sphere
# (point, point) of the tubes: from the wrist along each finger, and across the knuckles.
BONES: tuple[tuple[int, int], ...] = (
    *((parent, point) for point, parent in enumerate(PARENTS) if parent >= 0),
    (INDEX_BASE, MIDDLE_BASE), (MIDDLE_BASE, RING_BASE), (RING_BASE, LITTLE_BASE),
)  # fmt: skip
TIPS = tuple(chain[-1] for chain in CHAINS)
RADIUS = np.array(  # (21,) metres
    [0.012, *(0.0055 if point in TIPS else 0.0075 for point in range(1, len(HAND_POINTS)))], np.float32
)
ASSUMED_SHARE = 0.35  # share of its colour that a hand keeps while it was not observed and its pose is assumed
_FADE_S = 0.25  # s, over which the colour changes between observed and assumed; shorter gaps are hardly paler

_SPHERE, _SPHERE_FACES = unit_sphere(_STACKS, _SIDES)
_STARTS, _ENDS = (np.array([bone[end] for bone in BONES]) for end in (0, 1))
_SPHERE_V, _TUBE_V = len(_SPHERE), 2 * _SIDES
_SPLIT = len(HAND_POINTS) * _SPHERE_V
_HAND_V = _SPLIT + len(BONES) * _TUBE_V
_FACES = np.concatenate(
    [
        *(_SPHERE_FACES + i * _SPHERE_V for i in range(len(HAND_POINTS))),
        *(ring_faces(2, _SIDES) + _SPLIT + i * _TUBE_V for i in range(len(BONES))),
    ]
).astype(np.uint32)


def hands_mesh(hands: Floats, colours: Floats) -> Mesh:
    """Build one mesh of `hands` (N, 21, 3), NaN = not known; world, metres.

    `colours` (N, 4): RGBA.
    """
    count = len(hands)
    balls = hands[:, :, None] + _SPHERE * RADIUS[:, None, None]
    ends = hands[:, _STARTS].reshape(-1, 3), hands[:, _ENDS].reshape(-1, 3)
    sticks, sideways = tubes(*ends, np.tile(RADIUS[_STARTS], count), np.tile(RADIUS[_ENDS], count), _SIDES)
    vertices = np.concatenate(
        [
            hide_unseen(balls.reshape(-1, _SPHERE_V, 3)).reshape(count, _SPLIT, 3),
            hide_unseen(sticks).reshape(count, -1, 3),
        ],
        axis=1,
    )
    normals = np.concatenate(
        [
            np.broadcast_to(_SPHERE, balls.shape).reshape(count, _SPLIT, 3),
            np.nan_to_num(sideways).reshape(count, -1, 3),
        ],
        axis=1,
    )
    shades = np.repeat(colours.astype(np.float32), _HAND_V, axis=0)
    faces = (_FACES + (np.arange(count, dtype=np.uint32) * _HAND_V)[:, None, None]).reshape(-1, 3)
    return Mesh(
        vertices.reshape(-1, 3).astype(np.float32), normals.reshape(-1, 3).astype(np.float32), shades,
        faces.astype(np.uint32),
    )  # fmt: skip


def colour_shares(observed: NDArray[np.bool_], rate_hz: float) -> Floats:
    """Return the shares (T, 2) of their colours that hands keep.

    They keep all while they are `observed` (T, 2).
    """
    from scipy.ndimage import uniform_filter1d

    width = max(1, round(_FADE_S * rate_hz))
    seen = uniform_filter1d(observed.astype(np.float64), width, axis=0, mode="nearest")
    return (ASSUMED_SHARE + (1 - ASSUMED_SHARE) * seen).astype(np.float32)
