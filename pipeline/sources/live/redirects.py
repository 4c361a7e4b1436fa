"""Follow few redirects of a network stream, and none to another computer.

FFmpeg would follow an RTSP server's redirect to any address, and can be told to follow none over HTTP; so HTTP's are
looked up here when a stream does not open, and RTSP's before FFmpeg connects (RFC 2326, 10.2 and 11.3; RFC 9110, 15.4).
"""

from __future__ import annotations

import base64
import contextlib
import errno
import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from ...system import media

MOST_REDIRECTS = 3

_DEFAULT_PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
_LONGEST_REPLY = 1 << 16  # bytes of the head of a reply
_RTSP_METHODS = ("OPTIONS", "DESCRIBE")  # the requests that FFmpeg makes before it sets up a stream


class RedirectedError(Exception):
    """The server sends the program to an address that it must not follow."""


def open_following(url: str, scheme: str, options: Mapping[str, str], timeouts_s: tuple[float, float]) -> Any:
    """Open a stream with PyAV, over a few redirects on the same server.

    Raises `RedirectedError`, or as `media.open_stream`.
    """
    if scheme in ("rtsp", "rtsps"):
        check_rtsp(url, timeouts_s[0])
    for _ in range(1 + MOST_REDIRECTS):
        try:
            return media.open_stream(url, scheme, options, timeouts_s)
        except OSError as error:
            may_redirect = scheme in ("http", "https") and error.errno == errno.EIO
            target = http_target(url, timeouts_s[0]) if may_redirect else None
            if target is None:
                raise
            url = target
    raise RedirectedError


def http_target(url: str, timeout_s: float) -> str | None:
    """Return the address to which an HTTP server redirects `url`; None if there is none.

    Raises `RedirectedError` for an address on another host or port.
    """
    parts = urlsplit(url)
    try:
        location = _location(parts, timeout_s)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    if location is None:
        return None
    target = urljoin(url, location)
    if not _is_same_server(parts, target):
        raise RedirectedError
    return target


def check_rtsp(url: str, timeout_s: float) -> None:
    """Raise `RedirectedError` if an RTSP server redirects the first requests for `url`.

    Raises `TimeoutError` if it does not answer. Whatever else goes wrong, FFmpeg meets and reports as well.
    """
    parts = urlsplit(url)
    shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    deadline = time.monotonic() + timeout_s
    try:
        with _connected(parts, timeout_s) as connection:
            for number, method in enumerate(_RTSP_METHODS, start=1):
                connection.sendall(f"{method} {shown} RTSP/1.0\r\nCSeq: {number}\r\n\r\n".encode("utf-8", "replace"))
                status = _rtsp_status(connection, deadline)
                if 300 <= status < 400:
                    raise RedirectedError
                if status != 200:
                    return
    except TimeoutError:
        raise
    except (OSError, ValueError):
        return


def _location(parts: SplitResult, timeout_s: float) -> str | None:
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme.lower() == "https":
        connection = http.client.HTTPSConnection(host, parts.port, timeout=timeout_s, context=_any_certificate())
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=timeout_s)
    headers = {"User-Agent": "Hourglass"}
    if parts.username is not None:
        secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    with contextlib.closing(connection):
        connection.request("GET", parts._replace(scheme="", netloc="", fragment="").geturl() or "/", headers=headers)
        reply = connection.getresponse()
        return reply.getheader("Location") if 300 <= reply.status < 400 else None


def _is_same_server(before: SplitResult, target: str) -> bool:
    """Whether `target` is on the host and port of `before`, or on its host with TLS instead of plain HTTP."""
    after = urlsplit(target)
    scheme = after.scheme.lower()
    if scheme not in ("http", "https") or (after.hostname or "") != (before.hostname or ""):
        return False
    ports = [part.port or _DEFAULT_PORTS[part.scheme.lower()] for part in (before, after)]
    return ports[0] == ports[1] or (scheme == "https" and ports == [80, 443])


def _connected(parts: SplitResult, timeout_s: float) -> socket.socket:
    scheme = parts.scheme.lower()
    connection = socket.create_connection((parts.hostname or "", parts.port or _DEFAULT_PORTS[scheme]), timeout_s)
    return _any_certificate().wrap_socket(connection) if scheme == "rtsps" else connection


def _any_certificate() -> ssl.SSLContext:
    """Accept the certificates that cameras sign themselves, as FFmpeg does."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _rtsp_status(connection: socket.socket, deadline: float) -> int:
    """Read the head of a reply and return its status. Raises `ValueError` for what is none, and `TimeoutError`."""
    head = b""
    while b"\r\n\r\n" not in head:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        piece = connection.recv(4096)
        head += piece
        if not piece or len(head) > _LONGEST_REPLY:
            raise ValueError("not an RTSP reply")
    lines = head.split(b"\r\n\r\n", 1)[0].decode("latin-1").split("\r\n")
    words = lines[0].split()
    if len(words) < 2 or not words[0].startswith("RTSP/") or not words[1].isdecimal():
        raise ValueError("not an RTSP reply")
    return int(words[1])
