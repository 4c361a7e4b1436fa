"""Write glTF 2.0 binary files (.glb): a person's rig, a skinned body, and one animation.

Metres, y up, facing +z, which are glTF's own axes and those of `pipeline.rig.skeleton`. The rest pose is the T-pose, on
the floor. Keys are at the video's true times, also where its rate varies; where the person was not seen there are none,
and a player interpolates rotations from the last pose to the next. Layout: glTF 2.0 specification, sections 3 and 4.4.
"""

from __future__ import annotations

import json
import logging
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.export_options import ExportOptions
from ...human.face import shape_names, weights_table
from ...rig.preset_bones import PresetMotion, preset_motion
from ..base import UNWATCHED, Watch
from ..tracks import SelectedPerson, Selection, binary_files
from .body_mesh import body_for, face_shapes, linear_colours
from .rig_motion import Motion, rig_motion

log = logging.getLogger(__name__)

_KINDS = {"u1": 5121, "u2": 5123, "f4": 5126}  # componentType
_SHAPES = {(): "SCALAR", (3,): "VEC3", (4,): "VEC4", (16,): "MAT4"}
_VERTICES, _INDICES = 34962, 34963  # bufferView targets
_STILL = 1e-7  # radians: a bone that never rotates further than this from rest needs no keys


class GltfExporter:
    """Write `<stem>.glb` and `<stem>_person<N>.glb`."""

    name = "glb"
    suffix = ".glb"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        paths = selection.paths(folder, stem, self.suffix)
        scene_name = Path(selection.take.info.name).stem or "take"
        with binary_files(paths) as files:
            for file, person in zip(files, selection.people, strict=True):
                file.writelines(_glb(person, scene_name, selection.options))
        log.info("wrote %s", ", ".join(path.name for path in paths))
        return paths


