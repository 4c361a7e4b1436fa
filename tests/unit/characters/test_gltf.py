"""Test that files are read safely, and written again with nothing else changed."""

from __future__ import annotations

import base64
import json
import struct

import numpy as np
import pytest

from pipeline.characters.character import open_character
from pipeline.characters.gltf import Addition, open_gltf, top_members
from pipeline.core.errors import SourceError
from pipeline.system.safe_read import DamagedFile
from tests.helpers.characters import figure, vrm1, write_glb


@pytest.fixture
def path(tmp_path):
    rig = figure("cmu")
    named = open_character(write_glb(tmp_path / "named.glb", rig))
    bones = {bone: named.tree.names[node] for bone, node in named.mapping.nodes.items()}
    return write_glb(tmp_path / "hero.vrm", rig, extensions=vrm1(rig, bones))


def chunks(data: bytes) -> tuple[str, bytes]:
    size = struct.unpack_from("<I", data, 12)[0]
    return data[20 : 20 + size].decode(), data[28 + size :]


def added(path) -> bytes:
    addition = Addition(open_gltf(path))
    times = addition.add(np.array([0.0, 1.0]), bounds=True)
    values = addition.add(np.array([[0.0, 0, 0, 1], [0.0, 1, 0, 0]]))
    sampler = {"input": times, "output": values}
    return addition.written({"name": "new", "samplers": [sampler], "channels": []})


def test_an_addition_changes_no_other_byte(path):
    before_text, before_binary = chunks(path.read_bytes())
    data = added(path)
    text, binary = chunks(data)
    before, after = top_members(before_text), top_members(text)
    assert list(after) == list(before)
    for name in before:
        if name in ("bufferViews", "accessors", "animations"):
            assert after[name].startswith(before[name].rstrip()[:-1].rstrip())
        elif name != "buffers":
            assert after[name] == before[name]  # to the last space
    assert binary.startswith(before_binary)
    whole = json.loads(text)
    assert whole["buffers"][0]["byteLength"] == len(binary)
    assert [one["name"] for one in whole["animations"]] == ["idle", "new"]
    assert struct.unpack_from("<I", data, 8)[0] == len(data)


def test_added_arrays_are_read_back(path, tmp_path):
    (tmp_path / "again.glb").write_bytes(added(path))
    file = open_gltf(tmp_path / "again.glb")
    assert file.accessor(len(file.list_of("accessors")) - 1).tolist() == [[0, 0, 0, 1], [0, 1, 0, 0]]
    assert open_character(tmp_path / "again.glb").mapping.missing == ()


@pytest.mark.parametrize("embedded", [True, False])
def test_a_text_file_keeps_its_buffers(path, tmp_path, embedded):
    text, binary = chunks(path.read_bytes())
    document = json.loads(text)
    uri = "data:application/octet-stream;base64," + base64.b64encode(binary).decode() if embedded else "hero%20x.bin"
    document["buffers"][0]["uri"] = uri
    (tmp_path / "hero x.bin").write_bytes(binary)
    (tmp_path / "hero.gltf").write_text(json.dumps(document))
    (tmp_path / "again.gltf").write_bytes(added(tmp_path / "hero.gltf"))
    file = open_gltf(tmp_path / "again.gltf")
    assert file.item("buffers", 0).text("uri") == uri
    assert file.accessor(len(file.list_of("accessors")) - 1).shape == (2, 4)
    assert open_character(tmp_path / "hero.gltf").mapping.missing == ()


def changed(path, change) -> None:
    text, binary = chunks(path.read_bytes())
    document = json.loads(text)
    change(document)
    raw = json.dumps(document).encode()
    raw += b" " * (-len(raw) % 4)
    path.write_bytes(
        struct.pack("<4sII", b"glTF", 2, 28 + len(raw) + len(binary))
        + struct.pack("<I4s", len(raw), b"JSON") + raw + struct.pack("<I4s", len(binary), b"BIN\0") + binary
    )  # fmt: skip


def nodes(index: int, **values):
    return lambda document: document["nodes"][index].update(values)


