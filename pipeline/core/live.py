"""Hold what a live run knows at one moment: people, rates and latencies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .arrays import Floats
from .camera import Frame
from .poses import Pose2D


@dataclass(frozen=True, slots=True)
class LivePerson:
    """One person at one moment of a live run, in the world as far as it is known by then."""

    person: int  # the same number for the same person through the run, from 1 in order of appearance
    joints: Floats  # (17, 3) H36M-17, metres, world space, with the root's path in it
    scores: Floats  # (17,) the 2D confidences behind each joint
    joints_image: Floats  # (17, 2) px at the same moment; NaN = not observed
    provisional: bool = True  # False: enough later frames were known that the estimate will hardly change


class RunState(Enum):
    """What a run over a video or a live run is doing."""

    IDLE = "idle"
    STARTING = "starting"  # the source is being opened, the models are being loaded
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"  # idle after an error


@dataclass(frozen=True, slots=True)
class LiveStats:
    """A snapshot of a live run. Rates in Hz over the last seconds; latencies in milliseconds, medians of the same."""

    captured: int = 0  # frames that came from the source
    dropped: int = 0  # of them, never looked at
    shown: int = 0  # distinct captured frames with a detection and a lift of their own
    predicted: int = 0  # frames whose 2D or 3D was predicted rather than detected and lifted
    captured_hz: float = 0.0
    shown_hz: float = 0.0
    predicted_hz: float = 0.0
    capture_ms: float = 0.0  # waiting in the newest-frame slot
    detect_ms: float = 0.0
    lift_ms: float = 0.0
    latency_ms: float = 0.0  # captured to result ready, without the chosen look-ahead
    lookahead_ms: float = 0.0  # what the chosen look-ahead adds
    detect_every: float = 1  # the detector runs on every n-th frame (1.5: on 2 of 3) ...
    lift_every: float = 1  # ... and the lifter on every m-th: what holds the latency budget now
    device: str = ""
    notice: str = ""  # for people: "No frame for 0.8 s", "Camera unplugged: waiting for it"; "" if all is well

    @property
    def left_out(self) -> list[str]:
        """For people: what does not run on every frame ("detects every 2 frames")."""
        paces = ((self.detect_every, "detects"), (self.lift_every, "lifts"))
        often = {1.5: "2 of 3"}
        return [f"{stage} {often.get(every, f'every {every:g}')} frames" for every, stage in paces if every > 1]


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What a live run knows of its newest frame. The skeletons are `LiveStats.lookahead_ms` older than the picture."""

    frame: Frame
    pose: Pose2D  # the people in that frame, in order of `identities`
    identities: tuple[int, ...]
    people: tuple[LivePerson, ...]
    people_time_s: float  # when the skeletons are from, on the clock of `Frame.time_s`
    predicted: bool  # True: no detection or no lift of its own
    stats: LiveStats
    detected: bool = True  # False: the 2D was carried on from the detections before
