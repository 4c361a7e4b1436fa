"""Receive a network stream with PyAV: RTSP, MJPEG or other video over HTTP, RTMP, UDP.

An address may hold a password. Only `_Address.shown` enters names, messages and logs, and libav's errors, which quote
the address, are never chained.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

import av

from ...core.concurrency import CancelToken, Closed
from ...core.errors import SourceError
from ...system import media
from ..file.upright import UprightConverter
from .connection import Connection, ConnectionLost, Patience
from .reconnecting_feed import LiveFeed
from .redirects import RedirectedError, open_following

log = logging.getLogger(__name__)

_OPEN_S, _READ_S = 8.0, 4.0  # s, libav's timeouts of opening and reading
_PATIENCE = Patience(open_s=15.0, first_s=6.0, bad_s=3.0, hang_s=12.0)
_COMMON = {
    # "nobuffer" would discard what was read while probing, including the keyframe. Later stages keep the newest frame.
    "fflags": "discardcorrupt",
    "analyzeduration": "1000000",  # us; libav's default of 5 s would delay the first frame by 5 s
    "probesize": "1000000",  # bytes
}
_OPTIONS = {
    # TCP, because over UDP images are torn wherever a packet is lost.
    "rtsp": {"rtsp_transport": "tcp", "allowed_media_types": "video", "max_delay": "200000"},
    "http": {"user_agent": "Hourglass"},
    "udp": {"fifo_size": "50000", "overrun_nonfatal": "1"},
}
_MAX_DAMAGED_PACKETS = 2000  # consecutive damaged packets that are skipped before the connection counts as lost
_MAX_SKIP_S = 0.2  # s of skipping packets until `grab` returns, so that the caller can check its time limit
_MAX_BACKLOG_S = 2.0  # s during which frames that piled up while the stream was opened are discarded
_MAX_DELAY_S = 1.0  # s: a timestamp that is late by more is replaced by the arrival time
_DELAY_WINDOW_PACKETS = 300  # packets over which the smallest network delay is taken


class StreamSource(LiveFeed):
    """Receive a stream by address, such as rtsp://camera/stream or http://camera/video.mjpg.

    Implements `LiveSource` and reconnects after interruptions. A video of known length over HTTP is played at its true
    rate and ends. Raises `SourceError`.
    """

    def __init__(self, url: str, *, cancel: CancelToken | None = None, patience: Patience | None = None) -> None:
        address = _Address(url)
        patience = patience or _PATIENCE
        timeouts_s = min(_OPEN_S, patience.open_s), min(_READ_S, patience.hang_s)
        stop = threading.Event()  # interrupts a stream that waits for its playback clock
        self._stop_playing = stop

        def connect() -> Connection:
            return _Stream(address, timeouts_s, stop)

        super().__init__(address.shown, address.shown_url, connect, patience, cancel)

    def close(self) -> None:
        self._stop_playing.set()
        super().close()


class _Address:
    """Parse the user's address, and separate the part that may be shown from passwords."""

    def __init__(self, url: str) -> None:
        self.url = url.strip()
        try:
            parts = urlsplit(self.url)
            self.scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        except ValueError:
            raise SourceError("That is not an address.", "It looks like rtsp://192.168.1.20/stream.") from None
        if self.scheme not in media.SCHEMES:
            known = ", ".join(f"{scheme}://" for scheme in media.SCHEMES)
            raise SourceError(f"Streams over {self.scheme}:// are not known.", f"Known: {known}.")
        if not host and self.scheme not in ("udp", "rtp"):
            raise SourceError("The address names no computer.", "It looks like rtsp://192.168.1.20/stream.")
        host = f"[{host}]" if ":" in host else host
        place = f"{host}:{port}" if port else host
        # Many cameras take the password as a URL parameter: no text after the question mark is shown.
        self.shown = f"{place}{parts.path}".rstrip("/") or self.scheme
        self.shown_url = f"{self.scheme}://{place}{parts.path}"


