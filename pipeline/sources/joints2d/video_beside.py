"""Find the video of 2D joints by its name, and read its size, rate and times."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...core.arrays import Doubles
from ...core.errors import SourceError
from ..suffixes import VIDEO_SUFFIXES

log = logging.getLogger(__name__)

_SHORTEST_NAME = 3  # letters that a video's name shares with that of its joints


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """Hold the facts of the video in which the joints were found."""

    path: Path
    size_px: tuple[int, int]
    fps_hz: float
    time_s: Doubles  # (T,) of its frames


def find_video(path: Path, names: Iterable[str] = ()) -> Path | None:
    """Return the video of the joints at `path` (file or folder); None if ambiguous.

    It lies in the same folder, or in the one above, and its name begins the name of the joints (or one of `names`,
    those inside a folder or archive); among several the longest such name counts. Otherwise the one video in the folder
    is it.
    """
    stems = [path.stem, *names]
    home = path.parent
    for folder in (*([path] if path.is_dir() else []), home, home.parent):
        videos = _videos(folder)
        alike = [video for video in videos if any(_begins(stem, video.stem) for stem in stems)]
        if alike:
            return max(alike, key=lambda video: len(video.stem))
        if len(videos) == 1 and folder == home:
            return videos[0]
    return None


def video_facts(path: Path, frames: int) -> VideoFacts | None:
    """Read size, rate and times of a video; None if unreadable or shorter than `frames` frames."""
    from ..file.video import VideoSource

    try:
        source = VideoSource(path)
    except SourceError as error:
        log.warning("The video beside the joints cannot be read: %s", error)
        return None
    try:
        info, time_s = source.info, source.time_s
    finally:
        source.close()
    if len(time_s) < frames:
        log.warning("%s beside the joints has %d frames, fewer than they have: it is not theirs", path, len(time_s))
        return None
    return VideoFacts(path, (info.width_px, info.height_px), info.fps_hz, time_s)


def _videos(folder: Path) -> list[Path]:
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return []
    return [
        file
        for file in files
        if file.suffix.lower() in VIDEO_SUFFIXES and not file.name.startswith(".") and file.is_file()
    ]


def _begins(stem: str, video: str) -> bool:
    """Return whether a name begins with a video's and goes on with something else than letters or digits of it."""
    stem, video = stem.casefold(), video.casefold()
    if stem == video:
        return True
    rest = stem.removeprefix(video)
    separate = rest[:1] in "_-. " or rest.startswith("dlc")  # DeepLabCut puts its own name right behind the video's
    return len(video) >= _SHORTEST_NAME and rest != stem and separate
