"""Implement `retarget`: put a saved take on a user's own characters. Runs no model."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ... import api
from ...core.concurrency import CancelToken
from ...core.errors import ConfigError
from ...system.result_names import check_folder
from ..interrupt import interruptible
from ..output import Report


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("retarget", help="a saved take on your own character (.vrm, .glb, .fbx, .bvh)")
    parser.add_argument("take", type=Path, metavar="TAKE", help="a .pose3d file")
    parser.add_argument(
        "--character", action="append", nargs="+", default=[], metavar="[N=]FILE",
        help="the character, or for person N that one: --character 1=a.vrm 2=b.glb",
    )  # fmt: skip
    parser.add_argument("--person", type=int, metavar="N", help="the person for a character without a number")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="DIR", help="folder for the files, default: beside the take"
    )
    parser.add_argument(
        "--formats", "--format", default="character",
        help="comma-separated: character (its own format, default), vrma, bvh, fbx (by Blender)",
    )  # fmt: skip
    parser.add_argument("--in-place", action="store_true", help="leave the travel of the body out")
    parser.add_argument("--free-feet", action="store_true", help="do not hold the feet where the take holds them")
    parser.add_argument("--report", action="store_true", help="read the files back and compare them with the take")
    parser.add_argument("--json", action="store_true", help="one JSON object a line on stdout")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, report: Report) -> int:
    if arguments.output is not None:
        check_folder(arguments.output)
    take = api.load(arguments.take)
    given = [text for group in arguments.character for text in group]
    files = characters_by_person(given, arguments.person, [person.number for person in take.people])
    characters = {person: api.open_character(path) for person, path in files.items()}
    cancel = CancelToken()
    with interruptible(cancel):
        done = take.retarget(
            characters,
            arguments.output or arguments.take.parent,
            [name.strip() for name in arguments.formats.split(",") if name.strip()],
            stem=arguments.take.stem,
            in_place=arguments.in_place,
            lock_feet=not arguments.free_feet,
            report=arguments.report,
            progress=lambda progress: report.progress(f"{arguments.take.name} {progress.message}", progress),
            cancel=cancel,
        )
    for one in done:
        mapping = one.character.mapping
        unsure = [bone for bone in mapping.nodes if mapping.certainty(bone) < 0.9]
        report.record(
            {
                "status": "done",
                "take": str(arguments.take),
                "person": one.person,
                "character": str(one.character.path),
                "exports": [str(path) for path in one.files],
                "bones": {bone: one.character.tree.names[node] for bone, node in mapping.nodes.items()},
                "guessed": unsure,
                "agreement": None if one.agreement is None else dataclasses.asdict(one.agreement),
            }
        )
        for path in one.files:
            report.line(str(path))
        if unsure:
            report.line(f"  recognised by words or shape alone, please check: {', '.join(unsure)}")
        if arguments.report and one.agreement is None:
            report.line("  not compared with the take: the report needs a file other than a VRMA, or a constant rate")
        if one.agreement is not None:
            report.line(
                f"  read back from the file, against the take: limbs within {one.agreement.worst_direction_deg:.2f} "
                f"degrees, their joints within {one.agreement.joint_mm:.1f} mm at the character's size, trunk "
                f"{one.agreement.trunk_deg:.2f} degrees; held feet slide at most {one.agreement.slide_mm:.2f} mm in "
                f"{one.agreement.held_frames} of {one.agreement.frames} frames; the file holds the motion within "
                f"{one.agreement.written_mm:.3f} mm"
            )
    return 0


def characters_by_person(given: Sequence[str], person: int | None, lifted: Sequence[int]) -> dict[int, Path]:
    """Return person -> file for arguments "N=FILE" and "FILE".

    A file without a number is for `person`, or for the first person without a character. Raises `ConfigError` if there
    is none, or a person gets two.
    """
    if not given:
        raise ConfigError("There is no character.", "Give one: --character FILE.", field="character")
    out: dict[int, Path] = {}
    plain = []
    for text in given:
        number, equals, name = text.partition("=")
        if equals and number.isascii() and number.isdigit() and not Path(text).exists():
            if int(number) in out:
                raise ConfigError(f"Person {int(number)} has two characters.", "Give one.", field="character")
            out[int(number)] = Path(name)
        else:
            plain.append(Path(text))
    if person is not None and len(plain) > 1:
        raise ConfigError("Several characters for one person.", "Write them as N=FILE.", field="character")
    for path in plain:
        free = [person] if person is not None else [number for number in lifted if number not in out]
        if not free or free[0] in out:
            raise ConfigError(
                f"There is no person left for {path.name}.", "Lift more people with --all, or give fewer characters.",
                field="character",
            )  # fmt: skip
        out[free[0]] = path
    return out
