"""Define the light on bodies: a key light, a soft sky, and a rim light.

The key light is over the viewer's left shoulder. The same numbers make the shader of the window and the shading of
videos. Eye space: x right, y up, z to the viewer.
"""

from __future__ import annotations

import numpy as np

from ..core.arrays import Floats

KEY_DIRECTION = (-0.45, 0.75, 0.65)
AMBIENT, SKY, KEY = 0.30, 0.22, 0.58  # ratios of the body's colour
# RGB that the rim adds, to set bodies off from the background
RIM_ON_DARK, RIM_ON_LIGHT = (0.16, 0.18, 0.22), (-0.20, -0.20, -0.20)


def lit(colour: Floats, normals: Floats) -> Floats:
    """Return `colour` (3,) before a dark ground, on a surface with unit `normals` (..., 3).

    Normals are in eye space; the result is (..., 3), 0 to 1.
    """
    towards = np.asarray(KEY_DIRECTION, np.float32) / np.float32(np.linalg.norm(KEY_DIRECTION))
    key = np.maximum(normals @ towards, 0)
    sky = 0.5 + 0.5 * normals[..., 1]
    edge = 1 - np.maximum(normals[..., 2], 0)
    rim = edge * edge * edge
    strength = (AMBIENT + SKY * sky + KEY * key).astype(np.float32)
    shade = strength[..., None] * colour + rim[..., None] * np.asarray(RIM_ON_DARK, np.float32)
    return np.minimum(shade, 1).astype(np.float32)
