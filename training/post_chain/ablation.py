"""Measure what each step of the chain does (tables of docs/motion.md): `python -m training.post_chain.ablation`.

The file of lifted joints is made by `training.post_chain.evaluate`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipeline.core.config import PostConfig
from training.post_chain.evaluate import measured, summary
from training.post_chain.lifted_clips import LiftedClip, load

NOTHING = PostConfig(
    fill_gap_s=0, smooth="off", bones="off", picture=0, sides="off", limits="off", calm_turns=False, foot_lock="off"
)
_NOW = PostConfig()

# Label, what the step switches on: each row has all steps above it.
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("as the lifter leaves it", {}),
    ("+ gaps up to a quarter of a second filled", {"fill_gap_s": _NOW.fill_gap_s}),
    ("+ one body, inverse kinematics", {"bones": _NOW.bones}),
    ("+ knees and elbows", {"limits": _NOW.limits}),
    ("+ exchanged sides", {"sides": _NOW.sides}),
    ("+ onto the picture", {"picture": _NOW.picture}),
    ("+ low-pass", {"smooth": _NOW.smooth}),
    ("+ sudden turns", {"calm_turns": _NOW.calm_turns}),
    ("+ standing feet (all steps)", {"foot_lock": _NOW.foot_lock}),
)

# All steps, but one in another way.
OTHERWISE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("not onto the picture", {"picture": 0.0}),
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
    """A table in Markdown, one chain a row."""
    lines = ["| | " + " | ".join(label for label, _, _ in _COLUMNS) + " |", "|---|" + "---:|" * len(_COLUMNS)]
    for label, post in rows:
        result = summary(measured(lifted, post))
        cells = [f"{result[key]:.{digits}f}" for _, key, digits in _COLUMNS]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    return "\n".join(lines)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="What each step of the chain does to the numbers.")
    parser.add_argument(
        "--lifted", type=Path, required=True, help="lifted joints that training.post_chain.evaluate has kept"
    )
    parser.add_argument("--every", type=int, default=1, help="take every N-th clip of the file")
    args = parser.parse_args(arguments)
    lifted, label = load(args.lifted)
    lifted = lifted[:: args.every]
    so_far, steps = NOTHING, []
    for name, values in STEPS:
        so_far = replace(so_far, **values)
        steps.append((name, so_far))
    other = [(name, replace(_NOW, **values)) for name, values in OTHERWISE]
    first, second = table(lifted, steps), table(lifted, other)
    print(f"\n{label}, {len(lifted)} clips\n\nStep by step:\n\n{first}\n\nAll steps, but:\n\n{second}")


if __name__ == "__main__":
    main()
