"""Open a video container: main stream, packets, field of view.

No function here keeps a file open after an error.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av

from ...core.errors import SourceError
from ...system import media
from .checks import check_readable

log = logging.getLogger(__name__)

_FILM_DIAGONAL_MM = math.hypot(36.0, 24.0)  # mm, diagonal of a 35 mm film frame: 43.3
_FORMATS_HINT = "Choose a video file such as .mp4, .mov, .mkv, .avi or .webm."


def open_container(path: Path, edited: bool = True) -> tuple[Any, Any]:
    """Open a container and its main video stream for decoding on several threads.

    `edited`: frames that the edit list of an .mp4 hides stay hidden. Raises `SourceError` if the file is not a
    readable video.
    """
    check_readable(path)
    try:
        container = media.open_file(path, {} if edited else {"ignore_editlist": "1"})
    except (av.FFmpegError, OSError, ValueError) as error:
        raise _not_a_video(path, error) from error
    try:
        stream = _main_stream(path, container)
        stream.thread_type = "AUTO"
    except BaseException:
        container.close()
        raise
    return container, stream


def _not_a_video(path: Path, error: Exception) -> SourceError:
    """Explain from the first bytes of a file why it could not be opened."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return SourceError(
            f"{path} is a broken or unfinished recording: its index cannot be read.",
            "Copy it again from the camera; if that copy fails too, the recording was not closed properly.",
        )
    if b"\0" not in head and not any(byte < 9 for byte in head):
        return SourceError(f"{path} is a text file, not a video.", _FORMATS_HINT)
    return SourceError(f"{path} cannot be opened as a video ({_reason(error)}).", _FORMATS_HINT)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip()


def video_streams(container: Any) -> list[Any]:
    """List the streams of video, without the cover of an audio file."""
    attached = av.stream.Disposition.attached_pic
    return [stream for stream in container.streams.video if not stream.disposition & attached]


def _main_stream(path: Path, container: Any) -> Any:
    streams = video_streams(container)
    if not streams:
        what = "only sound" if container.streams.audio else "no video stream"
        raise SourceError(f"{path} has {what}, no pictures.", _FORMATS_HINT)
    best = container.streams.best("video")
    stream = next((stream for stream in streams if best is not None and stream.index == best.index), streams[0])
    if stream.codec_context is None:
        raise SourceError(f"{path} is in a format that cannot be decoded here.", "Convert it to H.264 in .mp4.")
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > media.LARGEST_PX:
        raise SourceError(
            f"{path} has images of {width} x {height} pixels, more than {media.LARGEST_PX / 1e6:.0f} million.",
            "Make a smaller copy of it.",
        )
    media.limit_decoder(stream)
    return stream


def demux(path: Path, container: Any, stream: Any) -> Iterator[Any]:
    """Yield the readable packets of a stream in file order.

    The last packet is empty and drains the decoder.
    """
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.FFmpegError, OSError) as error:
            log.warning("%s: reading stopped (%s)", path.name, _reason(error))
            yield av.Packet()
            return
        yield packet


def fov_from_metadata(container: Any, stream: Any, width_px: int, height_px: int) -> float | None:
    """Compute the horizontal field of view (degrees) from a 35 mm-equivalent focal length.

    Phones write this focal length into the metadata; None if the file has none. "Equivalent" compares diagonals (CIPA
    DCG-001), so the sensor width is the displayed image's share of the 43.3 mm diagonal of 35 mm film.
    """
    for tags in (stream.metadata, container.metadata):
        for name, value in tags.items():
            key = name.lower().replace("-", "_")
            if not ("focal" in key and "35" in key):
                continue
            try:
                focal_mm = float(str(value).split()[0])
            except (ValueError, IndexError):
                continue
            if 4 <= focal_mm <= 2000:
                width_mm = _FILM_DIAGONAL_MM * width_px / math.hypot(width_px, height_px)
                return math.degrees(2 * math.atan(width_mm / (2 * focal_mm)))
    return None
