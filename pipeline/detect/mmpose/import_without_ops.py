"""Import MMPose without mmcv's compiled operations and without its console messages.

mmcv has no wheel with its operations for today's torch, and mmcv-lite has none at all; but mmpose imports modules of
`mmcv.ops`, which look for `mmcv._ext` at import. The networks used here call none of these operations. A stand-in
module is therefore present during the import and removed afterwards, because mmengine looks for the real module later
to detect which mmcv it has. The stand-in's functions raise an error that names the missing operation.

The import takes some seconds (mmdet, mmcv, mmengine and their dependencies): call it from a thread that may wait.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import io
import logging
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from ...core.errors import INSTALLATION, ModelError

log = logging.getLogger(__name__)

_EXTENSION = "mmcv._ext"
_MODULES = ("mmdet.models", "mmpose.models", "mmpose.registry", "mmengine.config", "mmengine.registry")
_HINT = "Install the packages of MMPose again. The detector mediapipe needs none of them."
_lock = threading.Lock()
_quiet = threading.RLock()
_imported = False


def import_mmpose() -> None:
    """Import the parts of MMPose that the detectors need; later calls return at once.

    Raises `ModelError`.
    """
    global _imported  # noqa: PLW0603 - whether the process has it
    with _lock:
        if _imported:
            return
        with _stand_in(), to_log():
            for name in _MODULES:
                try:
                    importlib.import_module(name)
                except Exception as error:  # a broken installation may raise anything; the user can repair it
                    raise ModelError(
                        f"MMPose cannot be imported ({name}: {error}).", _HINT, field=INSTALLATION
                    ) from error
        for package in ("mmpose", "mmdet", "mmcv", "mmengine"):  # they warn in every frame about deprecated torch calls
            warnings.filterwarnings("ignore", module=rf"{package}\.")
        _imported = True


@contextlib.contextmanager
def to_log() -> Iterator[None]:
    """Send the prints and warnings of the enclosed calls into OpenMMLab's packages to the log.

    Prints of other threads are captured too, so use it for short calls only. One thread at a time: both replaced
    objects are global to the process.
    """
    said = io.StringIO()
    with _quiet, warnings.catch_warnings(record=True) as warned, contextlib.redirect_stdout(said):
        warnings.simplefilter("always")
        try:
            yield
        finally:
            for text in {str(one.message) for one in warned}:
                log.debug("MMPose warned: %s", text)
            for line in said.getvalue().splitlines():
                log.debug("MMPose printed: %s", line)


@contextlib.contextmanager
def _stand_in() -> Iterator[None]:
    """Provide `mmcv._ext` during an import, unless the real module is present."""
    if _EXTENSION in sys.modules or _has_operations():
        yield
        return
    module = types.ModuleType(_EXTENSION)
    module.__getattr__ = missing_operation  # type: ignore[method-assign]
    sys.modules[_EXTENSION] = module
    try:
        yield
    finally:
        sys.modules.pop(_EXTENSION, None)
        package = sys.modules.get("mmcv")
        if package is not None and getattr(package, "_ext", None) is module:
            del package._ext


def _has_operations() -> bool:
    try:
        return importlib.util.find_spec(_EXTENSION) is not None
    except (ImportError, ValueError):
        return False


def missing_operation(name: str) -> Callable[..., Any]:
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_: Any, **__: Any) -> Any:
        raise ModelError(
            f"This network needs '{name}' of mmcv's compiled operations, which are not installed.",
            "Choose another network: RTMPose, RTMO, HRNet and most others need none of them.",
        )

    return missing
