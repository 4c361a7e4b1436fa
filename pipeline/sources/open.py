"""Open the sources that the user names: videos, image sequences, 2D joints.

`find_inputs` lists the sources in a folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .. import registry
from ..core.camera import VideoInfo
from ..core.errors import ConfigError, SourceError

if TYPE_CHECKING:
    from .base import TimedSource
    from .file.video import VideoSource
    from .images.sequence import ImageSequenceSource
    from .images.webp import AnimatedWebpSource
    from .joints2d.source import Joints2DSource

    AnySource = VideoSource | ImageSequenceSource | AnimatedWebpSource | Joints2DSource


def open_source(path: str | Path, fps_hz: float | None = None, size_px: tuple[int, int] | None = None) -> AnySource:
    """Open a video, image, folder of images, or 2D joints, by suffix or else by content.

    `fps_hz` and `size_px` (width, height of the image) are for what does not say them: images, 2D joints. `path` may
    have a `*` for the numbers of images: "frames/img_*.png". Raises `SourceError`, and `ConfigError` for a rate or size
    out of range.
    """
    check_stated(fps_hz, size_px)
    path = Path(path).expanduser()
    kind = _kind(path)
    make = registry.find("source", kind).load()
    source: AnySource
    if kind == "joints2d":
        source = make(path, fps_hz, size_px)
    elif kind == "images":
        source = make(path, fps_hz)
    else:
        source = make(path)
    return source


def check_stated(fps_hz: float | None, size_px: tuple[int, int] | None) -> None:
    """Check the rate and image size that a user states. Raises `ConfigError`."""
    if fps_hz is not None and not 0.1 <= fps_hz <= 1000:
        raise ConfigError(f"The frame rate is {fps_hz} Hz.", "Choose 0.1 to 1000 Hz.", field="fps_hz")
    if size_px is not None and not all(0 < side < 100_000 for side in size_px):
        raise ConfigError(
            f"The image size is {size_px[0]} x {size_px[1]} px.", "Give width and height in pixels.", field="size_px"
        )


def open_images(info: VideoInfo) -> TimedSource | None:
    """Open the images of a take again, with the rotation of its run.

    Raises `SourceError`.

    For 2D joints it is the video beside them; None if there is none. Whether it is still the same video, its
    `content_key` says (not that of a video beside joints).
    """
    from .joints2d.source import Joints2DSource
    from .joints2d.video_beside import find_video
    from .turned import turned

    source: AnySource | None
    source = open_source(info.path, info.fps_hz or None)
    if isinstance(source, Joints2DSource):
        beside = find_video(Path(info.path))
        source = None if beside is None else open_source(beside)
    return None if source is None or isinstance(source, Joints2DSource) else turned(source, info.turned_deg)


def _kind(path: Path) -> str:
    """Return the name of the source that reads `path`, as in the registry."""
    from .images.sequence import images_in, is_pattern
    from .images.webp import is_animated_webp
    from .joints2d.recognise import is_joints

    if is_joints(path):
        return "joints2d"
    try:
        if path.is_dir() and images_in(path):
            return "images"
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror or error}).", "Check its permissions.") from error
    if is_pattern(path) and not path.exists():
        return "images"
    return "webp" if is_animated_webp(path) else "video"
