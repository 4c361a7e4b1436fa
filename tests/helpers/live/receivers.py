"""Receive streams for tests by the protocols' specifications, without the program's code."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

Message = tuple[str, tuple[Any, ...]]


class UdpReceiver:
    """Collect datagrams on a local port until `close`."""

    def __init__(self, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(10)
        self._begun: list[Message] = []
        self.port: int = self._socket.getsockname()[1]

    def packet(self, timeout_s: float = 10) -> bytes:
        self._socket.settimeout(timeout_s)
        return self._socket.recv(65536)

    def document(self) -> dict[str, Any]:
        return json.loads(self.packet())

    def messages(self, first: str) -> list[Message]:
        """Return the messages of one frame, which begins with the address `first`.

        A frame is complete when the next one has begun, so one more has to be sent than is read.
        """
        found, self._begun = self._begun, []
        while True:
            new = parse_osc(self.packet())
            if new[0][0] == first and found:
                self._begun = new
                return found
            found += new

    def close(self) -> None:
        self._socket.close()

    def __enter__(self) -> UdpReceiver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def parse_osc(packet: bytes) -> list[Message]:
    """Parse the messages of an OSC 1.0 packet in order, and check its alignment."""
    assert len(packet) % 4 == 0
    if packet.startswith(b"#bundle\0"):
        messages: list[Message] = []
        at = 16
        while at < len(packet):
            (size,) = struct.unpack_from(">i", packet, at)
            messages += parse_osc(packet[at + 4 : at + 4 + size])
            at += 4 + size
        assert at == len(packet)
        return messages
    address, at = _text(packet, 0)
    tags, at = _text(packet, at)
    assert address.startswith("/")
    assert tags.startswith(",")
    values: list[Any] = []
    for tag in tags[1:]:
        if tag == "s":
            value, at = _text(packet, at)
            values.append(value)
        else:
            values.append(struct.unpack_from({"i": ">i", "f": ">f"}[tag], packet, at)[0])
            at += 4
    assert at == len(packet)
    return [(address, tuple(values))]


def _text(packet: bytes, at: int) -> tuple[str, int]:
    end = packet.index(b"\0", at)
    return packet[at:end].decode("ascii"), end + 4 - end % 4


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], timeout_s: float = 10) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.002)


@contextlib.contextmanager
def sending(send: Callable[[int], None], every_s: float = 0.01) -> Iterator[threading.Event]:
    """Call `send(i)` repeatedly in a thread, for receivers that need time to get started."""
    stop = threading.Event()

    def run() -> None:
        index = 0
        while not stop.wait(every_s):
            send(index)
            index += 1

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()
