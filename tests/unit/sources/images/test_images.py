"""Test videos that are stored as images: order, numbers, missing and damaged files, animated WebP."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.core.errors import SourceError
from pipeline.sources.base import TimedSource
from pipeline.sources.images.sequence import ImageSequenceSource, image_series
from pipeline.sources.images.webp import AnimatedWebpSource
from pipeline.sources.open import open_images, open_source
from tests.helpers.clips import number_in, numbered

CASES = Path(__file__).parents[3] / "data/cases"


def write(folder: Path, names: dict[str, int], size: tuple[int, int] = (160, 120)) -> Path:
    """Write images that show numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, number in names.items():
        assert cv2.imwrite(str(folder / name), numbered(number, *size))
    return folder


def numbers(source: TimedSource) -> list[tuple[int, int]]:
    return [(frame.index, number_in(frame.bgr)) for frame in source.frames()]


def test_images_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    folder = write(tmp_path / "frames", {f"img_{n}.png": n for n in range(1, 13)})
    source = open_source(folder)
    assert isinstance(source, ImageSequenceSource)
    assert numbers(source) == [(n - 1, n) for n in range(1, 13)]
    assert (source.info.name, source.info.fps_hz, source.info.frame_count) == ("frames", 30, 12)
    assert source.info.notes == ("the frame rate is assumed: 30 Hz",)
    told = open_source(folder, 12.5)
    assert told.info.duration_s == pytest.approx(12 / 12.5)
    assert told.info.notes == ()


def test_a_missing_image_is_a_missing_frame(tmp_path: Path) -> None:
    folder = write(tmp_path / "frames", {f"a{n:03d}.jpg": n for n in (10, 11, 13, 14)})
    (folder / "a012.jpg").write_bytes(b"no image")
    source = ImageSequenceSource(folder, 10)
    assert numbers(source) == [(0, 10), (1, 11), (3, 13), (4, 14)]
    np.testing.assert_allclose(source.time_s, np.arange(5) / 10)
    assert number_in(source.frame_at(0.2).bgr) == 11  # the last one before it
    (folder / "a012.jpg").unlink()
    source = ImageSequenceSource(folder, 10)
    assert [index for index, _ in numbers(source)] == [0, 1, 3, 4]
    assert source.info.notes == ("1 of 5 images are missing",)


def test_every_tenth_number_is_no_missing_frame(tmp_path: Path) -> None:
    source = ImageSequenceSource(write(tmp_path, {f"f{n}.png": n for n in range(0, 60, 10)}), 25)
    assert numbers(source) == [(n, 10 * n) for n in range(6)]


def test_names_without_numbers_of_frames_come_in_natural_order(tmp_path: Path) -> None:
    names = {f"2024-05-01 10.0{m}.{s:02d}.png": 10 * m + s for m in (0, 1) for s in (1, 5, 9)}
    source = open_source(write(tmp_path / "day", names))
    assert numbers(source) == [(0, 1), (1, 5), (2, 9), (3, 11), (4, 15), (5, 19)]


def test_images_of_two_cameras_are_two_series(tmp_path: Path) -> None:
    names = {f"cam{camera}_{n:04d}.png": n for camera in (1, 2) for n in range(4)}
    folder = write(tmp_path, {**names, "cover.png": 9})
    series = image_series(folder.iterdir())
    assert [[path.name for path in one] for one in series if len(one) > 1] == [
        [f"cam{camera}_{n:04d}.png" for n in range(4)] for camera in (1, 2)
    ]
    source = open_source(folder / "cam2_*.png")
    assert len(numbers(source)) == 4
    assert any("left out" in note for note in open_source(folder).info.notes)


def test_an_image_of_another_size_is_fitted(tmp_path: Path) -> None:
    folder = write(tmp_path, {"a1.png": 1, "a2.png": 2})
    write(tmp_path, {"a3.png": 3}, size=(320, 240))
    frames = list(open_source(folder).frames())
    assert [frame.bgr.shape for frame in frames] == [(120, 160, 3)] * 3
    assert [frame.fitted for frame in frames] == [False, False, True]
    assert number_in(frames[2].bgr) == 3


def test_the_images_of_a_take_are_opened_again(tmp_path: Path) -> None:
    folder = write(tmp_path, {f"a{n}.png": n for n in range(3)})
    for path in (folder, folder / "a*.png"):
        info = open_source(path, 50).info
        again = open_images(info)
        assert again is not None
        assert again.info == info


def test_a_folder_without_images_and_images_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "a1.png").write_bytes(b"x")
    with pytest.raises(SourceError, match="none of its 1 images can be read"):
        open_source(tmp_path)
    with pytest.raises(SourceError, match="There is no file"):
        open_source(tmp_path / "b*.png")


def test_the_content_key_is_of_the_images(tmp_path: Path) -> None:
    one = write(tmp_path / "a", {"a1.png": 1, "a2.png": 2})
    same = write(tmp_path / "b", {"x1.png": 1, "x2.png": 2})
    other = write(tmp_path / "c", {"a1.png": 1, "a2.png": 3})
    keys = [open_source(folder).info.content_key for folder in (one, same, other)]
    assert keys[0] == keys[1] != keys[2]


def test_the_folder_of_frames_of_the_cases() -> None:
    source = open_source(CASES / "frames")
    assert isinstance(source, ImageSequenceSource)
    assert (source.info.frame_count, source.info.width_px, source.info.height_px) == (12, 204, 360)


def test_animated_webp_has_its_own_times(tmp_path: Path) -> None:
    images = [Image.fromarray(numbered(n)[..., ::-1]) for n in range(6)]
    times = [40, 40, 120, 40, 0, 40]
    images[0].save(tmp_path / "a.webp", save_all=True, append_images=images[1:], duration=times, lossless=True)
    source = open_source(tmp_path / "a.webp")
    assert isinstance(source, AnimatedWebpSource)
    assert numbers(source) == [(n, n) for n in range(6)]
    np.testing.assert_allclose(source.time_s, [0, 0.04, 0.08, 0.2, 0.24, 0.34])  # no time is shown for 0.1 s
    assert source.info.variable_rate
    assert number_in(source.frame_at(0.1).bgr) == 2
    assert number_in(source.frame_at(0.0).bgr) == 0


def test_the_webp_of_the_cases_and_damaged_ones(tmp_path: Path) -> None:
    source = open_source(CASES / "animated.webp")
    assert len(list(source.frames())) == 20
    whole = (CASES / "animated.webp").read_bytes()
    (tmp_path / "cut.webp").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SourceError, match="cannot be read"):
        open_source(tmp_path / "cut.webp")
    (tmp_path / "head.webp").write_bytes(whole[:40])
    with pytest.raises(SourceError, match="broken") as caught:
        open_source(tmp_path / "head.webp")
    assert "ImageMagick" in caught.value.hint
