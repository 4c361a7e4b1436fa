"""Create an MMPose detector from a listed checkpoint, or a config and a checkpoint."""

from __future__ import annotations

from pathlib import Path

from ... import weights
from ...core.config import DetectConfig
from ...core.errors import ConfigError, ModelError
from ..base import Detector
from .config import read_config
from .network import load_network
from .onestage import MMPoseOneStage
from .topdown import MMPoseTopDown

NAME = "mmpose"  # the detector whose config and checkpoint the user names


def create(config: DetectConfig) -> Detector:
    """Create the detector. Takes seconds, because MMPose is imported; downloads nothing.

    Raises `ConfigError` if config or checkpoint are not named, `ModelError` if they are missing, damaged, hostile or do
    not fit each other, or MMPose cannot be used here.
    """
    entry = weights.find_detector(config.detector)
    if entry is not None:
        checkpoint = weights.locate(entry, added=weights.is_own_detector(entry.name))
        described = entry.config_path
    elif config.config_path and config.checkpoint_path:
        checkpoint, described = Path(config.checkpoint_path), config.config_path
        if not checkpoint.is_file():
            raise ModelError(f"There is no checkpoint {checkpoint}.", "Check its name.")
    else:
        raise ConfigError(
            f"The detector {NAME} needs a config and a checkpoint.",
            "Name both, the config as mmpose::body_2d_keypoint/... or a file; or choose a detector by its name, or add "
            "yours to those that have one.",
            field=("config_path", "checkpoint_path"),
        )
    network, sha256 = load_network(read_config(described), checkpoint, config.detector, config.device, config.precision)
    kind = MMPoseOneStage if network.config.kind == "onestage" else MMPoseTopDown
    return kind(network, config.detector, sha256, config)
