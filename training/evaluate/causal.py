"""The newest frame: what a lifter knows of a frame when only so many later ones are there, against a centred window.

A clip is seen by its frozen camera and found with the frozen errors as in `judging`, but over twice the window, so that
there is a past. A frame is read from the window that ends `look-ahead` frames after it; where the clip has not been
going on for a whole window, the library's own padding fills it. The centred window lies as the library lays it: the
frame in its middle, moved at the clip's ends. Every frame is read together with its two neighbours, each from the
window that is the newest for it, so that the trembling between windows shows in the acceleration.

Beside that the same frames as a live run lifts them (`pipeline.lift.streaming.newest_frames`: a shorter window, pruned
before the first block, not mirrored), before its filters.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.lift.base import NewestLifter, WindowLifter
from pipeline.lift.windows import pad_index
from training.data.motion_file import Clips
from training.evaluate.frozen_views import Sight, load_views, sights
from training.evaluate.paired import differences
from training.evaluate.per_sample import Fov, Verdict, at_stature, lift_sight, macro, measure, spread, trusted
from training.synthesis.detector_errors import ErrorModel

LOOK_AHEAD = (0, 4, 8, 16)
CENTRED = "centred"
_STATURE_EVERY = 8  # rows of a live window that its stature is taken from
_GOLDEN = (np.sqrt(5) - 1) / 2


def own_rows(sight: Sight) -> Sight:
    """The same without the rows that only pad a short clip."""
    own = sight.own
    return replace(sight, image=sight.image[own], scores=sight.scores[own], true=sight.true[own], own=own[own])


def places(rows: int, frames: int, reads: int, draw: int) -> list[int]:
    """Which of the `rows` frames of a clip are read: evenly spread, others in every draw.

    Those that have a whole window of past; in clips too short for that, those of the second half. Neighbours and the
    longest look-ahead lie inside the clip: without room for these, none.
    """
    last = rows - 2 - max(LOOK_AHEAD)
    if last < 1:
        return []
    first = frames if frames <= last else max(1, min(rows // 2, last))
    at = (np.arange(reads) + (0.5 + draw * _GOLDEN) % 1) / reads
    return sorted({first + int(share * (last - first + 1)) for share in at})


def window(sight: Sight, start: int, stop: int, frames: int) -> tuple[Sight, int]:
    """The rows `start` to `stop` - 1 as the lifter is given them, and the place of the first one in there."""
    index, before = pad_index(stop - start, frames)
    rows = start + index
    own = (np.arange(frames) >= before) & (np.arange(frames) < before + stop - start)
    part = replace(sight, image=sight.image[rows], scores=sight.scores[rows], true=sight.true[rows], own=own)
    return part, before


class Reader:
    """Reads frames of one sight of any length; windows that several look-aheads need are lifted once."""

    def __init__(self, lifter: WindowLifter, sight: Sight, fov: Fov) -> None:
        self._lifter, self._sight, self._fov = lifter, sight, fov
        self._lifted: dict[tuple[int, int], tuple[Doubles, int]] = {}

    def causal(self, frame: int, look_ahead: int) -> Doubles:
        """(2, 17, 3) of the frame: predicted, from the window that ends `look_ahead` frames after it, and true."""
        stop = frame + look_ahead + 1
        return self._rows(max(0, stop - self._lifter.frames), stop, [frame])[:, 0]

    def live(self, newest: NewestLifter, frame: int, look_ahead: int) -> Doubles:
        """The same as `causal`, as a live run lifts it. Its own size is the median over the window, as there."""
        stop = frame + look_ahead + 1
        start = max(0, stop - newest.frames)
        told = self._sight.fov_deg if self._fov == "known" else None
        rows = sorted({frame - start, *range(0, stop - start, _STATURE_EVERY)})
        image, scores = self._sight.image[None, start:stop], self._sight.scores[None, start:stop]
        lifted = newest.lift(image, scores, self._sight.size_px, told, rows)[0]
        both = np.stack([at_stature(lifted), at_stature(self._sight.true[start:stop][rows])])
        return both[:, rows.index(frame - start)]

    def centred(self, frames: Sequence[int]) -> Doubles:
        """(2, n, 17, 3) of neighbouring frames, predicted, all from the window around the middle one, and true."""
        F, T = self._lifter.frames, len(self._sight.true)
        start = int(np.clip(frames[len(frames) // 2] - F // 2, 0, max(T - F, 0)))
        return self._rows(start, min(start + F, T), frames)

    def _rows(self, start: int, stop: int, frames: Sequence[int]) -> Doubles:
        if (start, stop) not in self._lifted:
            part, before = window(self._sight, start, stop, self._lifter.frames)
            both = np.stack([at_stature(lift_sight(self._lifter, part, self._fov)), at_stature(part.true)])
            self._lifted[start, stop] = both, before  # each at the median stature of the same rows
        both, before = self._lifted[start, stop]
        return both[:, before - start + np.array(frames)]


def readings(
    lifter: WindowLifter,
    clips: Clips,
    draws: int,
    reads: int,
    errors: ErrorModel | None,
    fov: Fov = "known",
    newest: NewestLifter | None = None,
) -> Iterator[tuple[str, int, Verdict]]:
    """(look-ahead, "live" look-ahead or "centred", the frame's number in what was seen of the clip, its verdict),
    `reads` frames a clip and draw."""
    views = load_views()
    for draw in range(draws):
        for long_sight in sights(clips, views, 2 * lifter.frames, draw, errors):
            sight = own_rows(long_sight)
            reader = Reader(lifter, sight, fov)
            for frame in places(len(sight.true), lifter.frames, reads, draw):
                three = [frame - 1, frame, frame + 1]
                read = {str(ahead): np.stack([reader.causal(f, ahead) for f in three], 1) for ahead in LOOK_AHEAD}
                if newest is not None:
                    for ahead in LOOK_AHEAD:
                        read[f"live {ahead}"] = np.stack([reader.live(newest, f, ahead) for f in three], 1)
                for name, (joints, true) in {CENTRED: reader.centred(three), **read}.items():
                    numbers, _ = measure(joints, true, sight.rate_hz)
                    yield name, frame, Verdict(draw, sight.clip, str(clips.source[sight.clip]), numbers)


def causal(
    lifter: WindowLifter,
    clips: Clips,
    draws: int,
    reads: int,
    kinds: dict[str, ErrorModel | None],
    fov: Fov = "known",
    newest: NewestLifter | None = None,
) -> dict[str, Any]:
    """The macro figures of every look-ahead, and how much each is worse than the centred window on the same frames.

    With `newest` also of a live run's own lifting.
    """
    out: dict[str, Any] = {}
    for kind, errors in kinds.items():
        live = [f"live {ahead}" for ahead in LOOK_AHEAD] if newest is not None else []
        of: dict[str, list[Verdict]] = {name: [] for name in (CENTRED, *map(str, LOOK_AHEAD), *live)}
        frames = []
        for name, frame, verdict in readings(lifter, clips, draws, reads, errors, fov, newest):
            of[name].append(verdict)
            frames += [frame] if name == CENTRED else []
        centred = of[CENTRED]
        sources = trusted(centred)
        out[kind] = {
            name: macro(part, sources)
            | {"spread": spread(part, sources), "against_centred": differences(part, centred)}
            for name, part in of.items()
        }
        out["sampled"] = {
            "about": f"{reads} a clip and draw, with two neighbours, after a whole window of past or in the second "
            f"half of a shorter clip; none in clips under {max(LOOK_AHEAD) + 3} frames",
            "reads": len(centred),
            "clips": len({verdict.clip for verdict in centred}),
            "draws": draws,
            "look_ahead_frames": list(LOOK_AHEAD),
            "whole_past_share": round(float(np.mean(np.array(frames) >= lifter.frames - 1)), 3) if frames else 0.0,
        }
    return out
