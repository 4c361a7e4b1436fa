"""Write DeepLabCut tables, for SimBA, B-SOiD, Keypoint-MoSeq, movement and other tools.

Header rows `scorer`, `individuals` (only with several people), `bodyparts`, `coords`, then one row per frame with the
frame's index. `<stem>_dlc.csv` holds all joints of the detector: x, y in pixels of the upright image and likelihood.
`<stem>_dlc_3d.csv` holds the lifted skeleton in the layout of DeepLabCut's triangulation: x, y, z, here in metres,
world space. Unseen joints are empty cells with likelihood 0.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles, Floats
from ...core.skeletons import H36M17, SKELETONS
from ..base import UNWATCHED, Watch
from ..number_text import chunks, formatted
from ..tracks import Selection, text_files

log = logging.getLogger(__name__)

SCORER = "hourglass"


class DlcExporter:
    """Write `<stem>_dlc.csv` and `<stem>_dlc_3d.csv`, each with all chosen persons."""

    name = "dlc"
    suffix = "_dlc.csv"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        paths = [folder / f"{stem}_dlc.csv", folder / f"{stem}_dlc_3d.csv"]
        with text_files(paths) as (flat, spatial):
            flat.writelines(_seen(selection))
            spatial.writelines(_lifted(selection))
        log.info("wrote %s", ", ".join(path.name for path in paths))
        return paths


def _header(selection: Selection, parts: Sequence[str], coords: Sequence[str]) -> Iterator[str]:
    names = selection.take.names
    persons = [_individual(names.get(one.person, ""), one.person) for one in selection.people]
    if len(set(persons)) < len(persons):
        persons = [f"person{one.person}" for one in selection.people]
    cells = [(person, part, axis) for person in persons for part in parts for axis in coords]
    yield ",".join(["scorer"] + [SCORER] * len(cells)) + "\n"
    if len(persons) > 1:
        yield ",".join(["individuals"] + [person for person, _, _ in cells]) + "\n"
    yield ",".join(["bodyparts"] + [part for _, part, _ in cells]) + "\n"
    yield ",".join(["coords"] + [axis for _, _, axis in cells]) + "\n"


def _individual(name: str, person: int) -> str:
    """Return the given name without characters that a cell cannot hold, or "person2"."""
    return re.sub(r"[\",;\s]+", " ", name).strip() or f"person{person}"


def _seen(selection: Selection) -> Iterator[str]:
    """Yield the table of the detector's joints; H36M-17 without values if a take has no 2D."""
    flat = [one.track2d for one in selection.people]
    skeleton = SKELETONS[next((seen.skeleton for seen in flat if seen is not None), H36M17.key)]
    yield from _header(selection, skeleton.names, ("x", "y", "likelihood"))
    index, joints = selection.first.frame_index, len(skeleton.names)
    template = "%d" + ",%.3f,%.3f,%.4f" * (joints * len(flat)) + "\n"
    for rows in chunks(len(index)):
        count = rows.stop - rows.start
        values: Doubles = np.full((count, len(flat), joints, 3), np.nan)
        values[..., 2] = 0
        for at, seen in enumerate(flat):
            if seen is not None:
                pixels: Floats = seen.joints_image[rows]
                values[:, at, :, :2] = pixels
                values[:, at, :, 2] = np.where(np.isfinite(pixels).all(axis=-1), seen.scores[rows], 0)
        yield formatted(template, np.concatenate([index[rows, None], values.reshape(count, -1)], axis=1))


def _lifted(selection: Selection) -> Iterator[str]:
    yield from _header(selection, H36M17.names, ("x", "y", "z"))
    index, people = selection.first.frame_index, selection.people
    template = "%d" + ",%.6f" * (51 * len(people)) + "\n"
    for rows in chunks(len(index)):
        block = [one.joints_world[rows].reshape(rows.stop - rows.start, -1) for one in people]
        yield formatted(template, np.concatenate([index[rows, None], *block], axis=1))
