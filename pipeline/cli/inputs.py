"""Find the inputs of `lift`, and name the results, before any work is done."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from .. import api
from ..core.errors import ConfigError, UserError
from ..export.export_take import expand
from ..sources.inputs import Input, find_inputs
from ..sources.open import check_stated
from ..system.files import make_folder
from ..system.result_names import check_folder, check_length
from ..take.source_files import result_stem
from .output import Report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the inputs, the output folder, and what images and 2D joints do not state themselves."""
    parser.add_argument(
        "inputs",
        nargs="*",
        metavar="VIDEO",
        help="videos, folders of videos or of numbered images, 2D joints of another detector (docs/inputs.md)",
    )
    parser.add_argument("--sample", action="store_true", help="use the sample video")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="DIR", help="folder for the results")
    parser.add_argument(
        "--fps", type=float, metavar="HZ", help="frames a second of numbered images and 2D joints (default: 30)"
    )
    parser.add_argument(
        "--size", type=size_px, metavar="WxH", help="size of the image, of 2D joints whose file does not say it"
    )


def size_px(text: str) -> tuple[int, int]:
    """Return (width, height) from "1280x720"."""
    width, cross, height = text.lower().partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and 0 < len(width) < 6 and 0 < len(height) < 6):
        raise argparse.ArgumentTypeError(f"'{text}' is no size; write 1280x720")
    return int(width), int(height)


def chosen_inputs(arguments: argparse.Namespace, report: Report) -> tuple[list[Input], int]:
    """Return the existing inputs, and the number of invalid names; reports the latter.

    Files that are left out are reported, too. Makes the output folder. Raises the `UserError` if there is no input at
    all, or no such folder.
    """
    if not arguments.inputs and not arguments.sample:
        raise ConfigError("There is no video to lift.", "Name a video file or a folder, or use --sample.")
    check_stated(arguments.fps, arguments.size)
    check_folder(arguments.output)
    inputs = [Input(api.sample_video())] if arguments.sample else []
    problems = 0
    if arguments.inputs:
        found = find_inputs(arguments.inputs)
        inputs += found.found
        problems = len(found.problems)
        for name, error in found.problems:
            report.user_error(error, name)
        for path in found.left_out:
            report.line(f"{path.name} is left out: it is named as an export of this program")
    make_folder(arguments.output)
    return inputs, problems


def result_stems(
    inputs: Sequence[Input], folder: Path, formats: Sequence[str], refuse: Callable[[Input, UserError], None]
) -> list[tuple[Input, str]]:
    """Return each input with the stem of its results; no result replaces another or an input.

    Inputs whose results would have names too long for the file system are given to `refuse` and left out.
    """
    named: list[tuple[Input, str]] = []
    files = [path for one in inputs for path in (one.path, *one.files)]
    for one in inputs:
        stem = result_stem(one.stem, one.path, folder, [stem for _, stem in named], files, expand(formats))
        try:
            check_length(folder, stem)
        except UserError as error:
            refuse(one, error)
        else:
            named.append((one, stem))
    return named
