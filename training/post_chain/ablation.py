"""Ablate the post-processing chain step by step: `python -m training.post_chain.ablation`.

Prints the tables of docs/motion.md. `training.post_chain.evaluate --lifted FILE` makes the file of lifted joints.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.core.config import PostConfig
from training.post_chain.evaluate import measure_clips, summary
from training.post_chain.lifted_clips import LiftedClip, load_lifted

ALL_OFF = PostConfig(
    fill_gap_s=0, smooth="off", bones="off", picture=0, sides="off", limits="off", calm_turns=False, foot_lock="off"
)
_DEFAULT = PostConfig()

# Label and settings of each step; each row of the table has all steps above it.
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("the lifter's output", {}),
    ("+ gaps up to a quarter of a second filled", {"fill_gap_s": _DEFAULT.fill_gap_s}),
    ("+ one body, inverse kinematics", {"bones": _DEFAULT.bones}),
    ("+ knees and elbows", {"limits": _DEFAULT.limits}),
    ("+ left-right swaps", {"sides": _DEFAULT.sides}),
    ("+ reprojection refinement", {"picture": _DEFAULT.picture}),
    ("+ low-pass", {"smooth": _DEFAULT.smooth}),
    ("+ sudden turns", {"calm_turns": _DEFAULT.calm_turns}),
    ("+ standing feet (all steps)", {"foot_lock": _DEFAULT.foot_lock}),
)

# All steps, with one changed.
VARIANTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("no reprojection refinement", {"picture": 0.0}),
    ("bone by bone instead of inverse kinematics", {"bones": "directions"}),
    ("Butterworth, 6 Hz", {"smooth": "butterworth", "smooth_hz": 6.0}),
    ("Butterworth, 8 Hz", {"smooth": "butterworth", "smooth_hz": 8.0}),
    ("Savitzky-Golay, 7 Hz", {"smooth": "savitzky_golay", "smooth_hz": 7.0}),
    ("no low-pass", {"smooth": "off"}),
    ("the chain before: Butterworth 7 Hz, bone by bone", {
        "smooth": "butterworth", "smooth_hz": 7.0, "bones": "directions", "picture": 0.0, "sides": "off",
        "limits": "off", "calm_turns": False, "foot_lock": "off", "fill_gap_s": 0.0}),
)  # fmt: skip

_COLUMNS = (
    ("MPJPE mm", "mpjpe_mm", 1), ("P-MPJPE mm", "p_mpjpe_mm", 1), ("acceleration", "accel_ratio", 2),
    ("peaks kept", "peak_share", 3), ("bones mm", "bone_spread_mm", 1), ("turns > 60", "turns_over_per_1000", 2),
    ("backward %", "back_share", 3), ("slip mm", "slip_mm", 1),
)  # fmt: skip


def table(lifted: Sequence[LiftedClip], rows: Sequence[tuple[str, PostConfig]]) -> str:
    """Format a Markdown table of the metrics, one chain per row."""
    lines = ["| | " + " | ".join(label for label, _, _ in _COLUMNS) + " |", "|---|" + "---:|" * len(_COLUMNS)]
    for label, post in rows:
        result = summary(measure_clips(lifted, post))
        cells = [f"{result[key]:.{digits}f}" for _, key, digits in _COLUMNS]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.post_chain.ablation",
        description="Measure the effect of each step of the post-processing chain.",
    )
    parser.add_argument(
        "--lifted", type=Path, required=True, help="lifted joints stored by training.post_chain.evaluate"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every N-th clip of the file")
    args = parser.parse_args(arguments)
    lifted, lifted_with = load_lifted(args.lifted)
    lifted = lifted[:: args.every]
    so_far, steps = ALL_OFF, []
    for name, values in STEPS:
        so_far = replace(so_far, **values)
        steps.append((name, so_far))
    other = [(name, replace(_DEFAULT, **values)) for name, values in VARIANTS]
    first, second = table(lifted, steps), table(lifted, other)
    print(f"\n{lifted_with}, {len(lifted)} clips\n\nStep by step:\n\n{first}\n\nAll steps, but:\n\n{second}")


if __name__ == "__main__":
    main()
