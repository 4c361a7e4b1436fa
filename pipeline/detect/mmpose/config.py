"""Extract network, input format and output joints from an MMPose config.

A config is Python that MMEngine would execute. Here it is read as data (`config_file`), and the network's parts may
only be classes that are listed by name (`network_parts`), so that naming a config cannot run a program. The extracted
values can be stored as JSON.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ...core.errors import INSTALLATION, ModelError
from ...core.skeletons import SKELETONS
from ...system.json_fields import JsonFields
from ...system.safe_read import DamagedFile, parse_json, read_text
from .config_file import load_config
from .config_values import HINT
from .import_without_ops import import_mmpose, to_log
from .network_parts import checked_model

WHEEL = "mmpose::"  # prefix of configs in the installed package
_PADDING = 1.25  # box scale, where a config states none
_SKELETONS = ("halpe26", "coco23", "coco17")  # the first one whose joints a network provides is used
_JOINT_NAMES = {"head": "head_top", "hip": "pelvis"}  # Halpe's names -> Hourglass's names
_PICTURE_STEPS = {"LoadImage", "PackPoseInputs", "GetBBoxCenterScale", "TopdownAffine", "BottomupResize"}
_ONE_STAGE_HEADS = ("RTMOHead", "YOLOXPoseHead")
_KINDS = ("topdown", "onestage")
_CLASS_NAME = re.compile(r"[A-Za-z]\w{0,63}")
_MAX_JSON_BYTES = 1 << 20  # bytes of a stored config; RTMO's has 6 kB
_INPUT_PX = (16, 4096)  # px, smallest and largest side of a network's input
_WHOLE_BODY = 133  # joints of COCO-WholeBody
_MAX_JOINTS = 10_000  # joints of a network, upper limit


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """Describe a network and its input. `model` is MMPose's description of the network."""

    model: Mapping[str, Any]
    kind: Literal["topdown", "onestage"]
    input_px: tuple[int, int]  # width, height
    padding: float  # crop / box, for top-down networks
    udp: bool  # unbiased data processing: pixel centres are mapped, not corners (Huang et al., CVPR 2020)
    pad_value: tuple[int, ...]  # BGR around images of another aspect ratio, for one-stage networks
    skeleton: str
    joints: tuple[int, ...]  # network output -> joint of the skeleton, in the skeleton's order

    def to_json(self) -> str:
        """Return all fields as JSON text; `from_json` gives an equal object back."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps(values, sort_keys=True, default=str)

    @staticmethod
    def from_json(text: str) -> NetworkConfig:
        """Read the text of `to_json`. Raises `ModelError` for any other text."""
        try:
            return NetworkConfig.of(parse_json(text))
        except DamagedFile as error:
            raise ModelError(f"The network's config cannot be read ({error}).", "Add the detector again.") from error

    @staticmethod
    def of(values: object) -> NetworkConfig:
        """Check and convert values by field name.

        Raises `DamagedFile`, and `ModelError` for parts that are not allowed.
        """
        fields = JsonFields(values)
        if unknown := set(fields.values) - set(NetworkConfig.__dataclass_fields__):
            raise DamagedFile(f"it has fields that are not known: {', '.join(sorted(map(str, unknown)))[:80]}")
        kind: Any = fields.choice("kind", _KINDS)
        skeleton = fields.choice("skeleton", SKELETONS)
        input_px, pad_value = fields.wholes("input_px", *_INPUT_PX), fields.wholes("pad_value", 0, 255)
        joints = fields.wholes("joints", 0, _MAX_JOINTS)
        if len(input_px) != 2:
            fields.refuse("input_px", "width and height")
        if len(joints) != len(SKELETONS[skeleton].names):
            fields.refuse("joints", f"{len(SKELETONS[skeleton].names)} numbers")
        return NetworkConfig(
            model=checked_model(fields.values.get("model")),
            kind=kind,
            input_px=(input_px[0], input_px[1]),
            padding=fields.number("padding", 0.1, 10.0),
            udp=fields.flag("udp"),
            pad_value=pad_value,
            skeleton=skeleton,
            joints=joints,
        )

    @property
    def beyond_body(self) -> range:
        """Return the outputs of a COCO-WholeBody network beyond the body.

        They are 68 of the face, then 21 of each hand, left first. Empty for other networks. The outputs' order is that
        of the data set: body and feet come before them.
        """
        head = _object(self.model.get("head"))
        whole = (head.get("out_channels") or head.get("num_keypoints")) == _WHOLE_BODY
        body = len(SKELETONS["coco23"].names)
        return range(body, _WHOLE_BODY if whole and self.joints == tuple(range(body)) else body)

    @property
    def key(self) -> str:
        """Return a hash that changes with any field."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]


def wheel_folder() -> Path:
    """Return the folder of the installed MMPose's configs; imports nothing.

    Raises `ModelError` if MMPose is not installed.
    """
    spec = importlib.util.find_spec("mmpose")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / ".mim" / "configs").is_dir():
            return path
    raise ModelError("MMPose's configs are not installed.", "Install MMPose again.", field=INSTALLATION)


def config_file(name: str) -> Path:
    """Return the file of `mmpose::folder/name.py`, or the path itself.

    Raises `ModelError` if there is none.
    """
    if name.startswith(WHEEL):
        folder = wheel_folder().resolve()
        path = (folder / name.removeprefix(WHEEL)).resolve()
        if not path.is_relative_to(folder):
            raise ModelError(f"{name} leaves MMPose's folder of configs.", HINT)
    else:
        path = Path(name)
    if not path.is_file():
        raise ModelError(
            f"There is no config {name}.", f"Give a .py or .json file, or one of MMPose's: {WHEEL}body_2d_keypoint/..."
        )
    return path


