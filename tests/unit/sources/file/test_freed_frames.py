"""Test that decoded frames and decoders are freed when they are not used any more, without the garbage collector.

The collector counts objects, not bytes: it lets dozens of images wait.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import pytest

from pipeline.sources.file.video import VideoSource
from tests.helpers.clips import write_clip


def count_alive() -> int:
    """Count libav's frames and decoders."""
    return sum(isinstance(thing, av.VideoFrame | av.CodecContext) for thing in gc.get_objects())


@pytest.fixture
def alive() -> Iterator[Callable[[], int]]:
    """Count the frames and decoders that were made in this test and are not freed."""
    gc.collect()
    before = count_alive()
    gc.disable()
    yield lambda: count_alive() - before
    gc.enable()


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.avi", "mjpeg"), ("a.webm", "libvpx-vp9")])
def test_frames_and_decoders_are_freed(tmp_path: Path, alive: Callable[[], int], name: str, codec: str) -> None:
    path = write_clip(tmp_path / name, 40, codec, "yuvj420p" if codec == "mjpeg" else "yuv420p")
    assert alive() == 0

    source = VideoSource(path)
    assert alive() == 0  # opening decodes a frame

    most = 0
    for frame in source.frames():
        most = max(most, alive())
        del frame  # its pixels are those of one of libav's frames
    assert most < 20  # a decoder, a frame, and those that come together at the end
    assert alive() == 0

    begun = source.frames(0.5)
    next(begun)
    begun.close()  # as a cancelled run does
    assert alive() == 0

    for time_s in (0.9, 0.1, 0.5):
        source.frame_at(time_s)
    assert alive() > 0  # kept for stepping back
    source.close()
    assert alive() == 0
