"""Train and evaluate the network of `pipeline.post.left_right_network`.

The network detects a left-right swap that lasts all through a track.

    python -m training.post_chain.train_left_right train --data train.npz --out weights/sides_v1.safetensors
    python -m training.post_chain.train_left_right judge --lifted joints.npz   # from training.post_chain.evaluate

Windows are those of the lifters' training (`training.synthesis.batches`): training motion without the held-out
subjects, drawn cameras, three quarters of the batches with detector errors. A swapped window is the same window with
left and right joints renamed; the network's output is the difference between both, so each window trains both cases.
Training takes 25 minutes on one core.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from pipeline.core.skeletons import H36M17
from pipeline.post.left_right_network import EXCHANGED, FRAMES, RULE, SHARED, sides_score
from pipeline.system.files import atomic_write
from training.data.motion_file import load_clips, selection_split
from training.post_chain.lifted_clips import LiftedClip, load_lifted
from training.synthesis.batches import make_batch, prefetch
from training.synthesis.detector_errors import load_model

_CHANNELS, _INPUTS = 192, 54
_BATCH, _STRIDE = 384, 6  # windows per step; frames between the rows of a window
_FRAME_LOSS_WEIGHT = 0.3  # relative to the loss of the window's mean: single frames should detect the swap, too


class LeftRightNet(nn.Module):
    """Detect left-right swaps: input (B, F, 17, 6) -> logits (B, F), positive if correct.

    The input is normalised by the rule `person_ray`. The library evaluates the same weights in numpy
    (`pipeline.post.left_right_network`).
    """

    def __init__(self, channels: int = _CHANNELS) -> None:
        super().__init__()

        def mlp() -> nn.Sequential:
            return nn.Sequential(
                nn.LayerNorm(channels), nn.Linear(channels, 2 * channels), nn.GELU(), nn.Linear(2 * channels, channels)
            )

        self.embed = nn.Linear(_INPUTS, channels)
        self.first = mlp()
        self.mix = nn.ModuleList(nn.Conv1d(channels, channels, 3, padding=1) for _ in range(2))
        self.second = mlp()
        self.out = nn.Sequential(nn.LayerNorm(channels), nn.Linear(channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self._half_score(x) - self._half_score(x[:, :, list(H36M17.mirror)])

    def _half_score(self, x: Tensor) -> Tensor:
        h = self.embed(torch.cat([x[..., :SHARED].flatten(2), x[:, :, 0, SHARED:]], -1))
        h = h + self.first(h)
        for mix in self.mix:
            h = h + functional.gelu(mix(h.transpose(1, 2)).transpose(1, 2))
        h = h + self.second(h)
        out: Tensor = self.out(h)[..., 0]
        return out


def train(data: Path, out: Path, steps: int, batch: int = _BATCH) -> None:
    """Train on `batch` windows per step and write the weights.

    Raises `SourceError` for an unreadable motion file.
    """
    from safetensors.torch import save

    clips, _ = selection_split(load_clips(data))
    errors = load_model()
    torch.manual_seed(0)
    network = LeftRightNet()
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    right: list[float] = []
    batches = prefetch(
        lambda step: make_batch(clips, errors if step % 4 else None, (7, step), batch, FRAMES, _STRIDE, RULE), 0
    )
    with contextlib.closing(batches):  # type: ignore[type-var]
        for step in range(steps):
            frames = network(torch.from_numpy(next(batches).x))
            windows = frames.mean(1)
            loss = functional.softplus(-windows).mean() + _FRAME_LOSS_WEIGHT * functional.softplus(-frames).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
            right.append(float((windows > 0).float().mean()))
            if step % 250 == 249:
                print(f"{step + 1}: {np.mean(right[-250:]):.3f} of the windows", flush=True)
    content = save({name: value.contiguous() for name, value in network.state_dict().items()})
    with atomic_write(out) as file:
        file.write(content)


def detection_rates(lifted: Sequence[LiftedClip]) -> str:
    """Format the share of swapped clips detected and of correct clips flagged, by source."""
    scores, sources = [], []
    for clip in lifted:
        score = sides_score(clip.image, clip.scores, clip.lens)
        if score is not None:
            scores.append(score)
            sources.append(clip.source)
    clip_scores, source = np.array(scores), np.array(sources)
    # Swapping left and right negates a clip's score: it is detected if the negative lies below the threshold.
    lines = [f"{'':12}{'clips':>7}{'found':>7}{'false':>9}   at {EXCHANGED}"]
    for name in [*np.unique(source), "all"]:
        group = clip_scores[(source == name) | (name == "all")]
        lines.append(f"{name:12}{len(group):7}{(group > -EXCHANGED).mean():7.2f}{(group < EXCHANGED).mean():9.3f}")
    too_short = len(lifted) - len(clip_scores)
    return "\n".join([*lines, f"lowest score of a correct clip {clip_scores.min():.2f}; {too_short} too short"])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.post_chain.train_left_right",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="train the network and write its weights")
    training.add_argument("--data", type=Path, required=True, help="training motion (.npz)")
    training.add_argument("--out", type=Path, required=True, help="file of the weights (.safetensors)")
    training.add_argument("--steps", type=int, default=2000)
    evaluation = commands.add_parser("judge", help="evaluate the weights in use on lifted clips")
    evaluation.add_argument("--lifted", type=Path, required=True, help="file of training.post_chain.evaluate --lifted")
    options = parser.parse_args(arguments)
    if options.command == "train":
        train(options.data, options.out, options.steps)
    else:
        print(detection_rates(load_lifted(options.lifted)[0]))


if __name__ == "__main__":
    main()
