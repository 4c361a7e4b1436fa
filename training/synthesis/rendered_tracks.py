"""Cut training windows from what the program's detectors saw of rendered people.

Every person and detector of a clip (`training.synthesis.people.shards`) is a track: joints and confidences as they
came, with exchanged sides and missing frames, beside the true joints by the program's rule. Tracks are resampled and
cut at long absences as `pipeline.lift.windows` does it.

Shapes: `T` rows of a track, `B` windows, `F` frames of a window, 17 joints of H36M-17.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles, Floats, Ints
from pipeline.core.camera import Camera
from pipeline.core.skeletons import H36M17, chain_length
from pipeline.lift.inputs.normalise import mirror
from pipeline.lift.resample import grid_rate_hz, sample
from pipeline.lift.window_plan import LONGEST_GAP_S, pad_index
from training.data.motion_file import UNIT_STATURE_M, apply_joint_rule, at_unit_stature
from training.synthesis.batches import Batch, assumed_focal_px, normalised_batch
from training.synthesis.cameras import NEAREST_M
from training.synthesis.people import shards
from training.synthesis.people.shards import Shard

ACCEPTED_HZ = (24.0, 75.0)  # Hz, frame rates of the bundled lifters; slower clips are resampled
_SHORTEST = 12  # rows of the shortest segment that is used
_ROLL_RAD = 0.12  # rad, standard deviation of the rotation of the image by which windows are varied
_TURN_RAD = (0.15, 0.1)  # rad, standard deviations of the rotation about the vertical and horizontal image axis
_BONE_SPREAD = 0.05  # log-normal standard deviation of a bone's length in varied windows
_DEEPEST_M = 1.5  # m at unit stature, limit of the depth channel
_LENGTH_POWER = 0.75  # exponent of the length in the probability that a segment is drawn


@dataclass(frozen=True, slots=True)
class RenderedTrack:
    """Hold one person of a clip as one detector saw them, without a long absence."""

    found: Floats  # (T, 17, 2) px, NaN where not found
    scores: Floats  # (T, 17)
    true: Floats  # (T, 17, 3) camera axes, metres
    size_px: tuple[int, int]
    focal_px: float
    rate_hz: float
    detector: str
    clip: str
    depth: Floats  # (T, 17) the detector's own depth behind the pelvis, metres at unit stature; 0 where unknown


def tracks_of(shard: Shard, person: int, detector: str) -> list[RenderedTrack]:
    """Cut the track of a person into segments, at the rate at which the program lifts them."""
    found, scores = (values[person] for values in shard.detected_h36m17(detector))
    true = shard.true_h36m17()[0][person]
    depth = own_depth(shard, person, detector)
    rate = float(shard.meta["rate_hz"])
    grid_hz = grid_rate_hz(Camera.assumed(shard.size_px, rate), ACCEPTED_HZ)
    if grid_hz is not None:
        found, scores, true, depth = _resampled(found, scores, true, depth, rate, grid_hz)
        rate = grid_hz
    return [
        RenderedTrack(
            found[part],
            scores[part],
            true[part],
            shard.size_px,
            float(shard.arrays["focal_px"]),
            rate,
            detector,
            shard.path.stem,
            depth[part],
        )
        for part in segments(np.isfinite(found).all(-1).any(-1), int(LONGEST_GAP_S * rate))
        if part.stop - part.start >= _SHORTEST
    ]


def own_depth(shard: Shard, person: int, detector: str) -> Floats:
    """Return the detector's own depth of the joints behind the pelvis.

    (T, 17), metres at unit stature; 0: unknown.
    """
    points = shard.depth_h36m17(detector)
    if points is None:
        return np.zeros(shard.arrays["joints_world"].shape[1:2] + (17,), np.float32)
    return depth_channel(points[person])


def depth_channel(points: Floats) -> Floats:
    """Convert a detector's own joints (T, 17, 3), camera axes, to the depth channel (T, 17)."""
    scale = UNIT_STATURE_M / np.maximum(chain_length(points), 1e-3)
    depth = (points[..., 2] - points[:, :1, 2]) * scale[:, None]
    return np.clip(np.nan_to_num(depth), -_DEEPEST_M, _DEEPEST_M).astype(np.float32)


