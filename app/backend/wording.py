"""Word errors of the library for the window, with the names of its controls."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from app.languages.translation import QT_TRANSLATE_NOOP, translate
from pipeline.core.errors import INSTALLATION, UserError

# Field of the library -> name of its control in the window.
CONTROLS = {
    "height_cm": QT_TRANSLATE_NOOP("wording", "Height"),
    "heights_cm": QT_TRANSLATE_NOOP("wording", "Height"),
    "fov_deg": QT_TRANSLATE_NOOP("wording", "Field of view"),
    "pitch_deg": QT_TRANSLATE_NOOP("wording", "Tilt down"),
    "roll_deg": QT_TRANSLATE_NOOP("wording", "Roll"),
    "smooth_hz": QT_TRANSLATE_NOOP("wording", "Smoothing"),
    "detector": QT_TRANSLATE_NOOP("wording", "2D detector"),
    "lifter": QT_TRANSLATE_NOOP("wording", "3D lifter"),
    "device": QT_TRANSLATE_NOOP("wording", "Compute on"),
    "prune": QT_TRANSLATE_NOOP("wording", "Token pruning"),
    "tokens": QT_TRANSLATE_NOOP("wording", "Token pruning"),
    "at": QT_TRANSLATE_NOOP("wording", "Token pruning"),
    "recover": QT_TRANSLATE_NOOP("wording", "Token pruning"),
    "motion": QT_TRANSLATE_NOOP("wording", "Token pruning"),
    "max_people": QT_TRANSLATE_NOOP("wording", "People at most"),
    "lookahead": QT_TRANSLATE_NOOP("wording", "Look-ahead"),
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
    named = dict.fromkeys(translate("wording", controls[field]) for field in error.fields if field in controls)
    if named:
        parts.append(translate("wording", "In the window: {controls}.").format(controls=", ".join(named)))
    return " ".join(parts)
