"""Judge a lifter on motion it has not seen: `python -m training.evaluate --data FILE.npz [--model NAME] [--json]`.

Every clip is seen by cameras of a frozen set with errors of a frozen detector model (`training.evaluate.frozen_views`);
what is measured, and at which stature, stands in `training.evaluate.per_sample`. The last line is JSON.
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
from training.evaluate.frozen_views import FROZEN, Sight, draw_views, frozen_errors, load_views, sights
from training.evaluate.open_lifter import lifter_of_recipe, newest_of, open_lifter
from training.evaluate.paired import check_twin, side_by_side
from training.evaluate.per_sample import DOUBTFUL, Fov, evaluate, judge, summary, verdicts
from training.evaluate.tables import breakdown_text, causal_text, figure, twin_text

__all__ = [
    "FROZEN",
    "Sight",
    "draw_views",
    "evaluate",
    "judge",
    "lifter_of_recipe",
    "load_views",
    "main",
    "sights",
]


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
    """Everything that is told, as plain values. `twins`: JSON key -> the lifter to compare with. Raises `UserError`."""
    twins = twins or {}
    for twin in twins.values():
        check_twin(lifter, twin)
    kinds = {"clean": None, "detector_errors": frozen_errors()}
    judged: dict[str, tuple[HostLifter, Fov]] = {"": (lifter, fov), **{key: (twin, fov) for key, twin in twins.items()}}
    if not quick and fov == "known":
        judged["fov_assumed"] = (lifter, "assumed")
    found = {kind: verdicts(judged, clips, draws, errors) for kind, errors in kinds.items()}
    result: dict[str, Any] = {
        "model": lifter.name,
        "prune": lifter.prune.label,
        "stature": f"truth and prediction at leg + pelvis-thorax-nose-head_top = {UNIT_STATURE_M} m (window median)",
        "macro": f"mean over clip_source without {DOUBTFUL}; see macro_all_sources and overall",
        "acceleration": "mm per (1/50 s)^2",
        "fov": fov,
        "clips": len(clips),
        "draws": draws,
    }
    for kind, of in found.items():
        result[kind] = summary(of[""]) | breakdown(of[""])
        if "fov_assumed" in of:
            result[f"{kind}_fov_assumed"] = summary(of["fov_assumed"])
    for key, twin in twins.items():
        result[key] = side_by_side(lifter, twin, {kind: (of[""], of[key]) for kind, of in found.items()})
    if causal_reads:
        result["causal"] = causal(lifter, clips, draws, causal_reads, kinds, fov, newest)
    return result


def text(result: dict[str, Any], tables: bool) -> str:
    """What is printed before the JSON line."""
    head = f"{result['model']}, {result['prune']}: {result['clips']} clips, {result['draws']} draws"
    parts = [f"{head}; mm at stature {UNIT_STATURE_M} m, field of view {result['fov']}", figure(result)]
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
    import torch

    if args.threads:
        torch.set_num_threads(args.threads)
    if args.weights and not args.recipe:
        parser.error("--weights needs --recipe")
    try:
        lifter = open_lifter(args.weights or args.model, args.recipe)
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
    parser = argparse.ArgumentParser(prog="python -m training.evaluate")
    parser.add_argument("--data", type=Path, required=True, help="motion to judge on (.npz)")
    parser.add_argument("--model", default="", help="name in weights/manifest.json (default: its default)")
    parser.add_argument("--weights", help="instead: a .safetensors file, with --recipe")
    parser.add_argument("--recipe", type=Path, help="the recipe that --weights were trained by")
    parser.add_argument(
        "--draws", type=int, default=3, help="cameras and errors drawn for each clip (spread: over them)"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th clip: a quick look")
    parser.add_argument(
        "--fov", choices=("known", "assumed"), default="known", help="whether the lifter is told the field of view"
    )
    parser.add_argument("--quick", action="store_true", help="leave out the blocks with an assumed field of view")
    parser.add_argument("--tables", action="store_true", help="print per joint, action, camera, distance, source rate")
    parser.add_argument("--twin", metavar="NAME_OR_FILE", help="compare with another lifter, paired")
    parser.add_argument("--twin-recipe", type=Path, help="the recipe of a twin that is a .safetensors file")
    parser.add_argument("--no-prune", action="store_true", help="compare with the same weights, pruning off")
    parser.add_argument(
        "--causal", type=int, nargs="?", const=1, default=0, metavar="READS",
        help="the newest frame with look-ahead, against centred: so many frames of each clip and draw (1)",
    )  # fmt: skip
    parser.add_argument("--live", action="store_true", help="with --causal: also as a live run lifts the newest frame")
    parser.add_argument("--threads", type=int, default=0, help="of torch (default: its own choice)")
    parser.add_argument("--json", action="store_true", help="print only the JSON line")
    return parser


if __name__ == "__main__":
    main()
