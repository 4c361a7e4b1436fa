"""Run the command line.

Commands: `lift`, `live`, `edit`, `export`, `retarget`, `bench`, `models`, `doctor`.

Exit codes: 0 done, 1 bug, 2 user error, 130 cancelled. Log text and progress go to stderr, results to stdout.
"""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from ..core.errors import Cancelled, UserError, printable
from . import bench, doctor, edit, export, lift, live, models
from .characters import retarget
from .options.numbers import finite_number, whole_number
from .output import BUG, CANCELLED, DONE, USER_ERROR, Report, print_everything
from .wording import in_checkout

__all__ = ["BUG", "CANCELLED", "DONE", "USER_ERROR", "build_parser", "main"]


class _Parser(argparse.ArgumentParser):
    """Exit with 2 for wrong arguments.

    argparse does so by default; it is explicit here because scripts rely on it.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.register("type", float, finite_number)
        self.register("type", int, whole_number)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        arguments = sys.argv[1:] if args is None else list(args)
        for argument in itertools.takewhile(lambda one: one != "--", arguments):
            option, _, value = argument.partition("=")
            if option.startswith("-") and value == "--":  # argparse would take it for no value at all
                self.error(f"argument {option}: '--' is not a value")
        return super().parse_known_args(arguments, namespace)

    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(USER_ERROR, f"{self.prog}: {printable(message)}\n")


def build_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="hourglass",
        description="One camera in, a 3D skeleton out."
        + (" Without a command, or with a file alone, the window opens." if in_checkout() else ""),
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="show the log on stderr")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in (lift, live, edit, export, retarget, bench, models, doctor):
        module.add_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    print_everything()
    try:
        arguments = build_parser().parse_args(argv)
        arguments.argv = sys.argv[1:] if argv is None else list(argv)
    except KeyboardInterrupt:  # before anything was begun
        return CANCELLED
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if arguments.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )
    with Report(getattr(arguments, "json", False), vars(arguments)) as report:
        try:
            code: int = arguments.run(arguments, report)
            return code
        except UserError as error:
            report.user_error(error)
            return USER_ERROR
        except (Cancelled, KeyboardInterrupt):
            report.cancelled()
            return CANCELLED
        except BrokenPipeError:
            os._exit(CANCELLED)  # the reader of our output has gone, so no message can reach it
        except Exception as error:  # noqa: BLE001 - the last line of defence: a bug, reported as such
            report.bug(error, traceback.format_exc())
            return BUG
