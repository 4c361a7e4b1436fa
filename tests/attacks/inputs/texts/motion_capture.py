"""Damage BVH, ASF and AMC files, which training imports."""

from __future__ import annotations

import random

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.harness.npy import flipped
from tests.attacks.harness.places import SEED
from tests.attacks.inputs.read_through import told
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL

_BVH = """HIERARCHY
ROOT Hips
{
 OFFSET 0 0 0
 CHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation
 JOINT Chest
 {
  OFFSET 0 10 0
  CHANNELS 3 Zrotation Xrotation Yrotation
  End Site
  {
   OFFSET 0 5 0
  }
 }
}
MOTION
Frames: 3
Frame Time: 0.0333333
"""
_ROW = "0 0 0 0 0 0 0 0 0"
BVH = _BVH + f"{_ROW}\n" * 3
ASF = """:version 1.10
:name x
:units
 mass 1
 length 0.45
 angle deg
:root
 order TX TY TZ RX RY RZ
 axis XYZ
 position 0 0 0
 orientation 0 0 0
:bonedata
 begin
 id 1
 name lhip
 direction 1 0 0
 length 2
 axis 0 0 0 XYZ
 dof rx ry rz
 end
:hierarchy
 begin
 root lhip
 end
"""
AMC = ":FULLY-SPECIFIED\n:DEGREES\n" + "".join(f"{i}\nroot 0 0 0 0 0 0\nlhip 0 0 0\n" for i in range(1, 5))
_JOINT = "JOINT J\n{\nOFFSET 0 1 0\nCHANNELS 3 Zrotation Xrotation Yrotation\n"
_SECOND_ROOT = "ROOT B\n{\nOFFSET 0 0 0\nCHANNELS 3 Zrotation Xrotation Yrotation\n}\nMOTION"
_SECOND_BONE = " end\n begin\n id 2\n name b\n direction 1 0 0\n length 2\n axis 0 0 0 XYZ\n end\n:hierarchy"


def import_folder(argv: list[str]) -> int:
    from training.data.import_mocap import main

    def run() -> None:
        nonlocal code
        code = main(argv)

    code = 0
    return told(run) or code


def folder_of(**files: str | bytes) -> Build:
    """Return a `Build` for a folder of files (`__` stands for a dot) that is imported."""

    def build(folder: object) -> None:
        (folder / "in").mkdir()
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape")
            (folder / "in" / name.replace("__", ".")).write_bytes(data)

    return made(build, "in", "--out", "out.npz")


