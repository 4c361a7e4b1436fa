"""Define the options that select a command's 2D detector."""

from __future__ import annotations

import argparse
from typing import get_args

from ...core.config import DetectConfig, Precision, Runtime

DETECTOR_HELP = (
    "2D detector (see `models`). Default: auto, which takes mediapipe-heavy for files if its weights are here, else "
    "mediapipe; `doctor` shows which, and a take names the one that ran"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options; `detect_config` reads them, and `--device` and `--precision` if present."""
    parser.add_argument("--detector", default="", metavar="NAME", help=DETECTOR_HELP)
    parser.add_argument(
        "--detector-config",
        default="",
        metavar="CONFIG",
        help="a network of your own: its MMPose config, mmpose::body_2d_keypoint/... or a file",
    )
    parser.add_argument("--detector-checkpoint", default="", metavar="FILE", help="and its weights (.pth)")
    parser.add_argument(
        "--hands", action="store_true", help="look for hands and fingers, too; takes more time (see docs/detectors.md)"
    )
    parser.add_argument(
        "--face", action="store_true", help="look for faces and their expressions, too (see docs/detectors.md)"
    )
    add_runtime(parser)


def add_runtime(parser: argparse.ArgumentParser) -> None:
    """Add `--detector-runtime`: the inference engine of the embedded landmark network."""
    parser.add_argument(
        "--detector-runtime",
        choices=get_args(Runtime),
        default=DetectConfig().runtime,
        help="what runs the embedded detector: auto (default) takes OpenVINO where it is installed. Their results "
        "differ a little, rarely a lot: name one to compare results between computers",
    )


def add_precision(parser: argparse.ArgumentParser) -> None:
    """Add `--precision`, which applies to the lifter and to MMPose's detectors."""
    parser.add_argument(
        "--precision",
        choices=get_args(Precision),
        default=DetectConfig().precision,
        help="float32 (default): the same result on every computer; bfloat16: of large networks, faster where the "
        "processor computes in it, and some millimetres off",
    )


def detect_config(arguments: argparse.Namespace) -> DetectConfig:
    """Read the options. Raises `ConfigError`.

    With a checkpoint and no name, the detector is `mmpose`.
    """
    config, checkpoint = arguments.detector_config, arguments.detector_checkpoint
    name = arguments.detector or ("mmpose" if config or checkpoint else DetectConfig().detector)
    device = getattr(arguments, "device", "auto")
    precision = getattr(arguments, "precision", DetectConfig().precision)
    return DetectConfig(
        detector=name,
        config_path=config,
        checkpoint_path=checkpoint,
        device=device,
        precision=precision,
        runtime=arguments.detector_runtime,
        hands=getattr(arguments, "hands", False),
        face=getattr(arguments, "face", False),
    )
