"""What is known of a video file before it is decoded: its stream, every timestamp, its place of the camera.

All that touches libav's containers without decoding lives here; `video` decodes. Nothing here keeps a file open
after an error.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np

from pipeline.errors import SourceError
from pipeline.types import Doubles, Ints

log = logging.getLogger(__name__)

_MIB = 1 << 20
_FALLBACK_FPS_HZ = 30.0
_SNAP = 1e-3  # how far the measured rate may be from the container's to be taken for it
_UNEVEN = 0.2  # steps that deviate more than this make the rate variable
_FILM_DIAGONAL_MM = math.hypot(36.0, 24.0)
_FORMATS_HINT = "Choose a video file such as .mp4, .mov, .mkv, .avi or .webm."


@dataclass(frozen=True, slots=True)
class Scan:
    """The frames of a video stream in the order in which they are shown.

    `pts` is None when the file has no usable timestamps: then frames can only be counted from the start, and
    `time_s` follows from the rate.
    """

    pts: Ints | None  # (T,) ticks of the stream's time base, rising
    time_s: Doubles  # (T,) strictly rising, the first is 0
    keyframes: Ints  # frames at which decoding can start, rising, the first is 0
    fps_hz: float
    duration_s: float
    variable_rate: bool

    def index_at(self, time_s: float) -> int:
        """The frame that is shown at `time_s`, half a millisecond of tolerance."""
        return int(np.clip(np.searchsorted(self.time_s, time_s + 5e-4, side="right") - 1, 0, len(self.time_s) - 1))

    def keyframe_before(self, index: int) -> int:
        """The last keyframe that is not later than frame `index`."""
        return int(self.keyframes[max(0, int(np.searchsorted(self.keyframes, index, side="right")) - 1)])


def open_container(path: Path) -> tuple[Any, Any]:
    """The open container and its main video stream, decoding on several threads. Raises `SourceError`."""
    check_readable(path)
    try:
        # Only local files: a playlist in disguise must not make the program fetch other files or addresses.
        # An absolute path is never mistaken for a protocol, and "%03d" in a name never for a picture series.
        container = av.open(
            str(path.resolve()),
            options={"protocol_whitelist": "file", "pattern_type": "none"},
            metadata_errors="replace",
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        raise _not_a_video(path, error) from error
    try:
        stream = _main_stream(path, container)
        stream.thread_type = "AUTO"
    except BaseException:
        container.close()
        raise
    return container, stream


def check_readable(path: Path) -> None:
    """Raise a `SourceError` unless `path` is a file that can be read and is not empty."""
    try:
        if path.is_dir():
            raise SourceError(f"{path} is a folder, not a file.", "Choose a file in it.")
        with path.open("rb") as file:
            if not file.read(1):
                raise SourceError(f"{path} is empty (0 bytes).", "Copy or record it again.")
    except FileNotFoundError as error:
        raise SourceError(f"There is no file {path}.", "Check the name and the folder.") from error
    except PermissionError as error:
        raise SourceError(
            f"{path} may not be read.", "Change its permissions, or copy it to a place of yours."
        ) from error
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({error.strerror or error}).", "Check the disk and the path."
        ) from error


def _not_a_video(path: Path, error: Exception) -> SourceError:
    """Say why the file could not be opened, from its first bytes."""
    with path.open("rb") as file:
        head = file.read(4096)
    if head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide"):
        return SourceError(
            f"{path} is a broken or unfinished recording: its index cannot be read.",
            "Copy it again from the camera; if it is the same there, the recording was not closed properly.",
        )
    if b"\0" not in head and not any(byte < 9 for byte in head):
        return SourceError(f"{path} is a text file, not a video.", _FORMATS_HINT)
    return SourceError(f"{path} cannot be opened as a video ({_reason(error)}).", _FORMATS_HINT)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).strip()


def _main_stream(path: Path, container: Any) -> Any:
    attached = av.stream.Disposition.attached_pic  # the cover of an audio file is not a video
    streams = [stream for stream in container.streams.video if not stream.disposition & attached]
    if not streams:
        what = "only sound" if container.streams.audio else "no video stream"
        raise SourceError(f"{path} has {what}, no pictures.", _FORMATS_HINT)
    best = container.streams.best("video")
    stream = next((stream for stream in streams if best is not None and stream.index == best.index), streams[0])
    if stream.codec_context is None:
        raise SourceError(f"{path} is in a format that cannot be decoded here.", "Convert it to H.264 in .mp4.")
    return stream


def demux(path: Path, container: Any, stream: Any) -> Iterator[Any]:
    """The stream's packets in file order, as many as can be read; the last one is empty and drains the decoder."""
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


