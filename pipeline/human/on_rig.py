"""Put the human body on a person's rig, whose joints it gets.

Every bone gets an affine map from the fitted body to the rig's rest pose: its start goes to the start of the rig's
bone, its length to that bone's length. Skin weights blend the maps, as they blend motions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..body.bones import unit
from ..core.arrays import Doubles, Floats
from ..rig.with_hands import FINGER_BONES, FINGERS
from .asset import HumanAsset
from .fingers import with_relaxed_hands
from .fit import Shape

_GIRTH = 0.5  # exponent: a bone that is longer than that of the fitted body by a factor is thicker by this power of it
_HEAD_RANGE = (0.92, 1.12)  # limits of the head's size, as shares of the fitted body's
_SHORTEST_NECK = 0.85  # share of the fitted body's neck that is kept at least


@dataclass(frozen=True, slots=True)
class HumanBody:
    """Hold a person's skin in the rest pose of their rig; rig axes, metres."""

    vertices: Floats  # (V, 3)
    normals: Floats  # (V, 3)
    faces: NDArray[np.uint16]  # (N, 3)
    bones: NDArray[np.uint8]  # (V, 4) into the rig's names
    weights: Floats  # (V, 4), sum 1
    colours: Floats  # (V, 3) RGB
    tint: Floats  # (V,) share of the suit
    head_m: float  # m, length of the head, the unit of the face shapes


def human_on_rig(
    asset: HumanAsset, shape: Shape, names: Sequence[str], rest: Doubles, ends: Mapping[str, Doubles]
) -> HumanBody:
    """Return the body of `shape` on a rig with bones `names` (B,).

    `rest` (B, 3) are the starts of the bones in the rest pose, `ends` the places (3,) of the ends "HeadTop", and of
    fingers that the rig has, by the asset's names; metres, rig axes. Bones that the rig lacks move with their parents;
    without fingers the hands are relaxed.
    """
    place = {**ends, **{name: rest[k] for k, name in enumerate(names)}}
    maps = _maps(shape, place)
    matrix = np.stack([maps[bone][0] for bone in asset.bones])
    shift = np.stack([maps[bone][1] for bone in asset.bones])
    weights = asset.vertex_weights.astype(np.float64)
    own = shape.points if FINGER_BONES[0] in names else with_relaxed_hands(asset, shape)
    points = np.einsum("vk,vkij,vj->vi", weights, matrix[asset.vertex_bones], own, optimize=True)
    points += np.einsum("vk,vki->vi", weights, shift[asset.vertex_bones])
    _stand(points, 0.5 * place["LeftFoot"][1])
    bones, kept = _on_bones(asset, names)
    return HumanBody(
        points.astype(np.float32),
        vertex_normals(points, asset.faces).astype(np.float32),
        asset.faces,
        bones,
        kept,
        asset.colours,
        asset.tint,
        float(np.linalg.norm(maps["Head"][0] @ (shape.joints["HeadTop"] - shape.joints["Head"]))),
    )


def _stand(points: Doubles, below_m: float) -> None:
    """Move the lowest of the points (V, 3) to the floor, those up to `below_m` by a falling share of it."""
    if below_m <= 0:
        return
    floor = points[:, 1].min()
    low = points[:, 1] < below_m
    points[low, 1] -= floor * (1 - points[low, 1] / below_m)


def vertex_normals(points: Doubles, faces: NDArray[np.uint16]) -> Doubles:
    """Return unit normals (V, 3): sums over the triangles, by area."""
    corner = points[faces]
    across = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    out = np.stack(
        [sum(np.bincount(faces[:, k], across[:, c], len(points)) for k in range(3)) for c in range(3)], axis=-1
    )
    return unit(out)


_Map = tuple[Doubles, Doubles]  # (3, 3), (3,): x -> matrix @ x + shift


def _stretch(along: Doubles, by: float, across: float) -> Doubles:
    """Return the matrix that scales the direction `along` by one factor, and all across by the other."""
    axis = unit(along)
    return np.asarray(across * np.eye(3) + (by - across) * np.outer(axis, axis))


def _at(matrix: Doubles, start: Doubles, place: Doubles) -> _Map:
    return matrix, place - matrix @ start


