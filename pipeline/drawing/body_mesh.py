"""Build triangle meshes of skeletons (tapered tubes, spheres, a head) and of their shadows.

The number of vertices depends only on the number of bodies, so that the graphics card's buffers are reused; parts that
were not seen (NaN) collapse to a point and disappear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Floats
from ..core.skeletons import H36M17

_SIDES = 14  # vertices around a limb
_STACKS = 8  # rows of triangles from pole to pole of a sphere

# (joint, joint, radius at the first, at the second) in metres, Human3.6M-17; the head is built separately.
LIMBS: tuple[tuple[int, int, float, float], ...] = (
    (0, 1, 0.050, 0.052), (1, 2, 0.052, 0.038), (2, 3, 0.038, 0.024),
    (0, 4, 0.050, 0.052), (4, 5, 0.052, 0.038), (5, 6, 0.038, 0.024),
    (0, 7, 0.055, 0.050), (7, 8, 0.050, 0.046),
    (8, 11, 0.036, 0.038), (11, 12, 0.038, 0.028), (12, 13, 0.028, 0.020),
    (8, 14, 0.036, 0.038), (14, 15, 0.038, 0.028), (15, 16, 0.028, 0.020),
)  # fmt: skip
JOINT_RADIUS = np.array(  # (17,) metres
    [0.062, 0.060, 0.048, 0.038, 0.060, 0.048, 0.038, 0.055, 0.055, 0.022, 0.0, 0.046, 0.037, 0.034, 0.046, 0.037,
     0.034],
    np.float32,
)  # fmt: skip
NECK_RADIUS = 0.034
HEAD_RADIUS = 0.098
# (17,) index of the colour of each joint: 0 left, 1 right, 2 centre
SIDE = np.array([0 if j in H36M17.left else 1 if j in H36M17.right else 2 for j in range(17)])


@dataclass(frozen=True, slots=True)
class Mesh:
    """Hold (V, 3) points in metres (world), (V, 3) unit normals, (V, 4) RGBA, (N, 3) triangles."""

    vertices: Floats
    normals: Floats
    colours: Floats
    faces: NDArray[np.uint32]


def unit_sphere(stacks: int = _STACKS, sides: int = _SIDES) -> tuple[Floats, NDArray[np.uint32]]:
    """Return a unit sphere as rings: points (rings * sides, 3), and its triangles."""
    polar = np.linspace(0, np.pi, stacks + 1)
    around = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    points = np.stack(
        [
            np.outer(np.sin(polar), np.cos(around)),
            np.outer(np.sin(polar), np.sin(around)),
            np.outer(np.cos(polar), np.ones_like(around)),
        ],
        axis=-1,
    )
    return points.reshape(-1, 3).astype(np.float32), ring_faces(stacks + 1, sides)


def ring_faces(rings: int, sides: int = _SIDES) -> NDArray[np.uint32]:
    """Return the triangles (N, 3) between neighbouring rings of `sides` points each."""
    ring, side = np.meshgrid(np.arange(rings - 1), np.arange(sides), indexing="ij")
    a = ring * sides + side
    b = ring * sides + (side + 1) % sides
    quads = np.stack([a, a + sides, b, b, a + sides, b + sides], axis=-1)
    return quads.reshape(-1, 3).astype(np.uint32)


_SPHERE, _SPHERE_FACES = unit_sphere()
_TUBE_FACES = ring_faces(2)
_SPHERES = 17 + 1  # joints and head
_TUBES = len(LIMBS) + 1  # limbs and neck
_SPHERE_V, _TUBE_V = len(_SPHERE), 2 * _SIDES
_BODY_V = _SPHERES * _SPHERE_V + _TUBES * _TUBE_V


def _body_faces() -> NDArray[np.uint32]:
    parts = [_SPHERE_FACES + i * _SPHERE_V for i in range(_SPHERES)]
    start = _SPHERES * _SPHERE_V
    parts += [_TUBE_FACES + start + i * _TUBE_V for i in range(_TUBES)]
    return np.concatenate(parts).astype(np.uint32)


_BODY_FACES = _body_faces()


def tubes(start: Floats, end: Floats, r0: Floats, r1: Floats, sides: int = _SIDES) -> tuple[Floats, Floats]:
    """Return points and normals, both (N, 2 * sides, 3), of open tapered tubes.

    They go from `start` to `end`, (N, 3).
    """
    axis = end - start
    length = np.linalg.norm(axis, axis=1, keepdims=True)
    axis = axis / np.maximum(length, 1e-6)
    # The ring starts in any direction that is not along the tube.
    helper = np.where(np.abs(axis[:, 2:3]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    u = np.cross(axis, helper)
    u /= np.maximum(np.linalg.norm(u, axis=1, keepdims=True), 1e-6)
    v = np.cross(axis, u)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    ring = np.cos(angle)[None, :, None] * u[:, None] + np.sin(angle)[None, :, None] * v[:, None]
    near = start[:, None] + ring * r0[:, None, None]
    far = end[:, None] + ring * r1[:, None, None]
    return np.concatenate([near, far], axis=1).astype(np.float32), np.concatenate([ring, ring], axis=1).astype(
        np.float32
    )


def bodies_mesh(joints: Floats, colours: Floats, thickness: float = 1.0) -> Mesh:
    """Build one mesh of `joints` (P, 17, 3), NaN = not seen; world, metres.

    `colours` (P, 3, 4): RGBA of left, right and centre of each body. `thickness` scales limbs and joints, not lengths.
    """
    persons = len(joints)
    vertices = np.zeros((persons, _BODY_V, 3), np.float32)
    normals = np.zeros((persons, _BODY_V, 3), np.float32)
    shades = np.zeros((persons, _BODY_V, 4), np.float32)
    split = _SPHERES * _SPHERE_V
    for p in range(persons):
        points = joints[p]
        head = (points[9] + points[10]) / 2
        centres = np.concatenate([points, head[None]])
        radii = thickness * np.concatenate([JOINT_RADIUS, [HEAD_RADIUS]]).astype(np.float32)
        balls = centres[:, None] + _SPHERE[None] * radii[:, None, None]
        start = np.concatenate([points[[a for a, _, _, _ in LIMBS]], points[8:9]])
        end = np.concatenate([points[[b for _, b, _, _ in LIMBS]], head[None]])
        r0 = thickness * np.array([*(r for _, _, r, _ in LIMBS), NECK_RADIUS], np.float32)
        r1 = thickness * np.array([*(r for _, _, _, r in LIMBS), NECK_RADIUS * 0.9], np.float32)
        limbs, limb_normals = tubes(start, end, r0, r1)
        side_of_ball = np.append(SIDE, 2)
        side_of_tube = np.append(SIDE[[b for _, b, _, _ in LIMBS]], 2)
        vertices[p, :split] = hide_unseen(balls).reshape(-1, 3)
        vertices[p, split:] = hide_unseen(limbs).reshape(-1, 3)
        normals[p, :split] = np.broadcast_to(_SPHERE, balls.shape).reshape(-1, 3)
        normals[p, split:] = np.nan_to_num(limb_normals).reshape(-1, 3)
        shades[p, :split] = np.repeat(colours[p][side_of_ball], _SPHERE_V, axis=0)
        shades[p, split:] = np.repeat(colours[p][side_of_tube], _TUBE_V, axis=0)
    offsets = (np.arange(persons, dtype=np.uint32) * _BODY_V)[:, None, None]
    faces = (_BODY_FACES[None] + offsets).reshape(-1, 3).astype(np.uint32)
    return Mesh(vertices.reshape(-1, 3), normals.reshape(-1, 3), shades.reshape(-1, 4), faces)


def hide_unseen(parts: Floats) -> Floats:
    """Set the parts (N, V, 3) that have a NaN to 0."""
    unseen = ~np.isfinite(parts).all(axis=(1, 2))
    if unseen.any():
        parts = parts.copy()
        parts[unseen] = 0
    return parts


# Shadows are discs under these joints, larger and fainter the higher the joint is.
_SHADOW_JOINTS = (0, 2, 3, 5, 6, 7, 8, 10, 12, 13, 15, 16)
SHADOW_FADE = ((0.0, 0.45, 1.0), (1.0, 0.62, 0.0))  # shares of the radius, shares of the darkness there
_DISC_FACES = ring_faces(len(SHADOW_FADE[0]))


def shadow_discs(joints: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the shadows of `joints` (P, 17, 3).

    These are centres (N, 3) on the floor, radii (N,) in metres and darkness (N,), 0 to 1. Unseen joints have NaN.
    """
    points = joints[:, _SHADOW_JOINTS].reshape(-1, 3).astype(np.float32)
    height = np.clip(points[:, 2], 0, 3)
    centres = points * np.array([1, 1, 0], np.float32)
    return centres, (0.10 + 0.10 * height).astype(np.float32), (0.42 / (1 + 2.4 * height)).astype(np.float32)


