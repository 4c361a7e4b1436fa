"""Answer network connections in this process with whatever a script sends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

Talk = Callable[[socket.socket, bytes], None]  # gets the connection and what was asked; may send anything

MJPEG_HEADER = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n"


class ScriptedServer:
    """Accept connections on a free local port and run `talk` for each of them in a thread."""

    def __init__(self, talk: Talk, read_request: bool = True) -> None:
        self.connections = 0
        self._talk, self._read_request = talk, read_request
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                asked = b""
                while self._read_request and b"\r\n\r\n" not in asked:
                    piece = connection.recv(4096)
                    if not piece:
                        return
                    asked += piece
                self._talk(connection, asked)
            except OSError:
                pass


def ok(kind: str = "video/mp4", more: str = "") -> bytes:
    """Return the head of a successful HTTP answer."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}\r\n".encode()


def reply(data: bytes) -> Talk:
    return lambda connection, asked: connection.sendall(data)


def redirect(where: str, code: int = 302) -> Talk:
    return reply(f"HTTP/1.1 {code} Found\r\nLocation: {where}\r\nContent-Length: 0\r\n\r\n".encode())


def endless(head: bytes, piece: bytes, pause_s: float = 0.0, limit_s: float = 60.0) -> Talk:
    def talk(connection: socket.socket, asked: bytes) -> None:
        connection.sendall(head)
        until = time.monotonic() + limit_s
        while time.monotonic() < until:
            connection.sendall(piece)
            time.sleep(pause_s)

    return talk


def slow(data: bytes, head: bytes = b"", pause_s: float = 1.0) -> Talk:
    """Send `head` at once and `data` byte by byte."""

    def talk(connection: socket.socket, asked: bytes) -> None:
        connection.sendall(head)
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(pause_s)

    return talk


def part(picture: bytes) -> bytes:
    """Return one picture of an MJPEG stream."""
    return b"--b\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(picture) + picture + b"\r\n"


def mjpeg(picture: Callable[[int], bytes], rate_hz: float = 30.0, seconds: float = 3600.0) -> Talk:
    """Send picture 0, 1, ... at `rate_hz` (0: as fast as they are taken), then break off."""

    def talk(connection: socket.socket, asked: bytes) -> None:
        connection.sendall(MJPEG_HEADER)
        begun, number = time.monotonic(), 0
        while time.monotonic() - begun < seconds:
            connection.sendall(part(picture(number)))
            number += 1
            if rate_hz:
                time.sleep(max(0.0, begun + number / rate_hz - time.monotonic()))

    return talk
