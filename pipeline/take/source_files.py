"""Relate takes to their source files: results in a folder by source, and moved videos."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from ..core.camera import VideoInfo
from ..core.errors import TakeError
from ..core.take import Take
from ..sources.file.checks import content_key
from ..system.result_names import clash, free_stem
from .file import SUFFIX, read_source

_PARENT_LEVELS = 4  # folders above the take in which a moved project is searched
_MAX_PARTS = 6  # last components of the video's old path that are searched there


def result_stem(
    wanted: str, source: Path, folder: Path, taken: Iterable[str], inputs: Iterable[Path], formats: Collection[str]
) -> str:
    """Return the stem for results of `source`: `wanted`, or `wanted` with a number appended.

    It clashes neither with `taken` (stems of this batch), nor with takes of other sources in the folder, and its files
    in `formats` replace none of `inputs`.
    """
    others = [take.stem for take in _takes(folder) if clash(take.stem, wanted) and not is_of(take, source)]
    here = folder.resolve()
    kept = [path.name for path in inputs if path.parent.resolve() == here]
    return free_stem(wanted, [*taken, *others], kept, formats)


def _takes(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.suffix.lower() == SUFFIX]
    except OSError:
        return []


def is_of(take: Path, source: Path) -> bool:
    """Return whether a saved take was made from `source`, even if it was moved or changed since.

    `source` is a file or a folder.
    """
    try:
        info = read_source(take)
    except TakeError:
        return False  # a file that cannot be read as a take is kept
    if info.path and Path(info.path) == source.absolute():
        return True
    with contextlib.suppress(OSError):
        return source.is_file() and bool(info.content_key) and content_key(source) == info.content_key
    return False


def with_source(take: Take, path: Path) -> Take:
    """Return the take with the present path of its video, if both were moved together.

    `path` is that of the take.
    """
    if take.provenance.get("recorded_live"):
        return take
    found = find_source(take.info, path)
    return take if found is None else dataclasses.replace(take, info=dataclasses.replace(take.info, path=str(found)))


def at_place(take: Take, path: Path) -> Take:
    """Return the take with its video at `path`.

    Raises `TakeError` if that is another video, or no file.
    """
    key = take.info.content_key
    try:
        same = not key or content_key(path) == key
    except OSError as error:
        raise TakeError(f"{path} cannot be read ({error.strerror or error}).", "Choose the video.") from error
    if not same:
        raise TakeError(f"{path.name} is not the video that this take was made from.", "Choose that one.")
    return dataclasses.replace(take, info=dataclasses.replace(take.info, path=str(path.absolute())))


def find_source(info: VideoInfo, take: Path) -> Path | None:
    """Return the path of a take's video that is no longer at `info.path`.

    None if it is still there or not found. It is searched beside the take, and at its old position relative to the
    folders above the take: a project that is moved or copied as a whole keeps these. Equal content decides.
    """
    if not info.path or not info.content_key or Path(info.path).exists() or "*" in info.path:
        return None
    for place in _candidate_paths(info.path, take.absolute().parent):
        with contextlib.suppress(OSError):
            if place.is_file() and content_key(place) == info.content_key:
                return place
    return None


def _candidate_paths(old: str, home: Path) -> Iterator[Path]:
    """Yield the possible paths of a file with an old path, for a take in `home`."""
    parts = _parts(old)
    folders = [home, *home.parents][: _PARENT_LEVELS + 1]
    for count in range(1, min(len(parts), _MAX_PARTS) + 1):
        for folder in folders:
            yield folder.joinpath(*parts[-count:])


def _parts(path: str) -> list[str]:
    """Return the components of a path of any operating system, without its root."""
    kind: type[PurePath] = PureWindowsPath if "\\" in path and "/" not in path else PurePosixPath
    pure = kind(path)
    return [part for part in pure.parts if part != pure.anchor and part not in ("..", ".")]
