"""Read an MMPose config as data: its text is parsed and evaluated here, never executed.

`config_values` evaluates the statements. This module merges configs with their bases (`_base_`), and `_delete_`
replaces a base's settings, both as MMEngine defines them (mmengine/config/config.py). Steps, sizes and depths are
bounded. A file's name does not affect its content.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...core.errors import ModelError
from ...system.safe_read import DamagedFile, read_text
from .config_values import HINT, Evaluator

_MAX_FILE_BYTES = 1 << 20  # bytes of a config; the largest of MMPose's own has 35 kB
_MAX_STEPS = 500_000  # expressions and values of a config and its bases; MMPose's own need at most 30 000
_MAX_BASES = 64  # direct and indirect bases of one config
_DEEPEST_BASE = 8

FindConfig = Callable[[str, Path], Path]  # (name of a base, folder of the config that names it) -> its file


def load_config(path: Path, find: FindConfig) -> dict[str, Any]:
    """Return the values of a config, merged over its bases, as plain dicts, lists and tuples.

    Raises `ModelError` for a file that cannot be read, or that does more than describe values.
    """
    return _Reader(find).read(path, _DEEPEST_BASE)


class _Reader:
    """Read a config and its bases within one budget of steps."""

    def __init__(self, find: FindConfig) -> None:
        self._find = find
        self._steps = _MAX_STEPS
        self._files = _MAX_BASES

    def read(self, path: Path, depth: int) -> dict[str, Any]:
        self._files -= 1
        if depth < 1 or self._files < 0:
            raise ModelError(f"The config {path} builds on too many others.", HINT)
        try:
            tree = ast.parse(read_text(path, _MAX_FILE_BYTES))
        except OSError as error:
            raise ModelError(f"The config {path} cannot be read ({error.strerror or error}).", HINT) from error
        except SyntaxError as error:
            raise ModelError(f"The config {path} cannot be read ({error.msg} in line {error.lineno}).", HINT) from error
        except (ValueError, RecursionError, MemoryError) as error:
            reason = str(error) if isinstance(error, DamagedFile) else "it is nested too deeply, or no text"
            raise ModelError(f"The config {path} cannot be read ({reason}).", HINT) from error
        base: dict[str, Any] = {}
        for name in _base_names(tree, path):
            for key, value in self.read(self._find(name, path.parent), depth - 1).items():
                if key in base:
                    raise ModelError(f"Two configs that {path} builds on both set '{key}'.", HINT)
                base[key] = value
        evaluator = Evaluator(path, base, self.spend)
        try:
            own = evaluator.run(tree)
            return _merged(own, base, evaluator)
        except RecursionError as error:
            raise ModelError(f"The config {path} is nested too deeply.", HINT) from error

    def spend(self, steps: int) -> bool:
        """Subtract `steps` from the budget and return whether it sufficed."""
        self._steps -= steps
        return self._steps >= 0


def _base_names(tree: ast.Module, path: Path) -> list[str]:
    names: list[str] = []
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if not isinstance(node, ast.Assign) or not any(isinstance(t, ast.Name) and t.id == "_base_" for t in targets):
            continue
        try:
            named = ast.literal_eval(node.value)
        except (ValueError, TypeError, RecursionError, MemoryError) as error:
            raise ModelError(f"The config {path} does not say plainly what it builds on.", HINT) from error
        listed = [named] if isinstance(named, str) else named
        if not isinstance(listed, list | tuple) or not all(isinstance(name, str) for name in listed):
            raise ModelError(f"The config {path} does not say plainly what it builds on.", HINT)
        names += listed
    return names


def _merged(own: Mapping[str, Any], base: Mapping[str, Any], evaluator: Evaluator) -> dict[str, Any]:
    """Merge `own` over `base` recursively; a dictionary with `_delete_=True` replaces it."""
    merged = dict(base)
    for key, value in own.items():
        if isinstance(value, dict) and key in merged and not value.get("_delete_", False):
            if not isinstance(merged[key], dict):
                evaluator.fail(f"'{key}' is settings here, and a value in what it builds on")
            merged[key] = _merged(value, merged[key], evaluator)
        else:
            merged[key] = _without_marks(value)
    return merged


def _without_marks(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_marks(inner) for key, inner in value.items() if key != "_delete_"}
    return value
