"""Load the training motion file, draw windows from its clips and augment their bodies.

The file (`.npz`) holds `positions` (N, 17, 3) float32 metres (world: right-handed, z up, floor z = 0) at 60 Hz, all
clips concatenated; `clip_start` (clips + 1); `clip_name`, `clip_source`, `clip_subject` (clips), and `clip_action` if
the actions are known. Joints are H36M-17 in the order of `pipeline.core.skeletons`; pelvis, thorax and spine are
recomputed by the `hourglass` rule on loading.

Shapes: `B` windows, `F` frames. Everything is vectorised over B and F; randomness comes only from the generator passed.
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
from pipeline.lift.window_plan import pad_index

RATE_HZ = 60.0  # Hz, frame rate of the file
UNIT_STATURE_M = 1.55  # m, chain leg + pelvis-thorax-nose-head_top of every body given to the network

# Relative draw weight by source. Half of the minutes are rehabilitation exercises (ui-prmd), and people standing idle
# (reactidle) hardly move: both are drawn less often.
SOURCE_WEIGHT = {"ui-prmd": 0.5, "reactidle": 0.5}
_DEFAULT_WEIGHT = 3.0  # relative draw weight of every other source
_LENGTH_POWER = 0.75  # exponent of the clip length: 0 draws every clip equally often, 1 every frame

# Subjects held out of training for model selection, one or two of each trustworthy source.
SELECTION_SUBJECTS = ("cmu_49", "cmu_91", "hdm05_mm", "ui-prmd_s08")
# `cmu-exp` repeats takes of other sources under other names, so holding its subjects out would leak.

_LEGS, _ARMS, _HEAD, _TRUNK = (2, 3, 5, 6), (12, 13, 15, 16), (9, 10), (7, 8)  # H36M-17 indices of child joints
_UPPER = tuple(range(7, 17))  # H36M-17 indices of the upper body


@dataclass(frozen=True, slots=True)
class Clips:
    """Concatenated clips of H36M-17 joints: `positions` (N, 17, 3), metres.

    Clip k is `positions[start[k]:start[k] + length[k]]`.
    """

    positions: Floats
    start: Ints
    length: Ints
    name: NDArray[np.str_]
    source: NDArray[np.str_]
    subject: NDArray[np.str_]
    action: NDArray[np.str_] | None = None  # None: the file has no actions

    def __len__(self) -> int:
        return len(self.start)

    def select(self, keep: NDArray[np.bool_]) -> Clips:
        """Select the clips of a mask (clips,); the positions array is shared."""
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
        """Compute the draw probabilities (clips,): source weight times length^0.75."""
        weight = np.array([SOURCE_WEIGHT.get(str(source), _DEFAULT_WEIGHT) for source in self.source])
        weight = weight * self.length.astype(np.float64) ** _LENGTH_POWER
        return np.asarray(weight / weight.sum())


def load_clips(path: Path) -> Clips:
    """Read a motion file. Raises `SourceError` if it is missing or of another format."""
    hint = "See training/README.md for the format of the file."
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
    """Split clips by subject into (training, model selection); no subject is in both."""
    held_out = np.isin(clips.subject, subjects)
    if not held_out.any():  # another motion file: hold out every tenth subject, at least one
        held_out = np.isin(clips.subject, np.unique(clips.subject)[::-10])
    return clips.select(~held_out), clips.select(held_out)


def cut_windows(
    clips: Clips, clip: Ints, step: Doubles, first: Doubles, frames: int
) -> tuple[Doubles, NDArray[np.bool_]]:
    """Cut windows (B, frames, 17, 3) out of the clips `clip` (B,), linearly interpolated.

    Rows are `step` (B,) clip frames apart, starting at frame `first` (B,). A clip shorter than its window is centred
    and reflect-padded at both ends, exactly as the library pads a short video. The second result (B, frames) marks the
    rows that are not padding.
    """
    rows = np.floor((clips.length[clip] - 1 - first) / step).astype(np.int64) + 1  # rows that the clip can fill
    position = np.empty((len(clip), frames))  # clip frames, fractional
    own = np.ones((len(clip), frames), bool)
    for b, count in enumerate(np.minimum(rows, frames)):
        index, before = pad_index(int(count), frames)
        position[b] = first[b] + index * step[b]
        own[b] = (np.arange(frames) >= before) & (np.arange(frames) < before + count)
    low = np.minimum(np.floor(position).astype(np.int64), clips.length[clip][:, None] - 1)
    high = np.minimum(low + 1, clips.length[clip][:, None] - 1)
    share = (position - low)[..., None, None]
    start = clips.start[clip][:, None]
    return clips.positions[start + low] * (1 - share) + clips.positions[start + high] * share, own


def draw_windows(
    clips: Clips, rng: np.random.Generator, count: int, frames: int, stride: int = 1, vary_bodies: bool = True
) -> tuple[Doubles, Doubles]:
    """Draw augmented windows (count, frames, 17, 3) and their frame rates (count,), Hz.

    Clip, position in the clip, heading, mirroring and, with `vary_bodies`, the body are random. Frame rates lie between
    24 and 75 fps; only every `stride`-th frame becomes a row.
    """
    clip = rng.choice(len(clips), count, p=clips.draw_weights())
    step = rng.uniform(0.8, 2.5, count) * stride
    spare = np.maximum(clips.length[clip] - 1 - step * (frames - 1), 0)
    joints, _ = cut_windows(clips, clip, step, rng.uniform(0, 1, count) * spare, frames)
    joints = np.where((rng.random(count) < 0.5)[:, None, None, None], mirror(joints), joints)
    joints = rotate_about_vertical(joints, rng.uniform(0, 2 * np.pi, count))
    if vary_bodies:
        joints = vary_proportions(mix_upper_bodies(joints, rng, 0.25), rng)
    return tilt_scenes(joints, rng, 0.06), RATE_HZ / step


def rotate_about_vertical(joints: Doubles, angle_rad: Doubles) -> Doubles:
    """Rotate joints (B, F, 17, 3) about the vertical by (B,) or (B, F) angles."""
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    shape = (*c.shape, *[1] * (joints.ndim - 1 - c.ndim))
    c, s = c.reshape(shape), s.reshape(shape)
    x, y = joints[..., 0], joints[..., 1]
    return np.stack([c * x - s * y, s * x + c * y, joints[..., 2]], axis=-1)


def mix_upper_bodies(joints: Doubles, rng: np.random.Generator, share: float) -> Doubles:
    """Replace the upper body by that of the previous window in a `share` of the windows.

    This gives more poses than were captured. The other upper body is rotated about the vertical so that both pelvises
    share their heading in every frame. Windows with a tipped pelvis, whose heading is undefined, stay unchanged.
    """
    other = np.roll(joints, 1, axis=0)
    hips, hips_other = joints[:, :, 4] - joints[:, :, 1], other[:, :, 4] - other[:, :, 1]
    level = np.minimum(_level(hips), _level(hips_other)).min(axis=1) > 0.7
    mixed = (rng.random(len(joints)) < share) & level
    if not mixed.any():
        return joints
    heading = np.arctan2(hips[..., 1], hips[..., 0]) - np.arctan2(hips_other[..., 1], hips_other[..., 0])
    upper = other[:, :, list(_UPPER)] - other[:, :, :1]
    out = joints.copy()
    out[:, :, list(_UPPER)] = rotate_about_vertical(upper, heading) + joints[:, :, :1]
    return np.where(mixed[:, None, None, None], out, joints)


def _level(vectors: Doubles) -> Doubles:
    """Compute the horizontal share of the length of vectors: (..., 3) -> (...)."""
    return np.asarray(np.linalg.norm(vectors[..., :2], axis=-1) / np.maximum(np.linalg.norm(vectors, axis=-1), 1e-9))


def vary_proportions(joints: Doubles, rng: np.random.Generator) -> Doubles:
    """Randomise body proportions bone by bone, nearly symmetric; every fifth body is a child's.

    The root's path and height scale with the legs, so that feet neither sink into the floor nor slide.
    """
    B = len(joints)
    child = np.where(rng.random(B) < 0.2, rng.uniform(0.2, 1, B), 0)
    scale = np.ones((B, 17))
    log_scale = rng.normal(0, 0.05, (B, 17))
    log_scale[:, list(H36M17.right)] = log_scale[:, list(H36M17.left)]  # people are nearly symmetric ...
    log_scale += rng.normal(0, 0.008, (B, 17))  # ... and the captured bone lengths are not exact
    log_scale[:, 7] = log_scale[:, 8]  # both bones of the trunk scale alike
    scale *= np.exp(log_scale)
    # Joint group, log-normal spread between adults, log of a child's proportion.
    for group, spread, childs in ((_LEGS, 0.05, -0.15), (_ARMS, 0.06, -0.08), (_TRUNK, 0.09, 0.0), (_HEAD, 0.06, 0.45)):
        scale[:, list(group)] *= np.exp(rng.normal(0, spread, B) + childs * child)[:, None]
    # Detectors differ in where they place hips and shoulders (training/README.md): wide spreads.
    scale[:, [1, 4]] *= np.exp(rng.normal(0, 0.14, B))[:, None]
    scale[:, [11, 14]] *= np.exp(rng.normal(0, 0.1, B))[:, None]
    legs = scale[:, list(_LEGS)].mean(axis=1)[:, None, None]
    out = np.empty_like(joints)
    out[:, :, 0] = joints[:, :, 0] * legs
    for child_joint, parent in enumerate(H36M17.parents):
        if parent >= 0:
            bone = joints[:, :, child_joint] - joints[:, :, parent]
            out[:, :, child_joint] = out[:, :, parent] + bone * scale[:, child_joint, None, None]
    return apply_joint_rule(out)


def apply_joint_rule(joints: Doubles) -> Doubles:
    """Recompute pelvis, thorax and spine as midpoints, by the `hourglass` joint rule."""
    out = joints.copy()
    out[..., 0, :] = (out[..., 1, :] + out[..., 4, :]) / 2
    out[..., 8, :] = (out[..., 11, :] + out[..., 14, :]) / 2
    out[..., 7, :] = (out[..., 0, :] + out[..., 8, :]) / 2
    return out


def tilt_scenes(joints: Doubles, rng: np.random.Generator, share: float) -> Doubles:
    """Tilt the scene about a random horizontal axis in a `share` of the windows.

    This stands for lying people, acrobatics and slopes.
    """
    B = len(joints)
    angle = np.where(rng.random(B) < share, rng.normal(0, 0.9, B), 0)
    axis_heading = rng.uniform(0, 2 * np.pi, B)
    centre = joints[:, :, 0].mean(axis=1)[:, None, None]
    x, y, z = np.moveaxis(rotate_about_vertical(joints - centre, -axis_heading), -1, 0)
    c, s = np.cos(angle)[:, None, None], np.sin(angle)[:, None, None]
    return rotate_about_vertical(np.stack([x, c * y - s * z, s * y + c * z], axis=-1), axis_heading) + centre


def at_unit_stature(joints: Doubles) -> tuple[Doubles, Doubles]:
    """Scale each window so that its median stature chain is `UNIT_STATURE_M`.

    (B, F, 17, 3) -> (B, F, 17, 3) and the scale factors (B,).
    """
    factor = UNIT_STATURE_M / np.median(chain_length(joints), axis=1)
    return joints * factor[:, None, None, None], factor
