"""How tall the figure is: from the lifter's normalised body to the person's stature."""

from __future__ import annotations

from ..core.skeletons import chain_length

__all__ = ["ANKLE_PER_STATURE", "ASSUMED_HEIGHT_CM", "STATURE_PER_CHAIN", "chain_from_height", "chain_length"]

# Standing height (floor to head_top) over the chain mean(thigh + shank) + pelvis-thorax + thorax-nose + nose-head_top.
# Measured on the standing frames of the 60 Hz training motion (knees within 0.975 of straight, trunk within 14 degrees
# of vertical, ankles slower than 0.3 m/s and level): medians per subject give 0.990 (CMU), 0.989 (CMU, exponential
# maps), 0.991 (HDM05), 0.981 (UI-PRMD), 1.011 (ReActIdle, not measured bodies). The spread between subjects is 0.01.
STATURE_PER_CHAIN = 0.99

# Height of the ankle joint above the floor in stance over stature: same motion, medians per source 0.040 to 0.056.
ANKLE_PER_STATURE = 0.05

ASSUMED_HEIGHT_CM = 170.0


def chain_from_height(height_cm: float) -> float:
    """Chain length in metres of a person who stands `height_cm` tall."""
    return height_cm / 100 / STATURE_PER_CHAIN
