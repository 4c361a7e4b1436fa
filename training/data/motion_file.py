"""Motion for training: clips of 17 joints in the world, drawn by source, cut into windows, given other bodies.

The file (`.npz`) holds `positions` (N, 17, 3) float32 metres (world: right-handed, z up, floor z = 0) at 60 Hz, all
clips one after another; `clip_start` (clips + 1); `clip_name`, `clip_source`, `clip_subject` (clips), and `clip_action`
if what is done is known. Joints are H36M-17 in the order of `pipeline.core.skeletons`; pelvis, thorax and spine are
made again by the `hourglass` rule.

Shapes: `B` windows, `F` frames. Everything is vectorised over B and F, and random only through the generator given.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.body.stature import chain_length
from pipeline.core.arrays import Doubles, Floats, Ints
from pipeline.core.errors import SourceError
from pipeline.core.skeletons import H36M17, h36m17_from
from pipeline.lift.inputs.normalise import mirror
from pipeline.lift.windows import pad_index

RATE_HZ = 60.0
UNIT_STATURE_M = 1.55  # leg + pelvis-thorax-nose-head_top chain of every body given to the network

# Half of the minutes are rehabilitation exercises, and people standing idle hardly move: drawn more rarely.
SOURCE_WEIGHT = {"ui-prmd": 0.5, "reactidle": 0.5}
_USUAL_WEIGHT = 3.0
_LENGTH_POWER = 0.75  # between one draw a clip (0) and one draw a frame (1)

# Whole people, never shown in training, by whom models are chosen. One of each kind of source that is trusted.
SELECTION_SUBJECTS = ("cmu_49", "cmu_91", "hdm05_mm", "ui-prmd_s08")
# `cmu-exp` repeats takes of other sources under other names: not held out, it would only be a leak.

_LEGS, _ARMS, _HEAD, _TRUNK = (2, 3, 5, 6), (12, 13, 15, 16), (9, 10), (7, 8)
_UPPER = tuple(range(7, 17))


@dataclass(frozen=True, slots=True)
class Clips:
    """Clips one after another: `positions` (N, 17, 3); clip k is `positions[start[k]:start[k] + length[k]]`."""

    positions: Floats
    start: Ints
    length: Ints
    name: NDArray[np.str_]
    source: NDArray[np.str_]
    subject: NDArray[np.str_]
    action: NDArray[np.str_] | None = None  # None: the file does not say

    def __len__(self) -> int:
        return len(self.start)

    def chosen(self, keep: NDArray[np.bool_]) -> Clips:
        """The clips of the mask (clips,); the positions are shared."""
        return replace(
            self,
            start=self.start[keep],
            length=self.length[keep],
            name=self.name[keep],
            source=self.source[keep],
            subject=self.subject[keep],
            action=None if self.action is None else self.action[keep],
        )

    def draw_weights(self) -> Doubles:
        """(clips,) probabilities: by source and by length^0.75."""
        weight = np.array([SOURCE_WEIGHT.get(str(source), _USUAL_WEIGHT) for source in self.source])
        weight = weight * self.length.astype(np.float64) ** _LENGTH_POWER
        return np.asarray(weight / weight.sum())


def load_clips(path: Path) -> Clips:
    """Read the file. Raises `SourceError` if it is missing or not of this kind."""
    hint = "See training/README.md for what the file holds."
    try:
        with np.load(path, allow_pickle=False) as data:
            positions, bounds = data["positions"], data["clip_start"]
            name, source, subject = (data[key].astype(np.str_) for key in ("clip_name", "clip_source", "clip_subject"))
            action = data["clip_action"].astype(np.str_) if "clip_action" in data else None
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise SourceError(f"The motion file {path} cannot be read ({error}).", hint) from error
    if positions.ndim != 3 or positions.shape[1:] != (17, 3) or bounds[-1] != len(positions):
        raise SourceError(f"The motion file {path} has positions of shape {positions.shape}.", hint)
    joints, _ = h36m17_from("h36m17", positions, np.ones(positions.shape[:2], np.float32))
    start, length = bounds[:-1].astype(np.int64), np.diff(bounds).astype(np.int64)
    return Clips(joints, start, length, name, source, subject, action)


def selection_split(clips: Clips, subjects: tuple[str, ...] = SELECTION_SUBJECTS) -> tuple[Clips, Clips]:
    """(for training, for choosing between models): whole people, so that nobody is in both."""
    held_out = np.isin(clips.subject, subjects)
    if not held_out.any():  # somebody else's motion: every tenth person, at least one
        held_out = np.isin(clips.subject, np.unique(clips.subject)[::-10])
    return clips.chosen(~held_out), clips.chosen(held_out)


def cut(clips: Clips, clip: Ints, step: Doubles, first: Doubles, frames: int) -> tuple[Doubles, NDArray[np.bool_]]:
    """Windows (B, frames, 17, 3) of the clips `clip` (B,), one row every `step` (B,) frames from `first` (B,) on.

    A clip too short for its window stands in its middle and runs backwards and forwards beyond its ends, exactly as
    the library pads a short video. Also gives (B, frames): which rows are the clip's own.
    """
    rows = np.floor((clips.length[clip] - 1 - first) / step).astype(np.int64) + 1  # that the clip has to give
    place = np.empty((len(clip), frames))
    own = np.ones((len(clip), frames), bool)
    for b, count in enumerate(np.minimum(rows, frames)):
        index, before = pad_index(int(count), frames)
        place[b] = first[b] + index * step[b]
        own[b] = (np.arange(frames) >= before) & (np.arange(frames) < before + count)
    low = np.minimum(np.floor(place).astype(np.int64), clips.length[clip][:, None] - 1)
    high = np.minimum(low + 1, clips.length[clip][:, None] - 1)
    share = (place - low)[..., None, None]
    at = clips.start[clip][:, None]
    return clips.positions[at + low] * (1 - share) + clips.positions[at + high] * share, own


def draw_windows(
    clips: Clips, rng: np.random.Generator, count: int, frames: int, stride: int = 1
) -> tuple[Doubles, Doubles]:
    """(count, frames, 17, 3) and the rates (count,) of their rows, Hz: random clips, places, directions and bodies.

    Rates lie between 24 and 75 fps; of these, only every `stride`-th row is made.
    """
    clip = rng.choice(len(clips), count, p=clips.draw_weights())
    step = rng.uniform(0.8, 2.5, count) * stride
    spare = np.maximum(clips.length[clip] - 1 - step * (frames - 1), 0)
    joints, _ = cut(clips, clip, step, rng.uniform(0, 1, count) * spare, frames)
    joints = np.where((rng.random(count) < 0.5)[:, None, None, None], mirror(joints), joints)
    joints = turned(joints, rng.uniform(0, 2 * np.pi, count))
    joints = mixed_bodies(joints, rng, 0.25)
    joints = reshaped(joints, rng)
    return tilted(joints, rng, 0.06), RATE_HZ / step


def turned(joints: Doubles, angle_rad: Doubles) -> Doubles:
    """(B, F, 17, 3) turned about the vertical by (B,) or (B, F) angles."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    shape = (*c.shape, *[1] * (joints.ndim - 1 - c.ndim))
    c, s = c.reshape(shape), s.reshape(shape)
    x, y = joints[..., 0], joints[..., 1]
    return np.stack([c * x - s * y, s * x + c * y, joints[..., 2]], axis=-1)


