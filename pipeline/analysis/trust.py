"""Tell how much of a track can be trusted, from the standard errors of its joints.

A frame counts as trusted if its joints are typically no further off than `TRUSTED` of the body's size: bones then point
where they should, within about ten degrees. Shapes: `T` frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Doubles, Floats
from ..core.skeletons import chain_length
from ..core.take import Track3D

NINE_OF_TEN = 1.645  # standard errors to either side within which nine of ten true values lie
TRUSTED = 0.065  # share of the body's size (`chain_length`): 11 cm for an adult


@dataclass(frozen=True, slots=True)
class Trust:
    """Hold the trusted share of a person's frames, and the median distance to the truth."""

    share: float
    typical_mm: float
    limit_mm: float  # distance to the truth up to which a frame is trusted


def joint_distance_m(error_m: Floats) -> Doubles:
    """Return standard distances (...) from the truth, metres, of standard errors (..., 2)."""
    across, deep = np.moveaxis(np.asarray(error_m, np.float64), -1, 0)
    return np.asarray(np.sqrt(2 * across**2 + deep**2))


def frame_distance_m(error_m: Floats) -> Doubles:
    """Return the root mean square (T,) distance of the joints of frames, metres.

    From standard errors (T, 17, 2), without the pelvis; NaN where they are not known.
    """
    return np.asarray(np.sqrt((joint_distance_m(error_m)[:, 1:] ** 2).mean(axis=1)))


def trusted_distance_m(track: Track3D) -> float:
    """Return the distance up to which this person's frames are trusted, metres."""
    return TRUSTED * float(np.median(chain_length(track.joints[track.seen])))


def trust_of(track: Track3D) -> Trust | None:
    """Return how much of a track can be trusted; None if its standard errors are not known.

    Frames that were interpolated count as not trusted.
    """
    if track.error_m is None or not np.isfinite(track.error_m).any():
        return None
    distance = frame_distance_m(track.error_m)[track.seen]
    limit = trusted_distance_m(track)
    with np.errstate(invalid="ignore"):
        share = float((distance <= limit).mean())
    return Trust(round(share, 4), round(1000 * float(np.nanmedian(distance)), 1), round(1000 * limit, 1))
