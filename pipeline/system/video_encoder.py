"""Encode H.264 with the best encoder of this machine, for exported videos and recordings."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import av
import numpy as np

from ..core.arrays import Image
from ..core.errors import INSTALLATION, OutputError

log = logging.getLogger(__name__)

# The best encoder comes first; a PyAV without x264 may have the others.
_ENCODERS = ("libx264", "h264_videotoolbox", "h264_nvenc", "h264_qsv", "h264_amf", "h264_mf", "libopenh264")
_X264 = "libx264"
_BITS_PER_PIXEL = 0.2  # bits per pixel and frame, for encoders without a constant quality
_BT709, _LIMITED = 1, 1  # libav's numbers of the colour space and of the limited range


def even(size_px: int) -> int:
    """Round a width or height in pixels up to an even number.

    4:2:0 video has one colour for 2 x 2 pixels.
    """
    return size_px + size_px % 2


def h264_encoder() -> str:
    """Return the name of the first H.264 encoder that opens; raise `OutputError` if none does.

    An encoder may be compiled in although its hardware is missing, so each is opened for a test.
    """
    for name in _ENCODERS:
        try:
            codec: Any = av.CodecContext.create(name, "w")
            codec.width, codec.height, codec.pix_fmt, codec.time_base = 640, 480, "yuv420p", Fraction(1, 30)
            codec.open()
        except (av.FFmpegError, ValueError, OSError) as error:
            log.debug("%s: %s", name, error)
            continue
        return name
    raise OutputError("There is no H.264 encoder here.", "Install PyAV from its wheels.", field=INSTALLATION)


def add_h264(
    container: Any, width_px: int, height_px: int, rate_hz: Fraction, tick_s: Fraction, x264: Mapping[str, str]
) -> Any:
    """Add an H.264 stream (BT.709, 4:2:0) for frames of even size at `rate_hz` to `container`.

    Timestamps count `tick_s`. `x264` holds options of that encoder, among them its quality; any other encoder gets a
    bit rate. Further options can be set on the stream's `codec_context` before the first frame. Raises `OutputError` if
    there is no H.264 encoder.
    """
    name = h264_encoder()
    stream = container.add_stream(name, rate=rate_hz, options=dict(x264) if name == _X264 else {})
    stream.width, stream.height, stream.pix_fmt = width_px, height_px, "yuv420p"
    codec = stream.codec_context
    codec.time_base = tick_s
    codec.color_range, codec.colorspace = _LIMITED, _BT709
    codec.color_primaries, codec.color_trc = _BT709, _BT709
    if name != _X264:
        codec.bit_rate = round(width_px * height_px * rate_hz * _BITS_PER_PIXEL)
    return stream


def h264_frame(bgr: Image) -> Any:
    """Convert a BGR image (H, W, 3) of even size to a frame for the stream of `add_h264`.

    The frame has no timestamp yet.
    """
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(bgr), format="bgr24")
    return frame.reformat(format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG")
