"""Test MMPose's networks against its own code: input, mapping back, batches, several people.

The weights are random.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.core.errors import ModelError
from pipeline.core.skeletons import SKELETONS
from pipeline.detect.crops import Piece, faded
from pipeline.detect.mmpose.network import PoseNetwork
from tests.helpers.mmpose_models import HALPE, HRNET, HRNET_UDP, RTMO, RTMPOSE, WHOLEBODY, config_of, random_network
from tests.helpers.mmpose_oracle import simcc

SIZE = (640, 360)
BOXES = [
    (200.0, 40.0, 300.0, 340.0),  # a standing person
    (10.5, 200.25, 620.0, 330.0),  # a lying one
    (-60.0, -30.0, 90.0, 260.0),  # partly outside, top left
    (560.0, 250.0, 700.0, 420.0),  # and bottom right
    (300.0, 100.0, 318.0, 147.0),  # far away
]


@pytest.fixture(scope="module")
def picture() -> np.ndarray:
    """Return a smooth image that differs everywhere: a shift by half a pixel shows."""
    rng = np.random.default_rng(3)
    import cv2

    small = rng.integers(0, 255, (24, 40, 3), dtype=np.uint8)
    return cv2.resize(small, SIZE, interpolation=cv2.INTER_CUBIC)


@pytest.fixture(scope="module")
def rtmpose() -> PoseNetwork:
    return random_network(RTMPOSE)


def transformed(picture: np.ndarray, box: Any, name: str, pack: bool = False) -> dict[str, Any]:
    """Run MMPose's own test pipeline of that config on an image and a box."""
    from mmengine.config import Config
    from mmengine.registry import DefaultScope
    from mmpose.registry import TRANSFORMS

    from pipeline.detect.mmpose.config import config_file

    with DefaultScope.overwrite_default_scope("mmpose"):
        steps = [TRANSFORMS.build(s) for s in Config.fromfile(config_file(name)).val_pipeline]
        data = {"img": picture, "img_shape": picture.shape[:2], "ori_shape": picture.shape[:2]}
        if box is not None:
            data["bbox"], data["bbox_score"] = np.array(box, np.float32)[None], np.ones(1, np.float32)
        for step in steps:
            if type(step).__name__ != "LoadImage" and (pack or type(step).__name__ != "PackPoseInputs"):
                data = step(data)
    return data


def piece_of(config: Any, box: Any) -> Piece:
    return Piece.around(np.array(box, np.float32), config.padding, config.input_px, config.udp)


class TestInput:
    @pytest.mark.parametrize("name", [RTMPOSE, HRNET_UDP], ids=["rtmpose", "udp"])
    @pytest.mark.parametrize("box", BOXES)
    def test_crops_are_those_of_mmpose(self, picture: np.ndarray, box: Any, name: str) -> None:
        config = config_of(name)
        assert config.udp == (name == HRNET_UDP)
        theirs, piece = transformed(picture, box, name), piece_of(config, box)
        ours = piece.cut(picture)
        assert ours.shape == theirs["img"].shape == (256, 192, 3)
        assert ours.std() > 1
        assert np.abs(ours.astype(int) - theirs["img"].astype(int)).max() <= 1  # rounding of the matrix
        np.testing.assert_allclose(piece.centre, theirs["input_center"], rtol=1e-5)
        np.testing.assert_allclose(piece.size, theirs["input_scale"], rtol=1e-5)

    @pytest.mark.parametrize("shape", [(360, 640), (640, 360), (200, 200), (33, 500)])
    def test_whole_pictures_are_those_of_mmpose(self, shape: tuple[int, int]) -> None:
        rng = np.random.default_rng(4)
        picture = rng.integers(0, 255, (*shape, 3), dtype=np.uint8)
        config = config_of(RTMO)
        theirs = transformed(picture, None, RTMO)
        piece = Piece.whole(shape[1], shape[0], config.input_px)
        ours = piece.cut(picture, config.pad_value)
        assert np.abs(ours.astype(int) - theirs["img"].astype(int)).max() <= 1
        points = np.array([[0, 0], [100.5, 7], [416, 416]])
        scale, centre = theirs["input_scale"], theirs["input_center"]
        back = points / theirs["input_size"] * scale + centre - 0.5 * scale
        np.testing.assert_allclose(piece.image_from_input(points), back, atol=1e-3)

    def test_numbers_are_those_of_mmposes_preprocessor(self, rtmpose: PoseNetwork, picture: np.ndarray) -> None:
        import torch
        from mmpose.structures import PoseDataSample

        crop = piece_of(rtmpose.config, BOXES[0]).cut(picture)
        chw = torch.from_numpy(crop.transpose(2, 0, 1).copy())
        theirs = rtmpose.model.data_preprocessor({"inputs": [chw], "data_samples": [PoseDataSample()]})
        torch.testing.assert_close(rtmpose.preprocessed(crop[None]), theirs["inputs"])


