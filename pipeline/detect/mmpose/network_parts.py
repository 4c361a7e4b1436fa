"""Check a network description: the classes it may name, and that everything else is data.

MMPose builds a network by calling what each `type` names, imports whatever a dotted name leads to, and opens files that
some parts name. Therefore classes are allowed one by one by their exact names; functions never; other text is a plain
word; and the only file that may be named is one of MMPose's own lists of joints.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...core.errors import ModelError
from .config_values import HINT

# Classes that MMPose's own 2D body and whole-body networks consist of. None of their constructors opens a file, except
# for `metainfo`, or calls a function that an argument names.
PARTS = frozenset(
    """
    TopdownPoseEstimator BottomupPoseEstimator PoseDataPreprocessor BatchSyncRandomResize
    AlexNet CPM CSPDarknet CSPNeXt HRFormer HRNet HourglassNet LiteHRNet MSPN MobileNetV2 PyramidVisionTransformer
    PyramidVisionTransformerV2 RSN ResNeSt ResNeXt ResNet ResNetV1d SCNet SEResNet ShuffleNetV1 ShuffleNetV2
    SwinTransformer VGG ViPNAS_MobileNetV3 ViPNAS_ResNet
    CSPNeXtPAFPN ChannelMapper FeatureMapProcessor GlobalAveragePooling HybridEncoder YOLOXPAFPN
    CPMHead DSNTHead HeatmapHead MSPNHead RLEHead RTMCCHead RTMOHead RTMWHead RegressionHead SimCCHead ViPNASHead
    VisPredictHead YOLOXPoseHead
    IntegralRegressionLabel MSRAHeatmap MegviiHeatmap RegressionLabel SimCCLabel UDPHeatmap
    BCELoss CombinedTargetMSELoss IoULoss JSDiscretLoss KLDiscretLoss KeypointMSELoss KeypointOHKMMSELoss L1Loss
    MLECCLoss MultipleLossWrapper OKSLoss RLELoss SmoothL1Loss VariFocalLoss
    MlvlPointGenerator PoseOKS SimOTAAssigner
    BN BN1d BN2d GN LN SyncBN GELU HSigmoid HSwish Hardswish LeakyReLU Mish PReLU ReLU ReLU6 SiLU Sigmoid Swish Tanh
    Conv Conv1d Conv2d
    Caffe2Xavier Constant Kaiming Normal TruncNormal Uniform Xavier
    """.split()  # noqa: SIM905 - one a line would take a page
)

_NAMING = ("type", "_scope_", "metainfo")  # fields whose text names a class, scope or file
_SCOPES = ("mmpose", "mmdet")
_LOADING = ("Pretrained", "PretrainedInit")  # initialisers that download weights to start training from
_JOINT_LIST = re.compile(r"configs/(_base_/datasets/[a-z0-9_-]{1,60}\.py)")
_WORD = re.compile(r"[\w+-]{0,64}")
_DEEPEST = 24
_MOST_VALUES = 20_000
_LARGEST_NUMBER = 1e6


def checked_model(model: Any) -> dict[str, Any]:
    """Return a copy of a network description without addresses of pretrained weights.

    Raises `ModelError` for a class that is not in `PARTS`, and for values that are no plain data.
    """
    if not isinstance(model, Mapping):
        raise ModelError("The config describes no network.", HINT)
    copied: dict[str, Any] = _Checker().copied(model, "model", 0)
    return copied


def with_joint_lists(model: Any, configs: Path) -> Any:
    """Return the description with joint lists as files in `configs`, MMPose's own folder.

    MMPose looks for them in the working directory first, where an unrelated file may have that name.
    """
    if isinstance(model, Mapping):
        return {
            key: str(configs / found[1])
            if key == "metainfo" and isinstance(value, str) and (found := _JOINT_LIST.fullmatch(value))
            else with_joint_lists(value, configs)
            for key, value in model.items()
        }
    return [with_joint_lists(value, configs) for value in model] if isinstance(model, list | tuple) else model


class _Checker:
    """Check and copy the values of one description; their number is limited."""

    def __init__(self) -> None:
        self._left = _MOST_VALUES

    def copied(self, value: Any, name: str, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            raise ModelError("The description of the network is too large.", HINT)
        if isinstance(value, Mapping) and name not in _NAMING:
            return {
                key: self.copied(inner, _checked_key(key), depth + 1)
                for key, inner in value.items()
                if not _loads_weights(key, inner)
            }
        if isinstance(value, list | tuple) and name not in _NAMING:
            return [self.copied(inner, name, depth + 1) for inner in value]
        _check_value(name, value)
        return value


def _checked_key(key: Any) -> str:
    if not isinstance(key, str) or not _WORD.fullmatch(key):
        raise ModelError(f"The description of the network has a field {str(key)[:60]!r}.", HINT)
    return key


def _loads_weights(key: Any, value: Any) -> bool:
    if key == "pretrained":
        return value is not None
    if key != "init_cfg":
        return False
    if isinstance(value, list | tuple):
        return any(_loads_weights(key, inner) for inner in value)
    return isinstance(value, Mapping) and str(value.get("type")).rpartition(".")[2] in _LOADING


def _check_value(name: str, value: Any) -> None:
    if name == "type":
        scope, _, part = value.rpartition(".") if isinstance(value, str) else ("", "", "")
        if part not in PARTS or scope not in ("", *_SCOPES):
            raise ModelError(f"A config names '{str(value)[:80]}', which is no part of a network.", HINT)
    elif name == "_scope_":
        if value not in _SCOPES:
            raise ModelError(f"A config names the package '{str(value)[:80]}'.", HINT)
    elif name == "metainfo":
        if value is not None and not (isinstance(value, str) and _JOINT_LIST.fullmatch(value)):
            raise ModelError(f"A config names '{str(value)[:80]}' as the list of its joints.", HINT)
    elif isinstance(value, str):
        if not _WORD.fullmatch(value):
            raise ModelError(f"'{name}' of the network is '{value[:80]}', which is no plain word.", HINT)
    elif isinstance(value, int | float):
        if not math.isfinite(value) or abs(value) > _LARGEST_NUMBER:
            raise ModelError(f"'{name}' of the network is too large a number.", HINT)
    elif value is not None:
        raise ModelError(f"'{name}' of the network is of the kind {type(value).__name__}.", HINT)
