"""What is needed of an MMPose config: the network, what its input looks like, and which joints come out.

A config is Python that mmengine runs. So that naming one is no way of running a program, its text is looked at first:
assignments of plain values, `dict(...)` and the like are let through, imports and calls of anything else are not; and
the network's parts may only be classes of OpenMMLab's packages. (Of MMPose's own 464 configs, 440 are of that kind; all
are let through, as code of an installed package.) What is needed of a config can be kept as JSON, which runs nothing.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ...core.errors import INSTALLATION, ModelError
from ...core.skeletons import SKELETONS
from .import_without_ops import import_mmpose, to_log

WHEEL = "mmpose::"  # prefix of configs in the installed package
_PADDING = 1.25  # of boxes, where a config does not say
_SKELETONS = ("halpe26", "coco23", "coco17")  # the first that a network's joints hold
_OUR_NAMES = {"head": "head_top", "hip": "pelvis"}  # Halpe's names -> ours
_PICTURE_STEPS = {"LoadImage", "PackPoseInputs", "GetBBoxCenterScale", "TopdownAffine", "BottomupResize"}
_ONE_STAGE_HEADS = ("RTMOHead", "YOLOXPoseHead")
_CLASS = re.compile(r"((mmpose|mmdet|mmengine|mmcv|torch)\.)?[A-Za-z]\w*")
_HINT = "Choose a top-down network (RTMPose, HRNet, ...) or RTMO, trained on COCO, Halpe-26 or COCO-WholeBody."


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """A network and its input. `model` is what MMPose builds it from."""

    model: Mapping[str, Any]
    kind: Literal["topdown", "onestage"]
    input_px: tuple[int, int]  # width, height
    padding: float  # crop / box, of top-down networks
    udp: bool  # unbiased data processing: pixel centres are mapped, not corners (Huang et al., CVPR 2020)
    pad_value: tuple[int, ...]  # BGR around pictures of another shape, of one-stage networks
    skeleton: str
    joints: tuple[int, ...]  # network's output -> joint of the skeleton, in its order

    def to_json(self) -> str:
        """Everything, as text; `from_json` gives an equal object back."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return json.dumps(values, sort_keys=True, default=str)

    @staticmethod
    def from_json(text: str) -> NetworkConfig:
        """Raises `ModelError` for text that `to_json` did not write."""
        try:
            values = json.loads(text)
            for name in ("input_px", "pad_value", "joints"):
                values[name] = tuple(values[name])
            config = NetworkConfig(**values)
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise ModelError(f"The network's config cannot be read ({error}).", "Add the detector again.") from error
        _check_classes(config.model)
        if config.skeleton not in SKELETONS or config.kind not in ("topdown", "onestage"):
            raise ModelError("The network's config does not fit this version.", "Add the detector again.")
        return config

    @property
    def key(self) -> str:
        """Changes with anything in it."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]


def wheel_folder() -> Path:
    """Where the installed MMPose keeps its configs. Raises `ModelError` if it is not installed. Imports nothing."""
    spec = importlib.util.find_spec("mmpose")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (path := Path(folder) / ".mim" / "configs").is_dir():
            return path
    raise ModelError("MMPose's configs are not installed.", "Install MMPose again.", field=INSTALLATION)


def config_file(name: str) -> Path:
    """The file of `mmpose::folder/name.py`, or the path itself. Raises `ModelError` if there is none."""
    if name.startswith(WHEEL):
        folder = wheel_folder().resolve()
        path = (folder / name.removeprefix(WHEEL)).resolve()
        if not path.is_relative_to(folder):
            raise ModelError(f"{name} leaves MMPose's folder of configs.", _HINT)
    else:
        path = Path(name)
    if not path.is_file():
        raise ModelError(
            f"There is no config {name}.", f"Give a .py or .json file, or one of MMPose's: {WHEEL}body_2d_keypoint/..."
        )
    return path


def read_config(name: str) -> NetworkConfig:
    """The network that a config describes: `mmpose::...`, a .py file, or a .json of `NetworkConfig.to_json`.

    Imports MMPose for .py files. Raises `ModelError` for what cannot be read, is a program, or is no 2D body network.
    """
    path = config_file(name)
    if path.suffix == ".json":
        try:
            return NetworkConfig.from_json(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise ModelError(f"The config {path} cannot be read ({error}).", "Check the file.") from error
    return _network(_load(path), name)


def _load(path: Path) -> Mapping[str, Any]:
    """The config as plain dictionaries and lists."""
    check_plain(path)
    import_mmpose()
    from mmengine.config import Config

    with to_log():
        try:
            config = Config.fromfile(
                str(path), import_custom_modules=False, use_environment_variables=False, lazy_import=False,
                format_python_code=False,
            )  # fmt: skip
        except Exception as error:
            raise ModelError(f"The config {path} cannot be read ({_one_line(error)}).", _HINT) from error
    plain: Mapping[str, Any] = config.to_dict()
    return plain


def _network(config: Mapping[str, Any], name: str) -> NetworkConfig:
    model = config.get("model")
    if not isinstance(model, Mapping):
        raise ModelError(f"The config {name} describes no network.", _HINT)
    model = _without_pretrained(model)
    _check_classes(model)
    head = model.get("head") or {}
    type_name, head_name = (str(part.get("type", "")).rpartition(".")[2] for part in (model, head))
    one_stage = type_name == "BottomupPoseEstimator" and head_name in _ONE_STAGE_HEADS
    if type_name != "TopdownPoseEstimator" and not one_stage:
        raise ModelError(f"The config {name} is of a {type_name or 'network'} that cannot be used here.", _HINT)
    dataset = _dataset(config)
    pipeline = dataset.get("pipeline") or config.get("val_pipeline") or config.get("test_pipeline") or []
    steps = {str(step.get("type", "")).rpartition(".")[2]: step for step in pipeline}
    if unknown := set(steps) - _PICTURE_STEPS:
        raise ModelError(f"The config {name} prepares pictures by {', '.join(sorted(unknown))}, unknown here.", _HINT)
    resize = steps.get("BottomupResize" if one_stage else "TopdownAffine", {})
    size = resize.get("input_size") or (config.get("codec") or {}).get("input_size")
    unusual = resize.get("resize_mode", "fit") != "fit" or (one_stage and resize.get("use_udp", False))
    if not isinstance(size, Sequence) or len(size) != 2 or unusual:
        raise ModelError(f"The config {name} does not say how large the network's input is.", _HINT)
    skeleton, joints = _skeleton(_keypoint_names(config, dataset), name)
    chosen = (model.get("test_cfg") or {}).get("output_keypoint_indices")
    if chosen is not None:
        raise ModelError(f"The config {name} leaves out joints, which is unknown here.", _HINT)
    return NetworkConfig(
        model=model,
        kind="onestage" if one_stage else "topdown",
        input_px=(int(size[0]), int(size[1])),
        padding=float(steps.get("GetBBoxCenterScale", {}).get("padding", _PADDING)),
        udp=bool(resize.get("use_udp", False)),
        pad_value=tuple(int(value) for value in resize.get("pad_val", (0, 0, 0))),
        skeleton=skeleton,
        joints=joints,
    )


def _dataset(config: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("test_dataloader", "val_dataloader"):
        dataset = (config.get(key) or {}).get("dataset")
        if isinstance(dataset, Mapping):
            return dataset
    return {}


def _keypoint_names(config: Mapping[str, Any], dataset: Mapping[str, Any]) -> list[str]:
    """Names of the network's joints, in order: of the data set that it is tested on."""
    import_mmpose()
    with to_log():
        from mmpose.registry import DATASETS

        source = (dataset.get("metainfo") or {}).get("from_file", "")
        kind = DATASETS.get(f"mmpose.{str(dataset.get('type', '')).rpartition('.')[2]}") if dataset else None
    source = source or str((getattr(kind, "METAINFO", None) or {}).get("from_file", ""))
    relative = str(source).removeprefix("configs/")
    if relative.startswith("_base_/datasets/"):
        info = _load(config_file(WHEEL + relative)).get("dataset_info", {})
        points = sorted(info.get("keypoint_info", {}).values(), key=lambda point: int(point["id"]))
        return [str(point["name"]) for point in points]
    head = config["model"].get("head") or {}
    if int(head.get("out_channels") or head.get("num_keypoints") or 0) == 17:
        return list(SKELETONS["coco17"].names)
    return []


