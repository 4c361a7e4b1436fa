"""A network stream through PyAV: RTSP, MJPEG or any other video over HTTP, RTMP, UDP.

An address may hold a password: only `_Address.shown` ever gets into names, messages and logs, and libav's errors, which
quote the address, are never chained.
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
from ..file.video import Upright
from .connection import Connection, Lost, Patience
from .reconnecting_feed import LiveFeed

log = logging.getLogger(__name__)

_OPEN_S, _READ_S = 8.0, 4.0
_PATIENCE = Patience(open_s=15.0, first_s=6.0, bad_s=3.0, hang_s=12.0)
# What each kind may fetch, directly or through a playlist: the network, never a file of this computer.
_WEB = "http,https,httpproxy,tcp,tls,crypto,data"
_PROTOCOLS = {
    "rtsp": "rtsp,rtsps,rtp,srtp,udp,tcp,tls,http,https", "rtsps": "rtsp,rtsps,rtp,srtp,udp,tcp,tls",
    "http": _WEB, "https": _WEB,
    "rtmp": "rtmp,rtmps,tcp,tls", "rtmps": "rtmp,rtmps,tcp,tls", "udp": "udp", "rtp": "rtp,udp", "tcp": "tcp",
    "srt": "srt",
}  # fmt: skip
_COMMON = {
    # Not "nobuffer": it throws away what was read while probing, keyframe included. Newest wins further on anyway.
    "fflags": "discardcorrupt",
    "analyzeduration": "1000000",  # us; libav's 5 s would be the delay of the first picture
    "probesize": "1000000",
}
_OPTIONS = {
    # Over TCP: over UDP pictures tear wherever a packet is lost.
    "rtsp": {"rtsp_transport": "tcp", "allowed_media_types": "video", "max_delay": "200000"},
    "http": {"user_agent": "Hourglass"},
    "udp": {"fifo_size": "50000", "overrun_nonfatal": "1"},
}
_DAMAGED_IN_A_ROW = 2000  # pieces of rubbish between two pictures that are skipped over
_SKIPPING_S = 0.2  # of skipping, then whoever waits may look at the clock
_CATCH_UP_S = 2.0  # of reading what piled up
_LATE_S = 1.0  # timestamps that leave the clock by more are not believed
_DELAYS = 300  # packets over which the quickest arrival is taken


class StreamSource(LiveFeed):
    """`LiveSource` of an address such as rtsp://camera/stream or http://camera/video.mjpg.

    Comes back by itself after interruptions. A video of known length over HTTP is played at its own rate and ends.
    """

    def __init__(self, url: str, *, cancel: CancelToken | None = None, patience: Patience | None = None) -> None:
        address = _Address(url)
        patience = patience or _PATIENCE
        timeouts_s = min(_OPEN_S, patience.open_s), min(_READ_S, patience.hang_s)
        stop = threading.Event()  # for a stream that waits for its own clock
        self._stop_playing = stop

        def connect() -> Connection:
            return _Stream(address, timeouts_s, stop)

        super().__init__(address.shown, address.shown_url, connect, patience, cancel)

    def close(self) -> None:
        self._stop_playing.set()
        super().close()


class _Address:
    """What the user gave, and what of it may be shown."""

    def __init__(self, url: str) -> None:
        self.url = url.strip()
        try:
            parts = urlsplit(self.url)
            self.scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
        except ValueError:
            raise SourceError("That is not an address.", "It looks like rtsp://192.168.1.20/stream.") from None
        if self.scheme not in _PROTOCOLS:
            known = ", ".join(f"{scheme}://" for scheme in _PROTOCOLS)
            raise SourceError(f"Streams over {self.scheme}:// are not known.", f"Known: {known}.")
        if not host and self.scheme not in ("udp", "rtp"):
            raise SourceError("The address names no computer.", "It looks like rtsp://192.168.1.20/stream.")
        host = f"[{host}]" if ":" in host else host
        place = f"{host}:{port}" if port else host
        # Many cameras take the password as a parameter: nothing after the question mark is shown.
        self.shown = f"{place}{parts.path}".rstrip("/") or self.scheme
        self.shown_url = f"{self.scheme}://{place}{parts.path}"


class _Stream:
    """An open stream: the `Connection` behind `StreamSource`."""

    def __init__(self, address: _Address, timeouts_s: tuple[float, float], stop: threading.Event) -> None:
        self._address, self._stop_playing = address, stop
        options = {**_COMMON, **_OPTIONS.get(address.scheme.rstrip("s"), {})}
        options["protocol_whitelist"] = _PROTOCOLS[address.scheme]
        try:
            self._container: Any = av.open(address.url, options=options, timeout=timeouts_s)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise _unreachable(address, error) from None
        try:
            self._stream = self._video()
        except BaseException:
            self._container.close()
            raise
        self._packets = self._container.demux(self._stream)
        self._pictures: deque[tuple[float, Any]] = deque()
        self._upright: Upright | None = None
        self._shape: tuple[int, int, Any] | None = None
        self._damaged = 0
        self._whole_jpegs = False
        finite = address.scheme.startswith("http") and bool(self._container.duration)
        # Pictures in parts and raw JPEGs have no timestamps of their own: libav counts them at a rate it makes up.
        stamped = "jpeg" not in self._container.format.name
        self._clock: _Player | _Arrival = _Player(stop) if finite else _Arrival(stamped)
        self._finite = finite

    def _video(self) -> Any:
        stream = self._container.streams.best("video")
        if stream is None or stream.codec_context is None:
            raise SourceError(f"{self._address.shown} sends no pictures.", "Check the address.")
        # Threads by frame would each hold a picture back.
        stream.thread_type = "SLICE"
        stream.codec_context.flags |= av.codec.context.Flags.low_delay
        return stream

    @property
    def rate_hz(self) -> float:
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else 0.0

    def grab(self) -> tuple[float, object]:
        until = time.monotonic() + _SKIPPING_S
        while True:
            if not self._pictures:
                if time.monotonic() > until:
                    return until, None
                self._pictures.extend(self._decoded())
                continue
            arrived, picture = self._pictures.popleft()
            tick = self._stream.time_base  # a picture drained at the end has none of its own
            stamp_s = None if picture.pts is None or not tick else float(picture.pts * tick)
            if self._clock.is_current(stamp_s, arrived):
                break
        time_s = self._clock.time_s(stamp_s, arrived)
        shape = (picture.width, picture.height, picture.format.name)
        if self._upright is None or shape != self._shape:  # another size in the middle of the stream
            self._upright, self._shape = Upright(picture, self._stream), shape
        return time_s, self._upright.bgr(picture)

    def _decoded(self) -> list[tuple[float, Any]]:
        """What the next packet gives: nothing if it is damaged. Raises `Lost`, or `Closed` at the end of a video."""
        name = self._address.shown
        try:
            packet = next(self._packets)
            arrived = time.monotonic()
            if self._is_cut_off(packet):
                raise av.InvalidDataError(0, "a picture was cut off")
            # The empty packet at the end drains the decoder.
            pictures = self._stream.codec_context.decode(packet if packet.size else None)
            decoded = [(arrived, picture) for picture in pictures]
            self._damaged = 0
            return decoded
        except (StopIteration, av.EOFError):
            if self._finite:
                raise Closed from None
            raise Lost(f"{name} ended the connection") from None
        except av.InvalidDataError:  # rubbish between two pictures, or a damaged one: go on behind it
            self._damaged += 1
            if self._damaged > _DAMAGED_IN_A_ROW:
                raise Lost(f"{name} sends damaged pictures") from None
            self._packets = self._container.demux(self._stream)
            return []
        except (av.FFmpegError, OSError) as error:
            raise Lost(f"{name} is interrupted ({_reason(error)})") from None

    def _is_cut_off(self, packet: Any) -> bool:
        """A JPEG without its end: the decoder would fill the rest with grey. Some cameras never write the end."""
        if self._stream.codec_context.name != "mjpeg" or not packet.size:
            return False
        whole = b"\xff\xd9" in bytes(packet)[-64:]
        self._whole_jpegs |= whole
        return self._whole_jpegs and not whole

    def release(self) -> None:
        self._pictures.clear()
        self._container.close()


class _Arrival:
    """When a picture was taken, from its timestamp and its arrival: the quickest arrival of late is taken as on time.

    That leaves the network's unsteadiness out and its smallest delay in, which nobody knows from this side.
    """

    def __init__(self, stamped: bool) -> None:
        self._stamped = stamped
        self._current = not stamped
        self._first_s: float | None = None
        self._before: tuple[float, float] | None = None
        self._delays: deque[float] = deque(maxlen=_DELAYS)

    def is_current(self, stamp_s: float | None, arrived_s: float) -> bool:
        """False for what piled up while the stream was opened: it comes all at once, and when it was is not known."""
        if self._current:
            return True
        self._first_s = arrived_s if self._first_s is None else self._first_s
        self._current = arrived_s - self._first_s > _CATCH_UP_S
        if stamp_s is not None:  # the first ones of RTSP may have none
            if self._before is not None:
                self._current |= arrived_s - self._before[1] >= (stamp_s - self._before[0]) / 2
            self._before = (stamp_s, arrived_s)
        return self._current

    def time_s(self, stamp_s: float | None, arrived_s: float) -> float:
        if stamp_s is None or not self._stamped:
            return arrived_s
        self._delays.append(arrived_s - stamp_s)
        least = min(self._delays)
        if self._delays[-1] - least > _LATE_S:  # another clock, or it waited somewhere
            self._delays.clear()
            return arrived_s
        return stamp_s + least


class _Player:
    """The clock of a video with an end: each picture is held until its time."""

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
    """libav's words for it, without the address that its messages quote."""
    if isinstance(error, av.ExitError):
        return "no answer in time"
    return (getattr(error, "strerror", None) or type(error).__name__).strip()
