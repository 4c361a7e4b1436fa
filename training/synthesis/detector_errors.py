"""What a 2D detector does to the truth: jitter, bias, outliers, occlusion, lost frames, swapped sides, confidence.

The numbers are in `detector_errors.json`, each with the way it was found. Lengths are shares of the person's size in
the picture (median over the window of the longer side of the box around the joints): they hold at any distance.

Shapes: `B` windows, `F` frames, 17 joints. Random only through the generator given.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Floats
from pipeline.core.errors import ConfigError
from pipeline.core.skeletons import H36M17, h36m17_from
from pipeline.lift.inputs.gaps_and_size import median_box_side

PARAMETERS = Path(__file__).with_name("detector_errors.json")

Bools = NDArray[np.bool_]

# What an arm's length of table, a wall or the picture's edge hides, as one.
_GROUPS = (
    (1, 2, 3), (4, 5, 6), (2, 3, 5, 6), (3, 6), (1, 2, 3, 4, 5, 6), (11, 12, 13), (14, 15, 16), (12, 13), (15, 16),
    (13,), (16,), (9, 10), (2, 3), (5, 6),
)  # fmt: skip
_LEG_SWAP, _ARM_SWAP = ((1, 4), (2, 5), (3, 6)), ((11, 14), (12, 15), (13, 16))


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Parameters; see the notes beside each in the file. (17,) per joint, else one number for all."""

    jitter: Doubles  # (17,) standard deviation of what changes from frame to frame at 30 Hz
    drift: Doubles  # (17,) of what wanders within `drift_s`
    drift_s: float
    bias: Doubles  # (17,) of what stays for the whole window
    head_top_shift: float  # head_top of a detector beyond the vertex, in shares of thorax-nose in the picture
    head_top_spread: float
    quality_spread: float  # log-normal spread of all the above between windows
    outlier_rate: float  # per joint and frame
    outlier_size: float
    occlusions_per_s: float
    occlusion_s: float  # mean
    guess_share: float  # an occluded joint is guessed at low confidence; else it is not given at all
    guess_error: float
    partial_share: float  # windows in which a group of joints is hidden all the time
    lost_per_s: float  # the whole person, for a moment
    lost_s: float
    enter_share: float  # windows into which the person enters, or which it leaves
    swap_per_s: float
    swap_s: float
    outside_given: float  # a joint outside the picture is given nevertheless, as a guess
    confidence_seen: tuple[float, float]  # Beta distribution of a joint that is plain to see
    confidence_guess: tuple[float, float]
    # Came later; without them a file draws what it always drew.
    outlier_s: float = 0.0  # mean stay of an outlier; 0: every frame on its own
    outlier_sure: float = 0.2  # an outlier keeps this share of its confidence and more
    swap_body_per_s: float = 0.0  # the whole body taken for its mirror image: front for back
    swap_body_s: float = 0.1
    hip_shift: float = 0.0  # a detector's hips below the mocap's, in shares of pelvis-thorax in the picture
    hip_spread: float = 0.0  # between windows, that is people and detectors
    shoulder_shift: float = 0.0  # its shoulders above them
    shoulder_spread: float = 0.0


def load_model(path: Path = PARAMETERS) -> ErrorModel:
    """Raises `ConfigError` if the file does not fit."""
    try:
        data: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
        values = {name: entry["value"] for name, entry in data["parameters"].items()}
        names = H36M17.names
        for key in ("jitter", "drift", "bias"):
            values[key] = np.array([values[key][_sideless(name)] for name in names])
        for key in ("confidence_seen", "confidence_guess"):
            values[key] = tuple(values[key])
        return ErrorModel(**values)
    except (OSError, ValueError, KeyError, TypeError) as error:
        known = ", ".join(field.name for field in fields(ErrorModel))
        raise ConfigError(f"The detector error model {path} does not fit ({error}).", f"It holds: {known}.") from error


def _sideless(name: str) -> str:
    return name.removeprefix("left_").removeprefix("right_")


