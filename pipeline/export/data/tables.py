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
from ...core.face.weights import SHAPES
from ...core.hands.points import SIDES
from ...core.skeletons import H36M17
from ..base import UNWATCHED, Watch
from ..hand_joints import HAND_JOINTS, HandJoints, hand_joints_of
from ..number_text import chunks, formatted
from ..take_facts import sidecar_path, sidecar_text
from ..tracks import SelectedPerson, Selection, text_files

log = logging.getLogger(__name__)


class CsvExporter:
    """Write `<stem>.csv` with all chosen persons, and `<stem>.csv.json`.

    Columns: frame, time_s, person, joint, x, y, z (world, metres), confidence (of the 2D joint, 0 to 1), x2d, y2d
    (pixels), error_image_mm, error_depth_mm (standard errors, see `core.take.Track3D`). A joint hidden from the
    detector can have a 3D position, from its context, and no 2D position.

    Where hands were found, their 42 joints (`export.hand_joints`) are further rows of each person, and a last column
    `observed` is 1 where the joint was seen and 0 where its place is assumed.
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

    Columns: frame, time_s, then x, y, z of every joint (world, metres) as `<joint>_x`, ... Where hands were found,
    those of their joints follow, then `left_hand_observed` and `right_hand_observed` (1, or 0: an assumed pose); where
    faces were found, weights from 0 to 1 of `core.face.weights.SHAPES` as `face_jawOpen`, ..., empty without a face.
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
    hands = [hand_joints_of(one) for one in people]
    marked = any(one is not None for one in hands)
    columns = "frame,time_s,person,joint,x,y,z,confidence,x2d,y2d,error_image_mm,error_depth_mm"
    yield columns + (",observed\n" if marked else "\n")
    parts = [(one.person, H36M17.names if own is None else (*H36M17.names, *HAND_JOINTS))
             for one, own in zip(people, hands, strict=True)]  # fmt: skip
    end = ",%d\n" if marked else "\n"
    template = "".join(
        f"%d,%.6f,{person},{joint},%.6f,%.6f,%.6f,%.4f,%.2f,%.2f,%.1f,%.1f" + end
        for person, joints in parts
        for joint in joints
    )
    frames = people[0].frame_index

    def block(rows: slice) -> Doubles:
        """Return the values (frames, joints of all persons, 10 or 11) of some rows."""
        blocks = []
        for one, own in zip(people, hands, strict=True):
            values = np.empty((len(frames[rows]), len(H36M17.names), 11))
            values[..., 2:5], values[..., 5] = one.joints_world[rows], one.scores[rows]
            values[..., 6:8] = one.joints_image[rows]
            values[..., 8:10] = np.nan if one.errors_mm is None else one.errors_mm[rows]
            values[..., 10] = values[..., 5] > 0
            if own is not None:
                values = np.concatenate([values, _hand_values(own, rows)], axis=1)
            values[..., 0], values[..., 1] = one.frame_index[rows, None], one.time_s[rows, None]
            blocks.append(values if marked else values[..., :10])
        return np.concatenate(blocks, axis=1)

    for rows in chunks(len(frames)):
        yield formatted(template, block(rows))


def _hand_values(hands: HandJoints, rows: slice) -> Doubles:
    """Return the values (frames, 42, 11) of hands, as the joints of the body have them; errors are not known."""
    values = np.full((*hands.scores[rows].shape, 11), np.nan)
    values[..., 2:5], values[..., 5] = hands.joints_world[rows], hands.scores[rows]
    values[..., 6:8], values[..., 10] = hands.joints_image[rows], hands.joint_observed[rows]
    return values


def _wide(person: SelectedPerson) -> Iterator[str]:
    joints, names, hands = person.joints_world, H36M17.names, hand_joints_of(person)
    if hands is not None:
        joints, names = np.concatenate([joints, hands.joints_world], axis=1), (*names, *HAND_JOINTS)
    header = ["frame", "time_s", *(f"{joint}_{axis}" for joint in names for axis in "xyz")]
    parts = [person.frame_index[:, None], person.time_s[:, None], joints.reshape(len(joints), -1)]
    template = "%d,%.6f" + ",%.6f" * (3 * len(names))
    if hands is not None:
        header += [f"{side}_hand_observed" for side in SIDES]
        parts.append(hands.observed.astype(np.float64))
        template += ",%d" * len(SIDES)
    if person.face is not None:
        header += [f"face_{shape}" for shape in SHAPES]
        parts.append(np.stack([person.face[shape] for shape in SHAPES], axis=1).astype(np.float64))
        template += ",%.3f" * len(SHAPES)
    values = np.concatenate(parts, axis=1)
    yield ",".join(header) + "\n"
    for rows in chunks(len(values)):
        yield formatted(template + "\n", values[rows])