def segments(seen: np.ndarray, longest_gap: int) -> list[slice]:
    """Split rows at absences of more than `longest_gap` rows.

    `seen` (T,) -> runs that begin and end with a seen row.
    """
    rows = np.flatnonzero(seen)
    if not len(rows):
        return []
    cuts = np.flatnonzero(np.diff(rows) - 1 > longest_gap)
    first, last = rows[np.concatenate([[0], cuts + 1])], rows[np.concatenate([cuts, [len(rows) - 1]])]
    return [slice(int(a), int(b) + 1) for a, b in zip(first, last, strict=True)]


def _resampled(
    found: Floats, scores: Floats, true: Floats, depth: Floats, rate_hz: float, grid_hz: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Resample a track to the grid: detections as the program does, the truth by a cubic."""
    from scipy.interpolate import CubicSpline

    times = np.arange(len(found)) / rate_hz
    wanted = np.arange(int(times[-1] * grid_hz + 1e-6) + 1) / grid_hz
    between = CubicSpline(times, true.astype(np.float64))(wanted)
    joints, sure = sample(found, scores, times, wanted)
    flat = sample(np.repeat(depth[..., None], 2, -1), scores, times, wanted)[0][..., 0]
    return joints, sure, between.astype(np.float32), flat


def load_tracks(folder: Path, split: str, detectors: Sequence[str] = ("full", "heavy")) -> list[RenderedTrack]:
    """Load the tracks of all finished clips of a folder and split, "train" or "held_out"."""
    return list(_tracks(shards.read_all(folder, split), detectors))


def _tracks(clips: Iterator[Shard], detectors: Sequence[str]) -> Iterator[RenderedTrack]:
    for shard in clips:
        for person in range(len(shard.meta["people"])):
            for detector in detectors:
                if detector in shard.meta["detectors"]:
                    yield from tracks_of(shard, person, detector)


def draw_rendered_batch(
    tracks: Sequence[RenderedTrack],
    rng: np.random.Generator,
    count: int,
    frames: int,
    stride: int = 1,
    rule: str = "person_ray",
    vary: bool = True,
    depth_share: float | None = None,
) -> Batch:
    """Draw a batch of windows of rendered people.

    With `vary` they are mirrored, rolled, turned a little and of assumed field of view. Only every `stride`-th frame
    becomes a row. A segment shorter than a window is centred and reflect-padded. With a `depth_share`, the input has
    one more channel, the detector's own depth, which is zero in the other windows.
    """
    weight = np.array([len(track.found) for track in tracks], np.float64) ** _LENGTH_POWER
    chosen = [tracks[k] for k in rng.choice(len(tracks), count, p=weight / weight.sum())]
    found, scores = np.empty((count, frames, 17, 2), np.float32), np.empty((count, frames, 17), np.float32)
    true, depth = np.empty((count, frames, 17, 3)), np.zeros((count, frames, 17), np.float32)
    for b, track in enumerate(chosen):
        rows = _rows(len(track.found), frames, stride, rng)
        found[b], scores[b], true[b], depth[b] = (
            values[rows] for values in (track.found, track.scores, track.true, track.depth)
        )
    sizes = np.array([track.size_px for track in chosen], np.float64)
    focal = np.array([track.focal_px for track in chosen])
    if vary:
        found, true = _another_view(found, true, focal, sizes, rng)
        found, scores, true, depth = _varied(found, scores, true, depth, sizes, rng)
        assumed = assumed_focal_px(focal, sizes, rng)
    else:
        assumed = focal
    true, _ = at_unit_stature(true)
    batch = normalised_batch(found, scores, true, sizes, assumed, rule)
    if depth_share is None:
        return batch
    known = rng.random(count) < depth_share
    return with_depth(batch, np.where(known[:, None, None], depth, 0))


def with_depth(batch: Batch, depth: Floats | None = None) -> Batch:
    """Append the depth channel (B, F, 17) to the input of a batch; None: unknown."""
    deep = np.zeros(batch.x.shape[:-1], np.float32) if depth is None else depth
    return replace(batch, x=np.concatenate([batch.x, deep[..., None]], -1, dtype=np.float32))


def _rows(length: int, frames: int, stride: int, rng: np.random.Generator) -> Ints:
    """Draw the rows (frames,) of one window of a segment."""
    spare = length - 1 - stride * (frames - 1)
    if spare >= 0:
        return int(rng.integers(spare + 1)) + stride * np.arange(frames)
    index, _ = pad_index(length, stride * (frames - 1) + 1)
    return index[::stride]


def _another_view(
    found: Floats, true: Doubles, focal: Doubles, sizes: Doubles, rng: np.random.Generator
) -> tuple[Floats, Doubles]:
    """Turn people a little and vary their bones, and move the detections with their true joints.

    The differences between detected and true image points stay: a detector errs alike on nearly the same picture. It
    keeps a network from learning a few hundred clips by heart.
    """
    B = len(true)
    root = true[:, :, :1]
    angles = rng.normal(0, 1, (B, 2)) * _TURN_RAD
    (cy, cp), (sy, sp) = np.cos(angles).T[..., None, None], np.sin(angles).T[..., None, None]
    log_scale = rng.normal(0, _BONE_SPREAD, (B, 17))
    log_scale[:, list(H36M17.right)] = log_scale[:, list(H36M17.left)]
    scale = np.exp(log_scale)
    bones = true - true[:, :, [max(parent, 0) for parent in H36M17.parents]]
    x, y, z = np.moveaxis(bones, -1, 0)
    x, z = cy * x + sy * z, cy * z - sy * x
    y, z = cp * y - sp * z, sp * y + cp * z
    bones = np.stack([x, y, z], -1) * scale[:, None, :, None]
    other = root + np.zeros_like(true)
    for joint, parent in enumerate(H36M17.parents):
        if parent >= 0:
            other[:, :, joint] = other[:, :, parent] + bones[:, :, joint]
    other = apply_joint_rule(other)
    moved = _image_of(other, focal, sizes) - _image_of(true, focal, sizes)
    return (found + moved).astype(np.float32), other


def _image_of(true: Doubles, focal: Doubles, sizes: Doubles) -> Doubles:
    depth = np.maximum(true[..., 2:], NEAREST_M)
    return np.asarray(true[..., :2] / depth * focal[:, None, None, None] + sizes[:, None, None] / 2)


def _varied(
    found: Floats, scores: Floats, true: Doubles, depth: Floats, sizes: Doubles, rng: np.random.Generator
) -> tuple[Floats, Floats, Doubles, Floats]:
    """Mirror half of the windows, and roll all of them about the camera's axis."""
    mirrored = rng.random(len(found)) < 0.5
    centre = sizes[:, None, None] / 2
    flat = found - centre
    flat = np.where(mirrored[:, None, None, None], mirror(flat), flat)
    scores = np.where(mirrored[:, None, None], scores[..., H36M17.mirror], scores)
    depth = np.where(mirrored[:, None, None], depth[..., H36M17.mirror], depth)
    true = np.where(mirrored[:, None, None, None], mirror(true), true)
    angle = rng.normal(0, _ROLL_RAD, len(found))[:, None, None]
    c, s = np.cos(angle), np.sin(angle)
    rolled = np.stack([c * flat[..., 0] - s * flat[..., 1], s * flat[..., 0] + c * flat[..., 1]], -1) + centre
    x, y, z = np.moveaxis(true, -1, 0)
    return rolled.astype(np.float32), scores, np.stack([c * x - s * y, s * x + c * y, z], -1), depth
