"""Count the frames that a run read, decoded, detected and lifted, and note differences."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

import numpy as np

from ..core.arrays import Ints
from ..core.poses import PersonTrack
from ..core.take import Track3D

_MAX_RUNS = 6  # runs of consecutive frame numbers that a note lists


def frame_numbers(frames: Sequence[int] | Ints) -> str:
    """Return frame numbers, from 0, as text: [3, 4, 5, 9] -> "3 to 5, 9"."""
    index = np.asarray(frames, np.int64)
    if not len(index):
        return ""
    begins = np.concatenate([[0], np.flatnonzero(np.diff(index) != 1) + 1, [len(index)]])
    runs = [(int(index[a]), int(index[b - 1])) for a, b in itertools.pairwise(begins)]
    texts = [f"{first}" if first == last else f"{first} to {last}" for first, last in runs[:_MAX_RUNS]]
    return ", ".join([*texts, "..."] if len(runs) > _MAX_RUNS else texts)


def frame_notes(rows: int, listed: int | None, damaged: Sequence[int], fitted: Sequence[int]) -> list[str]:
    """Describe irregular frames of a run in sentences.

    `rows` frames are in the take; `listed` is the number that the source lists for its range (None: unknown); `damaged`
    and `fitted` are indices of frames, see `detect_video.ObserveStats`.
    """
    notes = []
    if damaged:
        frames = f"{len(damaged)} of {rows} frames cannot be decoded ({frame_numbers(damaged)})"
        notes.append(f"{frames}: they keep their place, with nobody in them")
    if fitted:
        notes.append(f"frames {frame_numbers(fitted)} have another size or rotation than the first")
    if listed is not None and listed != rows:
        notes.append(f"the file lists {listed} frames, {rows} were read")
    return notes


def person_counts(tracks2d: Iterable[PersonTrack], tracks3d: Iterable[Track3D]) -> dict[str, dict[str, int]]:
    """Count, for every person in 3D, the frames with 2D joints and the frames with 3D joints."""
    seen = {track.person: int(np.isfinite(track.h36m17[0]).all(-1).any(-1).sum()) for track in tracks2d}
    return {
        str(track.person): {"seen": seen.get(track.person, 0), "lifted": int(track.seen.sum())} for track in tracks3d
    }


def lift_notes(counts: dict[str, dict[str, int]]) -> list[str]:
    """Describe every person with fewer 3D frames than 2D frames in a sentence."""
    return [
        f"person {person} was seen in {count['seen']} frames and lifted in {count['lifted']}"
        for person, count in counts.items()
        if count["lifted"] < count["seen"]
    ]
