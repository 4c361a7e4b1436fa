"""Encode a live frame as JSON, the same for UDP and WebSocket (docs/streaming.md)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from ..core.hands.points import HAND_POINTS, SIDES
from ..core.live import LivePerson, LiveResult
from ..core.skeletons import H36M17

FORMAT, VERSION = "hourglass-live", 1
_DIGITS = 4  # decimal places of metres and seconds: 0.1 mm and 0.1 ms
_FACE_DIGITS = 2  # of the weights of a face
_HAND_DIGITS = 3  # of the points of hands: 1 mm, so that a person with hands makes a smaller datagram


def frame_json(result: LiveResult, people: Sequence[LivePerson]) -> str:
    """Encode a frame as one line of JSON; unknown values (NaN) are null."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "frame": result.frame.index,
        "time_s": round(result.frame.time_s, _DIGITS),
        "people_time_s": round(result.people_time_s, _DIGITS),
        "predicted": result.predicted,
        "people": [_person(person) for person in people],
    }
    return json.dumps(document, separators=(",", ":"), allow_nan=False)


def _person(person: LivePerson) -> dict[str, Any]:
    rows = zip(H36M17.names, person.joints.tolist(), person.scores.tolist(), strict=True)
    document: dict[str, Any] = {
        "person": person.person,
        "provisional": person.provisional,
        "joints": {name: [*map(_number, joint), _number(score)] for name, joint, score in rows},
    }
    if person.hands is not None:
        document["hands"] = {
            side: {
                name: [round(value, _HAND_DIGITS) for value in point]
                for name, point in zip(HAND_POINTS, points, strict=True)
            }
            if all(math.isfinite(value) for point in points for value in point)
            else None
            for side, points in zip(SIDES, person.hands.tolist(), strict=True)
        }
    if person.face is not None:
        document["face"] = {name: round(weight, _FACE_DIGITS) for name, weight in person.face.items()}
    return document


def _number(value: float) -> float | None:
    return round(value, _DIGITS) if math.isfinite(value) else None
