"""Test the GLB exporter with an independent reader.

Blender and three.js read it in tests/e2e.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp

from pipeline.core.take import Take
from pipeline.export.animation.gltf import GltfExporter
from pipeline.export.base import ExportOptions
from pipeline.export.tracks import selected
from tests.helpers.motion import clip, facing_camera, scene

JOINTS = {
    "Hips": 0, "RightUpLeg": 1, "RightLeg": 2, "RightFoot": 3, "LeftUpLeg": 4, "LeftLeg": 5, "LeftFoot": 6, "Spine1": 7,
    "Neck": 8, "Head": 9, "Head_end": 10, "LeftArm": 11, "LeftForeArm": 12, "LeftHand": 13, "RightArm": 14,
    "RightForeArm": 15, "RightHand": 16,
}  # fmt: skip
GAP = np.isin(np.arange(205), [*range(12), *range(110, 130), *range(200, 205)])
_TYPES = {5121: "<u1", 5123: "<u2", 5126: "<f4"}
_WIDTH = {"SCALAR": 1, "VEC3": 3, "VEC4": 4, "MAT4": 16}


@dataclass
class Glb:
    document: dict
    binary: bytes

    def array(self, accessor: int) -> np.ndarray:
        about = self.document["accessors"][accessor]
        view = self.document["bufferViews"][about["bufferView"]]
        width = _WIDTH[about["type"]]
        values = np.frombuffer(
            self.binary, _TYPES[about["componentType"]], about["count"] * width, view["byteOffset"]
        ).reshape(about["count"], width)
        if "min" in about:
            assert np.allclose(values.min(axis=0), about["min"])
            assert np.allclose(values.max(axis=0), about["max"])
        return values

    def places(self, times: np.ndarray) -> dict[str, np.ndarray]:
        """Return (T, 3) of every node at `times`.

        Transforms from the root down, keys by LERP and slerp, ends held.
        """
        nodes, animation = self.document["nodes"], self.document["animations"][0]
        moves = {(c["target"]["node"], c["target"]["path"]): c["sampler"] for c in animation["channels"]}
        found: dict[str, np.ndarray] = {}

        def keys(node: int, path: str) -> tuple[np.ndarray, np.ndarray] | None:
            if (node, path) not in moves:
                return None
            sampler = animation["samplers"][moves[node, path]]
            return self.array(sampler["input"])[:, 0], self.array(sampler["output"])

        def visit(node: int, place: np.ndarray, turn: Rotation) -> None:
            local = np.tile(np.array(nodes[node]["translation"]), (len(times), 1))
            if moved := keys(node, "translation"):
                local = np.stack([np.interp(times, moved[0], moved[1][:, i]) for i in range(3)], axis=1)
            place = place + turn.apply(local)
            if turned := keys(node, "rotation"):
                inside = np.clip(times, turned[0][0], turned[0][-1])
                turn = turn * Slerp(turned[0], Rotation.from_quat(turned[1]))(inside)
            found[nodes[node]["name"]] = place
            for child in nodes[node].get("children", []):
                visit(child, place, turn)

        visit(0, np.zeros((len(times), 3)), Rotation.from_quat(np.tile([0, 0, 0, 1.0], (len(times), 1))))
        return found


def read_glb(path: Path) -> Glb:
    data = path.read_bytes()
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    assert size % 4 == 0
    after = 20 + size
    binary_size, kind = struct.unpack_from("<I4s", data, after)
    assert kind == b"BIN\0"
    assert after + 8 + binary_size == len(data)
    return Glb(json.loads(data[20:after]), data[after + 8 :])


@pytest.fixture(scope="module")
def take() -> Take:
    return scene(facing_camera(clip("jump"))).take(GAP)


def written(take: Take, folder: Path, **options) -> Glb:
    return read_glb(GltfExporter().write(selected(take, ExportOptions(**options)), folder, "clip")[0])


def test_joints_are_those_of_the_take(take, tmp_path):
    track = take.tracks3d[0]
    places = written(take, tmp_path).places(track.time_s)
    joints = np.stack([places[name] for name in sorted(JOINTS, key=JOINTS.get)], axis=1)
    world = np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)
    assert np.abs(world[track.seen] - track.joints[track.seen]).max() < 0.001
    assert np.abs(np.diff(world, axis=0)).max() < 0.12  # the gap is bridged without a jump
    assert np.allclose(world[:12], world[12], atol=1e-6)  # and the ends are held


def test_keys_stand_at_the_true_times(take, tmp_path):
    glb = written(take, tmp_path)
    times = glb.array(glb.document["animations"][0]["samplers"][0]["input"])[:, 0]
    assert np.allclose(times, np.flatnonzero(~GAP) / 60, atol=1e-6)
    assert glb.document["extras"]["rate_hz"] == 60


def test_rest_pose_is_a_t_pose_that_the_skin_is_bound_to(take, tmp_path):
    glb = written(take, tmp_path)
    nodes, skin = glb.document["nodes"], glb.document["skins"][0]
    places: dict[int, np.ndarray] = {}

    def visit(node: int, above: np.ndarray) -> None:
        places[node] = above + nodes[node]["translation"]
        assert "rotation" not in nodes[node]
        for child in nodes[node].get("children", []):
            visit(child, places[node])

    visit(0, np.zeros(3))
    named = {nodes[node]["name"]: place for node, place in places.items()}
    assert named["LeftHand_end"][0] > 0.7 > -0.7 > named["RightHand_end"][0]
    assert np.isclose(named["LeftHand"][1], named["LeftArm"][1])
    assert named["LeftToeBase"][2] > named["LeftFoot"][2] + 0.1
    assert 0.04 < named["LeftFoot"][1] < 0.12  # stands on the floor
    inverse = glb.array(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    for joint, matrix in zip(skin["joints"], inverse, strict=True):
        assert np.allclose(matrix[:3, :3], np.eye(3))
        assert np.allclose(matrix[:3, 3], -places[joint], atol=1e-6)


def test_the_body_is_closed_around_the_bones(take, tmp_path):
    glb = written(take, tmp_path)
    primitive = glb.document["meshes"][0]["primitives"][0]
    points, normals = glb.array(primitive["attributes"]["POSITION"]), glb.array(primitive["attributes"]["NORMAL"])
    faces = glb.array(primitive["indices"]).reshape(-1, 3)
    weights = glb.array(primitive["attributes"]["WEIGHTS_0"])
    assert faces.max() == len(points) - 1
    assert np.allclose(weights.sum(axis=1), 1)
    assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-5)
    a, b, c = points[faces].transpose(1, 0, 2)
    out = np.cross(b - a, c - a)
    assert np.einsum("nc,nc->n", a, np.cross(b, c)).sum() > 0  # the triangles are seen from outside
    facing = np.einsum("nc,nc->n", out, normals[faces].mean(axis=1)) > 0
    assert facing[np.linalg.norm(out, axis=1) > 1e-7].mean() > 0.99  # folds between toes, under the shoe
    assert 1.5 < np.ptp(points[:, 1]) < 1.9
    assert abs(points[:, 1].min()) < 1e-4  # soles on the floor
    colours = primitive["attributes"]["COLOR_0"]
    assert glb.document["accessors"][colours]["normalized"]


def test_the_face_has_arkits_shapes_at_rest(take, tmp_path):
    glb = written(take, tmp_path)
    mesh = glb.document["meshes"][0]
    names = mesh["extras"]["targetNames"]
    assert len(names) == len(mesh["weights"]) == len(mesh["primitives"][0]["targets"]) == 51  # all but the tongue's
    assert {"jawOpen", "eyeBlinkLeft", "mouthSmileRight"} <= set(names)
    assert not any(mesh["weights"])
    jaw = glb.document["accessors"][mesh["primitives"][0]["targets"][names.index("jawOpen")]["POSITION"]]
    assert 50 < jaw["sparse"]["count"] < jaw["count"]
    assert -0.05 < jaw["min"][1] < -0.01  # m, the chin goes down


def test_in_place_and_names(take, tmp_path):
    glb = written(take, tmp_path, root_motion=False, preset="unreal")
    hips = glb.places(take.tracks3d[0].time_s)["pelvis"]
    assert np.ptp(hips[:, [0, 2]], axis=0).max() == 0
    assert np.ptp(hips[:, 1]) > 0.3
    assert {"clavicle_l", "upperarm_r", "thigh_l", "ball_r", "spine_02"} <= {n["name"] for n in glb.document["nodes"]}