def _skeleton(names: list[str], config: str) -> tuple[str, tuple[int, ...]]:
    ours = [_OUR_NAMES.get(name, name) for name in names]
    for key in _SKELETONS:
        wanted = SKELETONS[key].names
        if set(wanted) <= set(ours):
            return key, tuple(ours.index(name) for name in wanted)
    raise ModelError(f"The joints of {config} are none that this program knows.", _HINT)


def _without_pretrained(model: Any) -> Any:
    """The same without addresses of weights to start training from: nothing is to be fetched."""
    if isinstance(model, Mapping):
        return {
            key: _without_pretrained(value)
            for key, value in model.items()
            if not (key == "init_cfg" and isinstance(value, Mapping) and value.get("type") == "Pretrained")
        }
    return [_without_pretrained(value) for value in model] if isinstance(model, list | tuple) else model


def _check_classes(model: Any) -> None:
    """mmengine imports whatever a dotted `type` names: only OpenMMLab's own are let through."""
    for value in _types(model):
        if not isinstance(value, str) or not _CLASS.fullmatch(value):
            raise ModelError(f"A config names '{str(value)[:80]}', which is no part of a network.", _HINT)


def _types(model: Any) -> Iterator[Any]:
    if isinstance(model, Mapping):
        if "type" in model:
            yield model["type"]
        for value in model.values():
            yield from _types(value)
    elif isinstance(model, list | tuple):
        for value in model:
            yield from _types(value)


