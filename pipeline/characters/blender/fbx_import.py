"""Read .fbx characters by converting them to glTF with Blender."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ...core.errors import SourceError
from ...system.safe_read import open_regular
from ..gltf import GltfFile, open_gltf
from .install import NO_BLENDER
from .run import CONVERT, BlenderFailed, find_blender, run_script

_LIMIT_S = 300.0  # s for Blender's start and one character


def glb_from_fbx(path: Path) -> GltfFile:
    """Return what Blender reads in an .fbx file.

    Raises `SourceError`, `DamagedFile` and OSError.
    """
    open_regular(path).close()
    if find_blender() is None:
        raise SourceError(
            f"{path.name} is an FBX, which is read by Blender, and Blender was not found.",
            f"{NO_BLENDER} Or save the character as .glb or .vrm.",
            field="character",
        )
    with tempfile.TemporaryDirectory(prefix="hourglass-") as folder:
        target = Path(folder) / "character.glb"
        try:
            run_script(CONVERT, ["glb", str(path.resolve()), str(target)], _LIMIT_S)
        except BlenderFailed as error:
            raise SourceError(
                f"Blender could not read {path.name} ({error}).", "Save the character as .glb or .vrm.",
                field="character",
            ) from error  # fmt: skip
        return open_gltf(target)
