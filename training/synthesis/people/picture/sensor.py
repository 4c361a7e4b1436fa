"""Simulate the lens, exposure, colours, noise and codec of a camera on rendered images."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.core.arrays import Doubles, Image

_USUAL, _ADAPTS = 112.0, 0.8  # grey levels that exposure aims at; exponent of its correction
_TILE = 1024  # px, side of the noise pattern, from which each frame gets a random crop


@dataclass(frozen=True, slots=True)
class Sensor:
    """Hold the properties of the camera of one clip."""

    gain: Doubles  # (3,) factors of the colours, in addition to the automatic exposure
    gamma: float  # exponent of the brightness
    lifted: float  # brightness of black, 0 to 1
    grey: float  # share of the colour that is lost
    blur_px: float  # standard deviation of the blur
    noise: float  # grey levels of 255, standard deviation
    vignette: float  # share of the brightness that the corners lose
    exposure: float  # share of the frame interval in which the shutter is open
    codec: str  # "", "jpeg" or "h264"
    quality: int  # JPEG quality, or CRF of H.264


def draw_sensor(rng: np.random.Generator, small: bool) -> Sensor:
    """Draw the properties of a camera at random.

    `small` means that the people are far away, so that strong blur or compression would destroy them.
    """
    gain = float(np.exp(rng.normal(0, 0.18)))
    dark = rng.random() < 0.08
    if dark:
        gain *= float(rng.uniform(0.3, 0.6))
    blur = float(rng.choice([0.35, rng.uniform(0.4, 0.9), rng.uniform(0.9, 1.8)], p=[0.4, 0.45, 0.15]))
    noise = float(rng.choice([rng.uniform(0, 2), rng.uniform(2, 6), rng.uniform(6, 14)], p=[0.5, 0.35, 0.15]))
    codec = str(rng.choice(["", "jpeg", "h264"], p=[0.1, 0.3, 0.6]))
    quality = int(rng.integers(45, 93)) if codec == "jpeg" else int(rng.integers(18, 33 if small else 37))
    return Sensor(
        gain * np.exp(rng.normal(0, 0.05, 3)),
        float(np.exp(rng.normal(0, 0.14))),
        float(rng.uniform(0, 0.06)),
        float(rng.choice([0.0, rng.uniform(0, 0.5), 1.0], p=[0.5, 0.47, 0.03])),
        blur * (0.6 if small else 1.0),
        noise * (1.6 if dark else 1.0),
        float(rng.uniform(0, 0.35)) * (rng.random() < 0.5),
        float(rng.choice([0.0, rng.uniform(0.05, 0.4), rng.uniform(0.4, 0.95)], p=[0.4, 0.4, 0.2])),
        codec,
        quality,
    )  # fmt: skip


class Film:
    """Turn rendered RGB images (H, W, 3), one after another, into the frames of a camera.

    The frames are BGR, as a program decodes them from a file.
    """

    def __init__(self, sensor: Sensor, size_px: tuple[int, int], rng: np.random.Generator) -> None:
        self._sensor, self._rng = sensor, rng
        self._shade = _shade(sensor.vignette, size_px) if sensor.vignette > 0 else None
        self._frames: list[Image] = []
        self._curve: NDArray[np.uint8] | None = None  # (1, 256, 3), from the first image: the exposure is fixed
        self._noise: Any = None
        if sensor.noise > 0.5:
            grain = rng.standard_normal((_TILE, _TILE, 3), np.float32) * np.float32(sensor.noise)
            if rng.random() < 0.5:  # Coarse grain, as after the denoising in a sensor.
                import cv2

                grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 2.0
            self._noise = np.clip(grain, -127, 127).astype(np.int8)

    def expose(self, rgb: Image) -> None:
        import cv2

        s = self._sensor
        if self._curve is None:
            self._curve = _curve(s, float(rgb.mean()))
        picture: Any = cv2.GaussianBlur(rgb, (0, 0), s.blur_px)
        picture = cv2.LUT(picture, self._curve)
        if s.grey > 0:
            grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
            picture = cv2.addWeighted(picture, 1 - s.grey, grey, s.grey, 0)
        if self._shade is not None:
            picture = cv2.multiply(picture, self._shade, scale=1 / 255)
        if self._noise is not None:
            height, width = picture.shape[:2]
            y, x = self._rng.integers(0, [_TILE - height + 1, _TILE - width + 1])
            picture = cv2.add(picture, self._noise[y : y + height, x : x + width], dtype=cv2.CV_8U)
        self._frames.append(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))

    def developed(self, rate_hz: float) -> list[Image]:
        """Return all frames after encoding and decoding."""
        if self._sensor.codec == "jpeg":
            return [_jpeg(frame, self._sensor.quality) for frame in self._frames]
        if self._sensor.codec == "h264":
            return _h264(self._frames, rate_hz, self._sensor.quality)
        return self._frames


def _curve(sensor: Sensor, mean: float) -> NDArray[np.uint8]:
    """Return the tone curve (1, 256, 3) of each colour for a scene with this mean brightness."""
    usual = min(max((_USUAL / max(mean, 1.0)) ** _ADAPTS, 0.6), 1.7)
    x = np.arange(256)[:, None] / 255 * usual * sensor.gain
    # Bright values approach white gradually, as on film and sensors, instead of being clipped.
    bent = np.where(x < 0.7, x, 0.7 + 0.3 * (1 - np.exp(-(x - 0.7) / 0.3)))
    value = sensor.lifted + (1 - sensor.lifted) * bent**sensor.gamma
    return (np.clip(value, 0, 1) * 255).astype(np.uint8)[None]


def _shade(amount: float, size_px: tuple[int, int]) -> Image:
    width, height = size_px
    x, y = np.linspace(-1, 1, width)[None], np.linspace(-1, 1, height)[:, None]
    shade: Doubles = 1 - amount * (x**2 + y**2) / 2
    return np.repeat((shade * 255).astype(np.uint8)[..., None], 3, axis=2)


def _jpeg(frame: Image, quality: int) -> Image:
    import cv2

    _, data = cv2.imencode(".jpg", frame, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR))


def _h264(frames: Sequence[Image], rate_hz: float, crf: int) -> list[Image]:
    """Encode and decode frames with H.264 in memory.

    It uses one thread, so that the result does not depend on the machine.
    """
    import av

    height, width = frames[0].shape[:2]
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as out:
        options = {"crf": str(crf), "preset": "superfast", "threads": "1"}
        stream: Any = out.add_stream("libx264", rate=max(1, round(rate_hz)), options=options)
        stream.width, stream.height, stream.pix_fmt, stream.thread_count = width, height, "yuv420p", 1
        for frame in frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        out.mux(stream.encode())
    file.seek(0)
    with av.open(file) as source:
        return [frame.to_ndarray(format="bgr24") for frame in source.decode(video=0)]