class TestPlaces:
    @pytest.mark.parametrize("box", BOXES)
    def test_a_peak_comes_back_where_it_is_in_the_picture(self, rtmpose: PoseNetwork, box: Any) -> None:
        """Check the position expected by MMPose's own warp matrix, inverted, without our code."""
        import cv2
        from mmpose.structures.bbox import get_warp_matrix

        network, piece = random_network(RTMPOSE), piece_of(rtmpose.config, box)
        rng = np.random.default_rng(5)
        bins = np.stack([rng.integers(0, 384, 17), rng.integers(0, 512, 17)], axis=-1)
        network.model.extract_feat = lambda x: x
        network.model.head.forward = lambda x: simcc(bins[None] / 2, np.full((1, 17), 0.8), (192, 256))
        joints, scores = network.poses([np.zeros((256, 192, 3), np.uint8)])
        matrix = get_warp_matrix(np.array(piece.centre), np.array(piece.size), 0, (192, 256), inv=True)
        expected = cv2.transform(bins[None].astype(np.float64) / 2, matrix)[0]
        assert np.abs(piece.image_from_input(joints[0]) - expected).max() < 0.5
        np.testing.assert_allclose(scores, 0.8, atol=1e-4)

    def test_heatmaps_come_back_where_they_are(self) -> None:
        """Check HRNet: a blob between four cells of its 48 x 64 map; cells are 4 input pixels."""
        import torch

        network = random_network(HRNET)
        y, x = np.mgrid[:64, :48]
        wanted = np.stack([np.linspace(8, 40, 17), np.linspace(6, 57, 17)], axis=-1)
        maps = np.exp(-((x - wanted[:, 0, None, None]) ** 2 + (y - wanted[:, 1, None, None]) ** 2) / 8)
        network.model.extract_feat = lambda x: x
        network.model.head.forward = lambda x: torch.from_numpy(maps[None].astype(np.float32))
        joints, _ = network.poses([np.zeros((256, 192, 3), np.uint8)])
        # Not DARK or UDP: this codec resolves a quarter of a cell, and it counts corners of cells.
        assert np.abs(joints[0] - wanted * 4).max() <= 1.5

    def test_joints_without_a_peak_are_not_known(self) -> None:
        network = random_network(RTMPOSE)
        heights = np.linspace(0.0, 1.4, 17)[None]
        network.model.extract_feat = lambda x: x
        network.model.head.forward = lambda x: simcc(np.full((1, 17, 2), 50.0), heights, (192, 256))
        joints, scores = network.poses([np.zeros((256, 192, 3), np.uint8)])
        assert np.isnan(joints[0, 0]).all()
        assert scores[0, 0] == 0
        assert np.isfinite(joints[0, 1:]).all()
        assert scores.max() == 1

    def test_halpe_and_whole_body_joints_get_their_names(self) -> None:
        for name, skeleton in ((HALPE, "halpe26"), (WHOLEBODY, "coco23")):
            network = random_network(name)
            assert network.config.skeleton == skeleton
            count = 133 if skeleton == "coco23" else 26
            places = np.stack([np.arange(count), np.arange(count)], axis=-1)[None].astype(float)
            network.model.extract_feat = lambda x: x
            network.model.head.forward = lambda x, p=places, n=count: simcc(p, np.ones((1, n)), (192, 256))
            joints, _ = network.poses([np.zeros((256, 192, 3), np.uint8)])
            names = SKELETONS[skeleton].names
            place = dict(zip(names, joints[0, : len(names), 0], strict=True))
            assert joints.shape == (1, count, 2)
            their_numbers = {
                "halpe26": {"nose": 0, "head_top": 17, "neck": 18, "pelvis": 19, "left_big_toe": 20, "right_heel": 25},
                "coco23": {"nose": 0, "right_ankle": 16, "left_big_toe": 17, "left_small_toe": 18, "right_heel": 22},
            }[skeleton]
            assert {joint: place[joint] for joint in their_numbers} == their_numbers


