"""Build the human body of a rig in the rest pose, for formats that contain a skinned mesh."""

from __future__ import annotations

import numpy as np

from ...core.arrays import Doubles, Floats
from ...drawing.colours import SUIT, rgb
from ...human.asset import human_asset
from ...human.fit import body_of, fit_shape
from ...human.on_rig import HumanBody, human_on_rig
from ...rig.skeleton import Rig


def rest_positions(rig: Rig) -> tuple[Doubles, dict[int, Doubles]]:
    """Return bone starts (B, 3) and free ends (3,) in the rest pose, standing on the floor."""
    positions = np.zeros((len(rig.names), 3))
    positions[0] = [0, rig.hips_m, 0]
    for bone, parent in enumerate(rig.parents):
        if parent >= 0:
            positions[bone] = positions[parent] + rig.offsets[bone]
    return positions, {bone: positions[bone] + end for bone, end in rig.ends.items()}


def body_for(rig: Rig) -> HumanBody:
    """Build the body with the rig's proportions, in rig axes, standing on the floor.

    Raises `ModelError` if the body's file is missing.
    """
    positions, ends = rest_positions(rig)
    places = {_end_name(rig.names[bone]): place for bone, place in ends.items()}
    asset = human_asset()
    return human_on_rig(asset, fit_shape(asset, body_of(rig)), rig.names, positions, places)


def _end_name(bone: str) -> str:
    """Return the asset's name of the end of a bone; fingertips follow the third bone of a finger."""
    return bone[:-1] + "4" if bone[-1].isdigit() else f"{bone}Top"


def linear_colours(body: HumanBody) -> Floats:
    """Return RGB (V, 3) of the body in linear light, as glTF and USD have it."""
    shown = body.colours + body.tint[:, None] * (rgb(SUIT) - body.colours)
    return np.where(shown <= 0.04045, shown / 12.92, ((shown + 0.055) / 1.055) ** 2.4).astype(np.float32)


def face_shapes(body: HumanBody) -> dict[str, tuple[np.ndarray, Floats]]:
    """Return the face shapes that move something, by ARKit's names.

    Each is vertices (M,) and their moves (M, 3) in metres.
    """
    morphs = human_asset().morphs.items()
    return {name: (rows, (moves * body.head_m).astype(np.float32)) for name, (rows, moves) in morphs if len(rows)}
