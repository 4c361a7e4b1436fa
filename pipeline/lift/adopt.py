"""A checkpoint of the user's becomes a lifter of the program: copied, and listed in a manifest of the user's own."""

from __future__ import annotations

from pathlib import Path

from pipeline.lift.recognise import Overrides
from pipeline.weights import WeightEntry


def adopt(path: Path, name: str = "", overrides: Overrides | None = None, joint_rule: str = "") -> WeightEntry:
    """Copy the tensors of `path` into the user's weights folder and register them with their family's input rule.

    "" as name: made from the file's. `joint_rule` is "h36m" (the default) or "hourglass". From then on the lifter is in
    `weights.manifest()`. Takes seconds. Raises `ModelError` (no checkpoint, does not fit), `ConfigError` (a name that
    is taken), `OutputError` (disk).
    """
    raise NotImplementedError


def remove(name: str) -> None:
    """Take a lifter that was added out again, file and entry. Raises `ConfigError` for a bundled or unknown one."""
    raise NotImplementedError