def read_config(name: str) -> NetworkConfig:
    """Read the network of a config.

    `name`: `mmpose::...`, a .py file, or a .json of `NetworkConfig.to_json`.

    Imports MMPose for .py files. Raises `ModelError` for a file that cannot be read, is a program, or describes no 2D
    body network.
    """
    path = config_file(name)
    if path.suffix.lower() == ".json":
        try:
            return NetworkConfig.from_json(read_text(path, _MAX_JSON_BYTES))
        except (OSError, DamagedFile) as error:
            raise ModelError(f"The config {path} cannot be read ({error}).", "Check the file.") from error
    if path.suffix.lower() != ".py":
        raise ModelError(f"The config {path} is neither a .py nor a .json file.", HINT)
    return _network(_load(path), name)


def _load(path: Path) -> dict[str, Any]:
    return load_config(path, lambda name, folder: config_file(name if name.startswith(WHEEL) else str(folder / name)))


def _network(config: Mapping[str, Any], name: str) -> NetworkConfig:
    model = config.get("model")
    if not isinstance(model, Mapping):
        raise ModelError(f"The config {name} describes no network.", HINT)
    type_name, head_name = (_class_name(part) for part in (model, model.get("head")))
    one_stage = type_name == "BottomupPoseEstimator" and head_name in _ONE_STAGE_HEADS
    if type_name != "TopdownPoseEstimator" and not one_stage:
        raise ModelError(f"The config {name} is of a {type_name or 'network'} that cannot be used here.", HINT)
    dataset = _dataset(config)
    pipeline = dataset.get("pipeline") or config.get("val_pipeline") or config.get("test_pipeline") or []
    steps = {_class_name(step): _object(step) for step in pipeline} if isinstance(pipeline, Sequence) else {}
    if unknown := set(steps) - _PICTURE_STEPS:
        raise ModelError(f"The config {name} prepares pictures by {', '.join(sorted(unknown))}, unknown here.", HINT)
    resize = steps.get("BottomupResize" if one_stage else "TopdownAffine", {})
    size = resize.get("input_size") or _object(config.get("codec")).get("input_size")
    unusual = resize.get("resize_mode", "fit") != "fit" or (one_stage and resize.get("use_udp", False))
    if not isinstance(size, Sequence) or len(size) != 2 or unusual:
        raise ModelError(f"The config {name} does not say how large the network's input is.", HINT)
    skeleton, joints = _skeleton(_keypoint_names(config, dataset), name)
    if _object(model.get("test_cfg")).get("output_keypoint_indices") is not None:
        raise ModelError(f"The config {name} leaves out joints, which is unknown here.", HINT)
    try:
        return NetworkConfig.of({
            "model": model,
            "kind": "onestage" if one_stage else "topdown",
            "input_px": list(size),
            "padding": steps.get("GetBBoxCenterScale", {}).get("padding", _PADDING),
            "udp": resize.get("use_udp", False),
            "pad_value": list(resize.get("pad_val", (0, 0, 0))),
            "skeleton": skeleton,
            "joints": list(joints),
        })  # fmt: skip
    except (DamagedFile, TypeError) as error:
        raise ModelError(f"The config {name} does not fit: {error}.", HINT) from error


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _class_name(part: Any) -> str:
    """Return the class name of a part of a config, without its package; "" if it names none."""
    return str(_object(part).get("type", "")).rpartition(".")[2][:80]


def _dataset(config: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("test_dataloader", "val_dataloader"):
        dataset = _object(config.get(key)).get("dataset")
        if isinstance(dataset, Mapping):
            return dataset
    return {}


def _keypoint_names(config: Mapping[str, Any], dataset: Mapping[str, Any]) -> list[str]:
    """Return the names of the network's joints in order, from the config's test data set."""
    source = str(_object(dataset.get("metainfo")).get("from_file") or _list_of(_class_name(dataset)))
    relative = source.removeprefix("configs/")
    if relative.startswith("_base_/datasets/"):
        points = _object(_object(_load(config_file(WHEEL + relative)).get("dataset_info")).get("keypoint_info"))
        return [str(point["name"]) for point in sorted(points.values(), key=lambda point: int(point["id"]))]
    head = _object(config["model"].get("head"))
    if (head.get("out_channels") or head.get("num_keypoints")) == len(SKELETONS["coco17"].names):
        return list(SKELETONS["coco17"].names)
    return []


def _list_of(dataset: str) -> str:
    """Return the file that lists the joints of one of MMPose's data sets; "" if there is none."""
    if not _CLASS_NAME.fullmatch(dataset):
        return ""
    import_mmpose()
    with to_log():
        from mmpose.registry import DATASETS

        kind = DATASETS.module_dict.get(dataset)
    return str((getattr(kind, "METAINFO", None) or {}).get("from_file", ""))


def _skeleton(names: list[str], config: str) -> tuple[str, tuple[int, ...]]:
    ours = [_JOINT_NAMES.get(name, name) for name in names]
    for key in _SKELETONS:
        wanted = SKELETONS[key].names
        if set(wanted) <= set(ours):
            return key, tuple(ours.index(name) for name in wanted)
    raise ModelError(f"The joints of {config} are none that this program knows.", HINT)
