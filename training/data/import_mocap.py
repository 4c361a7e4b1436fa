"""Your own motion capture for training: `python -m training.data.import_mocap FOLDER --out mine.npz`.

Takes every `.bvh` and `.amc` (with its `.asf`) below the folder and writes the file that `training.fit.train --data`
reads. A file that cannot be used is named with its reason and left out.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.core.arrays import Doubles
from pipeline.core.errors import SourceError, UserError
from pipeline.system.files import atomic_write
from training.data.amc import AMC_RATE_HZ, find_asf, read_amc, read_asf
from training.data.bvh import read_bvh
from training.data.h36m_from_recording import h36m17
from training.data.motion_file import RATE_HZ

_LONGEST_STEP_M = 0.30  # a joint that moves more in a frame of 60 Hz is a fault of the capture
_AROUND_FAULT = 10  # frames cut away on each side of one
_SHORTEST = int(RATE_HZ)  # pieces under a second are of no use


def read_motion(path: Path, up: str = "", metres: float | None = None, rate_hz: float | None = None) -> Doubles:
    """Joints (F, 17, 3) of a BVH or AMC file, metres, z up, 60 Hz. Raises `SourceError`."""
    if path.suffix.lower() == ".bvh":
        return h36m17(read_bvh(path), up, metres)
    return h36m17(read_amc(path, read_asf(find_asf(path)), rate_hz or AMC_RATE_HZ), up or "y", metres)


def without_faults(joints: Doubles) -> list[Doubles]:
    """(F, 17, 3) -> its pieces between leaps, those of at least a second."""
    step = np.linalg.norm(np.diff(joints, axis=0), axis=-1).max(axis=-1) > _LONGEST_STEP_M
    bad = np.zeros(len(joints), bool)
    for frame in np.flatnonzero(step):
        bad[max(0, frame + 1 - _AROUND_FAULT) : frame + 1 + _AROUND_FAULT] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[True], bad, [True]]).astype(np.int8)))
    pieces = [joints[a:b] for a, b in edges.reshape(-1, 2)]
    return [piece for piece in pieces if len(piece) >= _SHORTEST]


def motion_files(folder: Path) -> list[Path]:
    """All files below `folder` that can be read, in the order of their names. Raises `SourceError` if there is none."""
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".bvh", ".amc") and p.is_file())
    if not found:
        raise SourceError(f"There is no .bvh or .amc file in {folder}.", "Name the folder that holds the motion.")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="training.data.import_mocap", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.npz")
    parser.add_argument("--source", default="", help="name of the collection (default: the folder's name)")
    parser.add_argument("--up", choices=("y", "z"), default="", help="the file's up axis, if it is not found")
    parser.add_argument("--unit", type=float, metavar="METRES", help="length of one unit, if it is not found")
    parser.add_argument("--rate", type=float, metavar="HZ", help="rate of AMC files (default 120)")
    given = parser.parse_args(argv)
    try:
        clips: list[Doubles] = []
        names: list[str] = []
        subjects: list[str] = []
        for path in motion_files(given.folder):
            try:
                pieces = without_faults(read_motion(path, given.up, given.unit, given.rate))
            except SourceError as error:
                print(f"left out: {error}", file=sys.stderr)
                continue
            clips += pieces
            inside = path.relative_to(given.folder)
            names += [f"{inside.with_suffix('')}{f'#{n}' if n else ''}" for n in range(len(pieces))]
            # Whole people are held out of training: CMU's files say who it is (06_01), else the folder is the person.
            subjects += [path.stem.split("_")[0] if path.suffix.lower() == ".amc" else inside.parts[0]] * len(pieces)
        if not clips:
            raise SourceError("Nothing usable was found.", "The lines above say why.")
        source = given.source or given.folder.resolve().name
        with atomic_write(given.out) as file:
            np.savez_compressed(
                file,
                positions=np.concatenate(clips).astype(np.float32),
                clip_start=np.cumsum([0, *(len(clip) for clip in clips)]),
                clip_name=np.array(names),
                clip_source=np.array([source] * len(clips)),
                clip_subject=np.array(subjects),
            )
    except UserError as error:
        print(f"{error}", file=sys.stderr)
        return 2
    print(f"{given.out}: {len(clips)} clips, {sum(map(len, clips)) / RATE_HZ / 60:.1f} minutes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
