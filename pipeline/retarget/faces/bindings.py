"""Find which morph targets of a character's meshes are which expression.

Targets with ARKit's names are taken as they are (glTF's `targetNames`, the groups of VRM 0 and the expressions of VRM 1
with such names). A character without them has VRM's vowels and blinks. Source: VRM 0 specification, `blendShapeMaster`;
VRMC_vrm-1.0, `expressions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...characters.gltf import GltfFile
from ...core.arrays import Floats
from ...core.face.expressions import EXPRESSIONS
from ...core.face.weights import VISEMES

# Names of VRM's presets (1, then 0) -> weight of the take. A blink of both eyes is only for who has none of each.
VRM_NAMES: dict[str, str] = {
    **{name: name for name in VISEMES},
    **dict(zip(("a", "i", "u", "e", "o"), ("aa", "ih", "ou", "ee", "oh"), strict=True)),
    "blinkleft": "eyeBlinkLeft", "blinkright": "eyeBlinkRight",
    "blink_l": "eyeBlinkLeft", "blink_r": "eyeBlinkRight",
}  # fmt: skip
_BOTH = "blink"
_ARKIT = {name.lower(): name for name in EXPRESSIONS}
_FEWEST_ARKIT = 4  # with fewer of its names, a file does not have ARKit's face


@dataclass(frozen=True, slots=True)
class Binding:
    """Say by how much an expression moves a morph target of a node's mesh."""

    expression: str  # of `core.face.weights.SHAPES`, or "blink"
    node: int
    target: int
    share: float


def face_bindings(file: GltfFile) -> tuple[Binding, ...]:
    """Return the bindings of a character; () where nothing of its face is known."""
    document = file.fields.values
    meshes, nodes = _dicts(document.get("meshes")), _dicts(document.get("nodes"))
    wearing = {mesh: [n for n, node in enumerate(nodes) if node.get("mesh") == mesh] for mesh in range(len(meshes))}
    named = [*_by_target_names(meshes, wearing), *_vrm0(document, wearing), *_vrm1(document)]
    arkit = [Binding(_ARKIT[name], node, target, share) for name, node, target, share in named if name in _ARKIT]
    if len({binding.expression for binding in arkit}) >= _FEWEST_ARKIT:
        return _counted(arkit, meshes, nodes)
    presets = [
        Binding(VRM_NAMES[name], node, target, share) for name, node, target, share in named if name in VRM_NAMES
    ]
    if not any(binding.expression.startswith("eyeBlink") for binding in presets):
        presets += [Binding(_BOTH, node, target, share) for name, node, target, share in named if name == _BOTH]
    return _counted(presets, meshes, nodes)


def target_weights(bindings: tuple[Binding, ...], file: GltfFile, face: Mapping[str, Floats]) -> dict[int, Floats]:
    """Return the weights (T, K) of all morph targets of each node whose face moves.

    `face`: weights (T,) of `core.face.weights.SHAPES` by name.
    """
    document = file.fields.values
    meshes, nodes = _dicts(document.get("meshes")), _dicts(document.get("nodes"))
    both = np.minimum(face["eyeBlinkLeft"], face["eyeBlinkRight"])
    out: dict[int, Floats] = {}
    for one in bindings:
        mesh = meshes[nodes[one.node]["mesh"]]
        if one.node not in out:
            count = _target_count(mesh)
            rest = nodes[one.node].get("weights", mesh.get("weights", []))
            start = np.zeros(count, np.float32)
            start[: len(rest)] = rest[:count]
            out[one.node] = np.tile(start, (len(both), 1))
        values = both if one.expression == _BOTH else face[one.expression]
        out[one.node][:, one.target] += np.float32(one.share) * values
    return {node: np.clip(weights, 0, 1) for node, weights in out.items()}


_Named = tuple[str, int, int, float]  # lower-case name, node, target, share


def _by_target_names(meshes: list[dict[str, Any]], wearing: Mapping[int, list[int]]) -> Iterator[_Named]:
    for number, mesh in enumerate(meshes):
        primitives = _dicts(mesh.get("primitives"))
        places = [mesh.get("extras"), *(primitive.get("extras") for primitive in primitives)]
        names: Any = next((p["targetNames"] for p in places if isinstance(p, dict) and "targetNames" in p), [])
        for target, name in enumerate(names if isinstance(names, list) else []):
            if isinstance(name, str) and name.lower() in _ARKIT:
                for node in wearing[number]:
                    yield name.lower(), node, target, 1.0


def _vrm0(document: Mapping[str, Any], wearing: Mapping[int, list[int]]) -> Iterator[_Named]:
    for group in _dicts(_within(document, "extensions", "VRM", "blendShapeMaster", "blendShapeGroups")):
        names = [name.lower() for name in (group.get("presetName"), group.get("name")) if isinstance(name, str)]
        name = next((name for name in names if name in _ARKIT or name in VRM_NAMES or name == _BOTH), "")
        for bind in _dicts(group.get("binds")) if name else ():
            for node in wearing.get(bind.get("mesh", -1), []):
                yield name, node, _whole(bind.get("index")), _number(bind.get("weight")) / 100


def _vrm1(document: Mapping[str, Any]) -> Iterator[_Named]:
    for kind in ("preset", "custom"):
        found = _within(document, "extensions", "VRMC_vrm", "expressions", kind)
        for name, about in found.items() if isinstance(found, dict) else ():
            for bind in _dicts(_within(about, "morphTargetBinds")):
                yield name.lower(), _whole(bind.get("node")), _whole(bind.get("index")), _number(bind.get("weight"))


def _counted(bindings: list[Binding], meshes: list[dict[str, Any]], nodes: list[dict[str, Any]]) -> tuple[Binding, ...]:
    """Return the bindings that name targets which are there, each once."""
    there = []
    for one in bindings:
        mesh = nodes[one.node].get("mesh") if 0 <= one.node < len(nodes) else None
        known = isinstance(mesh, int) and 0 <= mesh < len(meshes)
        if known and one.share > 0 and 0 <= one.target < _target_count(meshes[mesh]):  # type: ignore[index]
            there.append(one)
    return tuple({(one.expression, one.node, one.target): one for one in there}.values())


def _target_count(mesh: Mapping[str, Any]) -> int:
    counts = [len(_dicts(primitive.get("targets"))) for primitive in _dicts(mesh.get("primitives"))]
    return min(counts, default=0)


def _within(values: Any, *names: str) -> Any:
    """Return a member of nested objects; None where one is missing."""
    for name in names:
        values = values.get(name) if isinstance(values, dict) else None
    return values


def _dicts(values: Any) -> list[dict[str, Any]]:
    """Return the list with its objects; another item is an object without members."""
    return [one if isinstance(one, dict) else {} for one in values] if isinstance(values, list) else []


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
