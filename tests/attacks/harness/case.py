"""Define one hostile input, and how the program took it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

TIME_S = 20.0  # processor time that a case may take, unless it says otherwise

Build = Callable[[Path], list[str]]  # makes the input in a folder and returns the arguments
Entry = Callable[[list[str]], int]  # takes the arguments and returns an exit code


@dataclass(frozen=True, slots=True)
class Case:
    """Describe one hostile input: how it is made, what takes it, and what is allowed."""

    name: str
    build: Build  # is called with the folder that becomes the working folder
    entry: Entry | None = None  # None: the command line
    codes: tuple[int, ...] = (0, 2, 130)  # allowed exit codes
    time_s: float = TIME_S
    allows_nan: bool = False  # results may hold NaN
    connects: bool = False  # it may connect somewhere: the user asked for that
    writes: tuple[str, ...] = ("out",)  # folders that it may change
    mentions: str = ""  # regular expression that the message has to match if the exit code is 2
    as_user: bool = False  # as a user without special rights, where this process has them
    environment: dict[str, str | None] = field(default_factory=dict)  # None: not set; FOLDER is replaced


@dataclass(slots=True)
class Outcome:
    """Report how a case ended; no faults means that the program took it well."""

    name: str
    code: int
    seconds: float
    peak_mb: float
    faults: list[str]
    said: str = ""  # end of what it wrote to stderr


Cases = Iterable[Case]


def made(build: Callable[[Path], object], *arguments: str) -> Build:
    """Return a `Build` that calls `build` with the folder and returns fixed arguments."""

    def call(folder: Path) -> list[str]:
        build(folder)
        return list(arguments)

    return call


def file(name: str, data: bytes | str) -> Build:
    """Return a `Build` that writes one file and names it as the argument."""

    def call(folder: Path) -> list[str]:
        (folder / name).write_bytes(data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data)
        return [name]

    return call
