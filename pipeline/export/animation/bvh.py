"""Write BVH motion: one file per person, one BVH frame per frame of the take.

Right-handed, y up, the character faces +z and has its left at +x; rig and axes: `pipeline.rig.skeleton`. Where the
person was not seen the pose is interpolated; before the first and after the last seen frame it is held, because leaving
frames out would lose the sync with the video. A video of variable rate is resampled to its median rate, because BVH has
one rate only: pauses get frames. With the option `t_pose` one additional frame comes first, the T-pose, standing on the
floor where the motion begins.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles
from ...core.export_options import ExportOptions
from ...rig.euler import euler_zxy
from ...rig.preset_bones import PresetMotion, preset_motion
from ...rig.resample import resample
from ..base import UNWATCHED, Watch
from ..number_text import chunks, formatted
from ..per_person import write_text
from ..tracks import SelectedPerson, Selection
from .rig_motion import rig_motion

_TURN = "Zrotation Xrotation Yrotation"
_UNIT = {"cm": 100.0, "m": 1.0}
_NO_LENGTH: Doubles = np.array([0.0, 0.0, 0.01])  # m, ends of the ik bones, which have none


class BvhExporter:
    """Write `<stem>.bvh` and `<stem>_person<N>.bvh`."""

    name = "bvh"
    suffix = ".bvh"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        options = selection.options
        return write_text(selection, folder, stem, self.suffix, lambda person, path: self._text(person, options))

    @staticmethod
    def _text(person: SelectedPerson, options: ExportOptions) -> Iterator[str]:
        scale = _UNIT[options.unit]
        motion = rig_motion(person, options)
        pose = preset_motion(motion.rig, resample(motion.pose, person.even_times), options.preset)
        order = pose.rig.descent()
        channels = np.empty((len(pose.rotations), 3 * (len(order) + len(pose.moves))))
        rest = np.zeros((1, channels.shape[1]))
        column = 0
        for bone in order:  # one by one: all at once needs ten times the memory of the result
            if bone in pose.moves:
                places = slice(column, column + 3)
                channels[:, places] = pose.moves[bone] * scale
                rest[0, places] = pose.rig.offsets[bone] * scale
                if bone == 0:
                    rest[0, places] += channels[0, places] * [1, 0, 1]
                column += 3
            channels[:, column : column + 3] = euler_zxy(pose.rotations[:, bone])
            column += 3
        if options.t_pose:
            channels = np.concatenate([rest, channels])
        yield "HIERARCHY\n"
        yield from _joint(pose, 0, scale, "")
        yield f"MOTION\nFrames: {len(channels)}\nFrame Time: {1 / motion.rate_hz:.9f}\n"
        template = " ".join(["%.6f"] * channels.shape[1]) + "\n"
        for rows in chunks(len(channels)):
            yield formatted(template, channels[rows])


def _joint(motion: PresetMotion, bone: int, scale: float, indent: str) -> Iterator[str]:
    """Yield the hierarchy from `bone` down, in the order of `Rig.descent` and of the channels.

    A bone with position channels has no offset: some programs add both, others take the channels alone.
    """
    rig, moves = motion.rig, bone in motion.moves
    yield f"{indent}{'ROOT' if rig.parents[bone] < 0 else 'JOINT'} {rig.names[bone]}\n{indent}{{\n"
    yield f"{indent}\tOFFSET {_numbers(rig.offsets[bone] * (0.0 if moves else scale))}\n"
    yield f"{indent}\tCHANNELS {'6 Xposition Yposition Zposition ' if moves else '3 '}{_TURN}\n"
    for child in rig.children(bone):
        yield from _joint(motion, child, scale, indent + "\t")
    if bone in rig.ends or not rig.children(bone):
        end = _numbers(rig.ends.get(bone, _NO_LENGTH) * scale)
        yield f"{indent}\tEnd Site\n{indent}\t{{\n{indent}\t\tOFFSET {end}\n{indent}\t}}\n"
    yield f"{indent}}}\n"


def _numbers(vector: Doubles) -> str:
    return " ".join(f"{value:.6f}" for value in vector)
