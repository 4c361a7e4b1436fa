"""Convert between a person's stature and the chain length that scales the lifter's body."""

from __future__ import annotations

from collections.abc import Mapping

from ..core.config import SceneConfig
from ..core.skeletons import chain_length

__all__ = [
    "ANKLE_PER_STATURE",
    "ASSUMED_HEIGHT_CM",
    "STATURE_PER_CHAIN",
    "ankle_height_m",
    "chain_from_height",
    "chain_length",
    "height_note",
    "stature_chain_m",
]

# Standing height (floor to head_top) over the chain length mean(thigh + shank) + pelvis-thorax-nose-head_top.
# Measured on the standing frames of the 60 Hz training motion (knees within 0.975 of straight, trunk within 14 degrees
# of vertical, ankles slower than 0.3 m/s and level): medians per subject give 0.990 (CMU), 0.989 (CMU, exponential
# maps), 0.991 (HDM05), 0.981 (UI-PRMD), 1.011 (ReActIdle, not measured bodies). The spread between subjects is 0.01.
STATURE_PER_CHAIN = 0.99

# Height of the ankle joint above the floor in stance over stature: same motion, medians per source 0.040 to 0.056.
ANKLE_PER_STATURE = 0.05

ASSUMED_HEIGHT_CM = 170.0  # cm, stature of a person whose height is not given


def chain_from_height(height_cm: float) -> float:
    """Return the chain length in metres of a person with stature `height_cm`."""
    return height_cm / 100 / STATURE_PER_CHAIN


def stature_chain_m(scene: SceneConfig) -> float:
    """Return the chain length in metres of a subject of the set stature, or of the assumed one."""
    return chain_from_height(_height_cm(scene))


def ankle_height_m(scene: SceneConfig) -> float:
    """Return the height in metres of the subject's ankle joint above the floor in stance."""
    return ANKLE_PER_STATURE * _height_cm(scene) / 100


def height_note(heights_cm: Mapping[int, float | None]) -> str:
    """Return where the statures come from; `heights_cm`: person -> height, None if not given."""
    given = [str(person) for person, height in heights_cm.items() if height is not None]
    if not given:
        return "assumed"
    if len(given) == len(heights_cm):
        return "set by the user"
    return f"set by the user for person {', '.join(given)}, else assumed"


def _height_cm(scene: SceneConfig) -> float:
    return ASSUMED_HEIGHT_CM if scene.height_cm is None else scene.height_cm
