"""Test the contract of every source in the registry."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline import registry
from pipeline.core.camera import Frame
from pipeline.core.errors import SourceError
from pipeline.core.poses import Pose2D
from pipeline.sources.base import FrameSource
from pipeline.sources.open import open_source
from tests.helpers.clips import numbered, write_clip

ROWS = registry.entries("source")
SAID = {"images": {"fps_hz": 25}}  # values that the user has to give, because the files do not state them


def make_input(name: str, folder: Path) -> Path:
    """Make a file of 20 frames at 25 fps for the named source; a new source needs one here."""
    if name == "video":
        return write_clip(folder / "clip.mp4", 20, rate=25)
    if name == "joints2d":
        rng = np.random.default_rng(0)
        np.savez(
            folder / "joints.npz", joints_image=rng.uniform(0, 100, (20, 17, 2)), scores=np.ones((20, 17)), fps_hz=25,
            width_px=160, height_px=120, skeleton="coco17",
        )  # fmt: skip
        return folder / "joints.npz"
    if name == "images":
        (folder / "frames").mkdir(exist_ok=True)
        for number in range(20):
            cv2.imwrite(str(folder / "frames" / f"img_{number:04d}.png"), numbered(number))
        return folder / "frames"
    if name == "webp":
        images = [Image.fromarray(numbered(number)[..., ::-1]) for number in range(20)]
        images[0].save(
            folder / "clip.webp", save_all=True, append_images=images[1:], duration=40, loop=0, lossless=True
        )
        return folder / "clip.webp"
    raise AssertionError(f"no test input for the source '{name}'")


@pytest.fixture(params=[row.name for row in ROWS])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


def read(source, *span: float | None) -> list[tuple[int, float, object]]:
    if isinstance(source, FrameSource):
        return [(frame.index, frame.time_s, frame) for frame in source.frames(*span)]
    return list(source.poses(*span))


def test_open_source_finds_the_right_row(name: str, tmp_path: Path) -> None:
    assert type(open_source(make_input(name, tmp_path), **SAID.get(name, {}))) is registry.find("source", name).load()


def test_info_tells_what_is_delivered(name: str, tmp_path: Path) -> None:
    path = make_input(name, tmp_path)
    source = open_source(str(path), **SAID.get(name, {}))
    info, items = source.info, read(source)
    assert (info.name, info.path) == (path.name, str(path))
    assert (info.width_px, info.height_px, info.frame_count, info.fps_hz) == (160, 120, 20, 25.0)
    assert info.duration_s == pytest.approx(0.8)
    assert len(info.content_key) == 64
    assert open_source(path, **SAID.get(name, {})).info == info
    for _, _, item in items:
        if isinstance(item, Frame):
            assert item.bgr.shape == (120, 160, 3)
            assert item.bgr.dtype == np.uint8
        else:
            assert isinstance(item, Pose2D)
            assert item.skeleton == source.skeleton


def test_everything_once_in_order_and_again(name: str, tmp_path: Path) -> None:
    source = open_source(make_input(name, tmp_path), **SAID.get(name, {}))
    for _ in range(2):
        items = read(source)
        assert [index for index, _, _ in items] == list(range(20))
        np.testing.assert_allclose([time_s for _, time_s, _ in items], np.arange(20) / 25, atol=1e-6)
    source.close()


@pytest.mark.parametrize(
    ("start_s", "end_s", "first", "last"),
    [
        (None, 0.2, 0, 4),
        (0.2, None, 5, 19),
        (0.19, 0.21, 5, 5),
        (0.2, 0.2, 1, 0),
        (9.0, None, 1, 0),
        (-1.0, 99.0, 0, 19),
    ],
)
def test_a_range_has_its_start_and_not_its_end(name, start_s, end_s, first, last, tmp_path: Path) -> None:
    source = open_source(make_input(name, tmp_path), **SAID.get(name, {}))
    assert [index for index, _, _ in read(source, start_s, end_s)] == list(range(first, last + 1))


@pytest.mark.parametrize("content", [None, b"", b"not what the name says\n" * 20, bytes(range(256)) * 20])
def test_what_cannot_be_read_is_a_source_error_with_a_hint(name: str, content: bytes | None, tmp_path: Path) -> None:
    path = make_input(name, tmp_path).with_stem("bad")
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SourceError, match="bad") as caught:
        registry.find("source", name).load()(path)
    assert caught.value.hint
