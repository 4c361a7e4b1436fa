"""Read animated WebP with Pillow, because FFmpeg's decoder cannot.

Source: Google, "WebP Container Specification".
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles, Image
from ...core.camera import VideoInfo
from ...core.errors import SourceError
from ...system.files import printable
from ...system.safe_read import open_regular
from ..file.checks import check_readable, content_key
from ..file.timing import true_rate
from .stills import StillsSource

_MOST_FRAMES = 100_000
_TOO_SHORT_S = 0.01  # s: images shown for up to this long are, in browsers, shown for _BROWSER_S
_BROWSER_S = 0.1
_CONVERT = "Convert it to a video, for example with ImageMagick: magick clip.webp clip.mp4"


def is_animated_webp(path: Path) -> bool:
    """Return whether a file begins as an animated WebP does; never raises."""
    try:
        with open_regular(path) as file:
            head = file.read(21)
    except OSError:
        return False
    # RIFF container of WebP: in the extended header (VP8X), bit 1 of the flags says "animation".
    return len(head) == 21 and head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and bool(head[20] & 2)


class AnimatedWebpSource(StillsSource):
    """Read an animated WebP as a `TimedSource`. Raises `SourceError`."""

    def __init__(self, path: str | Path) -> None:
        super().__init__()
        absolute = Path(path).expanduser().absolute()
        check_readable(absolute)
        if not is_animated_webp(absolute):
            raise SourceError(f"{absolute.name} is not an animated WebP.", _CONVERT)
        try:
            import PIL.Image
        except ImportError as error:
            raise SourceError(f"{absolute.name} is an animated WebP, which needs Pillow.", _CONVERT) from error
        durations = _durations(absolute)
        if not len(durations):
            raise SourceError(f"{absolute.name} is broken: it has no images.", "Copy it again. " + _CONVERT)
        try:
            self._picture = PIL.Image.open(absolute, formats=("WEBP",))
            size = self._picture.size
        except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
            raise SourceError(f"{absolute.name} cannot be read ({error}).", "Copy it again. " + _CONVERT) from error
        ends = np.cumsum(durations)
        self._time_s = ends - durations
        fps_hz, variable = true_rate(self._time_s, 0.001, None)
        self._info = VideoInfo(
            name=printable(absolute.name),
            path=str(absolute),
            width_px=size[0],
            height_px=size[1],
            fps_hz=fps_hz,
            frame_count=len(durations),
            duration_s=float(ends[-1]),
            variable_rate=variable,
            content_key=content_key(absolute),
        )
        if self._decode(0) is None:
            self._picture.close()
            raise SourceError(f"{absolute.name} is broken: its first image cannot be read.", "Copy it again.")

    def _decode(self, index: int) -> Image | None:
        import cv2

        try:
            self._picture.seek(index)
            rgb = np.asarray(self._picture.convert("RGB"), np.uint8)
        except (OSError, EOFError, ValueError, SyntaxError):
            return None
        return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), np.uint8)  # numpy takes ten times as long

    def close(self) -> None:
        super().close()
        self._picture.close()


def _durations(path: Path) -> Doubles:
    """Return how long each image is shown, (T,) s, from the chunks of the file; of a cut file those that are there."""
    durations: list[float] = []
    with open_regular(path) as file:
        file.seek(12)
        while len(durations) < _MOST_FRAMES and len(head := file.read(8)) == 8:
            kind, size = struct.unpack("<4sI", head)
            begin = file.tell()
            if kind == b"ANMF" and len(frame := file.read(16)) == 16:
                shown = int.from_bytes(frame[12:15], "little") / 1000
                durations.append(shown if shown > _TOO_SHORT_S else _BROWSER_S)
            file.seek(begin + size + size % 2)
    return np.array(durations)
