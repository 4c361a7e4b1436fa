"""Damage the user's own lists of lifters and detectors in the cache folder; listed, used, downloaded, removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL

LIFTERS, DETECTORS = "manifest.json", "detectors.json"
NAN = float("nan")
_LIFT = ("lift", "--lifter", "mine", "x.npz", "-o", "out")
_DETECT = ("lift", "--sample", "-o", "out", "--detector", "mine")
_LIST, _DOWNLOAD = ("models", "list"), ("models", "download", "mine")

LIFTER = {
    "name": "mine", "file": "mine.safetensors", "sha256": "0" * 64, "bytes": 1, "host": "mixste", "sizes": {},
    "frames": 243, "rate_hz": [48, 60], "channels": ["x", "y"], "joint_rule": "h36m", "normalisation": "screen",
    "unit_stature_m": 1.6,
}  # fmt: skip
DETECTOR = {
    "name": "mine", "title": "t", "config": "mine.config.json", "file": "mine.det", "sha256": "0" * 64,
    "skeleton": "coco17",
}  # fmt: skip
LIFTER_VALUES: dict[str, tuple[Any, ...]] = {
    "file": ("../../PWNED", "/etc/passwd", "..", "", "a\0b", 5, "mine.safetensors/"),
    "name": ("", "../x", 5, "\x1b[2J", "x" * 10**5, None),
    "sha256": ("", "00", 5, "zz"),
    "bytes": (-1, "x", 10**30, True),
    "host": ("os", "../../x", 5, ""),
    "sizes": ([], {"frames": 10**9}, {"channels": -1}, None),
    "frames": (0, -1, 10**12, 1.5),
    "rate_hz": ([0, 0], [60, 48], ["a", "b"], [1e999, 1], [NAN, 1]),
    "channels": ([], ["evil"], "xy", [1]),
    "joint_rule": ("evil", 5),
    "normalisation": ("evil",),
    "unit_stature_m": (0, -1, NAN, 1e300),
    "url": ("http://127.0.0.1:1/x", "file:///etc/passwd", "ftp://x/y", "https://127.0.0.1:1/x", "javascript:1", 5),
    "prune": ({"strategy": "evil"}, [], {"schedule": [[0, 10**9]]}, {"x": 1}),
    "extra": (1,),
    "default": (True,),
}
DETECTOR_VALUES: dict[str, tuple[Any, ...]] = {
    "file": ("../../PWNED", "/etc/passwd", "..", "", 5),
    "config": ("../x", "mmpose::../../x", "/etc/passwd", "", 5),
    "sha256": ("0", "zz", 5),
    "skeleton": ("evil", 5),
    "name": ("", "mediapipe", 5),
    "url": ("file:///etc/passwd", "http://127.0.0.1:1/"),
}
TEXTS = {
    "empty": "", "list": "[]", "null": "null", "deep": "[" * 10**6, "deep entries": '{"entries":' + "[" * 50_000,
    "entries text": '{"entries": "x"}', "entries numbers": '{"entries": [1, null, "x", []]}', "other script": "힟",
    "nan": '{"entries": NaN}', "twice": json.dumps({"entries": [LIFTER, LIFTER]}),
    "10000 entries": json.dumps({"entries": [{**LIFTER, "name": f"m{i}", "file": f"m{i}"} for i in range(10_000)]}),
}  # fmt: skip


def listed(text: str, file: str, arguments: tuple[str, ...]) -> Build:
    def build(folder: Path) -> None:
        weights = folder / ".home" / "cache" / "weights"
        weights.mkdir(parents=True)
        (weights / file).write_text(text, encoding="utf-8")

    return made(build, *arguments)


def cases() -> Cases:
    for key, values in LIFTER_VALUES.items():
        for number, value in enumerate(values):
            commands = [_LIST, _LIFT]
            if key == "url":
                commands.append(_DOWNLOAD)
            if key in ("file", "name"):
                commands.append(("models", "remove", str(value) if key == "name" else "mine"))
            text = json.dumps({"version": 1, "entries": [{**LIFTER, key: value}]})
            yield from _each("lifters", f"{key} {str(value)[:20]!r} {number}", text, LIFTERS, commands)
    for key, values in DETECTOR_VALUES.items():
        for number, value in enumerate(values):
            commands = [_LIST, ("models", "remove", "mine"), _DOWNLOAD, _DETECT]
            text = json.dumps({"version": 1, "entries": [{**DETECTOR, key: value}]})
            yield from _each("detectors", f"{key} {str(value)[:20]!r} {number}", text, DETECTORS, commands)
    for file in (LIFTERS, DETECTORS):
        for name, text in TEXTS.items():
            yield from _each(file, name, text, file, [_LIST, ("models", "remove", "mine")])
        for name, make in SPECIAL.items():

            def build(folder: Path, make: Any = make, file: str = file) -> None:
                (folder / ".home" / "cache" / "weights").mkdir(parents=True)
                make(folder / ".home" / "cache" / "weights" / file)

            yield Case(f"{file} is {name}", made(build, *_LIST))


def _each(what: str, name: str, text: str, file: str, commands: list[tuple[str, ...]]) -> Cases:
    for arguments in commands:
        verb = arguments[1] if arguments[0] == "models" else "use"
        build = listed(text, file, arguments)
        yield Case(f"{what} {name} {verb}", build, connects=verb == "download")