# --- the text of a config

_NODES = (
    ast.Module, ast.Assign, ast.AugAssign, ast.Expr, ast.Constant, ast.Name, ast.Load, ast.Store, ast.Dict, ast.List,
    ast.Tuple, ast.Set, ast.Call, ast.keyword, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.Subscript,
    ast.Slice, ast.Starred, ast.ListComp, ast.comprehension, ast.Compare, ast.cmpop, ast.IfExp, ast.BoolOp, ast.boolop,
    ast.Attribute, ast.JoinedStr, ast.FormattedValue,
)  # fmt: skip
_CALLS = ("dict", "list", "tuple", "set", "range", "len", "int", "float", "str", "sum", "min", "max", "zip", "round")
_DEPTH = 8  # configs that build on each other


def check_plain(path: Path, depth: int = _DEPTH) -> None:
    """Raise `ModelError` unless the config and those that it builds on do nothing but compose plain values.

    Those of the installed MMPose are code of an installed package: they may do more.
    """
    if path.resolve().is_relative_to(wheel_folder().resolve()):
        return
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except (OSError, SyntaxError, ValueError, RecursionError) as error:
        raise ModelError(f"The config {path} cannot be read ({_one_line(error)}).", _HINT) from error
    if depth < 1:
        raise ModelError(f"The config {path} builds on too many others.", _HINT)
    for node in ast.walk(tree):
        bad = ""
        if not isinstance(node, _NODES):
            bad = type(node).__name__
        elif isinstance(node, ast.Call) and not (isinstance(node.func, ast.Name) and node.func.id in _CALLS):
            bad = "a call of " + ast.unparse(node.func)[:60]
        elif isinstance(node, ast.Attribute) and node.attr.startswith("_"):
            bad = node.attr
        elif isinstance(node, ast.Name) and node.id.startswith("__"):
            bad = node.id
        if bad:
            where = f"line {getattr(node, 'lineno', 1)}"
            raise ModelError(
                f"The config {path} is a program ({bad} in {where}), not settings alone; it is not run.",
                "Write its values out, or take one of MMPose's own.",
            )
    for base in _bases(tree, path):
        check_plain(base, depth - 1)


def _bases(tree: ast.Module, path: Path) -> Iterator[Path]:
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if not isinstance(node, ast.Assign) or not any(isinstance(t, ast.Name) and t.id == "_base_" for t in targets):
            continue
        try:
            named = ast.literal_eval(node.value)
        except ValueError as error:
            raise ModelError(f"The config {path} does not say plainly what it builds on.", _HINT) from error
        for name in [named] if isinstance(named, str) else named:
            yield config_file(name) if name.startswith(WHEEL) else config_file(str(path.parent / name))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
