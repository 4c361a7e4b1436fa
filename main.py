"""Start here: no arguments open the window, anything else is the command line (`pipeline.cli`)."""

from __future__ import annotations

import sys


def main(argv: list[str]) -> int:
    if not argv or argv[0] == "open":
        from app.bootstrap import main as window  # lazy: the command line never loads Qt

        return window(argv[1:])
    from pipeline.cli import main as command_line

    return command_line(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
