"""Change the arrays of a take: values, types and shapes; exported and edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.attacks.harness.case import Case, Cases

from .pack import Arrays, Change, changed, edited, exported

NAN, INF = float("nan"), float("inf")
ArrayChange = Callable[[np.ndarray], Any]


def filled(value: float) -> ArrayChange:
    return lambda a: np.full_like(a, value)


def one(value: float) -> ArrayChange:
    def change(a: np.ndarray) -> np.ndarray:
        a = a.copy()
        a[len(a) // 2] = value
        return a

    return change


def astype(kind: Any) -> ArrayChange:
    return lambda a: a.astype(kind)


def scaled(factor: float) -> ArrayChange:
    return lambda a: a * factor


CHANGES: dict[str, tuple[ArrayChange, ...]] = {
    "frame_index": (
        filled(0), filled(-5), one(2**62), lambda a: a[::-1], lambda a: a + 0.5, lambda a: a[:0], lambda a: a[:-1],
        astype("M8[s]"), astype(str), lambda a: a[:, None], lambda a: a[0],
    ),
    "time_s": (
        filled(0), filled(NAN), one(NAN), one(INF), one(-1e9), lambda a: a[::-1], scaled(1e12), scaled(1e-12),
        lambda a: a - 1e9, lambda a: np.concatenate([a[:-1], [a[-1] + 3e8]]), astype("m8[s]"), astype(complex),
    ),
    "person1_joints": (
        filled(NAN), filled(INF), filled(0), filled(3e38), one(INF), one(NAN), lambda a: a[:, :5],
        lambda a: a.astype(np.float64) * 1e300, astype(str), astype([("x", "f4")]),
    ),
    "person1_scores": (filled(NAN), filled(-1), filled(INF), filled(1e30)),
    "person1_joints_image": (filled(NAN), filled(INF), filled(3e38), filled(0), lambda a: a[:, :3]),
    "person1_scores_image": (filled(NAN), filled(INF), filled(-1)),
    "person1_lifted": (filled(NAN), filled(INF), filled(0), lambda a: a[:5], lambda a: a[:, :, :2]),
    "person1_kept": (astype(float), lambda a: a[:, :1], astype(str)),
    "scene_rotation": (
        filled(NAN), filled(0), filled(INF), scaled(1e300), lambda a: a[:2], astype(str), astype(complex),
    ),
    "scene_translation": (filled(NAN), filled(INF), astype(str), lambda a: a[:1], astype("M8[s]")),
    "person1_reprojection_px": (filled(NAN), lambda a: a[:2], astype(str)),
}  # fmt: skip


def cases() -> Cases:
    for name, changes in CHANGES.items():
        for number, change in enumerate(changes):
            yield Case(f"array {name} {number}", exported(changed(_array(name, change))))
            if "lifted" in name or "image" in name or name in ("time_s", "frame_index"):
                yield Case(f"edit array {name} {number}", edited(changed(_array(name, change))))
        yield Case(f"no array {name}", exported(changed(lambda header, arrays, name=name: arrays.pop(name))))


def _array(name: str, change: ArrayChange) -> Change:
    def changing(header: dict[str, Any], arrays: Arrays) -> None:
        arrays[name] = np.asarray(change(arrays[name]))

    return changing
