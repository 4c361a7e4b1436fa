"""Word errors of the library for the window, with the names of its controls."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from app.languages.translation import mark, shown, translate
from pipeline.core.errors import INSTALLATION, UserError

# Field of the library -> name of its control in the window.
CONTROLS = {
    "height_cm": mark("Height"),
    "heights_cm": mark("Height"),
    "fov_deg": mark("Field of view"),
    "pitch_deg": mark("Tilt down"),
    "roll_deg": mark("Roll"),
    "smooth_hz": mark("Smoothing"),
    "detector": mark("2D detector"),
    "lifter": mark("3D lifter"),
    "recorded_fps": mark("Recorded at"),
    "camera_motion": mark("Turning camera"),
    "device": mark("Compute on"),
    "prune": mark("Token pruning"),
    "tokens": mark("Token pruning"),
    "at": mark("Token pruning"),
    "recover": mark("Token pruning"),
    "motion": mark("Token pruning"),
    "max_people": mark("People at most"),
    "lookahead": mark("Look-ahead"),
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
            parts.append(
                translate("wording", "In a terminal, {script} --reinstall puts all packages back.").format(
                    script=script
                )
            )
        elif kind == "download":
            parts.append(translate("wording", "The list of models has a Download button for {name}.").format(name=name))
    named = dict.fromkeys(shown(controls[field]) for field in error.fields if field in controls)
    if named:
        parts.append(translate("wording", "In the window: {controls}.").format(controls=", ".join(named)))
    return " ".join(parts)