@dataclass(slots=True)
class _Buffer:
    """Collect the binary part: arrays, and the views and accessors that describe them."""

    arrays: list[NDArray[Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    length: int = 0

    def add(
        self, values: NDArray[Any], target: int | None = None, bounds: bool = False, normalized: bool = False
    ) -> int:
        """Append (N, ...) float32, uint8 or uint16 values; returns the accessor's index.

        With `normalized` bytes stand for 0 to 1.
        """
        accessor: dict[str, Any] = {
            "bufferView": self._view(values, target),
            "componentType": _KINDS[values.dtype.str[1:]],
            "count": len(values),
            "type": _SHAPES[values.shape[1:]],
        }
        if normalized:
            accessor["normalized"] = True
        if bounds:
            accessor |= _bounds(values)
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def add_sparse(self, count: int, rows: NDArray[np.uint16], values: NDArray[np.float32]) -> int:
        """Append `count` vectors: `values` (M, 3) in the rows `rows` (M,), and 0 in the others."""
        self.accessors.append(
            {
                "componentType": _KINDS["f4"],
                "count": count,
                "type": "VEC3",
                "sparse": {
                    "count": len(rows),
                    "indices": {"bufferView": self._view(rows), "componentType": _KINDS["u2"]},
                    "values": {"bufferView": self._view(values)},
                },
                **_bounds(np.concatenate([values, np.zeros((1, 3), np.float32)])),
            }
        )
        return len(self.accessors) - 1

    def _view(self, values: NDArray[Any], target: int | None = None) -> int:
        """Append values; views start at multiples of four bytes."""
        values = np.ascontiguousarray(values)
        view: dict[str, Any] = {"buffer": 0, "byteOffset": self.length, "byteLength": values.nbytes}
        if target is not None:
            view["target"] = target
        self.arrays.append(values)
        self.length += values.nbytes + -values.nbytes % 4
        self.views.append(view)
        return len(self.views) - 1

    def chunks(self) -> Iterator[bytes]:
        for values in self.arrays:
            yield values.tobytes() + b"\0" * (-values.nbytes % 4)


def _bounds(values: NDArray[Any]) -> dict[str, list[float]]:
    """Return the least and the greatest values (N, ...) of an accessor."""
    edges = {"min": values.min(axis=0), "max": values.max(axis=0)}
    return {name: np.atleast_1d(edge).astype(float).tolist() for name, edge in edges.items()}


def _glb(person: SelectedPerson, scene_name: str, options: ExportOptions) -> Iterator[bytes]:
    """Yield header, JSON chunk and binary chunk of one person's file."""
    buffer = _Buffer()
    motion = rig_motion(person, options)
    document = _document(person, scene_name, motion, preset_motion(motion.rig, motion.pose, options.preset), buffer)
    document["bufferViews"], document["accessors"] = buffer.views, buffer.accessors
    document["buffers"] = [{"byteLength": buffer.length}]
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(errors="replace")
    text += b" " * (-len(text) % 4)
    yield struct.pack("<4sII", b"glTF", 2, 12 + 8 + len(text) + 8 + buffer.length)
    yield struct.pack("<I4s", len(text), b"JSON") + text
    yield struct.pack("<I4s", buffer.length, b"BIN\0")
    yield from buffer.chunks()


def _document(
    person: SelectedPerson, scene_name: str, motion: Motion, preset: PresetMotion, buffer: _Buffer
) -> dict[str, Any]:
    """Return the glTF document. Nodes: bones in the order of the rig, free ends, the body."""
    rig, bones = preset.rig, len(preset.rig.names)
    positions = preset.rest_positions
    ends = {bone: positions[bone] + end for bone, end in rig.ends.items()}
    nodes: list[dict[str, Any]] = []
    for bone, name in enumerate(rig.names):
        children = rig.children(bone) + ([bones + list(ends).index(bone)] if bone in ends else [])
        nodes.append({"name": name, "translation": rig.offsets[bone].tolist()})
        if children:
            nodes[-1]["children"] = children
    nodes += [{"name": f"{rig.names[bone]}_end", "translation": rig.ends[bone].tolist()} for bone in ends]
    joints = list(range(len(nodes)))
    nodes.append({"name": person.name, "mesh": 0, "skin": 0})

    inverse = np.tile(np.eye(4, dtype=np.float32), (len(joints), 1, 1))
    inverse[:, 3, :3] = -np.concatenate([positions, np.stack(list(ends.values()))])  # column-major: translation last
    skin = {"inverseBindMatrices": buffer.add(inverse.reshape(-1, 16)), "joints": joints, "skeleton": 0}
    return {
        "asset": {"version": "2.0", "generator": "Hourglass"},
        "scene": 0,
        "scenes": [{"name": scene_name, "nodes": [0, joints[-1] + 1]}],
        "nodes": nodes,
        "meshes": [_mesh(motion, preset, buffer)],
        "materials": [
            {
                "name": "body",
                "pbrMetallicRoughness": {
                    "baseColorFactor": [1.0, 1.0, 1.0, 1.0],
                    "metallicFactor": 0.0,
                    "roughnessFactor": 0.8,
                },
            }
        ],
        "skins": [skin],
        "animations": [_animation(person, motion, preset, buffer, joints[-1] + 1)],
        "extras": {"rate_hz": motion.rate_hz, "frames": len(person.frame_index), "person": person.person},
    }


def _mesh(motion: Motion, preset: PresetMotion, buffer: _Buffer) -> dict[str, Any]:
    """Return the body with its face shapes by ARKit's names at rest; `_animation` moves them."""
    body = body_for(motion.rig)
    count = len(body.vertices)
    colours = np.full((count, 4), 255, np.uint8)
    colours[:, :3] = np.rint(255 * linear_colours(body))
    shapes = face_shapes(body)
    primitive = {
        "attributes": {
            "POSITION": buffer.add(body.vertices, _VERTICES, bounds=True),
            "NORMAL": buffer.add(body.normals, _VERTICES),
            "COLOR_0": buffer.add(colours, _VERTICES, normalized=True),
            "JOINTS_0": buffer.add(preset.skin_bones(body.bones, body.weights), _VERTICES),
            "WEIGHTS_0": buffer.add(body.weights, _VERTICES),
        },
        "indices": buffer.add(body.faces.reshape(-1), _INDICES),
        "material": 0,
        "targets": [
            {"POSITION": buffer.add_sparse(count, rows.astype(np.uint16), moves)} for rows, moves in shapes.values()
        ],
    }
    return {
        "name": "body",
        "primitives": [primitive],
        "weights": [0.0] * len(shapes),
        "extras": {"targetNames": list(shapes)},
    }


def _animation(
    person: SelectedPerson, motion: Motion, preset: PresetMotion, buffer: _Buffer, body_node: int
) -> dict[str, Any]:
    """Return keys at the times since the take's first frame; bones that stay at rest have none.

    Where the person's face was found, the node of the body has weights of its face shapes.
    """
    times = buffer.add((motion.pose.times_s - person.time_s[0]).astype(np.float32), bounds=True)
    samplers: list[dict[str, Any]] = []
    channels: list[dict[str, Any]] = []
    for bone, places in preset.moves.items():
        channels.append({"sampler": len(samplers), "target": {"node": bone, "path": "translation"}})
        samplers.append({"input": times, "output": buffer.add(places.astype(np.float32))})
    for bone in range(preset.rotations.shape[1]):
        turns = preset.rotations[:, bone]
        if np.abs(turns[:, :3]).max() > _STILL:
            channels.append({"sampler": len(samplers), "target": {"node": bone, "path": "rotation"}})
            samplers.append({"input": times, "output": buffer.add(turns.astype(np.float32))})
    if person.face_motion is not None:
        names = shape_names()
        weights = weights_table(
            {name: values[person.seen] for name, values in person.face_motion.items()}, names, int(person.seen.sum())
        )
        channels.append({"sampler": len(samplers), "target": {"node": body_node, "path": "weights"}})
        samplers.append({"input": times, "output": buffer.add(weights.reshape(-1))})
    return {"name": "motion", "samplers": samplers, "channels": channels}
