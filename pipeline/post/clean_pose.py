"""The pose of one person in every frame, root-relative: what is done between the lifter and the root's path.

gaps (smooth.fill_gaps) -> one body (bones, inverse) -> knees and elbows (limits) -> exchanged sides (sides) -> onto the
picture (picture) and low-pass (smooth, adaptive), twice -> knees and elbows again -> sudden turns (turns).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..body.adaptive_filter import adaptive
from ..body.body_fit import fitted
from ..body.bones import Body, measure_body, with_body
from ..body.filters import fill_gaps, low_pass, savitzky_golay
from ..body.stature import stature_chain_m
from ..core.arrays import Doubles, Floats
from ..core.camera import Camera
from ..core.config import PostConfig, RunConfig
from ..core.take import FindingKind
from .image_refinement import drawn_onto_picture, lines_of_sight, placed
from .joint_limits import backward, repaired, turned_aside
from .left_right import exchanged, exchanged_back, mostly, walks_backward
from .left_right_network import EXCHANGED, sides_score
from .turn_rate import limited_turns

_ROUNDS = 2  # of drawing onto the picture: the root's path depends on the pose and the other way round
_TINY_M = 1e-3
_LEAST_TRUST = 0.2  # the lifter says something about every joint, seen or not

Marks = list[tuple[FindingKind, NDArray[np.bool_], bool]]


@dataclass(frozen=True, slots=True)
class Posed:
    """The pose, and the 2D joints as they are after exchanged sides were put right.

    `marks`: kind of finding, the frames (T,), and whether they were repaired.
    """

    relative: Doubles  # (T, 17, 3) camera axes, joint 0 at zero, true size, NaN = not known
    joints_image: Floats  # (T, 17, 2) px
    scores: Floats  # (T, 17)
    marks: Marks = field(default_factory=list)


def posed(relative: Doubles, joints_image: Floats, scores: Floats, camera: Camera, config: RunConfig) -> Posed:
    """Clean the lifter's (T, 17, 3) at true size by the steps of `config.post`, with (T, 17, 2) px and scores (T, 17).

    Stature and measured limbs are those of `config.scene`.
    """
    post, rate_hz, chain_m = config.post, camera.rate_hz, stature_chain_m(config.scene)
    joints = np.array(relative, np.float64)
    seen = np.isfinite(joints).all(axis=(1, 2))
    joints[~seen] = np.nan
    marks: Marks = []
    filled = fill_gaps(joints, seen, round(post.fill_gap_s * rate_hz))
    marks.append(("gap", filled, True))
    seen = seen | filled
    if not seen.any():
        return Posed(joints, joints_image, scores)

    body = measure_body(joints)
    has_body = post.bones != "off" and body.chain_m > _TINY_M
    body = body.scaled(chain_m / max(body.chain_m, _TINY_M)).with_limbs(config.scene.limbs_m)

    def of_body(points: Doubles, trust: Doubles) -> Doubles:
        return _of_body(points, trust, body, post) if has_body else points - points[:, :1]

    # With each joint counting the same: what the lifter says does not depend on how well a joint was seen.
    lifted = of_body(joints, np.ones(scores.shape))
    sights = lines_of_sight(joints_image, camera)
    lifted, wrong = _hinges(lifted, sights, post)
    root = placed(lifted, joints_image, scores, camera)
    if post.sides != "off":
        found = exchanged(lifted + root[:, None], sights[..., :2])
        marks.append(("sides", found.any(axis=1), post.sides == "repair"))
        if post.sides == "repair" and found.any():
            joints_image, scores = exchanged_back(joints_image, found), exchanged_back(scores, found)
            sights = lines_of_sight(joints_image, camera)
        score, walking = sides_score(joints_image, scores, camera), walks_backward(lifted, root, rate_hz)
        marks += _swapped_throughout(found, seen, score, walking, post)

    joints = lifted
    sure = np.nan_to_num(scores.astype(np.float64)).clip(0, 1)
    for _ in range(_ROUNDS if post.picture > 0 else 1):
        if post.picture > 0:
            wanted, sure = drawn_onto_picture(lifted, joints, joints_image, scores, camera, post.picture)
        else:
            wanted = lifted
        trust = np.where(filled[:, None], 0.0, _LEAST_TRUST + sure)
        joints = of_body(smoothed(wanted, trust, seen, rate_hz, post), trust)
    joints, still = _hinges(joints, sights, post)
    if has_body and post.calm_turns:
        joints, turned = limited_turns(joints, body, rate_hz)
        marks.append(("sudden_turn", turned, True))
        if post.limits == "repair":  # on its way a bone may pass through where it cannot be
            joints, passed = turned_aside(joints)
            still |= passed
    if post.limits != "off":
        left = backward(joints).any(axis=1)
        marks.append(("backward_joint", (wrong | still).any(axis=1) & ~left, True))
        marks.append(("backward_joint", left, False))
    return Posed(joints, joints_image, scores, marks)


def _swapped_throughout(
    found: NDArray[np.bool_], seen: NDArray[np.bool_], score: float | None, walking: NDArray[np.bool_] | None,
    post: PostConfig,
) -> Marks:  # fmt: skip
    """Tell of left-right swaps all through the take: frames (T, 2) `found`, the network's score, backward walking."""
    if mostly(found, seen):
        return [("sides_throughout", found.any(axis=1), post.sides == "repair")]
    if score is not None and score < EXCHANGED:
        return [("sides_throughout", seen, False)]
    if walking is not None and (score is None or score < -EXCHANGED):  # people do walk backward
        return [("sides_throughout", walking, False)]
    return []


def smoothed(joints: Doubles, trust: Doubles, seen: NDArray[np.bool_], rate_hz: float, post: PostConfig) -> Doubles:
    """(T, 17, 3), (T, 17) weights -> low-passed as `post` says; zero phase, runs of `seen` frames one by one."""
    if post.smooth == "adaptive":
        return adaptive(joints, trust, seen, rate_hz, post.smooth_hz)
    if post.smooth == "butterworth":
        return low_pass(joints, seen, rate_hz, post.smooth_hz)
    if post.smooth == "savitzky_golay":
        return savitzky_golay(joints, seen, rate_hz, post.smooth_hz)
    return joints.copy()


def _hinges(joints: Doubles, sights: Doubles, post: PostConfig) -> tuple[Doubles, NDArray[np.bool_]]:
    if post.limits == "repair":
        return repaired(joints, sights)
    return joints, backward(joints) if post.limits == "list" else np.zeros((len(joints), 4), np.bool_)


def _of_body(joints: Doubles, trust: Doubles, body: Body, post: PostConfig) -> Doubles:
    fit = fitted(joints, trust, body) if post.bones == "fit" else with_body(joints, body)
    return fit - fit[:, :1]
