"""Open a user's own character to put a take on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..characters.character import Character


def open_character(path: str | Path, bones: Mapping[str, str] | None = None) -> Character:
    """Open a character, recognise its bones, and find its T-pose.

    Args:
        path: A .vrm, .glb, .gltf or .bvh file, or an .fbx if the package bpy or Blender is installed.
        bones: Humanoid bone in VRM 1.0's names -> name of the bone in the file, "" if there is none. They go before
            `NAME.mapping.json` beside the character, which goes before what is recognised.

    Returns:
        The character: `mapping` says which bone was recognised by which rule, `take.retarget` puts a motion on it.

    Raises:
        SourceError: It cannot be read, or required bones were not found; the message names them.
        ConfigError: A mapping names bones that the character does not have.

    Example:
        >>> character = hg.open_character("hero.vrm")
        >>> character.mapping.missing
        ()
    """
    from ..characters.character import open_character as opened

    return opened(Path(path), bones)
