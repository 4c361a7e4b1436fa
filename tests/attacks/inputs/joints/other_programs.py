"""Damage 2D joints as OpenPose, AlphaPose, COCO, MMPose, DeepLabCut and Sports2D write them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.harness.npy import archive, flipped
from tests.attacks.harness.places import PROJECT, SEED
from tests.attacks.inputs.read_through import read_inputs
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL

FRAMES, PEOPLE = 6, 2
_POINTS = np.random.default_rng(SEED).uniform(50, 300, (FRAMES, PEOPLE, 25, 3)).round(2)
COCO_PARTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow",
    "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle",
    "right_ankle",
)  # fmt: skip
Files = dict[str, bytes]  # name -> content


def triples(frame: int, person: int, joints: int) -> list[float]:
    return _POINTS[frame, person, :joints].ravel().tolist()


def openpose() -> Any:
    """Return frame -> document."""
    return [
        {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": triples(f, p, 25)} for p in range(PEOPLE)]}
        for f in range(FRAMES)
    ]


def records() -> Any:
    """Return the people of all frames in a list, as AlphaPose and COCO have them."""
    return [
        {"image_id": f"{f}.jpg", "category_id": 1, "keypoints": triples(f, p, 17), "score": 2.9, "idx": p + 1}
        for f in range(FRAMES)
        for p in range(PEOPLE)
    ]


def coco() -> Any:
    images = [{"id": 900 + f, "file_name": f"img_{f:04d}.png"} for f in range(FRAMES)]
    people = [{**one, "image_id": 900 + int(one["image_id"][0]), "track_id": 7} for one in records()[::2]]
    return {"images": images, "annotations": people, "categories": [{"id": 1}]}


def mmpose() -> Any:
    instances = [
        [
            {
                "keypoints": _POINTS[f, p, :17, :2].tolist(),
                "keypoint_scores": _POINTS[f, p, :17, 2].tolist(),
                "track_id": p + 3,
            }
            for p in range(PEOPLE)
        ]
        for f in range(FRAMES)
    ]
    names = {str(place): name for place, name in enumerate(COCO_PARTS)}
    frames = [{"frame_id": f + 1, "instances": of_frame} for f, of_frame in enumerate(instances)]
    return {"meta_info": {"dataset_name": "coco", "keypoint_id2name": names}, "instance_info": frames}


DOCUMENTS: dict[str, Callable[[], Any]] = {
    "openpose": openpose,
    "alphapose": records,
    "coco": coco,
    "mmpose": mmpose,
}


def stored(kind: str, document: Any) -> tuple[Files, str]:
    """Return the files of a document, and what the user names."""
    if kind != "openpose":
        return {"r.json": json.dumps(document).encode()}, "r.json"
    return {f"json/clip_{f:012d}_keypoints.json": json.dumps(d).encode() for f, d in enumerate(document)}, "json"


def written(files: Files, name: str) -> Build:
    def build(folder: Any) -> None:
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)

    return made(build, name)


# Each replaces one value somewhere in a document. JSON knows NaN and Infinity in Python's reading of it.
VALUES: tuple[Any, ...] = (
    None, True, "x", "", [], {}, [[]], -1, 0, 1.5, float("nan"), float("inf"), 1e300, -1e300, 10**18, 10**400,
    "9" * 400,
    [1, 2], {"a": 1}, "\x1b[2J", "../../PWNED", "\ud800", "1e5",
)  # fmt: skip


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of a document's values: of each list only the first and the last entry."""
    found = [path] if path else []
    if isinstance(value, dict):
        entries = list(value.items())[:8]
    elif isinstance(value, list):
        entries = [(i, value[i]) for i in sorted({0, len(value) - 1})] if value else []
    else:
        entries = []
    for key, inner in entries:
        found += spots(inner, (*path, key))
    return found


