"""Test that measures of a face do not depend on its pose, and that weights start at the person's own rest."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from pipeline.core.face.expressions import EXPRESSION_MIRROR, EXPRESSIONS, expression_measures
from pipeline.core.face.points import IBUG_FROM_MESH, IRIS, LIDS, MESH_POINTS
from pipeline.core.face.weights import SHAPES, expression_weights, face_weights
from pipeline.core.poses import EXTRAS, blank_extra
from pipeline.core.skeletons import BLAZEPOSE33, FACE_MIRROR

BLINK, JAW = EXPRESSIONS.index("eyeBlinkLeft"), EXPRESSIONS.index("jawOpen")

# Points of the mesh that exchange their places on a mirrored picture: found with the network on a photograph.
TWINS = {
    33: 263, 37: 267, 40: 270, 58: 288, 61: 291, 63: 293, 66: 296, 70: 300, 78: 308, 81: 311, 84: 314, 91: 321,
    97: 326, 98: 327, 105: 334, 107: 336, 127: 356, 132: 361, 133: 362, 136: 365, 144: 373, 148: 377, 149: 378,
    153: 380, 158: 385, 160: 387, 172: 397, 178: 402, 234: 454
}  # fmt: skip


def mesh() -> np.ndarray:
    return np.random.default_rng(3).uniform(0.1, 0.9, (MESH_POINTS, 3))


def at_rest(count: int = 40) -> np.ndarray:
    return np.tile(np.linspace(-0.4, 0.4, len(EXPRESSIONS), dtype=np.float32), (count, 1))


def test_measures_do_not_depend_on_the_heads_pose_and_size() -> None:
    turned = mesh() @ Rotation.from_euler("xyz", [20, 30, -10], degrees=True).as_matrix().T * 37 + [3, 4, 5]
    np.testing.assert_allclose(expression_measures(turned), expression_measures(mesh()), atol=1e-5)


@pytest.mark.parametrize("broken", [np.zeros((MESH_POINTS, 3)), np.full((MESH_POINTS, 3), np.nan)])
def test_a_mesh_without_size_has_no_measures(broken: np.ndarray) -> None:
    assert np.isnan(expression_measures(broken)).all()


def test_lids_that_meet_and_an_iris_toward_the_nose() -> None:
    before, points = expression_measures(mesh()), mesh()
    for upper, lower in LIDS[0]:
        points[upper] = points[lower]
    assert expression_measures(points)[BLINK] == pytest.approx(0, abs=1e-6)
    points = mesh()
    points[IRIS[1]] += 0.1 * (points[133] - points[33])
    after = expression_measures(points)
    assert after[EXPRESSIONS.index("eyeLookInRight")] > before[EXPRESSIONS.index("eyeLookInRight")]
    assert after[EXPRESSIONS.index("eyeLookInLeft")] == before[EXPRESSIONS.index("eyeLookInLeft")]


def test_names_and_their_mirror() -> None:
    assert len(set(SHAPES)) == len(SHAPES) == 25
    names = np.array(EXPRESSIONS)
    mirrored = dict(zip(names, names[EXPRESSION_MIRROR], strict=True))
    assert mirrored["eyeLookInLeft"] == "eyeLookInRight"
    assert mirrored["jawOpen"] == "jawOpen"
    np.testing.assert_array_equal(EXPRESSION_MIRROR[EXPRESSION_MIRROR], np.arange(len(names)))
    assert blank_extra("expressions", 2, BLAZEPOSE33.key).shape == (2, len(EXPRESSIONS))
    assert EXTRAS["expressions"].limits == (-8.0, 8.0)


def test_the_68_points_are_different_points_and_their_middle_is_the_meshs() -> None:
    assert len(set(IBUG_FROM_MESH.tolist())) == 68
    middle = np.flatnonzero(np.arange(68) == FACE_MIRROR)
    assert IBUG_FROM_MESH[middle].tolist() == [152, 168, 197, 5, 4, 2, 0, 17, 13, 14]


def test_the_68_points_are_those_of_a_mirrored_face_in_the_mirrored_order() -> None:
    twins = TWINS | {right: left for left, right in TWINS.items()}
    assert [twins.get(point, point) for point in IBUG_FROM_MESH.tolist()] == IBUG_FROM_MESH[FACE_MIRROR].tolist()


def test_weights_count_from_the_persons_rest_and_are_nan_without_a_face() -> None:
    measures = at_rest()
    measures[10:13, BLINK] += 0.17  # a full way
    measures[20, JAW] += 0.11  # half of one
    measures[30] = np.nan
    weights = expression_weights(measures)
    assert weights["eyeBlinkLeft"][11] == pytest.approx(1)
    assert weights["eyeBlinkLeft"][5] == 0
    assert weights["eyeBlinkRight"][11] == 0
    assert weights["jawOpen"][20] == pytest.approx((0.5 - 0.1) / 0.9, abs=1e-4)
    assert weights["aa"][20] == pytest.approx(weights["jawOpen"][20])
    for values in weights.values():
        assert np.isnan(values[30])
        assert np.isfinite(np.delete(values, 30)).all()
        assert np.nanmin(values) >= 0
        assert np.nanmax(values) <= 1


def test_visemes_of_round_and_wide_mouths() -> None:
    measures = at_rest()
    narrow = EXPRESSIONS.index("mouthPucker")
    measures[5, narrow] += 0.1
    measures[6, narrow] -= 0.08
    measures[7, narrow] += 0.1
    measures[7, JAW] += 0.22
    weights = expression_weights(measures)
    best = {frame: max(("aa", "ih", "ou", "ee", "oh"), key=lambda name: weights[name][frame]) for frame in (5, 6, 7)}
    assert best == {5: "ou", 6: "ee", 7: "oh"}


def test_a_track_without_a_face_has_no_weights() -> None:
    assert face_weights({}) is None
    assert face_weights({"expressions": np.full((4, len(EXPRESSIONS)), np.nan, np.float16)}) is None
