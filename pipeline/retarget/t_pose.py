"""Compute where the bones of a character are in its T-pose."""

from __future__ import annotations

from ..characters.character import Character
from ..core.arrays import Doubles


def t_pose_places(character: Character) -> dict[str, Doubles]:
    """Return the position (3,) of each mapped bone.

    Canonical axes, unit of the file, soles at height 0.
    """
    rest, mapping = character.rest, character.mapping
    hips = rest.places["hips"].copy()
    legs = (rest.places["leftUpperLeg"] + rest.places["rightUpperLeg"]) / 2
    hips[[0, 2]] -= legs[[0, 2]]
    hips[1] += rest.hips_height - legs[1]
    places = {"hips": hips}
    for bone in mapping.nodes:
        parent = mapping.parent_of(bone)
        if parent is not None:
            places[bone] = places[parent] + rest.turns[parent] @ (rest.places[bone] - rest.places[parent])
    return places
