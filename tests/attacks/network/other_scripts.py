"""List hostile servers of RTSP, RTMP, TCP and UDP."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Callable

from tests.attacks.harness.bait import bait
from tests.attacks.harness.places import SEED
from tests.attacks.harness.sound_inputs import data

from .http_server import Talk, endless, ok, reply, slow

Datagram = Callable[[int], bytes]


def scripts() -> dict[str, tuple[str, Talk]]:
    """Return name -> (scheme, what the server does)."""
    rng = random.Random(SEED)
    rest: dict[str, tuple[str, Talk]] = {
        "tcp garbage": ("tcp", endless(b"", rng.randbytes(65536), 0.001)),
        "tcp ts": ("tcp", _tcp_ts),
        "rtmp garbage": ("rtmp", endless(b"", rng.randbytes(4096), 0.001)),
        "https to http": ("https", reply(ok())),
    }
    return {f"rtsp {name}": ("rtsp", talk) for name, talk in (_rtsp_answers() | _rtsp_descriptions()).items()} | rest


def _tcp_ts(connection: socket.socket, asked: bytes) -> None:
    connection.sendall(data("a.ts"))
    time.sleep(3)


def _rtsp_answers() -> dict[str, Talk]:
    rng, begin = random.Random(SEED), b"RTSP/1.0 200 OK\r\n"

    def moved(place: str) -> Talk:
        return reply(f"RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {place}\r\n\r\n".encode())

    def moved_to_itself(connection: socket.socket, asked: bytes) -> None:
        moved(asked.split(b" ")[1].decode("latin-1"))(connection, asked)

    return {
        "garbage": endless(b"", rng.randbytes(4096), 0.001),
        "silent": lambda connection, asked: time.sleep(60),
        "slow": slow(begin * 20),
        "endless headers": endless(begin, b"X: " + b"a" * 1000 + b"\r\n"),
        "redirect to a file": moved(f"file://{bait().file}"),
        "redirect to http": moved(f"{bait().url}/"),
        "redirect to itself": moved_to_itself,
    }


def _rtsp_descriptions() -> dict[str, Talk]:
    rng, secret = random.Random(SEED), bait().file
    head = b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\n"
    video = b"m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    to_file = head + video + f"a=control:file://{secret}\r\n".encode()
    packets = b"$\x00" + struct.pack(">H", 1400) + rng.randbytes(1400)
    return {
        "control file": _rtsp(to_file),
        "sdp of 20 MB": _rtsp(b"v=0\r\n" + b"a=x:" + b"y" * 20_000_000 + b"\r\n"),
        "10000 streams": _rtsp(b"v=0\r\n" + (video + b"a=control:t\r\n") * 10_000),
        "length 2**31": _rtsp(to_file, head=b"Content-Length: 2147483647\r\n"),
        "length -1": _rtsp(b"x", head=b"Content-Length: -5\r\n"),
        "no video": _rtsp(b"v=0\r\nm=audio 0 RTP/AVP 0\r\n"),
        "rubbish packets": _rtsp(head + video + b"a=control:t\r\n", packets),
    }


def _rtsp(description: bytes, packets: bytes = b"", head: bytes = b"") -> Talk:
    """Answer all requests of a session; after PLAY send `packets` without end."""

    def talk(connection: socket.socket, asked: bytes) -> None:
        number = b"1"
        while asked:
            kind = asked.split(b" ")[0]
            number = next(
                (line.split(b":")[1].strip() for line in asked.split(b"\r\n") if line.lower().startswith(b"cseq")),
                number,
            )
            content = description if kind == b"DESCRIBE" else b""
            if kind == b"OPTIONS":
                more = b"Public: DESCRIBE, SETUP, PLAY\r\n"
            else:
                more = b"Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            if content:
                more += b"Content-Type: application/sdp\r\nContent-Length: %d\r\n" % len(content)
            connection.sendall(b"RTSP/1.0 200 OK\r\nCSeq: " + number + b"\r\n" + head + more + b"\r\n" + content)
            while kind == b"PLAY" and packets:
                connection.sendall(packets)
                time.sleep(0.001)
            asked = connection.recv(4096)

    return talk


def datagrams() -> dict[str, tuple[Datagram, float]]:
    """Return name -> (content of datagram i, pause in s)."""
    rng, sound = random.Random(SEED), data("a.ts")

    def mixed(i: int) -> bytes:
        return sound[(i % 40) * 1316 : (i % 40 + 1) * 1316] if i % 3 else rng.randbytes(1316)

    return {
        "udp noise": (lambda i: rng.randbytes(1316), 0.0005),
        "udp flood": (lambda i: b"G" + bytes(1315), 0.0),
        "udp ts with noise": (mixed, 0.002),
        "udp empty": (lambda i: b"", 0.001),
        "udp of 65000 bytes": (lambda i: rng.randbytes(65000), 0.002),
    }
