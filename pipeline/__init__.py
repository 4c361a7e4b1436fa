"""The library of Hourglass: video in, 3D skeleton out.

Installed, the package is `hourglass`; in the checkout it is `pipeline`.

    import hourglass as hg
    take = hg.lift("squat.mp4", people="all", height_cm=172)

All public names come from `api`, loaded when the first of them is used; the folders are its parts. It never imports Qt.

Letters of the shapes: `T` frames of a take, `P` persons, `J` joints, `B` windows in a batch, `F` frames in a window,
`C` channels. NaN means "not observed". Arrays are float32 unless said. The spaces and their axes are in
`core.geometry`.
"""

from __future__ import annotations

import importlib
import inspect
from types import ModuleType
from typing import TYPE_CHECKING, Any

from .system.version import __version__ as __version__

if TYPE_CHECKING:
    from .api import *  # noqa: F403

__all__ = [
    "H36M17",
    "Angles",
    "CancelToken",
    "Cancelled",
    "ConfigError",
    "Correction",
    "DetectConfig",
    "DetectorInfo",
    "ExportOptions",
    "ImageDetector",
    "LiftConfig",
    "Lifter",
    "LifterInfo",
    "Live",
    "LiveConfig",
    "LivePerson",
    "LiveResult",
    "ModelError",
    "Models",
    "NoPersonError",
    "OutputError",
    "Person",
    "Pose2D",
    "PostConfig",
    "Progress",
    "PruneConfig",
    "RunConfig",
    "SceneConfig",
    "SourceError",
    "Take",
    "TakeError",
    "UserError",
    "add_detector",
    "add_lifter",
    "detectors",
    "download",
    "face_missing",
    "hands_missing",
    "lift",
    "lift_joints",
    "lift_recording",
    "lifters",
    "live",
    "load",
    "load_detector",
    "load_lifter",
    "open_character",
    "open_source",
    "remove",
    "sample_video",
]

# `lift` and `live` are functions for the user and folders of the source. An import of anything in such a folder puts
# the module in the place of the function; so the modules themselves can be called.
_FUNCTIONS_AND_FOLDERS = ("lift", "live")


class _Folder(ModuleType):
    """A subpackage that is also the function of `api` with its name."""

    @property
    def _function(self) -> Any:
        return getattr(importlib.import_module(".api", __name__), self.__name__.rpartition(".")[2])

    def __call__(self, *arguments: Any, **settings: Any) -> Any:
        return self._function(*arguments, **settings)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self._function)

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return inspect.getdoc(self._function)


for _name in _FUNCTIONS_AND_FOLDERS:
    importlib.import_module(f".{_name}", __name__).__class__ = _Folder


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(importlib.import_module(".api", __name__), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
