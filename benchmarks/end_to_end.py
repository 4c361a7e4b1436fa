"""Compare the speed of a whole run to that of the detector alone, and measure peak memory.

    python benchmarks/end_to_end.py [--video FILE] [--loops 8] [--repeats 2] [--memory | --hands]

A video (default: the sample), repeated `--loops` times, goes through (a) decoding alone, (b) decoding and detecting,
(c) the whole run: decode, detect, track, lift, finish. (b) and (c) alternate in one process after one warm-up run,
because the speed of a machine drifts; the result is the ratio of their frame rates. Imports and warm-up are reported
separately. `--memory` measures 1 x and `--loops` x in new processes. `--hands` compares whole runs without and with
hands in turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.core.concurrency import CancelToken
from pipeline.core.config import DetectConfig, RunConfig
from pipeline.core.take import Take


def looped(video: Path, loops: int, folder: Path) -> Path:
    """Repeat the compressed frames of `video` `loops` times in one file with rising timestamps."""
    import av

    path = folder / f"{video.stem}_{loops}x.mkv"
    with av.open(str(video)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        step = round(stream.frames / stream.average_rate / stream.time_base)
        for loop in range(loops):
            source.seek(0)
            for packet in source.demux(stream):
                if packet.dts is None:
                    continue
                packet.pts += loop * step
                packet.dts += loop * step
                packet.stream = copy
                target.mux(packet)
    return path


def detect_only(source, engine, config: RunConfig) -> float:
    from pipeline.detect.detect_video import ObserveStats, observe

    begun = time.perf_counter()
    for _ in observe(source, engine.detector(config.detect), None, CancelToken(), ObserveStats()):
        pass
    return time.perf_counter() - begun


def whole_run(source, engine, config: RunConfig) -> tuple[float, Take]:
    from pipeline import api

    begun = time.perf_counter()
    take = api.lift(source, config=config, models=engine)
    return time.perf_counter() - begun, take


def compare_hands(source, engines, config: RunConfig, count: int, repeats: int) -> None:
    """Print frame rates and processor times of whole runs without and with hands."""
    configs = [replace(config, detect=replace(config.detect, hands=hands)) for hands in (False, True)]
    ratios, processor = [], []
    for repeat in range(-1, repeats):  # the first one only warms up
        seconds, busy = {}, {}
        for hands in (False, True) if repeat % 2 == 0 else (True, False):
            begun = time.process_time()
            seconds[hands], _ = whole_run(source, engines[hands], configs[hands])
            busy[hands] = time.process_time() - begun
        if repeat < 0:
            continue
        ratios.append(seconds[False] / seconds[True])
        processor.append(busy[False] / busy[True])
        without, with_hands = count / seconds[False], count / seconds[True]
        print(f"without {without:6.2f}/s, with hands {with_hands:6.2f}/s, ratio {ratios[-1]:.3f}", end="")
        print(f"; processor {1e3 * busy[False] / count:.1f} and {1e3 * busy[True] / count:.1f} ms a frame", flush=True)
    print(f"frames a second, with hands / without: median {statistics.median(ratios):.3f}, worst {min(ratios):.3f}")
    print(f"processor time, without / with hands: median {statistics.median(processor):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loops", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--detector", default=DetectConfig().detector)
    parser.add_argument("--video", type=Path, help="a video file; default: the sample")
    parser.add_argument("--hands", action="store_true", help="whole runs without and with hands, in turns")
    parser.add_argument("--memory", action="store_true", help="peak memory of 1 x and of --loops x")
    parser.add_argument(
        "--only-whole", action="store_true", help="one whole run, its peak memory as JSON (used by --memory)"
    )
    arguments = parser.parse_args()

    if arguments.memory:
        peaks = {}
        for loops in (1, arguments.loops):
            command = [
                sys.executable,
                __file__,
                "--only-whole",
                "--loops",
                str(loops),
                "--detector",
                arguments.detector,
                *(() if arguments.video is None else ("--video", str(arguments.video))),
            ]
            printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            peaks[loops] = json.loads(printed.splitlines()[-1])["peak_memory_mb"]
            print(f"peak memory, {loops} x: {peaks[loops]:.0f} MB")
        print(f"ratio {peaks[arguments.loops] / peaks[1]:.3f}")
        return

    begun = time.perf_counter()
    import torch  # noqa: F401

    from pipeline.run.lift_video import Engine
    from pipeline.sources.open import open_source
    from pipeline.sources.sample import sample_video
    from pipeline.system.memory import peak_memory_mb

    imports_s = time.perf_counter() - begun
    config = RunConfig(detect=DetectConfig(detector=arguments.detector), use_cache=False)
    with Engine() as engine, tempfile.TemporaryDirectory() as folder:
        video = arguments.video or sample_video()
        source = open_source(looped(video, arguments.loops, Path(folder)))
        if arguments.only_whole:
            whole_run(source, engine, config)
            print(json.dumps({"peak_memory_mb": peak_memory_mb()}))
            return
        begun = time.perf_counter()
        whole_run(open_source(video), engine, config)
        warm_s = time.perf_counter() - begun
        begun = time.perf_counter()
        count = sum(1 for _ in source.frames())
        decode_s = time.perf_counter() - begun
        print(f"imports {imports_s:.2f} s, warm-up run (1 x) {warm_s:.2f} s")
        print(f"{count} frames, decoding alone {count / decode_s:.1f}/s")
        if arguments.hands:
            with Engine() as other:
                compare_hands(source, {False: engine, True: other}, config, count, arguments.repeats)
            return
        ratios = []
        for _ in range(arguments.repeats):
            alone_s = detect_only(source, engine, config)
            whole_s, take = whole_run(source, engine, config)
            run = take.provenance["run"]
            ratios.append(alone_s / whole_s)
            print(
                f"decode + detect {count / alone_s:6.2f}/s, whole run {count / whole_s:6.2f}/s, ratio {ratios[-1]:.3f}"
            )
            print(f"  in it: detecting {run['detect_seconds']:.1f} s, lifting {run['lift_seconds']:.1f} s")
        print(f"whole run / detector alone: median {statistics.median(ratios):.3f}, worst {min(ratios):.3f}")


if __name__ == "__main__":
    main()
