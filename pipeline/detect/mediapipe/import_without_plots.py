"""Import MediaPipe without the packages of its plots and its microphone, unused here.

MediaPipe's own `__init__` imports matplotlib (0.4 s of processor time, and a font cache at the first start) and
sounddevice, which opens the sound system. Stand-in modules are present during the import and removed afterwards. Other
code of the process that draws with MediaPipe gets the real modules: a stand-in imports its own at the first use.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any

from ...core.concurrency import IMPORT_LOCK

_UNUSED = ("matplotlib", "matplotlib.pyplot", "sounddevice")


def import_mediapipe() -> None:
    """Import MediaPipe; later calls return at once. Raises what its import raises."""
    with IMPORT_LOCK:
        if "mediapipe" in sys.modules:
            return
        stand_ins: dict[str, types.ModuleType] = {}
        for name in _UNUSED:
            if _package(name) not in sys.modules:
                stand_ins[name] = _stand_in(name, stand_ins)
        sys.modules.update(stand_ins)
        try:
            importlib.import_module("mediapipe")
        finally:
            _remove(stand_ins)


def _package(name: str) -> str:
    return name.partition(".")[0]


def _stand_in(name: str, all_of_them: dict[str, types.ModuleType]) -> types.ModuleType:
    """Return a module whose attributes are those of the real one, which is imported when the first is read."""
    module = types.ModuleType(name)

    def attribute(wanted: str) -> Any:
        if wanted.startswith("__"):
            raise AttributeError(wanted)
        _remove(all_of_them)
        return getattr(importlib.import_module(name), wanted)

    module.__getattr__ = attribute  # type: ignore[method-assign]
    if _package(name) != name:
        setattr(all_of_them[_package(name)], name.partition(".")[2], module)
    return module


def _remove(stand_ins: dict[str, types.ModuleType]) -> None:
    for name, module in stand_ins.items():
        if sys.modules.get(name) is module:
            del sys.modules[name]
