"""Make clips of rendered people.

Run `python -m training.synthesis.people.generate --mocap train.npz --out DIR`.

Each clip is one file, written completely or not at all. An existing clip is not made again, so the command continues
where it was stopped.
The same seed and motion give the same clips. Several processes share the work with `--part 1/2` and `--part 2/2`.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Image
from pipeline.core.errors import UserError
from training.synthesis.people import shards
from training.synthesis.people.clip import Clip, plan
from training.synthesis.people.detect import ClipDetector, Detected, open_detector, over_clip
from training.synthesis.people.filming import Taken, filmed
from training.synthesis.people.motion import load_motions

POPULATION = 1600


def detect_all(
    clip: Clip, taken: Taken, detectors: Sequence[ClipDetector], pool: ThreadPoolExecutor
) -> dict[str, tuple[str, Detected]]:
    """Run every detector on the clip in parallel: name -> its skeleton and its detections."""
    camera = np.stack([clip.view.camera_from_world(person.joints) for person in clip.people])
    image = clip.view.image_from_camera(camera)
    inside = taken.seen > shards.OUTSIDE
    begun = {d.name: pool.submit(over_clip, d, taken.frames, clip.rate_hz, image, inside) for d in detectors}
    return {d.name: (d.skeleton, begun[d.name].result()) for d in detectors}


def sample_photograph() -> Image | None:
    """Compute the sample video's background without its people (BSD-3), (H, W, 3) RGB.

    Return None where the video is not installed.
    """
    from pipeline.sources.open import open_source
    from pipeline.sources.sample import sample_video

    try:
        with contextlib.closing(open_source(sample_video())) as source:
            frames = [frame.bgr for frame in source.frames() if frame.index % 12 == 0]
    except UserError:
        return None
    return np.ascontiguousarray(np.median(np.stack(frames), axis=0).astype(np.uint8)[..., ::-1])


def film(path: Path, taken: Taken, rate_hz: float) -> None:
    """Write the frames of a clip as an H.264 video, for inspection."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=max(1, round(rate_hz)), options={"crf": "20"})
        stream.height, stream.width, stream.pix_fmt = *taken.frames[0].shape[:2], "yuv420p"
        for frame in taken.frames:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        out.mux(stream.encode())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.synthesis.people.generate", description=__doc__)
    parser.add_argument("--mocap", type=Path, required=True, help="motion file (training/README.md)")
    parser.add_argument("--out", type=Path, required=True, help="folder of the clips")
    parser.add_argument("--frames", type=int, default=150_000, help="stop when so many frames are there (150000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--detectors", default="full,heavy", help="full, heavy or any detector of the program")
    parser.add_argument("--held-out", type=float, default=0.12, help="share of clips with held-out bodies and motion")
    parser.add_argument("--all-held-out", action="store_true", help="nobody in the motion file may be trained with")
    parser.add_argument("--first", type=int, default=0, help="number of the first clip")
    parser.add_argument("--part", default="1/1", help="K/N: every N-th clip, from the K-th on")
    parser.add_argument("--films", type=int, default=0, help="keep the pictures of every so many clips as MP4")
    return parser.parse_args()


def main() -> None:
    args = _arguments()
    os.environ.setdefault("LP_NUM_THREADS", "0")  # Mesa renders in this thread: the most frames per core time
    part, parts = (int(v) for v in args.part.split("/"))
    training, held_out = load_motions(args.mocap, args.all_held_out)
    detectors = [open_detector(name) for name in args.detectors.split(",")]
    photograph = sample_photograph()
    frames, began, worked = 0, time.monotonic(), time.process_time()
    made = 0
    with ThreadPoolExecutor(max(1, min(len(detectors), os.cpu_count() or 1))) as pool:
        index = args.first + part - 1
        while frames < args.frames / parts:
            path = shards.shard_path(args.out, index)
            if shards.finished(path):
                frames += len(shards.read(path).arrays["time_s"])
            else:
                clip = plan(args.seed, index, training, held_out, args.held_out, POPULATION)
                taken = filmed(clip, photograph)
                shards.write(path, args.seed, clip, taken, detect_all(clip, taken, detectors, pool))
                frames, made = frames + clip.frames, made + clip.frames
                if args.films and index % args.films == 0:
                    film(path.with_suffix(".mp4"), taken, clip.rate_hz)
                rate, cost = made / (time.monotonic() - began), (time.process_time() - worked) / made
                print(f"clip {index}: {frames} frames, {rate:.1f} a second, {1000 * cost:.0f} ms of one core each",
                      file=sys.stderr, flush=True)  # fmt: skip
            index += parts
    for detector in detectors:
        detector.close()


if __name__ == "__main__":
    main()
