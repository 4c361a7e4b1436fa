"""`export`: a saved take to files of other programs. Runs no model."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from pipeline.cli.report import Report
from pipeline.errors import ConfigError
from pipeline.export.base import ExportOptions
from pipeline.export.run import expand, export_take
from pipeline.files import make_folder
from pipeline.project import load_take


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("export", help="a saved .pose3d take to BVH, CSV, ...")
    parser.add_argument("take", type=Path, metavar="TAKE", help="a .pose3d file")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="folder for the files, default: beside the take"
    )
    parser.add_argument("--formats", default="bvh,csv", help="comma-separated, default bvh,csv (see `models`)")
    parser.add_argument("--person", type=int, metavar="N", help="only this person")
    parser.add_argument("--unit", choices=("cm", "m"), default="cm", help="unit of BVH files")
    parser.add_argument("--in-place", action="store_true", help="leave the root's travel out (BVH)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, report: Report) -> int:
    formats = [name.strip() for name in arguments.formats.split(",") if name.strip()]
    expand(formats)
    take = load_take(arguments.take)
    if arguments.person is not None and take.track3d(arguments.person) is None:
        lifted = ", ".join(str(track.person) for track in take.tracks3d) or "nobody"
        raise ConfigError(
            f"Person {arguments.person} is not in {arguments.take.name} (lifted: {lifted}).",
            "Lift the video again with --person N or --all.",
        )
    folder = arguments.output or arguments.take.parent
    make_folder(folder)
    persons = None if arguments.person is None else (arguments.person,)
    options = ExportOptions(persons=persons, unit=arguments.unit, root_motion=not arguments.in_place)
    exports = export_take(take, folder, arguments.take.stem, formats, options)
    report.record({"status": "done", "take": str(arguments.take), "exports": [str(path) for path in exports]})
    for path in exports:
        report.line(str(path))
    return 0
