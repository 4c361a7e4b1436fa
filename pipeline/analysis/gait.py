"""Gait events and cadence of somebody who walks, from the joints alone.

Coordinate method (Zeni, Richards and Higginson, Gait & Posture 27:710, 2008): in the direction in which the body faces,
a foot touches the ground where it is furthest in front of the pelvis and leaves it where it is furthest behind. It
needs no floor and no steady place, so it holds on a treadmill. The 17 joints have no heel and no toe: the ankle stands
for both, so heel strikes come out true and toe offs a little early (the ankle turns round before the toe does).

Only walking is measured: steps that alternate at a walker's pace, legs that swing against each other, feet that are on
the ground for most of the time, and a speed below that at which people begin to run (Froude number 0.5: Alexander,
Physiol. Rev. 69:1199, 1989). Of anything else there is nothing to say (`gait` gives None).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from ..body.bones import unit
from ..body.filters import runs
from ..core.arrays import Doubles

Side = Literal["right", "left"]
SIDES: tuple[Side, Side] = ("right", "left")
_LEGS = ((1, 2, 3), (4, 5, 6))  # hip, knee, ankle

_SETTLE_S = 0.05  # deviation of the Gaussian over the way of the ankles
_FACING_S = 0.4  # ... and over the direction in which the body faces: it swings with every step
_REACH = 0.2  # of the leg's length: a smaller swing of an ankle is no step
_STEP_S = (0.25, 1.2)  # from one heel strike to the other foot's
_LEAST_STRIKES = 4  # in a row: three steps
_AGAINST = -0.4  # correlation of the two ankles' ways
_FROUDE = 0.5
_STANCE = 0.53  # of the stride: a foot of somebody who runs, or steps about, is on the ground for less
_STANDS_M_S = 0.2  # a slower body walks on a treadmill, or its path is not known
_GRAVITY = 9.81


@dataclass(frozen=True, slots=True)
class GaitEvent:
    """A foot touches or leaves the ground."""

    kind: Literal["heel_strike", "toe_off"]
    side: Side
    row: int  # of the take, the nearest
    time_s: float  # between the frames


@dataclass(frozen=True, slots=True)
class Gait:
    """How somebody walks. Means over all strides; None where the take does not show it.

    Lengths and speed are None for somebody who walks on the spot; all are as good as the scale of the take.
    """

    events: tuple[GaitEvent, ...]  # by time
    steps: int
    cadence_per_min: float  # steps a minute
    stride_time_s: float  # heel strike to the same foot's next one
    stance_share: float  # of the stride, from heel strike to toe off
    stride_length_m: float | None
    step_width_m: float | None  # of a heel strike from the line between two of the other foot
    speed_m_s: float | None
    asymmetry: float | None  # right steps' time less the left ones', over their mean

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, rounded to what can be meant."""
        values = {
            name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(self).items()
            if name != "events"
        }
        events = [{"kind": e.kind, "side": e.side, "row": e.row, "time_s": round(e.time_s, 4)} for e in self.events]
        return {**values, "events": events}


def gait(joints: Doubles, time_s: Doubles) -> Gait | None:
    """(T, 17, 3) world joints (z up, metres, NaN = not seen) at (T,) seconds; None if nobody walks."""
    bouts = []
    for run in runs(np.isfinite(joints).all(axis=(1, 2))):
        if run.stop - run.start >= 4:
            bouts += _bouts(np.asarray(joints[run], np.float64), time_s[run], run.start)
    return _measured(bouts) if bouts else None


@dataclass(frozen=True, slots=True)
class _Strike:
    side: int
    at: float  # row with its fraction, of the stretch
    place: Doubles  # (3,) of the ankle


@dataclass(frozen=True, slots=True)
class _Bout:
    """Steps in a row, and the events of their feet."""

    times: Doubles  # (n,) of the strikes
    sides: list[int]
    places: Doubles  # (n, 3)
    toe_offs: list[tuple[int, float]]  # side, seconds
    events: list[GaitEvent]


def _bouts(joints: Doubles, time_s: Doubles, first_row: int) -> list[_Bout]:
    """Stretches of walking in joints (T, 17, 3) without a gap."""
    rate_hz = (len(time_s) - 1) / max(float(time_s[-1] - time_s[0]), 1e-6)
    ahead, leg_m, speed = _ahead(joints, rate_hz)
    fronts, backs = zip(*(_turns(ahead[:, side], _REACH * leg_m) for side in range(2)), strict=True)
    strikes = sorted(
        (_Strike(side, at, joints[min(round(at), len(joints) - 1), _LEGS[side][2]]) for side in range(2)
         for at in fronts[side]),
        key=lambda strike: strike.at,
    )  # fmt: skip

    def when(places: list[float]) -> list[float]:
        return np.interp(places, np.arange(len(time_s)), time_s).tolist()

    out = []
    for chain in _chains(strikes, rate_hz):
        begin, end = chain[0].at, chain[-1].at
        inside = slice(int(begin), int(end) + 1)
        against = np.corrcoef(ahead[inside, 0], ahead[inside, 1])[0, 1]
        if against > _AGAINST or np.median(speed[inside]) ** 2 > _FROUDE * _GRAVITY * leg_m:
            continue
        # Toe offs of the strides that are there, and of the feet that leave the ground right before the first strike.
        lead = _STEP_S[1] * rate_hz / 2
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
            np.array([s.place for s in chain]),
            [(side, at_s) for (side, _), at_s in zip(offs, off_s, strict=True)],
            sorted(found, key=lambda event: event.time_s),
        )
        stances = _stances(bout)
        if stances and np.mean(stances) > _STANCE:
            out.append(bout)
    return out


