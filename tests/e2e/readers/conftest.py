"""Install the packages of node that read files in these tests, beside the environment."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGES = (
    "three@0.187.0", "gltf-validator@2.0.0-dev.3.10", "@pixiv/three-vrm@3.5.5", "@pixiv/three-vrm-animation@3.5.5",
)  # fmt: skip


@pytest.fixture(scope="session")
def node_folder() -> Path:
    """Install the node packages beside the environment, once."""
    folder = Path(sys.prefix) / "node"
    mark = folder / "installed.txt"
    if not mark.is_file() or mark.read_text() != " ".join(PACKAGES):
        folder.mkdir(exist_ok=True)
        npm = shutil.which("npm")
        assert npm, "node is here, but npm is not"
        command = [npm, "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
        done = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        mark.write_text(" ".join(PACKAGES))
    return folder
