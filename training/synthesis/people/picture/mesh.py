"""Triangles with what they look like, and the light that falls on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Floats, Ints

NO_FACES: Ints = np.zeros((0, 3), np.int32)


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles with what they look like. `bones` and `weights` are None of what does not move."""

    at: Floats  # (N, 3) metres
    normals: Floats  # (N, 3)
    first: NDArray[np.uint8]  # (N, 4) colour, layer of the pattern
    second: NDArray[np.uint8]  # (N, 4) the pattern's other colour, strength of folds (255: without light)
    finish: NDArray[np.uint8]  # (N, 2) layer of the folds, shine
    uv: Floats  # (N, 2)
    faces: Ints  # (F, 3)
    bones: NDArray[np.uint8] | None = None  # (N, 4)
    weights: Floats | None = None  # (N, 4)
    shadow_faces: Ints | None = None  # fewer, for the shadow; None: all

    @staticmethod
    def joined(parts: Sequence[Mesh]) -> Mesh:
        """Several meshes as one; all skinned, or none."""
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
    """Where the light comes from and how much; colours are linear and may exceed 1."""

    sun: tuple[float, float, float]  # unit vector towards it
    sun_colour: tuple[float, float, float]
    sky_colour: tuple[float, float, float]  # from above
    ground_colour: tuple[float, float, float]  # from below
    haze: tuple[float, float, float, float] = (0.8, 0.85, 0.9, 0.0)  # colour, density per metre
    softness: float = 0.004  # of the shadow's edge
