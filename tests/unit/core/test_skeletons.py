"""Test the H36M-17 rule on real detections: BlazePose-33, and COCO-17 and Halpe-26 from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.core.skeletons import BLAZEPOSE33, COCO17, H36M17, HALPE26, SKELETONS, Skeleton, h36m17_from

SAMPLE = Path(__file__).parents[2] / "data" / "blazepose_sample.npz"


@pytest.fixture(scope="module")
def detections() -> tuple[np.ndarray, np.ndarray]:
    """Return pixels (40, 2, 33, 2) and scores (40, 2, 33) of the sample video."""
    with np.load(SAMPLE, allow_pickle=False) as data:
        return data["joints_image"], data["scores"]


def as_skeleton(target: Skeleton, joints: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the people in another detector's joints by name; others are far off but certain."""
    out = np.full((*joints.shape[:-2], len(target.names), 2), -9999.0, np.float32)
    conf = np.ones((*scores.shape[:-1], len(target.names)), np.float32)
    for i, name in enumerate(target.names):
        if name in BLAZEPOSE33.names:
            out[..., i, :] = joints[..., BLAZEPOSE33.index(name), :]
            conf[..., i] = scores[..., BLAZEPOSE33.index(name)]
    return out, conf


def test_sample_holds_both_people_and_gaps(detections: tuple[np.ndarray, np.ndarray]) -> None:
    joints, scores = detections
    seen = np.isfinite(joints).all(axis=(2, 3))
    assert seen.sum(axis=0).tolist() == [37, 35]
    assert (scores[~seen] == 0).all()


def test_blazepose_by_hand(detections: tuple[np.ndarray, np.ndarray]) -> None:
    joints, scores = (a[0, 0] for a in detections)
    out, conf = h36m17_from("blazepose33", joints, scores)
    pelvis, thorax = (joints[23] + joints[24]) / 2, (joints[11] + joints[12]) / 2
    ears = (joints[7] + joints[8]) / 2
    expected = np.stack([
        pelvis, joints[24], joints[26], joints[28], joints[23], joints[25], joints[27], (pelvis + thorax) / 2, thorax,
        joints[0], ears + 0.6 * (ears - thorax), joints[11], joints[13], joints[15], joints[12], joints[14], joints[16],
    ])  # fmt: skip
    np.testing.assert_allclose(out, expected, atol=1e-3)
    hips, shoulders = min(scores[23], scores[24]), min(scores[11], scores[12])
    assert conf[[0, 7, 8, 9]] == pytest.approx([hips, min(hips, shoulders), shoulders, scores[0]])
    assert conf[10] == pytest.approx(min(scores[7], scores[8], shoulders))
    assert conf[[1, 16]] == pytest.approx([scores[24], scores[16]])


def test_result_is_a_person(detections: tuple[np.ndarray, np.ndarray]) -> None:
    """Check the man of frame 60, facing the camera: his left is on the image's right."""
    joints, scores = (a[0, 0] for a in detections)
    out, conf = h36m17_from("blazepose33", joints, scores)
    assert out[[10, 9, 8, 7, 0], 1].tolist() == sorted(out[[10, 9, 8, 7, 0], 1].tolist())  # from the top down
    assert (out[[4, 11], 0] > out[[1, 14], 0] + 20).all()
    height = out[[3, 6], 1].mean() - out[10, 1]
    assert 0.05 < (out[9, 1] - out[10, 1]) / height < 0.15  # the nose lies a tenth of the height below the top
    assert conf.min() > 0.5


@pytest.mark.parametrize("target", [COCO17, HALPE26], ids=lambda s: s.key)
def test_every_detector_gives_the_same_body(target: Skeleton, detections: tuple[np.ndarray, np.ndarray]) -> None:
    joints, scores = detections
    expected, expected_conf = h36m17_from("blazepose33", joints, scores)
    out, conf = h36m17_from(target.key, *as_skeleton(target, joints, scores))
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(conf, expected_conf)


