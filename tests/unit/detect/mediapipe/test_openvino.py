"""Test the landmark network on OpenVINO against MediaPipe's graph, and without OpenVINO."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.core.errors import ModelError
from pipeline.core.skeletons import h36m17_from
from pipeline.detect.crops import Square
from pipeline.detect.mediapipe import openvino as openvino_landmarks
from pipeline.detect.mediapipe.detector import MediaPipeDetector
from pipeline.detect.mediapipe.landmarks import own_depth
from pipeline.detect.mediapipe.model_bundle import Size, model_bundle
from pipeline.detect.mediapipe.networks import LANDMARKER_PX, Landmarker
from pipeline.detect.mediapipe.openvino import OpenVinoLandmarker, landmarkers, refined
from training.synthesis.rendered_tracks import depth_channel

if importlib.util.find_spec("openvino") is None:
    pytest.skip("OpenVINO is for x86", allow_module_level=True)


@pytest.fixture(scope="module")
def pictures(sample_path: Path) -> list[np.ndarray]:
    from pipeline.sources.file.video import VideoSource

    source = VideoSource(sample_path)
    frames = [source.frame_at(second).bgr for second in (0.5, 2.0, 3.5, 5.0)]
    source.close()
    return frames


@pytest.fixture
def without_openvino(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "openvino" else find(name))


@pytest.mark.parametrize("size", ["full", "heavy"])
def test_the_same_joints_as_mediapipes_graph(
    pictures: list[np.ndarray], size: Size, request: pytest.FixtureRequest
) -> None:
    if size == "heavy":
        request.getfixturevalue("with_heavy")
    own = Landmarker(model_bundle(size=size))
    (fast,), runtime = landmarkers(model_bundle(size=size), 1)
    assert isinstance(fast, OpenVinoLandmarker)
    assert runtime.startswith("openvino20")
    people = 0
    for picture in pictures:
        for middle in ((640.0, 280.0), (1400.0, 500.0), (900.0, 540.0)):
            for up in ((0.0, -1.0), (0.6, -0.8)):
                crop = Square(*middle, 560.0, up).cut(picture, LANDMARKER_PX)
                one, other = own.locate(crop), fast.locate(crop)
                assert other.confidence == pytest.approx(0.0 if one is None else one.confidence, abs=1e-3)
                if one is None or one.confidence < 0.5:
                    continue
                people += 1
                for name in ("joints", "hip_centre", "circle", "visibility", "presence"):
                    np.testing.assert_allclose(getattr(other, name), getattr(one, name), atol=2e-4, err_msg=name)
                np.testing.assert_allclose(other.metres, one.metres, atol=2e-3)
                np.testing.assert_allclose(own_depth(other.metres), own_depth(one.metres), atol=2e-3)
    assert people >= 6
    own.close()
    fast.close()


def test_a_sure_heat_map_moves_a_joint_and_others_do_not() -> None:
    heat = np.full((64, 64, 5), -20.0, np.float32)
    heat[20:23, 30:33, 0] = 4.0  # around cell 31, 21
    heat[20:23, 30:33, 1] = -1.0  # not sure
    heat[40, 40, 2] = 9.0  # too far away
    heat[0, 0, 3] = 9.0  # in the corner
    places = np.array([[31.5, 20.5], [31.5, 20.5], [31.5, 20.5], [1.2, 0.7], [70.0, -3.0]], np.float32) / 64
    moved = refined(places, heat)
    np.testing.assert_allclose(moved[0], np.array([31, 21]) / 64, atol=1e-4)
    np.testing.assert_array_equal(moved[[1, 2, 4]], places[[1, 2, 4]])
    np.testing.assert_allclose(moved[3], 0, atol=1e-4)


def test_without_openvino_mediapipe_runs_the_network(pictures: list[np.ndarray], without_openvino: None) -> None:
    (one,), runtime = landmarkers(model_bundle(), 1)
    assert isinstance(one, Landmarker)
    assert runtime == ""
    one.close()


def test_detections_are_the_same_and_the_cache_tells_them_apart(
    pictures: list[np.ndarray], request: pytest.FixtureRequest
) -> None:
    """Compare single images.

    From frame to frame, crops follow joints, and the last bit of either runtime grows to the network's own noise: half
    a pixel in the median on the sample video, as for MediaPipe against itself with noise of 1e-6 in its joints.
    """
    found, keys = [], []
    for fixture in ("", "without_openvino"):
        if fixture:
            request.getfixturevalue(fixture)
        detector, poses = MediaPipeDetector(DetectConfig()), []
        for picture in pictures:
            detector.reset()
            poses.append(detector.detect(Frame(0, 0.0, picture)))
        found.append(poses)
        keys.append(detector.cache_key)
        detector.close()
    assert keys[0].startswith(keys[1] + "-openvino")
    assert sum(len(pose.scores) for pose in found[0]) >= 5
    for fast, own in zip(*found, strict=True):
        order = [np.argsort(pose.joints_image[:, 0, 0]) for pose in (fast, own)]
        off = np.linalg.norm(fast.joints_image[order[0]] - own.joints_image[order[1]], axis=-1)
        assert np.median(off) < 0.5  # px of 1920; the network gets crops that differ by some hundredths
        assert off[own.scores[order[1]] > 0.5].max() < 8


def test_importing_it_tells_nobody(tmp_path: Path) -> None:
    """Check the import: OpenVINO's conversion tools send a message and keep an identity file."""
    code = (
        "import sys; from pipeline.system.openvino import quiet_openvino; quiet_openvino().Core();"
        "print([name for name in sys.modules if 'telemetry' in name or name.startswith('openvino.tools')])"
    )
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    root = Path(openvino_landmarks.__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, env=os.environ | home, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are others there")
def test_a_signal_after_two_detectors_are_closed_does_not_end_the_process() -> None:
    """Closed in the order in which they were made: OpenVINO's own way of freeing its signal stacks crashes then."""
    code = (
        "import os, signal\n"
        "from pipeline.detect.mediapipe.detector import MediaPipeDetector\n"
        "first, second = MediaPipeDetector(), MediaPipeDetector()\n"
        "first.close(), second.close()\n"
        "del first, second\n"
        "signal.signal(signal.SIGINT, lambda *_: print('heard'))\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "heard"), done.stderr


def test_the_runtime_that_is_asked_for_is_taken_or_refused(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    detector = MediaPipeDetector(DetectConfig(runtime="mediapipe"))
    assert detector.runtime == "mediapipe"
    assert "openvino" not in detector.cache_key
    detector.close()
    detector = MediaPipeDetector(DetectConfig(runtime="openvino"))
    assert detector.runtime.startswith("openvino20")
    assert detector.cache_key.endswith(detector.runtime)
    detector.close()

    def fails(network: Path, threads: int) -> None:
        raise RuntimeError("no such device")

    with monkeypatch.context() as patched:
        patched.setattr(openvino_landmarks, "OpenVinoLandmarkers", fails)
        with pytest.raises(ModelError, match="no such device") as caught:
            landmarkers(model_bundle(), 1, "openvino")
    assert caught.value.fields == ("runtime",)
    request.getfixturevalue("without_openvino")
    with pytest.raises(ModelError, match="not installed"):
        landmarkers(model_bundle(), 1, "openvino")


@pytest.mark.parametrize("error", [RuntimeError("no such device"), OSError("cannot load"), ImportError("half of it")])
def test_an_openvino_that_does_not_run_is_told_of_and_does_without(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fails(network: Path, threads: int) -> None:
        raise error

    monkeypatch.setattr(openvino_landmarks, "OpenVinoLandmarkers", fails)
    (one,), runtime = landmarkers(model_bundle(), 1)
    assert isinstance(one, Landmarker)
    assert runtime == ""
    assert str(error) in caplog.text
    one.close()


def test_the_depth_of_a_person_is_what_training_stores(sample_path: Path) -> None:
    """Training reads the network's 3D by itself; both give a lifter the same depth, but for rounding to float16."""
    from pipeline.sources.file.video import VideoSource
    from training.synthesis.people.detect import DepthDetector

    own, stored = MediaPipeDetector(), DepthDetector("full")
    source = VideoSource(sample_path)
    people = 0
    for frame in source.frames(0.0, 0.5):
        one, other = own.detect(frame), stored.detect(frame)
        np.testing.assert_array_equal(one.joints_image, other.joints_image)
        for joints, depth in zip(one.joints_image, one.depth_h36m17, strict=True):
            points = h36m17_from("blazepose33", stored.metres(joints), np.ones(33, np.float32))[0]
            np.testing.assert_allclose(1.55 * depth, depth_channel(points[None])[0], atol=5e-4)
            assert np.abs(depth).max() > 0.05
            people += 1
    assert people >= 15
    for closing in (source, own, stored):
        closing.close()
