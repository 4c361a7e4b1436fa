"""Train the error bars of a finished lifter: `python -m training.fit.error_head`.

The weights of the lifter stay as they are, so its joints do not change; one more linear layer on its last features
learns how far off each joint may be, across the image and in depth (`FrameTransformer.joints_and_errors`). Its loss is
the negative log-likelihood of a Laplace distribution, whose tails are nearer to a lifter's errors than a Gaussian's.
The layer is then calibrated on rendered people held out, in windows of the finished lifter: nine of ten errors along
one axis are smaller than 1.645 standard errors. Half of these people calibrate, the others are measured.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pipeline.core.arrays import Doubles
from pipeline.lift.checkpoints.load import load_strictly, read_state_dict
from pipeline.lift.networks.frame_transformer import ERROR_AXES, FrameTransformer
from pipeline.system.files import atomic_write
from training.data.motion_file import load_clips, selection_split
from training.fit.checkpoint import fit_to_model
from training.fit.recipe import TrainRecipe, load_recipe
from training.synthesis.batches import Batch
from training.synthesis.detector_errors import load_model
from training.synthesis.mixture import Mixture
from training.synthesis.rendered_tracks import RenderedTrack, draw_rendered_batch, load_tracks

COVERAGE, HALF_WIDTH = 0.9, 1.645  # share of the errors inside a band, and its half width in standard errors
_SMALLEST_M = 1e-3  # m, added to errors: a joint is never known better
_START = -3.5  # log metres, standard error of the untrained layer


def with_error_bars(recipe: TrainRecipe) -> TrainRecipe:
    """Return the recipe of the same lifter with the layer of error bars."""
    return replace(recipe, sizes={**recipe.sizes, "error_bars": True})


def split_axes(off: Tensor) -> Tensor:
    """Convert absolute errors (..., 3) to those across the image and in depth (..., 2).

    The first is the mean of x and y.
    """
    return torch.stack([off[..., :2].mean(-1), off[..., 2]], -1)


def train_head(model: FrameTransformer, mixture: Mixture, recipe: TrainRecipe, steps: int, lr: float) -> list[float]:
    """Train the layer `spread` only, and return the loss of every hundredth step."""
    stage, rule = recipe.stages[-1], recipe.normalisation
    torch.nn.init.zeros_(model.spread.weight)
    torch.nn.init.constant_(model.spread.bias, _START)
    optimizer = torch.optim.AdamW(model.spread.parameters(), lr=lr, weight_decay=0.0)
    curve = []
    model.eval()
    for step in range(steps):
        stride = stage.stride_of(step)
        model.stride = stride
        batch = mixture.batch((recipe.seed, 99, step), stage.batch, stage.frames, stride, rule, stage.clean_share)
        for group in optimizer.param_groups:
            group["lr"] = lr * (1 - step / steps)
        x = torch.from_numpy(batch.x)
        with torch.no_grad():
            tokens, _ = model.features(x)
            joints = model.joints_of(tokens, x)
            error = split_axes((joints - joints[:, :, :1] - torch.from_numpy(batch.y)).abs()) + _SMALLEST_M
        log_scale = model.spread(tokens).unflatten(-1, (-1, ERROR_AXES))
        loss = (log_scale + error * (-log_scale).exp())[:, :, 1:].mean()  # the pelvis has no error
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        if step % 100 == 0:
            curve.append(round(loss.item(), 4))
    return curve


@torch.inference_mode()
def errors_and_bars(model: FrameTransformer, batch: Batch) -> tuple[Doubles, Doubles]:
    """Compute the errors of all frames of the windows, without the pelvis.

    Absolute errors (N, 16, 3) and predicted standard errors (N, 16, 2), metres.
    """
    off, bars = [], []
    for b in range(len(batch.x)):
        joints, error = model.joints_and_errors(torch.from_numpy(batch.x[b : b + 1]))
        off.append((joints - joints[:, :, :1] - torch.from_numpy(batch.y[b : b + 1])).abs()[0, :, 1:])
        bars.append(error[0, :, 1:])
    return torch.cat(off).double().numpy(), torch.cat(bars).double().numpy()


def calibrate(model: FrameTransformer, batch: Batch) -> Doubles:
    """Scale the standard errors so that `COVERAGE` holds on a batch; return the factors (2,)."""
    off, bars = errors_and_bars(model, batch)
    ratio = [off[..., :2] / bars[..., :1], off[..., 2:] / bars[..., 1:]]
    factor = np.array([np.quantile(part, COVERAGE) / HALF_WIDTH for part in ratio])
    with torch.no_grad():
        model.spread.bias += torch.from_numpy(np.log(factor)).float().repeat(len(model.spread.bias) // ERROR_AXES)
    return factor


def coverage(model: FrameTransformer, batch: Batch) -> dict[str, dict[str, float]]:
    """Measure the share of errors inside the bands, and the bands' mean width.

    The width is compared with one width for all joints and frames at the same share.
    """
    off, bars = errors_and_bars(model, batch)
    out = {}
    for name, error, bar in (("image", off[..., :2], bars[..., :1]), ("depth", off[..., 2:], bars[..., 1:])):
        inside = float((error <= HALF_WIDTH * bar).mean())
        # At the coverage that the bands reach, one number for everything has to be the quantile of the errors.
        one = float(np.quantile(error, inside))
        width = float(HALF_WIDTH * bar.mean())
        out[name] = {"inside": round(inside, 4), "half_width_mm": round(1000 * width, 1),
                     "one_for_all_mm": round(1000 * one, 1), "width_ratio": round(width / one, 3)}  # fmt: skip
    return out


def halves(tracks: Sequence[RenderedTrack]) -> tuple[list[RenderedTrack], list[RenderedTrack]]:
    """Split tracks in two by clip, so that no clip is in both."""
    clips = sorted({track.clip for track in tracks})
    first = set(clips[::2])
    return [t for t in tracks if t.clip in first], [t for t in tracks if t.clip not in first]


def main() -> None:
    from safetensors.torch import save

    parser = argparse.ArgumentParser(
        prog="python -m training.fit.error_head", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--weights", type=Path, required=True, help="weights of the finished lifter (.safetensors)")
    parser.add_argument("--recipe", type=Path, required=True, help="recipe that they were trained with")
    parser.add_argument("--data", type=Path, required=True, help="training motion (.npz)")
    parser.add_argument("--posed", type=Path, help="motion file of training.synthesis.posed_bodies (.npz)")
    parser.add_argument("--rendered", type=Path, required=True, help="folder of clips of training.synthesis.people")
    parser.add_argument("--out", type=Path, required=True, help="weights with error bars (.safetensors)")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--threads", type=int, default=1, help="threads of torch; 1 is best on a shared machine")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    recipe = with_error_bars(load_recipe(args.recipe))
    weights = read_state_dict(args.weights)
    # The layer is fitted in the short windows of training and used in those of the finished lifter, with its pruning.
    short, whole = (recipe.model(stage) for stage in (recipe.stages[-1], recipe.result))
    assert isinstance(short, FrameTransformer)
    assert isinstance(whole, FrameTransformer)
    load_strictly(short, fit_to_model(weights, short), args.weights.name)
    motion, _ = selection_split(load_clips(args.data))
    posed = selection_split(load_clips(args.posed))[0] if args.posed else None
    mixture = Mixture(
        motion, [load_model(Path(__file__).parents[1] / name) for name in recipe.errors], posed, recipe.posed_share,
        load_tracks(args.rendered, "train"), recipe.rendered_share, recipe.depth_share,
    )  # fmt: skip
    curve = train_head(short, mixture, recipe, args.steps, args.lr)
    load_strictly(whole, short.state_dict(), "the trained layer")
    whole.eval()
    fitting, testing = (
        draw_rendered_batch(
            tracks, np.random.default_rng(5), 40, recipe.result.frames, 1, recipe.normalisation, vary=False,
            depth_share=None if recipe.depth_share is None else 0.0,
        )
        for tracks in halves(load_tracks(args.rendered, "held_out"))
    )  # fmt: skip
    before = coverage(whole, testing)
    factors = calibrate(whole, fitting)
    with atomic_write(args.out) as file:
        file.write(save({name: value.contiguous() for name, value in whole.state_dict().items()}))
    print(json.dumps({"loss": curve, "uncalibrated": before, "factors": factors.round(3).tolist(),
                      "calibrated_on": coverage(whole, fitting), "held_out": coverage(whole, testing)}))  # fmt: skip


if __name__ == "__main__":
    main()
