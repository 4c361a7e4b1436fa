"""Fixtures for every test: a cache of its own, the sample video, small synthetic videos."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

# Before anything of the program is imported: tests never touch the user's cache or settings.
_CACHE = tempfile.TemporaryDirectory(prefix="hourglass-tests-")
os.environ["HOURGLASS_CACHE"] = _CACHE.name


@pytest.fixture(scope="session")
def sample_path() -> Path:
    """The sample video (two people, one jumps): 1768 x 994, 30 fps."""
    from pipeline.sources.sample import sample_video

    return sample_video()


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """Write a small H.264 video; `picture(i)` gives frame i as (H, W, 3) BGR uint8."""

    def write(
        name: str,
        count: int,
        picture: Callable[[int], np.ndarray] | None = None,
        size: tuple[int, int] = (160, 120),
        fps: int = 30,
    ) -> Path:
        import av

        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=fps, options={"crf": "18"})
            stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
            for i in range(count):
                image = np.full((size[1], size[0], 3), 40, np.uint8) if picture is None else picture(i)
                for packet in stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")):
                    container.mux(packet)
            for packet in stream.encode():
                container.mux(packet)
        return path

    return write
