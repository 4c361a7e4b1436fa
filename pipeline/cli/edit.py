"""Implement `edit`: change the people or settings of a saved take.

Nothing is detected; changed persons are re-lifted.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .. import api
from ..core.concurrency import CancelToken
from ..core.config import RunConfig
from ..core.errors import ConfigError
from ..core.take import Take
from ..system.files import make_folder
from ..take import edit
from ..take.corrections import interchange
from ..take.corrections.layer import with_corrections
from ..take.file import SUFFIX
from ..take.provenance import can_refinish, take_config
from .interrupt import interruptible
from .options import height, motion
from .options.numbers import finite_number
from .output import Report

# Kind of edit -> separator of its two parts, and an example.
_WRITTEN = {"rename": ("=", "--rename 2=Ada"), "split": ("@", "--split 1@3.2"), "merge": ("+", "--merge 1+3")}


class _InOrder(argparse.Action):
    """Collect edits of all kinds in one list, in the order given."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        namespace.edits = [*namespace.edits, (self.dest, str(values))]


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("edit", help="a saved .pose3d take with other people or other settings")
    parser.add_argument("take", type=Path, metavar="TAKE", help="a .pose3d file")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the new take (default: in its place)")
    people = parser.add_argument_group("people", "carried out in the order in which they are given")
    for option, metavar, what in (
        ("--rename", "N=NAME", "give a person a name"),
        ("--split", "N@SECONDS", "somebody else, with the next free number, from there on"),
        ("--merge", "N+M", "M becomes part of N"),
        ("--exchange-sides", "N", "the detector took somebody for their mirror image: left becomes right"),
        ("--delete", "N", "leave a person out"),
    ):
        people.add_argument(option, action=_InOrder, metavar=metavar, help=what)
    joints = parser.add_argument_group("2D joints")
    joints.add_argument(
        "--correct",
        type=Path,
        metavar="FILE",
        help="the corrections of a JSON file take the place of those of the take",
    )
    joints.add_argument("--list-corrections", action="store_true", help="print them in that form, and change nothing")
    scene = parser.add_argument_group("camera and body", '"auto" gives a value back to the estimate')
    scene.add_argument("--fov", metavar="DEG", help="horizontal field of view; everyone is lifted again")
    scene.add_argument("--pitch", metavar="DEG", help="camera pitch; positive: it looks down")
    scene.add_argument("--roll", metavar="DEG", help="camera roll; positive: clockwise")
    scene.add_argument(
        "--camera-motion", choices=("measure", "ignore"), help="correct the paths for a camera that turns, or do not"
    )
    height.add_argument(scene)
    motion.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run, edits=[])


def run(arguments: argparse.Namespace, report: Report) -> int:
    take = loaded = api.load(arguments.take)
    if arguments.list_corrections:
        return _list_corrections(take, report)
    made = take_config(take)
    if made is None or not can_refinish(take):
        raise ConfigError(
            f"{arguments.take.name} does not keep what the lifter left: it cannot be edited.",
            "It is of an older version: lift the video again.",
        )
    config = _config(arguments, made)
    lift: set[int] = set()
    for kind, text in arguments.edits:
        done = _edited(take, kind, text)
        take = api.Take.of(done.take)
        lift = (lift | set(done.lift)) & {track.person for track in take.tracks2d}
    config = _config(arguments, take_config(take) or made)  # heights of single persons moved along with the edits
    if config.scene.fov_deg != made.scene.fov_deg:  # the field of view changes the rays that the lifter uses
        lift |= {track.person for track in take.tracks3d}
    if arguments.correct is not None:
        take = _corrected(take, arguments.correct, lift)
    if lift:
        take = _lifted(take, sorted(lift), config, report)
    elif (config != made or take.tracks3d is not loaded.tracks3d) and can_refinish(take):
        take = take.refinish(config=config)
    path = _output(arguments.output or arguments.take)
    make_folder(path.parent)
    take.save(path)
    people = {track.person: take.name_of(track.person) for track in take.tracks2d}
    report.record({"status": "done", "take": str(path), "people": people, "lifted_again": sorted(lift)})
    report.line(f"{path}: {', '.join(people.values())}")
    return 0


def _list_corrections(take: api.Take, report: Report) -> int:
    """Print the corrections as a file that `--correct` reads; in JSON mode on one line."""
    listed = interchange.as_file(take)
    report.record(listed)
    report.line(json.dumps(listed, indent=1, allow_nan=False))
    return 0


def _corrected(take: api.Take, path: Path, lift: set[int]) -> api.Take:
    """Return the take with the corrections of a file; `lift`: who is lifted again whole, whose 3D is left for that."""
    corrections = interchange.read_file(path, take)
    if not lift:
        return take.with_corrections(corrections)
    layered = with_corrections(take, corrections)
    lift |= {person for person in layered.touched if take.track3d(person) is not None}
    return api.Take.of(layered.take)


def _output(path: Path) -> Path:
    """The file to write: `path` with the suffix of takes. Raises `ConfigError` if it names no file."""
    if not path.name or (os.path.exists(path) and not os.path.isfile(path)):
        raise ConfigError(f"'{path}' is not the name of a file.", f"Name one, such as edited{SUFFIX}.")
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def _lifted(take: api.Take, persons: Sequence[int], config: RunConfig, report: Report) -> api.Take:
    cancel = CancelToken()
    with interruptible(cancel):
        return take.relift(
            persons,
            config=config,
            progress=lambda progress: report.progress(take.info.name, progress),
            cancel=cancel,
        )


def _config(arguments: argparse.Namespace, made: RunConfig) -> RunConfig:
    """Return `made` with the changes of the arguments. Raises `ConfigError`."""
    scene: dict[str, Any] = {}
    for name, text in (
        ("fov_deg", arguments.fov),
        ("pitch_deg", arguments.pitch),
        ("roll_deg", arguments.roll),
    ):
        if text is not None:
            scene[name] = None if text == "auto" else _number(text, f"--{name.split('_')[0]}")
    if arguments.camera_motion is not None:
        scene["camera_motion"] = arguments.camera_motion
    scene |= height.with_heights(arguments.height, made.scene)
    limbs = motion.limbs_from(arguments)
    if limbs:
        scene["limbs_cm"] = {**made.scene.limbs_cm, **limbs}
    return dataclasses.replace(
        made, post=motion.post_from(arguments, made.post), scene=dataclasses.replace(made.scene, **scene)
    )


def _edited(take: Take, kind: str, text: str) -> edit.Edited:
    if kind == "delete":
        return edit.delete(take, _person(text, text, "--delete 2"))
    if kind == "exchange_sides":
        return edit.exchange_sides(take, _person(text, text, "--exchange-sides 2"))
    sign, example = _WRITTEN[kind]
    first, found, second = text.partition(sign)
    person = _person(first if found else "", text, example)
    if kind == "rename":
        return edit.rename(take, person, second)
    if kind == "merge":
        return edit.merge(take, person, _person(second, text, example))
    times = take.tracks2d[0].time_s
    return edit.split(take, person, int(np.searchsorted(times, _number(second, "--split") - 5e-4)))


def _person(text: str, whole: str, example: str) -> int:
    if not text.strip().isdecimal():
        raise ConfigError(f"'{whole}' does not say whom.", f"For example: {example}.")
    return int(text)


def _number(text: str, option: str) -> float:
    try:
        return finite_number(text)
    except argparse.ArgumentTypeError:
        raise ConfigError(
            f"'{text}' of {option} is not a number.", 'Give a number, or "auto" where it applies.'
        ) from None
