"""Provide the functions of the library, as `import hourglass as hg` gives them.

    take = hg.lift("squat.mp4", people="all", height_cm=172)
    take.people[0].joints_world
    take.export("out", ["bvh", "trc", "csv"])

Importing it loads no network and no decoder; each function does so when it is called. A tour: `docs/library.md`.
"""

from __future__ import annotations

from ..core.concurrency import CancelToken
from ..core.config import DetectConfig, LiftConfig, LiveConfig, PostConfig, RunConfig, SceneConfig
from ..core.corrections.layer import Correction
from ..core.errors import (
    Cancelled,
    ConfigError,
    ModelError,
    NoPersonError,
    OutputError,
    SourceError,
    TakeError,
    UserError,
)
from ..core.export_options import ExportOptions
from ..core.live import LivePerson, LiveResult
from ..core.poses import Pose2D
from ..core.pruning_schedule import PruneConfig
from ..core.skeletons import H36M17
from ..core.take import Progress
from ..model_info import DetectorInfo, LifterInfo
from ..run.models import Engine as Models
from .catalogue import add_detector, add_lifter, detectors, download, face_missing, hands_missing, lifters, remove
from .characters import open_character
from .live import Live, live
from .models import ImageDetector, Lifter, load_detector, load_lifter
from .person import Angles, Person
from .runs import lift, lift_joints, lift_recording, load, open_source, sample_video
from .take import Take

__all__ = [
    "H36M17",
    "Angles",
    "CancelToken",
    "Cancelled",
    "ConfigError",
    "Correction",
    "DetectConfig",
    "DetectorInfo",
    "ExportOptions",
    "ImageDetector",
    "LiftConfig",
    "Lifter",
    "LifterInfo",
    "Live",
    "LiveConfig",
    "LivePerson",
    "LiveResult",
    "ModelError",
    "Models",
    "NoPersonError",
    "OutputError",
    "Person",
    "Pose2D",
    "PostConfig",
    "Progress",
    "PruneConfig",
    "RunConfig",
    "SceneConfig",
    "SourceError",
    "Take",
    "TakeError",
    "UserError",
    "add_detector",
    "add_lifter",
    "detectors",
    "download",
    "face_missing",
    "hands_missing",
    "lift",
    "lift_joints",
    "lift_recording",
    "lifters",
    "live",
    "load",
    "load_detector",
    "load_lifter",
    "open_character",
    "open_source",
    "remove",
    "sample_video",
]