def replaced(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = json.loads(json.dumps(document))
    spot = copy
    for key in path[:-1]:
        spot = spot[key]
    spot[path[-1]] = value
    return copy


def cases() -> Cases:
    for kind, make in DOCUMENTS.items():
        yield Case(f"{kind} sound", written(*stored(kind, make())), read_inputs)
        document, rng = make(), random.Random(SEED)
        for path in spots(document):
            for number in rng.sample(range(len(VALUES)), 6):
                name = f"{kind} {'.'.join(map(str, path))[:48]} = {str(VALUES[number])[:12]!r} {number}"
                build = written(*stored(kind, replaced(document, path, VALUES[number])))
                yield Case(name, build, read_inputs)
        yield from _damaged_text(kind, *stored(kind, document))
    yield from _extreme()
    yield from _archives()
    yield from _tables()


def _damaged_text(kind: str, files: Files, name: str) -> Cases:
    """Damage the first file: cut, bytes changed, other encodings, nested without end."""
    first, rng = next(iter(files)), random.Random(SEED)
    sound = files[first]
    contents = {f"cut at {step} %": sound[: len(sound) * step // 100] for step in range(0, 100, 9)}
    contents |= {f"bits {number}": flipped(sound, rng, 1 + number % 4) for number in range(15)}
    contents |= {
        "utf16": sound.decode().encode("utf-16"),
        "bom": b"\xef\xbb\xbf" + sound,
        "deep": b"[" * 200_000,
        "deep object": b'{"people":' * 100_000,
        "digits": b'{"people": ' + b"9" * 100_000 + b"}",
        "twice": sound + sound,
        "zeros": bytes(10_000),
    }
    for what, content in contents.items():
        yield Case(f"{kind} {what}", written({**files, first: content}, name), read_inputs)
    for what, make in SPECIAL.items():
        others = {path: content for path, content in files.items() if path != first}

        def build(folder: Any, others: Files = others, make: Any = make) -> None:
            written(others, name)(folder)
            (folder / first).parent.mkdir(exist_ok=True)
            make(folder / first)

        yield Case(f"{kind} {what}", made(build, name), read_inputs)


def _extreme() -> Cases:
    """Claim frames, people and names in numbers that no video has."""
    one = triples(0, 0, 17)
    documents: dict[str, Any] = {
        "frame 10**15": [{"image_id": 0, "keypoints": one}, {"image_id": 10**15, "keypoints": one}],
        "frame -5": [{"image_id": -5, "keypoints": one}, {"image_id": 5, "keypoints": one}],
        "frame numbers of 400 digits": [{"image_id": "9" * 400 + ".jpg", "keypoints": one}],
        "the same frame 5000 times": [{"image_id": 1, "keypoints": one}] * 5000,
        "identities far apart": [{"image_id": i, "idx": 10 ** (i * 4), "keypoints": one} for i in range(5)],
        "identity that is a list": [{"image_id": 1, "idx": [[1, [2]]], "keypoints": one}],
        "20000 frames": [{"image_id": i, "keypoints": one} for i in range(20_000)],
        "two images of one number": {"images": [{"id": 1}, {"id": 1}], "annotations": [], "categories": []},
        "a million empty frames": {"instance_info": [{"frame_id": i, "instances": []} for i in range(1_000_000)]},
        "name with control characters": [{"image_id": "\x1b[2J1.jpg", "keypoints": one}],
    }
    for name, document in documents.items():
        yield Case(f"json {name}", written({"r.json": json.dumps(document).encode()}, "r.json"), read_inputs)
    files = {f"json/c_{f:012d}_keypoints.json": b'{"people": []}' for f in (0, 10**11)}
    yield Case("openpose frames 10**11 apart", written(files, "json"), read_inputs)
    files = {f"json/c{i}_{i:012d}_keypoints.json": b'{"people": []}' for i in range(300)}
    yield Case("openpose of 300 videos", written(files, "json"), read_inputs)


def _archives() -> Cases:
    files, _ = stored("openpose", openpose())
    sound, rng = archive(files), random.Random(SEED)
    contents = {f"bits {number}": flipped(sound, rng, 1 + number % 3) for number in range(30)}
    contents |= {f"cut at {step} %": sound[: len(sound) * step // 100] for step in range(10, 100, 20)}
    contents |= {
        "sound": sound,
        "path traversal": archive({"../../PWNED_000000000000_keypoints.json": b"{}", **files}),
        "members of 100 MB": archive({"c_000000000000_keypoints.json": b" " * (100 << 20)}, 8),
        "100000 members": archive({f"c_{i:012d}_keypoints.json": b"" for i in range(100_000)}),
    }
    for name, content in contents.items():
        yield Case(f"openpose zip {name}", written({"c.zip": content}, "c.zip"), read_inputs)


def deeplabcut(people: tuple[str, ...] = ("ann", "bob")) -> str:
    cells = [(who, part, axis) for who in people for part in COCO_PARTS for axis in ("x", "y", "likelihood")]
    rows = [["scorer", *["net"] * len(cells)], ["individuals", *[who for who, _, _ in cells]]]
    rows += [["bodyparts", *[part for _, part, _ in cells]], ["coords", *[axis for _, _, axis in cells]]]
    for f in range(FRAMES):
        values = [value for p in range(len(people)) for value in triples(f, p, 17)]
        rows.append([str(f), *map(str, values)])
    return "\n".join(",".join(row) for row in rows) + "\n"


def sports2d() -> str:
    names = ("Hip", "RHip", "RKnee", "RAnkle", "LHip", "LKnee", "LAnkle", "Neck", "Head", "Nose", "RShoulder", "RElbow")
    names += ("RWrist", "LShoulder", "LElbow", "LWrist")
    rows = ["PathFileType\t4\t(X/Y/Z)\tx.trc", "DataRate\tCameraRate", "50\t50"]
    rows += ["Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t", "\t\tX1\tY1\tZ1"]
    for f in range(FRAMES):
        points = [f"{x}\t{y}\t0.0" for x, y, _ in _POINTS[f, 0, : len(names)]]
        rows.append("\t".join([str(f + 1), str(f / 50), *points]))
    return "\n".join(rows) + "\n"


def _tables() -> Cases:
    csv, trc = deeplabcut(), sports2d()
    h5 = (PROJECT / "tests" / "data" / "cases" / "deeplabcut_individuals.h5").read_bytes()
    texts = {
        "csv nan": csv.replace("\n1,", "\n1,nan,inf,", 1),
        "csv quotes open": csv.replace("net", '"net', 1),
        "csv a field of 1 MB": csv.replace("net", "n" * 2**20, 1),
        "csv nul": csv.replace("net", "n\0t", 1),
        "csv frame 10**15": csv.replace("\n5,", f"\n{10**15},"),
        "csv frame -1": csv.replace("\n0,", "\n-1,"),
        "csv formulas": csv.replace("ann", "=cmd|' /C calc'!A0"),
        "csv 500 people": deeplabcut(("ann",)).replace("ann", "bob"),
        "csv header only": "\n".join(csv.splitlines()[:4]) + "\n",
        "csv 200000 rows": csv + csv.splitlines()[4].replace("0,", "9,", 1).join(["\n"] * 20_000),
        "csv a column alone": "scorer\nbodyparts\ncoords\n0\n",
    }
    for name, text in texts.items():
        yield Case(f"deeplabcut {name}", written({"clipDLC.csv": text.encode()}, "clipDLC.csv"), read_inputs)
    header = trc.splitlines()
    texts = {
        "rate 0": trc.replace("50\t50", "0\t0"),
        "rate nan": trc.replace("50\t50", "nan\tnan"),
        "rate 1e300": trc.replace("50\t50", "1e300\t1e300"),
        "no rows": "\n".join(header[:5]) + "\n",
        "values text": trc.replace("\t0.0\t", "\tx\t", 3),
        "frame 10**15": trc.replace("\n6\t", f"\n{10**15}\t"),
        "times nan": trc.replace("\n2\t0.02", "\n2\tnan"),
    }
    for name, text in texts.items():
        yield Case(f"sports2d {name}", written({"c_px_person00.trc": text.encode()}, "c_px_person00.trc"), read_inputs)
    rng = random.Random(SEED)
    for kind, name, sound in (
        ("deeplabcut csv", "clipDLC.csv", csv.encode()),
        ("sports2d", "c_px_person00.trc", trc.encode()),
        ("deeplabcut h5", "clipDLC.h5", h5),
    ):
        yield Case(f"{kind} sound", written({name: sound}, name), read_inputs)
        for number in range(30):
            content = flipped(sound, rng, 1 + number % 4)
            yield Case(f"{kind} bits {number}", written({name: content}, name), read_inputs)
        for step in range(0, 100, 9):
            content = sound[: len(sound) * step // 100]
            yield Case(f"{kind} cut at {step} %", written({name: content}, name), read_inputs)
