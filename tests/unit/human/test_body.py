"""The body of a person: fitted to bone lengths, on the rig, moved with it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.body.bones import Body
from pipeline.human.asset import human_asset
from pipeline.human.fit import fit_shape
from pipeline.human.motion import BONE_PARENTS, BONES, figure_for
from pipeline.human.skinning import (
    blend_motions,
    blended_matrices,
    motions,
    move_points,
    quaternion_product,
)
from pipeline.rig.skeleton import NAMES, forward_kinematics, rig_for

# m, an adult of 1.7 m as the lifter measures one; order of H36M-17.
ADULT = Body(
    np.array([0, 0.09, 0.394, 0.422, 0.09, 0.394, 0.422, 0.259, 0.259, 0.217, 0.167, 0.177, 0.267, 0.245, 0.177, 0.267,
              0.245])
)  # fmt: skip


def weights_table(skin, bones: int) -> np.ndarray:
    table = np.zeros((len(skin.vertices), bones))
    np.add.at(table, (np.arange(len(table))[:, None], skin.bones), skin.weights)
    return table


@pytest.mark.parametrize("factor", [0.45, 0.65, 1.0, 1.2, 60.0])
def test_the_bones_of_the_body_are_those_of_the_rig(factor: float) -> None:
    """Toddlers, children, adults, giants, and lengths in other units."""
    rig = rig_for(ADULT.scaled(factor))
    figure = figure_for(ADULT.scaled(factor))
    still = np.tile([0.0, 0, 0, 1], (1, len(NAMES), 1))
    starts, _ = forward_kinematics(rig, np.array([[0, rig.hips_m, 0]]), still)
    np.testing.assert_allclose(figure.rest[:21], starts[0][:21], atol=1e-9)


@pytest.mark.parametrize("factor", [0.65, 1.0, 1.2])
def test_the_body_is_as_tall_as_the_person_and_stands_on_the_floor(factor: float) -> None:
    figure = figure_for(ADULT.scaled(factor))
    points = figure.skin.vertices
    assert abs(points[:, 1].min()) < 1e-4
    stature = ADULT.scaled(factor).chain_m * 0.99
    assert points[:, 1].max() == pytest.approx(stature, rel=0.05)  # the hair is a part of it
    assert np.isfinite(points).all()


def test_a_child_has_a_larger_head_for_its_stature_than_an_adult() -> None:
    """A boy of 1.12 m has shorter legs for his trunk than a small adult: so the fit knows that he is a child."""
    asset = human_asset()
    lengths = ADULT.lengths * 0.66
    lengths[[2, 3, 5, 6]] *= 0.94
    lengths[[12, 13, 15, 16]] *= 0.95
    shares = []
    for body in (ADULT, Body(lengths)):
        shape = fit_shape(asset, body)
        head = np.linalg.norm(shape.joints["HeadTop"] - shape.joints["Head"])
        shares.append(head / shape.points[:, 1].max())
    assert shares[1] > 1.15 * shares[0]


def test_unknown_lengths_give_the_mean_body() -> None:
    asset = human_asset()
    np.testing.assert_allclose(fit_shape(asset, Body(np.zeros(17))).points, asset.mean)


def test_skin_follows_its_bone_rigidly_where_there_is_one() -> None:
    figure = figure_for(ADULT)
    table = weights_table(figure.skin, len(BONES))
    head = BONES.index("Head")
    turns = np.tile([0.0, 0, 0, 1], (len(BONES), 1))
    turns[head] = Rotation.from_euler("y", 70, degrees=True).as_quat()
    of_bones = figure.motions(figure.rest[0], turns)
    vertices = figure.skin.vertices.astype(np.float64)
    moved = move_points(blend_motions(of_bones, table), vertices)
    rigid = table[:, head] > 0.999
    assert rigid.sum() > 500
    start = figure.rest[head]
    expected = Rotation.from_quat(turns[head]).apply(vertices[rigid] - start) + start
    np.testing.assert_allclose(moved[rigid], expected, atol=1e-6)
    feet = table[:, BONES.index("LeftFoot")] > 0.5
    np.testing.assert_allclose(moved[feet], vertices[feet], atol=1e-6)


@pytest.mark.parametrize("skin", [True, False])
def test_bent_knees_and_raised_arms_keep_their_volume(skin: bool) -> None:
    """Dual quaternions keep it within 4 %, blended matrices within 12 %."""
    figure = figure_for(ADULT)
    table = weights_table(figure.skin, len(BONES))
    local = np.tile([0.0, 0, 0, 1], (len(BONES), 1))
    for side, sign in (("Left", 1), ("Right", -1)):
        local[BONES.index(f"{side}Leg")] = Rotation.from_euler("x", 110, degrees=True).as_quat()
        local[BONES.index(f"{side}UpLeg")] = Rotation.from_euler("x", -80, degrees=True).as_quat()
        local[BONES.index(f"{side}Arm")] = Rotation.from_euler("z", sign * 80, degrees=True).as_quat()
        local[BONES.index(f"{side}ForeArm")] = Rotation.from_euler("y", -sign * 100, degrees=True).as_quat()
    turns = local.copy()
    for bone, parent in enumerate(BONE_PARENTS):
        if parent >= 0:
            turns[bone] = quaternion_product(turns[parent], local[bone])
    of_bones = figure.motions(figure.rest[0], turns)
    vertices = figure.skin.vertices.astype(np.float64)
    if skin:
        moved = move_points(blend_motions(of_bones, table), vertices)
    else:
        moved = blended_matrices(of_bones, table, vertices)

    def volume(at: np.ndarray) -> float:
        corner = at[figure.skin.faces]
        return float(np.einsum("nc,nc->n", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])).sum() / 6)

    assert volume(moved) == pytest.approx(volume(vertices), rel=0.04 if skin else 0.12)


def test_both_ways_of_blending_agree_on_one_bone_and_on_translations() -> None:
    rng = np.random.default_rng(3)
    points, rest = rng.normal(size=(7, 3)), rng.normal(size=(2, 3))
    turn = Rotation.from_rotvec([[0.3, -1.2, 0.4]] * 2).as_quat() * [[1], [-1]]  # one rotation, two quaternions
    of_bones = motions(turn, rest, rest + [0.4, 1, -2])
    for weights in (np.tile([1.0, 0.0], (7, 1)), np.tile([0.0, 1.0], (7, 1))):
        one = move_points(blend_motions(of_bones, weights), points)
        np.testing.assert_allclose(one, blended_matrices(of_bones, weights, points), atol=1e-12)
        np.testing.assert_allclose(move_points(blend_motions(of_bones, weights), one, inverse=True), points, atol=1e-12)
