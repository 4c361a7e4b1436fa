"""The baked body: closed, symmetric, in the T-pose, with weights that sum to 1."""

from __future__ import annotations

import os

import numpy as np
import pytest

from pipeline.core.errors import ModelError
from pipeline.human.asset import FILE, HumanAsset, human_asset

ARKIT = 52


@pytest.fixture(scope="module")
def asset() -> HumanAsset:
    return human_asset()


def test_the_file_is_small_and_its_numbers_agree(asset: HumanAsset) -> None:
    assert os.path.getsize(FILE) < 1 << 20
    count = len(asset.mean)
    assert 3000 <= count <= 6000
    assert asset.faces.max() == count - 1
    assert asset.vertex_bones.max() < len(asset.bones)
    assert asset.shapes.shape[1:] == asset.mean.shape


def test_weights_sum_to_one(asset: HumanAsset) -> None:
    np.testing.assert_allclose(asset.vertex_weights.sum(axis=1), 1, atol=1e-6)
    assert (np.diff(asset.vertex_weights, axis=1) <= 1e-6).all(), "the strongest bone comes first"


def test_the_skin_is_closed_and_every_triangle_is_seen_from_outside(asset: HumanAsset) -> None:
    skin = asset.faces[(asset.faces < asset.skin_vertices).all(axis=1)].astype(np.int64)
    edges = np.concatenate([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]])
    directed = {tuple(edge) for edge in edges.tolist()}
    assert len(directed) == len(edges), "no edge is run through twice in one direction"
    assert all((b, a) in directed for a, b in directed), "every edge has a triangle on both sides"
    corner = asset.mean[skin]
    volume = np.einsum("nc,nc->n", corner[:, 0], np.cross(corner[:, 1], corner[:, 2])).sum() / 6
    assert 0.03 < volume < 0.11  # m3, outward; a person of mean age in the population weighs 30 to 110 kg


def test_left_is_the_mirror_of_right(asset: HumanAsset) -> None:
    np.testing.assert_allclose(asset.mean[asset.mirror] * [-1, 1, 1], asset.mean, atol=1e-6)
    places = dict(zip(asset.joints, asset.joint_mean, strict=True))
    for name, place in places.items():
        if name.startswith("Left"):
            np.testing.assert_allclose(places["Right" + name[4:]] * [-1, 1, 1], place, atol=1e-6)


def test_the_pose_is_the_t_pose_of_the_rig(asset: HumanAsset) -> None:
    at = dict(zip(asset.joints, asset.joint_mean, strict=True))
    assert abs(asset.mean[:, 1].min()) < 1e-3
    assert np.ptp(asset.mean[:, 0]) == pytest.approx(asset.mean[:, 1].max(), rel=0.08), "span of the arms is the height"
    for side, x in (("Left", 1), ("Right", -1)):
        for start, end in (("Arm", "ForeArm"), ("ForeArm", "Hand"), ("HandMiddle1", "HandMiddle2")):
            way = at[side + end] - at[side + start]
            np.testing.assert_allclose(way / np.linalg.norm(way), [x, 0, 0], atol=0.01)
        thumb = at[f"{side}HandThumb3"] - at[f"{side}HandThumb2"]
        np.testing.assert_allclose(thumb / np.linalg.norm(thumb), [x * 0.5**0.5, 0, 0.5**0.5], atol=0.01)
        for start, end in (("UpLeg", "Leg"), ("Leg", "Foot")):
            way = at[side + end] - at[side + start]
            np.testing.assert_allclose(way / np.linalg.norm(way), [0, -1, 0], atol=0.01)
        toes = at[f"{side}ToeBase"] - at[f"{side}Foot"]
        assert toes[2] > 0.08
        assert abs(toes[0]) < 0.005


def test_there_are_the_52_shapes_of_a_face_and_they_move_the_face_alone(asset: HumanAsset) -> None:
    assert len(asset.morphs) == ARKIT
    head = asset.joint_mean[asset.joints.index("Neck"), 1]
    for name, (vertices, moves) in asset.morphs.items():
        assert len(vertices) == len(moves), name
        assert (asset.mean[vertices, 1] > head).all(), name
        assert np.abs(moves).max(initial=0) < 0.4, name  # shares of the head's length
    empty = {name for name, (vertices, _) in asset.morphs.items() if not len(vertices)}
    assert empty <= {"tongueOut"}, "the body has no tongue"


def test_a_damaged_file_says_so(tmp_path) -> None:
    path = tmp_path / "human.npz"
    path.write_bytes(b"PK nothing")
    with pytest.raises(ModelError, match="human body"):
        human_asset(path)
