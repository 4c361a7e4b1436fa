"""Write FBX for Unity, Unreal, Maya and MotionBuilder by converting glTF with Blender.

Needs the package bpy or an installed Blender: the format has no public description and its own library is not free, so
Blender's exporter writes it. Rig, body, names and motion are those of the .glb; one process writes all files, at the
video's rate (the average of a variable one).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ...characters.blender.install import NO_BLENDER
from ...characters.blender.run import CONVERT, BlenderFailed, find_blender, run_script
from ...core.errors import OutputError
from ..base import UNWATCHED, Watch
from ..per_person import write_elsewhere
from ..tracks import Selection
from .gltf import GltfExporter

_START_LIMIT_S, _FRAME_LIMIT_S = 120.0, 0.1  # s, time limit: for Blender's start, and per frame of a person
_HINT = "Update Blender; its own Python needs NumPy (on Debian: apt-get install python3-numpy). Or choose glTF or BVH."


class FbxExporter:
    """Write `<stem>.fbx` and `<stem>_person<N>.fbx`.

    Raises `OutputError` with Blender's message if the conversion fails.
    """

    name = "fbx"
    suffix = ".fbx"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        def make(paths: Sequence[Path]) -> None:
            sources = GltfExporter().write(selection, paths[0].parent, paths[0].stem)
            frames = sum(len(person.frame_index) for person in selection.people)
            limit_s = _START_LIMIT_S + _FRAME_LIMIT_S * frames
            rate_hz = selection.first.rate_hz
            _run_blender(rate_hz, sources, paths, limit_s, lambda: watch.step(self.name, 0, 0))

        return write_elsewhere(selection, folder, stem, self.suffix, make)


def _run_blender(
    rate: float, sources: Sequence[Path], targets: Sequence[Path], limit_s: float, ask: Callable[[], None]
) -> None:
    """Run Blender; `ask` is called regularly meanwhile and stops Blender by raising."""
    if find_blender() is None:
        raise OutputError("Blender was not found, and FBX is written by it.", f"{NO_BLENDER} Or choose glTF or BVH.")
    files = [str(path) for pair in zip(sources, targets, strict=True) for path in pair]
    try:
        run_script(CONVERT, ["fbx", repr(rate), "", *files], limit_s, ask)
        if not all(path.is_file() for path in targets):
            raise BlenderFailed("it wrote no file")
    except BlenderFailed as error:
        raise OutputError(f"Blender could not write the FBX ({error}).", _HINT) from error
