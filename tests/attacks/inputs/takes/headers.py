"""Change single values of a take's header: types, ranges, names that are code; exported and edited."""

from __future__ import annotations

from typing import Any

from tests.attacks.harness.case import Case, Cases

from .pack import changed, drop, edited, exported, put

NAN, INF = float("nan"), float("inf")

INFO: dict[str, tuple[Any, ...]] = {
    "info.fps_hz": (0, -30, 1e-9, 1e12, NAN, INF, "thirty", None, [], True, 10**400),
    "info.width_px": (0, -1, 2**40, NAN, 1.5, "wide", None),
    "info.height_px": (0, "high", 10**400),
    "info.duration_s": (-1, NAN, "long"),
    "info.frame_count": (-1, "many", 10**18),
    "info.variable_rate": (True, "yes", None),
    "info.fov_deg": (0, 180, -10, 360, NAN, "wide"),
    "info.name": ("", "../../../../tmp/PWNED", "\x1b[2J\x1b]0;PWN\x07", "a\nb", 5, None, ["x"], "n" * 10**6),
    "info.path": (
        "/dev/zero", "/etc/passwd", "http://127.0.0.1:9/x.mp4", "concat:/etc/passwd", "\0", 5, None, "x" * 10**5,
    ),
    "info.rotation_deg": (45, "x"),
    "info.content_key": (None, 7),
    "info.slow_motion": (0, -1, NAN, INF, 1e300, "x", None),
    "info.notes": (5, "x", [5], [None], ["\x1b[2J"], ["n" * 10**6], [[]], {}),
    "info.turned_deg": (45, -90, 10**18, NAN, "x", None),
}  # fmt: skip
CORRECTIONS: dict[str, tuple[Any, ...]] = {
    "corrections": (
        5, "x", {"1": 2}, [5], [{}], [{"person": 1, "kind": "hide", "first": 0, "last": 5, "joints": ["nose"]}],
        [{"person": 99, "kind": "sides", "first": 0, "last": 5}], [{"person": 1, "kind": "move", "joints": ["nose"]}],
        [{"person": 1, "kind": "scale", "first": 0, "last": 5, "factor": NAN}],
        [{"person": 1, "kind": "shift", "first": 0, "last": 2**41, "offset_px": [1e300, 0]}],
        [{"person": 1, "kind": "sides", "first": 5, "last": 1}] * 3,
    ),
    "detected": (5, "x", [5], [{"person": 1, "skeleton": "coco17"}], [{"person": 99}], [{}]),
}  # fmt: skip
PEOPLE: dict[str, tuple[Any, ...]] = {
    "names": (
        {"1": "=cmd|' /C calc'!A0"}, {"1": "../../PWNED"}, {"1": "a\nb\tc\",;"}, {"1": "x" * 10**5}, {"1": None},
        {"1": ["l"]}, {"1": "\ud800"}, {"x": "a"}, {"-5": "a"}, [1], "Ada", None, {"1": '"><script>"/>'}, {"1": "nan"},
        {"1": "\x1b[31mred"}, {"1": "名前 🤸‍♀️ ́"}, {"99999999999999999999": "a"}, {"1": "%d%n%s"},
        {"1": "Person 2", "2": "Person 1"},
    ),
    "tracks2d": ([], None, 5, [[]], ["x"]),
    "tracks2d.0.person": (0, -1, 2, 99, "1", "x", None, 1.5, 10**30, [1], True),
    "tracks2d.0.skeleton": ("coco17", "nobody", 5, None, [], {}),
    "tracks3d": ([], None, [5]),
    "tracks3d.0.person": (2, 0, -1, 99, "x", None, "../x"),
    "tracks3d.0.space": ("camera", "moon", 5, None),
    "tracks3d.0.skeleton": ("coco17", "nobody", 5),
    "lifted": ([], 5, None),
    "lifted.0.unit_stature_m": (0, -1, NAN, INF, "x", 1e300),
    "lifted.0.person": (99, "x"),
    "token_stages": ([], 5, [5], [{"person": 1, "blocks": []}]),
    "token_stages.0.blocks": ([-1, 10**30], "ab", [1] * 10**5),
    "token_stages.0.person": (99,),
}  # fmt: skip
SCENE: dict[str, tuple[Any, ...]] = {
    "scene": (None, 5, [], {}, "x"),
    "scene.fov_deg": (0, 180, NAN, -1, 1e9, "x", None),
    "scene.pitch_deg": (NAN, "x", 1e300),
    "scene.roll_deg": (None, "x"),
    "scene.tilt_sigma_deg": ("x", [], NAN),
    "scene.notes": (5, None, [1], {"fov": 5}, {"a\x1b[2J": "b"}),
    "scene.findings": (
        5, [5], [{"person": 1}], [{"evil": 1}],
        [{"person": "x", "kind": 5, "first": "a", "last": None, "repaired": 0, "note": 5}],
        [{"person": 1, "kind": "gap", "first": -9, "last": 10**9, "repaired": False, "note": ""}],
    ),
}  # fmt: skip
PROVENANCE: dict[str, tuple[Any, ...]] = {
    "complete": ("no", None, {}),
    "provenance": (
        None, [], "x", {}, {"config": 5}, {"config": {"post": 5}}, {"config": {"lift": {"lifter": "../../x"}}},
        {"edits": 5},
    ),
    "provenance.config.scene": (5, {"fov_deg": "x"}, {"limbs_cm": 5}, {"limbs_cm": {"thigh": "x"}}, {"height_cm": NAN}),
    "provenance.config.post": ({"smooth_hz": NAN}, {"smooth": 5}, {"picture": "x"}),
    "provenance.config.persons": ([], ["x"], 5, [0]),
    "provenance.config.recorded_fps": (0, -1, NAN, "x", 1e300),
    "version": (2, 0, "1", None, 1.0, True),
    "format": ("x", None, ["hourglass-pose3d"]),
}  # fmt: skip
HEADER = INFO | CORRECTIONS | PEOPLE | SCENE | PROVENANCE
# Values that an edit computes with.
EDITABLE = (
    "info.fps_hz", "info.width_px", "info.fov_deg", "info.slow_motion", "info.turned_deg", "provenance",
    "provenance.config.scene", "provenance.config.post", "provenance.config.persons", "scene.fov_deg",
    "corrections", "detected",
    "lifted.0.unit_stature_m", "lifted.0.person", "tracks2d.0.person", "names", "scene.findings", "tracks3d.0.person",
)  # fmt: skip


def cases() -> Cases:
    for path, values in HEADER.items():
        for number, value in enumerate(values):
            name = f"{path} = {str(value)[:24]!r} {number}"
            yield Case(name, exported(changed(put(path, value))))
            if path in EDITABLE:
                yield Case(f"edit {name}", edited(changed(put(path, value))))
        if path != "provenance.config.recorded_fps":  # a take of an older version does not have it
            yield Case(f"no {path}", exported(changed(drop(path))))