class _Stream:
    """Decode frames of an open stream; the `Connection` of `StreamSource`."""

    def __init__(self, address: _Address, timeouts_s: tuple[float, float], stop: threading.Event) -> None:
        self._address, self._stop_playing = address, stop
        options = {**_COMMON, **_OPTIONS.get(address.scheme.rstrip("s"), {})}
        try:
            self._container: Any = open_following(address.url, address.scheme, options, timeouts_s)
        except RedirectedError:
            raise SourceError(
                f"{address.shown} sends the program to another address, which is not followed.",
                "Open the address in a browser, and give the one where it ends.",
            ) from None
        except (av.FFmpegError, OSError, ValueError) as error:
            raise _unreachable(address, error) from None
        try:
            self._stream = self._video()
        except BaseException:
            self._container.close()
            raise
        self._packets = self._container.demux(self._stream)
        self._frames: deque[tuple[float, Any]] = deque()
        self._upright: UprightConverter | None = None
        self._shape: tuple[int, int, Any] | None = None
        self._damaged = 0
        self._jpegs_have_ends = False
        finite = address.scheme.startswith("http") and bool(self._container.duration)
        # Multipart and raw JPEGs carry no timestamps: libav invents them from an assumed frame rate.
        has_timestamps = "jpeg" not in self._container.format.name
        self._clock: _PlaybackClock | ArrivalClock = _PlaybackClock(stop) if finite else ArrivalClock(has_timestamps)
        self._finite = finite

    def _video(self) -> Any:
        stream = self._container.streams.best("video")
        if stream is None or stream.codec_context is None:
            raise SourceError(f"{self._address.shown} sends no pictures.", "Check the address.")
        media.limit_decoder(stream)
        # Frame threading would delay the output by one frame per thread.
        stream.thread_type = "SLICE"
        stream.codec_context.flags |= av.codec.context.Flags.low_delay
        return stream

    @property
    def rate_hz(self) -> float:
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else 0.0

    def grab(self) -> tuple[float, object]:
        until = time.monotonic() + _MAX_SKIP_S
        while True:
            if not self._frames:
                if time.monotonic() > until:
                    return until, None
                self._frames.extend(self._decode_packet())
                continue
            arrived, av_frame = self._frames.popleft()
            tick = self._stream.time_base  # a frame drained at the end of the stream has no time base
            stamp_s = None if av_frame.pts is None or not tick else float(av_frame.pts * tick)
            if self._clock.is_current(stamp_s, arrived):
                break
        time_s = self._clock.time_s(stamp_s, arrived)
        shape = (av_frame.width, av_frame.height, av_frame.format.name)
        if self._upright is None or shape != self._shape:  # a stream may change its size
            self._upright, self._shape = UprightConverter(av_frame, self._stream), shape
        return time_s, self._upright.bgr(av_frame)

    def _decode_packet(self) -> list[tuple[float, Any]]:
        """Decode the next packet to (arrival time in s, frame) pairs; [] if it is damaged.

        Raises `ConnectionLost`, or `Closed` at the end of a video.
        """
        name = self._address.shown
        try:
            packet = next(self._packets)
            arrived = time.monotonic()
            if self._is_cut_off(packet):
                raise av.InvalidDataError(0, "an image was cut off")
            # The empty packet at the end drains the decoder.
            av_frames = self._stream.codec_context.decode(packet if packet.size else None)
            decoded = [(arrived, av_frame) for av_frame in av_frames]
            self._damaged = 0
            return decoded
        except (StopIteration, av.EOFError):
            if self._finite:
                raise Closed from None
            raise ConnectionLost(f"{name} ended the connection") from None
        except av.InvalidDataError:  # a damaged frame, or foreign data between two frames: skip it
            self._damaged += 1
            if self._damaged > _MAX_DAMAGED_PACKETS:
                raise ConnectionLost(f"{name} sends damaged pictures") from None
            self._packets = self._container.demux(self._stream)
            return []
        except (av.FFmpegError, OSError) as error:
            raise ConnectionLost(f"{name} is interrupted ({_reason(error)})") from None

    def _is_cut_off(self, packet: Any) -> bool:
        """Return whether a JPEG was cut off, that is, lacks its end marker.

        The decoder would fill its missing rows with grey. Some cameras never write the marker, so its absence counts
        only after a JPEG that had one.
        """
        if self._stream.codec_context.name != "mjpeg" or not packet.size:
            return False
        has_end = b"\xff\xd9" in bytes(packet)[-64:]
        self._jpegs_have_ends |= has_end
        return self._jpegs_have_ends and not has_end

    def release(self) -> None:
        self._frames.clear()
        self._container.close()