def _ahead(joints: Doubles, rate_hz: float) -> tuple[Doubles, float, Doubles]:
    """(T, 2) metres by which the ankles (right, left) are in front of the pelvis; the leg's length; (T,) m/s."""
    from scipy.ndimage import gaussian_filter1d

    def settled(values: Doubles, seconds: float) -> Doubles:
        return np.asarray(gaussian_filter1d(values, max(seconds * rate_hz, 0.1), axis=0, mode="nearest"))

    right = joints[:, 1] - joints[:, 4]
    facing = unit(settled(np.stack([-right[:, 1], right[:, 0]], axis=1), _FACING_S))
    pelvis = settled(joints[:, 0, :2], _FACING_S)
    way = np.gradient(pelvis, axis=0) * rate_hz
    along = np.einsum("tc,tc->t", way, facing)
    if np.median(along) < -_STANDS_M_S:  # who walks backward touches the ground behind
        facing = -facing
    ankles = joints[:, [3, 6], :2] - joints[:, :1, :2]
    ahead = settled(np.einsum("tfc,tc->tf", ankles, facing), _SETTLE_S)
    bones = [np.linalg.norm(joints[:, a] - joints[:, b], axis=1) for leg in _LEGS for a, b in (leg[:2], leg[1:])]
    return ahead, float(np.median(sum(bones)) / 2), np.asarray(np.linalg.norm(way, axis=1))


def _turns(way: Doubles, reach: float) -> tuple[list[float], list[float]]:
    """Rows, with fractions, at which (T,) `way` is furthest, and those at which it is least, before it comes back.

    Between two of them lies a way of at least `reach`, and before the first and after the last one, too.
    """
    if len(way) < 3:
        return [], []
    slope = np.sign(np.diff(way))
    bends = [0, *(np.flatnonzero(slope[1:] != slope[:-1]) + 1).tolist(), len(way) - 1]
    found: tuple[list[float], list[float]] = ([], [])
    highest = lowest = bends[0]
    rising: bool | None = None  # not known yet
    for at in bends:
        if way[at] > way[highest]:
            highest = at
        if way[at] < way[lowest]:
            lowest = at
        if rising is not True and way[at] - way[lowest] >= reach:
            if rising is False:
                found[1].append(_between_rows(-way, lowest))
            rising, highest = True, at
        elif rising is not False and way[highest] - way[at] >= reach:
            if rising is True:
                found[0].append(_between_rows(way, highest))
            rising, lowest = False, at
    return found


def _between_rows(way: Doubles, peak: int) -> float:
    """Where a parabola through the peak and its neighbours is highest."""
    before, here, after = way[peak - 1 : peak + 2]
    bend = before - 2 * here + after
    return float(peak) + (0.5 * float(before - after) / float(bend) if bend < 0 else 0.0)


def _chains(strikes: Sequence[_Strike], rate_hz: float) -> list[list[_Strike]]:
    """Strikes in a row that alternate at a walker's pace."""
    chains: list[list[_Strike]] = []
    for strike in strikes:
        last = chains[-1][-1] if chains else None
        shortest, longest = (seconds * rate_hz for seconds in _STEP_S)
        if last is not None and last.side != strike.side and shortest <= strike.at - last.at <= longest:
            chains[-1].append(strike)
        else:
            chains.append([strike])
    return [chain for chain in chains if len(chain) >= _LEAST_STRIKES]


def _measured(bouts: Sequence[_Bout]) -> Gait:
    steps = np.concatenate([np.diff(bout.times) for bout in bouts])
    # A step is called after the foot that ends it.
    own = np.concatenate([np.array(bout.sides[1:]) for bout in bouts])
    strides = np.concatenate([bout.times[2:] - bout.times[:-2] for bout in bouts])
    lengths = np.concatenate([np.linalg.norm((b.places[2:] - b.places[:-2])[:, :2], axis=1) for b in bouts])
    widths = np.concatenate([_widths(bout.places[:, :2]) for bout in bouts])
    stances = [share for bout in bouts for share in _stances(bout)]
    speed = float(lengths.sum() / strides.sum())
    travels = speed > _STANDS_M_S
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
    """Of each stride, its share from the heel strike to the toe off."""
    shares = []
    for side in range(2):
        strikes = bout.times[[at for at, who in enumerate(bout.sides) if who == side]]
        for off in (off for who, off in bout.toe_offs if who == side):
            after = int(np.searchsorted(strikes, off))
            if 0 < after < len(strikes):
                start, end = strikes[after - 1 : after + 1]
                shares.append(float((off - start) / (end - start)))
    return shares


def _widths(places: Doubles) -> Doubles:
    """(n, 2) -> (n - 2,) distance of each strike from the line between the other foot's two (Huxham et al. 2006)."""
    line = unit(places[2:] - places[:-2])
    over = places[1:-1] - places[:-2]
    return np.asarray(np.abs(line[:, 0] * over[:, 1] - line[:, 1] * over[:, 0]))
