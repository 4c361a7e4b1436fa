"""Run the live mode for an hour from a camera that dies every minute, while two clients come and go.

The program is the real command; the camera loops the sample video as MJPEG. Compared are the first and the last ten
minutes: memory, threads and handles have to stay flat, rate and latency within 10 %. Other programs change the rate and
the latency, too: a probe computes a fixed loop every few seconds, and its own slowdown is reported next to them.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from typing import Any

import psutil

from tests.attacks.harness.case import Outcome
from tests.attacks.harness.places import PROJECT, SEED, work_folder

from .http_server import ScriptedServer, mjpeg

WIDTH_PX, HEIGHT_PX = 480, 270
RATE_HZ = 4.0  # of the camera: a machine that does other work, too, can hold it
LIFE_S = 60.0  # between two deaths of the camera
SAMPLE_S = 5.0
WINDOW_S = 600.0  # that are compared at the beginning and at the end
SETTLE_S = 90.0  # before the first window: models load, the first person is found, the first death is over
TOLERANCE = 0.10  # of rate and latency
FLAT_MB = 30  # growth of memory that is an allocator's and not a leak's; a leak of one image a death is 90 MB an hour
MEASURES = ("memory_mb", "threads", "handles", "shown_hz", "latency_ms", "slowdown")
PROBE = """
import time
while True:
    wall, cpu = time.perf_counter(), time.process_time()
    sum(i * i for i in range(400_000))
    print((time.perf_counter() - wall) / (time.process_time() - cpu), time.process_time() - cpu, flush=True)
    time.sleep(2)