class ArrivalClock:
    """Estimate capture times from timestamps and arrival times.

    The smallest delay among the latest packets is taken as the delay of all. This removes the jitter of the network;
    its smallest delay remains, because the receiver cannot measure it.
    """

    def __init__(self, has_timestamps: bool) -> None:
        self._has_timestamps = has_timestamps
        self._current = not has_timestamps
        self._first_s: float | None = None
        self._before: tuple[float, float] | None = None
        self._delays: deque[float] = deque(maxlen=_DELAY_WINDOW_PACKETS)

    def is_current(self, stamp_s: float | None, arrived_s: float) -> bool:
        """Return False for frames that piled up while the stream was opened.

        They arrive all at once, so their capture times are unknown.
        """
        if self._current:
            return True
        self._first_s = arrived_s if self._first_s is None else self._first_s
        self._current = arrived_s - self._first_s > _MAX_BACKLOG_S
        if stamp_s is not None:  # the first frames of RTSP may have no timestamp
            if self._before is not None:
                self._current |= arrived_s - self._before[1] >= (stamp_s - self._before[0]) / 2
            self._before = (stamp_s, arrived_s)
        return self._current

    def time_s(self, stamp_s: float | None, arrived_s: float) -> float:
        """Return the capture time in s on the clock of `time.monotonic`."""
        if stamp_s is None or not self._has_timestamps:
            return arrived_s
        self._delays.append(arrived_s - stamp_s)
        least = min(self._delays)
        if self._delays[-1] - least > _MAX_DELAY_S:  # the sender's clock changed, or the packet was held up
            self._delays.clear()
            return arrived_s
        return stamp_s + least


class _PlaybackClock:
    """Hold each frame of a finite video until its timestamp is due."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._zero_s: float | None = None

    def is_current(self, stamp_s: float | None, arrived_s: float) -> bool:
        return True

    def time_s(self, stamp_s: float | None, arrived_s: float) -> float:
        if stamp_s is None:
            return arrived_s
        if self._zero_s is None:
            self._zero_s = arrived_s - stamp_s
        due = self._zero_s + stamp_s
        self._stop.wait(max(0.0, min(due - time.monotonic(), _READ_S)))
        return due


def _unreachable(address: _Address, error: Exception) -> SourceError:
    name = address.shown
    if isinstance(error, av.HTTPUnauthorizedError | av.HTTPForbiddenError):
        return SourceError(
            f"{name} wants another user name or password.", "Give them as in rtsp://name:password@camera/stream."
        )
    if isinstance(error, av.HTTPNotFoundError):
        return SourceError(f"{name} has no such stream.", "Check the part of the address behind the computer's name.")
    if isinstance(error, av.InvalidDataError):
        return SourceError(f"{name} answers, but not with a video.", "Open the address in a browser and look.")
    if isinstance(error, av.ExitError | av.TimeoutError | TimeoutError):
        return SourceError(f"{name} does not answer.", "Check the address, and that the camera is on and reachable.")
    return SourceError(
        f"{name} cannot be reached ({_reason(error)}).", "Check the address, and that the camera is on and reachable."
    )


def _reason(error: Exception) -> str:
    """Return libav's error text without the address that its messages quote."""
    if isinstance(error, av.ExitError):
        return "no answer in time"
    return (getattr(error, "strerror", None) or type(error).__name__).strip()
