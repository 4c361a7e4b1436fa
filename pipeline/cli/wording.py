"""Phrase errors in the terms of the command line: its flags, the program's start command."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from ..core.errors import INSTALLATION, UserError

# Field of the library -> flag. Fields without one are settings that the command line lacks.
FLAGS = {
    "detector": "--detector",
    "max_people": "--max-people",
    "config_path": "--detector-config",
    "checkpoint_path": "--detector-checkpoint",
    "runtime": "--detector-runtime",
    "device": "--device",
    "precision": "--precision",
    "lifter": "--lifter",
    "prune": "--prune",
    "tokens": "--tokens",
    "at": "--at",
    "recover": "--recover",
    "motion": "--motion",
    "heads": "--heads",
    "neighbours": "--neighbours",
    "seq2frame": "--seq2frame",
    "joint_rule": "--joint-rule",
    "smooth": "--smooth-kind",
    "smooth_hz": "--smooth",
    "fill_gap_s": "--fill-gap",
    "bones": "--bones",
    "picture": "--picture",
    "sides": "--sides",
    "limits": "--limits",
    "foot_lock": "--feet",
    "fov_deg": "--fov",
    "pitch_deg": "--pitch",
    "roll_deg": "--roll",
    "height_cm": "--height",
    "heights_cm": "--height",
    "limbs_cm": "--limb",
    "start_s": "--start",
    "end_s": "--end",
    "recorded_fps": "--recorded-fps",
    "camera_motion": "--camera-motion",
    "fps_hz": "--fps",
    "size_px": "--size",
    "output": "--output",
    "video": "--video",
    "persons": "--person",
    "lookahead": "--lookahead",
    "latency_budget_ms": "--latency-budget",
    "loop": "--loop",
    "jobs": "--jobs",
    "as_live": "--as-live",
    "preset": "--preset",
    "unit": "--unit",
    "formats": "--formats",
    "character": "--character",
}
CHECKOUT_SCRIPT = Path(__file__).resolve().parents[2] / "start"
_PACKAGE = "hourglass-pose"


def program() -> str:
    """Return the start command of this program: a checkout's script, or an installed command."""
    if not in_checkout():
        return "hourglass"
    return ".\\start.ps1" if sys.platform == "win32" else "./start"


def reinstall(extra: str = "") -> str:
    """Return the command that reinstalls packages, or that installs an extra."""
    if in_checkout():
        return f"{program()} --reinstall"
    if extra == "mmpose":  # its chumpy imports pip while it is built
        return f'pip install "setuptools<81" wheel, then pip install --no-build-isolation "{_PACKAGE}[mmpose]"'
    return f'pip install "{_PACKAGE}[{extra}]"' if extra else f"pip install --force-reinstall {_PACKAGE}"


def in_checkout() -> bool:
    """Return whether the program runs from its source rather than from an installed package."""
    return CHECKOUT_SCRIPT.is_file()


def flags(fields: Sequence[str], arguments: Collection[str] | None = None) -> list[str]:
    """Return the flags of those fields that have one.

    `arguments` are the names of the options that the running command has; None: unknown.
    """
    known = [FLAGS[field] for field in fields if field in FLAGS]
    return [flag for flag in known if arguments is None or flag[2:].replace("-", "_") in arguments]


def hint(error: UserError, arguments: Collection[str] | None = None) -> str:
    """Return the hint of an error with the flags or commands that it concerns."""
    return with_commands(error.hint, error.fields, arguments)


def with_commands(text: str, fields: Sequence[str], arguments: Collection[str] | None = None) -> str:
    """Return `text` with the flags or commands for `fields` appended."""
    parts = [text] if text else []
    for field in fields:
        kind, _, name = field.partition(":")
        if kind == INSTALLATION:
            parts.append(f"Run {reinstall(name)}." if name else f"Run {reinstall()}; {program()} doctor says more.")
        elif kind in ("download", "remove"):
            parts.append(f"Run {program()} models {kind} {name}.")
    known = flags(fields, arguments)
    if known:
        parts.append(f"{'Option' if len(known) == 1 else 'Options'}: {', '.join(known)}.")
    return " ".join(parts)
