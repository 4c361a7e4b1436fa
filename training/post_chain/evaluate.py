"""Evaluate the post-processing chain: `python -m training.post_chain.evaluate`.

Whole clips are rendered into frozen cameras with frozen detector errors and lifted (`lifted_clips`), finished by the
chain with known stature and field of view, and measured (`metrics`). Results are macro means over the reference
sources. Evaluating the chain again on stored lifted joints (`--lifted`) takes seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.body.stature import STATURE_PER_CHAIN
from pipeline.core.config import PostConfig, RunConfig, SceneConfig
from pipeline.core.errors import UserError
from pipeline.core.poses import PersonTrack
from pipeline.core.take import LiftedTrack, SceneEstimate, Track3D
from pipeline.export.take_facts import plain
from pipeline.post.finish import finish
from training.data.motion_file import UNIT_STATURE_M, load_clips
from training.evaluate.frozen_views import frozen_errors, load_frozen_cameras
from training.evaluate.open_lifter import open_lifter
from training.post_chain.lifted_clips import LiftedClip, lifted_clips, load_lifted, times_s, whole_clips
from training.post_chain.metrics import camera_rotation, clip_metrics

Rows = Sequence[dict[str, Any]]


def finish_clip(clip: LiftedClip, post: PostConfig, known_pitch: bool = False) -> tuple[Track3D, SceneEstimate]:
    """Run the post-processing chain on one clip with known stature and field of view."""
    pitch = float(np.degrees(np.arcsin(-camera_rotation(clip)[2, 2]))) if known_pitch else None
    height_cm = 100 * UNIT_STATURE_M * STATURE_PER_CHAIN
    config = RunConfig(post=post, scene=SceneConfig(fov_deg=clip.lens.fov_deg, height_cm=height_cm, pitch_deg=pitch))
    person = PersonTrack.of_h36m17(1, times_s(clip), clip.image, clip.scores)
    tracks, scene = finish([person], [LiftedTrack(1, clip.raw, clip.unit_stature_m)], clip.lens, config)
    return tracks[0], scene


def measure_clips(lifted: Sequence[LiftedClip], post: PostConfig, known_pitch: bool = False) -> list[dict[str, Any]]:
    """Finish and measure every clip."""
    out = []
    for clip in lifted:
        track, scene = finish_clip(clip, post, known_pitch)
        out.append({"source": clip.source, "name": clip.name, **clip_metrics(clip, track, scene)})
    return out


def summary(rows: Rows) -> dict[str, Any]:
    """Summarise the metrics of clips as macro means over the sources.

    Within a source, metrics are averaged over frames; those in the world are medians over clips (shares: means over
    clips). Ratios are ratios of the macro means.
    """
    sources = sorted({row["source"] for row in rows})
    per_source = {source: _source_summary([row for row in rows if row["source"] == source]) for source in sources}
    keys = next(iter(per_source.values()))
    out = {key: round(float(np.nanmean([per_source[source][key] for source in sources])), 3) for key in keys}
    for end in ("", "_raw"):
        out["accel_ratio" + end] = round(out[f"accel{end}_mm"] / max(out["accel_reference_mm"], 1e-6), 3)
    pitch = np.array([row["pitch_error_deg"] for row in rows if "pitch_error_deg" in row])
    if len(pitch):
        out["pitch_error_median_deg"] = round(float(np.median(pitch)), 2)
        out["pitch_error_p95_deg"] = round(float(np.percentile(pitch, 95)), 2)
    out["clips"] = len(rows)
    out["clips_in_world"] = len(pitch)
    return {**out, "by_source": per_source}


def _source_summary(rows: Rows) -> dict[str, float]:
    """Summarise the clips of one source."""

    def mean(key: str, weighted: bool = True) -> float:
        known = [row for row in rows if np.isfinite(row.get(key, np.nan))]
        weights = [row["frames"] if weighted else 1.0 for row in known]
        return float(np.average([row[key] for row in known], weights=weights)) if known else np.nan

    def greatest(key: str) -> float:
        return float(max((row[key] for row in rows if key in row), default=np.nan))

    frames = sum(row["frames"] for row in rows)
    by_frame = (
        "mpjpe_raw_mm", "mpjpe_mm", "p_mpjpe_raw_mm", "p_mpjpe_mm", "accel_raw_mm", "accel_mm", "accel_reference_mm",
        "back_raw_share", "back_share", "back_true_share",
    )  # fmt: skip
    medians = ("slip_mm", "slip_true_mm", "floor_error_mm", "path_error_m", "gravity_error_deg")
    shares = ("path_ok_walked", "path_ok_distance")
    out = {key: mean(key) for key in by_frame} | {key: mean(key, weighted=False) for key in shares}
    for key in medians:
        values = [row[key] for row in rows if np.isfinite(row.get(key, np.nan))]
        out[key] = float(np.median(values)) if values else np.nan
    out["accel_ratio_raw"] = out["accel_raw_mm"] / out["accel_reference_mm"]
    out["accel_ratio"] = out["accel_mm"] / out["accel_reference_mm"]
    out["peak_share_raw"] = mean("peak_raw_m_s") / mean("peak_true_m_s")
    out["peak_share"] = mean("peak_m_s") / mean("peak_true_m_s")
    out |= {key: greatest(key) for key in ("bone_spread_raw_mm", "bone_spread_mm", "turn_deg", "turn_true_deg")}
    out["turns_over_per_1000"] = 1000 * sum(row.get("turns_over", 0) for row in rows) / max(frames, 1)
    out["added_frames"] = sum(row["added_frames"] for row in rows)
    return {key: round(value, 4) for key, value in out.items()}


# Row of the table: label, key before the chain, key after it, target.
_TABLE = (
    ("MPJPE, mm", "mpjpe_raw_mm", "mpjpe_mm", "no worse than raw"),
    ("P-MPJPE, mm", "p_mpjpe_raw_mm", "p_mpjpe_mm", ""),
    ("acceleration error / that of the truth at 6 Hz", "accel_ratio_raw", "accel_ratio", "<= 1.5"),
    ("peak speed of wrists and ankles kept", "peak_share_raw", "peak_share", ">= 0.95"),
    ("bone length spread, mm (largest)", "bone_spread_raw_mm", "bone_spread_mm", "0"),
    ("largest local rotation per frame, degrees", "", "turn_deg", "60, unless the truth's"),
    ("... rotations over 60 degrees per 1000 frames", "", "turns_over_per_1000", "0"),
    ("... largest of the truth", "", "turn_true_deg", ""),
    ("knees and elbows bent backward, % (truth next line)", "back_raw_share", "back_share", "0"),
    ("", "", "back_true_share", ""),
    ("foot slip in a contact, mm (truth next line)", "", "slip_mm", "< 5"),
    ("", "", "slip_true_mm", ""),
    ("floor error, mm", "", "floor_error_mm", "< 15"),
    ("root path error, m (RMS of a clip)", "", "path_error_m", ""),
    ("... share of clips under 8 % of the distance walked or 5 cm", "", "path_ok_walked", "1"),
    ("... share of clips under 8 % of the camera's distance or 5 cm", "", "path_ok_distance", "1"),
    ("pitch error, degrees, median", "", "pitch_error_median_deg", "< 3"),
    ("pitch error, degrees, 95th percentile", "", "pitch_error_p95_deg", "< 6"),
    ("gravity error (pitch and roll), degrees, median", "", "gravity_error_deg", ""),
)


def text(result: dict[str, Any]) -> str:
    """Format the metrics as a table with their targets."""
    lines = [f"{'':62}{'raw':>9}{'chain':>9}  target"]
    for label, raw, key, target in _TABLE:
        before = f"{result[raw]:9.3f}" if raw else " " * 9
        lines.append(f"{label:62}{before}{result.get(key, np.nan):9.3f}  {target}")
    return "\n".join(lines)


def post_config(settings: Sequence[str]) -> PostConfig:
    """Parse settings of the chain such as "smooth_hz=5".

    Values are JSON or plain words. Raises `ConfigError`.
    """
    values = {}
    for setting in settings:
        key, _, value = setting.partition("=")
        try:
            values[key] = json.loads(value)
        except ValueError:
            values[key] = value
    return RunConfig.from_json({"post": values}).post


def load_or_lift(args: argparse.Namespace) -> list[LiftedClip]:
    """Load the lifted clips from their file if it exists, else lift them. Raises `UserError`."""
    label = f"{args.model or 'default'}, every {args.every}, draws {args.draws}, {'clean' if args.clean else 'errors'}"
    if args.lifted and args.lifted.exists():
        lifted, kept_label = load_lifted(args.lifted)
        if kept_label != label:
            print(f"note: {args.lifted.name} holds: {kept_label}")
        return lifted
    clips, cameras, errors = load_clips(args.data), load_frozen_cameras(), None if args.clean else frozen_errors()
    unlifted = (s for draw in range(args.draws) for s in whole_clips(clips, cameras, draw, errors, args.every))
    return lifted_clips(unlifted, open_lifter(args.model, args.recipe), args.lifted, label)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.post_chain.evaluate",
        description="Evaluate the post-processing chain on lifted clips with known truth.",
    )
    parser.add_argument("--data", type=Path, required=True, help="motion file, see training/README.md")
    parser.add_argument("--model", default="", help="lifter of the manifest, or weights (with --recipe)")
    parser.add_argument("--recipe", type=Path, help="recipe that the weights were trained with")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take every N-th clip")
    parser.add_argument("--draws", type=int, default=1, help="cameras and errors drawn per clip")
    parser.add_argument("--clean", action="store_true", help="no detector errors")
    parser.add_argument("--lifted", type=Path, help="file of lifted joints: read if it exists, else written")
    parser.add_argument("--post", action="append", default=[], metavar="KEY=VALUE", help="a setting of PostConfig")
    parser.add_argument("--known-pitch", action="store_true", help="give the chain the camera's true pitch")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch")
    parser.add_argument("--json", action="store_true", help="print only the JSON line")
    args = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(args.threads)
    try:
        lifted = load_or_lift(args)
        begun = time.perf_counter()
        result = summary(measure_clips(lifted, post_config(args.post), args.known_pitch))
        result["chain_s"] = round(time.perf_counter() - begun, 1)
    except UserError as error:
        parser.exit(2, f"{error.message} {error.hint}\n")
    if not args.json:
        print(text(result))
    print(json.dumps(plain(result)))


if __name__ == "__main__":
    main()