class TestBatches:
    def test_the_whole_way_is_that_of_mmposes_api(self, rtmpose: PoseNetwork, picture: np.ndarray) -> None:
        """Compare with `mmpose.apis.inference_topdown` (needs torchvision), without the flip test."""
        from mmengine.dataset import pseudo_collate

        model = random_network(RTMPOSE).model
        model.test_cfg["flip_test"] = False
        theirs = model.test_step(pseudo_collate([transformed(picture, box, RTMPOSE, pack=True) for box in BOXES]))
        pieces = [piece_of(rtmpose.config, box) for box in BOXES]
        joints, scores = rtmpose.poses([piece.cut(picture) for piece in pieces])
        for one, piece, points, values in zip(theirs, pieces, joints, scores, strict=True):
            near = np.abs(piece.image_from_input(points) - one.pred_instances.keypoints[0]).max(axis=-1) < 0.01
            assert near.mean() >= 16 / 17  # random weights have flat outputs: one grey level can move a peak
            np.testing.assert_allclose(values, one.pred_instances.keypoint_scores[0], atol=2e-3)

    def test_people_of_a_batch_do_not_touch_each_other(self, rtmpose: PoseNetwork, picture: np.ndarray) -> None:
        crops = [piece_of(rtmpose.config, box).cut(picture) for box in BOXES]
        together = rtmpose.poses(crops)
        for i, crop in enumerate(crops):
            joints, scores = rtmpose.poses([crop])
            np.testing.assert_allclose(scores[0], together[1][i], atol=1e-5)
            assert (np.abs(joints[0] - together[0][i]).max(axis=-1) < 0.01).mean() >= 16 / 17

    def test_the_same_again(self, rtmpose: PoseNetwork, picture: np.ndarray) -> None:
        crops = [piece_of(rtmpose.config, box).cut(picture) for box in BOXES[:2]]
        other = random_network(RTMPOSE)
        for one, two in zip(rtmpose.poses(crops), other.poses(crops), strict=True):
            np.testing.assert_array_equal(one, two)

    def test_nobody(self, rtmpose: PoseNetwork) -> None:
        joints, scores = rtmpose.poses([])
        assert joints.shape == (0, 17, 2)
        assert scores.shape == (0, 17)

    def test_half_precision_keeps_the_places(self, picture: np.ndarray) -> None:
        """Check backbone in bfloat16 with head in float32: scores within a few percent of range."""
        plain = random_network(RTMPOSE)
        half = PoseNetwork(plain.config, plain.model.state_dict(), "half", "cpu", "bfloat16")
        assert (plain.precision, half.precision) == ("float32", "bfloat16")
        crops = [piece_of(plain.config, box).cut(picture) for box in BOXES[:2]]
        (_, exact), (_, rounded) = plain.poses(crops), half.poses(crops)
        assert 0 < exact.min() < exact.max() < 1
        assert 0 < np.abs(exact - rounded).max() < 0.1 * exact.max()


CELLS = (((5, 8), 0.9), ((6, 8), 0.8), ((20, 15), 0.7), ((12, 22), 0.2))  # (column, row) of the stride-16 map


