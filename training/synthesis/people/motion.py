"""Draw a person's motion in a clip: moving, seated, at a desk with busy hands, or lying.

Motion has 17 joints, z up. Moving people follow unchanged motion capture. Seated and lying motion is derived from it:
the upper body of a calm take over sitting legs, or a whole take laid on its back, front or side. All random values come
from the given generator.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from pipeline.body.bones import unit
from pipeline.core.arrays import Doubles, Ints
from pipeline.core.errors import SourceError
from pipeline.lift.inputs.normalise import mirror
from training.data.motion_file import RATE_HZ, Clips, cut_windows, load_clips, rotate_about_vertical, selection_split

KINDS = ("moving", "seated", "desk", "lying")
_LEGS, _ARMS = (1, 2, 3, 4, 5, 6), (12, 13, 15, 16)
_CALM = 0.35  # m/s: median speed of the pelvis below which the upper body of a take may be seated
_UPRIGHT = 0.8  # cosine of the trunk's lean, reached in 95 % of a take that may be seated
_RARE = ("lie", "sit", "squat", "roll", "floor", "kneel", "climb", "cartwheel", "jump", "danc", "getup", "crawl")
_RARE_WEIGHT = 2.5
_SWITCH = 0.5  # share of the takes that are mirrored


@dataclass(frozen=True, slots=True)
class Motions:
    """Hold the takes of one side of the split, and which of them are calm."""

    clips: Clips
    calm: Ints  # takes whose upper body may be seated or lie

    @staticmethod
    def of(clips: Clips) -> Motions:
        speed = np.empty(len(clips))
        for k, (start, length) in enumerate(zip(clips.start, clips.length, strict=True)):
            pelvis = clips.positions[start : start + length : 6, 0, :2]
            trunk = clips.positions[start : start + length, 8] - clips.positions[start : start + length, 0]
            upright = trunk[:, 2] / np.maximum(np.linalg.norm(trunk, axis=-1), 1e-6)
            speed[k] = np.median(np.linalg.norm(np.diff(pelvis, axis=0), axis=-1)) * RATE_HZ / 6
            if np.percentile(upright, 5) < _UPRIGHT:
                speed[k] = np.inf
        calm = np.flatnonzero(speed < _CALM)
        return Motions(clips, calm if len(calm) else np.arange(len(clips)))


def load_motions(path: Path, all_held_out: bool = False) -> tuple[Motions | None, Motions]:
    """Load the motion for training and the held-out motion.

    The split is by person, as everywhere in training; with `all_held_out`, no person is for training. The spine is the
    motion capture's own here, not the middle that lifters receive.
    """
    clips = load_clips(path)
    try:
        with np.load(path, allow_pickle=False) as data:
            clips = replace(clips, positions=data["positions"].astype(np.float32))
    except (OSError, KeyError, ValueError) as error:
        raise SourceError(f"The motion file {path} cannot be read ({error}).", "See training/README.md.") from error
    if all_held_out:
        return None, Motions.of(clips)
    training, held_out = selection_split(clips)
    return Motions.of(training), Motions.of(held_out)


@dataclass(frozen=True, slots=True)
class Motion:
    """Hold the joints of one motion and its origin.

    `joints` (T, 17, 3) are in metres of the take's own body; the pelvis starts above the origin.
    """

    joints: Doubles
    kind: str
    clip: int  # number of the take in its `Motions`
    name: str
    source: str
    subject: str
    place: Doubles  # (T,) row of the take, 60 Hz


def draw_motion(motions: Motions, rng: np.random.Generator, kind: str, frames: int, rate_hz: float) -> Motion:
    clips = motions.clips
    if kind == "moving":
        weight = clips.draw_weights() * [_RARE_WEIGHT if _rare(clips, k) else 1.0 for k in range(len(clips))]
        clip = int(rng.choice(len(clips), p=weight / weight.sum()))
    else:
        clip = int(rng.choice(motions.calm))
    step = RATE_HZ / rate_hz * rng.uniform(0.85, 1.2)
    spare = max(0.0, clips.length[clip] - 1 - step * (frames - 1))
    first = float(rng.uniform(0, 1) * spare)
    joints, _ = cut_windows(clips, np.array([clip]), np.array([step]), np.array([first]), frames)
    place = first + step * np.arange(frames)
    if rng.random() < _SWITCH:
        joints = mirror(joints)
    joints = rotate_about_vertical(joints.astype(np.float64), rng.uniform(0, 2 * np.pi, 1))[0]
    joints = joints - joints[:1, :1] * [1, 1, 0]
    if kind in ("seated", "desk"):
        joints = _seated(joints, rng, rate_hz, busy=kind == "desk")
    elif kind == "lying":
        joints = _lying(joints, rng)
    return Motion(joints, kind, clip, str(clips.name[clip]), str(clips.source[clip]), str(clips.subject[clip]), place)


def _rare(clips: Clips, k: int) -> bool:
    text = f"{clips.name[k]} {clips.action[k] if clips.action is not None else ''}".lower()
    return any(word in text for word in _RARE)


def wander(rng: np.random.Generator, frames: int, rate_hz: float, within_s: float, count: int) -> Doubles:
    """Draw smooth noise (T, count) of standard deviation 1 that changes within `within_s`."""
    from scipy.ndimage import gaussian_filter1d

    sigma = within_s * rate_hz
    pad = int(4 * sigma) + 1
    raw = gaussian_filter1d(rng.standard_normal((frames + 2 * pad, count)), sigma, axis=0)
    return np.asarray(raw[pad : pad + frames] * np.sqrt(2 * np.sqrt(np.pi) * sigma))


def heading(joints: Doubles) -> Doubles:
    """Compute the heading of the pelvis (T,), radians from world +x, unwrapped."""
    hips = joints[:, 4] - joints[:, 1]
    return np.unwrap(np.arctan2(-hips[:, 0], hips[:, 1]))


def _seated(joints: Doubles, rng: np.random.Generator, rate_hz: float, busy: bool) -> Doubles:
    """Seat the take: its upper body over sitting legs, with working hands if `busy`.

    The upper body is turned against 0.9 of the pelvis's change in heading, so the pelvis nearly keeps its heading.
    """
    frames = len(joints)
    way = heading(joints)
    lean = float(rng.normal(0.0 if busy else -0.1, 0.15))
    out = joints - joints[:, :1]
    out = rotate_about_vertical(out, (way[0] - way)[:, None] * 0.9)
    front = np.array([np.cos(way[0]), np.sin(way[0]), 0.0])
    left = np.array([-front[1], front[0], 0.0])
    c, s = np.cos(lean), np.sin(lean)
    upper = [7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    ahead, up = out[:, upper] @ front, out[:, upper, 2]
    out[:, upper] += (ahead * (c - 1) + up * s)[..., None] * front + (up * (c - 1) - ahead * s)[..., None] * [0, 0, 1]
    thigh = float(np.median(np.linalg.norm(joints[:, 1] - joints[:, 2], axis=-1)))
    shank = float(np.median(np.linalg.norm(joints[:, 2] - joints[:, 3], axis=-1)))
    half = float(np.median(np.linalg.norm(joints[:, 1] - joints[:, 4], axis=-1))) / 2
    drop = float(rng.normal(0.06, 0.1))  # radians: angle of the thighs below the horizontal
    sway = wander(rng, frames, rate_hz, 0.7, 8) * float(rng.choice([0.01, 0.05]))
    spread, tuck = rng.normal(0.12, 0.12), rng.normal(0.05, 0.2)
    for side, sign, (hip, knee, ankle) in ((0, 1.0, (4, 5, 6)), (1, -1.0, (1, 2, 3))):
        out[:, hip] = left * sign * half
        turn = sign * (spread + rng.normal(0, 0.06)) + sway[:, 4 * side]
        dip = drop + rng.normal(0, 0.04) + sway[:, 4 * side + 1]
        flat = np.cos(turn)[:, None] * front + np.sin(turn)[:, None] * left
        thigh_way = unit(flat * np.cos(dip)[:, None] - np.sin(dip)[:, None] * [0, 0, 1.0])
        bend = tuck + rng.normal(0, 0.15) + sway[:, 4 * side + 2]
        shank_way = unit(-np.cos(bend)[:, None] * [0, 0, 1.0] - np.sin(bend)[:, None] * flat)
        out[:, knee] = out[:, hip] + thigh * thigh_way
        out[:, ankle] = out[:, knee] + shank * shank_way
    if busy:
        _busy_hands(out, joints, front, left, rng, rate_hz)
    pelvis_m = shank * np.cos(tuck) + thigh * np.sin(drop) + 0.08
    return np.asarray(out + [0, 0, max(pelvis_m, 0.3)])


def _busy_hands(
    out: Doubles, joints: Doubles, front: Doubles, left: Doubles, rng: np.random.Generator, rate_hz: float
) -> None:
    """Move the hands, in place, to a keyboard, a phone or the face, within the arms' reach."""
    frames = len(out)
    for sign, (shoulder, elbow, wrist) in ((1.0, (11, 12, 13)), (-1.0, (14, 15, 16))):
        if rng.random() < 0.2:  # this arm keeps the take's motion
            continue
        upper = float(np.median(np.linalg.norm(joints[:, shoulder] - joints[:, elbow], axis=-1)))
        fore = float(np.median(np.linalg.norm(joints[:, elbow] - joints[:, wrist], axis=-1)))
        height = float(rng.choice([-1.0, -0.55, 0.25], p=[0.65, 0.2, 0.15])) + float(rng.normal(0, 0.08))
        goal = np.array([float(rng.uniform(0.75, 1.25)), float(rng.normal(-0.25, 0.3)), height])
        moves = wander(rng, frames, rate_hz, 0.25, 3) * float(rng.choice([0.02, 0.08, 0.25]))
        place = (goal + moves) * (upper + fore) * [0.6, 0.6, 0.75]
        target = place[:, :1] * front + place[:, 1:2] * left * sign + place[:, 2:] * [0, 0, 1.0]
        reach = np.linalg.norm(target, axis=-1, keepdims=True)
        target *= np.clip(reach, abs(upper - fore) + 0.03, 0.97 * (upper + fore)) / reach
        reach = np.linalg.norm(target, axis=-1)
        along = (upper**2 - fore**2 + reach**2) / (2 * reach)
        pole = unit(np.broadcast_to(-0.6 * np.array([0, 0, 1.0]) - 0.3 * front + 0.5 * sign * left, target.shape))
        axis = target / reach[:, None]
        pole = unit(pole - (pole * axis).sum(-1, keepdims=True) * axis)
        out[:, elbow] = (
            out[:, shoulder] + axis * along[:, None] + pole * np.sqrt(np.maximum(upper**2 - along**2, 1e-6))[:, None]
        )
        out[:, wrist] = out[:, shoulder] + target


def _lying(joints: Doubles, rng: np.random.Generator) -> Doubles:
    """Lay the take on its back, front or a side, with the pelvis at a fixed place."""
    way = heading(joints)
    out = rotate_about_vertical(joints - joints[:, :1], (-way)[:, None])  # facing +x
    roll = {"back": 0.0, "front": np.pi, "left": np.pi / 2, "right": -np.pi / 2}
    how = float(roll[str(rng.choice(list(roll), p=[0.45, 0.25, 0.15, 0.15]))] + rng.normal(0, 0.15))
    x, y, z = np.moveaxis(out, -1, 0)
    front, left = np.cos(how) * x - np.sin(how) * y, np.sin(how) * x + np.cos(how) * y
    pitch = float(rng.normal(0, 0.08))  # radians: slope of the body, so that the upper body may be raised
    c, s = np.cos(pitch), np.sin(pitch)
    laid = np.stack([-(c * z - s * front), left, c * front + s * z], axis=-1)  # the side that faced +x faces up
    return rotate_about_vertical(laid[None], rng.uniform(0, 2 * np.pi, 1))[0] + [0, 0, 0.15]
