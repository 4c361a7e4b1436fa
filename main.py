"""Start here: no arguments (or a file) open the window, anything else is the command line (`pipeline.cli`)."""

from __future__ import annotations

import sys
from pathlib import Path


def main(argv: list[str]) -> int:
    if not argv or Path(argv[0]).is_file():
        from app.bootstrap import main as window  # lazy: the command line never loads Qt

        return window(argv)
    from pipeline.cli import main as command_line

    return command_line(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
