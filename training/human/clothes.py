"""Dress the body: a close suit, shoes, short hair, and the colours of all parts.

Colours are painted on vertices. A share tells how far the suit's colour may be replaced by that of a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags_array
from scipy.spatial import ConvexHull

from pipeline.core.arrays import Doubles, Ints
from training.human.base_mesh import EYES, SKIN
from training.human.t_pose import BONES, Posed

_SKIN, _LIPS, _BROWS, _HAIR = (0.86, 0.68, 0.57), (0.72, 0.46, 0.42), (0.27, 0.20, 0.16), (0.19, 0.15, 0.13)
_SUIT, _SHOES, _SOLES = (0.80, 0.80, 0.80), (0.20, 0.21, 0.23), (0.86, 0.86, 0.84)
_WHITE, _IRIS, _PUPIL, _MOUTH = (0.93, 0.92, 0.90), (0.30, 0.24, 0.17), (0.03, 0.03, 0.03), (0.30, 0.11, 0.11)
_SUIT_M, _SHOES_M, _HAIR_M = 0.004, 0.007, 0.010  # m, thickness on an adult of 1.7 m

_TOE_ROUNDS, _HIP_ROUNDS, _CLOTH_ROUNDS = 6, 40, 25  # rounds of smoothing


@dataclass(frozen=True, slots=True)
class Lines:
    """Hold fields (V,) in metres that are 0 on the lines between parts of the clothes."""

    collar: Doubles  # below the line < 0
    cuffs: Doubles  # hands > 0
    shoes: Doubles  # below the line < 0, far from it on the rest of the body
    hair: Doubles  # in the hair > 0


_ON_LINE_M = 5e-4  # m, distance from a line at which a vertex counts as on it
_SEAM_M = 0.002  # m, half of the width of collar and cuffs: vertices snap to both sides, between which colours change


def lines_on(body: Posed, weights: Doubles) -> Lines:
    """Return where clothes meet on an adult in the T-pose; `weights` (V, B) over `BONES`."""
    at, joints = body.points[:SKIN], body.joints
    head, top = joints["Head"], joints["HeadTop"]
    size = top[1] - head[1]
    up, ahead = (at[:, 1:].T - head[1:, None]) / size
    line = np.interp(ahead, [-0.6, -0.35, -0.05, 0.12, 0.3, 0.36, 0.62], [-0.12, -0.1, 0.1, 0.34, 0.40, 0.56, 0.74])
    ear = (np.abs(at[:, 0]) / size > 0.465) & (up < 0.42) & (ahead > -0.25)
    neck = joints["Neck"][1] + 0.45 * (head[1] - joints["Neck"][1]) + 0.10 * (at[:, 2] - joints["Neck"][2])
    collar = np.where(np.abs(at[:, 0]) < 0.12, at[:, 1] - neck, -1.0)
    foot = share_of(weights, "Foot", "ToeBase")
    shoes = np.where(foot > 0.2, at[:, 1] - joints["LeftFoot"][1] + 0.012, 1.0)
    hair = np.where(ear | (up < -0.25), -1.0, (up - line) * size)
    return Lines(collar, np.abs(at[:, 0]) - joints["LeftHand"][0] + 0.012, shoes, hair)


def share_of(weights: Doubles, *parts: str) -> Doubles:
    """Return the summed weights (V,) on all bones with one of `parts` in their names."""
    bones = [k for k, name in enumerate(BONES) if any(part in name for part in parts)]
    return np.asarray(weights[:SKIN, bones].sum(axis=1))


def _all(lines: Lines) -> tuple[Doubles, ...]:
    seams = [field + side * _SEAM_M for field in (lines.collar, lines.cuffs) for side in (-1, 1)]
    return (*seams, lines.shoes, lines.hair)


def on_a_line(lines: Lines) -> NDArray[np.bool_]:
    """Return which vertices (V,) lie on one of the lines."""
    return np.min(np.abs(_all(lines)), axis=0) < _ON_LINE_M


def snapped(faces: Ints, lines: Lines, count: int) -> csr_matrix:
    """Return the matrix (count, count) that moves vertices along edges onto near lines.

    Colours change from vertex to vertex: on lines that run through triangles they would be jagged.
    """
    best, to = np.full(count, 0.5), np.arange(count)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    for field in _all(lines):
        here, there = field[edges[:, 0]], field[edges[:, 1]]
        crossed = (here * there < 0) & (np.abs(here) < 0.05) & (np.abs(there) < 0.05)
        share = here[crossed] / (here - there)[crossed]
        for k in np.flatnonzero(share < 0.5).tolist():
            v, other = edges[crossed][k].tolist()
            if share[k] < best[v]:
                best[v], to[v] = share[k], other
    moved = np.flatnonzero(to != np.arange(count))
    keep = np.ones(count)
    keep[moved] = 1 - best[moved]
    rows = np.concatenate([np.arange(count), moved])
    columns = np.concatenate([np.arange(count), to[moved]])
    return csr_matrix((np.concatenate([keep, best[moved]]), (rows, columns)), shape=(count, count))


@dataclass(frozen=True, slots=True)
class Clothes:
    """Hold the shares (V,) of suit, shoes and hair, 0 or 1, of the skin."""

    suit: Doubles
    shoes: Doubles
    hair: Doubles


def clothes_on(body: Posed, weights: Doubles) -> Clothes:
    """Choose what covers each vertex of an adult in the T-pose; `weights` (V, B) over `BONES`."""
    lines = lines_on(body, weights)
    shoes, hair = lines.shoes < _ON_LINE_M, lines.hair > -_ON_LINE_M
    suit = (lines.collar < 0) & (lines.cuffs < 0) & ~shoes & ~hair & (share_of(weights, "Head") < 0.9)
    return Clothes(*(part.astype(np.float64) for part in (suit, shoes, hair)))


class Tailor:
    """Smooth and thicken the covered parts of bodies with the same vertices."""

    def __init__(self, faces: Ints, clothes: Clothes, weights: Doubles) -> None:
        rows = np.concatenate([faces[:, [0, 1, 2]].ravel(), faces[:, [1, 2, 0]].ravel()])
        columns = np.concatenate([faces[:, [1, 2, 0]].ravel(), faces[:, [0, 1, 2]].ravel()])
        joined = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(SKIN, SKIN))
        joined.data[:] = 1
        self.average = (diags_array(1 / np.asarray(joined.sum(axis=1)).ravel()) @ joined).tocsr()
        self._faces, self._clothes = faces, clothes
        self._toes = np.clip(share_of(weights, "ToeBase") * 1.6, 0, 1) * clothes.shoes
        self._hips = clothes.suit * np.clip(2 * share_of(weights, "Hips") - 0.6, 0, 1)

    def dressed(self, points: Doubles) -> Doubles:
        """Return the dressed skin (13380, 3) of a body in the T-pose."""
        c = self._clothes
        at = self._capped(points)
        for strength, rounds in ((self._toes, _TOE_ROUNDS), (self._hips, _HIP_ROUNDS)):
            for _ in range(rounds):  # toes grow together, and cloth does not follow every fold
                at = at + 0.5 * strength[:, None] * (self.average @ at - at)
        for _ in range(_CLOTH_ROUNDS):  # Taubin: smoothing without shrinking
            for step in (0.5, -0.51):
                at = at + step * (c.suit + c.shoes)[:, None] * (self.average @ at - at)
        size = np.ptp(points[:, 1]) / 1.7
        thickness = self._softened(_SUIT_M * c.suit + _SHOES_M * c.shoes) + self._softened(_HAIR_M * c.hair, 4)
        return at + size * thickness[:, None] * self._normals(at)

    def _capped(self, points: Doubles) -> Doubles:
        """Move toes (V, 3) out to the convex hull of the front of the foot, as a shoe's cap lies over them."""
        at = points.copy()
        for side in (1, -1):
            toes = np.flatnonzero((self._toes > 0) & (side * points[:, 0] > 0))
            hull = ConvexHull(points[toes]).equations
            centre = points[toes].mean(axis=0) * [1, 1, 0] + [0, 0, np.quantile(points[toes, 2], 0.1)]
            way = points[toes] - centre
            with np.errstate(divide="ignore"):
                reach = -(centre @ hull[:, :3].T + hull[:, 3]) / np.maximum(way @ hull[:, :3].T, 1e-12)
            by = np.clip(reach.min(axis=1), 1, 4)
            at[toes] += (self._toes[toes] * (by - 1))[:, None] * way
        return at

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
    brush(0.6 * brow * np.clip(np.minimum(low, high) / 0.003 + 0.5, 0, 1), _BROWS)
    brush(clothes.hair, _HAIR)
    brush(clothes.suit, _SUIT)
    brush(clothes.shoes, _SHOES)
    brush(clothes.shoes * (at[:SKIN, 1] < 0.016), _SOLES)
    brush(_inside_the_mouth(at[:SKIN], moved("mouthPucker"), head), _MOUTH)
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
    tint[:SKIN] = clothes.suit
    return rgb, tint


def _inside_the_mouth(at: Doubles, near: Doubles, head: Doubles) -> Doubles:
    """Mark vertices of the head that have another one more than 1 cm before them, around the mouth."""
    some = np.flatnonzero((np.abs(at[:, 0]) < 0.04) & (near > 0.2) & (at[:, 2] > head[2]))
    found = np.zeros(len(at))
    lips = at[near > 0.7, 1]
    some = some[(at[some, 1] > lips.min()) & (at[some, 1] < lips.max())]
    for v in some.tolist():
        beside = np.abs(at[some, :2] - at[v, :2]).max(axis=1) < 0.004
        found[v] = float((at[some[beside], 2] - at[v, 2]).max() > 0.010)
    return found
