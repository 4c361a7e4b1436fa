"""Test joint limits, left-right swaps, turn rate and refinement on real motion with faults."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.body.bones import bone_lengths, measure_body, with_body
from pipeline.body.stature import STATURE_PER_CHAIN, chain_length
from pipeline.core.config import PostConfig, RunConfig, SceneConfig
from pipeline.core.errors import ConfigError
from pipeline.core.skeletons import H36M17
from pipeline.core.take import Finding
from pipeline.lift.inputs.side_continuity import swap_sides
from pipeline.post.clean_pose import clean_pose
from pipeline.post.image_refinement import lines_of_sight, offset_to_ray
from pipeline.post.joint_limits import backward, repair_backward, turn_sideways
from pipeline.post.left_right import find_swaps, walks_backward
from pipeline.post.turn_rate import MAX_STEP_DEG, limit_turn_rate
from tests.helpers.motion import (
    CAMERA,
    FOV_DEG,
    RATE_HZ,
    UNIT_STATURE_M,
    Scene,
    clip,
    facing_camera,
    make_take,
    scene,
)

NAMES = ("walk", "jump")


def parts(name: str) -> tuple[np.ndarray, Scene, RunConfig]:
    """Return root-relative truth with constant bones, the camera's position, and the stature.

    The joints are in camera axes.
    """
    seen = scene(facing_camera(clip(name)), 7.0 if name == "walk" else 4.0)
    relative = seen.person.relative.astype(np.float64)
    relative = with_body(relative, measure_body(relative))
    height_cm = 100 * STATURE_PER_CHAIN * float(np.median(chain_length(relative)))
    return relative, seen, RunConfig(scene=SceneConfig(fov_deg=FOV_DEG, height_cm=height_cm))


@pytest.mark.parametrize("name", NAMES)
def test_real_people_bend_the_right_way(name):
    assert not backward(parts(name)[0]).any()
    assert not backward(parts(name)[0][:, H36M17.mirror] * [-1, 1, 1]).any()


@pytest.mark.parametrize("hinge", [(1, 2, 3), (4, 5, 6)])
def test_a_knee_with_its_depth_the_wrong_way_round_comes_back(hinge):
    """Mirror the depth of the crouch of a jump, seen from the front: the knees point backward."""
    joints, seen, _config = parts("jump")
    sights = lines_of_sight(seen.person.joints_image_h36m, CAMERA)
    wrong = joints.copy()
    hip, knee, ankle = hinge
    along = wrong[:, ankle] - wrong[:, hip]
    along /= np.linalg.norm(along, axis=-1, keepdims=True)
    offset = wrong[:, knee] - wrong[:, hip]
    offset -= (offset * along).sum(-1, keepdims=True) * along
    depth = sights[:, knee] - (sights[:, knee] * along).sum(-1, keepdims=True) * along
    depth /= np.linalg.norm(depth, axis=-1, keepdims=True)
    wrong[:, knee] -= 2 * (offset * depth).sum(-1, keepdims=True) * depth
    found = backward(wrong)
    column = 0 if knee == 2 else 1
    assert found[:, column].sum() > 30  # the crouch and the landing
    assert not np.delete(found, column, axis=1).any()
    out, changed = repair_backward(wrong, sights)
    assert np.array_equal(changed, found)
    assert not backward(out).any()
    assert np.allclose(out[found[:, column], knee], joints[found[:, column], knee], atol=1e-6)
    assert np.array_equal(out[:, 3 if knee == 5 else 6], wrong[:, 3 if knee == 5 else 6])
    assert np.allclose(bone_lengths(out), bone_lengths(joints), atol=1e-9)


def test_a_knee_that_the_picture_shows_backward_is_turned_aside():
    joints, _, _ = parts("jump")
    # Seen from the side, mirroring the depth does not help.
    side = joints[:, :, [2, 1, 0]] * [1, 1, -1]
    wrong = side.copy()
    along = wrong[:, 3] - wrong[:, 1]
    along /= np.linalg.norm(along, axis=-1, keepdims=True)
    offset = wrong[:, 2] - wrong[:, 1]
    offset -= (offset * along).sum(-1, keepdims=True) * along
    wrong[:, 2] -= 2 * offset
    found = backward(wrong)[:, 0]
    assert found.sum() > 30
    out, _ = repair_backward(wrong, np.broadcast_to([0.0, 0.0, 1.0], wrong.shape))
    assert not backward(out).any()
    assert np.allclose(bone_lengths(out), bone_lengths(side), atol=1e-9)


def test_turning_aside_is_eased():
    joints, _, _ = parts("jump")
    wrong = joints.copy()
    along = wrong[:, 3] - wrong[:, 1]
    along /= np.linalg.norm(along, axis=-1, keepdims=True)
    offset = wrong[:, 2] - wrong[:, 1]
    offset -= (offset * along).sum(-1, keepdims=True) * along
    wrong[:, 2] -= 2 * offset
    middle = int(np.median(np.flatnonzero(backward(wrong)[:100, 0])))
    turn = np.pi * np.exp(-(((np.arange(len(joints)) - middle) / 8) ** 2))[:, None]  # slow swing
    wrong[:, 2] = joints[:, 2] - offset + np.cos(turn) * offset + np.sin(turn) * np.cross(along, offset)
    found = backward(wrong)[:, 0]
    assert 3 <= found.sum() <= 12
    out, changed = turn_sideways(wrong)
    assert np.array_equal(changed[:, 0], found)
    assert not backward(out).any()
    assert np.allclose(bone_lengths(out), bone_lengths(joints), atol=1e-9)
    leap, leap_out = (np.linalg.norm(np.diff(x[:, 2], axis=0), axis=-1).max() for x in (wrong, out))
    assert leap_out < 2 * leap
    untouched = np.abs(np.arange(len(joints)) - middle) > 12
    assert np.array_equal(out[untouched], wrong[untouched])


def test_limbs_that_were_measured_are_taken():
    seen = scene(facing_camera(clip("jump")))
    measured = dataclasses.replace(seen.config.scene, limbs_cm={"forearm": 31.0, "thigh": 47.0})
    take = make_take([seen.person], seen.info, dataclasses.replace(seen.config, scene=measured))
    lengths = bone_lengths(take.tracks3d[0].joints.astype(np.float64))
    assert np.allclose(lengths[:, [13, 16]], 0.31, atol=1e-5)
    assert np.allclose(lengths[:, [2, 5]], 0.47, atol=1e-5)
    with pytest.raises(ConfigError, match="The limb 'tail' is not known"):
        SceneConfig(limbs_cm={"tail": 20.0})


def test_sudden_turns_are_spread_and_nothing_else_changes():
    joints, _, _ = parts("walk")
    body = measure_body(joints)
    untouched, changed = limit_turn_rate(joints, body, RATE_HZ)
    assert not changed.any()
    assert np.array_equal(untouched, joints)
    wrong = joints.copy()
    wrong[100, 13] = wrong[100, 12] - (joints[100, 13] - joints[100, 12])  # a forearm the other way for one frame
    out, changed = limit_turn_rate(wrong, body, RATE_HZ)
    fore = out[:, 13] - out[:, 12]
    fore /= np.linalg.norm(fore, axis=-1, keepdims=True)
    steps = np.degrees(np.arccos(np.clip((fore[1:] * fore[:-1]).sum(-1), -1, 1)))
    assert steps.max() <= MAX_STEP_DEG + 1e-6
    assert np.abs(np.flatnonzero(changed) - 100).max() <= 8
    assert np.linalg.norm(out[:, 13] - joints[:, 13], axis=-1)[[90, 110]].max() < 1e-9
    assert np.allclose(bone_lengths(out), bone_lengths(joints), atol=1e-9)


def test_exchanged_sides_of_a_moment_are_found_and_exchanged_back():
    joints, _seen, _config = parts("walk")
    place = np.array([0.0, 0.3, 5.0])
    camera = joints + place
    rays = camera[..., :2] / camera[..., 2:]
    # Seen from the side, so that the legs are apart in the image.
    turned = joints[:, :, [2, 1, 0]] * [1, 1, -1] + place
    for pose, part in ((camera, 1), (turned, 0)):
        rays = pose[..., :2] / pose[..., 2:]
        flags = np.zeros((len(rays), 2), bool)
        flags[50:58, part] = True
        found = find_swaps(pose, swap_sides(rays, flags))
        assert not found[~flags].any()
        apart = np.linalg.norm(offset_to_ray(pose, swap_sides(rays, flags)), axis=-1).mean(axis=1)
        assert found[flags & (apart > 0.1)[:, None]].all()
        assert np.array_equal(swap_sides(swap_sides(rays, flags), flags), rays)


def test_a_swapped_burst_does_not_reach_the_skeleton():
    seen = scene(facing_camera(clip("jump")))
    image = seen.person.joints_image_h36m.copy()
    image[60:66] = image[60:66][:, H36M17.mirror]
    broken = dataclasses.replace(seen.person, joints_image_h36m=image)
    off = {}
    for sides in ("off", "repair"):
        config = dataclasses.replace(seen.config, post=PostConfig(sides=sides, foot_lock="off"))
        take = make_take([broken], seen.info, config)
        apart = take.tracks3d[0].joints - seen.truth  # then without the root, whose depth is not tested here
        off[sides] = np.linalg.norm(apart - apart[:, :1], axis=-1)[58:68].mean()
        kinds = [finding for finding in take.scene.findings if finding.kind == "sides"]
        assert kinds == ([] if sides == "off" else [Finding(1, "sides", 60, 65, True, kinds[0].note)])
    assert off["repair"] < 0.5 * off["off"]


def test_who_only_walks_backward_is_told():
    joints, seen, _config = parts("walk")
    root = seen.truth[:, 0, [0, 2, 1]] * [1, -1, 1]  # world -> camera axes of a level camera
    assert walks_backward(joints, root, RATE_HZ) is None
    reverse = joints * [-1, 1, -1]  # facing the other way: the same path, backward
    found = walks_backward(reverse, root, RATE_HZ)
    assert found is not None
    assert found.mean() > 0.5
    assert walks_backward(reverse, root * 0.01, RATE_HZ) is None  # walking on the spot has no direction


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_corrects_what_is_wrong_across_the_line_of_sight(name):
    joints, seen, config = parts(name)
    rng = np.random.default_rng(0)
    slow = np.cumsum(rng.normal(size=joints.shape), axis=0)
    slow = 0.05 * slow / np.std(slow, axis=0)
    wrong = joints + slow
    wrong -= wrong[:, :1]
    image, scores = seen.person.joints_image_h36m, seen.person.scores
    stature = dataclasses.replace(config.scene, height_cm=100 * STATURE_PER_CHAIN * UNIT_STATURE_M)
    off = {}
    for share in (0.0, 0.8):
        out = clean_pose(
            wrong, image, scores, CAMERA, RunConfig(post=PostConfig(picture=share), scene=stature)
        ).relative
        assert np.ptp(bone_lengths(out), axis=0).max() < 1e-9
        off[share] = np.linalg.norm(out - joints, axis=-1).mean()
    assert off[0.8] < 0.9 * off[0.0]


def test_every_step_can_be_left_out():
    joints, seen, config = parts("jump")
    nothing = PostConfig(
        fill_gap_s=0, smooth="off", bones="off", picture=0, sides="off", limits="off", calm_turns=False, foot_lock="off"
    )
    out = clean_pose(
        joints, seen.person.joints_image_h36m, seen.person.scores, CAMERA, dataclasses.replace(config, post=nothing)
    )
    assert np.allclose(out.relative, joints, atol=1e-9)
    for smooth in ("butterworth", "savitzky_golay", "adaptive"):
        for bones in ("directions", "fit"):
            chosen = dataclasses.replace(nothing, smooth=smooth, bones=bones, smooth_hz=7.0)
            run = dataclasses.replace(config, post=chosen)
            out = clean_pose(joints, seen.person.joints_image_h36m, seen.person.scores, CAMERA, run).relative
            assert np.abs(out - joints).max() < 0.06


def test_filled_frames_have_no_score_and_are_listed():
    seen = scene(facing_camera(clip("jump")))
    gap = np.isin(np.arange(len(seen.truth)), [*range(90, 98), *range(140, 175)])
    take = seen.take(gap)
    track = take.tracks3d[0]
    assert np.array_equal(track.seen, ~np.isin(np.arange(len(gap)), range(140, 175)))
    assert (track.scores[90:98] == 0).all()
    assert np.ptp(bone_lengths(track.joints[track.seen]), axis=0).max() < 1e-5
    shift = track.joints[80, 0] - seen.truth[80, 0]
    assert np.linalg.norm(track.joints[90:98] - seen.truth[90:98] - shift, axis=-1).mean() < 0.05
    gaps = [f for f in take.scene.findings if f.kind == "gap"]
    assert [(f.first, f.last, f.repaired) for f in gaps] == [(90, 97, True)]


def test_a_preview_leaves_out_what_takes_time():
    quick = PostConfig().preview()
    assert (quick.smooth, quick.bones, quick.picture) == ("butterworth", "directions", 0.0)
    assert PostConfig(smooth="off", bones="off").preview().bones == "off"
