"""Give a character's trunk the direction that the take's has.

The trunk is the line from the middle of the hips to the middle of the shoulders.
Hips, spine and collars turn by different amounts, and a character's spine begins above its hips and ends below its
shoulders, so equal rotations alone leave the trunk up to seven degrees off. The bones of the spine turn by the rest.
"""

from __future__ import annotations

import numpy as np

from ..body.bones import unit
from ..characters.humanoid import SIDES
from ..characters.mapping import BoneMapping
from ..characters.rest_pose import RestPose
from ..core.arrays import Doubles
from .turns import between

_SPINE = ("spine", "chest", "upperChest")


def straightened(turns: dict[str, Doubles], trunk: Doubles, rest: RestPose, mapping: BoneMapping) -> dict[str, Doubles]:
    """Return the rotations of the spine's bones that point the trunk along `trunk`.

    `trunk` (T, 3) are unit vectors in canonical axes.
    """
    places = rest.places

    def moved(bone: str, end: Doubles) -> Doubles:
        return np.asarray(turns[bone] @ (rest.turns[bone] @ (end - places[bone])))

    legs = (places["leftUpperLeg"] + places["rightUpperLeg"]) / 2
    spine = [bone for bone in _SPINE if bone in places]
    below = turns["hips"] @ (places["spine"] - legs)
    ends, above = [], np.zeros_like(trunk)
    for side in SIDES:
        arm, collar = places[f"{side}UpperArm"], f"{side}Shoulder"
        ends.append(places.get(collar, arm))
        if collar in turns and collar in mapping.nodes:
            above = above + moved(collar, arm) / 2
        elif collar in places:
            ends[-1] = arm
    top = (ends[0] + ends[1]) / 2
    chain = np.zeros_like(trunk)
    for bone, after in zip(spine, [*spine[1:], None], strict=True):
        chain = chain + moved(bone, top if after is None else places[after])
    size = np.einsum("tc,tc->t", chain, chain)
    side_way = below + above
    across = side_way - np.einsum("tc,tc->t", side_way, trunk)[:, None] * trunk
    along = np.sqrt(np.maximum(size - np.einsum("tc,tc->t", across, across), 0))
    wanted = along[:, None] * trunk - across
    turn = between(unit(chain), unit(wanted))
    return {bone: turn @ turns[bone] for bone in spine}
