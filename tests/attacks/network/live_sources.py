"""Open hostile cameras as a live run does: servers in this process, the source in a forked child.

Of each: an error with a hint, or frames; opening is decided within 25 s, reading never blocks, closing takes at most
3 s, no thread is left, memory stays under 1.5 GB, and nothing is opened or reached but the address that was named.
"""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
import time
from pathlib import Path
from typing import Any

from tests.attacks.harness.bait import bait
from tests.attacks.harness.case import Outcome
from tests.attacks.harness.child import fork, make_home, set_surroundings, wait
from tests.attacks.harness.places import work_folder
from tests.helpers.live.receivers import free_port

from . import http_scripts, other_scripts
from .http_server import ScriptedServer, Talk

# Upper limits; the times are multiplied on a busy computer.
LIMITS = {"open_s": 25.0, "read_s": 1.5, "close_s": 3.0, "peak_mb": 1500.0, "threads": 0.0}
MOST_CONNECTIONS = 60
READ_S = 4.0
SPEAKS_FIRST = ("tcp", "rtmp", "https")  # the server does not wait for a request


def watch(url: str, folder: Path) -> int:
    """Open the source, read it for some seconds and close it; write what was measured."""
    import logging

    from pipeline.core.concurrency import Closed
    from pipeline.core.errors import UserError
    from pipeline.sources.live.open import open_live

    logging.basicConfig(level=logging.ERROR)
    set_surroundings(folder, {})
    before = threading.active_count()
    found: dict[str, Any] = {"frames": 0, "sizes": 0, "open_s": 0.0, "read_s": 0.0, "close_s": 0.0, "busy": 1.0}
    begun, computed = time.monotonic(), time.process_time()
    code = 0
    try:
        source = open_live(url)
        found["open_s"] = time.monotonic() - begun
        sizes, until = set(), time.monotonic() + READ_S
        while time.monotonic() < until:
            at = time.monotonic()
            frame = None
            try:
                frame = source.read(0.5)
            except Closed:
                break
            finally:
                found["read_s"] = max(found["read_s"], time.monotonic() - at)
            if frame is not None:
                found["frames"] += 1
                sizes.add(frame.bgr.shape)
        found["sizes"] = len(sizes)
        at = time.monotonic()
        source.close()
        found["close_s"] = time.monotonic() - at
    except UserError as error:
        found["open_s"] = found["open_s"] or time.monotonic() - begun
        print(f"error: {error.message}\n  {error.hint}", flush=True)
        code = 2
        if not error.hint:
            raise AssertionError("a message without a hint") from error
    found["busy"] = slowdown()
    found["computed_s"] = time.process_time() - computed
    time.sleep(1.0)
    found["threads"] = threading.active_count() - before
    (folder / "found.json").write_text(json.dumps(found))
    return code


def slowdown() -> float:
    """Return how many times longer than its processor time a short loop takes: 1 on an idle computer."""
    wall, processor = time.perf_counter(), time.process_time()
    sum(i * i for i in range(1_000_000))
    return max(1.0, (time.perf_counter() - wall) / max(1e-6, time.process_time() - processor))


def take(name: str, url: str, connections: Any = lambda: 0) -> Outcome:
    folder = work_folder(f"live/{''.join(c if c.isalnum() else '_' for c in name)}")
    make_home(folder)
    bait().touched()
    ended = wait(fork(lambda: watch(url, folder), folder), folder, 30.0)
    said = (folder / ".stderr").read_text("utf-8", "replace")
    faults = [ended.late] if ended.late else []
    if ended.code not in (0, 2):
        faults.append(f"exit {ended.code}: {said.strip().splitlines()[-1][:200] if said.strip() else ''}")
    elif "Traceback" in said or "Exception" in said:
        faults.append(f"traceback: {said.strip().splitlines()[-1][:150]}")
    if (folder / "found.json").exists():
        found = json.loads((folder / "found.json").read_text()) | {"peak_mb": ended.peak_mb}
        for key, most in LIMITS.items():
            if found[key] > most * (found["busy"] if key.endswith("_s") else 1):
                faults.append(f"{key} is {found[key]:.1f}, at most {most:.1f} (busy {found['busy']:.1f} x)")
    if connections() > MOST_CONNECTIONS:
        faults.append(f"{connections()} connections")
    return Outcome(name, ended.code, ended.seconds, ended.peak_mb, faults + bait().touched(), said[-300:])


def take_server(name: str, scheme: str, talk: Talk) -> Outcome:
    server = ScriptedServer(talk, read_request=scheme not in SPEAKS_FIRST)
    suffix = "x.m3u8" if "playlist" in name else "x.mpd" if "dash" in name else "x"
    try:
        return take(name, f"{scheme}://127.0.0.1:{server.port}/{suffix}", lambda: server.connections)
    finally:
        server.close()


def take_datagrams(name: str, content: other_scripts.Datagram, pause_s: float) -> Outcome:
    port, stop = free_port(), threading.Event()

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            number = 0
            while not stop.wait(pause_s):
                with contextlib.suppress(OSError):
                    sender.sendto(content(number), ("127.0.0.1", port))
                number += 1

    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    try:
        return take(name, f"udp://127.0.0.1:{port}")
    finally:
        stop.set()
        sending.join()


QUICK = ("redirect to a file", "playlist to a path", "endless headers", "rtsp redirect to a file")


def run(
    names: list[str] | None = None, count: int | None = None, seed: int = 0, verbose: bool = False
) -> list[Outcome]:
    """Take all sources, those of `names`, or `count` drawn by `seed`."""
    servers = {name: ("http", talk) for name, talk in http_scripts.scripts().items()} | other_scripts.scripts()
    udp = other_scripts.datagrams()
    chosen = names or [*servers, *udp]
    if count is not None and count < len(chosen):
        chosen = [name for name in chosen if name in set(random.Random(seed).sample(chosen, count))]
    outcomes = []
    for name in chosen:
        outcome = take_server(name, *servers[name]) if name in servers else take_datagrams(name, *udp[name])
        outcomes.append(outcome)
        if outcome.faults or verbose:
            print(f"{'FAIL' if outcome.faults else 'ok  '} live: {name}: {'; '.join(outcome.faults)} "
                  f"[{outcome.code}, {outcome.seconds} s, {outcome.peak_mb:.0f} MB]", flush=True)  # fmt: skip
    return outcomes