def detected(
    image: Doubles, size_px: Doubles, rate_hz: Doubles, model: ErrorModel, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """True image points (B, F, 17, 2) px (NaN: none), pictures (B, 2) px, rates (B,) -> what a detector would say:
    joints (B, F, 17, 2) px, NaN = not seen, and scores (B, F, 17)."""
    B, F = image.shape[:2]
    size = median_box_side(image, np.isfinite(image).all(-1))[:, None, None]  # (B, 1, 1)
    quality = np.exp(rng.normal(0, model.quality_spread, B))[:, None, None]
    hidden = _hidden(model, rng, B, F, rate_hz)
    outside = ~((image >= 0) & (image <= size_px[:, None, None])).all(-1)
    # Outside the picture or hidden all window long, most detectors give nothing or a guess; per window and joint.
    given = np.where(outside, rng.random((B, 1, 17)) < model.outside_given, True)
    unseen = hidden & (rng.random((B, 1, 17)) >= model.guess_share) | ~given
    guessed = (hidden | outside) & ~unseen

    # One quality a frame: blur, turns and occlusion worsen all of a frame's joints at once, and show in the confidence.
    worse = np.exp(
        0.35 * _wander(rng, (B, F, 17, 1), rate_hz, 0.3)[..., 0]
        + 0.25 * _wander(rng, (B, F, 1, 1), rate_hz, 0.3)[..., 0]
    )
    amount = (quality * worse * size)[..., None]
    per_frame = (
        np.clip(30 / rate_hz, 0.5, 1.25)[:, None, None, None] ** 0.5
    )  # detectors on fast video repeat themselves
    at = image + amount * model.jitter[:, None] * per_frame * rng.normal(size=image.shape)
    at += amount * model.drift[:, None] * _wander(rng, image.shape, rate_hz, model.drift_s)
    at += (quality * size)[..., None] * model.bias[:, None] * rng.normal(size=(B, 1, 17, 2))
    head = rng.normal(model.head_top_shift, model.head_top_spread, (B, 1, 1))
    at[:, :, 10] += head * (image[:, :, 10] - image[:, :, 8])
    if model.hip_spread or model.shoulder_spread:
        trunk = (image[:, :, 8] - image[:, :, 0])[:, :, None]
        hips, shoulders = rng.normal(size=(2, B, 1, 1, 1))
        at[:, :, [1, 4]] -= (model.hip_shift + model.hip_spread * hips) * trunk
        at[:, :, [11, 14]] += (model.shoulder_shift + model.shoulder_spread * shoulders) * trunk
    if model.outlier_s > 0:
        far = _bursts(rng, (B, F, 17), model.outlier_rate / model.outlier_s, model.outlier_s, rate_hz)
        way = _wander(rng, image.shape, rate_hz, model.outlier_s)
    else:
        far = rng.random((B, F, 17)) < model.outlier_rate
        way = rng.normal(size=image.shape)
    at += np.where(far, size, 0)[..., None] * model.outlier_size * way
    wrong = np.where(guessed, size, 0)[..., None] * model.guess_error * _wander(rng, image.shape, rate_hz, 0.4)
    at += wrong

    score = rng.beta(*model.confidence_seen, (B, 1, 17)) ** (worse * quality**0.5)
    score = np.where(far, score * rng.uniform(model.outlier_sure, 1, (B, F, 17)), score)
    low = rng.beta(*model.confidence_guess, (B, 1, 17)) ** np.exp(
        0.3 * _wander(rng, (B, F, 17, 1), rate_hz, 0.3)[..., 0]
    )
    score = np.where(guessed, low, score)
    _swap(at, score, model, rng, rate_hz)
    unseen |= _bursts(rng, (B, F, 1), model.lost_per_s, model.lost_s, rate_hz) | _away(model, rng, B, F)
    at = np.where(unseen[..., None], np.nan, at)
    return h36m17_from("h36m17", at, np.where(unseen, 0, score))  # middles of what was seen, as the library makes them


def _wander(rng: np.random.Generator, shape: tuple[int, ...], rate_hz: Doubles, within_s: float) -> Doubles:
    """(B, F, ...) noise of standard deviation one that forgets itself within `within_s` (first-order Markov)."""
    keep = np.exp(-1 / (rate_hz * within_s)).reshape(-1, *[1] * (len(shape) - 2))
    out = rng.standard_normal(shape)
    fresh = np.sqrt(1 - keep**2)
    for f in range(1, shape[1]):
        out[:, f] = keep * out[:, f - 1] + fresh * out[:, f]
    return out


def _bursts(
    rng: np.random.Generator, shape: tuple[int, int, int], per_s: float, mean_s: float, rate_hz: Doubles
) -> Bools:
    """(B, F, n) flags that come `per_s` times a second and stay for `mean_s` on average."""
    B, F, n = shape
    begins = rng.random(shape) < (per_s / rate_hz)[:, None, None]
    out = np.zeros(shape, bool)
    for b, f, k in zip(*np.nonzero(begins), strict=True):
        out[b, f : f + 1 + int(rng.exponential(mean_s) * rate_hz[b]), k] = True
    if F * float((per_s / rate_hz).max()) > 0:  # some have begun before the window
        early = rng.random((B, n)) < per_s * mean_s
        for b, k in zip(*np.nonzero(early), strict=True):
            out[b, : 1 + int(rng.exponential(mean_s) * rate_hz[b]), k] = True
    return out


def _hidden(model: ErrorModel, rng: np.random.Generator, B: int, F: int, rate_hz: Doubles) -> Bools:
    """(B, F, 17) joints hidden for a while, or for the whole window."""
    rate = model.occlusions_per_s / len(_GROUPS)
    groups = _bursts(rng, (B, F, len(_GROUPS)), rate, model.occlusion_s, rate_hz)
    always = rng.random(B) < model.partial_share
    groups[always, :, rng.integers(0, len(_GROUPS), B)[always]] = True
    members = np.zeros((len(_GROUPS), 17), bool)
    for row, group in enumerate(_GROUPS):
        members[row, list(group)] = True
    return (groups[..., None] & members).any(axis=2)


def _away(model: ErrorModel, rng: np.random.Generator, B: int, F: int) -> Bools:
    """(B, F, 1) before the person enters, or after it has left."""
    moment = np.where(rng.random(B) < model.enter_share, rng.integers(1, max(2, F // 2), B), 0)[:, None]
    enters = (rng.random(B) < 0.5)[:, None]
    frame = np.arange(F)[None]
    away = np.where(enters, frame < moment, frame >= F - moment)
    return away[..., None]


def _swap(at: Doubles, score: Doubles, model: ErrorModel, rng: np.random.Generator, rate_hz: Doubles) -> None:
    """Left and right exchanged for a while, legs and arms each on their own or all of the body. In place."""
    B, F = at.shape[:2]
    swapped = _bursts(rng, (B, F, 2), model.swap_per_s, model.swap_s, rate_hz)
    if model.swap_body_per_s > 0:
        swapped |= _bursts(rng, (B, F, 1), model.swap_body_per_s, model.swap_body_s, rate_hz)
    for kind, pairs in enumerate((_LEG_SWAP, _ARM_SWAP)):
        b, f = np.nonzero(swapped[..., kind])
        for one, other in pairs:
            at[b, f, one], at[b, f, other] = at[b, f, other], at[b, f, one].copy()
            score[b, f, one], score[b, f, other] = score[b, f, other], score[b, f, one].copy()
