"""Damage the file with the window's settings; each value that cannot be used falls back to its default."""

from __future__ import annotations

import contextlib
import os
import random
from pathlib import Path

from tests.attacks.harness.case import Build, Case, Cases, made
from tests.attacks.harness.places import SEED
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL

_NUMBERS = ("nan", "inf", "-1e999", "1e300", "x", "", "-5", "0", "99999999999999999999", "true", "0x10", "１")
_NUMBER_FIELDS = {
    "run": ("height_cm", "fov_deg", "pitch_deg", "smooth_hz", "fill_gap_s", "picture", "motion_share"),
    "live": ("rate_hz", "max_people", "lookahead", "countdown_s", "stop_after_s"),
    "view": ("speed",),
    "compare": ("motion_share",),
}
_PICKLE = (
    "@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\xePyQt_PyObject\\0\\0\\0\\0\\bcos\\nsystem\\n)"  # QSettings would unpickle it
)
_TEXTS = (
    "evil", "../../x", "\\x41", "@Invalid()", "@ByteArray(x)", "@Variant(\\0\\0\\0\\x7f\\0\\0\\0\\x9PyObject\\0)",
    _PICKLE,
    "a, b, c", '"' + "x" * 100_000 + '"', "%00%ff",
)  # fmt: skip
_TEXT_FIELDS = {
    "run": (
        "limbs", "smooth", "bones", "sides", "limits", "foot_lock", "detector", "lifter", "pruner", "recoverer",
        "schedule", "device", "everyone",
    ),
    "live": ("source", "size", "lifter", "detector", "streams", "folder"),
    "export": ("folder", "formats", "preset", "unit"),
    "files": ("recent", "folder"),
    "layout": ("window",),
    "view": ("curve", "curve_parts", "show_joints"),
}  # fmt: skip
_FILES: dict[str, str | bytes] = {
    "empty": b"",
    "noise": random.Random(SEED).randbytes(5000),
    "zeros": bytes(5000),
    "no group": "x=1",
    "100000 keys": "[run]\n" + "".join(f"k{i}=1\n" for i in range(100_000)),
    "a line of 50 MB": "[run]\nx=" + "y" * (50 << 20),
    "the same group twice": "[run]\nx=1\n[run]\nx=2\n",
    "interpolation": "[run]\ndetector=%(lifter)s\nlifter=%(detector)s\n",
    "schedule bomb": "[run]\npruner=TPS\nschedule=" + "1@1," * 10_000,
    "size": "[live]\nsize=9999999999x9999999999\n",
    "limbs": "[run]\nlimbs=thigh=nan,shank=1e999,=,x=5\n",
}


def use(argv: list[str]) -> int:
    """Read the settings and everything that is made of them, and write them again."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.settings import Settings
    from pipeline.core.config import LiftConfig
    from pipeline.core.errors import UserError

    found = Settings()
    for make in (
        lambda: found.run.run_config(1, None, None),
        lambda: found.live.live_config(found.run),
        lambda: found.compare.lift_config(LiftConfig()),
        found.export.options,
    ):
        with contextlib.suppress(UserError):
            make()
    _ = found.live.size_px, found.recent, found.recordings, found.last_folder, found.layout("window")
    _ = found.run.limbs_cm
    found.save()
    Settings()
    return 0


def settings(content: str | bytes) -> Build:
    def build(folder: Path) -> None:
        path = folder / ".home" / "config" / "hourglass.ini"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    return made(build)


def cases() -> Cases:
    for group, names in _NUMBER_FIELDS.items():
        for value in _NUMBERS:
            content = f"[{group}]\n" + "".join(f"{name}={value}\n" for name in names)
            yield Case(f"settings {group} numbers = {value}", settings(content), use)
    for value in _TEXTS:
        content = "".join(
            f"[{group}]\n" + "".join(f"{name}={value}\n" for name in names) for group, names in _TEXT_FIELDS.items()
        )
        yield Case(f"settings texts = {value[:30]!r} {len(value)}", settings(content), use)
    for name, content in _FILES.items():
        yield Case(f"settings {name}", settings(content), use)
    for name, make in SPECIAL.items():
        build = made(lambda folder, make=make: make(folder / ".home" / "config" / "hourglass.ini"))
        yield Case(f"settings is {name}", build, use)
