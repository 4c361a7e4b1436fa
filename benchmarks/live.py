"""Measure rate and latency of the live mode on a 720p file played as a 30 Hz camera.

    python benchmarks/live.py [--seconds 30] [--lifter NAME] [--minutes 10] [--people 2]

Each row is the `live` command in a separate process, on the sample video scaled to 1280 x 720 and looped: alone; with
one person followed; with one core, or all cores, kept busy by other programs. `--minutes N` adds a long run that
samples memory, threads and latency, and compares the last third to the first to find growth. Run no other programs at
the same time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipeline.core.config import LIVE_LIFTER  # noqa: E402
from pipeline.sources.sample import sample_video  # noqa: E402

COLUMNS = (
    "shown_fps", "predicted_fps", "captured_fps", "dropped", "latency_p50_ms", "latency_p95_ms", "latency_max_ms",
    "detect_ms", "lift_ms", "detect_every", "lift_every", "peak_memory_mb",
)  # fmt: skip


def hd_file(folder: Path) -> Path:
    """Encode the sample video at 1280 x 720, 30 fps, H.264."""
    import av

    path = folder / "live720.mp4"
    with av.open(str(sample_video())) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "23"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for index, frame in enumerate(source.decode(video=0)):
            scaled = frame.reformat(1280, 720, "yuv420p")
            scaled.pts, scaled.time_base = index, Fraction(1, 30)
            target.mux(stream.encode(scaled))
        target.mux(stream.encode())
    return path


@contextlib.contextmanager
def busy_cores(count: int) -> Iterator[None]:
    """Keep `count` cores busy with other processes."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def command(video: Path, seconds: float, arguments: argparse.Namespace, people: int) -> list[str]:
    return [
        sys.executable, str(ROOT / "main.py"), "live", "--source", str(video), "--as-live", "--loop",
        "--seconds", str(seconds), "--lifter", arguments.lifter, "--max-people", str(people),
        "--latency-budget", str(arguments.budget), "--json",
    ]  # fmt: skip


def run(video: Path, seconds: float, arguments: argparse.Namespace, people: int) -> dict[str, Any]:
    done = subprocess.run(
        command(video, seconds, arguments, people), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def long_run(video: Path, minutes: float, arguments: argparse.Namespace) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Run live for `minutes`; return the last record, and the samples of memory and latency."""
    process = subprocess.Popen(
        command(video, 60 * minutes, arguments, arguments.people), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    watched, samples, record = psutil.Process(process.pid), [], {}
    assert process.stdout is not None
    for line in process.stdout:
        record = json.loads(line)
        if record["status"] == "running" and record["shown"]:
            now = {"at": time.monotonic(), "memory_mb": watched.memory_info().rss / 2**20}
            now |= {
                "threads": watched.num_threads(),
                "latency_ms": record["latency_ms"],
                "shown_hz": record["shown_hz"],
            }
            samples.append(now)
    process.wait()
    return record, samples


def table(rows: dict[str, dict[str, Any]]) -> None:
    wide = max(len(name) for name in rows)
    print(" " * wide, *(f"{column.removeprefix('latency_'):>13}" for column in COLUMNS))
    for name, row in rows.items():
        print(f"{name:<{wide}}", *(f"{row[column]:>13.1f}" for column in COLUMNS), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--minutes", type=float, default=0, help="add a long run that looks for growth")
    parser.add_argument("--lifter", default=LIVE_LIFTER)
    parser.add_argument("--people", type=int, default=2)
    parser.add_argument("--budget", type=float, default=150, help="latency budget, ms")
    parser.add_argument("--video", type=Path, help="play this file unscaled in place of the sample")
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")
    with tempfile.TemporaryDirectory() as folder:
        video = arguments.video or hd_file(Path(folder))
        rows = {
            f"{arguments.people} people": run(video, arguments.seconds, arguments, arguments.people),
            "1 person": run(video, arguments.seconds, arguments, 1),
        }
        with busy_cores(1):
            rows["one core busy"] = run(video, arguments.seconds, arguments, arguments.people)
        with busy_cores(os.cpu_count() or 1):
            rows["all cores busy"] = run(video, arguments.seconds, arguments, arguments.people)
        table(rows)
        if arguments.minutes:
            record, samples = long_run(video, arguments.minutes, arguments)
            print()
            table({f"{arguments.minutes:g} minutes": record})
            third = len(samples) // 3
            for name in ("memory_mb", "threads", "latency_ms", "shown_hz"):
                first, last = (statistics.median(s[name] for s in part) for part in (samples[:third], samples[-third:]))
                print(f"{name:<12} first third {first:8.1f}   last third {last:8.1f}")


if __name__ == "__main__":
    main()
