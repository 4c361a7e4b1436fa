"""FBX, for Unity, Unreal, Maya and MotionBuilder: written by Blender from our glTF, where Blender is installed.

The format has no public description and its own library is not free, so Blender's exporter does it. Rig, body, names
and motion are those of the .glb; one Blender process writes everyone's file, at the video's rate (a variable one on
average).
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import OutputError
from pipeline.export.base import ExportOptions
from pipeline.export.gltf import GltfExporter
from pipeline.export.select import chosen_tracks, person_paths, rate_hz
from pipeline.files import atomic_path
from pipeline.types import Take

log = logging.getLogger(__name__)

_START_S, _FRAME_S = 120.0, 0.1  # patience: for Blender to start, and a frame of a person
_HINT = "Update Blender; its own Python needs NumPy (on Debian: apt-get install python3-numpy). Or choose glTF or BVH."


class FbxExporter:
    """Writes `<stem>.fbx` and `<stem>_person<N>.fbx`. Raises `OutputError` with Blender's words if it does not."""

    name = "fbx"
    suffix = ".fbx"

    def write(self, take: Take, folder: Path, stem: str, options: ExportOptions) -> list[Path]:
        tracks = chosen_tracks(take, options)
        paths = person_paths(folder, stem, self.suffix, tracks)
        with contextlib.ExitStack() as stack:
            targets = [stack.enter_context(atomic_path(path)) for path in paths]
            between = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hourglass-")))
            sources = GltfExporter().write(take, between, "motion", options)
            frames = sum(len(track.frame_index) for track in tracks)
            made = [source.with_suffix(self.suffix) for source in sources]
            _run_blender(rate_hz(take, tracks[0]), sources, made, _START_S + _FRAME_S * frames)
            for source, target in zip(made, targets, strict=True):
                shutil.copyfile(source, target)  # a full disk speaks here, and not in Blender's words
        log.info("wrote %s", ", ".join(path.name for path in paths))
        return paths


def _run_blender(rate: float, sources: Sequence[Path], targets: Sequence[Path], patience_s: float) -> None:
    blender = shutil.which("blender")
    if blender is None:
        raise OutputError("Blender was not found, and FBX is written by it.", "Install it, or choose glTF or BVH.")
    script = Path(__file__).with_name("fbx_in_blender.py")
    files = [str(path) for pair in zip(sources, targets, strict=True) for path in pair]
    command = [blender, "-b", "--factory-startup", "--python-exit-code", "1", "--python", str(script), "--"]
    try:
        done = subprocess.run(
            [*command, repr(rate), *files],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"Blender did not finish within {patience_s:.0f} s.", "Export a shorter range.") from error
    if done.returncode != 0 or not all(path.is_file() for path in targets):
        log.warning("Blender: %s", (done.stdout + done.stderr)[-4000:])
        words = [line.strip() for line in (done.stdout + done.stderr).splitlines() if "Error" in line]
        raise OutputError(f"Blender could not write the FBX ({words[-1] if words else 'no reason given'}).", _HINT)
