"""Simulate the errors of a 2D detector on true image joints.

Covered are noise, bias, outliers, occlusion, missed frames, left-right swaps and scores. The parameters are in
`detector_errors.json`, each with how it was measured or estimated. Lengths are shares of the person's image size
(longer side of the box around the joints, median over the window), so they hold at any distance.

Shapes: `B` windows, `F` frames, 17 joints. Randomness comes only from the generator passed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
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

# H36M-17 joints that furniture, a wall or the image border hides together.
_OCCLUSION_GROUPS = (
    (1, 2, 3), (4, 5, 6), (2, 3, 5, 6), (3, 6), (1, 2, 3, 4, 5, 6), (11, 12, 13), (14, 15, 16), (12, 13), (15, 16),
    (13,), (16,), (9, 10), (2, 3), (5, 6),
)  # fmt: skip
_LEG_SWAP, _ARM_SWAP = ((1, 4), (2, 5), (3, 6)), ((11, 14), (12, 15), (13, 16))  # left-right pairs of H36M-17


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """Parameters of a detector: (17,) per joint, else one number for all joints.

    The file notes the origin of each. Lengths are shares of the person's image size unless noted; standard deviations
    are per image axis.
    """

    jitter: Doubles  # (17,) standard deviation of the part that changes from frame to frame at 30 Hz
    drift: Doubles  # (17,) standard deviation of the part with correlation time `drift_s`
    drift_s: float
    bias: Doubles  # (17,) standard deviation of the part that is constant over a window
    head_top_shift: float  # mean of head_top beyond the vertex of the skull, shares of thorax-head_top in the image
    head_top_spread: float  # its standard deviation between windows
    quality_spread: float  # log-normal standard deviation, between windows, of all the above
    outlier_rate: float  # share of joints and frames
    outlier_size: float
    occlusions_per_s: float
    occlusion_s: float  # mean duration
    guess_share: float  # share of occluded joints that are guessed at low confidence; the others are missing
    guess_error: float
    partial_share: float  # share of windows in which a group of joints is occluded throughout
    lost_per_s: float  # rate at which the whole person is missed
    lost_s: float
    enter_share: float  # share of windows in which the person enters or leaves
    swap_per_s: float  # rate of left-right swaps of the legs or the arms
    swap_s: float
    outside_given: float  # share of joints outside the image that are reported nevertheless, as a guess
    confidence_seen: tuple[float, float]  # Beta distribution of the score of a clearly visible joint
    confidence_guess: tuple[float, float]
    # Added later; the defaults leave the random draws of older files unchanged.
    outlier_s: float = 0.0  # mean duration of an outlier; 0: every frame is independent
    outlier_sure: float = 0.2  # an outlier keeps at least this share of its score
    swap_body_per_s: float = 0.0  # rate of left-right swaps of the whole body: front taken for back
    swap_body_s: float = 0.1
    hip_shift: float = 0.0  # detector's hips below the mocap's, shares of pelvis-thorax in the image
    hip_spread: float = 0.0  # its standard deviation between windows, that is, between people and detectors
    shoulder_shift: float = 0.0  # detector's shoulders above the mocap's, likewise
    shoulder_spread: float = 0.0


def load_model(path: Path = PARAMETERS) -> ErrorModel:
    """Load the parameters of a detector.

    Raises `ConfigError` if the file does not match `ErrorModel`.
    """
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


def for_detector_joints(model: ErrorModel) -> ErrorModel:
    """Return the errors of a detector on bodies in a detector's convention.

    Its hips, shoulders and head are then not shifted against those of motion capture. What remains is the median shift
    of BlazePose full and heavy against the regressed joints of rendered bodies (`training.synthesis.people.statistics`,
    converted to shares of the trunk), and spreads for other people and detectors.
    """
    return replace(
        model,
        hip_shift=-0.015, hip_spread=0.02, shoulder_shift=0.01, shoulder_spread=0.02,
        head_top_shift=0.0, head_top_spread=0.05,
    )  # fmt: skip


def like_rendered_people(model: ErrorModel) -> ErrorModel:
    """Return the errors of a detector in hard scenes.

    As measured with BlazePose on rendered people. Their rooms, furniture, crops, backs and small figures are harder
    than the footage of `detector_errors.json`. Values are those of `training.synthesis.people.statistics` over full and
    heavy, or an estimate between both.
    """
    return replace(
        model,
        jitter=1.3 * model.jitter, drift=1.4 * model.drift, bias=1.6 * model.bias,
        outlier_rate=0.05, outlier_size=0.09, guess_error=0.09,
        occlusions_per_s=0.8, occlusion_s=0.5, partial_share=0.25,
        swap_body_per_s=0.3, swap_body_s=0.35,
    )  # fmt: skip


def _sideless(name: str) -> str:
    return name.removeprefix("left_").removeprefix("right_")


def simulate_detector(
    image: Doubles, size_px: Doubles, rate_hz: Doubles, model: ErrorModel, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Simulate a detector on true image points (B, F, 17, 2) px, NaN where there is none.

    `size_px` (B, 2) are image sizes, `rate_hz` (B,) frame rates. Returns joints (B, F, 17, 2) px, NaN = not seen, and
    scores (B, F, 17).
    """
    B, F = image.shape[:2]
    size = median_box_side(image, np.isfinite(image).all(-1))[:, None, None]  # (B, 1, 1)
    quality = np.exp(rng.normal(0, model.quality_spread, B))[:, None, None]
    occluded = _occluded(model, rng, B, F, rate_hz)
    outside = ~((image >= 0) & (image <= size_px[:, None, None])).all(-1)
    # Outside the image or occluded, a detector reports nothing or a guess: drawn per window and joint.
    reported = np.where(outside, rng.random((B, 1, 17)) < model.outside_given, True)
    missing = occluded & (rng.random((B, 1, 17)) >= model.guess_share) | ~reported
    guessed = (occluded | outside) & ~missing

    # Blur, rotation and self-occlusion worsen all joints of a frame together, and lower their scores.
    difficulty = np.exp(
        0.35 * _markov_noise(rng, (B, F, 17, 1), rate_hz, 0.3)[..., 0]
        + 0.25 * _markov_noise(rng, (B, F, 1, 1), rate_hz, 0.3)[..., 0]
    )
    scale_px = (quality * difficulty * size)[..., None]
    # Jitter per frame is smaller at high frame rates, where consecutive frames are nearly the same image.
    per_frame = np.clip(30 / rate_hz, 0.5, 1.25)[:, None, None, None] ** 0.5
    joints = image + scale_px * model.jitter[:, None] * per_frame * rng.normal(size=image.shape)
    joints += scale_px * model.drift[:, None] * _markov_noise(rng, image.shape, rate_hz, model.drift_s)
    joints += (quality * size)[..., None] * model.bias[:, None] * rng.normal(size=(B, 1, 17, 2))
    head_shift = rng.normal(model.head_top_shift, model.head_top_spread, (B, 1, 1))
    joints[:, :, 10] += head_shift * (image[:, :, 10] - image[:, :, 8])
    if model.hip_spread or model.shoulder_spread:
        trunk = (image[:, :, 8] - image[:, :, 0])[:, :, None]
        hips, shoulders = rng.normal(size=(2, B, 1, 1, 1))
        joints[:, :, [1, 4]] -= (model.hip_shift + model.hip_spread * hips) * trunk
        joints[:, :, [11, 14]] += (model.shoulder_shift + model.shoulder_spread * shoulders) * trunk
    if model.outlier_s > 0:
        outlier = _bursts(rng, (B, F, 17), model.outlier_rate / model.outlier_s, model.outlier_s, rate_hz)
        direction = _markov_noise(rng, image.shape, rate_hz, model.outlier_s)
    else:
        outlier = rng.random((B, F, 17)) < model.outlier_rate
        direction = rng.normal(size=image.shape)
    joints += np.where(outlier, size, 0)[..., None] * model.outlier_size * direction
    guess_px = np.where(guessed, size, 0)[..., None] * model.guess_error
    joints += guess_px * _markov_noise(rng, image.shape, rate_hz, 0.4)

    score = rng.beta(*model.confidence_seen, (B, 1, 17)) ** (difficulty * quality**0.5)
    score = np.where(outlier, score * rng.uniform(model.outlier_sure, 1, (B, F, 17)), score)
    guess_score = rng.beta(*model.confidence_guess, (B, 1, 17)) ** np.exp(
        0.3 * _markov_noise(rng, (B, F, 17, 1), rate_hz, 0.3)[..., 0]
    )
    score = np.where(guessed, guess_score, score)
    _swap_sides(joints, score, model, rng, rate_hz)
    missing |= _bursts(rng, (B, F, 1), model.lost_per_s, model.lost_s, rate_hz) | _absent(model, rng, B, F)
    joints = np.where(missing[..., None], np.nan, joints)
    return h36m17_from("h36m17", joints, np.where(missing, 0, score))  # recomputes midpoints as the library does


