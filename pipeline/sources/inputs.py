"""Find the inputs that the user named: files, folders, wildcards, images of one video."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.errors import SourceError
from ..system.result_names import is_export
from .frame_names import natural_key
from .images.sequence import ImageSequenceSource, image_series, images_in, pattern_of
from .joints2d.npz import is_export_npz
from .joints2d.openpose import SUFFIX as OPENPOSE_SUFFIX
from .joints2d.recognise import is_joints, is_joints_folder
from .joints2d.trc import people_files
from .open import open_source
from .suffixes import IMAGE_SUFFIXES, JOINTS2D_SUFFIXES, VIDEO_SUFFIXES

if TYPE_CHECKING:
    from .open import AnySource

_HINT = f"Videos end in {', '.join(VIDEO_SUFFIXES)}."


@dataclass(frozen=True, slots=True)
class Input:
    """Describe one video or its equivalent.

    `files`: the images of a series, if these were named one by one.
    """

    path: Path
    files: tuple[Path, ...] = ()

    @property
    def stem(self) -> str:
        """Return the stem of its results: the name of the file or folder, without `*`."""
        path = self.path.absolute()
        if not self.files:
            return path.name if path.is_dir() else path.stem
        return path.stem.replace("*", "").strip("_-. ") or path.parent.name

    def open(self, fps_hz: float | None = None, size_px: tuple[int, int] | None = None) -> AnySource:
        """Open it, as `open_source` does. Raises `SourceError`."""
        if self.files:
            return ImageSequenceSource(self.path, fps_hz, self.files)
        return open_source(self.path, fps_hz, size_px)


@dataclass(frozen=True, slots=True)
class Inputs:
    """Hold the inputs found in the order of the names, errors by name, and skipped exports."""

    found: list[Input] = field(default_factory=list)
    problems: list[tuple[str, SourceError]] = field(default_factory=list)
    left_out: list[Path] = field(default_factory=list)


def find_inputs(names: Iterable[str | Path]) -> Inputs:
    """Return the inputs of each name.

    A folder of videos or a wildcard gives several, the images of a series give one.

    Everything is listed once, also if it was named twice. Raises the first `SourceError` if nothing was found.
    """
    inputs = Inputs()
    images: dict[Path, None] = {}
    for name in names:
        try:
            for path in _expanded(name):
                if path.is_dir():
                    inputs.found.extend(_in_folder(path, inputs.left_out))
                elif path.suffix.lower() in IMAGE_SUFFIXES:
                    images.setdefault(path)
                    inputs.found.append(Input(path))
                else:
                    inputs.found.append(Input(_whole(path)))
        except SourceError as error:
            inputs.problems.append((str(name), error))
    if images:
        _join_images(inputs.found, list(images))
    unique = list(dict.fromkeys(inputs.found))
    inputs.found[:] = unique
    if not unique and inputs.problems:
        raise inputs.problems[0][1]
    return inputs


def _expanded(name: str | Path) -> Iterator[Path]:
    """Yield the path, or the files and folders that it stands for with `*`, `?` or `[...]`. Raises `SourceError`."""
    try:
        path = Path(name).expanduser()
        there = path.exists()
    except (OSError, RuntimeError) as error:  # a name that is too long; no such user
        reason = getattr(error, "strerror", None) or error
        raise SourceError(f"There is no file or folder {name} ({reason}).", "Check the name.") from error
    if there:
        yield path
        return
    pattern = str(path)
    if not glob.has_magic(pattern):
        raise SourceError(f"There is no file or folder {path}.", "Check the name and the folder.")
    # Not recursive, as in a shell: `**` through the folders of a system, with its links, may never end.
    found = sorted(glob.glob(pattern), key=natural_key)
    if not found:
        raise SourceError(f"There is no file or folder that {path} stands for.", "Check the name and the folder.")
    yield from map(Path, found)


def _whole(path: Path) -> Path:
    """Return the path of all people or frames of a video, given the file of one."""
    if path.name.endswith(OPENPOSE_SUFFIX):
        return path.parent
    if path.suffix.lower() == ".trc":
        return people_files(path)[0]
    return path


def _in_folder(folder: Path, left_out: list[Path]) -> list[Input]:
    """Return the videos directly in a folder, else images, else 2D joints.

    Raises `SourceError`.
    """
    try:
        files = sorted((path for path in folder.iterdir() if path.is_file()), key=lambda path: natural_key(path.name))
        # Hidden files are left behind by systems ("._clip.mp4" on exFAT drives) and are never recordings.
        files = [path for path in files if not path.name.startswith(".")]
        exports = [path for path in files if is_export(path, files)]
        own = [path for path in files if path not in set(exports)]
        left_out.extend(path for path in exports if path.suffix.lower() in VIDEO_SUFFIXES)
        for find in _FINDERS:
            found = find(folder, own)
            if found:
                return found
    except OSError as error:
        raise SourceError(
            f"The folder {folder} cannot be read ({error.strerror or error}).", "Check its permissions."
        ) from error
    raise SourceError(f"There is no video in the folder {folder}.", _HINT)


def _videos(folder: Path, files: list[Path]) -> list[Input]:
    return [Input(path) for path in files if path.suffix.lower() in VIDEO_SUFFIXES]


def _joints_folder(folder: Path, files: list[Path]) -> list[Input]:
    return [Input(folder)] if is_joints_folder(folder) else []


def _images(folder: Path, files: list[Path]) -> list[Input]:
    series = image_series(images_in(folder))
    long = [one for one in series if len(one) > 1]
    if len(series) == 1:
        return [Input(folder)] if long else [Input(series[0][0])]
    return [Input(pattern_of(one), tuple(one)) for one in long] or [Input(one[0]) for one in series]


def _joints(folder: Path, files: list[Path]) -> list[Input]:
    takes = {path.stem for path in files if path.suffix.lower() == ".pose3d"}
    known = [
        path
        for path in files
        if path.suffix.lower() in JOINTS2D_SUFFIXES
        and is_joints(path)
        and not (path.stem in takes and is_export_npz(path))
    ]
    return [Input(path) for path in dict.fromkeys(_whole(path) for path in known)]


_FINDERS: tuple[Callable[[Path, list[Path]], list[Input]], ...] = (_videos, _joints_folder, _images, _joints)


def _join_images(found: list[Input], images: list[Path]) -> None:
    """Replace images that were named one by one by the series that they are of, where the first of these stands."""
    for series in image_series(images):
        if len(series) > 1:
            whole = Input(pattern_of(series), tuple(series))
            members = {Input(path) for path in series}
            found[:] = [whole if one in members else one for one in found]
