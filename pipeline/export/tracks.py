"""What every exporter asks first: whom to write, where they are in the world, and what the files are called."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..analysis.gait import gait
from ..core.arrays import Doubles, Floats
from ..core.errors import OutputError
from ..core.geometry import world_from_camera
from ..core.take import Take, Track3D
from ..system.files import atomic_write
from .base import ExportOptions


def chosen_tracks(take: Take, options: ExportOptions) -> list[Track3D]:
    """The tracks to write, in the order asked for; those without a single known frame are left out.

    Raises `OutputError` if a person was not lifted or nobody is left.
    """
    if options.persons is None:
        tracks = list(take.tracks3d)
    else:
        tracks = []
        for person in options.persons:
            track = take.track3d(person)
            if track is None:
                there = ", ".join(str(t.person) for t in take.tracks3d) or "none"
                raise OutputError(
                    f"Person {person} was not lifted to 3D.", f"Lifted persons: {there}. Lift this one first."
                )
            tracks.append(track)
    tracks = [track for track in tracks if track.seen.any()]
    if not tracks:
        raise OutputError("There is nothing to write: the take has no 3D skeleton.", "Run the lifting first.")
    return tracks


def world_joints(take: Take, track: Track3D) -> Doubles:
    """(T, 17, 3) metres in world space, NaN = not seen. Raises `OutputError` if the take has no world."""
    joints = track.joints.astype(np.float64)
    if track.space == "world":
        return joints
    if take.scene is None:
        raise OutputError("The take does not say where the camera stands.", "Run the lifting again.")
    return np.asarray(world_from_camera(joints, take.scene.rotation, take.scene.translation), np.float64)


def gait_json(joints: Doubles, track: Track3D) -> dict[str, Any] | None:
    """`analysis.gait.Gait.to_json` of a track's world joints; None if the person does not walk."""
    found = gait(joints, track.time_s)
    return None if found is None else found.to_json()


def joints_image(take: Take, track: Track3D) -> Floats:
    """(T, 17, 2) pixels of the person's 2D joints as H36M-17, NaN = not seen."""
    seen = take.track2d(track.person)
    if seen is None:
        return np.full((len(track.frame_index), 17, 2), np.nan, np.float32)
    return seen.h36m17[0]


def even_times(take: Take, track: Track3D, rate: float) -> Doubles:
    """The times of the track, or, in a video of variable rate, the same span at an even `rate` (Hz)."""
    times = track.time_s
    if not take.info.variable_rate or len(times) < 2:
        return times
    return np.asarray(times[0] + np.arange(round(float(times[-1] - times[0]) * rate) + 1) / rate)


def rate_hz(take: Take, track: Track3D) -> float:
    """True average rate: the video's, or the timestamps' if it does not say."""
    return take.camera.rate_hz


def person_paths(folder: Path, stem: str, suffix: str, tracks: Sequence[Track3D]) -> list[Path]:
    """One file a person: `<stem><suffix>` for the first, `<stem><suffix with _person<N>>` for the others.

    `suffix` may hold a part of the name: "_wide.csv" gives `<stem>_wide.csv` and `<stem>_wide_person2.csv`.
    """
    part, dot, extension = suffix.rpartition(".")
    return [
        folder / (f"{stem}{suffix}" if i == 0 else f"{stem}{part}_person{track.person}{dot}{extension}")
        for i, track in enumerate(tracks)
    ]


@contextlib.contextmanager
def text_files(paths: Sequence[Path]) -> Iterator[list[IO[str]]]:
    """Text files that all appear together, or, if anything fails before the end, not at all."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(atomic_write(path, "w")) for path in paths]


@contextlib.contextmanager
def binary_files(paths: Sequence[Path]) -> Iterator[list[IO[bytes]]]:
    """The same for bytes."""
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(atomic_write(path)) for path in paths]
