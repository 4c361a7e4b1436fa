"""The part of the backend that knows 2D detectors: which there are, their weights, a user's own networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.backend.detector_info import DetectorRow
from pipeline.core.concurrency import CancelToken

if TYPE_CHECKING:
    from pipeline.detect.create import DetectorInfo

_NEEDS_FILES = "mmpose"  # config and checkpoint named on the command line; in the window they are added instead


class DetectorBackend(Protocol):
    """Detectors as the window sees them. Raises `UserError` children."""

    def detectors(self, check: bool = False) -> Sequence[DetectorRow]:
        """All of them, the embedded one first. Quick; `check` reads the files, to find damaged ones."""
        ...

    def add_detector(self, checkpoint: Path, config: str) -> str:
        """Make a network of the user's a detector; returns its name. Takes seconds: it imports MMPose."""
        ...

    def remove_detector(self, name: str) -> None: ...

    def download_detector(self, name: str, progress: Callable[[int, int], None], cancel: CancelToken) -> None: ...


class PipelineDetectors:
    """The real one."""

    def detectors(self, check: bool = False) -> Sequence[DetectorRow]:
        from pipeline.detect.create import listing

        return [_row(info) for info in listing(check) if info.name != _NEEDS_FILES]

    def add_detector(self, checkpoint: Path, config: str) -> str:
        from pipeline.detect.create import add_detector

        return add_detector(checkpoint, config).name

    def remove_detector(self, name: str) -> None:
        from pipeline import weights

        weights.unregister_detector(name)

    def download_detector(self, name: str, progress: Callable[[int, int], None], cancel: CancelToken) -> None:
        from pipeline import weights
        from pipeline.core.errors import ConfigError

        entry = weights.find_detector(name)
        if entry is None:
            raise ConfigError(f"There is no detector called '{name}'.")
        weights.download(entry, progress, cancel)


def _row(info: DetectorInfo) -> DetectorRow:
    size = f"{info.size_bytes / 1e6:.0f} MB"
    reason = f"{info.reason} {info.hint}".strip() if info.reason else ""
    if info.reason and info.downloadable and not info.installed:
        reason = f"Its weights are not on this computer; they can be downloaded (about {size})."
    trained = f"Trained on {', '.join(info.training_data)}." if info.training_data else ""
    licence = f"Licence: {info.licence}." if info.licence else ""
    accuracy = f"{info.accuracy}." if info.accuracy else ""
    details = "\n".join(text for text in (accuracy, trained, licence) if text)
    return DetectorRow(
        info.name, info.title, reason, info.installed, info.size_bytes, info.downloadable, info.added, details
    )
