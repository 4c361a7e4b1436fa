"""Judge a lifter on motion it has not seen: `python -m training.evaluate --data FILE.npz [--model NAME] [--json]`.

Every clip is seen by cameras of a frozen set (`frozen/views.json`) with errors of a frozen detector model
(`frozen/detector_errors.json`), so that numbers of different days compare. It goes through the library's own lifter:
normalisation, mirroring, pruning and recovering included. Truth and prediction are brought to the same stature
(median over the window of leg + pelvis-thorax-nose-head_top = 1.55 m) before errors are measured; millimetres are at
that stature.
"""

from __future__ import annotations

import argparse
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.config import LiftConfig
from pipeline.errors import ConfigError
from pipeline.lift.base import WindowLifter
from pipeline.types import Doubles, Floats
from training.cameras import Cameras, draw_cameras, look
from training.data import RATE_HZ, UNIT_STATURE_M, Clips, at_unit_stature, cut, load_clips
from training.errors import ErrorModel, detected, load_model
from training.measures import acceleration_error, mpjpe, n_mpjpe, p_mpjpe, peak_speed

FROZEN = Path(__file__).with_name("frozen")
MEASURES = ("mpjpe_mm", "p_mpjpe_mm", "n_mpjpe_mm", "accel_mm", "peak_speed_share")
_MEANS = MEASURES[:4]
_DOUBTFUL = "reactidle"  # estimates themselves: told, but kept out of the figure that counts
_RATES_HZ = (24.0, 25.0, 30.0, 30.0, 50.0, 60.0)
_VIEWS, _VIEWS_SEED = 240, 20251

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Views:
    """The frozen set: cameras, with the rate and the place in the clip that go with each."""

    cameras: Cameras
    rate_hz: Doubles
    first: Doubles  # share of the spare rows of a clip before the window

    def one(self, index: int) -> Cameras:
        rows = self.cameras.rows()
        return Cameras.from_rows([rows[index % len(rows)]])


def draw_views() -> dict[str, Any]:
    """What `frozen/views.json` was made with, once."""
    rng = np.random.default_rng(_VIEWS_SEED)
    rows = draw_cameras(rng, _VIEWS).rows()
    return {
        "about": "Frozen: cameras of the evaluation, drawn once by training.evaluate.draw_views. Do not change.",
        "views": [
            {key: round(value, 4) for key, value in row.items()}
            | {"rate_hz": float(rng.choice(_RATES_HZ)), "first": round(float(rng.random()), 4)}
            for row in rows
        ],
    }


def load_views(path: Path = FROZEN / "views.json") -> Views:
    """Raises `ConfigError`."""
    try:
        rows = json.loads(path.read_text("utf-8"))["views"]
        rate, first = (np.array([row[key] for row in rows]) for key in ("rate_hz", "first"))
        return Views(Cameras.from_rows(rows), rate, first)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"The evaluation's cameras {path} cannot be read ({error}).", "Get the file again."
        ) from error


@dataclass(frozen=True, slots=True)
class Sight:
    """One clip before one camera: (F, 17, 2) px, (F, 17), (F, 17, 3) truth, (F,) which rows are the clip's own."""

    clip: int
    image: Floats
    scores: Floats
    size_px: tuple[int, int]
    true: Doubles
    own: np.ndarray
    rate_hz: float
    fov_deg: float | None  # what the lifter is told; None: nothing


def sights(
    clips: Clips, views: Views, frames: int, draw: int, errors: ErrorModel | None, fov_known: bool = True
) -> Iterator[Sight]:
    """Every clip once, the camera depending on the clip's number and the draw only."""
    for clip in range(len(clips)):
        view = (clip + draw * 83) % len(views.rate_hz)  # 83: draws use other cameras for a clip
        rate = views.rate_hz[[view]]
        step = RATE_HZ / rate
        spare = np.maximum(clips.length[[clip]] - 1 - step * (frames - 1), 0)
        joints, own = cut(clips, np.array([clip]), step, views.first[[view]] * spare, frames)
        joints, _ = at_unit_stature(joints)
        camera = views.one(view)
        true, image = look(joints, camera, rate)
        size = np.stack([camera.width_px, camera.height_px], -1)
        if errors is None:
            found, scores = image.astype(np.float32), np.isfinite(image).all(-1).astype(np.float32)
        else:
            found, scores = detected(image, size, rate, errors, np.random.default_rng((draw, clip)))
        told = float(camera.fov_deg[0]) if fov_known else None
        picture = int(size[0, 0]), int(size[0, 1])
        yield Sight(clip, found[0], scores[0], picture, true[0], own[0], float(rate[0]), told)


def judge(lifter: WindowLifter, sight: Sight) -> dict[str, float]:
    """The measures of one sight, over the clip's own rows."""
    lifted = lifter.lift_windows(sight.image[None], sight.scores[None], sight.size_px, fov_deg=sight.fov_deg)
    predicted = at_unit_stature(lifted.astype(np.float64))[0][0][sight.own]
    true = sight.true[sight.own]
    return {
        "mpjpe_mm": 1000 * float(mpjpe(predicted, true).mean()),
        "p_mpjpe_mm": 1000 * float(p_mpjpe(predicted, true).mean()),
        "n_mpjpe_mm": 1000 * float(n_mpjpe(predicted, true).mean()),
        "accel_mm": 1000 * float(acceleration_error(predicted, true, sight.rate_hz).mean())
        if len(true) > 2
        else np.nan,
        "peak_m_s": peak_speed(predicted, sight.rate_hz) if len(true) > 1 else np.nan,
        "true_peak_m_s": peak_speed(true, sight.rate_hz) if len(true) > 1 else np.nan,
        "rows": float(len(true)),
    }


