"""Write videos with the 2D joints over the frames, alone or beside the lifted skeleton.

H.264 in .mp4. Every frame of the take is a frame of the video, at its true time: a constant rate stays the exact
fraction (30000/1001), a variable one keeps its timestamps. A frame that cannot be decoded shows the image before it.
The sound of the same range is copied unchanged where .mp4 can hold it, else encoded as AAC. Frames pass one at a time;
none are kept.
"""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...core.arrays import Image, Ints
from ...core.camera import Frame
from ...core.errors import OutputError
from ...core.take import Take
from ...system.files import atomic_path, printable
from ..base import UNWATCHED, Watch
from ..tracks import Selection
from .draw_skeleton import draw_person
from .scene_panel import ScenePanel, draw_number

if TYPE_CHECKING:
    from ...sources.base import TimedSource

log = logging.getLogger(__name__)

Paint = Callable[[Image, int], Image]  # (image, row of the take) -> image

_MAX_WIDTH_PX = 3840  # px, largest width of both images together: the limit of players and hardware decoders


class OverlayExporter:
    """Write `<stem>_overlay.mp4`: the video with the 2D joints of all chosen persons."""

    name = "overlay"
    suffix = "_overlay.mp4"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        step = functools.partial(watch.step, self.name)
        return [_write_video(selection, folder / f"{stem}{self.suffix}", lambda size: _overlay(selection), step)]


class SideBySideExporter:
    """Write `<stem>_side_by_side.mp4`: the overlay, and to its right the 3D view of the window."""

    name = "side_by_side"
    suffix = "_side_by_side.mp4"

    def write(self, selection: Selection, folder: Path, stem: str, watch: Watch = UNWATCHED) -> list[Path]:
        step = functools.partial(watch.step, self.name)
        return [_write_video(selection, folder / f"{stem}{self.suffix}", lambda size: _beside(selection, size), step)]


def _overlay(selection: Selection, subject: int | None = None, numbered: bool = False) -> Paint:
    """Return what draws the joints: in colour those of the `subject` (None: of all), `numbered` with numbers."""
    tracks = [one.track2d for one in selection.people if one.track2d is not None]
    tracks.sort(key=lambda track: track.person == subject)  # the followed person on top

    def paint(image: Image, row: int) -> Image:
        scale = image.shape[1] / selection.first.camera.size_px[0]
        for track in tracks:
            draw_person(image, track, row, scale, subject in (None, track.person))
        for track in tracks if numbered else ():
            joints = track.joints_image[row]
            if np.isfinite(joints).any():
                x, y = joints[np.nanargmin(joints[:, 1])] * np.float32(scale)
                above = max(float(y) - image.shape[0] / 24, image.shape[0] / 50)
                draw_number(image, np.array([x, above]), track.person, subject)
        return image

    return paint


def _beside(selection: Selection, size: tuple[int, int]) -> Paint:
    import cv2

    width, height = size
    panel = ScenePanel(selection, height, width)
    shrink = min(1.0, _MAX_WIDTH_PX / (width + panel.size_px[0]))
    if shrink < 1:
        width, height = (max(2, round(length * shrink)) for length in size)
        panel = ScenePanel(selection, height, width)
    overlay = _overlay(selection, panel.subject, len(selection.take.tracks2d) > 1)

    def paint(image: Image, row: int) -> Image:
        if image.shape[:2] != (height, width):
            image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        return np.concatenate([overlay(image, row), panel.draw(row)], axis=1)

    return paint


def _write_video(
    selection: Selection,
    path: Path,
    painter: Callable[[tuple[int, int]], Paint],
    step: Callable[[int, int], None],
) -> Path:
    """Decode, paint and encode the frames of the take.

    `painter` gets the (width, height) of the images in pixels; `step` gets the numbers of finished and of all frames.
    """
    take, first = selection.take, selection.first
    with atomic_path(path) as temporary, contextlib.closing(_source(take)) as source:
        from .mp4 import Mp4Writer, Sound

        index, times, rate = first.frame_index, first.time_s, first.rate_hz
        start_s, end_s = float(times[0]), float(times[-1]) + 1 / rate
        # The source's own times: those of the take may be of a motion that is faster than its video.
        from_s, to_s = (float(source.time_s[min(i, len(source.time_s) - 1)]) for i in index[[0, -1]].tolist())
        paint = painter((source.info.width_px, source.info.height_px))
        writer: Mp4Writer | None = None
        try:
            for row, image in _images(source.frames(from_s - 1e-4, to_s + 1 / source.info.fps_hz), index):
                step(row, len(index))
                painted = paint(image, row)
                if writer is None:
                    clock_s, last = getattr(source, "clock_start_s", None), source.info.frame_count - 1
                    sound = None  # its clock is not that of the images
                    if clock_s is not None and source.info.slow_motion == take.info.slow_motion:
                        begin_s = None if index[0] == 0 else clock_s + start_s
                        finish_s = None if index[-1] >= last else clock_s + end_s
                        sound = Sound(Path(source.info.path), clock_s + start_s, begin_s, finish_s)
                    height, width = painted.shape[:2]
                    writer = Mp4Writer(temporary, width, height, rate, first.is_resampled, sound)
                writer.add(painted, row, float(times[row]) - start_s)
            if writer is None:
                raise OutputError(
                    f"{take.info.name} no longer has the frames of this take.", "Was it changed? Lift it again."
                )
            writer.finish()
        finally:
            if writer is not None:
                writer.close()
    log.info("wrote %s", path.name)
    return path


def _images(frames: Iterator[Frame], index: Ints) -> Iterator[tuple[int, Image]]:
    """Yield every row of the take and an image to paint on.

    `index` (T,) are the frames of the take.

    Where a frame is missing, the image before it (at the start: after it) is shown again.
    """
    row, image = 0, None
    for frame in frames:
        here = int(np.searchsorted(index, frame.index))
        if here >= len(index) or index[here] != frame.index:
            continue
        while row < here:
            yield row, (frame.bgr if image is None else image).copy()
            row += 1
        image = frame.bgr
        yield here, image.copy()
        row = here + 1
    while image is not None and row < len(index):
        yield row, image.copy()
        row += 1


def _source(take: Take) -> TimedSource:
    """Return the images behind the take.

    Raises `OutputError` if they are gone or others, `SourceError` if they cannot be read.
    """
    from ...sources.images.sequence import is_pattern
    from ...sources.open import open_images

    info, path = take.info, Path(take.info.path)
    if not info.path or not (path.exists() or is_pattern(path)):
        raise OutputError(
            f"The video of this take, {printable(info.path or info.name)}, is not there any more.",
            "Put it back or say where it is now, or choose formats that do not need its images.",
            field="video",
        )
    source = open_images(info)
    if source is None:
        raise OutputError(
            f"This take was made of 2D joints, {info.name}, and there is no video beside them.",
            "Put their video beside them, or choose formats that need no images.",
        )
    if info.content_key and source.info.path == info.path and source.info.content_key != info.content_key:
        source.close()
        raise OutputError(f"{info.name} is not the video that this take was made from.", "Lift it again.")
    return source
