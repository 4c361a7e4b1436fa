"""Keep a user's mapping of bones in a small JSON file beside the character."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..core.errors import OutputError
from ..system.files import atomic_write
from ..system.json_fields import JsonFields
from ..system.safe_read import DamagedFile, read_json
from .humanoid import BONES

_LARGEST = 1 << 20  # bytes
_LONGEST_NAME = 1000


def mapping_path(character: Path) -> Path:
    """Return the path of a character's mapping: `NAME.mapping.json` for `NAME.glb`."""
    return character.with_name(f"{character.stem}.mapping.json")


def read_mapping(path: Path) -> dict[str, str]:
    """Return humanoid bone -> name of the node; empty without a file.

    The name "" says that the character has no such bone. Raises `DamagedFile` and OSError.
    """
    if not path.exists():
        return {}
    bones = JsonFields(read_json(path, _LARGEST)).object("bones")
    out = {}
    for bone in bones.values:
        if bone not in BONES:
            raise DamagedFile(f"'{bone[:60]}' is not a humanoid bone; they are named as in VRM 1.0: {', '.join(BONES)}")
        out[bone] = bones.text(bone, longest=_LONGEST_NAME)
    return out


def write_mapping(path: Path, bones: Mapping[str, str]) -> None:
    """Write a mapping atomically; bones that are not in it are recognised. Raises `OutputError`.

    Without bones there is nothing to say, and a file that is there is removed.
    """
    if not bones:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"{path} cannot be removed ({reason}).", "Check its permissions.") from error
        return
    data = {"format": "hourglass-mapping", "version": 1, "bones": dict(bones)}
    with atomic_write(path, "w") as file:
        file.write(json.dumps(data, indent=2, ensure_ascii=False) + "\n")