def shadow_mesh(joints: Floats) -> Mesh:
    """Build soft shadows on the floor under `joints` (P, 17, 3); they show how high a foot is."""
    points, radius, dark = shadow_discs(joints)
    angle = np.linspace(0, 2 * np.pi, _SIDES, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle), np.zeros(_SIDES)], axis=1).astype(np.float32)
    share, fade = np.array(SHADOW_FADE, np.float32)
    floor = points + np.array([0, 0, 0.004], np.float32)
    discs = floor[:, None, None] + circle[None, None] * share[None, :, None, None] * radius[:, None, None, None]
    vertices = hide_unseen(discs.reshape(len(points), -1, 3)).reshape(-1, 3).astype(np.float32)
    colours = np.zeros((len(points), len(SHADOW_FADE[0]), _SIDES, 4), np.float32)
    colours[..., 3] = np.nan_to_num(dark)[:, None, None] * fade[None, :, None]
    normals = np.tile(np.array([0, 0, 1], np.float32), (len(vertices), 1))
    size = len(SHADOW_FADE[0]) * _SIDES
    faces = (_DISC_FACES[None] + (np.arange(len(points), dtype=np.uint32) * size)[:, None, None]).reshape(-1, 3)
    return Mesh(vertices, normals, colours.reshape(-1, 4), faces.astype(np.uint32))
