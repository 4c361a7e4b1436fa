"""Give damaged and hostile characters to `retarget`: containers, documents, numbers, references, mappings."""

from __future__ import annotations

import json
import os
import random
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.attacks.harness.case import Build, Case, Cases
from tests.helpers.characters import figure, vrm1, write_bvh, write_glb

_TAKE = Path(__file__).parents[2] / "data" / "take_0619064.pose3d"
_NAMES = {
    "hips": "Hips", "spine": "LowerBack", "head": "Head",
    **{f"{side.lower()}{part}": side + name for side in ("Left", "Right") for part, name in (
        ("UpperLeg", "UpLeg"), ("LowerLeg", "Leg"), ("Foot", "Foot"), ("UpperArm", "Arm"), ("LowerArm", "ForeArm"),
        ("Hand", "Hand"),
    )},
}  # fmt: skip
_VALUES: tuple[Any, ...] = (
    None, -1, 10**18, 1e300, "x" * 70_000, "../../PWNED", [], {}, [[[[]]]], True, float("1e308"), "\0", "\ud800",
)  # fmt: skip


def _retargeted(make: Callable[[Path], object], name: str = "hero.vrm") -> Build:
    def build(folder: Path) -> list[str]:
        shutil.copy(_TAKE, folder / "t.pose3d")
        make(folder)
        return ["retarget", "t.pose3d", "--character", name, "-o", "out", "--formats", "character,bvh", "--report"]

    return build


def _sound(folder: Path) -> Path:
    rig = figure("cmu")
    return write_glb(folder / "hero.vrm", rig, extensions=vrm1(rig, _NAMES))


def _changed(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        path = _sound(folder)
        data = path.read_bytes()
        size = struct.unpack_from("<I", data, 12)[0]
        document = json.loads(data[20 : 20 + size])
        change(document)
        text = json.dumps(document).encode("ascii")
        text += b" " * (-len(text) % 4)
        rest = data[20 + size :]
        path.write_bytes(
            struct.pack("<4sII", b"glTF", 2, 20 + len(text) + len(rest))
            + struct.pack("<I4s", len(text), b"JSON") + text + rest
        )  # fmt: skip

    return make


def _put(document: dict[str, Any], seed: int) -> None:
    """Put a hostile value in a random place of the document."""
    chance = random.Random(seed)
    place: Any = document
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = chance.choice(keys)
        if not isinstance(place[key], dict | list) or not place[key] or chance.random() < 0.1:
            place[key] = chance.choice(_VALUES)
            return
        place = place[key]


def _flipped(seed: int) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        path, chance = _sound(folder), random.Random(seed)
        data = bytearray(path.read_bytes())
        for _ in range(1 + seed % 4):
            data[chance.randrange(28 if seed % 3 == 0 else len(data))] = chance.randrange(256)
        path.write_bytes(data[: chance.randrange(len(data))] if seed % 5 == 0 else data)

    return make


def _bvh(seed: int) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        path, chance = write_bvh(folder / "hero.bvh", figure("cmu")), random.Random(seed)
        words = path.read_text().split()
        for _ in range(1 + seed % 3):
            words[chance.randrange(len(words))] = chance.choice(
                ("{", "}", "nan", "1e309", "-1e40", "ROOT", "End", "9" * 50, "")
            )
        path.write_text(" ".join(words))

    return make


def _mapping(text: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        _sound(folder)
        (folder / "hero.mapping.json").write_text(text)

    return make


def _wide(document: dict[str, Any]) -> None:
    document["nodes"] += [{"name": f"LeftArm{i}"} for i in range(19_000)]
    document["nodes"][0]["children"] += list(range(len(document["nodes"]) - 19_000, len(document["nodes"])))


def cases() -> Cases:
    yield Case("sound", _retargeted(_sound), codes=(0,))
    for seed in range(120):
        yield Case(f"value {seed}", _retargeted(_changed(lambda document, seed=seed: _put(document, seed))))
    for seed in range(100):
        yield Case(f"bytes {seed}", _retargeted(_flipped(seed)))
        yield Case(f"bvh {seed}", _retargeted(_bvh(seed), "hero.bvh"))
    yield Case("19000 more children", _retargeted(_changed(_wide)))
    yield Case("own ancestor", _retargeted(_changed(lambda d: d["nodes"][3].update(children=[0]))), codes=(2,))
    yield Case("buffer elsewhere", _retargeted(_changed(lambda d: d["buffers"][0].update(uri="../../etc/passwd"))))
    yield Case("hero is a FIFO", _retargeted(lambda folder: os.mkfifo(folder / "hero.vrm")), codes=(2,))
    for name, text in (("deep", "[" * 100_000), ("names", '{"bones": {"../../PWNED": "x"}}'), ("null", "null")):
        yield Case(f"mapping {name}", _retargeted(_mapping(text)), codes=(2,))
