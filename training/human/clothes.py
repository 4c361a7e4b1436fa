"""Dress the body: a close suit, shoes, short hair, and the colours of all parts.

Colours are painted on vertices. A share tells how far the suit's colour may be replaced by that of a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags_array

from pipeline.core.arrays import Doubles, Ints
from training.human.base_mesh import EYES, SKIN
from training.human.t_pose import BONES, Posed

_SKIN, _LIPS, _BROWS, _HAIR = (0.78, 0.60, 0.49), (0.66, 0.41, 0.37), (0.27, 0.20, 0.16), (0.19, 0.15, 0.13)
_SUIT, _TRIM, _SHOES, _SOLES = (0.80, 0.80, 0.80), (0.25, 0.26, 0.29), (0.20, 0.21, 0.23), (0.86, 0.86, 0.84)
_WHITE, _IRIS, _PUPIL, _MOUTH = (0.93, 0.92, 0.90), (0.30, 0.24, 0.17), (0.03, 0.03, 0.03), (0.30, 0.11, 0.11)
_SUIT_M, _SHOES_M, _HAIR_M = 0.004, 0.007, 0.010  # m, thickness on an adult of 1.7 m

_TOE_ROUNDS, _CLOTH_ROUNDS = 40, 25  # rounds of smoothing


@dataclass(frozen=True, slots=True)
class Clothes:
    """Hold the shares (V,) of suit, shoes, hair and the suit's trim, 0 or 1, of the skin."""

    suit: Doubles
    shoes: Doubles
    hair: Doubles
    trim: Doubles


def clothes_on(body: Posed, weights: Doubles) -> Clothes:
    """Choose what covers each vertex of an adult in the T-pose; `weights` (V, B) over `BONES`."""
    at, joints = body.points[:SKIN], body.joints

    def share(*parts: str) -> Doubles:
        return np.asarray(weights[:SKIN, [k for k, name in enumerate(BONES) if any(p in name for p in parts)]].sum(1))

    head, top = joints["Head"], joints["HeadTop"]
    up, ahead = (at[:, 1:].T - head[1:, None]) / (top[1] - head[1])
    wide = np.abs(at[:, 0]) / (top[1] - head[1])
    line = np.interp(ahead, [-0.6, -0.35, -0.05, 0.12, 0.3, 0.36, 0.62], [-0.12, -0.1, 0.1, 0.34, 0.40, 0.56, 0.74])
    ear = (wide > 0.465) & (up < 0.42) & (ahead > -0.25)
    hair = ((up > line) & ~ear & (up > -0.2)).astype(float)
    shoes = (share("Foot", "ToeBase") > 0.5) & (at[:, 1] < joints["LeftFoot"][1] - 0.005)
    collar = joints["Neck"][1] + 0.45 * (head[1] - joints["Neck"][1]) + 0.35 * (at[:, 2] - joints["Neck"][2])
    neck = (at[:, 1] > collar - 0.25 * at[:, 2]) & (np.abs(at[:, 0]) < 0.12)
    reach = np.abs(at[:, 0])
    wrist = joints["LeftHand"][0]
    bare = neck | (reach > wrist - 0.012) | (hair > 0) | (up > 0)
    suit = ~bare & ~shoes
    near_wrist = suit & (reach > wrist - 0.045)
    near_neck = suit & (at[:, 1] > collar - 0.25 * at[:, 2] - 0.022) & (np.abs(at[:, 0]) < 0.1)
    return Clothes(suit.astype(float), shoes.astype(float), hair, (near_wrist | near_neck).astype(float))