def _maps(shape: Shape, place: dict[str, Doubles]) -> dict[str, _Map]:
    """Return the map of each bone of the asset to the rig's rest pose."""
    j = shape.joints
    maps = _trunk(shape, place)
    for side in ("Left", "Right"):
        for bone, end in (("Arm", "ForeArm"), ("ForeArm", "Hand"), ("UpLeg", "Leg"), ("Leg", "Foot")):
            name, after = side + bone, side + end
            by = _ratio(place[after] - place[name], j[after] - j[name])
            maps[name] = _at(_stretch(j[after] - j[name], by, by**_GIRTH), j[name], place[name])
        ankle = j[f"{side}Foot"]
        high = _ratio(place[f"{side}Foot"][1:2], ankle[1:2])
        toes = place[f"{side}ToeBase"] - place[f"{side}Foot"]
        length = float(np.clip(_ratio(toes[2:], (j[f"{side}ToeBase"] - ankle)[2:]), 0.9, 1.1))
        foot = np.diag([1.0, high, length])
        maps[f"{side}Foot"] = maps[f"{side}ToeBase"] = _at(foot, ankle, place[f"{side}Foot"])
        maps |= _hand(shape, place, side)
        maps[f"{side}Eye"] = maps["Head"]
    return maps


def _ratio(wanted: Doubles, own: Doubles) -> float:
    """Return the ratio of two vectors' lengths, 1 where one of them has none."""
    a, b = float(np.linalg.norm(wanted)), float(np.linalg.norm(own))
    return a / b if a > 1e-6 and b > 1e-6 else 1.0


def _trunk(shape: Shape, place: dict[str, Doubles]) -> dict[str, _Map]:
    """Return the maps of trunk, collars, neck and head.

    The rig's `Neck` ends at the nose and its `Head` at the head's top; the mesh has those two points, too.
    """
    j, head_end = shape.joints, place["HeadTop"]
    tall = _ratio(place["Neck"] - place["Hips"], j["Neck"] - j["Hips"])
    hips = _ratio(place["LeftUpLeg"] - place["Hips"], j["LeftUpLeg"] - j["Hips"])
    shoulders = _ratio(place["LeftArm"] - place["Neck"], j["LeftArm"] - j["Neck"])
    deep = tall**_GIRTH
    maps = {
        "Hips": _at(np.diag([hips**0.7, tall, deep]), j["Hips"], place["Hips"]),
        "Spine": _at(np.diag([(hips * shoulders) ** 0.4, tall, deep]), j["Spine"], place["Spine"]),
        "Spine1": _at(np.diag([shoulders, tall, deep]), j["Spine1"], place["Spine1"]),
    }
    for side in ("Left", "Right"):
        maps[f"{side}Shoulder"] = _at(np.diag([shoulders, deep, deep]), j["Neck"], place["Neck"])
    size = float(np.clip(_ratio(head_end - place["Head"], j["HeadTop"] - j["Face"]), *_HEAD_RANGE))
    neck = j["Head"] - j["Neck"]
    top = head_end - size * (j["HeadTop"] - j["Head"])
    wanted = (top - place["Neck"])[1] / neck[1]
    top[1] += (max(wanted, _SHORTEST_NECK) - wanted) * neck[1]  # a head between the shoulders is an error of lengths
    maps["Head"] = _at(size * np.eye(3), j["Head"], top)
    reach = top - place["Neck"]
    matrix = np.diag([size, reach[1] / neck[1], size])
    matrix[2, 1] = (reach[2] - size * neck[2]) / neck[1]
    maps["Neck"] = _at(matrix, j["Neck"], place["Neck"])
    return maps


def _hand(shape: Shape, place: dict[str, Doubles], side: str) -> dict[str, _Map]:
    """Return the maps of a hand; a rig without fingers gets the mesh's hand."""
    j, wrist = shape.joints, f"{side}Hand"
    knuckle = f"{wrist}Middle1"
    size = _ratio(place[knuckle] - place[wrist], j[knuckle] - j[wrist]) if knuckle in place else 1.0
    maps = {wrist: _at(size * np.eye(3), j[wrist], place[wrist])}
    for finger in FINGERS:
        for k in (1, 2, 3):
            name, after = f"{wrist}{finger}{k}", f"{wrist}{finger}{k + 1}"
            if name not in place:
                maps[name] = maps[wrist]
                continue
            by = _ratio(place[after] - place[name], j[after] - j[name]) if after in place else size
            maps[name] = _at(_stretch(j[after] - j[name], by, size), j[name], place[name])
    return maps


def _on_bones(asset: HumanAsset, names: Sequence[str]) -> tuple[NDArray[np.uint8], Floats]:
    """Return bones (V, 4) of the rig and weights (V, 4): the asset's, summed on the bones that there are."""
    target = []
    for bone in asset.bones:
        there = bone
        while there not in names:
            there = asset.bones[asset.parents[asset.bones.index(there)]]
        target.append(names.index(there))
    table = np.zeros((len(asset.mean), len(names)))
    np.add.at(table, (np.arange(len(table))[:, None], np.array(target)[asset.vertex_bones]), asset.vertex_weights)
    bones = np.argsort(-table, axis=1, kind="stable")[:, :4]
    weights = np.take_along_axis(table, bones, axis=1)
    bones[weights == 0] = 0  # glTF asks that unused places name bone 0
    return bones.astype(np.uint8), (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
