"""Start here: no arguments (or a file) open the window, anything else is the command line (`pipeline.cli`)."""

from __future__ import annotations

import sys
from pathlib import Path


def _named_file(argument: str) -> bool:
    """Return whether an argument names a file, not a command or an option: it has a suffix or a folder."""
    path = Path(argument)
    return not argument.startswith("-") and (bool(path.suffix) or len(path.parts) > 1)


def main(argv: list[str]) -> int:
    if argv and _named_file(argv[0]) and not Path(argv[0]).exists():
        sys.stderr.write(f"There is no file {argv[0]!r}. Check the path, or give a command: --help lists them.\n")
        return 2
    if len(argv) > 1 and Path(argv[0]).is_file():
        sys.stderr.write(f"The window shows one file at a time: {argv[0]!r}. Not opened: {', '.join(argv[1:])}\n")
    if not argv or Path(argv[0]).is_file():
        from app.bootstrap import main as window  # lazy: the command line never loads Qt

        return window(argv)
    from pipeline.cli import main as command_line

    return command_line(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