@pytest.mark.parametrize("source", [BLAZEPOSE33, COCO17, HALPE26], ids=lambda s: s.key)
def test_mirrored_person_gives_mirrored_body(source: Skeleton, detections: tuple[np.ndarray, np.ndarray]) -> None:
    joints, scores = as_skeleton(source, *detections) if source is not BLAZEPOSE33 else detections
    flip = np.array([-1, 1], np.float32)
    out, conf = h36m17_from(source.key, joints, scores)
    other, other_conf = h36m17_from(source.key, (joints * flip)[..., source.mirror, :], scores[..., source.mirror])
    np.testing.assert_allclose(other, (out * flip)[..., H36M17.mirror, :], atol=1e-3)
    np.testing.assert_array_equal(other_conf, conf[..., H36M17.mirror])


@pytest.mark.parametrize(
    ("missing", "unseen"),
    [
        ("left_hip", [0, 4, 7]),
        ("right_shoulder", [7, 8, 10, 14]),
        ("left_ear", []),  # the other one stands for both
        ("nose", [9]),
        ("right_wrist", [16]),
        ("left_eye", []),
    ],
)
@pytest.mark.parametrize("source", [BLAZEPOSE33, COCO17, HALPE26], ids=lambda s: s.key)
def test_unseen_joints_take_what_hangs_on_them(
    source: Skeleton, missing: str, unseen: list[int], detections: tuple[np.ndarray, np.ndarray]
) -> None:
    joints, scores = as_skeleton(source, *detections) if source is not BLAZEPOSE33 else detections
    joints, scores = joints[0, 0].copy(), scores[0, 0]
    joints[source.index(missing), 0] = np.nan  # one coordinate is enough
    out, conf = h36m17_from(source.key, joints, scores)
    assert np.flatnonzero(np.isnan(out).all(axis=-1)).tolist() == unseen
    assert np.isfinite(out).all(axis=-1).sum() == 17 - len(unseen)
    assert (conf[unseen] == 0).all()
    assert np.isfinite(conf).all()


def test_a_head_without_ears_is_unknown_or_that_of_the_detector(detections: tuple[np.ndarray, np.ndarray]) -> None:
    for source in (BLAZEPOSE33, HALPE26):
        joints, scores = as_skeleton(source, *detections) if source is not BLAZEPOSE33 else detections
        joints, scores = joints[0, 0].copy(), scores[0, 0].copy()
        joints[[source.index("left_ear"), source.index("right_ear")]] = np.nan
        out, conf = h36m17_from(source.key, joints, scores)
        if source is HALPE26:
            assert out[10].tolist() == joints[source.index("head_top")].tolist()
            assert conf[10] == 1
        else:
            assert np.isnan(out[10]).all()
            assert conf[10] == 0


def test_h36m17_gets_its_own_middle_joints(detections: tuple[np.ndarray, np.ndarray]) -> None:
    out, conf = h36m17_from("blazepose33", *detections)
    bent, doubt = out.copy(), conf.copy()
    bent[..., [0, 7, 8], :] += 50  # pelvis, spine and thorax of another rule
    doubt[..., [0, 7, 8]] = 0.01
    again, again_conf = h36m17_from("h36m17", bent, doubt)
    np.testing.assert_allclose(again, out, atol=1e-3)
    np.testing.assert_array_equal(again_conf, conf)


def test_works_for_points_in_space() -> None:
    rng = np.random.default_rng(0)
    joints = rng.normal(size=(5, 33, 3)).astype(np.float32)
    out, _ = h36m17_from("blazepose33", joints, np.ones((5, 33), np.float32))
    assert out.shape == (5, 17, 3)
    np.testing.assert_allclose(out[:, 7], (joints[:, [23, 24]].mean(1) + joints[:, [11, 12]].mean(1)) / 2, atol=1e-6)


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=lambda s: s.key)
def test_tables_are_consistent(skeleton: Skeleton) -> None:
    count = len(skeleton.names)
    assert count == int(skeleton.key[-2:]) == len(skeleton.parents) == len(set(skeleton.names))
    assert (skeleton.mirror[skeleton.mirror] == np.arange(count)).all()
    for left, right in zip(skeleton.left, skeleton.right, strict=True):
        assert skeleton.names[left].replace("left", "right") == skeleton.names[right]
    sided = {i for i, name in enumerate(skeleton.names) if "left" in name or "right" in name}
    assert sided == {*skeleton.left, *skeleton.right}
    for child, parent in enumerate(skeleton.parents):
        above, steps = parent, 0
        while above >= 0:  # every joint reaches a root
            above, steps = skeleton.parents[above], steps + 1
            assert steps <= count, f"{skeleton.names[child]} hangs in a circle"
