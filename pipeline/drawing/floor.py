"""Build the floor: a faint disc, on which shadows are seen, under a grid of 1 m.

World space: metres, z up, floor at z = 0.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Floats
from .body_mesh import Mesh, ring_faces
from .colours import FLOOR, GRID, rgb

HALF_M = 6  # m from the middle of the floor to its edge
DISC_ALPHA, DISC_POWER = 0.72, 1.5  # opacity in the middle, and how it falls to 0 at the edge
GRID_ALPHA, GRID_POWER = 0.55, 1.3
_STEP_M = 0.5  # m, length of the pieces of a line, each of which has its own opacity


def disc_alpha(distance_m: Floats) -> Floats:
    """Return the opacity of the disc at a distance from its middle."""
    return (np.clip(1 - distance_m / HALF_M, 0, 1) ** DISC_POWER * DISC_ALPHA).astype(np.float32)


def floor_lines(colour: str = GRID) -> tuple[Floats, Floats]:
    """Return the grid: ends of lines (N, 3) in pairs, and RGBA (N, 4)."""
    ticks = np.arange(-HALF_M, HALF_M + 1)
    along = np.arange(-HALF_M, HALF_M, _STEP_M)
    at, start = (grid.ravel() for grid in np.meshgrid(ticks, along, indexing="ij"))
    first = np.stack([at, start, np.zeros_like(start)], axis=-1)
    last = np.stack([at, start + _STEP_M, np.zeros_like(start)], axis=-1)
    lines = np.stack([first, last], axis=1).reshape(-1, 3)
    points = np.concatenate([lines, lines[:, [1, 0, 2]]]).astype(np.float32)
    distance = np.linalg.norm(points[:, :2], axis=1)
    alpha = np.clip(1 - distance / HALF_M, 0, 1) ** GRID_POWER * GRID_ALPHA
    colours = np.concatenate([np.tile(rgb(colour), (len(points), 1)), alpha[:, None]], axis=1)
    return points, colours.astype(np.float32)


def floor_disc(colour: str = FLOOR) -> Mesh:
    """Return the disc as a mesh of rings."""
    rings, sides = 6, 48
    radius = np.linspace(0, HALF_M, rings)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    x, y = np.outer(radius, np.cos(angle)), np.outer(radius, np.sin(angle))
    points = np.stack([x, y, np.full_like(x, -0.003)], axis=-1).reshape(-1, 3).astype(np.float32)
    colours = np.tile(np.append(rgb(colour), 0).astype(np.float32), (len(points), 1))
    colours[:, 3] = np.repeat(disc_alpha(radius.astype(np.float32)), sides)
    up = np.tile(np.array([0, 0, 1], np.float32), (len(points), 1))
    return Mesh(points, up, colours, ring_faces(rings, sides))
