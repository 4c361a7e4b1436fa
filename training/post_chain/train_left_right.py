"""Train and judge the network that tells exchanged sides (`pipeline.post.left_right_network`).

    python -m training.post_chain.train_left_right train --data train.npz --out weights/sides_v1.safetensors
    python -m training.post_chain.train_left_right judge --lifted joints.npz      # clips kept by
    training.post_chain.evaluate --lifted

Windows are those of the lifters' training (`training.synthesis.batches`): motion of the training file without the
people held out, drawn cameras, three quarters of them with a detector's errors. A window with exchanged sides is the
same window with its joints' names exchanged, and the network's answer is the difference between the two, so each window
teaches both. Twenty-five minutes on one core.
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
from training.post_chain.lifted_clips import LiftedClip, load
from training.synthesis.batches import make_batch, prefetch
from training.synthesis.detector_errors import load_model

_CHANNELS, _INPUTS = 192, 54
_BATCH, _STRIDE = 384, 6
_FRAME_SHARE = 0.3  # of the loss: that single frames tell it, too


class SidesNet(nn.Module):
    """(B, F, 17, 6) by the rule `person_ray` -> (B, F) logits; its weights are read by `SidesNetwork`."""

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
        return self._one_way(x) - self._one_way(x[:, :, list(H36M17.mirror)])

    def _one_way(self, x: Tensor) -> Tensor:
        h = self.embed(torch.cat([x[..., :SHARED].flatten(2), x[:, :, 0, SHARED:]], -1))
        h = h + self.first(h)
        for mix in self.mix:
            h = h + functional.gelu(mix(h.transpose(1, 2)).transpose(1, 2))
        h = h + self.second(h)
        out: Tensor = self.out(h)[..., 0]
        return out


def train(data: Path, out: Path, steps: int, batch: int = _BATCH) -> None:
    """`batch`: windows a step. Raises `SourceError` for a file that cannot be read."""
    from safetensors.torch import save

    clips, _ = selection_split(load_clips(data))
    errors = load_model()
    torch.manual_seed(0)
    network = SidesNet()
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
            loss = functional.softplus(-windows).mean() + _FRAME_SHARE * functional.softplus(-frames).mean()
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


def judge(lifted: Sequence[LiftedClip]) -> str:
    """How many whole clips are found when their sides are exchanged, and how many sound ones are accused."""
    scores, sources = [], []
    for clip in lifted:
        score = sides_score(clip.image, clip.scores, (clip.width_px, clip.height_px), clip.fov_deg, clip.rate_hz)
        if score is not None:
            scores.append(score)
            sources.append(clip.source)
    known, source = np.array(scores), np.array(sources)
    # With exchanged sides a clip's score is its negative: told of if that lies below the bar.
    lines = [f"{'':12}{'clips':>7}{'assumed':>7}{'accused':>9}   at {EXCHANGED}"]
    for name in [*np.unique(source), "all"]:
        here = known[(source == name) | (name == "all")]
        lines.append(f"{name:12}{len(here):7}{(here > -EXCHANGED).mean():7.2f}{(here < EXCHANGED).mean():9.3f}")
    return "\n".join([*lines, f"lowest score of a sound clip {known.min():.2f}; {len(lifted) - len(known)} too short"])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train")
    training.add_argument("--data", type=Path, required=True)
    training.add_argument("--out", type=Path, required=True)
    training.add_argument("--steps", type=int, default=2000)
    judging = commands.add_parser("judge")
    judging.add_argument("--lifted", type=Path, required=True)
    options = parser.parse_args(arguments)
    if options.command == "train":
        train(options.data, options.out, options.steps)
    else:
        print(judge(load(options.lifted)[0]))


if __name__ == "__main__":
    main()
