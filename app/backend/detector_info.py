"""What the window knows of 2D detectors: plain values that views may hold. No Qt, nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DetectorRow:
    """One detector that can be chosen, or could be if its weights were here."""

    name: str
    title: str
    reason: str = ""  # why it cannot be used, and what to do
    installed: bool = True  # its weights are here
    size_bytes: int = 0
    downloadable: bool = False
    added: bool = False  # by the user: can be removed again
    details: str = ""  # accuracy, licence, what it was trained on

    @property
    def ready(self) -> bool:
        return not self.reason

    @property
    def can_get(self) -> bool:
        """Whether a download would make it usable."""
        return self.downloadable and not self.ready

    @property
    def size(self) -> str:
        return f"{self.size_bytes / 1e6:.0f} MB"

    @property
    def state(self) -> str:
        if self.ready:
            return "Ready"
        return f"{self.size} to download" if self.can_get and not self.installed else "Not usable"
