"""Install Blender's own package bpy into the program's environment, on request only."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import logging
import sys
from collections.abc import Callable

from ...core.errors import INSTALLATION, ModelError
from .run import MODULE, BlenderFailed, run_process

log = logging.getLogger(__name__)
VERSION = "5.0.1"  # the last one for Python 3.11; the extra `fbx` names the same
PACKAGE = f"{MODULE}=={VERSION}"
DOWNLOAD_MB, INSTALLED_MB = 374, 860  # wheel for Linux; with NumPy's siblings that it asks for
LICENCE = "GPL 3"
NO_BLENDER = f"Install Blender's package (pip install {PACKAGE}) or Blender itself."
_LIMIT_S = 3600.0


def installed_version() -> str:
    """Return the version of the package that is installed, "" without one."""
    try:
        return importlib.metadata.version(MODULE)
    except importlib.metadata.PackageNotFoundError:
        return ""


def install(ask: Callable[[], None] = lambda: None) -> None:
    """Install the package with pip; `ask` is called regularly and stops pip by raising.

    The licence is the user's to accept before. Raises `ModelError` with pip's reason.
    """
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", PACKAGE]
    try:
        code, output = run_process(command, _LIMIT_S, ask)
    except (BlenderFailed, OSError) as error:
        raise ModelError(f"{PACKAGE} was not installed ({error}).", "Try it again.", field=INSTALLATION) from error
    if code != 0:
        log.warning("pip: %s", output[-4000:])
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        words = [line for line in lines if "error" in line.casefold()] or lines or ["pip gave no reason"]
        raise ModelError(
            f"{PACKAGE} was not installed ({words[-1][:300]}).",
            f"Check the connection and the space on the disk ({INSTALLED_MB} MB), or run in a terminal: "
            f"pip install {PACKAGE}",
        )
    importlib.invalidate_caches()  # the running program finds it at once
    if importlib.util.find_spec(MODULE) is None:
        raise ModelError(f"{PACKAGE} was installed, but cannot be found.", "Start the program again.")
