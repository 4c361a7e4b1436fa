"""Write CSV tables: tidy (one row per frame, person, joint) and wide (one row per frame).

A sidecar file describes the columns. World space, metres, '.' decimals, UTF-8, one header row. Unseen values are empty
cells with confidence 0.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles
from ...core.skeletons import H36M17
from ..base import UNWATCHED, Watch
from ..number_text import chunks, formatted
from ..take_facts import sidecar_path, sidecar_text
from ..tracks import SelectedPerson, Selection, text_files

log = logging.getLogger(__name__)


class CsvExporter:
    """Write `<stem>.csv` with all chosen persons, and `<stem>.csv.json`.

    Columns: frame, time_s, person, joint, x, y, z (world, metres), confidence (of the 2D joint, 0 to 1), x2d, y2d
    (pixels), error_image_mm, error_depth_mm (standard errors, see `core.take.Track3D`). A joint hidden from the
    detector can have a 3D position, from its context, and no 2D position.
    """

    name = "csv"
    suffix = ".csv"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        paths = [folder / f"{stem}.csv", sidecar_path(folder, stem)]
        with text_files(paths) as (table, sidecar):
            table.writelines(_tidy(selection.people))
            sidecar.write(sidecar_text(selection))
        log.info("wrote %s", paths[0].name)
        return paths


class WideCsvExporter:
    """Write `<stem>_wide.csv`, `<stem>_wide_person<N>.csv` for others, and `<stem>.csv.json`.

    Columns: frame, time_s, then x, y, z of every joint (world, metres) as `<joint>_x`, ...
    """

    name = "csv_wide"
    suffix = "_wide.csv"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        paths = [*selection.paths(folder, stem, self.suffix), sidecar_path(folder, stem)]
        with text_files(paths) as (*tables, sidecar):
            for table, person in zip(tables, selection.people, strict=True):
                table.writelines(_wide(person))
            sidecar.write(sidecar_text(selection))
        log.info("wrote %s", ", ".join(path.name for path in paths[:-1]))
        return paths


def _tidy(people: Sequence[SelectedPerson]) -> Iterator[str]:
    yield "frame,time_s,person,joint,x,y,z,confidence,x2d,y2d,error_image_mm,error_depth_mm\n"
    template = "".join(
        f"%d,%.6f,{one.person},{joint},%.6f,%.6f,%.6f,%.4f,%.2f,%.2f,%.1f,%.1f\n"
        for one in people
        for joint in H36M17.names
    )
    frames = people[0].frame_index

    def block(rows: slice) -> Doubles:
        """Return the values (frames, persons, 17, 10) of some rows."""
        values = np.empty((len(frames[rows]), len(people), len(H36M17.names), 10))
        for at, one in enumerate(people):
            values[:, at, :, 0], values[:, at, :, 1] = one.frame_index[rows, None], one.time_s[rows, None]
            values[:, at, :, 2:5], values[:, at, :, 5] = one.joints_world[rows], one.scores[rows]
            values[:, at, :, 6:8] = one.joints_image[rows]
            values[:, at, :, 8:] = np.nan if one.errors_mm is None else one.errors_mm[rows]
        return values

    for rows in chunks(len(frames)):
        yield formatted(template, block(rows))


def _wide(person: SelectedPerson) -> Iterator[str]:
    yield "frame,time_s," + ",".join(f"{joint}_{axis}" for joint in H36M17.names for axis in "xyz") + "\n"
    joints = person.joints_world
    values = np.concatenate(
        [person.frame_index[:, None], person.time_s[:, None], joints.reshape(len(joints), -1)], axis=1
    )
    template = "%d,%.6f" + ",%.6f" * (values.shape[1] - 2) + "\n"
    for rows in chunks(len(values)):
        yield formatted(template, values[rows])
