"""Read the written animation of a glTF file back through the file's own skeleton."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..characters.gltf import open_gltf
from ..characters.gltf_nodes import read_nodes
from ..core.arrays import Doubles
from ..system.safe_read import DamagedFile


def read_animation(path: Path, bones: Mapping[str, int], name: str) -> tuple[Doubles, dict[str, Doubles]]:
    """Return key times (T,) and world positions (T, 3) of bones in an animation.

    It is the last one called `name`. Positions are in the axes and unit of the file, through all transforms of its
    nodes. Raises `DamagedFile`.
    """
    file = open_gltf(path)
    tree = read_nodes(file)
    animations = [one for one in file.fields.objects("animations") if one.values.get("name") == name]
    if not animations:
        raise DamagedFile(f"it has no animation '{name}'")
    samplers = list(animations[-1].objects("samplers"))
    times = file.accessor(samplers[0].whole("input", 0, 1 << 24))[:, 0].astype(np.float64)
    needed = {above for node in bones.values() for above in (node, *tree.ancestors(node))}
    moved = {node: tree.locals[node][None] for node in needed}  # (T, 4, 4) where the animation moves them
    for channel in animations[-1].objects("channels"):
        values = file.accessor(samplers[channel.whole("sampler", 0, len(samplers) - 1)].whole("output", 0, 1 << 24))
        target = channel.object("target")
        node = target.whole("node", 0, len(tree.names) - 1)
        if node not in needed:
            continue
        moved[node] = np.array(np.broadcast_to(moved[node], (len(times), 4, 4)))
        if target.text("path") == "translation":
            moved[node][:, :3, 3] = values
        else:
            size = np.linalg.norm(tree.locals[node, :3, :3], axis=0)
            moved[node][:, :3, :3] = _matrices(values.astype(np.float64)) * size
    for node in tree.order:
        if node in needed and tree.parents[node] >= 0:
            moved[node] = moved[tree.parents[node]] @ moved[node]
    return times, {bone: moved[node][:, :3, 3] for bone, node in bones.items()}


def _matrices(quaternions: Doubles) -> Doubles:
    from scipy.spatial.transform import Rotation

    return np.asarray(Rotation.from_quat(quaternions).as_matrix())