def evaluate(lifter: WindowLifter, clips: Clips, draws: int, errors: ErrorModel | None) -> dict[str, Any]:
    """Macro mean over the sources (every row of a source counts the same), with what it is made of."""
    views = load_views()
    table: list[tuple[int, str, dict[str, float]]] = []
    for draw in range(draws):
        for sight in sights(clips, views, lifter.frames, draw, errors):
            table.append((draw, str(clips.source[sight.clip]), judge(lifter, sight)))
    sources = sorted({source for _, source, _ in table})
    per_source = {source: _mean([row for _, s, row in table if s == source]) for source in sources}
    trusted = [source for source in sources if source != _DOUBTFUL]

    def macro(of: Sequence[str], draw: int | None = None) -> dict[str, float]:
        rows = [_mean([row for d, s, row in table if s == source and draw in (None, d)]) for source in of]
        return {key: round(float(np.mean([row[key] for row in rows])), 3) for key in MEASURES}

    by_draw = [macro(trusted or sources, draw) for draw in range(draws)]
    return {
        **macro(trusted or sources),
        "spread": {key: round(float(np.std([row[key] for row in by_draw])), 3) for key in MEASURES},
        "macro_all_sources": macro(sources),
        "overall": _mean([row for _, _, row in table]),
        "by_source": per_source,
    }


def _mean(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Every row counts the same; the peak speeds' share is that of their means, since people may stand still."""
    out = {}
    for key in (*_MEANS, "peak_m_s", "true_peak_m_s"):
        values = np.array([row[key] for row in rows])
        known = np.isfinite(values)
        weight = np.array([row["rows"] for row in rows])[known]
        out[key] = round(float(np.average(values[known], weights=weight)), 3) if known.any() else float("nan")
    out["peak_speed_share"] = round(out.pop("peak_m_s") / max(out.pop("true_peak_m_s"), 1e-3), 3)
    return out


def lifter_of_recipe(weights: Path, recipe: Path) -> WindowLifter:
    """A lifter that is in no manifest yet: weights of the last stage of a recipe."""
    import torch

    from pipeline.lift.checkpoints import load_strictly, read_state_dict
    from pipeline.lift.lifter import HostLifter
    from pipeline.weights import WeightEntry
    from training.recipe import load_recipe

    what = load_recipe(recipe)
    stage = what.stages[-1]
    model = what.model(stage)
    load_strictly(model, read_state_dict(weights), weights.name)
    entry = WeightEntry(
        name=weights.stem, file=weights.name, sha256="", bytes=0, host=what.host, sizes={}, frames=stage.frames,
        rate_hz=(24, 75), channels=what.channels, joint_rule="hourglass", normalisation=what.normalisation,
        unit_stature_m=UNIT_STATURE_M,
    )  # fmt: skip
    return HostLifter(entry, model.requires_grad_(False), torch.device("cpu"))


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m training.evaluate")
    parser.add_argument("--data", type=Path, required=True, help="motion to judge on (.npz)")
    parser.add_argument("--model", default="", help="name in weights/manifest.json (default: its default)")
    parser.add_argument("--weights", type=Path, help="instead: a .safetensors file, with --recipe")
    parser.add_argument("--recipe", type=Path, help="the recipe that --weights were trained by")
    parser.add_argument(
        "--draws", type=int, default=3, help="cameras and errors drawn for each clip (spread: over these)"
    )
    parser.add_argument("--threads", type=int, default=0, help="of torch (default: its own choice)")
    parser.add_argument("--json", action="store_true", help="print only the JSON line")
    args = parser.parse_args(arguments)
    import torch

    from pipeline.lift.lifter import create_lifter

    if args.threads:
        torch.set_num_threads(args.threads)
    if args.weights and not args.recipe:
        parser.error("--weights needs --recipe")
    lifter: WindowLifter
    if args.weights:
        lifter = lifter_of_recipe(args.weights, args.recipe)
    else:
        lifter = create_lifter(LiftConfig(lifter=args.model, device="cpu", precision="float32"))
    clips = load_clips(args.data)
    errors = load_model(FROZEN / "detector_errors.json")
    result = {
        "model": lifter.name,
        "stature": f"truth and prediction at leg + pelvis-thorax-nose-head_top = {UNIT_STATURE_M} m (window median)",
        "macro": f"mean over clip_source without {_DOUBTFUL}; see macro_all_sources and overall",
        "acceleration": "mm per (1/50 s)^2",
        "clips": len(clips),
        "draws": args.draws,
        "clean": evaluate(lifter, clips, args.draws, None),
        "detector_errors": evaluate(lifter, clips, args.draws, errors),
    }
    if not args.json:
        print(f"{lifter.name}: {len(clips)} clips, {args.draws} draws; mm at stature {UNIT_STATURE_M} m")
        print(f"{'':28}{'MPJPE':>9}{'P-MPJPE':>9}{'N-MPJPE':>9}{'accel':>9}{'peak speed':>12}")
        for kind in ("clean", "detector_errors"):
            rows = {kind: result[kind], **{f"  {k}": v for k, v in result[kind]["by_source"].items()}}
            for name, row in rows.items():
                numbers = "".join(f"{row[key]:9.1f}" for key in MEASURES[:4])
                print(f"{name:28}{numbers}{row['peak_speed_share']:12.2f}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
