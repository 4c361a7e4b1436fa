"""Import motion capture for training: `python -m training.data.import_mocap FOLDER`.

Reads every `.bvh` and `.amc` (with its `.asf`) below the folder and writes the motion file that
`training.fit.train --data` reads. Unusable files are skipped and reported with the reason.
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
from training.data.h36m_from_recording import h36m17_from_recording
from training.data.motion_file import RATE_HZ

_MAX_STEP_M = 0.30  # m per frame at 60 Hz; a joint that moves further is a capture error
_JUMP_MARGIN = 10  # frames removed on each side of a capture error
_MIN_FRAMES = int(RATE_HZ)  # frames, one second; shorter pieces are dropped


def read_motion(path: Path, up: str = "", metres: float | None = None, rate_hz: float | None = None) -> Doubles:
    """Read the joints (F, 17, 3) of a BVH or AMC file: metres, z up, 60 Hz.

    Raises `SourceError`.
    """
    if path.suffix.lower() == ".bvh":
        return h36m17_from_recording(read_bvh(path), up, metres)
    return h36m17_from_recording(read_amc(path, read_asf(find_asf(path)), rate_hz or AMC_RATE_HZ), up or "y", metres)


def split_at_jumps(joints: Doubles) -> list[Doubles]:
    """Split (F, 17, 3) at capture errors and keep the pieces of at least one second."""
    step = np.linalg.norm(np.diff(joints, axis=0), axis=-1).max(axis=-1) > _MAX_STEP_M
    bad = np.zeros(len(joints), bool)
    for frame in np.flatnonzero(step):
        bad[max(0, frame + 1 - _JUMP_MARGIN) : frame + 1 + _JUMP_MARGIN] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[True], bad, [True]]).astype(np.int8)))
    pieces = [joints[a:b] for a, b in edges.reshape(-1, 2)]
    return [piece for piece in pieces if len(piece) >= _MIN_FRAMES]


def motion_files(folder: Path) -> list[Path]:
    """List the BVH and AMC files below a folder, sorted by name.

    Raises `SourceError` if there are none.
    """
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".bvh", ".amc") and p.is_file())
    if not found:
        raise SourceError(f"There is no .bvh or .amc file in {folder}.", "Name the folder that holds the motion.")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.data.import_mocap", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("folder", type=Path, help="folder of .bvh and .amc files, searched recursively")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.npz")
    parser.add_argument("--source", default="", help="name of the data set (default: the folder's name)")
    parser.add_argument("--up", choices=("y", "z"), default="", help="up axis of the files, if it is not detected")
    parser.add_argument("--unit", type=float, metavar="METRES", help="length of one unit, if it is not detected")
    parser.add_argument("--rate", type=float, metavar="HZ", help="frame rate of AMC files (default 120)")
    given = parser.parse_args(argv)
    try:
        clips: list[Doubles] = []
        names: list[str] = []
        subjects: list[str] = []
        for path in motion_files(given.folder):
            try:
                pieces = split_at_jumps(read_motion(path, given.up, given.unit, given.rate))
            except SourceError as error:
                print(f"skipped: {error}", file=sys.stderr)
                continue
            clips += pieces
            inside = path.relative_to(given.folder)
            names += [f"{inside.with_suffix('')}{f'#{n}' if n else ''}" for n in range(len(pieces))]
            # Whole subjects are held out of training: CMU file names hold the subject (06_01), else the folder does.
            subjects += [path.stem.split("_")[0] if path.suffix.lower() == ".amc" else inside.parts[0]] * len(pieces)
        if not clips:
            raise SourceError("No usable file was found.", "The lines above give the reasons.")
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
