"""Open the files that the user names, and list the videos of folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from .. import registry
from ..core.errors import SourceError

if TYPE_CHECKING:
    from .file.joints2d import Joints2DSource
    from .file.video import VideoSource

VIDEO_SUFFIXES = (
    ".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".mts", ".m2ts", ".ts", ".wmv", ".flv", ".3gp",
    ".ogv", ".mxf", ".gif",
)  # fmt: skip
JOINTS2D_SUFFIXES = (".npz",)


def open_source(path: str | Path) -> VideoSource | Joints2DSource:
    """Open a video file or a file of 2D joints (.npz).

    Either the suffix .npz or zip content selects the 2D joints. Raises `SourceError`.
    """
    path = Path(path).expanduser()
    name = "joints2d" if path.suffix.lower() in JOINTS2D_SUFFIXES or _is_zip(path) else "video"
    source: VideoSource | Joints2DSource = registry.find("source", name).load()(path)
    return source


def _is_zip(path: Path) -> bool:
    """Return whether the file is a zip archive, as .npz files are and no video format is."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False  # opening the source raises an error with the reason


def find_inputs(paths: Iterable[str | Path]) -> list[Path]:
    """List the given files, with every folder replaced by the videos directly in it.

    The videos of a folder are sorted by name. Raises `SourceError` for a path that does not exist and for a folder
    without a video.
    """
    found: list[Path] = []
    for path in (Path(given).expanduser() for given in paths):
        if not path.is_dir():
            if not path.exists():
                raise SourceError(f"There is no file or folder {path}.", "Check the name and the folder.")
            found.append(path)
            continue
        try:
            inside = sorted(path.iterdir(), key=lambda item: item.name.casefold())
        except OSError as error:
            raise SourceError(
                f"The folder {path} cannot be read ({error.strerror or error}).", "Check its permissions."
            ) from error
        # Hidden files are left behind by systems ("._clip.mp4" on exFAT drives) and are never recordings.
        visible = [item for item in inside if item.is_file() and not item.name.startswith(".")]
        videos = [item for item in visible if item.suffix.lower() in VIDEO_SUFFIXES]
        if not videos:
            raise SourceError(f"There is no video in the folder {path}.", f"Videos end in {', '.join(VIDEO_SUFFIXES)}.")
        found.extend(videos)
    return found
