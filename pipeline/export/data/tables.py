"""CSV tables: tidy (one row a frame, person and joint) and wide (one row a frame), with a sidecar that explains them.

World space, metres, '.' decimals, UTF-8, one header row. What was not seen is an empty cell; its confidence is 0.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles
from ...core.skeletons import H36M17
from ...core.take import Take, Track3D
from ..base import UNWATCHED, ExportOptions, Watch
from ..number_text import chunks, formatted
from ..take_facts import sidecar_path, sidecar_text
from ..tracks import chosen_tracks, joints_image, person_paths, text_files, world_joints

log = logging.getLogger(__name__)


class CsvExporter:
    """Writes `<stem>.csv` with everyone chosen, and `<stem>.csv.json`.

    Columns: frame, time_s, person, joint, x, y, z (world, metres), confidence (of the 2D joint, 0 to 1), x2d, y2d
    (pixels). A joint hidden from the detector can have a place in 3D, from its context, and none in 2D.
    """

    name = "csv"
    suffix = ".csv"

    def write(
        self, take: Take, folder: Path, stem: str, options: ExportOptions, watch: Watch = UNWATCHED
    ) -> list[Path]:
        tracks = chosen_tracks(take, options)
        paths = [folder / f"{stem}.csv", sidecar_path(folder, stem)]
        with text_files(paths) as (table, sidecar):
            table.writelines(_tidy(take, tracks))
            sidecar.write(sidecar_text(take, tracks))
        log.info("wrote %s", paths[0].name)
        return paths


class WideCsvExporter:
    """Writes `<stem>_wide.csv`, `<stem>_wide_person<N>.csv` for the others, and `<stem>.csv.json`.

    Columns: frame, time_s, then x, y, z of every joint (world, metres) as `<joint>_x`, ...
    """

    name = "csv_wide"
    suffix = "_wide.csv"

    def write(
        self, take: Take, folder: Path, stem: str, options: ExportOptions, watch: Watch = UNWATCHED
    ) -> list[Path]:
        tracks = chosen_tracks(take, options)
        paths = [*person_paths(folder, stem, self.suffix, tracks), sidecar_path(folder, stem)]
        with text_files(paths) as (*tables, sidecar):
            for table, track in zip(tables, tracks, strict=True):
                table.writelines(_wide(take, track))
            sidecar.write(sidecar_text(take, tracks))
        log.info("wrote %s", ", ".join(path.name for path in paths[:-1]))
        return paths


def _tidy(take: Take, tracks: list[Track3D]) -> Iterator[str]:
    yield "frame,time_s,person,joint,x,y,z,confidence,x2d,y2d\n"
    template = "".join(
        f"%d,%.6f,{track.person},{joint},%.6f,%.6f,%.6f,%.4f,%.2f,%.2f\n" for track in tracks for joint in H36M17.names
    )
    places = [(track, world_joints(take, track), joints_image(take, track)) for track in tracks]

    def block(rows: slice) -> Doubles:
        """(frames, persons, 17, 8)"""
        values = np.empty((len(tracks[0].frame_index[rows]), len(tracks), len(H36M17.names), 8))
        for at, (track, joints, pixels) in enumerate(places):
            values[:, at, :, 0], values[:, at, :, 1] = track.frame_index[rows, None], track.time_s[rows, None]
            values[:, at, :, 2:5], values[:, at, :, 5] = joints[rows], track.scores[rows]
            values[:, at, :, 6:] = pixels[rows]
        return values

    for rows in chunks(len(tracks[0].frame_index)):
        yield formatted(template, block(rows))


def _wide(take: Take, track: Track3D) -> Iterator[str]:
    yield "frame,time_s," + ",".join(f"{joint}_{axis}" for joint in H36M17.names for axis in "xyz") + "\n"
    joints = world_joints(take, track)
    values = np.concatenate(
        [track.frame_index[:, None], track.time_s[:, None], joints.reshape(len(joints), -1)], axis=1
    )
    template = "%d,%.6f" + ",%.6f" * (values.shape[1] - 2) + "\n"
    for rows in chunks(len(values)):
        yield formatted(template, values[rows])
