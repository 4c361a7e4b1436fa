"""Clean the root-relative pose of one person, between the lifter and the root's path.

gaps (`filters.fill_gaps`) -> one body (`bones`, `body_fit`) -> knees and elbows (`joint_limits`) -> left-right swaps
(`left_right`) -> reprojection refinement (`image_refinement`) and low-pass (`filters`, `adaptive_filter`), twice ->
knees and elbows again -> turn rate (`turn_rate`).
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
from ..body.track_constants import TrackConstants
from ..core.arrays import Doubles, Floats
from ..core.camera import Camera
from ..core.config import PostConfig, RunConfig
from ..core.take import FindingKind
from ..lift.inputs.side_continuity import exchanged_rows, swap_sides
from .image_refinement import lines_of_sight, refine_to_image, solve_root
from .joint_limits import backward, repair_backward, turn_sideways
from .left_right import find_swaps, mostly_swapped, walks_backward
from .left_right_network import EXCHANGED, sides_score
from .turn_rate import limit_turn_rate

_REFINE_ITERATIONS = 2  # root path and pose depend on each other; a third iteration changes nothing measurable
_MIN_CHAIN_M = 1e-3  # m, a body with a shorter chain of bones has no proportions to keep
_MIN_TRUST = 0.2  # weight of joints that the detector did not see: the lifter predicts them, too

Marks = list[tuple[FindingKind, NDArray[np.bool_], bool]]


@dataclass(frozen=True, slots=True)
class CleanPose:
    """Hold the cleaned pose, and the 2D joints after left-right swaps were repaired.

    `marks`: kind of finding, the frames (T,), and whether they were repaired.
    """

    relative: Doubles  # (T, 17, 3) m, camera axes, joint 0 at zero, true size, NaN = not known
    joints_image: Floats  # (T, 17, 2) px
    scores: Floats  # (T, 17)
    marks: Marks = field(default_factory=list)


def clean_pose(
    relative: Doubles,
    joints_image: Floats,
    scores: Floats,
    camera: Camera,
    config: RunConfig,
    constants: TrackConstants | None = None,
) -> CleanPose:
    """Clean lifted joints (T, 17, 3) at true size by the steps of `config.post`.

    `joints_image` (T, 17, 2) px, `scores` (T, 17). Stature and measured limbs are those of `config.scene`.
    `constants`: those of the whole track, where this is a stretch of it; exchanged sides of a whole take are then not
    looked for.
    """
    constants = constants or TrackConstants()
    post, rate_hz, chain_m = config.post, camera.rate_hz, stature_chain_m(config.scene)
    joints = np.array(relative, np.float64)
    seen = np.isfinite(joints).all(axis=(1, 2))
    joints[~seen] = np.nan
    marks: Marks = []
    filled = fill_gaps(joints, seen, round(post.fill_gap_s * rate_hz))
    marks.append(("gap", filled, True))
    seen = seen | filled
    if not seen.any():
        return CleanPose(joints, joints_image, scores)

    body = constants.get("body", lambda: measure_body(joints))
    has_body = post.bones != "off" and body.chain_m > _MIN_CHAIN_M
    body = body.scaled(chain_m / max(body.chain_m, _MIN_CHAIN_M)).with_limbs(config.scene.limbs_m)

    def on_body(points: Doubles, trust: Doubles) -> Doubles:
        return _fit_to_body(points, trust, body, post) if has_body else points - points[:, :1]

    joints_image, scores, exchanged = _continuous(joints_image, scores, rate_hz, post)
    # Equal weights: the lifter's error of a joint does not depend on its detection score.
    lifted = on_body(joints, np.ones(scores.shape))
    lines = lines_of_sight(joints_image, camera)
    lifted, wrong = _check_limits(lifted, lines, post)
    root = solve_root(lifted, joints_image, scores, camera, constants.of("first"))
    if post.sides != "off":
        found = find_swaps(lifted + root[:, None], lines[..., :2])
        if post.sides == "repair" and found.any():
            joints_image, scores = swap_sides(joints_image, found), swap_sides(scores, found)
            lines = lines_of_sight(joints_image, camera)
        found ^= exchanged
        marks.append(("sides", (found & seen[:, None]).any(axis=1), post.sides == "repair"))
        if constants.whole:
            score, walking = sides_score(joints_image, scores, camera), walks_backward(lifted, root, rate_hz)
            marks += _swapped_throughout(found, seen, score, walking, post)

    joints = lifted
    confidence = np.nan_to_num(scores.astype(np.float64)).clip(0, 1)
    for number in range(_REFINE_ITERATIONS if post.picture > 0 else 1):
        again = constants.of(f"refine{number}")
        if post.picture > 0:
            target, confidence = refine_to_image(lifted, joints, joints_image, scores, camera, post.picture, again)
        else:
            target = lifted
        trust = np.where(filled[:, None], 0.0, _MIN_TRUST + confidence)
        joints = on_body(smoothed(target, trust, seen, rate_hz, post, again), trust)
    joints, wrong_again = _check_limits(joints, lines, post)
    if has_body and post.calm_turns:
        joints, turned = limit_turn_rate(joints, body, rate_hz)
        marks.append(("sudden_turn", turned, True))
        if post.limits == "repair":  # a slowed bone may pass through directions beyond a joint limit
            joints, passed = turn_sideways(joints)
            wrong_again |= passed
    if post.limits != "off":
        left = backward(joints).any(axis=1)
        marks.append(("backward_joint", (wrong | wrong_again).any(axis=1) & ~left, True))
        marks.append(("backward_joint", left, False))
    return CleanPose(joints, joints_image, scores, marks)


def _continuous(
    joints_image: Floats, scores: Floats, rate_hz: float, post: PostConfig
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return joints and scores with the sides that the lifter got, and the rows (T, 2) in which they were exchanged."""
    if post.sides != "repair":
        return joints_image, scores, np.zeros((len(scores), 2), np.bool_)
    exchanged = exchanged_rows(joints_image, rate_hz)
    return swap_sides(joints_image, exchanged), swap_sides(scores, exchanged), exchanged