class Tailor:
    """Smooth and thicken the covered parts of bodies with the same vertices."""

    def __init__(self, faces: Ints, clothes: Clothes, weights: Doubles) -> None:
        rows = np.concatenate([faces[:, [0, 1, 2]].ravel(), faces[:, [1, 2, 0]].ravel()])
        columns = np.concatenate([faces[:, [1, 2, 0]].ravel(), faces[:, [0, 1, 2]].ravel()])
        joined = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(SKIN, SKIN))
        joined.data[:] = 1
        self.average = (diags_array(1 / np.asarray(joined.sum(axis=1)).ravel()) @ joined).tocsr()
        self._faces, self._clothes = faces, clothes
        toes = weights[:SKIN, [BONES.index("LeftToeBase"), BONES.index("RightToeBase")]].sum(axis=1)
        self._toes = np.clip(toes * 1.6, 0, 1) * clothes.shoes

    def dressed(self, points: Doubles) -> Doubles:
        """Return the dressed skin (13380, 3) of a body in the T-pose."""
        c = self._clothes
        at = points.copy()
        for _ in range(_TOE_ROUNDS):
            at = at + 0.5 * self._toes[:, None] * (self.average @ at - at)
        for _ in range(_CLOTH_ROUNDS):  # Taubin: smoothing without shrinking
            for step in (0.5, -0.51):
                at = at + step * (c.suit + c.shoes)[:, None] * (self.average @ at - at)
        size = np.ptp(points[:, 1]) / 1.7
        thickness = self._softened(_SUIT_M * c.suit + _SHOES_M * c.shoes) + self._softened(_HAIR_M * c.hair, 4)
        return at + size * thickness[:, None] * self._normals(at)

    def _softened(self, values: Doubles, rounds: int = 1) -> Doubles:
        for _ in range(rounds):
            values = np.minimum(values, self.average @ values)
        return values

    def _normals(self, at: Doubles) -> Doubles:
        return vertex_normals(at, self._faces)


def vertex_normals(at: Doubles, faces: Ints) -> Doubles:
    corner = at[faces]
    across = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    out = np.zeros_like(at)
    for k in range(3):
        np.add.at(out, faces[:, k], across)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12))


def paint(body: Posed, clothes: Clothes, morphs: dict[str, Doubles]) -> tuple[Doubles, Doubles]:
    """Return RGB (V, 3), 0 to 1, and the share (V,) of the suit, which may be tinted."""
    at = body.points
    rgb = np.tile(np.array(_SKIN), (len(at), 1))

    def brush(share: Doubles, colour: tuple[float, float, float]) -> None:
        rgb[:SKIN] += share[:, None] * (np.array(colour) - rgb[:SKIN])

    def moved(*names: str) -> Doubles:
        lengths = [np.linalg.norm(morphs[name][:SKIN], axis=1) for name in names]
        return np.max([length / length.max() for length in lengths], axis=0)

    brush(np.clip(moved("mouthRollUpper", "mouthRollLower") * 2.2 - 0.9, 0, 1) * 0.8, _LIPS)
    head = body.joints["Head"]
    eyes_y = body.joints["LeftEye"][1]
    brow = np.clip(moved("browDownLeft", "browDownRight") * 3 - 1.4, 0, 1)
    low, high = at[:SKIN, 1] - eyes_y - 0.013, eyes_y + 0.025 - at[:SKIN, 1]
    brush(0.75 * brow * np.clip(np.minimum(low, high) / 0.003 + 0.5, 0, 1), _BROWS)
    brush(clothes.hair, _HAIR)
    brush(clothes.suit, _SUIT)
    brush(clothes.trim, _TRIM)
    brush(clothes.shoes, _SHOES)
    brush(clothes.shoes * (at[:SKIN, 1] < 0.016), _SOLES)
    brush(_inside_the_mouth(at[:SKIN], moved("mouthPucker", "jawOpen"), head), _MOUTH)
    for name, vertices in EYES:
        ball = at[vertices] - at[vertices].mean(axis=0)
        ahead = ball[:, 2] / np.linalg.norm(ball, axis=1)
        rgb[vertices] = _WHITE
        rgb[vertices][ahead > 0.8] = _IRIS
        eye = rgb[vertices]
        eye[ahead > 0.86] = _IRIS
        eye[ahead > 0.975] = _PUPIL
        rgb[vertices] = eye
        del name
    tint = np.zeros(len(at))
    tint[:SKIN] = clothes.suit * (1 - clothes.trim)
    return rgb, tint


def _inside_the_mouth(at: Doubles, near: Doubles, head: Doubles) -> Doubles:
    """Mark vertices of the head that have another one more than 1 cm before them, around the mouth."""
    some = np.flatnonzero((np.abs(at[:, 0]) < 0.04) & (near > 0.2) & (at[:, 2] > head[2]))
    found = np.zeros(len(at))
    some = some[at[some, 1] > at[some, 1].max() - 0.085]
    for v in some.tolist():
        beside = np.abs(at[some, :2] - at[v, :2]).max(axis=1) < 0.004
        found[v] = float((at[some[beside], 2] - at[v, 2]).max() > 0.010)
    return found
