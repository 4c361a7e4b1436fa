"""Test the embedded detector: crops, new people, duplicates, silence, threads."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Frame
from pipeline.core.config import DetectConfig
from pipeline.detect.crops import Square, search_squares
from pipeline.detect.mediapipe.detector import MediaPipeDetector
from pipeline.detect.mediapipe.networks import PersonFinder


@pytest.fixture(scope="module", params=[True, False], ids=["prompt", "beside"])
def detector(request: pytest.FixtureRequest) -> Iterator[MediaPipeDetector]:
    """Make the detector as for a file, whose frames wait for searches, and as for a camera."""
    made = MediaPipeDetector(DetectConfig(prompt=request.param))
    yield made
    made.close()


@pytest.fixture(scope="module")
def picture(sample_path: Path) -> np.ndarray:
    """Return frame 84: the man on the roof left of the centre, the woman to the right, walking."""
    from pipeline.sources.file.video import VideoSource

    source = VideoSource(sample_path)
    bgr = source.frame_at(84 / 30 + 0.001).bgr
    source.close()
    return bgr


class TestSquare:
    @pytest.mark.parametrize("up", [(0.0, -1.0), (1.0, 0.0), (0.6, 0.8), (-0.6, -0.8)])
    def test_crop_coordinates_become_pixels(self, up: tuple[float, float]) -> None:
        square = Square(300.0, 200.0, 120.0, up)
        points = np.array([[0.5, 0.5], [0.5, 0.0], [1.0, 0.5], [0.2, 0.9]], np.float32)
        (ux, uy), (dx, dy) = up, (-0.3 * 120, 0.4 * 120)  # the last point, from the centre, in pixels
        expected = [
            (300, 200),
            (300 + 60 * ux, 200 + 60 * uy),
            (300 - 60 * uy, 200 + 60 * ux),
            (300 - dx * uy - dy * ux, 200 + dx * ux - dy * uy),
        ]
        np.testing.assert_allclose(square.image_from_crop(points), expected, atol=1e-3)

    def test_around_a_body(self) -> None:
        square = Square.around(np.array([100, 200]), np.array([100, 120]), 1.25)
        assert (square.x, square.y, square.side, square.up) == (100, 200, 200, (0, -1))

    @pytest.mark.parametrize("side", [60.0, 90.0, 400.0, 700.0])
    @pytest.mark.parametrize("up", [(0.0, -1.0), (1.0, 0.0), (0.6, -0.8)])
    def test_cut_puts_a_spot_where_the_geometry_says(self, side: float, up: tuple[float, float]) -> None:
        bgr = np.zeros((480, 640, 3), np.uint8)
        spot = np.array([350.0, 210.0], np.float32)  # corner shared by four pixels: centre of an 8 x 8 patch
        bgr[206:214, 346:354] = (10, 20, 250)
        square = Square(340.0, 220.0, side, up)
        piece = square.cut(bgr, 64).astype(float)
        assert piece.shape == (64, 64, 3)
        weight = piece[..., 0]  # red comes first
        rows, columns = np.mgrid[0:64, 0:64] + 0.5
        middle = np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum() / 64
        np.testing.assert_allclose(square.image_from_crop(middle), spot, atol=0.25 / 64 * side)

    def test_black_beyond_the_edges(self) -> None:
        white = np.full((100, 100, 3), 255, np.uint8)
        piece = Square(0.0, 50.0, 80.0).cut(white, 40)
        assert (piece[:, :19] == 0).all()
        assert (piece[:, 21:] == 255).all()
        assert (Square(-500.0, 50.0, 80.0).cut(white, 40) == 0).all()

    @pytest.mark.parametrize("size", [(16000, 16), (16, 16000), (65535, 1)])
    def test_the_search_of_a_strip_is_bounded(self, size: tuple[int, int]) -> None:
        *tiles, whole = search_squares(*size)
        assert len(tiles) == 32
        along = sorted(max(tile.x, tile.y) for tile in tiles)
        assert along[0] - tiles[0].side / 2 == pytest.approx(0)
        assert along[-1] + tiles[0].side / 2 == pytest.approx(max(size))
        assert max(np.diff(along)) == pytest.approx(0.8 * tiles[0].side)
        assert whole.side == max(size)

    @pytest.mark.parametrize("size", [(1768, 994), (1080, 1920), (640, 480), (500, 500), (4000, 300), (1, 1)])
    def test_search_covers_the_picture(self, size: tuple[int, int]) -> None:
        width, height = size
        squares = search_squares(width, height)
        x, y = np.meshgrid(np.linspace(0, width, 60), np.linspace(0, height, 60))
        tiles = squares if len(squares) == 1 else squares[:-1]
        deepest = np.zeros_like(x)  # distance inside the best tile, in sides; the image's own edges do not count
        for tile in tiles:
            assert tile.side == min(size)
            inside = (
                np.minimum(
                    np.where((tile.x - tile.side / 2 <= 0), np.inf, x - (tile.x - tile.side / 2)),
                    np.where((tile.x + tile.side / 2 >= width), np.inf, tile.x + tile.side / 2 - x),
                )
                if width >= height
                else np.minimum(
                    np.where((tile.y - tile.side / 2 <= 0), np.inf, y - (tile.y - tile.side / 2)),
                    np.where((tile.y + tile.side / 2 >= height), np.inf, tile.y + tile.side / 2 - y),
                )
            )
            deepest = np.maximum(deepest, np.minimum(inside / tile.side, 1))
        assert deepest.min() >= 0.1, "everyone is at least a tenth of a tile away from some tile's edge"


def test_newcomer_is_found_within_half_a_second(detector: MediaPipeDetector, picture: np.ndarray) -> None:
    """Show only the man for a second, then the woman as well."""
    alone = picture.copy()
    alone[:, 1000:] = 120
    detector.reset()
    counts = []
    for i in range(46):
        counts.append(len(detector.detect(Frame(i, i / 30, alone if i < 30 else picture)).scores))
        if detector.running_search is not None:
            wait([detector.running_search])  # at a camera's pace a search ends before the next frame comes
    assert counts[:30] == [1] * 30
    assert counts[45] == 2
    assert counts[30:].index(2) <= 15


def test_frames_of_a_camera_never_wait_for_a_search(picture: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    """Block the person detector: the woman appears one frame after its answer."""
    alone = picture.copy()
    alone[:, 1000:] = 120
    detector = MediaPipeDetector(DetectConfig(max_people=2, prompt=False))
    # the first frame waits, because no one is tracked yet
    assert len(detector.detect(Frame(0, 0.0, alone)).scores) == 1
    goes_on, find = threading.Event(), PersonFinder.find

    def stuck(self: PersonFinder, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        assert goes_on.wait(60)
        return find(self, rgb)

    monkeypatch.setattr(PersonFinder, "find", stuck)
    try:
        for i in range(1, 40):
            assert len(detector.detect(Frame(i, i / 30, picture)).scores) == 1
        assert detector.running_search is not None
        goes_on.set()
        counts = []
        for i in range(40, 60):
            if detector.running_search is not None:
                wait([detector.running_search])
            counts.append(len(detector.detect(Frame(i, i / 30, picture)).scores))
        assert counts[-1] == 2
    finally:
        goes_on.set()
        detector.close()


@pytest.mark.parametrize("late_s", [0.05, 0.15])
def test_a_late_hit_at_somebody_who_has_moved_on_is_no_newcomer(
    sample_path: Path, monkeypatch: pytest.MonkeyPatch, late_s: float
) -> None:
    """Feed frames faster than a camera to a slow person detector: its hits are many frames old."""
    from pipeline.sources.file.video import VideoSource

    find = PersonFinder.find

    def slow(self: PersonFinder, rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        time.sleep(late_s)
        return find(self, rgb)

    monkeypatch.setattr(PersonFinder, "find", slow)
    detector, source = MediaPipeDetector(DetectConfig(max_people=2, prompt=False)), VideoSource(sample_path)
    for frame in source.frames(0.0, 2.2):
        hips = detector.detect(frame).joints_image[:, [23, 24], 0].mean(axis=1)
        assert (hips < 900).sum() == 1, f"frame {frame.index}: {hips}"
    detector.close()
    source.close()


def test_while_nobody_is_followed_each_frame_is_searched(picture: np.ndarray) -> None:
    detector = MediaPipeDetector(DetectConfig(max_people=2, prompt=False))
    empty = np.full_like(picture, 120)
    counts = [len(detector.detect(Frame(i, i / 30, empty if i < 5 else picture)).scores) for i in range(12)]
    assert counts[:6] == [0] * 6  # found in the sixth, looked at in the seventh at the earliest
    assert counts[-1] >= 1
    detector.close()


def test_ways_to_search_are_told_apart_in_the_cache() -> None:
    keys = []
    for prompt in (True, False):
        made = MediaPipeDetector(DetectConfig(prompt=prompt))
        keys.append(made.cache_key)
        made.close()
    assert keys[0] != keys[1]


@pytest.mark.parametrize("confidence", [0.0, 0.2])
def test_network_that_sees_nobody_is_no_error(
    picture: np.ndarray, monkeypatch: pytest.MonkeyPatch, confidence: float
) -> None:
    """Check a confidence of exactly 0, for which MediaPipe's graph gives no landmarks."""
    from pipeline.detect.mediapipe import landmarks
    from pipeline.detect.mediapipe.networks import Landmarker, LandmarkResult

    monkeypatch.setattr(landmarks, "landmarkers", lambda bundle, count, runtime: ([Landmarker(bundle)], ""))
    detector = MediaPipeDetector()
    monkeypatch.setattr(LandmarkResult, "number", lambda self, name: confidence)
    if confidence == 0:
        monkeypatch.setattr(LandmarkResult, "proto", lambda self, name: None)
    assert len(detector.detect(Frame(0, 0.0, picture)).scores) == 0
    detector.close()


