"""Print a command's output: progress and sentences for users, or JSON lines for programs."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Collection
from types import TracebackType
from typing import Any, TextIO

from ..core.errors import UserError
from ..core.take import Progress
from . import wording

DONE, BUG, USER_ERROR, CANCELLED = 0, 1, 2, 130  # exit codes

_BAR = 24
_EVERY_S = 0.2


def clock(seconds: float) -> str:
    """Format seconds: 75.2 -> "1:15"."""
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def print_everything() -> None:
    """Let stdout and stderr print any text by escaping what their encoding lacks.

    A redirected Windows console has cp1252, and file names may hold bytes of no encoding.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class Report:
    """Own stdout while a command runs.

    With `as_json` every line of stdout is one JSON object: other output of libraries (also from C++) is redirected to
    stderr, so that a script can parse all of stdout.
    """

    def __init__(self, as_json: bool, arguments: Collection[str] | None = None) -> None:
        """Prepare the report; `arguments` are the names of the command's options, None: unknown."""
        self.as_json = as_json
        self._arguments = arguments
        self._out: TextIO = sys.stdout
        self._saved_fd: int | None = None
        self._last_shown = 0.0
        self._bar_shown = False
        self._begun: dict[str, float] = {}
        self._writing = threading.Lock()

    def __enter__(self) -> Report:
        if self.as_json:
            try:
                sys.stdout.flush()
                self._saved_fd = os.dup(1)
                os.dup2(2, 1)
                self._out = os.fdopen(os.dup(self._saved_fd), "w", encoding="utf-8")
            except (OSError, ValueError):  # no real file descriptors, as under some test runners
                self._saved_fd, self._out = None, sys.stdout
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear_bar()
        self._out.flush()
        if self._saved_fd is not None:
            self._out.close()
            sys.stdout.flush()
            os.dup2(self._saved_fd, 1)
            os.close(self._saved_fd)

    def line(self, text: str) -> None:
        """Print a sentence for the user; silent in JSON mode."""
        if not self.as_json:
            self.text(text + "\n")

    def text(self, text: str) -> None:
        """Print the whole lines of another process that was given the same mode."""
        with self._writing:
            self.clear_bar()
            self._out.write(text)
            self._out.flush()

    def record(self, values: dict[str, Any]) -> None:
        """Print a JSON object for programs; silent otherwise."""
        if self.as_json:
            self.text(json.dumps(values, allow_nan=False) + "\n")

    def progress(self, name: str, progress: Progress) -> None:
        now = time.monotonic()
        begun = self._begun.setdefault(f"{name}:{progress.stage}", now)
        if now - self._last_shown < _EVERY_S and progress.done != progress.total:
            return
        self._last_shown = now
        rate = progress.done / (now - begun) if now > begun else 0.0
        left = (progress.total - progress.done) / rate if rate and progress.total else None
        self.record(
            {
                "status": "running",
                "input": name,
                "stage": progress.stage,
                "done": progress.done,
                "total": progress.total,
                "per_second": round(rate, 2),
                "seconds_left": None if left is None else round(left, 1),
            }
        )
        if not self.as_json and sys.stderr.isatty():
            share = progress.done / progress.total if progress.total else 0.0
            bar = ("█" * round(share * _BAR)).ljust(_BAR, "·")
            tail = f"{rate:6.1f}/s  {clock(left)} left" if left is not None else ""
            counts = f"{progress.done}/{progress.total}" if progress.total else progress.message
            sys.stderr.write(f"\r\x1b[K{name}  {progress.stage:<8} {bar} {counts}  {tail}")
            sys.stderr.flush()
            self._bar_shown = True

    def status(self, text: str) -> None:
        """Show the current activity on stderr: overwritten on a terminal, otherwise a separate line."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{text}")
            self._bar_shown = True
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()

    def clear_bar(self) -> None:
        if self._bar_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._bar_shown = False

    def user_error(self, error: UserError, name: str = "") -> None:
        self.clear_bar()
        hint = wording.hint(error, self._arguments)
        self.record({"status": "error", "input": name, "message": error.message, "hint": hint})
        sys.stderr.write(f"error: {error.message}\n" + (f"  {hint}\n" if hint else ""))

    def failed(self, error: Exception, name: str) -> None:
        """Report what ended the work on one of several inputs: a `UserError` or a bug."""
        if isinstance(error, UserError):
            self.user_error(error, name)
        else:
            self.bug(error, "".join(traceback.format_exception(error)))

    def cancelled(self) -> None:
        self.clear_bar()
        self.record({"status": "cancelled"})
        sys.stderr.write("cancelled; no file is half-written, and what was detected is kept for the next run\n")

    def bug(self, error: Exception, trace: str) -> None:
        self.clear_bar()
        self.record({"status": "bug", "message": f"{type(error).__name__}: {error}"})
        sys.stderr.write(f"{trace}\nThis is a bug. Please report it with the lines above and what you did.\n")
