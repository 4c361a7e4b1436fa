"""Write joint angles: OpenSim's motion files (.mot) and a table.

Definitions: `pipeline.analysis.joint_angles`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...analysis.gait import SIDES
from ...core.arrays import Doubles
from ..base import UNWATCHED, Watch
from ..number_text import chunks, formatted, in_one_line
from ..per_person import write_text
from ..tracks import SelectedPerson, Selection
from .trc import opensim_from_world

# OpenSim's coordinates in Rajagopal's model (2016) -> coordinates here and the sign between them.
_COORDINATES: dict[str, tuple[str, float]] = {
    "pelvis_tilt": ("trunk_tilt", 1.0),
    "pelvis_list": ("trunk_list", 1.0),
    "pelvis_rotation": ("trunk_rotation", 1.0),
    **{
        f"{theirs}_{side[0]}": (f"{side}_{ours}", sign)
        for side in ("right", "left")
        for theirs, ours, sign in (
            ("hip_flexion", "hip_flexion", 1.0),
            ("hip_adduction", "hip_abduction", -1.0),
            ("knee_angle", "knee_flexion", 1.0),
            ("arm_flex", "shoulder_flexion", 1.0),
            ("arm_add", "shoulder_abduction", -1.0),
            ("elbow_flex", "elbow_flexion", 1.0),
        )
    },
    "lumbar_bending": ("lumbar_bending", 1.0),
    "lumbar_rotation": ("lumbar_rotation", 1.0),
}
_ANKLES = {f"ankle_angle_{side[0]}": (f"{side}_ankle_flexion", 1.0) for side in SIDES}  # where toes are known
_PLACE = ("pelvis_tx", "pelvis_ty", "pelvis_tz")


class MotExporter:
    """Write `<stem>.mot` and `<stem>_person<N>.mot`.

    Degrees and metres, names of Rajagopal's model. OpenSim reads no empty cells: frames without the person are left out
    (see the time column), and an angle that is undefined for a moment is interpolated. Angles have no jumps of 360
    degrees.
    """

    name = "mot"
    suffix = ".mot"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        return write_text(selection, folder, stem, self.suffix, lambda person, path: _motion(person, path.stem))


def _motion(person: SelectedPerson, name: str) -> Iterator[str]:
    joints, times = person.joints_world[person.seen], person.time_s[person.seen]
    angles = {name: values[person.seen] for name, values in person.angles.items()}
    coordinates = {name: known for name, known in (_COORDINATES | _ANKLES).items() if known[0] in angles}
    columns = [times]
    for ours, sign in coordinates.values():
        columns.append(sign * _continuous(times, angles[ours]))
    columns[4:4] = list(opensim_from_world(joints[:, 0]).T)  # the position follows the pelvis' three angles
    names = list(coordinates)
    names[3:3] = _PLACE
    values = np.stack(columns, axis=1)
    yield f"{in_one_line(name)}\nversion=1\nnRows={len(values)}\nnColumns={values.shape[1]}\ninDegrees=yes\n\n"
    yield "Units are S.I. units (second, meters, Newtons, ...)\nAngles are in degrees.\n\nendheader\n"
    yield "\t".join(["time", *names]) + "\n"
    template = "%.6f" + "\t%.6f" * (values.shape[1] - 1) + "\n"
    for rows in chunks(len(values)):
        yield formatted(template, values[rows])


def _continuous(times: Doubles, degrees: Doubles) -> Doubles:
    """Interpolate gaps and unwrap jumps of whole turns; 0 if no value is known."""
    known = np.isfinite(degrees)
    if not known.any():
        return np.zeros(len(degrees))
    return np.interp(times, times[known], np.unwrap(degrees[known], period=360))


class AnglesExporter:
    """Write `<stem>_angles.csv` and `<stem>_angles_person<N>.csv`: angles in columns, degrees.

    Columns: frame, time_s, the angles. Every frame of the take is a row; cells of unknown angles are empty. The last
    columns, `right_foot` and `left_foot`, give the gait events of a walking person in the nearest frame
    (`analysis.gait`): `heel_strike`, `toe_off`, and where toes are known `foot_flat` and `heel_off`; else empty.
    """

    name = "angles"
    suffix = "_angles.csv"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        return write_text(selection, folder, stem, self.suffix, lambda person, path: _table(person))


def _table(person: SelectedPerson) -> Iterator[str]:
    angles = person.angles
    yield ",".join(["frame", "time_s", *angles, *(f"{side}_foot" for side in SIDES)]) + "\n"
    values = np.stack([person.frame_index, person.time_s, *angles.values()], axis=1)
    nothing = ",,\n"
    template = "%d,%.6f" + ",%.4f" * len(angles) + nothing
    walk = person.gait
    feet = {(event.row, event.side): event.kind for event in walk.events} if walk else {}
    for rows in chunks(len(values)):
        lines = formatted(template, values[rows]).splitlines(keepends=True)
        for row in {row for row, _ in feet if rows.start <= row < rows.stop}:
            kinds = ",".join(feet.get((row, side), "") for side in SIDES)
            lines[row - rows.start] = f"{lines[row - rows.start].removesuffix(nothing)},{kinds}\n"
        yield "".join(lines)
