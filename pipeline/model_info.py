"""Describe each lifter and each 2D detector that can be chosen. Imports nothing heavy."""

from __future__ import annotations

from dataclasses import dataclass, field

from .core.config import AUTO_DETECTOR
from .core.pruning_schedule import PruneConfig

RECOMMENDED, ADDED = "Recommended", "Added by you"
INSTALLED, MISSING, DAMAGED = "installed", "missing", "damaged"
_EMBEDDED_MS = 17  # ms of one core for a frame of the embedded detector, measured as the others (docs/detectors.md)
CHECKPOINT_SUFFIXES = (".pth", ".tr", ".pt", ".bin", ".safetensors")  # MotionAGFormer's are .pth.tr


@dataclass(frozen=True, slots=True)
class LifterInfo:
    """One lifter that can be chosen, or could be if its weights were here."""

    name: str
    title: str
    host: str = ""  # architecture: key in the registry
    host_title: str = ""
    frames: int = 0  # of a window
    depth: int = 0  # blocks
    prune: PruneConfig = field(default_factory=PruneConfig)  # as it was trained
    seq2frame: bool = False  # only the centre frame counts
    default: bool = False
    state: str = INSTALLED
    reason: str = ""  # why it is not installed, and what to do
    licence: str = ""
    limits: str = ""
    size_bytes: int = 0
    downloadable: bool = False
    added: bool = False  # by the user: can be removed again

    @property
    def learned(self) -> bool:
        """Whether it has the learned tokens that TRA needs. Only training gives them."""
        return bool(self.prune.schedule) and self.prune.recover == "TRA"


@dataclass(frozen=True, slots=True)
class DetectorInfo:
    """One detector that can be chosen, or could be.

    `reason` says why not (yet), and `hint` what to do about it; both are "" if it can be used.
    """

    name: str
    title: str
    reason: str = ""
    hint: str = ""
    installed: bool = True  # its weights are there
    damaged: bool = False
    size_bytes: int = 0
    downloadable: bool = False
    added: bool = False  # by the user: can be removed again
    family: str = ""  # heading for detectors of one kind, with what they are for
    cpu_ms: int = 0  # ms of one core for a frame with one person; 0: not measured
    accuracy: str = ""
    licence: str = ""
    training_data: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # what `hint` is about, as in `UserError`
    recommended_for: tuple[str, ...] = ()  # "files", "live": what it is the best choice for, be it here or not
    advice: str = ""  # why it is recommended; of "auto": what it takes on this computer, and why

    @property
    def ready(self) -> bool:
        """Whether it can be used now."""
        return not self.reason

    @property
    def group(self) -> str:
        """Return the heading under which it is listed."""
        if self.recommended_for or self.name == AUTO_DETECTOR:
            return RECOMMENDED
        return ADDED if self.added else self.family

    @property
    def can_get(self) -> bool:
        """Whether a download would make it usable."""
        return self.downloadable and not self.ready

    @property
    def size(self) -> str:
        """Of its weights, for people."""
        return f"{self.size_bytes / 1e6:.0f} MB"

    @property
    def state(self) -> str:
        """In a few words, for people."""
        if self.ready:
            return "Ready"
        return f"{self.size} to download" if self.can_get and not self.installed else "Not usable"

    @property
    def explanation(self) -> str:
        """Why it cannot be used and what to do; "" if it can."""
        return f"{self.reason} {self.hint}".strip()

    @property
    def details(self) -> str:
        """Recommendation, speed, accuracy, training data and licence, a line each."""
        times = f"{self.cpu_ms / _EMBEDDED_MS:.1f} times as long as BlazePose full"
        speed = f"A frame takes {self.cpu_ms} ms of one core, {times}." if self.cpu_ms else ""
        trained = f"Trained on {', '.join(self.training_data)}." if self.training_data else ""
        licence = f"Licence: {self.licence}." if self.licence else ""
        accuracy = f"{self.accuracy}." if self.accuracy else ""
        return "\n".join(text for text in (self.advice, speed, accuracy, trained, licence) if text)
