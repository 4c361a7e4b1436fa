"""Write C3D, the format of motion capture laboratories, with ezc3d: one file per person.

World space, z up (`POINT:X_SCREEN` +X, `Y_SCREEN` +Z), millimetres, markers as in TRC. Where the person was not seen a
point is 0 with residual -1, C3D's code for a missing point; else the residual is the point's standard distance from the
truth in millimetres (`analysis.trust`), 0 where it is not known. A C3D has one rate: a video of variable rate is
resampled to its median rate, and pauses get frames. Frames are numbered as in the video, from 1: a range of it does not
begin with 1. C3D counts frames in 16 bits, and readers stop at 65535: a longer take continues in `<stem>_part2.c3d`,
and `TRIAL:ACTUAL_START_FIELD` holds the first frame of each part. The events of a walking person are in `EVENT`.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...analysis.trust import joint_distance_m
from ...core.arrays import Doubles
from ...system.files import atomic_path
from ..base import UNWATCHED, Watch
from ..tracks import SelectedPerson, Selection
from .markers import markers, nearest_joints

log = logging.getLogger(__name__)

MAX_FRAMES = 65535
# Gait events -> labels of C3D's event groups, as gait laboratories use them.
_EVENTS = {"heel_strike": "Foot Strike", "foot_flat": "Foot Flat", "heel_off": "Heel Off", "toe_off": "Foot Off"}
_LONGEST_NAME = 127  # characters: a parameter's length is one byte, which some readers take for a signed one


class C3dExporter:
    """Write `<stem>.c3d` and `<stem>_person<N>.c3d`, with `_part<K>` appended to further parts."""

    name = "c3d"
    suffix = ".c3d"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        paths: list[Path] = []
        with contextlib.ExitStack() as stack:
            for person, first in zip(selection.people, selection.paths(folder, stem, self.suffix), strict=True):
                names, points = markers(person)
                residuals = _even(_residuals_mm(person, names)[..., None], person)[..., 0]
                points = _even(points, person)
                zero = _frame_number(person)
                for part, start in enumerate(range(0, len(points), MAX_FRAMES)):
                    path = first if part == 0 else first.with_name(f"{first.name[:-4]}_part{part + 1}.c3d")
                    temporary = stack.enter_context(atomic_path(path))
                    rows = slice(start, start + MAX_FRAMES)
                    _write(
                        temporary,
                        names,
                        points[rows],
                        residuals[rows],
                        zero + start,
                        person.rate_hz,
                        person.name,
                        _events(person, zero, rows),
                    )
                    paths.append(path)
        log.info("wrote %s", ", ".join(path.name for path in paths))
        return paths


def _even(points: Doubles, person: SelectedPerson) -> Doubles:
    """Resample (T, M, 3) to even times; NaN between two frames of which one is unknown."""
    times, frames = person.even_times, person.time_s
    if times is frames:
        return points
    after = np.clip(np.searchsorted(frames, times), 1, len(points) - 1)
    before = after - 1
    share = (times - frames[before]) / (frames[after] - frames[before])
    share = np.clip(share, 0, 1)[:, None, None]
    return np.asarray(points[before] * (1 - share) + points[after] * share)


def _residuals_mm(person: SelectedPerson, names: Sequence[str]) -> Doubles:
    """Return the standard distances (T, M) of markers from the truth, mm, 0 = not known.

    Toes and fingers have those of the joints that they hang on.
    """
    if person.errors_mm is None:
        return np.zeros((len(person.time_s), len(names)))
    return np.nan_to_num(joint_distance_m(person.errors_mm))[:, nearest_joints(names)]


def _frame_number(person: SelectedPerson) -> int:
    """Return the number of the first frame in the video, from 0; in even steps if resampled."""
    first = int(person.frame_index[0])
    return round(float(person.time_s[0]) * person.rate_hz) if first and person.is_resampled else first


def _events(person: SelectedPerson, zero: int, rows: slice) -> list[tuple[str, str, float]]:
    """Return label, context ("Left", "Right") and time in s of the gait events in a part, from the video's first frame.

    `zero` is the number of the take's first frame, from 0.
    """
    if person.gait is None:
        return []
    first, rate = float(person.even_times[0]), person.rate_hz
    timed = [(_EVENTS[event.kind], event.side.capitalize(), event.time_s - first) for event in person.gait.events]
    return [
        (label, side, time_s + zero / rate) for label, side, time_s in timed if rows.start <= time_s * rate < rows.stop
    ]


def _plain(name: str) -> str:
    """Return the name in C3D's plain bytes: letters without accents, "?" for other characters, at most 127."""
    apart = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in apart if not unicodedata.combining(c)).encode("ascii", "replace").decode("ascii")
    return plain[:_LONGEST_NAME]


def _write(
    path: Path,
    names: Sequence[str],
    positions: Doubles,
    residuals: Doubles,
    start: int,
    rate: float,
    name: str,
    events: Sequence[tuple[str, str, float]] = (),
) -> None:
    """Write markers (T, M, 3), metres, and their residuals (T, M), mm, to an existing file.

    `start` is the number of the first frame, from 0. Raises OSError if the disk is full, which ezc3d does not report.
    """
    import ezc3d

    frames, count = positions.shape[:2]
    unseen = ~np.isfinite(positions).all(axis=2)
    points = np.ones((4, count, frames))
    points[:3] = np.where(unseen[..., None], 0, positions * 1000).transpose(2, 1, 0)
    file: Any = ezc3d.c3d()
    point = file["parameters"]["POINT"]
    point["RATE"]["value"] = [rate]
    point["UNITS"]["value"] = ["mm"]
    point["LABELS"]["value"] = list(names)
    file.add_parameter("POINT", "X_SCREEN", "+X")
    file.add_parameter("POINT", "Y_SCREEN", "+Z")
    file.add_parameter("SUBJECTS", "USED", [1])
    file.add_parameter("SUBJECTS", "NAMES", [_plain(name)])
    if events:
        labels, contexts, times = zip(*events, strict=True)
        file.add_parameter("EVENT", "USED", [len(events)])
        file.add_parameter("EVENT", "CONTEXTS", list(contexts))
        file.add_parameter("EVENT", "LABELS", list(labels))
        minutes = np.floor(np.array(times) / 60)
        file.add_parameter("EVENT", "TIMES", np.stack([minutes, np.array(times) - 60 * minutes]))
    first, last = start + 1, start + frames  # in two 16-bit words, the lower one first
    file.add_parameter("TRIAL", "ACTUAL_START_FIELD", [first & 0xFFFF, first >> 16])
    file.add_parameter("TRIAL", "ACTUAL_END_FIELD", [last & 0xFFFF, last >> 16])
    if last <= MAX_FRAMES:  # the header has 16 bits
        file["header"]["points"]["first_frame"], file["header"]["points"]["last_frame"] = first - 1, last - 1
    file["data"]["points"] = points
    file["data"]["meta_points"] = {
        "residuals": np.where(unseen, -1.0, residuals).T[None],
        "camera_masks": np.zeros((7, count, frames), bool),
    }
    file.write(str(path))
    if path.stat().st_size < frames * count * 16:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
