"""Write small clips whose frames show their numbers, so that tests can check indices."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

BITS = 8


def numbered(number: int, width: int = 160, height: int = 120) -> np.ndarray:
    """Return (H, W, 3) BGR: the number's bits as blocks, lowest first, over blue and red."""
    image = np.zeros((height, width, 3), np.uint8)
    for bit in range(BITS):
        image[: height // 2, bit * width // BITS : (bit + 1) * width // BITS] = 255 * (number >> bit & 1)
    image[height // 2 :, : width // 2] = (200, 30, 30)
    image[height // 2 :, width // 2 :] = (30, 30, 200)
    return image


def number_in(bgr: np.ndarray) -> int:
    """Return the number in an upright image of `numbered`, at any size."""
    height, width = bgr.shape[:2]
    row = bgr[height // 8 : 3 * height // 8]
    centres = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    return sum(int(row[:, x].mean() > 128) << bit for bit, x in enumerate(centres))


def write_clip(
    path: Path,
    count: int = 40,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    size: tuple[int, int] = (160, 120),
    rate: int | Fraction = 30,
    options: dict[str, str] | None = None,
    times_ms: Sequence[int] | None = None,
    aspect: Fraction | None = None,
    full_range: bool = False,
) -> Path:
    """Encode frames 0 to count - 1; `times_ms` are their timestamps."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = *size, pixel_format
        if aspect is not None:
            stream.sample_aspect_ratio = aspect
        if full_range:
            stream.codec_context.color_range = 2
        if times_ms is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for i in range(count):
            frame = av.VideoFrame.from_ndarray(numbered(i, *size), format="bgr24")
            if full_range:
                frame = frame.reformat(format=pixel_format, dst_color_range=2)
                frame.color_range = 2
            if times_ms is not None:
                frame.pts, frame.time_base = times_ms[i], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def ffmpeg(*arguments: object) -> None:
    """Run the ffmpeg command, for files that PyAV cannot write."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
