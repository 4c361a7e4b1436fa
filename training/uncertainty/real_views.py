"""Measure standard errors on multi-view video: `python -m training.uncertainty.real_views`.

Every view is lifted separately, and the bundled network estimates how far off its joints may be, with the detector's
own depth where it has one. The truth is the triangulation of all views (`training.real_video.multiview_take`). The last
line of output is JSON.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.lift.base import WindowLifter
from pipeline.lift.uncertainty.features import STATURE_M
from pipeline.lift.uncertainty.network import ErrorNetwork, load_network
from training.evaluate.open_lifter import add_lifter_arguments, chosen_lifter
from training.real_video.multiview_take import MultiviewTake, load_take
from training.uncertainty.coverage import Judged, coverage
from training.uncertainty.lifted_tracks import LiftedSample, compared, lift
from training.uncertainty.train import judge
from training.uncertainty.windows import error_track


def view_sample(take: MultiviewTake, lifter: WindowLifter, view: int) -> LiftedSample | None:
    """Lift one view and compare it with the truth; frames without truth do not count."""
    true = take.cameras[view].in_camera(take.at_view(take.truth()[0], view))
    camera, times = replace(take.views[view], rate_hz=take.rate_hz), take.time_s[view].astype(np.float32)
    found, scores = take.raw.joints[view].astype(np.float32), take.raw.scores[view].astype(np.float32)
    depth = np.zeros_like(scores)
    if take.raw.depth is not None:
        depth = np.nan_to_num(STATURE_M * take.raw.depth[view]).astype(np.float32)
    lifted = lift(lifter, camera, times, found, scores, depth)
    known = np.isfinite(true).all((-1, -2))
    lifted[~known] = np.nan
    true = np.where(known[:, None, None], true, 0).astype(np.float32)
    return compared(found, scores, depth, lifted, true, times, camera, "view", f"view{view + 1}", True)


def judged_views(take: MultiviewTake, lifter: WindowLifter, network: ErrorNetwork) -> list[Judged]:
    """Return the errors and standard errors of every view."""
    samples = [view_sample(take, lifter, view) for view in range(len(take.videos))]
    return [judge(network, error_track(sample), True) for sample in samples if sample is not None]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.uncertainty.real_views", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--take", type=Path, required=True, help="folder with videos/*.mp4 and calibration/*.qca.txt")
    parser.add_argument("--marks", type=Path, help="static points (training/real_video/multiview_marks.json)")
    parser.add_argument("--detector", default="mediapipe", help="2D detector (see `models`; default: mediapipe)")
    add_lifter_arguments(parser)
    args = parser.parse_args()
    lifter, network = chosen_lifter(parser, args), load_network()
    if network is None:
        parser.error("the network of standard errors cannot be loaded")
    parts = judged_views(load_take(args.take, args.marks, args.detector), lifter, network)
    rows = {"all": coverage(Judged.of(parts))} | {f"view {n}": coverage(part) for n, part in enumerate(parts, 1)}
    if not args.json:
        for name, row in rows.items():
            print(name.ljust(8), "   ".join(f"{kind} {value['inside']:.3f}" for kind, value in row.items()))
    print(json.dumps({"model": lifter.name, "detector": args.detector, **rows}))


if __name__ == "__main__":
    main()
