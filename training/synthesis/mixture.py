"""Mix training batches of motion capture, posed bodies and rendered people.

Motion capture has other hips, shoulders and heads than a detector sees (`training.synthesis.posed_bodies`). A lifter
that is trained on both answers in the convention of its input, which the proportions of the image show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from training.data.motion_file import Clips, at_unit_stature, draw_windows
from training.synthesis.batches import Batch, joined_batches, make_batch, synthesise_batch
from training.synthesis.cameras import draw_cameras
from training.synthesis.detector_errors import (
    ErrorModel,
    for_detector_joints,
    like_rendered_people,
    simulate_depth,
)
from training.synthesis.rendered_tracks import RenderedTrack, draw_rendered_batch, with_depth


@dataclass(frozen=True, slots=True)
class Mixture:
    """Hold what training windows are drawn from, and the share of windows of each source.

    Motion capture has the rest. `errors` are detector error models, of which each batch draws one; held-out batches
    take the last one. Half of the batches of posed bodies have the errors of hard scenes.
    """

    mocap: Clips
    errors: Sequence[ErrorModel]
    posed: Clips | None = None
    posed_share: float = 0.0
    rendered: Sequence[RenderedTrack] = ()
    rendered_share: float = 0.0
    depth_share: float | None = None  # share of rendered windows with the detector's own depth; None: no such channel

    def batch(self, seed: tuple[int, ...], count: int, frames: int, stride: int, rule: str, clean: float) -> Batch:
        """Make the batch of a seed: `count` windows, a share `clean` of the batches without errors.

        The same arguments and files always give the same numbers. Rendered people have their detectors' errors.
        """
        chance = np.random.default_rng((*seed, 1)).random(3)
        errors = None if chance[0] < clean else self.errors[int(chance[1] * len(self.errors))]
        rendered = round(self.rendered_share * count) if self.rendered else 0
        posed = round(self.posed_share * count) if self.posed is not None else 0
        parts: list[Batch] = []
        if count > rendered + posed:
            parts.append(make_batch(self.mocap, errors, seed, count - rendered - posed, frames, stride, rule))
        if self.posed is not None and posed:
            hard = None if errors is None or chance[2] < 0.5 else like_rendered_people(errors)
            deep = round((self.depth_share or 0) * posed)
            parts.append(posed_batch(self.posed, hard or errors, (*seed, 2), posed - deep, frames, stride, rule))
            if deep:
                parts.append(posed_batch_with_depth(self.posed, hard or errors, (*seed, 4), deep, frames, stride, rule))
        if rendered:
            rng = np.random.default_rng((*seed, 3))
            seen = draw_rendered_batch(self.rendered, rng, rendered, frames, stride, rule, depth_share=self.depth_share)
            parts.append(seen)
        parts = [self._as_without_depth(part) for part in parts]
        return parts[0] if len(parts) == 1 else joined_batches(parts)

    def held_out_batches(
        self, seed: tuple[int, ...], count: int, frames: int, stride: int, rule: str
    ) -> dict[str, Batch]:
        """Make the batches on which training is measured, by name.

        For a mixture of held-out people. Their fields of view are known. "held_out" is motion capture with detector
        errors, "held_out_clean" without.
        """
        errors = self.errors[-1]
        out = {
            name: make_batch(self.mocap, kind, seed, count, frames, stride, rule, fov_known=True)
            for name, kind in (("held_out", errors), ("held_out_clean", None))
        }
        if self.posed is not None:
            out["held_out_posed"] = posed_batch(self.posed, errors, seed, count, frames, stride, rule, fov_known=True)
        if self.rendered:
            rng = np.random.default_rng(seed)
            out["held_out_rendered"] = draw_rendered_batch(self.rendered, rng, count, frames, stride, rule, vary=False)
        out = {name: self._as_without_depth(batch) for name, batch in out.items()}
        if self.rendered and self.depth_share:
            rng = np.random.default_rng(seed)
            out["held_out_rendered_depth"] = draw_rendered_batch(
                self.rendered, rng, count, frames, stride, rule, vary=False, depth_share=1.0
            )
        return out

    def _as_without_depth(self, batch: Batch) -> Batch:
        wanted = 7 if self.depth_share is not None else batch.x.shape[-1]
        return batch if batch.x.shape[-1] == wanted else with_depth(batch)


def posed_batch(
    clips: Clips,
    errors: ErrorModel | None,
    seed: tuple[int, ...],
    count: int,
    frames: int,
    stride: int,
    rule: str,
    fov_known: bool = False,
) -> Batch:
    """Make a batch of bodies in a detector's convention; their proportions are not varied again."""
    rng = np.random.default_rng(seed)
    drawn, rate_hz = draw_windows(clips, rng, count, frames, stride, vary_bodies=False)
    joints, _ = at_unit_stature(drawn)
    errors = None if errors is None else for_detector_joints(errors)
    return synthesise_batch(joints, draw_cameras(rng, count), rate_hz, errors, rng, rule, fov_known)


def posed_batch_with_depth(
    clips: Clips, errors: ErrorModel | None, seed: tuple[int, ...], count: int, frames: int, stride: int, rule: str
) -> Batch:
    """Make a batch of posed bodies with the depth that a detector's network would give.

    Sides are never exchanged here: where BlazePose exchanges them, its depth is that of the wrong pose.
    """
    whole = None if errors is None else replace(errors, swap_per_s=0.0, swap_body_per_s=0.0)
    batch = posed_batch(clips, whole, seed, count, frames, stride, rule)
    rng = np.random.default_rng((*seed, 5))
    return with_depth(batch, simulate_depth(batch.y[..., 2], rng).astype(np.float32))
