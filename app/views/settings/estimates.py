"""Say which values of scale, camera and floor are estimates."""

from __future__ import annotations

import numpy as np

from app.backend.library_texts import note
from app.languages.translation import translate
from pipeline.core.face.extras import MEASURES
from pipeline.core.take import Take


def estimates_text(take: Take | None) -> str:
    """List which values of scale, camera and floor of `take` were assumed or estimated."""
    if take is None or take.scene is None:
        return ""
    scene = take.scene
    used = {
        "fov": translate("settings_panel", "field of view {fov_deg:.0f}°").format(fov_deg=scene.fov_deg),
        "pitch": translate("settings_panel", "tilt {pitch_deg}°").format(pitch_deg=round(scene.pitch_deg)),
        "roll": translate("settings_panel", "roll {roll_deg}°").format(roll_deg=round(scene.roll_deg)),
        "height": translate("settings_panel", "height"),
    }
    parts = [f"{used[key]} {note(text)}" for key, text in scene.notes.items() if key in used]
    texts = [translate("settings_panel", "Estimates, not measurements: {values}.").format(values=", ".join(parts))]
    return " ".join([*(texts if parts else []), *_faces(take)])


def _faces(take: Take) -> list[str]:
    """Say in how much of the take the face of the best seen person was found, if faces were looked for."""
    asked = take.provenance.get("config", {}).get("detect", {}).get("face", False)
    shares = [
        np.isfinite(track.extras[MEASURES]).all(axis=1).mean() for track in take.tracks2d if MEASURES in track.extras
    ]
    if not shares and not asked:
        return []
    percent = 100 * float(max(shares, default=0.0))
    return [translate("settings_panel", "Face found in {percent:.0f} % of the frames.").format(percent=percent)]