def mixed_bodies(joints: Doubles, rng: np.random.Generator, share: float) -> Doubles:
    """In a `share` of the windows the upper body moves as in the next window: more poses than were captured.

    The borrowed upper body is turned about the vertical so that both pelvises face the same way in every frame. Left
    alone where a pelvis is tipped over, where that way is not defined.
    """
    other = np.roll(joints, 1, axis=0)
    hips, hips_other = joints[:, :, 4] - joints[:, :, 1], other[:, :, 4] - other[:, :, 1]
    level = np.minimum(_level(hips), _level(hips_other)).min(axis=1) > 0.7
    take = (rng.random(len(joints)) < share) & level
    if not take.any():
        return joints
    turn = np.arctan2(hips[..., 1], hips[..., 0]) - np.arctan2(hips_other[..., 1], hips_other[..., 0])
    upper = other[:, :, list(_UPPER)] - other[:, :, :1]
    out = joints.copy()
    out[:, :, list(_UPPER)] = turned(upper, turn) + joints[:, :, :1]
    return np.where(take[:, None, None, None], out, joints)


def _level(vectors: Doubles) -> Doubles:
    """(..., 3) -> how much of the length is horizontal."""
    return np.asarray(np.linalg.norm(vectors[..., :2], axis=-1) / np.maximum(np.linalg.norm(vectors, axis=-1), 1e-9))