# m at unit stature: standard deviation of the error of BlazePose's own depth by joint, and the range of its gain, over
# 20 000 frames of rendered people (full and heavy alike; correlation with the truth 0.76 in the median frame). On real
# video it is better (0.92 to 0.96 in three of four views, heavy), so every window has a share of these errors.
_DEPTH_ERROR_M = np.array(
    [0, 0.021, 0.1, 0.15, 0.021, 0.1, 0.15, 0.05, 0.09, 0.137, 0.13, 0.092, 0.115, 0.162, 0.092, 0.115, 0.162]
)
_DEPTH_GAIN = (0.5, 1.0)
_DEPTH_ERROR_SHARE = (0.25, 1.1)
_LEGS_IN_COMMON = 0.45  # share of the variance that the joints of both legs have in common, likewise both arms and head
_WINDOW_SHARE = 0.5  # share of the variance that is constant over a window


def simulate_depth(depth: Doubles | Floats, rng: np.random.Generator) -> Doubles:
    """Simulate a detector's own depth of the joints, metres behind the pelvis.

    `depth` (B, F, 17) is the true one.
    """
    B, F = depth.shape[:2]

    def noise(joints: int) -> Doubles:
        steady, drift = rng.normal(size=(B, 1, joints)), rng.normal(size=(B, F, joints))
        return np.asarray(np.sqrt(_WINDOW_SHARE) * steady + np.sqrt(1 - _WINDOW_SHARE) * drift)

    below, above = noise(1), noise(1)
    common = np.concatenate([np.broadcast_to(below, (B, F, 7)), np.broadcast_to(above, (B, F, 10))], -1)
    error = np.sqrt(_LEGS_IN_COMMON) * common + np.sqrt(1 - _LEGS_IN_COMMON) * noise(17)
    gain, share = (rng.uniform(*limits, (B, 1, 1)) for limits in (_DEPTH_GAIN, _DEPTH_ERROR_SHARE))
    return np.asarray(gain * depth + share * _DEPTH_ERROR_M * error)