"""


def sample_pictures() -> list[bytes]:
    """Return the frames of the sample video as small JPEG images, forwards and backwards."""
    import av
    import cv2

    from pipeline.sources.sample import sample_video

    with av.open(str(sample_video())) as container:
        frames = [f.to_ndarray(width=WIDTH_PX, height=HEIGHT_PX, format="bgr24") for f in container.decode(video=0)]
    encoded = [cv2.imencode(".jpg", frame, [1, 80])[1].tobytes() for frame in frames]
    return encoded + encoded[::-1]


class Visitor:
    """Connect to the stream, read for a while, leave, return: until `close`."""

    def __init__(self, port: int, seed: int) -> None:
        self.messages = self.visits = 0
        self.failures: list[str] = []
        self._port, self._random, self._stop = port, random.Random(seed), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from websockets.exceptions import ConnectionClosed
        from websockets.sync.client import connect

        while not self._stop.wait(self._random.uniform(1.0, 10.0)):
            until = time.monotonic() + self._random.uniform(5.0, 40.0)
            try:
                with connect(f"ws://127.0.0.1:{self._port}", open_timeout=10) as socket:
                    self.visits += 1
                    while time.monotonic() < until and not self._stop.is_set():
                        try:
                            socket.recv(timeout=2.0)
                            self.messages += 1
                        except TimeoutError:  # the camera is away
                            pass
            except (OSError, ConnectionClosed, TimeoutError) as error:
                if not self._stop.is_set():
                    self.failures.append(repr(error)[:120])

    def close(self) -> None:
        self._stop.set()
        self._thread.join(15)


class Follower:
    """Keep the newest line of the output of a process."""

    def __init__(self, process: subprocess.Popen[str], store: Any) -> None:
        self.latest: Any = None
        self._store, self._pipe = store, process.stdout
        threading.Thread(target=self._follow, daemon=True).start()

    def _follow(self) -> None:
        assert self._pipe is not None
        for line in self._pipe:
            self.latest = self._store(line)


def command(source: str, port: int) -> list[str]:
    return [
        sys.executable, str(PROJECT / "main.py"), "live", "--source", source, "--stream", f"ws://127.0.0.1:{port}",
        "--max-people", "1", "--json",
    ]  # fmt: skip


def sample(process: psutil.Process, at_s: float, record: Any, probe: Any) -> dict[str, Any]:
    return {
        "at_s": round(at_s, 1),
        "memory_mb": process.memory_info().rss >> 20,
        "threads": process.num_threads(),
        "handles": process.num_fds() if os.name == "posix" else process.num_handles(),
        "shown": record["shown"],
        "latency_ms": record["latency_ms"],
        "notice": record["notice"],
        "slowdown": (probe or [1.0])[0],
        "probe_ms": (probe or [0, 0])[1] * 1000,
    }


def summary(samples: list[dict[str, Any]], window_s: float) -> dict[str, dict[str, float]]:
    """Return the medians of the first and the last window, and the rate of shown frames in them."""
    first = [s for s in samples if SETTLE_S <= s["at_s"] < SETTLE_S + window_s]
    last = [s for s in samples if s["at_s"] > samples[-1]["at_s"] - window_s]
    found = {}
    for name, rows in (("first", first), ("last", last)):
        found[name] = {key: statistics.median(row[key] for row in rows) for key in MEASURES if key != "shown_hz"}
        found[name]["shown_hz"] = (rows[-1]["shown"] - rows[0]["shown"]) / (rows[-1]["at_s"] - rows[0]["at_s"])
    return found


def faults_of(found: dict[str, dict[str, float]]) -> list[str]:
    first, last = found["first"], found["last"]
    faults = []
    if last["memory_mb"] - first["memory_mb"] > FLAT_MB:
        faults.append(f"memory grew from {first['memory_mb']:.0f} to {last['memory_mb']:.0f} MB")
    for key in ("threads", "handles"):
        if last[key] > first[key] + 1:
            faults.append(f"{key} grew from {first[key]:.0f} to {last[key]:.0f}")
    load = last["slowdown"] / first["slowdown"]  # above 1: other programs took more of the machine at the end
    if last["shown_hz"] < first["shown_hz"] * (1 - TOLERANCE) / max(1.0, load):
        faults.append(f"rate fell from {first['shown_hz']:.2f} to {last['shown_hz']:.2f} Hz (load {load:.2f} x)")
    if last["latency_ms"] > first["latency_ms"] * (1 + TOLERANCE) * max(1.0, load):
        faults.append(f"latency rose from {first['latency_ms']:.1f} to {last['latency_ms']:.1f} ms (load {load:.2f} x)")
    return faults


def run(minutes: float = 60.0) -> Outcome:
    from tests.helpers.live.receivers import free_port

    folder, port = work_folder("soak"), free_port()
    pictures = sample_pictures()
    camera = ScriptedServer(mjpeg(lambda i: pictures[i % len(pictures)], RATE_HZ, LIFE_S))
    environment = {**os.environ, "HOURGLASS_CACHE": str(folder / "cache")}
    samples: list[dict[str, Any]] = []
    with (folder / "stderr.txt").open("w") as errors, (folder / "samples.jsonl").open("w") as store:
        program = subprocess.Popen(
            command(f"http://127.0.0.1:{camera.port}/video", port),
            stdout=subprocess.PIPE, stderr=errors, text=True, env=environment,
        )  # fmt: skip
        prober = subprocess.Popen([sys.executable, "-c", PROBE], stdout=subprocess.PIPE, text=True)
        records = Follower(program, json.loads)
        probes = Follower(prober, lambda line: [float(word) for word in line.split()])
        watched = psutil.Process(program.pid)
        visitors = [Visitor(port, SEED + number) for number in range(2)]
        begun = time.monotonic()
        try:
            while program.poll() is None and time.monotonic() - begun < 60 * minutes:
                time.sleep(SAMPLE_S)
                if records.latest and records.latest["status"] == "running" and program.poll() is None:
                    samples.append(sample(watched, time.monotonic() - begun, records.latest, probes.latest))
                    store.write(json.dumps(samples[-1]) + "\n")
                    store.flush()
            ended_early = program.poll() is not None
        finally:
            for visitor in visitors:
                visitor.close()
            prober.kill()
            prober.wait()
            program.send_signal(signal.SIGINT)
            code = program.wait(60)
            camera.close()
    found = summary(samples, min(WINDOW_S, 15 * minutes))
    faults = faults_of(found)
    if ended_early:
        faults.append(f"the program ended with {code} after {samples[-1]['at_s']} s")
    elif code not in (0, 130):
        faults.append(f"exit {code} after Ctrl-C")
    if "Traceback" in (said := (folder / "stderr.txt").read_text()):
        faults.append(f"traceback: {said.strip().splitlines()[-1]}")
    for visitor in visitors:
        faults += visitor.failures
    print(f"{'':>6}" + "".join(f"{key:>12}" for key in MEASURES))
    for name, row in found.items():
        print(f"{name:>6}" + "".join(f"{row[key]:>12.2f}" for key in MEASURES))
    print(f"{camera.connections} connections to the camera, {sum(v.visits for v in visitors)} visits of clients,")
    print(f"{sum(v.messages for v in visitors)} messages, {len(samples)} samples in {folder / 'samples.jsonl'}")
    for fault in faults:
        print(f"FAIL soak: {fault}")
    return Outcome(f"{minutes:g} minutes", code, time.monotonic() - begun, samples[-1]["memory_mb"], faults)
