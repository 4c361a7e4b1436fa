"""Measure the repair of exchanged sides on rendered people.

    python -m training.post_chain.judge_side_continuity --people DIR

Every person of the clips of a folder (`training.synthesis.people`) is a track. Once with the exact joints and noise: no
row may be changed. Once as each detector saw it: a row of legs or arms is better or worse if the distance to the truth
changes by more than 1 % of the body's size. A second is sound if the detector exchanged nothing in it, and spoiled if
the repair then made a row worse.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles, Floats
from pipeline.lift.inputs.side_continuity import ORDERS, exchanged_rows, swap_sides
from training.synthesis.people import shards

_NOISE = 0.012  # standard deviation of the noise of exact joints, shares of the body's size
_NOTICEABLE = 0.01  # shares of the body's size


@dataclass(slots=True)
class Counts:
    """Count rows of legs and arms; `changed` rows can be better, worse or equal."""

    rows: int = 0
    changed: int = 0
    better: int = 0
    worse: int = 0
    sound_s: int = 0
    spoiled_s: int = 0

    def line(self, name: str) -> str:
        values = (self.rows, self.changed, self.better, self.worse, self.sound_s, self.spoiled_s)
        return f"{name:12}" + "".join(f"{value:10}" for value in values)


def tracks(folder: Path, every: int) -> Iterator[tuple[float, Doubles, dict[str, Floats]]]:
    """Yield rate (Hz), true image points (T, 17, 2) px and those of each detector."""
    for number, shard in enumerate(shards.read_all(folder)):
        if number % every:
            continue
        true = shard.true_h36m17()[1].astype(np.float64)
        found = {name: shard.detected_h36m17(name)[0] for name in shard.meta["detectors"]}
        for person in range(len(true)):
            seen = {name: joints[person] for name, joints in found.items()}
            yield float(shard.meta["rate_hz"]), true[person], seen


def count(counts: Counts, joints: Floats, true: Doubles, rate_hz: float) -> None:
    """Add a track (T, 17, 2) px to the counts."""
    exchanged = exchanged_rows(joints, rate_hz)
    mirrored = swap_sides(joints, np.ones_like(exchanged))
    size = np.linalg.norm(np.nanmax(true, axis=1) - np.nanmin(true, axis=1), axis=-1)
    before, mirror = (
        np.stack([np.linalg.norm(points[:, o] - true[:, o], axis=-1).mean(axis=1) / size for o in ORDERS], axis=1)
        for points in (joints, mirrored)
    )
    worse = exchanged & (mirror > before + _NOTICEABLE)
    wrong = mirror < before - _NOTICEABLE
    counts.rows += int(np.isfinite(before).sum())
    counts.changed += int(exchanged.sum())
    counts.better += int((exchanged & wrong).sum())
    counts.worse += int(worse.sum())
    second = round(rate_hz)
    for start in range(0, len(joints) - second + 1, second):
        rows = slice(start, start + second)
        if np.isfinite(before[rows]).any(axis=1).mean() > 0.5 and not wrong[rows].any():
            counts.sound_s += 1
            counts.spoiled_s += int(worse[rows].any())


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.post_chain.judge_side_continuity", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--people", type=Path, required=True, help="folder of clips of training.synthesis.people")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th clip")
    args = parser.parse_args()
    table = {"exact": Counts()}
    rng = np.random.default_rng(0)
    for rate_hz, true, found in tracks(args.people, args.every):
        size = float(np.nanmedian(np.linalg.norm(np.nanmax(true, axis=1) - np.nanmin(true, axis=1), axis=-1)))
        noisy = (true + rng.normal(0, _NOISE * size, true.shape)).astype(np.float32)
        count(table["exact"], noisy, true, rate_hz)
        for name, joints in found.items():
            count(table.setdefault(name, Counts()), joints, true, rate_hz)
    heads = ("rows", "changed", "better", "worse", "sound s", "spoiled s")
    print("rows of legs and arms\n" + " " * 12 + "".join(f"{head:>10}" for head in heads))
    for name, counts in table.items():
        print(counts.line(name))


if __name__ == "__main__":
    main()
