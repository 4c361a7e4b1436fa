"""Implement `export`: convert a saved take to files of other programs. Runs no model."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

from .. import api
from ..core.concurrency import CancelToken
from ..core.errors import ConfigError
from ..core.export_options import OPTIONS, ExportOptions, import_hint
from ..export.export_take import expand
from ..export.tracks import selected
from ..export.written_frames import count_frames
from ..system.files import make_folder
from ..system.result_names import check_folder
from .interrupt import interruptible
from .output import Report


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("export", help="a saved .pose3d take to BVH, CSV, ...")
    parser.add_argument("take", type=Path, metavar="TAKE", help="a .pose3d file")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="folder for the files, default: beside the take"
    )
    parser.add_argument(
        "--formats", "--format", default="bvh,csv", help="comma-separated, default bvh,csv (see `models`)"
    )
    parser.add_argument("--person", type=int, metavar="N", help="only this person")
    parser.add_argument(
        "--video", type=Path, metavar="FILE", help="where the take's video is now, if it is not found (overlay)"
    )
    add_options(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add a flag for each option of the formats, with the values in `export_options.OPTIONS`."""
    for name, option in OPTIONS.items():
        if name == "root_motion":  # users know it as "in place"
            parser.add_argument(
                "--in-place", action="store_true", help="leave the travel of the body out (BVH, glTF, FBX)"
            )
        elif option.is_switch:
            parser.add_argument(f"--{name.replace('_', '-')}", action="store_true", help=option.title)
        else:
            values = [str(value) for value, _ in option.choices]
            parser.add_argument(f"--{name}", choices=values, default=option.default, help=option.title)
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE",
        help=f"the same in one form for scripts: {', '.join(OPTIONS)}",
    )  # fmt: skip


def options_from(arguments: argparse.Namespace) -> ExportOptions:
    """Return the options. Raises `ConfigError` for an unknown option or value."""
    texts = {name: str(getattr(arguments, name)) for name in OPTIONS if name != "root_motion"}
    texts["root_motion"] = str(not arguments.in_place)
    for pair in arguments.option:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ConfigError(
                f"'{pair}' is not NAME=VALUE.", f"For example: --option preset=unity. {', '.join(OPTIONS)}."
            )
        texts[name.strip()] = value
    return ExportOptions().changed(texts)


def run(arguments: argparse.Namespace, report: Report) -> int:
    formats = [name.strip() for name in arguments.formats.split(",") if name.strip()]
    expand(formats)
    if arguments.output is not None:
        check_folder(arguments.output)
    take = api.load(arguments.take)
    if arguments.video is not None:
        take = take.with_video(arguments.video)
    if arguments.person is not None and take.track3d(arguments.person) is None:
        lifted = ", ".join(str(track.person) for track in take.tracks3d) or "nobody"
        raise ConfigError(
            f"Person {arguments.person} is not in {arguments.take.name} (lifted: {lifted}).",
            "Lift the video again with --person N or --all.",
        )
    folder = arguments.output or arguments.take.parent
    make_folder(folder)
    options, cancel = options_from(arguments), CancelToken()
    with interruptible(cancel):
        exports = take.export(
            folder,
            formats,
            stem=arguments.take.stem,
            people=arguments.person,
            options=options,
            progress=lambda progress: report.progress(f"{arguments.take.name} {progress.message}", progress),
            cancel=cancel,
        )
    hints = {name: import_hint(name, options, take.info.fps_hz) for name in expand(formats)}
    persons = None if arguments.person is None else (arguments.person,)
    frames, lost = count_frames(selected(take, dataclasses.replace(options, persons=persons)), exports)
    report.record(
        {
            "status": "done",
            "take": str(arguments.take),
            "exports": [str(path) for path in exports],
            "hints": hints,
            "counts": {"exported": frames},
            "notes": [*take.notes, *lost],
        }
    )
    for path in exports:
        report.line(str(path))
    for note in lost:
        report.line(f"  {note}")
    for name, hint in hints.items():
        report.line(f"  {name}: {hint}")
    return 0
