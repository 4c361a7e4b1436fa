"""Write corrections as plain JSON values, and read them from untrusted ones.

The form is that of `.pose3d` files and of the small files that `hourglass edit --correct` reads:

    {"person": 1, "kind": "move", "joints": ["left_wrist"], "falloff_s": 0.2,
     "keys": [{"frame": 120, "offset_px": [[14.0, -6.5]], "detected_px": [[612.0, 340.5]]}]}

A key may have `at_px` (places in the image) in place of the other two. `hide`, `sides`, `shift` (`offset_px`) and
`scale` (`factor`) have `first` and `last`.
"""

from __future__ import annotations

from typing import Any, get_args

from ...core.corrections.layer import (
    FACTORS,
    FALLOFF_S,
    LAST_FRAME,
    LONGEST_FALLOFF_S,
    LONGEST_NAME,
    MOST_JOINTS,
    MOST_KEYS,
    WHOLE_PERSON,
    Correction,
    Key,
    Kind,
    Point,
)
from ...system.json_fields import JsonFields
from ...system.safe_read import DamagedFile

MOST_CORRECTIONS = 20_000
_LAST_PERSON = 1_000_000
_LONGEST_JOINT = 60  # characters
_FIELDS = {
    "person", "kind", "first", "last", "joints", "keys", "falloff_s", "offset_px", "factor", "on", "name", "asked",
    "note", "limits",
}  # fmt: skip


def to_json(one: Correction) -> dict[str, Any]:
    """Return a correction as JSON values, without fields that have their usual value."""
    out: dict[str, Any] = {"person": one.person, "kind": one.kind}
    if one.kind == "move":
        out["keys"] = [
            {
                "frame": key.frame,
                "offset_px": [list(point) for point in key.offset_px],
                "detected_px": [None if point is None else list(point) for point in key.detected_px],
            }
            for key in one.keys
        ]
    else:
        out |= {"first": one.first, "last": one.last}
    if one.joints:
        out["joints"] = list(one.joints)
    if one.kind in ("move", "shift", "scale"):
        out["falloff_s"] = one.falloff_s
    if one.kind == "shift":
        out["offset_px"] = list(one.offset_px)
    if one.kind == "scale":
        out["factor"] = one.factor
    if not one.on:
        out["on"] = False
    if one.asked:
        out["asked"] = True
    out |= {name: value for name, value in (("name", one.name), ("note", one.note)) if value}
    if one.limits is not None:
        out["limits"] = list(one.limits)
    return out


def correction_from(fields: JsonFields) -> Correction:
    """Read one correction. Raises `DamagedFile` that names the wrong field."""
    unknown = sorted(set(fields.values) - _FIELDS)
    if unknown:
        raise DamagedFile(f"{fields.place(unknown[0][:60])} is not a known field")
    kind: Kind = fields.choice("kind", get_args(Kind))
    joints = _names(fields)
    keys = tuple(_key(key, len(joints)) for key in _limited(fields, "keys")) if kind == "move" else ()
    if kind == "move" and not keys:
        fields.refuse("keys", "one key or more")
    if kind == "move":
        first, last = keys[0].frame, keys[-1].frame
    else:
        first, last = fields.whole("first", 0, LAST_FRAME), fields.whole("last", 0, LAST_FRAME)
    limits = fields.wholes("limits", 0, LAST_FRAME) if "limits" in fields else None
    if limits is not None and len(limits) != 2:
        fields.refuse("limits", "two frames")
    try:
        return Correction(
            fields.whole("person", 1, _LAST_PERSON),
            kind,
            first,
            last,
            joints,
            keys,
            fields.number("falloff_s", 0.0, LONGEST_FALLOFF_S, FALLOFF_S),
            _point(fields, "offset_px", fields.listed("offset_px", ())) if "offset_px" in fields else (0.0, 0.0),
            fields.number("factor", *FACTORS, 1.0),
            fields.flag("on", True),
            fields.text("name", "", LONGEST_NAME),
            fields.flag("asked", False),
            fields.text("note", "", LONGEST_NAME),
            None if limits is None else (limits[0], limits[1]),
        )
    except DamagedFile:
        raise
    except ValueError as error:
        raise DamagedFile(f"{fields.place('kind')}: {error}") from error


def corrections_from(fields: JsonFields, name: str = "corrections") -> tuple[Correction, ...]:
    """Read a list of corrections; an absent one is empty. Raises `DamagedFile`."""
    if len(fields.listed(name, ())) > MOST_CORRECTIONS:
        raise DamagedFile(f"{fields.place(name)} has more than {MOST_CORRECTIONS} corrections")
    return tuple(correction_from(one) for one in fields.objects(name, ()))


def placed_keys(fields: JsonFields) -> dict[int, dict[str, Point]] | None:
    """Read the keys of a move that say where its joints are (`at_px`): frame -> joint -> px.

    None if the correction is of another kind or its keys have offsets. Raises `DamagedFile`.
    """
    keys = list(_limited(fields, "keys")) if fields.values.get("kind") == "move" else []
    if not keys or not any("at_px" in key for key in keys):
        return None
    joints = _names(fields)
    out: dict[int, dict[str, Point]] = {}
    for key in keys:
        points = [_point(key, "at_px", point) for point in key.listed("at_px")]
        if len(points) != len(joints):
            key.refuse("at_px", f"{len(joints)} points, one for each joint")
        out[key.whole("frame", 0, LAST_FRAME)] = dict(zip(joints, points, strict=True))
    return out


def _names(fields: JsonFields) -> tuple[str, ...]:
    if fields.values.get("kind") in WHOLE_PERSON and "joints" not in fields:
        return ()
    names = fields.texts("joints")
    if len(names) > MOST_JOINTS or any(len(name) > _LONGEST_JOINT for name in names):
        fields.refuse("joints", f"at most {MOST_JOINTS} names of joints")
    return names


def _limited(fields: JsonFields, name: str) -> list[JsonFields]:
    if len(fields.listed(name, ())) > MOST_KEYS:
        raise DamagedFile(f"{fields.place(name)} has more than {MOST_KEYS} entries")
    return list(fields.objects(name, ()))


def _key(fields: JsonFields, joints: int) -> Key:
    offsets, detected = fields.listed("offset_px"), fields.listed("detected_px")
    if len(offsets) != joints or len(detected) != joints:
        fields.refuse("offset_px", f"{joints} points, one for each joint, as detected_px")
    return Key(
        fields.whole("frame", 0, LAST_FRAME),
        tuple(_point(fields, "offset_px", point) for point in offsets),
        tuple(None if point is None else _point(fields, "detected_px", point) for point in detected),
    )


def _point(fields: JsonFields, name: str, value: object) -> Point:
    if (
        not isinstance(value, list)
        or len(value) != 2
        or not all(isinstance(x, int | float) and not isinstance(x, bool) and abs(x) < 1e9 for x in value)
    ):
        fields.refuse(name, "points [x, y] in pixels")
    return float(value[0]), float(value[1])
