"""Test the hand networks against MediaPipe's own hand graph, on the hands of the sample video."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import ModelError
from pipeline.detect.mediapipe.hands.locate import HandLocator
from pipeline.detect.mediapipe.hands.networks import LANDMARKS_PX, RECROP_PX, HandNetworks, hand_networks
from pipeline.detect.mediapipe.hands.regions import tracked_square
from pipeline.detect.mediapipe.import_without_plots import import_mediapipe
from pipeline.detect.mediapipe.model_bundle import wheel_path


@pytest.fixture(scope="module")
def crops(sample_path: Path) -> list[np.ndarray]:
    """Crops at the size of the landmark network: of hands, and of the scene beside them."""
    from pipeline.detect.mediapipe.detector import MediaPipeDetector
    from pipeline.sources.file.video import VideoSource

    source, detector, locator = VideoSource(sample_path), MediaPipeDetector(), HandLocator(2)
    found = []
    for frame in source.frames(1.4, 1.9):
        hands = locator.locate(frame.bgr, detector.detect(frame))
        for joints in hands.joints_image[hands.observed]:
            square = tracked_square(joints)
            assert square is not None
            beside = replace(square, x=square.x + 2 * square.side)
            found += [square.cut(frame.bgr, LANDMARKS_PX), beside.cut(frame.bgr, LANDMARKS_PX)]
    source.close()
    detector.close()
    locator.close()
    return found[:24]


@pytest.fixture(scope="module")
def own() -> HandNetworks:
    (networks,), runtime = hand_networks(1, "mediapipe")
    assert runtime == ""
    return networks


def test_the_points_are_those_of_mediapipes_own_graph(crops: list[np.ndarray], own: HandNetworks) -> None:
    """MediaPipe's `HandLandmarkCpu` gives points where the presence exceeds 0.5."""
    graph = MediaPipeHands()
    compared = 0
    for crop in crops:
        joints, world = graph.locate(crop)
        seen = own.points(crop)
        assert (seen.presence > 0.5) == (joints is not None)
        if joints is not None:
            compared += 1
            np.testing.assert_allclose(seen.joints, joints, atol=1e-5)
            np.testing.assert_allclose(seen.world, world, atol=1e-6)
    assert compared >= 3


def test_openvino_gives_the_same_numbers(crops: list[np.ndarray], own: HandNetworks) -> None:
    if importlib.util.find_spec("openvino") is None:
        pytest.skip("OpenVINO is for x86")
    (fast,), runtime = hand_networks(1, "openvino")
    assert runtime.startswith("openvino20")
    for crop in crops:
        one, other = own.points(crop), fast.points(crop)
        np.testing.assert_allclose(one.joints, other.joints, atol=1e-4)
        np.testing.assert_allclose(one.world, other.world, atol=1e-4)
        assert one.presence == pytest.approx(other.presence, abs=1e-4)
        assert one.right == pytest.approx(other.right, abs=1e-3)
        rough = np.asarray(crop[:RECROP_PX], np.uint8)
        rough = np.pad(rough, ((0, RECROP_PX - LANDMARKS_PX), (0, RECROP_PX - LANDMARKS_PX), (0, 0)))
        np.testing.assert_allclose(own.recrop(rough), fast.recrop(rough), atol=1e-4)


def test_the_same_crop_gives_the_same_numbers(crops: list[np.ndarray]) -> None:
    (one, other), _ = hand_networks(2)
    first = one.points(crops[0])
    other.points(crops[1])
    again = other.points(crops[0])
    np.testing.assert_array_equal(first.joints, again.joints)
    np.testing.assert_array_equal(first.world, again.world)


def test_openvino_that_is_requested_and_missing_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "openvino" else find(name))
    with pytest.raises(ModelError, match="OpenVINO"):
        hand_networks(1, "openvino")


class MediaPipeHands:
    """MediaPipe's hand graph on a whole image."""

    def __init__(self) -> None:
        import_mediapipe()
        from mediapipe.python._framework_bindings import calculator_graph, resource_util

        resource_util.set_resource_dir(str(wheel_path("__init__.py").parent.parent))
        self._graph = calculator_graph.CalculatorGraph(
            graph_config="""
            input_stream: "image" input_stream: "rect"
            node { calculator: "HandLandmarkCpu" input_stream: "IMAGE:image" input_stream: "ROI:rect"
                   output_stream: "LANDMARKS:joints" output_stream: "WORLD_LANDMARKS:world" }
            """
        )
        self._found: dict[str, object] = {}
        for name in ("joints", "world"):
            self._graph.observe_output_stream(name, self._found.__setitem__)
        self._graph.start_run()
        self._time = 0

    def locate(self, rgb: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
        from mediapipe.framework.formats import rect_pb2
        from mediapipe.python import packet_creator, packet_getter
        from mediapipe.python._framework_bindings import image_frame

        self._time += 1
        self._found.clear()
        whole = rect_pb2.NormalizedRect(x_center=0.5, y_center=0.5, width=1.0, height=1.0, rotation=0.0)
        image = packet_creator.create_image_frame(np.ascontiguousarray(rgb), image_format=image_frame.ImageFormat.SRGB)
        self._graph.add_packet_to_input_stream("image", image.at(self._time))
        self._graph.add_packet_to_input_stream("rect", packet_creator.create_proto(whole).at(self._time))
        self._graph.wait_until_idle()
        if "joints" not in self._found:
            return None, None
        joints, world = (packet_getter.get_proto(self._found[name]) for name in ("joints", "world"))
        return (
            np.array([(p.x, p.y) for p in joints.landmark], np.float32),
            np.array([(p.x, p.y, p.z) for p in world.landmark], np.float32),
        )