def _markov_noise(rng: np.random.Generator, shape: tuple[int, ...], rate_hz: Doubles, within_s: float) -> Doubles:
    """Draw Markov noise (B, F, ...) of standard deviation 1 and correlation time `within_s`."""
    keep = np.exp(-1 / (rate_hz * within_s)).reshape(-1, *[1] * (len(shape) - 2))
    out = rng.standard_normal(shape)
    fresh = np.sqrt(1 - keep**2)
    for f in range(1, shape[1]):
        out[:, f] = keep * out[:, f - 1] + fresh * out[:, f]
    return out


def _bursts(
    rng: np.random.Generator, shape: tuple[int, int, int], per_s: float, mean_s: float, rate_hz: Doubles
) -> Bools:
    """Draw flags (B, F, n) that rise `per_s` times a second and last `mean_s` on average."""
    B, F, n = shape
    begins = rng.random(shape) < (per_s / rate_hz)[:, None, None]
    out = np.zeros(shape, bool)
    for b, f, k in zip(*np.nonzero(begins), strict=True):
        out[b, f : f + 1 + int(rng.exponential(mean_s) * rate_hz[b]), k] = True
    if F * float((per_s / rate_hz).max()) > 0:  # bursts that began before the window
        early = rng.random((B, n)) < per_s * mean_s
        for b, k in zip(*np.nonzero(early), strict=True):
            out[b, : 1 + int(rng.exponential(mean_s) * rate_hz[b]), k] = True
    return out


def _occluded(model: ErrorModel, rng: np.random.Generator, B: int, F: int, rate_hz: Doubles) -> Bools:
    """Draw which joints (B, F, 17) are occluded, for a while or for the whole window."""
    rate = model.occlusions_per_s / len(_OCCLUSION_GROUPS)
    groups = _bursts(rng, (B, F, len(_OCCLUSION_GROUPS)), rate, model.occlusion_s, rate_hz)
    always = rng.random(B) < model.partial_share
    groups[always, :, rng.integers(0, len(_OCCLUSION_GROUPS), B)[always]] = True
    members = np.zeros((len(_OCCLUSION_GROUPS), 17), bool)
    for row, group in enumerate(_OCCLUSION_GROUPS):
        members[row, list(group)] = True
    return (groups[..., None] & members).any(axis=2)


def _absent(model: ErrorModel, rng: np.random.Generator, B: int, F: int) -> Bools:
    """Draw the frames (B, F, 1) before the person enters or after it leaves."""
    moment = np.where(rng.random(B) < model.enter_share, rng.integers(1, max(2, F // 2), B), 0)[:, None]
    enters = (rng.random(B) < 0.5)[:, None]
    frame = np.arange(F)[None]
    away = np.where(enters, frame < moment, frame >= F - moment)
    return away[..., None]


def _swap_sides(joints: Doubles, score: Doubles, model: ErrorModel, rng: np.random.Generator, rate_hz: Doubles) -> None:
    """Swap left and right joints in bursts, of legs, arms or the whole body. In place."""
    B, F = joints.shape[:2]
    swapped = _bursts(rng, (B, F, 2), model.swap_per_s, model.swap_s, rate_hz)
    if model.swap_body_per_s > 0:
        swapped |= _bursts(rng, (B, F, 1), model.swap_body_per_s, model.swap_body_s, rate_hz)
    for kind, pairs in enumerate((_LEG_SWAP, _ARM_SWAP)):
        b, f = np.nonzero(swapped[..., kind])
        for one, other in pairs:
            joints[b, f, one], joints[b, f, other] = joints[b, f, other], joints[b, f, one].copy()
            score[b, f, one], score[b, f, other] = score[b, f, other], score[b, f, one].copy()
