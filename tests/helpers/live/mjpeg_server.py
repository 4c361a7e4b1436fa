"""Serve MJPEG over HTTP like a network camera, with its failures."""

from __future__ import annotations

import contextlib
import io
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av

from tests.helpers.clips import numbered

BOUNDARY = b"--frame"


def jpeg(number: int, width: int = 160, height: int = 120) -> bytes:
    """Return the numbered image of `clips` as a JPEG."""
    out = io.BytesIO()
    with av.open(out, "w", format="mjpeg") as container:
        stream = container.add_stream("mjpeg", rate=25, options={"qmin": "2", "qmax": "2"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuvj420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(number, width, height), format="bgr24")))
        container.mux(stream.encode())
    return out.getvalue()


def part(picture: bytes, length: bool = True) -> bytes:
    size = b"Content-Length: %d\r\n" % len(picture) if length else b""
    return BOUNDARY + b"\r\nContent-Type: image/jpeg\r\n" + size + b"\r\n" + picture + b"\r\n"


class MjpegServer:
    """Send what `script(connection number)` yields, one piece per `period_s`, then disconnect.

    An int in place of the script answers every request with that status; `login` requires a name and a password.
    `requests` holds the headers of all requests.
    """

    def __init__(
        self, script: Callable[[int], Iterable[bytes]] | int, period_s: float = 0.01, login: bool = False
    ) -> None:
        self.requests: list[dict[str, str]] = []
        owner = self
        self.stopping = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.requests.append(dict(self.headers))
                if isinstance(script, int) or (login and "Authorization" not in self.headers):
                    status = script if isinstance(script, int) else 401
                    self.send_response(status)
                    if status == 401:
                        self.send_header("WWW-Authenticate", 'Basic realm="camera"')
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                with contextlib.suppress(OSError):
                    for piece in script(len(owner.requests)):
                        if owner.stopping.is_set():
                            return
                        self.wfile.write(piece)
                        self.wfile.flush()
                        time.sleep(period_s)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def url(self, path: str = "/video.mjpg", login: str = "") -> str:
        return f"http://{login}127.0.0.1:{self._server.server_port}{path}"

    def __enter__(self) -> MjpegServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def endless(sizes: Callable[[int], tuple[int, int]] = lambda _: (160, 120)) -> Iterator[bytes]:
    """Yield numbered images from 0 (mod 256) without end."""
    kept: dict[tuple[int, tuple[int, int]], bytes] = {}
    for number in range(1 << 20):
        key = (number % 256, sizes(number))
        if key not in kept:
            kept[key] = part(jpeg(key[0], *key[1]))
        yield kept[key]