def _swapped_throughout(
    found: NDArray[np.bool_], seen: NDArray[np.bool_], score: float | None, walking: NDArray[np.bool_] | None,
    post: PostConfig,
) -> Marks:  # fmt: skip
    """Mark a left-right swap of the whole take, from swapped frames, the network and the walk.

    `found` (T, 2): swapped frames; `score`: the network's score; `walking` (T,): frames of backward walking.
    """
    if mostly_swapped(found, seen):
        return [("sides_throughout", found.any(axis=1), post.sides == "repair")]
    if score is not None and score < EXCHANGED:
        return [("sides_throughout", seen, False)]
    if walking is not None and (score is None or score < -EXCHANGED):  # real backward walking scores higher
        return [("sides_throughout", walking, False)]
    return []


def smoothed(
    joints: Doubles,
    trust: Doubles,
    seen: NDArray[np.bool_],
    rate_hz: float,
    post: PostConfig,
    constants: TrackConstants | None = None,
) -> Doubles:
    """Low-pass joints (T, 17, 3) with weights (T, 17) by the filter of `post`, with zero phase.

    Each run of `seen` frames is filtered separately.
    """
    if post.smooth == "adaptive":
        return adaptive(joints, trust, seen, rate_hz, post.smooth_hz, constants)
    if post.smooth == "butterworth":
        return low_pass(joints, seen, rate_hz, post.smooth_hz)
    if post.smooth == "savitzky_golay":
        return savitzky_golay(joints, seen, rate_hz, post.smooth_hz)
    return joints.copy()


def _check_limits(joints: Doubles, lines: Doubles, post: PostConfig) -> tuple[Doubles, NDArray[np.bool_]]:
    if post.limits == "repair":
        return repair_backward(joints, lines)
    return joints, backward(joints) if post.limits == "list" else np.zeros((len(joints), 4), np.bool_)


def _fit_to_body(joints: Doubles, trust: Doubles, body: Body, post: PostConfig) -> Doubles:
    fit = fitted(joints, trust, body) if post.bones == "fit" else with_body(joints, body)
    return fit - fit[:, :1]
