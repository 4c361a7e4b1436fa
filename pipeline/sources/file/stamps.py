"""Repair the time stamps of a video: missing, far off, or of a clock that starts again.

Packets come in file order; frames are shown in another order where frames refer to later ones (B-frames). `N` packets,
NaN = no stamp. A pause is no error: it stays, as long as a recording can pause.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Doubles, Ints
from ...core.camera import frame_rate_hz
from .timing import true_rate

LONGEST_PAUSE_S = 600.0  # s, a longer step is a change of the clock, not a pause
_LONGEST_LONE_S = 60.0  # s, the same for one or two frames at the start or the end
_SLOW_STEPS = 20.0  # usual steps that are never too long: a time-lapse has steps of minutes
_FEW = 2  # frames: so few with stamps of their own are errors, more are another clock
REORDER = 17  # frames: H.264 and HEVC hold back at most 16 (H.264, A.3.1)
_TWIN = 0.1  # usual steps: stamps nearer than that are one stamp, moved on by a program that wants them to rise
_SHORTEST_S = 1 / 300  # s, a step of stamps in bursts; a camera's is longer, if others are so much longer than it
_TWIN_SHARE = 0.1  # share of repeated stamps above which every second one is missing


@dataclass(slots=True)
class _Run:
    """Hold consecutive packets of one clock."""

    packets: list[int]
    restarts: bool = False  # the stamps of decoding fall at its start: another clock, whatever its stamps are
    bad: int = 0  # stamps that were dropped

    def known(self, stamps: Doubles) -> list[int]:
        return [k for k in self.packets if np.isfinite(stamps[k])]


@dataclass(frozen=True, slots=True)
class Repaired:
    """Hold the frames in display order."""

    packets: Ints  # (T,) the packet of each frame
    time_s: Doubles  # (T,) seconds, strictly rising, from the first frame on by the clock of the file
    certain: NDArray[np.bool_]  # (N,) by packet: no stamp nearby is missing or was dropped, so that the order is sure
    one_clock: bool  # False: the clock leaps, so that later frames have other times than in the file
    notes: tuple[str, ...]  # what was repaired, as sentences


def are_clean(stamps_s: Doubles, decode_s: Doubles, reordered: bool) -> bool:
    """Return whether stamps (N,) in file order can be used as they are.

    `decode_s` (N,) are the stamps at which packets are decoded. `reordered`: the stream has B-frames.
    """
    if not np.isfinite(stamps_s).all() or _falls(decode_s):
        return False
    if len(stamps_s) < 2:
        return True
    usual_s = _usual_step(stamps_s)
    order = np.argsort(stamps_s, kind="stable")
    moved = int(np.abs(order - np.arange(len(order))).max())
    ahead_s = np.nan_to_num(stamps_s - decode_s)  # how long a frame waits after it was decoded
    steps = np.diff(stamps_s[order])
    slow_s = _SLOW_STEPS * usual_s
    ends = np.concatenate([steps[:_FEW], steps[-_FEW:]])
    return bool(
        moved <= (REORDER if reordered else 0)
        and np.abs(ahead_s - np.median(ahead_s)).max() <= REORDER * usual_s
        and (steps <= _TWIN * usual_s).mean() <= _TWIN_SHARE
        and steps.max() <= max(LONGEST_PAUSE_S, slow_s)
        and ends.max() <= max(_LONGEST_LONE_S, slow_s)
    )


def _falls(decode_s: Doubles) -> bool:
    known = decode_s[np.isfinite(decode_s)]
    return bool((np.diff(known) < 0).any())


def repair(stamps_s: Doubles, decode_s: Doubles, reordered: bool, tick_s: float, stated_hz: float | None) -> Repaired:
    """Return the frames of packets with stamps (N,) in display order, two known at least.

    See `are_clean`. `tick_s` is the resolution of the stamps, `stated_hz` the rate that the file states.
    """
    stamps = stamps_s.copy()
    step_s = _usual_step(stamps) or 1 / frame_rate_hz(stated_hz)
    notes = []
    missing = int((~np.isfinite(stamps)).sum())
    if missing:
        notes.append(f"{missing} of {_frames(len(stamps))} had no time stamp: such times are interpolated")
    slack_s = REORDER * step_s if reordered else 0.25 * step_s
    runs = _joined(_runs(stamps, decode_s, slack_s, step_s), stamps, slack_s, step_s)
    bad = sum(run.bad for run in runs)
    if bad:
        notes.append(f"{_frames(bad)} had a time stamp far from the others: such times are interpolated")
    for _ in range(2):  # the second time with the exact step
        shown = [_shown(run, stamps, reordered, step_s) for run in runs]
        parts = [times for _, times, _ in shown]
        step_s = 1 / true_rate(_one_after_the_other(parts, step_s), tick_s, stated_hz)[0]
    packets = [packet for order, _, _ in shown for packet in order]
    twins = sum(repeated for _, _, repeated in shown)
    if twins:
        notes.append(f"{_frames(twins)} had the time stamp of the frame before: such times are interpolated")
    first = 0
    for before, after, part in zip(runs, runs[1:], parts, strict=False):
        first += len(part)
        ended_s = float(stamps[before.known(stamps)].max())
        begins_s = float(stamps[after.known(stamps)].min())
        notes.append(
            f"the clock of the time stamps leaps from {ended_s:.3f} s to {begins_s:.3f} s at frame {first}: "
            "the parts are put one after the other"
        )
    time_s = _one_after_the_other(parts, step_s)
    for i in np.flatnonzero(np.diff(time_s) <= 0) + 1:
        time_s[i] = max(time_s[i], time_s[i - 1] + 1e-6)
    certain = np.ones(len(stamps), np.bool_)
    for k in np.flatnonzero(~np.isfinite(stamps)) if reordered else ():
        certain[max(0, k - 2 * REORDER) : k + 2 * REORDER + 1] = False
    return Repaired(np.array(packets, np.int64), time_s, certain, len(runs) == 1, tuple(notes))


def _one_after_the_other(parts: list[Doubles], step_s: float) -> Doubles:
    moved = parts[:1]
    for part in parts[1:]:
        moved.append(part + (float(moved[-1][-1]) + step_s - float(part[0])))
    return np.concatenate(moved)


def _frames(count: int) -> str:
    return "1 frame" if count == 1 else f"{count} frames"


def _usual_step(stamps: Doubles) -> float:
    """Return the median frame step (s) in file order; 0: unknown.

    It is measured over a few frames, so that few slopes cross a leap of the clock. Stamps in bursts, such as those of
    whole seconds that a program made rise, have their true step only over many frames.
    """
    known = np.flatnonzero(np.isfinite(stamps))
    step_s = _median_slope(stamps, known, min(16, max(1, len(known) // 8)))
    if 0 < step_s < _SHORTEST_S:
        long_s = _median_slope(stamps, known, max(1, len(known) // 3))
        if long_s > 2 * _SHORTEST_S:
            return long_s
    return step_s


def _median_slope(stamps: Doubles, known: Ints, lag: int) -> float:
    """Return the median of the rising slopes (s a frame) between packets `lag` known stamps apart; 0: none."""
    if len(known) <= lag:
        return 0.0
    slopes = (stamps[known[lag:]] - stamps[known[:-lag]]) / (known[lag:] - known[:-lag])
    slopes = slopes[slopes > 0]
    return float(np.median(slopes)) if len(slopes) else 0.0


def _runs(stamps: Doubles, decode_s: Doubles, slack_s: float, step_s: float) -> list[_Run]:
    """Divide the packets where the clock leaps back, or forward by more than a pause."""
    longest_s = max(LONGEST_PAUSE_S, _SLOW_STEPS * step_s)
    runs = [_Run([])]
    newest_s = decoded_s = -np.inf
    for k, (stamp, decode) in enumerate(zip(stamps.tolist(), decode_s.tolist(), strict=True)):
        if np.isfinite(stamp):
            falls = decode < decoded_s
            back = falls or stamp < newest_s - slack_s
            if newest_s > -np.inf and (back or stamp > newest_s + longest_s):
                runs.append(_Run([], falls))
                newest_s = decoded_s = -np.inf
            newest_s = max(newest_s, stamp)
            if np.isfinite(decode):
                decoded_s = decode
        runs[-1].packets.append(k)
    return runs


def _joined(runs: list[_Run], stamps: Doubles, slack_s: float, step_s: float) -> list[_Run]:
    """Join runs whose stamps go on; the stamps of a few frames that leap away and back are dropped (NaN)."""
    if any(len(run.known(stamps)) > _FEW for run in runs):
        for run, after in zip(runs, [*runs[1:], _Run([])], strict=True):
            known = run.known(stamps)
            if len(known) <= _FEW:
                stamps[known] = np.nan
                run.bad = len(known)
                after.restarts = False  # it may go on where the clock was before
    joined: list[_Run] = []
    for run in runs:
        if joined and _goes_on(joined[-1], run, stamps, slack_s, step_s):
            joined[-1].packets += run.packets
            joined[-1].bad += run.bad
        else:
            joined.append(run)
    if len(joined) > 1 and not joined[0].known(stamps):  # before the first clock
        first = joined.pop(0)
        joined[0] = _Run(first.packets + joined[0].packets, False, first.bad + joined[0].bad)
    for run in joined:
        _drop_lone_ends(run, stamps, step_s)
    return joined


def _goes_on(before: _Run, after: _Run, stamps: Doubles, slack_s: float, step_s: float) -> bool:
    """Return whether the clock of `before` continues in `after`; drops up to two bad stamps."""
    first, last = after.known(stamps), before.known(stamps)
    if not first or not last:
        return not first
    begins_s, newest_s = float(stamps[first[0]]), float(stamps[last].max())
    reordered = slack_s > step_s
    if after.restarts and reordered:
        return False
    earliest_s = -slack_s if reordered else 0.0
    if earliest_s < begins_s - newest_s <= max(LONGEST_PAUSE_S, _SLOW_STEPS * step_s):
        return True
    for few in range(1, _FEW + 1):
        latest_s = slack_s + (few + 2) * step_s
        if len(first) - few > _FEW and earliest_s < stamps[first[few]] - newest_s <= latest_s:
            stamps[first[:few]] = np.nan
            after.bad += few
            return True
        if len(last) - few > _FEW and earliest_s < begins_s - float(stamps[last[:-few]].max()) <= latest_s:
            stamps[last[-few:]] = np.nan
            before.bad += few
            return True
    return False


def _drop_lone_ends(run: _Run, stamps: Doubles, step_s: float) -> None:
    """Drop the stamps of one or two frames that lie a minute or more before or after all others."""
    longest_s = max(_LONGEST_LONE_S, _SLOW_STEPS * step_s)
    known = np.array(run.known(stamps), np.int64)
    known = known[np.argsort(stamps[known], kind="stable")]
    for few in range(_FEW, 0, -1):
        if len(known) <= 2 * _FEW:
            return
        if stamps[known[few]] - stamps[known[few - 1]] > longest_s:
            stamps[known[:few]] = np.nan
            run.bad += few
            known = known[few:]
        if stamps[known[-few]] - stamps[known[-few - 1]] > longest_s:
            stamps[known[-few:]] = np.nan
            run.bad += few
            known = known[:-few]


def _shown(run: _Run, stamps: Doubles, reordered: bool, step_s: float) -> tuple[list[int], Doubles, int]:
    """Return the packets of a run in display order, their times (s) and the number of repeated stamps."""
    packets = np.array(run.packets, np.int64)
    times = stamps[packets]
    if reordered:
        times = _with_holes_filled(times, step_s)
        order = np.argsort(times, kind="stable")
        packets, times = packets[order], times[order]
    same = np.flatnonzero(np.diff(times) <= _TWIN * step_s) + 1
    repeated = 0
    if len(same) > _TWIN_SHARE * len(times):
        times[same] = np.nan
        repeated = len(same)
    at = np.flatnonzero(np.isfinite(times))
    filled = np.interp(np.arange(len(times)), at, times[at])
    filled[: at[0]] = times[at[0]] - step_s * np.arange(at[0], 0, -1)
    filled[at[-1] + 1 :] = times[at[-1]] + step_s * np.arange(1, len(times) - at[-1])
    return packets.tolist(), filled, repeated


def _with_holes_filled(times: Doubles, step_s: float) -> Doubles:
    """Fill missing stamps (NaN) with the free times nearest to their neighbours' stamps."""
    out = times.copy()
    known = np.sort(times[np.isfinite(times)])
    steps = np.maximum(np.round(np.diff(known) / step_s).astype(np.int64), 1)
    missing = np.flatnonzero(~np.isfinite(times))
    beyond = step_s * np.arange(1, min(len(missing), REORDER) + 1)
    free = [  # rising: before the first stamp, in holes, after the last
        *(known[0] - beyond[::-1]).tolist(),
        *(
            float(known[i]) + step_s * j
            for i in np.flatnonzero(steps > 1)
            for j in (*range(1, min(steps[i], REORDER)), *range(max(REORDER, steps[i] - REORDER), steps[i]))
        ),
        *(known[-1] + beyond).tolist(),
    ]
    after = free[-1] if free else 0.0
    for k in missing:
        around = times[max(0, k - 4) : k + 5]
        around = around[np.isfinite(around)]
        if not len(around):
            stamped = np.flatnonzero(np.isfinite(times))
            around = times[stamped[np.argmin(np.abs(stamped - k))], None]
        middle = float(np.median(around))
        right = bisect.bisect_left(free, middle)
        near = [i for i in (right - 1, right) if 0 <= i < len(free)]
        best = min(near, key=lambda i: abs(free[i] - middle), default=None)
        if best is not None and abs(free[best] - middle) <= 2 * REORDER * step_s:
            out[k] = free.pop(best)
        else:
            after += step_s
            out[k] = after
    return out