@pytest.mark.parametrize(
    "change",
    [
        nodes(3, children=[0]),
        nodes(3, children=[3]),
        nodes(3, children=[-1]),
        nodes(3, children=[999999]),
        nodes(0, children=[1, 1]),
        nodes(0, translation=[1e30, 0, 0]),
        nodes(0, translation=["1", 0, 0]),
        nodes(0, translation=[0, 0]),
        nodes(0, rotation=[0, 0, 0, 0]),
        nodes(0, scale=[-1, 1, 1]),
        nodes(0, scale=[0, 1, 1]),
        nodes(0, matrix=[float(i) for i in range(15)]),
        nodes(0, name=7),
        lambda document: document.update(nodes=[]),
        lambda document: document.update(nodes={"a": 1}),
        lambda document: document.update(nodes=[{"name": str(i)} for i in range(30_000)]),
        lambda document: document.update(nodes=[{"name": str(i), "children": [i + 1]} for i in range(3000)] + [{}]),
        lambda document: document["skins"][0].update(joints=[10**9]),
        lambda document: document.update(asset={"version": "1.0"}),
        lambda document: document["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]["hips"].update(node=10**7),
        lambda document: document.update(extensions={"VRMC_vrm": 5}),
        lambda document: document.update(bufferViews="x"),
        lambda document: document.update(buffers=None),
        lambda document: document["buffers"][0].update(byteLength=1e300),
        lambda document: document["animations"].append("x"),
    ],
)
def test_hostile_documents_are_refused(path, change):
    changed(path, change)
    with pytest.raises(SourceError) as caught:
        open_character(path)
    assert caught.value.hint


@pytest.mark.parametrize(
    "data",
    [
        b"", b"glTF", b"glTF\2\0\0\0\xff\xff\xff\xff", b"{", b"not a file",
        b"glTF" + struct.pack("<II", 2, 24) + struct.pack("<I4s", 0xFFFFFFF0, b"JSON") + b"{}  ",
        b'{"asset": {"version": "2.0"}, "nodes": [{"translation": [1e999, 0, 0]}]}', b"[" * 100_000,
    ],
)  # fmt: skip
def test_damaged_containers_are_refused(tmp_path, data):
    for name in ("x.glb", "x.gltf", "x.vrm", "x.bvh"):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(SourceError):
            open_character(tmp_path / name)


@pytest.mark.parametrize(
    "change",
    [
        {"count": 10**9}, {"count": 0}, {"componentType": 5130}, {"type": "MAT9"}, {"bufferView": 99},
        {"byteOffset": 10**8},
        {"sparse": {"count": 1}},
    ],
)  # fmt: skip
def test_accessors_stay_within_their_buffers(path, change):
    changed(path, lambda document: document["accessors"][0].update(change))
    with pytest.raises(DamagedFile):
        open_gltf(path).accessor(0)


@pytest.mark.parametrize("uri", ["../secret.bin", "/etc/passwd", "http://x/y.bin", "a\\..\\b", "C:x", "data:x,y"])
def test_files_elsewhere_are_not_read(path, tmp_path, uri):
    document = json.loads(chunks(path.read_bytes())[0])
    document["buffers"][0]["uri"] = uri
    (tmp_path / "x.gltf").write_text(json.dumps(document))
    with pytest.raises(DamagedFile):
        open_gltf(tmp_path / "x.gltf").buffer(0)


@pytest.mark.parametrize(
    "text",
    [
        "HIERARCHY\nROOT Hips\n{\nOFFSET 0 0", "HIERARCHY\nMOTION\n", "HIERARCHY\n}\n",
        "HIERARCHY\nROOT a\n{\nOFFSET x y z\n}",
        "HIERARCHY\nROOT a\n{\nOFFSET 0 0 nan\n}\nMOTION", "HIERARCHY\nROOT a\n{\nOFFSET 0 1e30 0\n}\nMOTION",
        "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\nEnd Site\n{\nOFFSET 0 nan 0\n}\n}\nMOTION",
        "HIERARCHY\n" + "ROOT a\n{\n" * 2000 + "MOTION",
    ],
)  # fmt: skip
def test_damaged_bvh_files_are_refused(tmp_path, text):
    (tmp_path / "x.bvh").write_text(text)
    with pytest.raises(SourceError):
        open_character(tmp_path / "x.bvh")