def test_network_on_openvino_that_sees_nobody_is_no_error(picture: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("openvino") is None:
        pytest.skip("OpenVINO is for x86")
    from pipeline.detect.mediapipe.openvino import OpenVinoLandmarker

    locate = OpenVinoLandmarker.locate
    detector = MediaPipeDetector()
    monkeypatch.setattr(OpenVinoLandmarker, "locate", lambda self, rgb: replace(locate(self, rgb), confidence=0.2))
    assert len(detector.detect(Frame(0, 0.0, picture)).scores) == 0
    detector.close()


def test_who_is_gone_is_gone(detector: MediaPipeDetector, picture: np.ndarray) -> None:
    alone = picture.copy()
    alone[:, 1000:] = 120
    detector.reset()
    counts = [len(detector.detect(Frame(i, i / 30, picture if i < 5 else alone)).scores) for i in range(12)]
    assert counts == [2] * 5 + [1] * 7


def test_one_person_is_not_found_twice(detector: MediaPipeDetector, sample_path: Path) -> None:
    """Count one person over 45 frames, then two.

    Duplicates of the man were common before they were refused.
    """
    from pipeline.sources.file.video import VideoSource

    source = VideoSource(sample_path)
    detector.reset()
    for frame in source.frames(0.0, 2.2):
        if frame.index % 3:  # ten frames a second: harder than thirty
            continue
        pose = detector.detect(frame)
        hips = pose.joints_image[:, [23, 24]].mean(axis=1)
        assert (hips[:, 0] < 900).sum() == 1, f"frame {frame.index}: {hips}"
    source.close()


def test_people_who_meet_are_kept_apart(detector: MediaPipeDetector, picture: np.ndarray) -> None:
    """Paste the same woman twice, approaching until the arms touch: two people to the end."""
    woman = picture[540:940, 1130:1330]
    detector.reset()
    for i in range(20):
        scene = np.full((500, 900, 3), 120, np.uint8)
        for x in (100 + 10 * i, 600 - 10 * i):
            scene[50:450, x : x + 200] = woman
        found = detector.detect(Frame(i, i / 30, scene)).joints_image[:, [23, 24], 0].mean(axis=1)
        assert len(found) == 2, f"frame {i}"
        left, right = sorted(found)
        assert abs((right - left) - (500 - 20 * i)) < 30


def test_says_nothing_on_the_terminal(sample_path: Path) -> None:
    """Check that MediaPipe, TensorFlow Lite and absl log nothing up to the first person."""
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from pipeline.detect.mediapipe.detector import MediaPipeDetector\n"
        "from pipeline.sources.file.video import VideoSource\n"
        "source, detector = VideoSource(Path(sys.argv[1])), MediaPipeDetector()\n"
        "frame = source.frame_at(2.8)\n"
        "assert len(detector.detect(frame).scores) == 2\n"
        "detector.close(), source.close()\n"
    )
    command = [sys.executable, "-c", script, str(sample_path)]
    root = Path(__file__).parents[4]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=root)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


def test_close_ends_its_threads(picture: np.ndarray) -> None:
    before = set(threading.enumerate())
    made = MediaPipeDetector(DetectConfig())
    assert len(made.detect(Frame(0, 0.0, picture)).scores) == 2
    made.detect(Frame(1, 0.1, picture))
    made.close()
    assert set(threading.enumerate()) <= before