def scan(path: Path, container: Any, stream: Any, first_pts: int | None) -> Scan:
    """Read every packet's timestamp from a freshly opened container, without decoding.

    `first_pts` is the timestamp of the first frame that decodes: what comes before it cannot be shown. Costs about
    8 microseconds a frame plus the reading of the file.
    """
    shown: list[tuple[int | None, bool]] = []
    end = None
    hidden_possible = stream.codec_context.name == "vp8" or stream.codec_context.name == "libvpx"
    last_is_corrupt = False
    for packet in demux(path, container, stream):
        if not packet.size or packet.is_discard:
            continue
        if hidden_possible and not bytes(packet)[0] & 0x10:  # RFC 6386, 9.1: show_frame of a VP8 alt-ref frame
            continue
        shown.append((packet.pts, packet.is_keyframe))
        last_is_corrupt = packet.is_corrupt
        if packet.pts is not None:
            end = max(end or packet.pts, packet.pts + (packet.duration or 0))
    if last_is_corrupt and len(shown) > 1:
        shown.pop()  # the file ends in the middle of it
    tick_s = float(stream.time_base or 0)
    rate_hz = _container_rate(stream)
    stamps = [pts for pts, _ in shown if pts is not None]
    if first_pts is None or len(stamps) < len(shown) or not tick_s or (len(set(stamps)) < 2 <= len(stamps)):
        fps = rate_hz or _FALLBACK_FPS_HZ
        return Scan(None, np.arange(len(shown)) / fps, np.zeros(1, np.int64), fps, len(shown) / fps, False)

    pts = np.sort(np.array([p for p in stamps if p >= first_pts] or [first_pts], np.int64))
    keys = np.array([p for p, key in shown if key and p is not None and p >= first_pts] or [first_pts], np.int64)
    time_s = (pts - pts[0]) * tick_s
    for i in np.flatnonzero(np.diff(pts) == 0) + 1:  # two frames with one timestamp: keep their order
        time_s[i] = max(time_s[i], time_s[i - 1] + 1e-6)
    fps, variable = _rate(time_s, tick_s, rate_hz)
    last_step = (int(end) - int(pts[-1])) * tick_s if end is not None else 0.0
    duration = float(time_s[-1]) + (last_step if 0 < last_step < 2 / fps else 1 / fps)
    unique = np.setdiff1d(keys, pts[1:][np.diff(pts) == 0])  # where to start must be beyond doubt
    keyframes = np.union1d([0], np.searchsorted(pts, unique))
    return Scan(pts, time_s, keyframes.astype(np.int64), fps, duration, variable)


def _container_rate(stream: Any) -> float | None:
    rate = stream.average_rate or stream.guessed_rate or stream.base_rate
    return float(rate) if rate and 0 < float(rate) <= 1000 else None


def _rate(time_s: Doubles, tick_s: float, container_hz: float | None) -> tuple[float, bool]:
    """(true average rate, whether it varies). The container's exact rate where the timestamps agree with it."""
    if len(time_s) < 2:
        return container_hz or _FALLBACK_FPS_HZ, False
    span = float(time_s[-1] - time_s[0])
    fps = (len(time_s) - 1) / span
    if container_hz and abs(container_hz - fps) <= fps * max(_SNAP, tick_s / span):
        fps = container_hz
    steps = np.diff(time_s)
    usual = float(np.median(steps))
    # Containers round timestamps to their tick (1 ms in webm), which is not a varying rate.
    return fps, bool((np.abs(steps - usual) > _UNEVEN * usual + 1.01 * tick_s).any())


def content_key(path: Path) -> str:
    """sha256 over size and first, middle and last MiB: fast for any size, the same wherever the file lies."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        for offset in (0, max(0, size // 2 - _MIB // 2), max(0, size - _MIB)):
            file.seek(offset, os.SEEK_SET)
            digest.update(file.read(_MIB))
    return digest.hexdigest()


def fov_from_metadata(container: Any, stream: Any, width_px: int, height_px: int) -> float | None:
    """Horizontal field of view in degrees from a phone's 35 mm-equivalent focal length, if the file tells it.

    "Equivalent" compares diagonals (CIPA DCG-001), so the width that counts is the displayed picture's share of the
    43.3 mm diagonal of 35 mm film.
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