@pytest.fixture(scope="module")
def rtmo_oracle() -> PoseNetwork:
    import torch

    network = random_network(RTMO)
    offsets = torch.stack([torch.arange(17) * 2.0 - 16, torch.arange(17) * 5.0 - 40], dim=-1)

    def forward(features: Any) -> Any:
        scores = [torch.full((1, 1, n, n), -9.0) for n in (26, 13)]
        for (column, row), confidence in CELLS:
            scores[0][0, 0, row, column] = np.log(confidence / (1 - confidence))
        sizes = (26, 13)
        boxes = [torch.cat([torch.zeros(1, 2, n, n), torch.full((1, 2, n, n), 1.6)], dim=1) for n in sizes]
        visible = [torch.full((1, 17, n, n), 2.0) for n in sizes]
        vectors = [torch.zeros(1, 4, n, n) for n in sizes]
        return scores, boxes, None, visible, vectors

    network.model.extract_feat = lambda x: x
    network.model.head.forward = forward
    network.model.head.dcc.forward_test = lambda vectors, boxes, grids: grids[:, None] + offsets
    return network


class TestOneStage:
    """Test RTMO with a fixed head: two distant people, one duplicated, one of low confidence."""

    def test_everybody_once_where_they_are(self, rtmo_oracle: PoseNetwork) -> None:
        from pipeline.detect.mmpose.onestage import MMPoseOneStage

        detector = MMPoseOneStage(rtmo_oracle, "rtmo-t", "0" * 64, DetectConfig())
        pose = detector.detect(Frame(0, 0.0, np.zeros((400, 800, 3), np.uint8)))
        assert pose.skeleton == detector.skeleton == "coco17"
        assert len(pose.scores) == 2
        # Cells are 16 pixels of 416, with centres counted from that of the first pixel; the image is 800 wide, thus 800
        # / 416 as large, and has bars of 104 above and below.
        middle = np.array([[5 * 16 + 7.5, 8 * 16 + 7.5 - 104], [20 * 16 + 7.5, 15 * 16 + 7.5 - 104]]) * 800 / 416
        offsets = np.stack([np.arange(17) * 2.0 - 16, np.arange(17) * 5.0 - 40], axis=-1) * 800 / 416
        np.testing.assert_allclose(pose.joints_image, middle[:, None] + offsets, atol=0.5)
        inside = (pose.joints_image > 0).all(axis=-1) & (pose.joints_image < [800, 400]).all(axis=-1)
        np.testing.assert_allclose(pose.scores[inside], 1 / (1 + np.exp(-2)), atol=1e-3)
        single = MMPoseOneStage(rtmo_oracle, "rtmo-t", "0" * 64, DetectConfig(max_people=1))
        np.testing.assert_array_equal(
            single.detect(Frame(0, 0.0, np.zeros((400, 800, 3), np.uint8))).joints_image, pose.joints_image[:1]
        )
        assert single.cache_key != detector.cache_key

    def test_random_weights_see_nobody(self, picture: np.ndarray) -> None:
        from pipeline.detect.mmpose.onestage import MMPoseOneStage

        detector = MMPoseOneStage(random_network(RTMO), "rtmo-t", "0" * 64, DetectConfig())
        pose = detector.detect(Frame(0, 0.0, picture))
        assert pose.scores.shape == (0, 17)


def test_the_import_leaves_no_stand_in_behind() -> None:
    from pipeline.detect.mmpose import import_without_ops

    import_without_ops.import_mmpose()
    assert "mmpose.models" in sys.modules
    assert "mmcv._ext" not in sys.modules
    import mmcv.ops

    from pipeline.detect.mmpose.import_without_ops import missing_operation

    assert mmcv.ops is not None
    with pytest.raises(ModelError, match="'nms' of mmcv's compiled operations"):
        missing_operation("nms")(1, 2)


def test_what_mmpose_says_goes_to_the_log(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture) -> None:
    import warnings

    from pipeline.detect.mmpose.import_without_ops import to_log

    with caplog.at_level("DEBUG"), to_log():
        print("chatter")
        warnings.warn("old ways", FutureWarning, stacklevel=1)
    assert capsys.readouterr().out == ""
    assert "chatter" in caplog.text
    assert "old ways" in caplog.text


def test_scores_fade_outside_the_picture() -> None:
    joints = np.array([[50, 50], [105, 50], [50, -20], [np.nan, np.nan]], np.float32)
    values = faded(joints, np.array([0.8, 0.8, 0.8, 0.0]), (100, 200))
    np.testing.assert_allclose(values, [0.8, 0.4, 0, 0], atol=1e-6)
