"""Evaluate a lifter on unseen motion: `python -m training.evaluate --data FILE.npz`.

Every clip is rendered into cameras of a frozen set, with and without the errors of a frozen detector model
(`training.evaluate.frozen_views`); `training.evaluate.per_sample` defines the metrics and the stature that they are
measured at. The last line of output is JSON.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.core.errors import UserError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.export.take_facts import plain
from pipeline.lift.base import NewestLifter
from pipeline.lift.host_lifter import HostLifter
from training.data.motion_file import UNIT_STATURE_M, Clips, load_clips
from training.evaluate.breakdown import breakdown
from training.evaluate.causal import causal
from training.evaluate.frozen_views import frozen_errors
from training.evaluate.open_lifter import add_lifter_arguments, chosen_lifter, newest_of, open_lifter
from training.evaluate.paired import check_twin, compare_lifters
from training.evaluate.per_sample import ESTIMATED_SOURCE, Fov, sample_metrics, summary
from training.evaluate.tables import breakdown_text, causal_text, headline_text, twin_text


def run(
    lifter: HostLifter,
    clips: Clips,
    draws: int,
    fov: Fov = "known",
    quick: bool = False,
    twins: dict[str, HostLifter] | None = None,
    causal_reads: int = 0,
    newest: NewestLifter | None = None,
) -> dict[str, Any]:
    """Evaluate a lifter and return the results as plain values. Raises `UserError`.

    `twins` maps JSON keys to lifters to compare with. `quick` leaves out the blocks with an assumed field of view.
    `causal_reads`: frames per clip and draw read with limited look-ahead (0: none), with `newest` also as live.
    """
    twins = twins or {}
    for twin in twins.values():
        check_twin(lifter, twin)
    kinds = {"clean": None, "detector_errors": frozen_errors()}
    lifters: dict[str, tuple[HostLifter, Fov]] = {"": (lifter, fov)}
    lifters |= {key: (twin, fov) for key, twin in twins.items()}
    if not quick and fov == "known":
        lifters["fov_assumed"] = (lifter, "assumed")
    measured = {kind: sample_metrics(lifters, clips, draws, errors) for kind, errors in kinds.items()}
    result: dict[str, Any] = {
        "model": lifter.name,
        "prune": lifter.prune.label,
        "stature": f"truth and prediction at leg + pelvis-thorax-nose-head_top = {UNIT_STATURE_M} m (window median)",
        "macro": f"mean over clip_source without {ESTIMATED_SOURCE}; see macro_all_sources and overall",
        "acceleration": "mm per (1/50 s)^2",
        "fov": fov,
        "clips": len(clips),
        "draws": draws,
    }
    for kind, samples in measured.items():
        result[kind] = summary(samples[""]) | breakdown(samples[""])
        if "fov_assumed" in samples:
            result[f"{kind}_fov_assumed"] = summary(samples["fov_assumed"])
    for key, twin in twins.items():
        pairs = {kind: (samples[""], samples[key]) for kind, samples in measured.items()}
        result[key] = compare_lifters(lifter, twin, pairs)
    if causal_reads:
        result["causal"] = causal(lifter, clips, draws, causal_reads, kinds, fov, newest)
    return result


def text(result: dict[str, Any], tables: bool) -> str:
    """Format the text that is printed before the JSON line."""
    head = f"{result['model']}, {result['prune']}: {result['clips']} clips, {result['draws']} draws"
    parts = [f"{head}; mm at stature {UNIT_STATURE_M} m, field of view {result['fov']}", headline_text(result)]
    if tables:
        parts.append(breakdown_text(result))
    if "twin" in result:
        parts.append(twin_text("Twin", result["model"], result["twin"]))
    if "no_prune" in result:
        parts.append(twin_text("Same weights without pruning", result["model"], result["no_prune"]))
    if "causal" in result:
        parts.append(causal_text(result["causal"]))
    return "\n".join(parts)


def main(arguments: list[str] | None = None) -> None:
    parser = _parser()
    args = parser.parse_args(arguments)
    try:
        lifter = chosen_lifter(parser, args)
        twins = {}
        if args.twin:
            twins["twin"] = open_lifter(args.twin, args.twin_recipe or args.recipe)
        if args.no_prune:
            twins["no_prune"] = lifter.with_prune(PruneConfig())
        clips = load_clips(args.data)
        if args.every > 1:
            clips = clips.select(np.arange(len(clips)) % args.every == 0)
        newest = newest_of(lifter) if args.causal and args.live else None
        result = run(lifter, clips, args.draws, args.fov, args.quick, twins, args.causal, newest)
    except UserError as error:
        parser.exit(2, f"{error}\n")
    if not args.json:
        print(text(result, args.tables))
    print(json.dumps(plain(result)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate", description="Evaluate a lifter on motion that it was not trained on."
    )
    parser.add_argument("--data", type=Path, required=True, help="motion to evaluate on (.npz)")
    parser.add_argument(
        "--draws", type=int, default=3, help="cameras and errors drawn per clip; the spread is over the draws"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th clip: a quick look")
    parser.add_argument(
        "--fov", choices=("known", "assumed"), default="known", help="field of view given to the lifter, or assumed"
    )
    parser.add_argument("--quick", action="store_true", help="leave out the blocks with an assumed field of view")
    parser.add_argument("--tables", action="store_true", help="print per joint, action, camera, distance, source rate")
    parser.add_argument("--twin", metavar="NAME_OR_FILE", help="compare with another lifter, paired")
    parser.add_argument("--twin-recipe", type=Path, help="recipe of a twin that is a .safetensors file")
    parser.add_argument("--no-prune", action="store_true", help="compare with the same weights without pruning")
    parser.add_argument(
        "--causal", type=int, nargs="?", const=1, default=0, metavar="READS",
        help="latest frame with look-ahead against a centred window; number of frames per clip and draw (1)",
    )  # fmt: skip
    parser.add_argument(
        "--live", action="store_true", help="with --causal: also lift the latest frame as a live run does"
    )
    add_lifter_arguments(parser)
    return parser


if __name__ == "__main__":
    main()
