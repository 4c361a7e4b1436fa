"""Locate the sample video: two people, one jumps; part of the Sports2D wheel (BSD-3-Clause)."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from ..core.errors import SourceError

_PACKAGE, _VERSION = "sports2d", "0.8.34"
_INSTALL = f"python -m pip install --no-deps {_PACKAGE}=={_VERSION}"
_PARTS = ("Sports2D", "Demo", "demo.mp4")


def sample_video() -> Path:
    """Return the path of the sample video.

    The package is looked up but never imported, because it is installed without its dependencies. Raises `SourceError`
    with the command that installs it.
    """
    try:
        distribution = importlib.metadata.distribution(_PACKAGE)
    except importlib.metadata.PackageNotFoundError as error:
        raise SourceError("The sample video is not installed.", _INSTALL) from error
    path = Path(str(distribution.locate_file("/".join(_PARTS))))
    if not path.is_file():
        raise SourceError(f"The installed {_PACKAGE} {distribution.version} has no sample video.", _INSTALL)
    return path
