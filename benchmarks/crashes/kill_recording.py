"""Kill recordings at random moments, and check that each take opens and what is missing.

    python benchmarks/crashes/kill_recording.py [--kills 20] [--seed 0] [--size 1280x720]

A child process records numbered images at 30 Hz and prints the time of each one that it handed to the recorder. It is
killed (SIGKILL; TerminateProcess on Windows) after 1 to 4 s; then the folder is opened, recovered, and checked.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

FPS_HZ = 30.0


@dataclass(frozen=True, slots=True)
class Killed:
    """Describe what a killed recording left: frames, and seconds missing at the end.

    Seconds are counted between the last frame handed over and the last frame found.
    """

    handed_over: int
    rows: int
    images: int
    rows_missing_s: float
    images_missing_s: float
    skipped: int  # images that the encoder had no time for: the previous one is shown again
    numbers_fit: bool  # every row and every image that was not skipped is the right one


def kill_once(folder: Path, after_s: float, size: tuple[int, int] = (1280, 720)) -> Killed:
    """Record in a child process, kill it `after_s` after the first frame, and check the folder."""
    command = [sys.executable, __file__, "--child", str(folder), "--size", f"{size[0]}x{size[1]}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, bufsize=1) as child:
        assert child.stdout is not None
        first = child.stdout.readline()
        if not first:
            raise RuntimeError("the recording did not begin")
        killer = threading.Timer(after_s, child.kill)
        killer.start()
        lines = [first, *child.stdout]
        killer.join()
    times = [float(line) for line in lines if line.endswith("\n")]
    return _look(folder, times)


def _look(folder: Path, times: list[float]) -> Killed:
    from pipeline.live.recording.open import open_recording, recover
    from pipeline.sources.file.video import VideoSource
    from tests.helpers.clips import number_in

    found = open_recording(folder)
    assert not found.complete
    before = found.info.frame_count if found.has_video else 0
    found = recover(folder)
    assert found.complete
    numbers = []
    if found.has_video:
        source = VideoSource(folder / "video.mkv")
        numbers = [(frame.index, number_in(frame.bgr), frame.time_s) for frame in source.frames()]
        source.close()
    shown = [number for _, number, _ in numbers]
    # The last image may be cut off, which shows only when the file is written again.
    fit = before - 1 <= len(numbers) <= before and all(
        number in (index % 256, before_it) for (index, number, _), before_it in zip(numbers, [0, *shown], strict=False)
    )
    fit &= found.rows.source_index.tolist() == list(range(len(found.rows)))
    fit &= all(abs(found.rows.time_s[i] - times[i]) < 1e-9 for i in range(min(len(times), len(found.rows))))
    return Killed(
        len(times),
        len(found.rows),
        len(numbers),
        max(0.0, times[-1] - float(found.rows.time_s[-1])),
        max(0.0, times[-1] - (numbers[-1][2] if numbers else 0.0)),
        sum(index % 256 != number for index, number, _ in numbers),
        fit,
    )


def _record(folder: Path, size: tuple[int, int]) -> None:
    """Record numbered images until this (child) process is killed."""
    from pipeline.core.camera import VideoInfo
    from pipeline.live.recording.recorder import Recorder
    from tests.helpers.clips import numbered
    from tests.helpers.live.results import result, standing

    recorder = Recorder(folder, VideoInfo("fake camera", "", *size, FPS_HZ, 0, 0.0))
    begun, zero = time.monotonic(), None
    for index in range(1 << 20):
        time.sleep(max(0.0, begun + index / FPS_HZ - time.monotonic()))
        now = time.monotonic()
        zero = now if zero is None else zero
        recorder.write(result(index, now, [standing(100 + index % 100)], bgr=numbered(index % 256, *size)))
        print(now - zero, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    width, height = (int(value) for value in arguments.size.split("x"))
    if arguments.child:
        _record(arguments.child, (width, height))
        return
    moments = random.Random(arguments.seed)
    worst_rows = worst_images = 0.0
    opened = 0
    for number in range(1, arguments.kills + 1):
        with tempfile.TemporaryDirectory() as parent:
            after_s = moments.uniform(1.0, 4.0)
            killed = kill_once(Path(parent) / "take", after_s, (width, height))
        opened += killed.numbers_fit
        worst_rows = max(worst_rows, killed.rows_missing_s)
        worst_images = max(worst_images, killed.images_missing_s)
        print(f"{number:3} killed after {after_s:.2f} s: {killed}", flush=True)
    print(f"{opened} of {arguments.kills} open and fit; at most missing: rows {worst_rows:.2f} s, ", end="")
    print(f"images {worst_images:.2f} s")


if __name__ == "__main__":
    main()
