"""Measure time and peak memory of exporting an hour of two people, one process per format.

python benchmarks/exports.py [--minutes 60] [--formats bvh,csv,...]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pipeline.core.poses import PersonTrack  # noqa: E402
from pipeline.core.take import Take, Track3D  # noqa: E402
from pipeline.export.export_take import export_take  # noqa: E402
from pipeline.registry import entries, find  # noqa: E402
from pipeline.system.memory import peak_memory_mb  # noqa: E402
from tests.helpers.motion import clip, facing_camera, scene  # noqa: E402

RATE_HZ = 30.0


def long_take(minutes: float) -> Take:
    """Build a long take: a clip played forward and backward repeatedly, two people side by side."""
    short = scene(facing_camera(clip("jump")), rate_hz=RATE_HZ).take()
    frames = round(minutes * 60 * RATE_HZ)
    there = np.arange(len(short.tracks3d[0].joints))
    rows = np.resize(np.concatenate([there, there[::-1]]), frames)
    index, times = np.arange(frames), np.arange(frames) / RATE_HZ
    lifted, seen = short.tracks3d[0], short.tracks2d[0]
    beside = np.array([0.8, 0, 0], np.float32)
    return Take(
        short.info,
        tuple(
            PersonTrack.of(person, index, times, seen.joints_image[rows], seen.scores[rows], seen.skeleton)
            for person in (1, 2)
        ),
        tuple(
            Track3D(person, index, times, lifted.joints[rows] + beside * (person - 1), lifted.scores[rows], "world")
            for person in (1, 2)
        ),
        short.scene,
        {"program": "benchmark"},
    )


def one(name: str, minutes: float) -> None:
    """Print the table row of one format: export time, and memory before and after."""
    take = long_take(minutes)
    find("exporter", name).load()
    before = peak_memory_mb()
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        paths = export_take(take, Path(folder), "hour", [name])
        lasted = time.perf_counter() - begun
        size = sum(path.stat().st_size for path in paths) / 2**20
    print(f"| {name} | {lasted:.1f} | {peak_memory_mb():.0f} | {before:.0f} | {size:.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--formats", default="")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        one(arguments.one, arguments.minutes)
        return
    video = ("overlay", "side_by_side")  # skipped: encoding the video dominates their time
    names = [entry.name for entry in entries("exporter") if not entry.missing() and entry.name not in video]
    print("| format | seconds | peak MB | of it before | size MB |\n|---|---|---|---|---|", flush=True)
    for name in arguments.formats.split(",") if arguments.formats else names:
        command = [sys.executable, __file__, "--one", name, "--minutes", str(arguments.minutes)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
