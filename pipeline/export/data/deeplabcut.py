"""Tables as DeepLabCut writes them, for the many tools that read those (SimBA, B-SOiD, Keypoint-MoSeq, movement).

Header rows `scorer`, `individuals` (only where there are several people), `bodyparts`, `coords`, then one row a frame
with the frame's index. `<stem>_dlc.csv` holds what the detector saw, all of its joints: x, y in pixels of the upright
picture and likelihood. `<stem>_dlc_3d.csv` holds the lifted skeleton as DeepLabCut's own triangulation does: x, y, z,
here in metres, world space. What was not seen is an empty cell with likelihood 0.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles, Floats
from ...core.skeletons import H36M17, SKELETONS
from ...core.take import Take, Track3D
from ..base import UNWATCHED, ExportOptions, Watch
from ..number_text import chunks, formatted
from ..tracks import chosen_tracks, text_files, world_joints

log = logging.getLogger(__name__)

SCORER = "hourglass"


class DlcExporter:
    """Writes `<stem>_dlc.csv` and `<stem>_dlc_3d.csv`, each with everyone chosen."""

    name = "dlc"
    suffix = "_dlc.csv"

    def write(
        self, take: Take, folder: Path, stem: str, options: ExportOptions, watch: Watch = UNWATCHED
    ) -> list[Path]:
        tracks = chosen_tracks(take, options)
        paths = [folder / f"{stem}_dlc.csv", folder / f"{stem}_dlc_3d.csv"]
        with text_files(paths) as (flat, spatial):
            flat.writelines(_seen(take, tracks))
            spatial.writelines(_lifted(take, tracks))
        log.info("wrote %s", ", ".join(path.name for path in paths))
        return paths


def _header(take: Take, tracks: list[Track3D], parts: Sequence[str], coords: Sequence[str]) -> Iterator[str]:
    persons = [_individual(take, track.person) for track in tracks]
    if len(set(persons)) < len(persons):
        persons = [f"person{track.person}" for track in tracks]
    cells = [(person, part, axis) for person in persons for part in parts for axis in coords]
    yield ",".join(["scorer"] + [SCORER] * len(cells)) + "\n"
    if len(persons) > 1:
        yield ",".join(["individuals"] + [person for person, _, _ in cells]) + "\n"
    yield ",".join(["bodyparts"] + [part for _, part, _ in cells]) + "\n"
    yield ",".join(["coords"] + [axis for _, _, axis in cells]) + "\n"


def _individual(take: Take, person: int) -> str:
    """The person's name without what a cell cannot hold, or "person2"."""
    name = re.sub(r"[\",;\s]+", " ", take.names.get(person, "")).strip()
    return name or f"person{person}"


def _seen(take: Take, tracks: list[Track3D]) -> Iterator[str]:
    """The detector's joints; H36M-17 without any if a take has lost its 2D."""
    flat = [take.track2d(track.person) for track in tracks]
    skeleton = SKELETONS[next((seen.skeleton for seen in flat if seen is not None), H36M17.key)]
    yield from _header(take, tracks, skeleton.names, ("x", "y", "likelihood"))
    frames, joints = len(tracks[0].frame_index), len(skeleton.names)
    template = "%d" + ",%.3f,%.3f,%.4f" * (joints * len(tracks)) + "\n"
    for rows in chunks(frames):
        count = rows.stop - rows.start
        values: Doubles = np.full((count, len(tracks), joints, 3), np.nan)
        values[..., 2] = 0
        for at, seen in enumerate(flat):
            if seen is not None:
                pixels: Floats = seen.joints_image[rows]
                values[:, at, :, :2] = pixels
                values[:, at, :, 2] = np.where(np.isfinite(pixels).all(axis=-1), seen.scores[rows], 0)
        yield formatted(
            template, np.concatenate([tracks[0].frame_index[rows, None], values.reshape(count, -1)], axis=1)
        )


def _lifted(take: Take, tracks: list[Track3D]) -> Iterator[str]:
    yield from _header(take, tracks, H36M17.names, ("x", "y", "z"))
    places = [world_joints(take, track) for track in tracks]
    template = "%d" + ",%.6f" * (51 * len(tracks)) + "\n"
    for rows in chunks(len(tracks[0].frame_index)):
        count = rows.stop - rows.start
        block = [joints[rows].reshape(count, -1) for joints in places]
        yield formatted(template, np.concatenate([tracks[0].frame_index[rows, None], *block], axis=1))
