"""Write TRC marker files (Motion Analysis) as OpenSim and Pose2Sim read them.

One file per person, one row per frame. Metres. OpenSim's axes, right-handed: y up, x toward the camera, z along the
image from right to left; a person who faces the camera looks along +x and has the right side at +z, as OpenSim's models
do. Markers carry Pose2Sim's names, including the toe tips if the detector finds toes. Cells are NaN where the person
was not seen: OpenSim 4.6 stops at a row that ends with an empty one. Times are the video's own, also where its rate
varies.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles
from ..base import UNWATCHED, Watch
from ..number_text import chunks, formatted, in_one_line
from ..per_person import write_text
from ..tracks import SelectedPerson, Selection
from .markers import markers


def opensim_from_world(points: Doubles) -> Doubles:
    """Convert (..., 3) world to (..., 3) OpenSim axes: (-y, z, -x).

    World: x right, y away, z up. OpenSim: x toward the camera, y up, z left.
    """
    return np.stack([-points[..., 1], points[..., 2], -points[..., 0]], axis=-1)


class TrcExporter:
    """Write `<stem>.trc` and `<stem>_person<N>.trc`."""

    name = "trc"
    suffix = ".trc"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        return write_text(selection, folder, stem, self.suffix, lambda person, path: _text(person, path.name))


def _text(person: SelectedPerson, name: str) -> Iterator[str]:
    rate, count, first = person.rate_hz, len(person.frame_index), int(person.frame_index[0]) + 1
    names, points = markers(person)
    yield f"PathFileType\t4\t(X/Y/Z)\t{in_one_line(name)}\n"
    yield "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames\n"
    yield f"{rate:.6f}\t{rate:.6f}\t{count}\t{len(names)}\tm\t{rate:.6f}\t{first}\t{count}\n"
    yield "Frame#\tTime\t" + "\t\t\t".join(names) + "\t\t\n"
    yield "\t\t" + "\t".join(f"{axis}{i}" for i in range(1, len(names) + 1) for axis in "XYZ") + "\n"
    values = opensim_from_world(points).reshape(count, -1)
    template = "%d\t%.6f" + "\t%.6f" * values.shape[1] + "\n"
    values = np.concatenate([person.frame_index[:, None] + 1, person.time_s[:, None], values], axis=1)
    for rows in chunks(count):
        yield formatted(template, values[rows], "NaN")