def reshaped(joints: Doubles, rng: np.random.Generator) -> Doubles:
    """Other proportions, bone by bone and the same on both sides; every fifth body is a child's.

    The root's path and height are scaled with the legs, so that feet neither sink nor slide.
    """
    B = len(joints)
    child = np.where(rng.random(B) < 0.2, rng.uniform(0.2, 1, B), 0)
    scale = np.ones((B, 17))
    each = rng.normal(0, 0.05, (B, 17))
    each[:, list(H36M17.right)] = each[:, list(H36M17.left)]  # people are nearly symmetric ...
    each += rng.normal(0, 0.008, (B, 17))  # ... and the motion's own measurement is not exact
    each[:, 7] = each[:, 8]  # one trunk
    scale *= np.exp(each)
    for group, spread, childs in ((_LEGS, 0.05, -0.15), (_ARMS, 0.06, -0.08), (_TRUNK, 0.09, 0.0), (_HEAD, 0.06, 0.45)):
        scale[:, list(group)] *= np.exp(rng.normal(0, spread, B) + childs * child)[:, None]
    # Detectors place hips and shoulders each in their own way (training/README.md): wide spreads.
    scale[:, [1, 4]] *= np.exp(rng.normal(0, 0.14, B))[:, None]
    scale[:, [11, 14]] *= np.exp(rng.normal(0, 0.1, B))[:, None]
    legs = scale[:, list(_LEGS)].mean(axis=1)[:, None, None]
    out = np.empty_like(joints)
    out[:, :, 0] = joints[:, :, 0] * legs
    for child_joint, parent in enumerate(H36M17.parents):
        if parent >= 0:
            bone = joints[:, :, child_joint] - joints[:, :, parent]
            out[:, :, child_joint] = out[:, :, parent] + bone * scale[:, child_joint, None, None]
    return by_rule(out)


def by_rule(joints: Doubles) -> Doubles:
    """Pelvis, thorax and spine again as the middles that they are by the `hourglass` rule."""
    out = joints.copy()
    out[..., 0, :] = (out[..., 1, :] + out[..., 4, :]) / 2
    out[..., 8, :] = (out[..., 11, :] + out[..., 14, :]) / 2
    out[..., 7, :] = (out[..., 0, :] + out[..., 8, :]) / 2
    return out


def tilted(joints: Doubles, rng: np.random.Generator, share: float) -> Doubles:
    """In a `share` of the windows the whole scene is tipped about a horizontal axis: lying people, acrobats, slopes."""
    B = len(joints)
    angle = np.where(rng.random(B) < share, rng.normal(0, 0.9, B), 0)
    first = rng.uniform(0, 2 * np.pi, B)
    middle = joints[:, :, 0].mean(axis=1)[:, None, None]
    x, y, z = np.moveaxis(turned(joints - middle, -first), -1, 0)
    c, s = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    return turned(np.stack([x, c * y - s * z, s * y + c * z], axis=-1), first) + middle


def at_unit_stature(joints: Doubles) -> tuple[Doubles, Doubles]:
    """(B, F, 17, 3) -> the same with every body's median chain at `UNIT_STATURE_M`, and the factors (B,)."""
    factor = UNIT_STATURE_M / np.median(chain_length(joints), axis=1)
    return joints * factor[:, None, None, None], factor
