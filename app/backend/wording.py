"""Word errors of the library for the window, with the names of its controls."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from pipeline.core.errors import INSTALLATION, UserError

# Field of the library -> name of its control in the window.
CONTROLS = {
    "height_cm": "Height",
    "heights_cm": "Height",
    "fov_deg": "Field of view",
    "pitch_deg": "Tilt down",
    "roll_deg": "Roll",
    "smooth_hz": "Smoothing",
    "detector": "2D detector",
    "lifter": "3D lifter",
    "device": "Compute on",
    "prune": "Token pruning",
    "tokens": "Token pruning",
    "at": "Token pruning",
    "recover": "Token pruning",
    "motion": "Token pruning",
    "max_people": "People at most",
    "lookahead": "Look-ahead",
}


def text(error: UserError, controls: Mapping[str, str] = CONTROLS) -> str:
    """Return what is wrong and what to do in one text."""
    return f"{error.message} {hint(error, controls)}".strip()


def hint(error: UserError, controls: Mapping[str, str] = CONTROLS) -> str:
    """Return the hint of an error with the names of the controls that it is about."""
    parts = [error.hint] if error.hint else []
    for field in error.fields:
        kind, _, name = field.partition(":")
        if kind == INSTALLATION:
            script = ".\\start.ps1" if sys.platform == "win32" else "./start"
            parts.append(f"In a terminal, {script} --reinstall puts all packages back.")
        elif kind == "download":
            parts.append(f"The list of models has a Download button for {name}.")
    named = dict.fromkeys(controls[field] for field in error.fields if field in controls)
    if named:
        parts.append(f"In the window: {', '.join(named)}.")
    return " ".join(parts)