def cases() -> Cases:
    rng = random.Random(SEED)
    bvh: dict[str, str | bytes] = {"sound": BVH} | _bvh_values() | _bvh_structure()
    bvh |= {f"cut at {step} %": BVH[: len(BVH) * step // 100] for step in range(5, 100, 8)}
    bvh |= {f"bytes {number}": _other_bytes(BVH, rng) for number in range(20)}
    for name, content in bvh.items():
        yield Case(f"bvh {name}", folder_of(a__bvh=content), import_folder, writes=("out.npz",))
    amc: dict[str, tuple[str | bytes, str | bytes]] = {"sound": (ASF, AMC)}
    amc |= {name: (content, AMC) for name, content in _asf().items()}
    amc |= {name: (ASF, content) for name, content in _amc().items()}
    amc |= {f"bytes {number}": (_other_bytes(ASF, rng, 1), _other_bytes(AMC, rng, 1)) for number in range(30)}
    for name, (asf, motion) in amc.items():
        yield Case(f"amc {name}", folder_of(a__asf=asf, a__amc=motion), import_folder, writes=("out.npz",))
    for name, make in SPECIAL.items():
        for file, others in (("a.bvh", {}), ("a.asf", {"a__amc": AMC}), ("a.amc", {"a__asf": ASF})):

            def build(folder: object, make: object = make, file: str = file, others: dict[str, str] = others) -> None:
                folder_of(**others)(folder)
                make(folder / "in" / file)

            yield Case(f"{file} is {name}", made(build, "in", "--out", "out.npz"), import_folder, writes=("out.npz",))


def _other_bytes(text: str, rng: random.Random, count: int = 3) -> bytes:
    content = bytearray(text.encode())
    for _ in range(count):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return flipped(bytes(content), rng, 0)


def _bvh_values() -> dict[str, str]:
    frames, time, row = "Frames: 3", "0.0333333", _ROW
    changes = {
        "frames -1": (frames, "Frames: -1"),
        "frames 1e18": (frames, "Frames: 1000000000000000000"),
        "frames text": (frames, "Frames: x"),
        "frames many digits": (frames, "Frames: " + "9" * 5000),
        "time 0": (time, "0"),
        "time nan": (time, "nan"),
        "time inf": (time, "inf"),
        "time 1e-300": (time, "1e-300"),
        "channels 1e9": ("CHANNELS 6", "CHANNELS 1000000000"),
        "channels -1": ("CHANNELS 6", "CHANNELS -1"),
        "channels evil": ("Zrotation", "os.system"),
        "channels twice": ("Xposition Yposition", "Xposition Xposition"),
        "channel qrotation": ("Zrotation", "qrotation"),
        "channel position": ("Zrotation", "position"),
        "values nan": (row, "nan 0 0 0 0 0 0 0 0"),
        "values 1e308": (row, "1e308 1e308 0 1e308 0 0 0 0 0"),
        "offset nan": ("OFFSET 0 10 0", "OFFSET nan 10 0"),
        "offset short": ("OFFSET 0 10 0", "OFFSET 0 10"),
        "a name of 1 MB": ("Hips", "H" * 10**6),
        "nul": ("Hips", "Hi\0ps"),
    }
    return {name: BVH.replace(old, new) for name, (old, new) in changes.items()}


def _bvh_structure() -> dict[str, str | bytes]:
    root = "HIERARCHY\nROOT R\n{\nOFFSET 0 0 0\nCHANNELS 3 Zrotation Xrotation Yrotation\n"
    motion = "\nMOTION\nFrames: 1\nFrame Time: 0.03\n" + "0 " * 6003
    return {
        "empty": "",
        "text": "hello",
        "binary": bytes(range(256)) * 50,
        "HIERARCHY alone": "HIERARCHY",
        "no MOTION": BVH.partition("MOTION")[0],
        "} first": "HIERARCHY }",
        "{ first": "HIERARCHY {",
        "OFFSET first": "HIERARCHY OFFSET 1 1 1",
        "End first": "HIERARCHY End Site",
        "two roots": BVH.replace("MOTION", _SECOND_ROOT),
        "2000 deep": root + _JOINT * 2000 + "}" * 2001 + motion,
        "utf16": BVH.encode("utf-16"),
        "5 MB of rows": BVH + f"{_ROW}\n" * 280_000,
        "no joints": "HIERARCHY MOTION Frames: 1 Frame Time: 0.1",
        "End Site alone": BVH.replace("JOINT Chest", "JOINT"),
        "deep braces": "HIERARCHY ROOT R " + "{ " * 10**6,
    }


def _asf() -> dict[str, str | bytes]:
    changes = {
        "no units": (":units", ":x"),
        "length 0": ("length 0.45", "length 0"),
        "length nan": ("length 0.45", "length nan"),
        "bone length text": ("length 2", "length x"),
        "loop": ("root lhip\n end", "root lhip\n lhip lhip\n end"),
        "orphan": ("root lhip", "nobody lhip"),
        "unknown child": ("root lhip", "root nobody"),
        "empty hierarchy": (" root lhip\n", ""),
        "no bones": ("begin\n id 1", "x\n id 1"),
        "end first": (":bonedata\n begin", ":bonedata\n end"),
        "line before begin": (":bonedata\n", ":bonedata\n x y\n"),
        "axis QQQ": ("0 0 0 XYZ", "0 0 0 QQQ"),
        "axis short": ("0 0 0 XYZ", "0"),
        "dof evil": ("dof rx", "dof os.system"),
        "root order evil": ("order TX", "order evil"),
        "root order tq": ("order TX", "order TQ"),
        "direction 2": ("direction 1 0 0", "direction 1 0"),
        "name empty": ("name lhip", "name"),
    }
    found: dict[str, str | bytes] = {name: ASF.replace(old, new) for name, (old, new) in changes.items()}
    two = ASF.replace(" end\n:hierarchy", _SECOND_BONE).replace("root lhip\n end", "lhip b\n b lhip\n end")
    return found | {"asf empty": "", "loop of two": two, "asf latin": ASF.encode() + b"\xff\xfe"}


def _amc() -> dict[str, str | bytes]:
    return {
        "amc empty": "",
        "amc of ASF": ASF,
        "values short": AMC.replace("lhip 0 0 0", "lhip 0 0"),
        "values nan": AMC.replace("lhip 0 0 0", "lhip nan 0 0"),
        "values text": AMC.replace("lhip 0 0 0", "lhip a 0 0"),
        "no frame number": "root 0 0 0 0 0 0\n",
        "frames differ": AMC + "5\nroot 0 0\n6\nroot 0 0 0 0 0 0\n",
        "bone gone": AMC.replace("lhip", "other"),
        "digits": "²\nroot 0\n",
        "huge": AMC + "root " + "1 " * 10**6,
        "latin": AMC.encode() + b"\xff",
    }
