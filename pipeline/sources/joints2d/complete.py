"""Complete 2D joints of any format with frame rate and image size; assumptions are noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Doubles, Floats
from ...core.camera import UNKNOWN_RATE_HZ
from ...core.errors import SourceError
from ...core.hands.whole_body import beyond_body_extras
from .found import FoundJoints
from .video_beside import VideoFacts, find_video, video_facts

# Sizes that cameras record at, the smallest first; assumed is the first that holds the joints.
_USUAL_SIZES = ((640, 360), (640, 480), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160), (7680, 4320))
_INSIDE = 99.0  # percent of the joints that lie inside the image: detectors guess some beyond its edges


def complete(
    found: FoundJoints,
    path: Path,
    *,
    fps_hz: float | None = None,
    size_px: tuple[int, int] | None = None,
    names: Sequence[str] = (),
) -> tuple[dict[str, NDArray[Any]], tuple[str, ...], Path | None]:
    """Return the arrays of `Joints2DSource`, the assumptions, and the joints' video if found.

    `fps_hz` and `size_px` (width, height) are given by the user; without them the file's values count, then those of
    the video beside it, then usual values. `names` are those of the files in a folder or archive. Raises `SourceError`
    where nothing can be assumed.
    """
    beside = find_video(path, names)
    video = None if beside is None else video_facts(beside, int(found.frame_index[-1]))
    notes = [*found.notes]
    first = _first_frame(found, video, notes)
    if video is not None and int(found.frame_index[-1]) - first >= len(video.time_s):
        video = None  # one frame too few: it is not theirs
        first = _first_frame(found, video, notes)
    pad = int(found.frame_index[0]) - first
    joints, scores = _padded(found.joints_image, pad, np.nan), _padded(found.scores, pad, 0)
    identity = None if found.identity is None else _padded(found.identity, pad, 0)
    index = np.arange(len(joints))
    rate = fps_hz or found.fps_hz
    times: Doubles | None = None if fps_hz else found.time_s
    if rate is None and video is not None:
        rate, times = video.fps_hz, video.time_s[index]
        notes.append(f"frame rate and times are those of {video.path.name} beside it")
    elif rate is None:
        rate = UNKNOWN_RATE_HZ
        notes.append(f"the frame rate is assumed: {rate:g} Hz")
    size = size_px or found.size_px
    if size is None and video is not None:
        size = video.size_px
        notes.append(f"the image size is that of {video.path.name} beside it")
    to_pixels = _pixels_from(joints, size, path.name)
    joints = to_pixels(joints)
    if size is None:
        size = _usual_size(joints)
        notes.append(f"the image size is assumed: {size[0]} x {size[1]} px")
    arrays: dict[str, Any] = {
        "joints_image": joints, "scores": scores, "frame_index": index, "fps_hz": rate, "width_px": size[0],
        "height_px": size[1], "skeleton": found.skeleton,
    }  # fmt: skip
    if identity is not None:
        arrays["identity"] = identity
    if found.beyond is not None:
        beyond = _padded(found.beyond, pad, np.nan)
        arrays.update(_details(np.concatenate([to_pixels(beyond[..., :2]), beyond[..., 2:]], axis=-1)))
    if times is not None:
        begin = times[0] - pad / rate if pad else times[0]
        lead = begin + np.arange(pad) / rate
        arrays["time_s"] = times if len(times) == len(joints) else np.concatenate([lead, times])
    read = {name: np.asarray(value) for name, value in arrays.items()}
    return read, tuple(notes), None if video is None else video.path


def _first_frame(found: FoundJoints, video: VideoFacts | None, notes: list[str]) -> int:
    """Return the number of the frame that the take begins with.

    Programs leave out frames without people, so a take begins with the first frame of the video; but not if
    the joints are of a part of it far from there.
    """
    first, count = int(found.frame_index[0]), len(found.frame_index)
    begin = found.counts_from
    if begin is None:
        begin = 1 if first == 1 and (video is None or first + count - 1 == len(video.time_s)) else 0
    begin = min(begin, first)  # a program that counts from 1 may have been changed to count from 0
    if video is not None or first - begin <= count:
        return begin
    notes.append(f"times count from frame {first}, the first with joints")
    return first


def _padded(values: NDArray[Any], pad: int, fill: float) -> NDArray[Any]:
    """Return values (T, ...) with `pad` frames of `fill` in front."""
    return np.concatenate([np.full((pad, *values.shape[1:]), fill, values.dtype), values]) if pad else values


def _details(beyond: Floats) -> dict[str, NDArray[Any]]:
    """Return hands and faces (T, P, ...) of points (T, P, 110, 3) beyond the body; empty without any."""
    extras = beyond_body_extras(beyond.reshape(-1, *beyond.shape[2:]), parts_of_hands=True)
    return {
        name: values.reshape(*beyond.shape[:2], *values.shape[1:])
        for name, values in extras.items()
        if np.isfinite(values).any()
    }


def _pixels_from(joints: Floats, size: tuple[int, int] | None, name: str) -> Callable[[Floats], Floats]:
    """Return the function to pixels, also of OpenPose's `--keypoint_scale` 3 (0 to 1) and 4 (-1 to 1)."""
    known = joints[np.isfinite(joints)]
    if not len(known) or np.abs(known).max() > 1.0:
        return lambda points: points
    if size is None:
        raise SourceError(
            f"The joints in {name} are shares of the image, not pixels.", "Give the image's size.", field="size_px"
        )
    scale, signed = np.array(size, np.float32), bool((known < 0).any())
    return lambda points: np.asarray(((points + 1) / 2 if signed else points) * scale, np.float32)


def _usual_size(joints: Floats) -> tuple[int, int]:
    """Return the smallest usual size of an image, upright or lying, that holds the joints (..., 2)."""
    known = joints[np.isfinite(joints).all(axis=-1)]
    width, height = np.percentile(known, _INSIDE, axis=0) if len(known) else (0, 0)
    for long, short in _USUAL_SIZES:
        if width <= long and height <= short:
            return long, short
        if width <= short and height <= long:
            return short, long
    return _USUAL_SIZES[-1]
