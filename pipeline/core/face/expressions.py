"""Measure the expression of a face by the geometry of its mesh.

The names are those of ARKit's blend shapes. A measure is a length or a ratio, which grows with the expression and has
another value on every face at rest: `weights.expression_weights` makes weights of the measures of a take.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Floats
from .points import (
    BROW_INNER,
    BROW_OUTER,
    EYE_INNER,
    EYE_OUTER,
    IRIS,
    LIDS,
    LOWER_LIP,
    LOWER_LIP_EDGE,
    MOUTH_CORNER,
    RIGID,
    SUBNASALE,
    UPPER_LIP,
)

_SIDES = ("Left", "Right")
_GAZE = ("eyeLookDown", "eyeLookIn", "eyeLookOut", "eyeLookUp")
_OF_SIDES = ("eyeBlink", *_GAZE, "browDown", "browOuterUp", "mouthSmile")
EXPRESSIONS: tuple[str, ...] = (
    *(f"{name}{side}" for name in _OF_SIDES for side in _SIDES),
    "browInnerUp",
    "jawOpen",
    "mouthFunnel",
    "mouthPucker",
)

_SMILE_OUTWARD = 0.5  # share of the sideways way of a corner of the mouth in a smile, beside its way up

# Place of the points `RIGID` on a symmetric face at rest: x to the person's left, y down, z away from the camera; the
# origin is between the outer corners of the eyes, whose distance is 1. From the network's answer to a face that looks
# into the camera, averaged with its mirror image.
_RIGID_PLACES = np.array(
    [
        [0.0, -0.535, -0.155], [0.0, -0.392, -0.2], [0.0, -0.073, -0.24], [0.0, 0.005, -0.297], [0.0, 0.077, -0.36],
        [-0.5, 0.0, 0.0], [0.5, 0.0, 0.0], [-0.193, 0.019, -0.058], [0.193, 0.019, -0.058],
        [-0.751, 0.114, 0.525], [0.751, 0.114, 0.525], [-0.749, 0.264, 0.566], [0.749, 0.264, 0.566],
        [-0.641, -0.314, 0.173], [0.641, -0.314, 0.173],
    ]
)  # fmt: skip


def mirrored_order(names: Sequence[str]) -> list[int]:
    """Return the order of names that ends on Left and Right with both exchanged."""
    other = {"Left": "Right", "Right": "Left"}

    def twin(name: str) -> str:
        side = next((side for side in _SIDES if name.endswith(side)), "")
        return name.removesuffix(side) + other.get(side, "")

    return [names.index(twin(name)) for name in names]


EXPRESSION_MIRROR = np.array(mirrored_order(EXPRESSIONS))


def aligned(mesh: Floats) -> Floats:
    """Move a mesh (478, 3) rigidly onto a symmetric face at rest, and scale it.

    Equal units along all axes; x right and y down in the image, z away from the camera. The result's unit is the
    distance between the outer corners of the eyes, its x points to the person's left. All NaN without a size.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", TPAMI 1991.
    """
    rigid = mesh[list(RIGID)].astype(np.float64)
    if not np.isfinite(rigid).all():
        return np.full(mesh.shape, np.nan)
    middle, place = rigid.mean(axis=0), _RIGID_PLACES.mean(axis=0)
    own, target = rigid - middle, _RIGID_PLACES - place
    left, strength, right = np.linalg.svd(target.T @ own)
    turn = np.array([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    size = float((own**2).sum())
    if size <= 0:
        return np.full(mesh.shape, np.nan)
    scale = float((strength * turn).sum()) / size
    return np.asarray(scale * (mesh - middle) @ ((left * turn) @ right).T + place)


def expression_measures(mesh: Floats) -> Floats:
    """Return the measures (K,) of `EXPRESSIONS` from a mesh (478, 3) as `aligned` takes it.

    Lengths are in distances between the outer corners of the eyes; NaN throughout where the mesh has no size.
    """
    face = aligned(mesh)
    found: dict[str, float] = {}
    inner_brows = []
    for side, name in enumerate(_SIDES):
        inner, outer = face[EYE_INNER[side]], face[EYE_OUTER[side]]
        width = float(np.linalg.norm(outer - inner))
        lids = np.array(LIDS[side])
        found[f"eyeBlink{name}"] = -float(np.linalg.norm(face[lids[:, 0]] - face[lids[:, 1]], axis=-1).mean()) / width
        iris = (face[IRIS[side]] - (inner + outer) / 2)[:2] / width
        outward = (outer - inner)[:2] / np.linalg.norm((outer - inner)[:2])
        down = np.array([-outward[1], outward[0]])
        down *= np.sign(down[1])
        found[f"eyeLookOut{name}"], found[f"eyeLookDown{name}"] = float(iris @ outward), float(iris @ down)
        found[f"eyeLookIn{name}"], found[f"eyeLookUp{name}"] = -float(iris @ outward), -float(iris @ down)
        inner_brow, outer_brow = (float(-face[list(brow[side]), 1].mean()) for brow in (BROW_INNER, BROW_OUTER))
        found[f"browDown{name}"], found[f"browOuterUp{name}"] = -inner_brow, outer_brow
        inner_brows.append(inner_brow)
        corner = face[MOUTH_CORNER[side]] - face[SUBNASALE]
        found[f"mouthSmile{name}"] = float(_SMILE_OUTWARD * abs(corner[0]) - corner[1])
    mouth = float(np.linalg.norm(face[MOUTH_CORNER[0]] - face[MOUTH_CORNER[1]]))
    found["browInnerUp"] = sum(inner_brows) / len(inner_brows)
    # Not the chin: the network keeps it in its place when the mouth opens wide.
    found["jawOpen"] = float(face[LOWER_LIP_EDGE, 1] - face[SUBNASALE, 1])
    found["mouthFunnel"] = float(np.linalg.norm(face[UPPER_LIP] - face[LOWER_LIP])) / mouth
    found["mouthPucker"] = -mouth
    return np.array([found[name] for name in EXPRESSIONS], np.float32)
