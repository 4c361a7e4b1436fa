"""Speak the WebSocket protocol by hand, right and wrong (RFC 6455)."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import struct
import threading
import time


def connect(port: int, headers: str = "", timeout_s: float = 5.0) -> tuple[socket.socket, bytes]:
    """Return the connection and the head of the answer."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=timeout_s)
    key = base64.b64encode(os.urandom(16)).decode()
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    request += f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
    connection.sendall(request.encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        piece = connection.recv(4096)
        if not piece:
            break
        answer += piece
    return connection, answer


def accepts(port: int, headers: str = "") -> bool:
    try:
        connection, answer = connect(port, headers)
    except OSError:
        return False
    connection.close()
    return b" 101 " in answer[:30]


def frame(
    opcode: int, payload: bytes, fin: bool = True, length: int | None = None, masked: bool = True, rsv: int = 0
) -> bytes:
    """Return a frame of RFC 6455; `length`: what it claims."""
    n, bit = len(payload) if length is None else length, 0x80 if masked else 0
    head = bytes([(0x80 if fin else 0) | rsv | opcode])
    if n < 126:
        head += bytes([bit | n])
    elif n < 65536:
        head += bytes([bit | 126]) + struct.pack(">H", n)
    else:
        head += bytes([bit | 127]) + struct.pack(">Q", n)
    mask = os.urandom(4)
    return head + (mask + bytes(b ^ mask[i % 4] for i, b in enumerate(payload)) if masked else payload)


class GoodClient:
    """Count the frames that a client gets which reads them."""

    def __init__(self, port: int) -> None:
        self.count = 0
        self._socket, _ = connect(port)
        self._socket.settimeout(20)
        threading.Thread(target=self._read, daemon=True).start()

    def rate_hz(self, seconds: float) -> float:
        before, begun = self.count, time.monotonic()
        time.sleep(seconds)
        return (self.count - before) / (time.monotonic() - begun)

    def close(self) -> None:
        self._socket.close()

    def _read(self) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while piece := self._socket.recv(65536):
                rest += piece
                while len(rest) >= 4:
                    n, at = rest[1] & 127, 2
                    if n == 126:
                        n, at = struct.unpack(">H", rest[2:4])[0], 4
                    if len(rest) < at + n:
                        break
                    rest = rest[at + n :]
                    self.count += 1
