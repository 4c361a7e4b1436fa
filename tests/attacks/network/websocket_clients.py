"""Connect hostile clients to the WebSocket stream, which runs in a forked child and sends 30 frames a second.

Only this computer may connect, and pages of others are refused. Whatever others do, a good client gets its frames,
memory and handles stay bounded, and closing is quick.
"""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable

from tests.attacks.harness.case import Outcome
from tests.attacks.harness.places import SEED
from tests.helpers.live.receivers import free_port

from .websocket_protocol import GoodClient, accepts, connect, frame
from .websocket_stream import Stream

LEAST_SHARE = 0.8  # of the frames that a good client gets without attackers
MOST_MB = 150  # that memory may rise
# Origin of a page -> whether it may listen.
ORIGINS = {
    "": True, "http://localhost:8000": True, "http://127.0.0.1": True, "file://": True, "http://LOCALHOST": True,
    "http://[::1]:3000": True, "null": False, "https://evil.example": False, "http://localhost.evil.example": False,
    "http://127.0.0.1.evil.example": False, "http://localhost:80@evil.example": False,
    "http://evil.example/http://localhost": False, "file://evil.example": False, "http://localhost:80\tx": False,
    "chrome-extension://abc": False, "http://0.0.0.0:9002": False, "http://127.0.0.2": False,
    "http://localhost.": False,
    "http://evil.example:19002": False,
}  # fmt: skip
EITHER = ("http://LOCALHOST",)  # the case of a host does not matter: both answers are right
Attack = Callable[[int], list[socket.socket]]  # gets the port, returns what is to be closed afterwards


def many(count: int, then: Callable[[socket.socket], object] = lambda s: None, handshake: bool = True) -> Attack:
    """Connect `count` clients that do the same."""

    def attack(port: int) -> list[socket.socket]:
        found = []
        for _ in range(count):
            with contextlib.suppress(OSError):
                client = connect(port)[0] if handshake else socket.create_connection(("127.0.0.1", port), timeout=3)
                client.settimeout(0.5)
                found.append(client)
                then(client)
        return found

    return attack


def sending(piece: bytes) -> Callable[[socket.socket], object]:
    return lambda client: client.sendall(piece)


def flooding(piece: bytes, seconds: float = 5.0) -> Callable[[socket.socket], object]:
    def then(client: socket.socket) -> None:
        def push() -> None:
            until = time.monotonic() + seconds
            with contextlib.suppress(OSError):
                while time.monotonic() < until:
                    client.sendall(piece)

        threading.Thread(target=push, daemon=True).start()

    return then


def narrow(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)


def _coming_and_going(port: int) -> list[socket.socket]:
    for _ in range(500):
        with contextlib.suppress(OSError):
            connect(port)[0].close()
    return []


def attacks() -> dict[str, tuple[Attack, int | None]]:
    """Return name -> (what is done, limit of handles of the program)."""
    rng = random.Random(SEED)
    endless_header = b"GET / HTTP/1.1\r\nX: " + b"a" * 4000
    done: dict[str, Attack] = {
        "200 clients that never read": many(200, narrow),
        "200 that connect and say nothing": many(200, handshake=False),
        "200 with a header of one byte": many(200, sending(b"G"), handshake=False),
        "endless header": many(20, flooding(endless_header), handshake=False),
        "endless lines": many(20, flooding(b"X: a\r\n" * 500), handshake=False),
        "garbage": many(50, sending(rng.randbytes(5000)), handshake=False),
        "tls hello": many(20, sending(b"\x16\x03\x01\x02\x00\x01" + rng.randbytes(500)), handshake=False),
        "malformed frames": many(50, sending(rng.randbytes(2000))),
        "frame of 2**62": many(50, sending(frame(2, b"x" * 100, length=2**62))),
        "frame of 1 MB": many(20, sending(frame(2, b"x" * 1_000_000))),
        "endless fragments": many(5, flooding(frame(0, b"x" * 100, fin=False) * 100)),
        "64 KB messages without end": many(5, flooding(frame(1, b"x" * 65_000))),
        "pings without end": many(5, flooding(frame(9, b"x" * 100) * 200)),
        "not masked": many(20, sending(frame(1, b"x", masked=False))),
        "reserved bits": many(20, sending(frame(1, b"x", rsv=0x70))),
        "not UTF-8": many(20, sending(frame(1, b"\xff\xfe"))),
        "close again and again": many(20, sending(frame(8, b"\x03\xe8") * 50)),
        "connect and go, 500 times": _coming_and_going,
    }
    limited = {"more clients than handles (256)": (many(300), 256)}
    return {name: (attack, None) for name, attack in done.items()} | limited


