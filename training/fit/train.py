"""Train a lifter: `python -m training.fit.train --data train.npz --recipe R --out DIR`.

Running the same command again resumes a stopped run (Ctrl-C, crash, restart): the state is written to DIR/checkpoint.pt
every two minutes. DIR also receives log.jsonl (the curves), a .safetensors of averaged weights for each finished stage,
and `latest.safetensors`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import math
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pipeline.lift.checkpoints.load import load_strictly, read_state_dict
from pipeline.system.files import atomic_write, make_folder
from training.data.motion_file import Clips, load_clips, selection_split
from training.fit.checkpoint import TrainProgress, WeightAverage, fit_to_model, load_checkpoint, save_checkpoint
from training.fit.losses import pose_loss
from training.fit.recipe import TrainRecipe, TrainStage, load_recipe
from training.metrics import mpjpe, p_mpjpe
from training.synthesis.batches import Batch, prefetch
from training.synthesis.detector_errors import ErrorModel, load_model
from training.synthesis.mixture import Mixture
from training.synthesis.rendered_tracks import RenderedTrack, load_tracks

log = logging.getLogger(__name__)

_HELD_OUT_FRAMES = 243 * 48  # frames in the held-out batch
_HELD_OUT_SEED = 77
_LOG_EVERY = 20  # steps averaged in one line of log.jsonl


class Trainer:
    """One training run; `run` trains all remaining stages."""

    def __init__(
        self,
        recipe: TrainRecipe,
        clips: Clips,
        errors: Sequence[ErrorModel],
        folder: Path,
        init: Path | None = None,
        posed: Clips | None = None,
        rendered: Path | None = None,
    ) -> None:
        """Prepare a run.

        Each step draws one of `errors`; held-out subjects are seen with the last one. `posed` are the clips of
        `training.synthesis.posed_bodies`, `rendered` the folder of `training.synthesis.people`: all clips that are
        finished now. The recipe states their shares.
        """
        make_folder(folder)
        self.recipe, self.folder, self.init = recipe, folder, init
        kinds = zip(("train", "held_out"), selection_split(clips), _split(posed), strict=True)
        self.training, self.held_out = (
            Mixture(
                mocap,
                errors,
                bodies,
                recipe.posed_share,
                _tracks_of(rendered, split),
                recipe.rendered_share,
                recipe.depth_share,
            )
            for split, mocap, bodies in kinds
        )
        self.progress = TrainProgress()
        self.stop = threading.Event()  # set to end the run after the current step, with its state saved
        self._recent_losses: list[dict[str, float]] = []

    def run(self, save_every_s: float = 120, measure_every_s: float = 300) -> None:
        """Train the remaining stages, saving and measuring at these intervals."""
        weights: dict[str, torch.Tensor] | None = read_state_dict(self.init) if self.init else None
        saved = load_checkpoint(self.folder / "checkpoint.pt")
        if saved:
            self.progress = TrainProgress(*saved["progress"])
        for number in range(self.progress.stage, len(self.recipe.stages)):
            stage = self.recipe.stages[number]
            learner = Learner(self.recipe, stage)
            if saved and number == self.progress.stage:
                learner.resume(saved)
                saved = None
            else:
                self.progress = TrainProgress(number, 0, 0.0, self.progress.total_steps)
                learner.begin(weights)
            self._train(stage, learner, save_every_s, measure_every_s)
            if self.stop.is_set():
                return
            weights = learner.average.weights
            self._write_weights(weights, stage.name)

    def _train(self, stage: TrainStage, learner: Learner, save_every_s: float, measure_every_s: float) -> None:
        p = self.progress
        count = max(1, _HELD_OUT_FRAMES // stage.frames)
        seed = (_HELD_OUT_SEED, stage.frames, stage.stride)
        rule = self.recipe.normalisation
        held_out = self.held_out.held_out_batches(seed, count, stage.frames, stage.stride, rule)
        if p.step == 0:
            self._measure(stage, learner, held_out)
        last_save = last_measure = time.monotonic()
        with closing(prefetch(lambda step: self._batch(stage, step), p.step)) as batches:
            while (done := stage_progress(stage, p.step, p.elapsed_s)) < 1:
                begun = time.monotonic()
                rate = learning_rate(stage, p.step, done)
                self._recent_losses.append(learner.learn(next(batches), rate, stage.stride_of(p.step)))
                now = time.monotonic()
                p.step, p.total_steps, p.elapsed_s = p.step + 1, p.total_steps + 1, p.elapsed_s + now - begun
                if len(self._recent_losses) == _LOG_EVERY:
                    mean = {
                        key: float(np.mean([row[key] for row in self._recent_losses])) for key in self._recent_losses[0]
                    }
                    self._log(stage, mean | {"lr": rate})
                    self._recent_losses.clear()
                if now - last_measure > measure_every_s:
                    self._measure(stage, learner, held_out)
                    last_measure = now
                if now - last_save > save_every_s:
                    self._save(learner)
                    last_save = now
                if self.stop.is_set():
                    break
        self._save(learner)
        if not self.stop.is_set():
            self._measure(stage, learner, held_out)

    def _save(self, learner: Learner) -> None:
        save_checkpoint(self.folder / "checkpoint.pt", self.progress, learner.model, learner.average, learner.optimizer)

    def _batch(self, stage: TrainStage, step: int) -> Batch:
        seed = (self.recipe.seed, self.progress.stage, step)
        rule, stride = self.recipe.normalisation, stage.stride_of(step)
        return self.training.batch(seed, stage.batch, stage.frames, stride, rule, stage.clean_share)

    def _measure(self, stage: TrainStage, learner: Learner, held_out: dict[str, Batch]) -> None:
        """Measure the averaged weights on held-out subjects and write them as `latest.safetensors`."""
        averaged = self.recipe.model(stage)
        averaged.load_state_dict(learner.average.weights)
        result = {}
        for name, batch in held_out.items():
            predicted, true = predict(averaged, batch.x), batch.y.astype(np.float64)
            result[f"{name}_mpjpe_mm"] = 1000 * float(mpjpe(predicted, true).mean())
            result[f"{name}_p_mpjpe_mm"] = 1000 * float(p_mpjpe(predicted, true).mean())
        self._log(stage, result)
        self._write_weights(learner.average.weights, "latest")

    def _write_weights(self, weights: dict[str, torch.Tensor], name: str) -> None:
        from safetensors.torch import save

        with atomic_write(self.folder / f"{name}.safetensors") as file:
            file.write(save({key: value.contiguous() for key, value in weights.items()}))

    def _log(self, stage: TrainStage, values: dict[str, float]) -> None:
        p = self.progress
        row: dict[str, Any] = {"step": p.step, "total_steps": p.total_steps, "minutes": round(p.elapsed_s / 60, 2)}
        row |= {"stage": stage.name} | {key: round(value, 6) for key, value in values.items()}
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        log.info("%s", json.dumps(row))


def _split(clips: Clips | None) -> tuple[Clips | None, Clips | None]:
    return (None, None) if clips is None else selection_split(clips)


def _tracks_of(folder: Path | None, split: str) -> Sequence[RenderedTrack]:
    return () if folder is None else load_tracks(folder, split)


class Learner:
    """Model of one stage with its averaged weights and optimizer."""

    def __init__(self, recipe: TrainRecipe, stage: TrainStage) -> None:
        self.recipe = recipe
        self.model = recipe.model(stage)
        self.decay = stage.ema
        self.velocity = recipe.loss.velocity * stage.velocity
        torch.manual_seed(recipe.seed)
        initialise(self.model)
        self.average = WeightAverage(self.model, stage.ema)
        self.optimizer = make_optimizer(self.model, recipe.weight_decay)

    def begin(self, weights: dict[str, torch.Tensor] | None) -> None:
        """Start from the weights of another window length; None: keep the random initialisation."""
        if weights is not None:
            load_strictly(self.model, fit_to_model(weights, self.model), "the start")
        self.average = WeightAverage(self.model, self.decay)

    def resume(self, saved: dict[str, Any]) -> None:
        """Restore model, average and optimizer from a checkpoint."""
        load_strictly(self.model, saved["model"], "the checkpoint")
        self.average.weights, self.average.updates = saved["average"], int(saved["average_updates"])
        self.optimizer.load_state_dict(saved["optimizer"])

    def learn(self, batch: Batch, lr: float, stride: int) -> dict[str, float]:
        """Make one step on windows of this stride, in frames; skipped if the gradient is not finite.

        Returns the loss, its parts and the norm of the gradient.
        """
        self.model.train()
        for group in self.optimizer.param_groups:
            group["lr"] = lr
        if hasattr(self.model, "stride"):
            self.model.stride = stride
        # Displacement between rows grows with the stride: divide, so that the same speed has the same weight.
        weights = dataclasses.replace(self.recipe.loss, velocity=self.velocity / stride)
        loss, parts = pose_loss(self.model(torch.from_numpy(batch.x)), torch.from_numpy(batch.y), weights)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.clip_norm)
        if torch.isfinite(norm):
            self.optimizer.step()
            self.average.update(self.model)
        else:
            log.warning("gradient is not finite: step skipped")
        return {"loss": loss.item(), "grad": norm.item()} | {name: part.item() for name, part in parts.items()}


def initialise(model: nn.Module) -> None:
    """Initialise the weights of an architecture that has no `initialise` method.

    Joints must be distinguishable from the first step on: with small spatial position embeddings the network stays on
    the plateau where it predicts the mean pose for every input.
    """
    if hasattr(model, "initialise"):
        model.initialise()
        return
    for name, value in model.named_parameters():
        if name == "Spatial_pos_embed":
            nn.init.normal_(value, std=0.5)
        elif name == "Temporal_pos_embed":
            nn.init.normal_(value, std=0.02)
        elif value.dim() == 2:
            nn.init.xavier_uniform_(value)
        elif name.endswith("bias"):
            nn.init.zeros_(value)


def make_optimizer(model: nn.Module, weight_decay: float) -> torch.optim.Optimizer:
    """Create AdamW with weight decay on matrices only."""
    matrices = [v for n, v in model.named_parameters() if v.dim() == 2]
    rest = [v for n, v in model.named_parameters() if v.dim() != 2]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": rest, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=1e-3, betas=(0.9, 0.98))


def stage_progress(stage: TrainStage, step: int, elapsed_s: float) -> float:
    """Compute the finished share of a stage: by steps or by time, the larger of both."""
    shares = [step / stage.steps] if stage.steps else []
    if stage.minutes:
        shares.append(elapsed_s / 60 / stage.minutes)
    return max(shares)


def learning_rate(stage: TrainStage, step: int, done: float) -> float:
    """Compute the learning rate of a step: linear warm-up, then a cosine.

    The cosine falls from `lr` to `last_lr * lr` at the end of the stage.
    """
    warm = min(1.0, (step + 1) / max(stage.warmup_steps, 1))
    return stage.lr * warm * (stage.last_lr + (1 - stage.last_lr) * 0.5 * (1 + math.cos(math.pi * min(done, 1.0))))


@torch.inference_mode()
def predict(model: nn.Module, x: np.ndarray, frames_at_once: int = 2048) -> np.ndarray:
    """Run the network in chunks: input (B, F, 17, C) -> joints (B, F, 17, 3) float64."""
    model.eval()
    at_once = max(1, frames_at_once // x.shape[1])
    parts = [model(torch.from_numpy(x[i : i + at_once])).double().numpy() for i in range(0, len(x), at_once)]
    return np.concatenate(parts)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m training.fit.train", description=(__doc__ or "").split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--data", type=Path, required=True, help="training motion (.npz)")
    parser.add_argument("--recipe", type=Path, required=True, help="model and curriculum (.json)")
    parser.add_argument("--out", type=Path, required=True, help="folder for state, curves and weights")
    parser.add_argument("--init", type=Path, help="initial weights of the first stage (.safetensors)")
    parser.add_argument("--posed", type=Path, help="motion file of training.synthesis.posed_bodies (.npz)")
    parser.add_argument("--rendered", type=Path, help="folder of clips of training.synthesis.people")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch; 1 is best on a shared machine")
    args = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(args.threads)
    recipe = load_recipe(args.recipe)
    errors = [load_model(Path(__file__).parents[1] / name) for name in recipe.errors]
    if (recipe.posed_share and not args.posed) or (recipe.rendered_share and not args.rendered):
        parser.error("the recipe also needs --posed and --rendered")
    posed = load_clips(args.posed) if recipe.posed_share else None
    rendered = args.rendered if recipe.rendered_share else None
    trainer = Trainer(recipe, load_clips(args.data), errors, args.out, args.init, posed, rendered)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: trainer.stop.set())
    trainer.run()


if __name__ == "__main__":
    main()
