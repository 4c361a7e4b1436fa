"""The pose of one person in every frame, root-relative: what is done between the lifter and the root's path.

gaps (smooth.fill_gaps) -> low-pass (smooth, adaptive) -> one body (bones, inverse) -> onto the picture (picture).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.config import PostConfig
from pipeline.post.adaptive import adaptive
from pipeline.post.bones import Body, measure_body, with_body
from pipeline.post.inverse import fitted
from pipeline.post.picture import View, drawn_onto_picture
from pipeline.post.smooth import fill_gaps, low_pass, savitzky_golay
from pipeline.types import Doubles, Floats

_ROUNDS = 2  # of drawing onto the picture: the root's path depends on the pose and the other way round
_TINY_M = 1e-3
_LEAST_TRUST = 0.2  # the lifter says something about every joint, seen or not


@dataclass(frozen=True, slots=True)
class Posed:
    """`relative` (T, 17, 3) camera axes, joint 0 at zero, true size, NaN = not known; `filled` (T,) interpolated."""

    relative: Doubles
    filled: NDArray[np.bool_]


def posed(relative: Doubles, joints_image: Floats, scores: Floats, view: View, post: PostConfig) -> Posed:
    """(T, 17, 3) of the lifter at true size, (T, 17, 2) px, (T, 17) -> its pose after the steps of `post`."""
    joints = np.array(relative, np.float64)
    seen = np.isfinite(joints).all(axis=(1, 2))
    joints[~seen] = np.nan
    filled = fill_gaps(joints, seen, round(post.fill_gap_s * view.rate_hz))
    seen = seen | filled
    sure = np.nan_to_num(scores.astype(np.float64)).clip(0, 1)
    trust = np.where(filled[:, None], 0.0, _LEAST_TRUST + sure)

    body = measure_body(joints)
    has_body = post.bones != "off" and body.chain_m > _TINY_M
    body = body.scaled(view.chain_m / max(body.chain_m, _TINY_M))
    if post.picture <= 0 or not seen.any():
        joints = smoothed(joints, trust, seen, view.rate_hz, post)
        return Posed(_of_body(joints, trust, body, post) if has_body else joints, filled)
    lifted = _of_body(joints, trust, body, post) if has_body else joints
    joints = lifted
    for _ in range(_ROUNDS):
        wanted, drawn = drawn_onto_picture(lifted, joints, joints_image, scores, view, post)
        trust = np.where(filled[:, None], 0.0, _LEAST_TRUST + drawn)
        joints = smoothed(wanted, trust, seen, view.rate_hz, post)
        joints = _of_body(joints, trust, body, post) if has_body else joints - joints[:, :1]
    return Posed(joints, filled)


def smoothed(joints: Doubles, trust: Doubles, seen: NDArray[np.bool_], rate_hz: float, post: PostConfig) -> Doubles:
    """(T, 17, 3), (T, 17) weights -> low-passed as `post` says; zero phase, runs of `seen` frames one by one."""
    if post.smooth == "adaptive":
        return adaptive(joints, trust, seen, rate_hz, post.smooth_hz)
    if post.smooth == "butterworth":
        return low_pass(joints, seen, rate_hz, post.smooth_hz)
    if post.smooth == "savitzky_golay":
        return savitzky_golay(joints, seen, rate_hz, post.smooth_hz)
    return joints.copy()


def _of_body(joints: Doubles, trust: Doubles, body: Body, post: PostConfig) -> Doubles:
    fit = fitted(joints, trust, body) if post.bones == "fit" else with_body(joints, body)
    return fit - fit[:, :1]
