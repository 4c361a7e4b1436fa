"""Hold the state of a live run at one moment: people, rates and latencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from .arrays import Floats
from .camera import Frame
from .poses import Pose2D


@dataclass(frozen=True, slots=True)
class LivePerson:
    """Hold one person at one moment of a live run, in world space as estimated so far."""

    person: int  # identity, constant through the run, from 1 in order of appearance
    joints: Floats  # (17, 3) H36M-17, metres, world space, including the root trajectory
    scores: Floats  # (17,) 2D confidences of the joints
    joints_image: Floats  # (17, 2) px at the same moment; NaN = not observed
    provisional: bool = True  # False: enough later frames were used that the estimate will hardly change
    hands: Floats | None = None  # (2, 21, 3) m, left and right, world; NaN = unknown; None: hands are not looked for
    # Weights of `core.face.weights.SHAPES`, 0 to 1, at rest while the face is not seen; None: faces are not looked for.
    face: Mapping[str, float] | None = None


class RunState(Enum):
    """Enumerate the states of a run over a video and of a live run."""

    IDLE = "idle"
    STARTING = "starting"  # the source is being opened, the models are being loaded
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"  # idle after an error


@dataclass(frozen=True, slots=True)
class LiveStats:
    """Hold a snapshot of a live run: rates (Hz) and median latencies (ms) of the last seconds."""

    captured: int = 0  # frames received from the source
    dropped: int = 0  # received frames that were never processed
    shown: int = 0  # distinct captured frames that were both detected and lifted
    predicted: int = 0  # frames whose 2D or 3D was predicted rather than detected and lifted
    captured_hz: float = 0.0
    shown_hz: float = 0.0
    predicted_hz: float = 0.0
    capture_ms: float = 0.0  # waiting time in the newest-frame slot
    detect_ms: float = 0.0
    lift_ms: float = 0.0
    latency_ms: float = 0.0  # capture to result, without the configured look-ahead
    lookahead_ms: float = 0.0  # delay added by the configured look-ahead
    detect_every: float = 1  # the detector runs on every n-th frame (1.5: on 2 of 3) ...
    lift_every: float = 1  # ... and the lifter on every m-th, as needed to keep the latency budget
    device: str = ""
    notice: str = ""  # shown to the user: "No frame for 0.8 s", "Camera unplugged: waiting for it"; "" if all is well

    @property
    def left_out(self) -> list[str]:
        """List the stages that skip frames, for the user ("detects every 2 frames")."""
        paces = ((self.detect_every, "detects"), (self.lift_every, "lifts"))
        often = {1.5: "2 of 3"}
        return [f"{stage} {often.get(every, f'every {every:g}')} frames" for every, stage in paces if every > 1]


@dataclass(frozen=True, slots=True)
class LiveResult:
    """Hold the result for the newest frame of a live run.

    The skeletons are `LiveStats.lookahead_ms` older than the frame.
    """

    frame: Frame
    pose: Pose2D  # the people in that frame, in order of `identities`
    identities: tuple[int, ...]
    people: tuple[LivePerson, ...]
    people_time_s: float  # timestamp of the skeletons, on the clock of `Frame.time_s`
    predicted: bool  # True: the frame was not both detected and lifted
    stats: LiveStats
    detected: bool = True  # False: the 2D joints were extrapolated from earlier detections
