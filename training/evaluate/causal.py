"""Measure the error of the latest frame by look-ahead, against a centred window.

Look-ahead is 0 to 16 frames. Clips are seen by the frozen cameras with the frozen errors as in `per_sample`, but over
twice the window length, so that there is a past. A frame is read from the window that ends `look-ahead` frames after
it; near the start of a clip the window is padded as the library does. The centred window is placed as the library
places it: around the frame, shifted at the ends of the clip. Every frame is read together with its two neighbours, each
from its own latest window, so that jitter between windows shows in the acceleration.

Optionally, the same frames are also lifted as in a live run, before its filters: with a shorter window, pruned before
the first block, without mirror averaging (`pipeline.lift.streaming.newest_frames`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.lift.base import NewestLifter, WindowLifter
from pipeline.lift.window_plan import pad_index
from training.data.motion_file import Clips
from training.evaluate.frozen_views import View, load_frozen_cameras, render_views
from training.evaluate.paired import differences
from training.evaluate.per_sample import (
    Fov,
    SampleMetrics,
    at_stature,
    camera_given,
    lift_view,
    macro_mean,
    pose_metrics,
    reference_sources,
    spread,
)
from training.synthesis.detector_errors import ErrorModel

LOOK_AHEAD = (0, 4, 8, 16)  # frames
CENTRED = "centred"
_STATURE_STRIDE = 8  # frames between the rows of a live window that its stature is measured on
_GOLDEN_RATIO = (np.sqrt(5) - 1) / 2


def without_padding(view: View) -> View:
    """Remove the rows that pad a short clip."""
    own = view.own
    return replace(view, image=view.image[own], scores=view.scores[own], true=view.true[own], own=own[own])


def read_positions(rows: int, frames: int, reads: int, draw: int) -> list[int]:
    """Choose the frames of a clip to read: evenly spread, different in every draw.

    They have a whole window of past; in shorter clips they lie in the second half. Both neighbours and the longest
    look-ahead must lie inside the clip, else there are none.
    """
    last = rows - 2 - max(LOOK_AHEAD)
    if last < 1:
        return []
    first = frames if frames <= last else max(1, min(rows // 2, last))
    shares = (np.arange(reads) + (0.5 + draw * _GOLDEN_RATIO) % 1) / reads
    return sorted({first + int(share * (last - first + 1)) for share in shares})


def window_of(view: View, start: int, stop: int, frames: int) -> tuple[View, int]:
    """Cut and pad the rows `start` to `stop` - 1 to a window.

    Also returns the index of the first one in the window.
    """
    index, before = pad_index(stop - start, frames)
    rows = start + index
    own = (np.arange(frames) >= before) & (np.arange(frames) < before + stop - start)
    window_view = replace(view, image=view.image[rows], scores=view.scores[rows], true=view.true[rows], own=own)
    return window_view, before


class FrameReader:
    """Lifts single frames of one view of any length.

    Windows shared by several look-aheads are lifted once.
    """

    def __init__(self, lifter: WindowLifter, view: View, fov: Fov) -> None:
        self._lifter, self._view, self._fov = lifter, view, fov
        self._lifted: dict[tuple[int, int], tuple[Doubles, int]] = {}

    def causal(self, frame: int, look_ahead: int) -> Doubles:
        """Read a frame from the window that ends `look_ahead` frames after it.

        Returns predicted and true joints (2, 17, 3).
        """
        stop = frame + look_ahead + 1
        return self._rows(max(0, stop - self._lifter.frames), stop, [frame])[:, 0]

    def live(self, newest: NewestLifter, frame: int, look_ahead: int) -> Doubles:
        """Read a frame as `causal` does, but lifted as in a live run.

        Stature is the median over the live window.
        """
        stop = frame + look_ahead + 1
        start = max(0, stop - newest.frames)
        rows = sorted({frame - start, *range(0, stop - start, _STATURE_STRIDE)})
        image, scores = self._view.image[None, start:stop], self._view.scores[None, start:stop]
        lifted = newest.lift(image, scores, camera_given(self._view, self._fov), rows)[0]
        both = np.stack([at_stature(lifted), at_stature(self._view.true[start:stop][rows])])
        return both[:, rows.index(frame - start)]

    def centred(self, frames: Sequence[int]) -> Doubles:
        """Read neighbouring frames from the window around the middle one.

        Returns predicted and true joints (2, n, 17, 3).
        """
        F, T = self._lifter.frames, len(self._view.true)
        start = int(np.clip(frames[len(frames) // 2] - F // 2, 0, max(T - F, 0)))
        return self._rows(start, min(start + F, T), frames)

    def _rows(self, start: int, stop: int, frames: Sequence[int]) -> Doubles:
        if (start, stop) not in self._lifted:
            window_view, before = window_of(self._view, start, stop, self._lifter.frames)
            both = np.stack([at_stature(lift_view(self._lifter, window_view, self._fov)), at_stature(window_view.true)])
            self._lifted[start, stop] = both, before  # both scaled to unit stature over the same rows
        both, before = self._lifted[start, stop]
        return both[:, before - start + np.array(frames)]


def frame_readings(
    lifter: WindowLifter,
    clips: Clips,
    draws: int,
    reads: int,
    errors: ErrorModel | None,
    fov: Fov = "known",
    newest: NewestLifter | None = None,
) -> Iterator[tuple[str, int, SampleMetrics]]:
    """Yield (kind of window, frame index, metrics), `reads` frames per clip and draw.

    The kind is a look-ahead, "live" with a look-ahead, or "centred".
    """
    cameras = load_frozen_cameras()
    for draw in range(draws):
        for padded in render_views(clips, cameras, 2 * lifter.frames, draw, errors):
            view = without_padding(padded)
            reader = FrameReader(lifter, view, fov)
            for frame in read_positions(len(view.true), lifter.frames, reads, draw):
                triple = [frame - 1, frame, frame + 1]
                read = {str(ahead): np.stack([reader.causal(f, ahead) for f in triple], 1) for ahead in LOOK_AHEAD}
                if newest is not None:
                    for ahead in LOOK_AHEAD:
                        read[f"live {ahead}"] = np.stack([reader.live(newest, f, ahead) for f in triple], 1)
                for name, (joints, true) in {CENTRED: reader.centred(triple), **read}.items():
                    metrics, _ = pose_metrics(joints, true, view.rate_hz)
                    yield name, frame, SampleMetrics(draw, view.clip, str(clips.source[view.clip]), metrics)


def causal(
    lifter: WindowLifter,
    clips: Clips,
    draws: int,
    reads: int,
    kinds: dict[str, ErrorModel | None],
    fov: Fov = "known",
    newest: NewestLifter | None = None,
) -> dict[str, Any]:
    """Compute the macro means of every look-ahead and their difference to centred windows.

    With `newest`, also those of lifting as in a live run.
    """
    out: dict[str, Any] = {}
    for kind, errors in kinds.items():
        live = [f"live {ahead}" for ahead in LOOK_AHEAD] if newest is not None else []
        samples: dict[str, list[SampleMetrics]] = {name: [] for name in (CENTRED, *map(str, LOOK_AHEAD), *live)}
        frames = []
        for name, frame, sample in frame_readings(lifter, clips, draws, reads, errors, fov, newest):
            samples[name].append(sample)
            frames += [frame] if name == CENTRED else []
        centred = samples[CENTRED]
        sources = reference_sources(centred)
        out[kind] = {
            name: macro_mean(group, sources)
            | {"spread": spread(group, sources), "against_centred": differences(group, centred)}
            for name, group in samples.items()
        }
        out["sampled"] = {
            "about": f"{reads} per clip and draw, with two neighbours, after a whole window of past or in the second "
            f"half of a shorter clip; none in clips under {max(LOOK_AHEAD) + 3} frames",
            "reads": len(centred),
            "clips": len({sample.clip for sample in centred}),
            "draws": draws,
            "look_ahead_frames": list(LOOK_AHEAD),
            "whole_past_share": round(float(np.mean(np.array(frames) >= lifter.frames - 1)), 3) if frames else 0.0,
        }
    return out
