"""BVH motion: one person a file, every frame of the take a frame of the file.

Right-handed, y up, the character faces +z and has its left at +x; rig and axes: `pipeline.post.rig`. Where the person
was not seen the pose is interpolated, before the first and after the last sight it is held: leaving frames out would
lose the sync with the video. A video of variable rate is resampled to its average rate, because BVH knows only one.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.export.base import ExportOptions
from pipeline.export.select import chosen_tracks, person_paths, rate_hz, text_files, world_joints
from pipeline.post.bones import measure_body
from pipeline.post.rig import NAMES, PARENTS, Rig, rig_for, rig_from_world
from pipeline.post.rotations import euler_zxy, resample, solve
from pipeline.types import Doubles, Take, Track3D

log = logging.getLogger(__name__)

_CHUNK = 2000  # frames formatted at once
_TURN = "Zrotation Xrotation Yrotation"
_UNIT = {"cm": 100.0, "m": 1.0}


class BvhExporter:
    """Writes `<stem>.bvh` and `<stem>_person<N>.bvh`."""

    name = "bvh"
    suffix = ".bvh"

    def write(self, take: Take, folder: Path, stem: str, options: ExportOptions) -> list[Path]:
        tracks = chosen_tracks(take, options)
        paths = person_paths(folder, stem, self.suffix, tracks)
        with text_files(paths) as files:
            for file, track in zip(files, tracks, strict=True):
                file.writelines(self._text(take, track, options))
        log.info("wrote %s", ", ".join(path.name for path in paths))
        return paths

    @staticmethod
    def _text(take: Take, track: Track3D, options: ExportOptions) -> Iterator[str]:
        rate, scale = rate_hz(take, track), _UNIT[options.unit]
        rig, channels = _motion(take, track, rate, options.root_motion)
        channels[:, :3] *= scale
        yield "HIERARCHY\n"
        yield from _joint(rig, 0, scale, "")
        yield f"MOTION\nFrames: {len(channels)}\nFrame Time: {1 / rate:.9f}\n"
        # One C-level format call for many rows: 3 million numbers a second here, where savetxt makes 0.5 million.
        row = " ".join(["%.6f"] * channels.shape[1]) + "\n"
        for start in range(0, len(channels), _CHUNK):
            block = channels[start : start + _CHUNK]
            yield (row * len(block)) % tuple(block.ravel().tolist())


def _motion(take: Take, track: Track3D, rate: float, root_motion: bool) -> tuple[Rig, Doubles]:
    """The rig, and per frame of the file root position (metres) and all angles (degrees): (frames, 3 + 3 x 21)."""
    seen = track.seen
    joints = rig_from_world(world_joints(take, track)[seen])
    pose = solve(joints, track.time_s[seen], rate)
    times = track.time_s
    if take.info.variable_rate and len(times) > 1:
        times = times[0] + np.arange(round(float(times[-1] - times[0]) * rate) + 1) / rate
    pose = resample(pose, times)
    root = pose.root
    if not root_motion:  # on the spot: the height stays, so that steps and jumps do
        root = np.stack([np.full(len(root), root[0, 0]), root[:, 1], np.full(len(root), root[0, 2])], axis=1)
    angles = euler_zxy(pose.rotations)
    return rig_for(measure_body(joints)), np.concatenate([root, angles.reshape(len(angles), -1)], axis=1)


def _joint(rig: Rig, bone: int, scale: float, indent: str) -> Iterator[str]:
    """The hierarchy from `bone` down; `rig.NAMES` is in this order, which is the order of the channels."""
    root = PARENTS[bone] < 0
    yield f"{indent}{'ROOT' if root else 'JOINT'} {NAMES[bone]}\n{indent}{{\n"
    yield f"{indent}\tOFFSET {_numbers(rig.offsets[bone] * scale)}\n"
    yield f"{indent}\tCHANNELS {'6 Xposition Yposition Zposition ' if root else '3 '}{_TURN}\n"
    for child in rig.children(bone):
        yield from _joint(rig, child, scale, indent + "\t")
    if bone in rig.ends:
        end = f"{indent}\tEnd Site\n{indent}\t{{\n{indent}\t\tOFFSET {_numbers(rig.ends[bone] * scale)}\n{indent}\t}}\n"
        yield end
    yield f"{indent}}}\n"


def _numbers(vector: Doubles) -> str:
    return " ".join(f"{value:.6f}" for value in vector)
