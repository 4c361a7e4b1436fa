"""Train the network of standard errors: `python -m training.uncertainty.train`.

The files `--lifted` are those of `training.uncertainty.lifted_tracks`, one for each lifter. The loss asks for the 90 %
quantile of each absolute error (the pinball loss), because that is what a band promises: where sides are exchanged, an
error is either small or as large as the body, and no bell curve has both. A standard error is that quantile / 1.645.

Half of the held-out rendered people, by clip, calibrate each group of joints; the others are measured. Training clips
cannot calibrate: the lifters know their motion, and err less on it. The last line of output is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from pipeline.core.arrays import Floats
from pipeline.lift.uncertainty.network import ErrorNetwork
from pipeline.system.files import atomic_write
from training.uncertainty.coverage import COVERAGE, HALF_WIDTH, Judged, calibration, coverage
from training.uncertainty.lifted_tracks import load
from training.uncertainty.network import TrainedErrorNetwork, parameter_count
from training.uncertainty.windows import (
    RENDERED,
    ErrorBatch,
    ErrorTrack,
    draw_batch,
    draw_weights,
    error_track,
    without_depth,
)

_BATCH = 48  # windows per step
_WARMUP = 50  # steps
_AVERAGED = 0.995  # decay of the averaged weights
_HIDDEN_DEPTH = 0.5  # share of the windows without the detector's own depth
# H36M-17 joints that are calibrated together: hips, knees and ankles, trunk and head, shoulders, elbows and wrists.
GROUPS = ((1, 4), (2, 3, 5, 6), (7, 8, 9, 10), (11, 14), (12, 13, 15, 16))
_NOISE = 0.1  # standard deviation of the noise on every feature
_SMALLEST_M = 2e-3  # m, added to errors and bands: a joint is never known better


def band_loss(log_error: Tensor, error: Tensor, lifted: Tensor, power: float) -> Tensor:
    """Compute the pinball loss of the 90 % quantile of absolute errors (B, F, 17, 3).

    Both are raised to `power`. The pelvis does not count.
    """
    band = (HALF_WIDTH * log_error.exp() + _SMALLEST_M) ** power
    off = (error.abs() + _SMALLEST_M) ** power - band[..., [0, 0, 1]]
    loss = torch.where(off > 0, COVERAGE * off, (COVERAGE - 1) * off)[:, :, 1:]
    return loss[lifted].mean()


def train(
    tracks: Sequence[ErrorTrack], steps: int, lr: float, dropout: float, decay: float, share: float, power: float,
    seed: int, batch: int = _BATCH,
) -> tuple[dict[str, Tensor], list[float]]:  # fmt: skip
    """Train from random weights.

    Returns the averaged weights, and the mean loss of every hundred steps.
    """
    torch.manual_seed(seed)
    model = TrainedErrorNetwork(dropout=dropout)
    average = {name: value.clone() for name, value in model.state_dict().items()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=decay)
    weight = draw_weights(tracks, share)
    curve, recent = [], []
    model.train()
    for step in range(steps):
        rng = np.random.default_rng((seed, step))
        windows = draw_batch(tracks, weight, rng, batch, _HIDDEN_DEPTH)
        for group in optimizer.param_groups:
            group["lr"] = lr * min(1, (step + 1) / _WARMUP) * 0.5 * (1 + np.cos(np.pi * step / steps))
        loss = _loss(model, windows, rng, power)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        keep = min(_AVERAGED, (step + 1) / (step + 10))
        with torch.no_grad():
            for name, value in model.state_dict().items():
                average[name].lerp_(value, 1 - keep)
        recent.append(loss.item())
        if len(recent) == 100:
            curve.append(round(float(np.mean(recent)), 5))
            recent.clear()
            print(f"{step + 1} steps, loss {curve[-1]}", file=sys.stderr, flush=True)
    return average, curve


def _loss(model: TrainedErrorNetwork, batch: ErrorBatch, rng: np.random.Generator, power: float) -> Tensor:
    noisy = batch.values + _NOISE * rng.standard_normal(batch.values.shape, dtype=np.float32)
    lifted = torch.from_numpy(batch.lifted)
    log_error = model(torch.from_numpy(noisy) * lifted[..., None], lifted)
    return band_loss(log_error, torch.from_numpy(batch.error), lifted, power)


def judge(network: ErrorNetwork, track: ErrorTrack, depth: bool) -> Judged:
    """Run the network as the program does, on a whole track."""
    values: Floats = track.values if depth else without_depth(track.values)
    sigma = np.exp(network(values, track.lifted, track.step))
    return Judged(np.abs(track.error[track.lifted, 1:]), sigma[track.lifted, 1:])


def report(network: ErrorNetwork, tracks: Sequence[ErrorTrack]) -> dict[str, object]:
    """Measure the bands on tracks, all rendered people together and by source of the detections.

    Without the detectors' own depth, unless stated.
    """
    by_source: dict[str, object] = {}
    for source in sorted({track.sample.source for track in tracks}):
        parts = [judge(network, track, False) for track in tracks if track.sample.source == source]
        by_source[source] = coverage(Judged.of(parts))
    rendered = [track for track in tracks if track.sample.source in RENDERED]
    return {
        "rendered": coverage(Judged.of([judge(network, track, False) for track in rendered])),
        "rendered, with the detector's own depth": coverage(Judged.of([judge(network, t, True) for t in rendered])),
        **by_source,
    }


def calibrated(state: dict[str, Tensor], tracks: Sequence[ErrorTrack]) -> dict[str, Tensor]:
    """Scale the standard errors so that 90 % holds on these tracks, for each group of joints.

    Half with and half without the detectors' own depth.
    """
    network = ErrorNetwork({name: value.numpy() for name, value in state.items()})
    judged = Judged.of([judge(network, track, depth) for track in tracks for depth in (False, True)])
    shift = np.zeros((17, 2), np.float32)
    for group in GROUPS:
        joints = np.array(group)
        shift[joints] = np.log(calibration(Judged(judged.error[:, joints - 1], judged.standard_error[:, joints - 1])))
    return {**state, "out.bias": state["out.bias"] + torch.from_numpy(shift.reshape(-1))}


def halves(tracks: Sequence[ErrorTrack]) -> tuple[list[ErrorTrack], list[ErrorTrack]]:
    """Split tracks in two by clip, so that no clip is in both."""
    first = set(sorted({track.sample.clip for track in tracks})[::2])
    return [t for t in tracks if t.sample.clip in first], [t for t in tracks if t.sample.clip not in first]


def main() -> None:
    from safetensors.torch import save

    parser = argparse.ArgumentParser(
        prog="python -m training.uncertainty.train", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--lifted", type=Path, nargs="+", required=True, help="files of lifted_tracks")
    parser.add_argument("--out", type=Path, required=True, help="weights to write (.safetensors)")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--dropout", type=float, default=0.4)
    parser.add_argument("--decay", type=float, default=0.3, help="weight decay")
    parser.add_argument("--rendered-share", type=float, default=0.55, help="share of the windows of rendered people")
    parser.add_argument("--power", type=float, default=0.5, help="power of the errors in the loss")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="threads of torch; 1 is best on a shared machine")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    tracks = [error_track(sample) for path in args.lifted for sample in load(path)]
    training = [track for track in tracks if not track.sample.held_out]
    fitting, testing = halves([track for track in tracks if track.sample.held_out])
    fitting = [track for track in fitting if track.sample.source in RENDERED]
    state, curve = train(
        training, args.steps, args.lr, args.dropout, args.decay, args.rendered_share, args.power, args.seed
    )
    state = calibrated(state, fitting)
    with atomic_write(args.out) as file:
        file.write(save({name: value.contiguous() for name, value in state.items()}))
    network = ErrorNetwork({name: value.numpy() for name, value in state.items()})
    parameters = parameter_count(TrainedErrorNetwork())
    print(json.dumps({"parameters": parameters, "loss": curve, "calibrated_on": report(network, fitting),
                      "held_out": report(network, testing), "training": report(network, training)}))  # fmt: skip


if __name__ == "__main__":
    main()
