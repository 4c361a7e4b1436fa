"""Name the folders of the attacks: the project, the sound inputs they start from, and where they work."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
SEED = 20261130


def root() -> Path:
    """Return the folder for everything that the attacks write; `HOURGLASS_ATTACKS` names another one."""
    folder = Path(
        os.environ.get("HOURGLASS_ATTACKS") or Path(tempfile.gettempdir()) / f"hourglass-attacks-{os.getuid()}"
    )
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def work_folder(name: str) -> Path:
    """Return an empty folder for a section or a case."""
    folder = root() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
