"""The sample video: two people, one of whom jumps. It comes with the Sports2D wheel (BSD-3-Clause)."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from ..core.errors import SourceError

_PACKAGE, _VERSION = "sports2d", "0.8.34"
_INSTALL = f"python -m pip install --no-deps {_PACKAGE}=={_VERSION}"
_PARTS = ("Sports2D", "Demo", "demo.mp4")


def sample_video() -> Path:
    """Where the sample video lies. Raises `SourceError` with the command that installs it.

    The package is looked up, never imported: it is installed without its dependencies.
    """
    try:
        distribution = importlib.metadata.distribution(_PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise SourceError("The sample video is not installed.", _INSTALL) from error
    path = Path(str(distribution.locate_file("/".join(_PARTS))))
    if not path.is_file():
        raise SourceError(f"The installed {_PACKAGE} {distribution.version} has no sample video.", _INSTALL)
    return path
