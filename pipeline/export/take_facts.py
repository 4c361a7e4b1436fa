"""Describe the meaning of exported numbers, for `<stem>.csv.json` and the data formats.

Strict JSON: no NaN.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from ..system.files import printable
from .tracks import Selection

_AXES = "right-handed; x right and y away from the camera along the floor, z up; floor at z = 0"
_ORIGIN = "on the floor under the first known pelvis of the first person lifted"
_COLUMNS = {
    "frame": "index of the video frame, from 0",
    "time_s": "its timestamp in seconds",
    "person": "number of the person, from 1",
    "x, y, z": "place of the joint in world space, metres; empty where the person was not seen",
    "confidence": "of the 2D detection, 0 to 1; 0 where nothing was seen",
    "x2d, y2d": "the detected joint in pixels of the upright picture; empty where it was not seen",
    "error_image_mm, error_depth_mm": "standard errors of the joint relative to the pelvis, along each axis across the "
    "image and in depth: nine of ten are at most 1.645 of them off; empty where they are not known",
}
_HAND_COLUMNS = {
    "observed": "1: the joint was seen; 0: its place is assumed, for a hand that of the relaxed pose",
    "left_hand_observed, right_hand_observed": "the same of each hand, in the wide table",
}


def sidecar_path(folder: Path, stem: str) -> Path:
    return folder / f"{stem}.csv.json"


def sidecar_text(selection: Selection) -> str:
    """Return the sidecar of both kinds of tables."""
    with_hands = any(one.hands is not None for one in selection.people)
    data = {
        "format": "hourglass-csv",
        "version": 1,
        **take_facts(selection),
        "persons": [one.person for one in selection.people],
        "names": {one.person: one.name for one in selection.people},
        "columns": _COLUMNS | (_HAND_COLUMNS if with_hands else {}),
    }
    return json.dumps(plain(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def take_facts(selection: Selection) -> dict[str, Any]:
    """Describe a take in world space: units, axes, rate, skeleton, video, camera, provenance."""
    take, first = selection.take, selection.first
    info, scene, skeleton = take.info, take.scene, first.track.topology
    return {
        "unit": "m",
        "space": "world",
        "axes": _AXES,
        "origin": _ORIGIN,
        "rate_hz": first.rate_hz,
        "variable_rate": info.variable_rate,
        "frames": len(first.frame_index),
        "skeleton": {"name": skeleton.key, "joints": list(skeleton.names), "parents": list(skeleton.parents)},
        "video": {"name": info.name, "width_px": info.width_px, "height_px": info.height_px},
        "scene": None
        if scene is None
        else {
            "note": "an estimate from one camera, not a measurement",
            "fov_deg": scene.fov_deg,
            "pitch_deg": scene.pitch_deg,
            "roll_deg": scene.roll_deg,
            "tilt_sigma_deg": scene.tilt_sigma_deg,
            "camera_position_m": scene.translation.tolist(),
            "world_from_camera": scene.rotation.tolist(),
            **({} if scene.turn is None else {"camera_turn_rotation_vectors": scene.turn.round(6).tolist()}),
            "from": scene.notes,
        },
        "provenance": take.provenance,
    }


def plain(value: Any) -> Any:
    """Return the value with None for numbers that JSON lacks, and text that UTF-8 can hold."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