def take(name: str, attack: Attack, handles: int | None) -> Outcome:
    port, begun = free_port(), time.monotonic()
    stream = Stream(name, f"ws://127.0.0.1:{port}", handles)
    good, faults = GoodClient(port), []
    usual_hz = good.rate_hz(1.5)  # what the computer allows at the moment
    before_mb = stream.memory_mb
    clients = attack(port)
    rate_hz = good.rate_hz(6.0)
    afterwards_hz = usual_hz
    if not stream.process.is_alive():
        faults.append("the program died")
    else:
        if stream.memory_mb - before_mb > MOST_MB:
            faults.append(f"memory rose by {stream.memory_mb - before_mb:.0f} MB")
        for client in clients:
            client.close()
        time.sleep(1.0)
        afterwards_hz = good.rate_hz(1.5)
        if not accepts(port):
            faults.append("afterwards nobody can connect")
    least_hz = LEAST_SHARE * min(usual_hz, afterwards_hz)
    if rate_hz < least_hz:
        faults.append(
            f"a good client got {rate_hz:.1f} frames a second, {usual_hz:.1f} before, {afterwards_hz:.1f} after"
        )
    good.close()
    faults += stream.close()
    return Outcome(name, stream.process.exitcode or 0, time.monotonic() - begun, before_mb, faults)


def take_origins() -> Outcome:
    """Try who may listen, at the address that is usual."""
    port, begun = free_port(), time.monotonic()
    stream = Stream("origins", f"ws://127.0.0.1:{port}")
    faults = []
    for origin, may in ORIGINS.items():
        accepted = accepts(port, f"Origin: {origin}\r\n" if origin else "")
        if accepted != may and origin not in EITHER:
            faults.append(f"a page of {origin!r} {'may' if accepted else 'may not'} listen")
    return Outcome("origins", 0, time.monotonic() - begun, stream.memory_mb, faults + stream.close())


def take_address(host: str, only_here: bool) -> Outcome:
    port, begun = free_port(), time.monotonic()
    stream = Stream(f"listen {host}", f"ws://{host}:{port}")
    there = stream.listening()
    here = bool(there) and all(address.startswith(("127.", "::1")) for address in there)
    faults = [] if here == only_here else [f"ws://{host} listens at {there}"]
    return Outcome(f"listens at {host}", 0, time.monotonic() - begun, stream.memory_mb, faults + stream.close())


QUICK = ("malformed frames", "frame of 2**62")


def run(
    names: list[str] | None = None, count: int | None = None, seed: int = 0, verbose: bool = False
) -> list[Outcome]:
    """Take all attacks, those of `names`, or `count` drawn by `seed`."""
    jobs: dict[str, Callable[[], Outcome]] = {
        "origins": take_origins,
        **{f"listens at {h}": lambda h=h: take_address(h, True) for h in ("localhost", "127.0.0.1")},
        "listens at 0.0.0.0": lambda: take_address("0.0.0.0", False),
        **{name: lambda name=name, args=args: take(name, *args) for name, args in attacks().items()},
    }
    chosen = names or list(jobs)
    if count is not None and count < len(chosen):
        chosen = [name for name in chosen if name in set(random.Random(seed).sample(chosen, count))]
    outcomes = []
    for name in chosen:
        outcome = jobs[name]()
        outcomes.append(outcome)
        if outcome.faults or verbose:
            how = "FAIL" if outcome.faults else "ok  "
            print(f"{how} ws: {name}: {'; '.join(outcome.faults)} [{outcome.seconds:.0f} s]", flush=True)
    return outcomes
