"""Write `<stem>_report.json`: files, units, axes, rate, checks, and import instructions."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..core.export_options import import_hint
from ..system.files import atomic_write
from .biomechanics.c3d import MAX_FRAMES
from .read_back import check_file
from .take_facts import plain
from .tracks import Selection

_WORLD = "right-handed; x right, y away from the camera, z up; floor at z = 0"
_RIG = "right-handed; y up, facing +z, the left at +x"
_OPENSIM = "right-handed; x toward the camera, y up, z to the left of the picture"
_IMAGE = "x right, y down, from the top left corner of the upright picture"
_MEANING = {
    "glb": ("m", _RIG), "usd": ("m", _RIG), "fbx": ("m", _RIG), "csv": ("m", _WORLD), "csv_wide": ("m", _WORLD),
    "json": ("m", _WORLD), "npz": ("m", _WORLD), "trc": ("m", _OPENSIM), "mot": ("degrees, m", _OPENSIM),
    "c3d": ("mm", _WORLD), "angles": ("degrees", "of the body, see pipeline/analysis/joint_angles.py"),
    "dlc": ("px, m", f"{_IMAGE}; {_WORLD}"), "openpose": ("px", _IMAGE),
    "overlay": ("px", _IMAGE), "side_by_side": ("px", _IMAGE),
}  # fmt: skip
_ONE_RATE = ("bvh", "c3d", "fbx")  # formats that cannot hold a variable rate


def write_report(selection: Selection, folder: Path, stem: str, written: Mapping[str, Sequence[Path]]) -> Path:
    """Read back the files of each exporter in `written`, and write the report."""
    take, people, options = selection.take, selection.people, selection.options
    rate = selection.first.rate_hz
    formats = []
    for name, paths in written.items():
        unit, axes = (options.unit, _RIG) if name == "bvh" else _MEANING.get(name, ("", ""))
        everyone = len(paths) < len(people)  # one file for all persons
        checks = [
            {"file": path.name, "person": one.person, **dataclasses.asdict(check), "passed": check.passed}
            for path, one in ([(paths[0], one) for one in people] if everyone else zip(paths, people, strict=False))
            if not (name == "c3d" and len(one.frame_index) > MAX_FRAMES)
            for check in check_file(name, path, one, options)
        ]
        formats.append(
            {
                "format": name,
                "unit": unit,
                "axes": axes,
                "rate_hz": rate,
                "resampled": selection.first.is_resampled and name in _ONE_RATE,
                "files": [{"name": p.name, "bytes": p.stat().st_size, "sha256": _digest(p)} for p in paths],
                "checks": checks,
                "passed": all(check["passed"] for check in checks) if checks else None,
                "import": import_hint(name, options, rate),
            }
        )
    data: dict[str, Any] = {
        "format": "hourglass-report",
        "version": 1,
        "take": take.info.name,
        "frames": len(selection.first.frame_index),
        "persons": [one.person for one in people],
        "names": {one.person: one.name for one in people},
        "gait": {one.person: one.gait and one.gait.to_json() for one in people},
        "options": dataclasses.asdict(options),
        "variable_rate": take.info.variable_rate,
        "exports": formats,
        "provenance": take.provenance,
    }
    path = folder / f"{stem}_report.json"
    with atomic_write(path, "w") as file:
        file.write(json.dumps(plain(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
