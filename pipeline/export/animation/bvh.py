"""Write BVH motion: one file per person, one BVH frame per frame of the take.

Right-handed, y up, the character faces +z and has its left at +x; rig and axes: `pipeline.rig.skeleton`. Where the
person was not seen the pose is interpolated; before the first and after the last seen frame it is held, because leaving
frames out would lose the sync with the video. A video of variable rate is resampled to its median rate, because BVH has
one rate only: pauses get frames. With the option `t_pose` one additional frame comes first, the T-pose, standing on the
floor where the motion begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...core.arrays import Doubles
from ...core.export_options import ExportOptions
from ...rig.bone_names import bone_names
from ...rig.euler import euler_zxy
from ...rig.resample import resample
from ...rig.skeleton import Rig
from ..base import UNWATCHED, Watch
from ..number_text import chunks, formatted
from ..per_person import write_text
from ..tracks import SelectedPerson, Selection
from .rig_motion import rig_motion

_TURN = "Zrotation Xrotation Yrotation"
_UNIT = {"cm": 100.0, "m": 1.0}


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
        pose = resample(motion.pose, person.even_times)
        order = motion.rig.descent()
        channels = np.empty((len(pose.root), 3 + 3 * len(order)))
        channels[:, :3] = pose.root
        for at, bone in enumerate(order):  # one by one: all at once needs ten times the memory of the result
            channels[:, 3 + 3 * at : 6 + 3 * at] = euler_zxy(pose.rotations[:, bone])
        if options.t_pose:
            rest = np.zeros((1, channels.shape[1]))
            rest[0, :3] = pose.root[0, 0], motion.rig.hips_m, pose.root[0, 2]
            channels = np.concatenate([rest, channels])
        channels[:, :3] *= scale
        yield "HIERARCHY\n"
        yield from _joint(motion.rig, bone_names(options.preset, motion.rig.names), 0, scale, "")
        yield f"MOTION\nFrames: {len(channels)}\nFrame Time: {1 / motion.rate_hz:.9f}\n"
        template = " ".join(["%.6f"] * channels.shape[1]) + "\n"
        for rows in chunks(len(channels)):
            yield formatted(template, channels[rows])


def _joint(rig: Rig, names: Sequence[str], bone: int, scale: float, indent: str) -> Iterator[str]:
    """Yield the hierarchy from `bone` down, in the order of `Rig.descent` and of the channels."""
    root = rig.parents[bone] < 0
    yield f"{indent}{'ROOT' if root else 'JOINT'} {names[bone]}\n{indent}{{\n"
    yield f"{indent}\tOFFSET {_numbers(rig.offsets[bone] * scale)}\n"
    yield f"{indent}\tCHANNELS {'6 Xposition Yposition Zposition ' if root else '3 '}{_TURN}\n"
    for child in rig.children(bone):
        yield from _joint(rig, names, child, scale, indent + "\t")
    if bone in rig.ends:
        end = f"{indent}\tEnd Site\n{indent}\t{{\n{indent}\t\tOFFSET {_numbers(rig.ends[bone] * scale)}\n{indent}\t}}\n"
        yield end
    yield f"{indent}}}\n"


def _numbers(vector: Doubles) -> str:
    return " ".join(f"{value:.6f}" for value in vector)
