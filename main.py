"""Start here: no arguments (or files) open the window, anything else is the command line (`pipeline.cli`)."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def _named_file(argument: str) -> bool:
    """Return whether an argument names a file, not a command or an option: it has a suffix or a folder."""
    path = Path(argument)
    folder = argument.endswith(("/", os.sep))
    return not argument.startswith("-") and (bool(path.suffix) or len(path.parts) > 1 or folder)


def main(argv: list[str]) -> int:
    if argv and _named_file(argv[0]) and not Path(argv[0]).exists():
        sys.stderr.write(f"There is no file {argv[0]!r}. Check the path, or give a command: --help lists them.\n")
        return 2
    if not argv or Path(argv[0]).is_file() or (_named_file(argv[0]) and Path(argv[0]).is_dir()):
        from app.bootstrap import main as window  # lazy: the command line never loads Qt

        return window(argv)
    from pipeline.cli import main as command_line

    return command_line(argv)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:  # while the program is loaded
        sys.exit(130)
