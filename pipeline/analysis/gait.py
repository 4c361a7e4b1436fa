"""Detect gait events and measure cadence, stride and stance of a walking person.

Coordinate method (Zeni, Richards and Higginson, Gait & Posture 27:710, 2008): in the direction in which the body faces,
a foot touches the ground where it is furthest in front of the pelvis and leaves it where it is furthest behind. The
method needs neither a floor nor a fixed position, so it works on a treadmill. The 17 joints have no heel and no toe, so
the ankle stands for both: heel strikes are correct, and toe offs come slightly early (the ankle reverses before the
toe). Where a detector finds toes, the pitch of the sole gives when the foot becomes flat and when the heel leaves.

Only walking is measured: steps that alternate at a walking pace, legs that swing in opposite directions, feet that are
on the ground for most of the time, and a speed below that of the transition to running (Froude number 0.5: Alexander,
Physiol. Rev. 69:1199, 1989). For any other motion `gait` returns None.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from ..body.bones import unit
from ..body.filters import runs
from ..core.arrays import Doubles

Side = Literal["right", "left"]
SIDES: tuple[Side, Side] = ("right", "left")
_LEGS = ((1, 2, 3), (4, 5, 6))  # hip, knee, ankle

_ANKLE_SIGMA_S = 0.05  # s, standard deviation of the Gaussian that smooths the ankles' paths
_FACING_SIGMA_S = 0.4  # s, standard deviation for the facing direction, which swings with every step
_MIN_SWING = 0.2  # leg lengths: a smaller swing of an ankle is not a step
_STEP_DURATION_S = (0.25, 1.2)  # s, limits of the time from a heel strike to the other foot's heel strike
_MIN_STRIKES = 4  # consecutive heel strikes, that is, three steps
_MAX_CORRELATION = -0.4  # upper limit of the correlation between the two ankles' swings
_MAX_FROUDE = 0.5  # speed^2 / (gravity x leg length) at which people begin to run
_MIN_STANCE = 0.53  # fraction of the stride: in running or stepping around, a foot is on the ground for less
_MIN_SPEED_M_S = 0.2  # m/s: a slower body walks on a treadmill, or its path is unknown
_MIDSTANCE = (0.3, 0.6)  # part of the time from heel strike to toe off in which the foot stands flat
_MIN_STANCE_ROWS = 6  # frames from heel strike to toe off in which its parts can be told apart
_TOES_UP_DEG, _HEEL_UP_DEG = 5.0, 8.0  # degrees from the pitch of the standing foot at which it is no longer flat
_GRAVITY_M_S2 = 9.81


@dataclass(frozen=True, slots=True)
class GaitEvent:
    """Record that a foot, its sole or its heel touches or leaves the ground."""

    kind: Literal["heel_strike", "foot_flat", "heel_off", "toe_off"]
    side: Side
    row: int  # nearest row of the take
    time_s: float  # s, interpolated between frames


@dataclass(frozen=True, slots=True)
class Gait:
    """Hold the gait parameters of a person: means over all strides, None where unknown.

    Lengths and speed are None for a person who walks on the spot; their accuracy is that of the take's scale.
    """

    events: tuple[GaitEvent, ...]  # sorted by time
    steps: int
    cadence_per_min: float  # steps per minute
    stride_time_s: float  # s from a heel strike to the next one of the same foot
    stance_share: float  # fraction of the stride from heel strike to toe off
    stride_length_m: float | None
    step_width_m: float | None  # m from a heel strike to the line between two strikes of the other foot
    speed_m_s: float | None
    asymmetry: float | None  # (right step time - left step time) / their mean

    def to_json(self) -> dict[str, Any]:
        """Convert to JSON values, rounded to four decimal positions."""
        values = {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(self).items()
            if name != "events"
        }
        events = [{"kind": e.kind, "side": e.side, "row": e.row, "time_s": round(e.time_s, 4)} for e in self.events]
        return {**values, "events": events}


def gait(joints: Doubles, time_s: Doubles, soles: Doubles | None = None) -> Gait | None:
    """Measure the gait of one person, or return None if they do not walk.

    `joints` (T, 17, 3): world joints in metres, z up, NaN = not seen; `time_s` (T,). With `soles` (T, 2, 3), the unit
    vectors from heel to toes of the left and the right foot (NaN = unknown), `foot_flat` and `heel_off` are found too.
    """
    bouts = []
    for run in runs(np.isfinite(joints).all(axis=(1, 2))):
        if run.stop - run.start >= 4:
            bouts += _bouts(np.asarray(joints[run], np.float64), time_s[run], run.start)
    if not bouts:
        return None
    found = _summarise(bouts)
    if soles is None:
        return found
    events = (*found.events, *flat_events(found.events, soles, time_s))
    return replace(found, events=tuple(sorted(events, key=lambda event: event.time_s)))


@dataclass(frozen=True, slots=True)
class _Strike:
    side: int
    at: float  # fractional row within the run of seen frames
    position: Doubles  # (3,) m, of the ankle


@dataclass(frozen=True, slots=True)
class _Bout:
    """Hold a sequence of consecutive steps and their gait events."""

    times: Doubles  # (n,) s, of the heel strikes
    sides: list[int]
    positions: Doubles  # (n, 3) m, of the striking ankles
    toe_offs: list[tuple[int, float]]  # (side, s)
    events: list[GaitEvent]


def _bouts(joints: Doubles, time_s: Doubles, first_row: int) -> list[_Bout]:
    """Find the sequences of steps in joints (T, 17, 3) without a gap."""
    rate_hz = (len(time_s) - 1) / max(float(time_s[-1] - time_s[0]), 1e-6)
    ahead, leg_m, speed = _ankles_ahead(joints, rate_hz)
    fronts, backs = zip(*(_extrema(ahead[:, side], _MIN_SWING * leg_m) for side in range(2)), strict=True)
    strikes = sorted(
        (_Strike(side, at, joints[min(round(at), len(joints) - 1), _LEGS[side][2]]) for side in range(2)
         for at in fronts[side]),
        key=lambda strike: strike.at,
    )  # fmt: skip

    def when(rows: list[float]) -> list[float]:
        return np.interp(rows, np.arange(len(time_s)), time_s).tolist()

    out = []
    for chain in _step_sequences(strikes, rate_hz):
        begin, end = chain[0].at, chain[-1].at
        inside = slice(int(begin), int(end) + 1)
        correlation = np.corrcoef(ahead[inside, 0], ahead[inside, 1])[0, 1]
        if correlation > _MAX_CORRELATION or np.median(speed[inside]) ** 2 > _MAX_FROUDE * _GRAVITY_M_S2 * leg_m:
            continue
        # Toe offs within the sequence, and those right before its first heel strike.
        lead = _STEP_DURATION_S[1] * rate_hz / 2
        offs = [(side, at) for side in range(2) for at in backs[side] if begin - lead <= at <= end]
        strike_s, off_s = when([s.at for s in chain]), when([at for _, at in offs])
        found = [
            GaitEvent("heel_strike", SIDES[s.side], first_row + round(s.at), at_s)
            for s, at_s in zip(chain, strike_s, strict=True)
        ]
        found += [
            GaitEvent("toe_off", SIDES[side], first_row + round(at), at_s)
            for (side, at), at_s in zip(offs, off_s, strict=True)
        ]
        bout = _Bout(
            np.array(strike_s),
            [s.side for s in chain],
            np.array([s.position for s in chain]),
            [(side, at_s) for (side, _), at_s in zip(offs, off_s, strict=True)],
            sorted(found, key=lambda event: event.time_s),
        )
        stances = _stances(bout)
        if stances and np.mean(stances) > _MIN_STANCE:
            out.append(bout)
    return out


def flat_events(events: Sequence[GaitEvent], soles: Doubles, time_s: Doubles) -> list[GaitEvent]:
    """Find foot flat after each heel strike, and heel off before each toe off.

    `soles` (T, 2, 3): see `gait`. Between strike and toe off the pitch of the sole falls to that of the standing foot,
    stays there, and falls again as the heel rises. Where it does not, or is unknown, there is no event.
    """
    found = []
    for side, at in (("right", 1), ("left", 0)):
        pitch = np.degrees(np.arcsin(np.clip(soles[:, at, 2], -1, 1)))
        own = [event for event in events if event.side == side]
        for strike, off in itertools.pairwise(own):
            if (strike.kind, off.kind) != ("heel_strike", "toe_off") or off.row - strike.row < _MIN_STANCE_ROWS:
                continue
            rows = np.arange(strike.row, off.row + 1)
            stance = pitch[rows]
            if not np.isfinite(stance).all():
                continue
            begin, end = (round(share * (len(rows) - 1)) for share in _MIDSTANCE)
            standing = float(np.median(stance[begin : end + 1]))
            middle = (begin + end) // 2
            raised, lifted = stance > standing + _TOES_UP_DEG, stance < standing - _HEEL_UP_DEG
            if raised[:middle].any():
                flat = int(np.flatnonzero(raised[:middle])[-1]) + 1
                found.append(GaitEvent("foot_flat", strike.side, int(rows[flat]), float(time_s[rows[flat]])))
            if lifted[middle:].any():
                heel = middle + int(np.argmax(lifted[middle:]))
                found.append(GaitEvent("heel_off", strike.side, int(rows[heel]), float(time_s[rows[heel]])))
    return found


def _ankles_ahead(joints: Doubles, rate_hz: float) -> tuple[Doubles, float, Doubles]:
    """Return how far the ankles are in front of the pelvis, the leg length, and the speed.

    Shapes and units: (T, 2) metres for right and left; metres; (T,) m/s.
    """
    from scipy.ndimage import gaussian_filter1d

    def smoothed(values: Doubles, seconds: float) -> Doubles:
        return np.asarray(gaussian_filter1d(values, max(seconds * rate_hz, 0.1), axis=0, mode="nearest"))

    right = joints[:, 1] - joints[:, 4]
    facing = unit(smoothed(np.stack([-right[:, 1], right[:, 0]], axis=1), _FACING_SIGMA_S))
    pelvis = smoothed(joints[:, 0, :2], _FACING_SIGMA_S)
    velocity = np.gradient(pelvis, axis=0) * rate_hz
    along = np.einsum("tc,tc->t", velocity, facing)
    if np.median(along) < -_MIN_SPEED_M_S:  # in backward walking a foot strikes behind the pelvis
        facing = -facing
    ankles = joints[:, [3, 6], :2] - joints[:, :1, :2]
    ahead = smoothed(np.einsum("tfc,tc->tf", ankles, facing), _ANKLE_SIGMA_S)
    bones = [np.linalg.norm(joints[:, a] - joints[:, b], axis=1) for leg in _LEGS for a, b in (leg[:2], leg[1:])]
    return ahead, float(np.median(sum(bones)) / 2), np.asarray(np.linalg.norm(velocity, axis=1))


def _extrema(path: Doubles, reach: float) -> tuple[list[float], list[float]]:
    """Return the fractional rows of the maxima and of the minima of a path (T,).

    The path changes by at least `reach` between two extrema, before the first and after the last one. There are none
    where `reach` is 0, which is that of a person whose legs have no length.
    """
    if len(path) < 3 or reach <= 0:
        return [], []
    slope = np.sign(np.diff(path))
    bends = [0, *(np.flatnonzero(slope[1:] != slope[:-1]) + 1).tolist(), len(path) - 1]
    found: tuple[list[float], list[float]] = ([], [])
    highest = lowest = bends[0]
    rising: bool | None = None  # None: unknown before the first change by `reach`
    for at in bends:
        if path[at] > path[highest]:
            highest = at
        if path[at] < path[lowest]:
            lowest = at
        if rising is not True and path[at] - path[lowest] >= reach:
            if rising is False:
                found[1].append(_peak_row(-path, lowest))
            rising, highest = True, at
        elif rising is not False and path[highest] - path[at] >= reach:
            if rising is True:
                found[0].append(_peak_row(path, highest))
            rising, lowest = False, at
    return found


def _peak_row(path: Doubles, peak: int) -> float:
    """Return the fractional row of the maximum of a parabola through a peak and its neighbours."""
    before, here, after = path[peak - 1 : peak + 2]
    bend = before - 2 * here + after
    return float(peak) + (0.5 * float(before - after) / float(bend) if bend < 0 else 0.0)


def _step_sequences(strikes: Sequence[_Strike], rate_hz: float) -> list[list[_Strike]]:
    """Split strikes into sequences that alternate between the feet at a walking pace."""
    chains: list[list[_Strike]] = []
    for strike in strikes:
        last = chains[-1][-1] if chains else None
        shortest, longest = (seconds * rate_hz for seconds in _STEP_DURATION_S)
        if last is not None and last.side != strike.side and shortest <= strike.at - last.at <= longest:
            chains[-1].append(strike)
        else:
            chains.append([strike])
    return [chain for chain in chains if len(chain) >= _MIN_STRIKES]


def _summarise(bouts: Sequence[_Bout]) -> Gait:
    steps = np.concatenate([np.diff(bout.times) for bout in bouts])
    # A step is named after the foot that ends it.
    own = np.concatenate([np.array(bout.sides[1:]) for bout in bouts])
    strides = np.concatenate([bout.times[2:] - bout.times[:-2] for bout in bouts])
    lengths = np.concatenate([np.linalg.norm((b.positions[2:] - b.positions[:-2])[:, :2], axis=1) for b in bouts])
    widths = np.concatenate([_widths(bout.positions[:, :2]) for bout in bouts])
    stances = [share for bout in bouts for share in _stances(bout)]
    speed = float(lengths.sum() / strides.sum())
    travels = speed > _MIN_SPEED_M_S
    right, left = (float(steps[own == side].mean()) if (own == side).any() else np.nan for side in range(2))
    return Gait(
        tuple(event for bout in bouts for event in bout.events),
        len(steps),
        float(60 * len(steps) / steps.sum()),
        float(strides.mean()),
        float(np.mean(stances)),
        float(lengths.mean()) if travels else None,
        float(widths.mean()) if travels else None,
        speed if travels else None,
        float((right - left) / np.mean([right, left])) if np.isfinite([right, left]).all() else None,
    )


def _stances(bout: _Bout) -> list[float]:
    """Return each stride's fraction from heel strike to toe off."""
    shares = []
    for side in range(2):
        strikes = bout.times[[at for at, foot in enumerate(bout.sides) if foot == side]]
        for off in (off for foot, off in bout.toe_offs if foot == side):
            after = int(np.searchsorted(strikes, off))
            if 0 < after < len(strikes):
                start, end = strikes[after - 1 : after + 1]
                shares.append(float((off - start) / (end - start)))
    return shares


def _widths(positions: Doubles) -> Doubles:
    """Return the step widths (n - 2,) of heel strikes at `positions` (n, 2), in metres.

    The width is a strike's distance from the line between the other foot's two strikes (Huxham et al. 2006).
    """
    line = unit(positions[2:] - positions[:-2])
    over = positions[1:-1] - positions[:-2]
    return np.asarray(np.abs(line[:, 0] * over[:, 1] - line[:, 1] * over[:, 0]))
