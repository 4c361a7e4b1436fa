"""Write FBX for Unity, Unreal, Maya and MotionBuilder by converting glTF with Blender.

Needs an installed Blender: the format has no public description and its own library is not free, so Blender's exporter
writes it. Rig, body, names and motion are those of the .glb; one Blender process writes all files, at the video's rate
(the average of a variable one).
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ...core.errors import OutputError
from ..base import UNWATCHED, Watch
from ..per_person import write_elsewhere
from ..tracks import Selection
from .gltf import GltfExporter

log = logging.getLogger(__name__)

_START_LIMIT_S, _FRAME_LIMIT_S = 120.0, 0.1  # s, time limit: for Blender's start, and per frame of a person
POLL_S = 0.1
_HINT = "Update Blender; its own Python needs NumPy (on Debian: apt-get install python3-numpy). Or choose glTF or BVH."


class FbxExporter:
    """Write `<stem>.fbx` and `<stem>_person<N>.fbx`.

    Raises `OutputError` with Blender's message if the conversion fails.
    """

    name = "fbx"
    suffix = ".fbx"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        def make(paths: Sequence[Path]) -> None:
            sources = GltfExporter().write(selection, paths[0].parent, paths[0].stem)
            frames = sum(len(person.frame_index) for person in selection.people)
            limit_s = _START_LIMIT_S + _FRAME_LIMIT_S * frames
            rate_hz = selection.first.rate_hz
            _run_blender(rate_hz, sources, paths, limit_s, lambda: watch.step(self.name, 0, 0))

        return write_elsewhere(selection, folder, stem, self.suffix, make)


def _run_blender(
    rate: float, sources: Sequence[Path], targets: Sequence[Path], limit_s: float, ask: Callable[[], None]
) -> None:
    """Run Blender; `ask` is called regularly meanwhile and stops Blender by raising."""
    blender = shutil.which("blender")
    if blender is None:
        raise OutputError("Blender was not found, and FBX is written by it.", "Install it, or choose glTF or BVH.")
    script = Path(__file__).with_name("fbx_in_blender.py")
    files = [str(path) for pair in zip(sources, targets, strict=True) for path in pair]
    command = [blender, "-b", "--factory-startup", "--python-exit-code", "1", "--python", str(script), "--"]
    deadline = time.monotonic() + limit_s
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said,  # a pipe would have to be read
        subprocess.Popen(
            [*command, repr(rate), *files], stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        ) as running,
    ):
        try:
            while running.poll() is None:
                ask()
                if time.monotonic() > deadline:
                    raise OutputError(f"Blender did not finish within {limit_s:.0f} s.", "Export a shorter range.")
                with contextlib.suppress(subprocess.TimeoutExpired):
                    running.wait(POLL_S)
        finally:
            running.kill()  # no effect if it has ended
        said.seek(0)
        output = said.read()
    ask()  # Ctrl-C reaches Blender as well, which may end first
    if running.returncode != 0 or not all(path.is_file() for path in targets):
        log.warning("Blender: %s", output[-4000:])
        words = [line.strip() for line in output.splitlines() if "Error" in line]
        raise OutputError(f"Blender could not write the FBX ({words[-1] if words else 'no reason given'}).", _HINT)
