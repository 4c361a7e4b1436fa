"""Define triangle meshes with their appearance, and the light that falls on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Floats, Ints

# (0, 3) vertex indices: no triangles, for meshes that cast no shadow or are not visible.
NO_FACES: Ints = np.zeros((0, 3), np.int32)


@dataclass(frozen=True, slots=True)
class Mesh:
    """Hold the triangles of a mesh and their appearance.

    `bones` and `weights` are None for a mesh that does not move.
    """

    at: Floats  # (N, 3) metres, positions of the vertices
    normals: Floats  # (N, 3) unit vectors
    first: NDArray[np.uint8]  # (N, 4) RGB colour, texture layer of the pattern
    second: NDArray[np.uint8]  # (N, 4) second RGB colour of the pattern, strength of the folds (255: unlit)
    finish: NDArray[np.uint8]  # (N, 2) texture layer of the folds, shine 0 to 255
    uv: Floats  # (N, 2) texture coordinates in tiles
    faces: Ints  # (F, 3) vertex indices of the triangles
    bones: NDArray[np.uint8] | None = None  # (N, 4) indices of the bones
    weights: Floats | None = None  # (N, 4) weights of these bones
    shadow_faces: Ints | None = None  # (S, 3) triangles that cast the shadow; None: all of `faces`

    @staticmethod
    def joined(parts: Sequence[Mesh]) -> Mesh:
        """Join several meshes into one; either all of them have bones or none has."""
        starts = np.cumsum([0, *(len(part.at) for part in parts)])
        faces = [part.faces + start for part, start in zip(parts, starts, strict=False)]
        shadow = [
            (part.faces if part.shadow_faces is None else part.shadow_faces) + start
            for part, start in zip(parts, starts, strict=False)
        ]
        moves = parts[0].bones is not None

        def all_of(name: str) -> Any:
            return np.concatenate([getattr(part, name) for part in parts])

        return Mesh(
            *(all_of(name) for name in ("at", "normals", "first", "second", "finish", "uv")),
            faces=np.concatenate(faces),
            bones=all_of("bones") if moves else None,
            weights=all_of("weights") if moves else None,
            shadow_faces=np.concatenate(shadow),
        )


@dataclass(frozen=True, slots=True)
class Light:
    """Hold the direction and strength of the light; its colours are linear and may exceed 1."""

    sun: tuple[float, float, float]  # unit vector towards the sun
    sun_colour: tuple[float, float, float]
    sky_colour: tuple[float, float, float]  # linear RGB, light from above
    ground_colour: tuple[float, float, float]  # linear RGB, light from below
    haze: tuple[float, float, float, float] = (0.8, 0.85, 0.9, 0.0)  # sRGB colour 0 to 1, density per metre
    softness: float = 0.004  # share of the shadow map's width, blur of the shadow's edge
