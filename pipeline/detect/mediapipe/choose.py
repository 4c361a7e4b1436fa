"""Resolve the detector `auto`: the most precise network for files, the quickest for cameras.

Both are embedded ones. The rule depends on one fact of the computer, whether the weights of BlazePose heavy are there,
and a take names the detector that ran. Imports nothing heavy.
"""

from __future__ import annotations

from dataclasses import replace

from ...core.config import AUTO_DETECTOR, DetectConfig
from .heavy import HEAVY, is_here

FULL = "mediapipe"

# What was measured with the default lifter: training/README.md, benchmarks/detectors.py.
_MERIT = (
    "on four views of a real man the lifted pose is 48 mm off with it (P-MPJPE), 62 mm with full, and left and right "
    "are not confused. A frame takes about three times as long."
)
WHY_HEAVY = f"Recommended for files: {_MERIT}"
WHY_FULL = "Recommended for cameras: it is the quickest. It comes with the program."


def chosen_detector(config: DetectConfig) -> str:
    """Return the name of the detector that `config` means on this computer.

    `auto` is heavy where frames may wait (`DetectConfig.prompt`: files) and its weights are here, else full.
    """
    if config.detector != AUTO_DETECTOR:
        return config.detector
    return HEAVY if config.prompt and is_here() else FULL


def resolved(config: DetectConfig) -> DetectConfig:
    """Return `config` with the detector that `auto` means here by its own name."""
    return replace(config, detector=chosen_detector(config))


def auto_title() -> str:
    """Describe in a few words what `auto` takes here."""
    return "Automatic: BlazePose heavy for files, full live" if is_here() else "Automatic: BlazePose full"


def auto_reason() -> str:
    """Describe in sentences what `auto` takes here, and why."""
    if is_here():
        return f"Files get BlazePose heavy: {_MERIT} Cameras get full, the quickest."
    return "Cameras and files get BlazePose full. Files would get heavy, but its weights are not here."
