"""Read a video stored as numbered images: a folder, or the files that match a name with `*`."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ...core.arrays import Image, Ints
from ...core.camera import UNKNOWN_RATE_HZ, VideoInfo
from ...core.errors import SourceError
from ...system.files import printable
from ...system.safe_read import DamagedFile, open_regular, read_bytes
from ..frame_names import frame_numbers, natural_key, numbers_in, series_name, shape_of, varying_numbers, word_before
from ..suffixes import IMAGE_SUFFIXES
from .stills import StillsSource

log = logging.getLogger(__name__)

_LARGEST = 1 << 30  # bytes of one image file
_HASHED_WHOLE = 256 << 20  # bytes of all files, up to which all of them are in the content key
_SAMPLE = 1 << 16  # bytes of each file at its begin, middle and end that are in it otherwise
_MOST_CAMERAS = 16  # whose images lie in one folder
_HINT = "Give a folder with numbered images, for example frame_0001.png, or a video."


class ImageSequenceSource(StillsSource):
    """Read numbered images as a `TimedSource`.

    `path` is a folder, or `folder/img_*.png` where `*` stands for the number; `files` are the images themselves, of
    which `path` is then the name only. `fps_hz` is the frame rate, which images do not state: 30 Hz are assumed, and
    `info.notes` reports it. A number that is missing is a frame that is missing: the others keep their times. Raises
    `SourceError`.
    """

    def __init__(self, path: str | Path, fps_hz: float | None = None, files: Sequence[Path] = ()) -> None:
        super().__init__()
        absolute = Path(path).expanduser().absolute()
        chosen, notes = (list(files), []) if files else _chosen(absolute)
        self._files = [file.absolute() for file in chosen]
        places = _places([file.stem for file in self._files])
        self._file_of = dict(zip(places.tolist(), self._files, strict=True))
        count = int(places[-1]) + 1
        if count > len(self._files):
            notes.append(f"{count - len(self._files)} of {count} images are missing")
        rate = fps_hz or UNKNOWN_RATE_HZ
        if fps_hz is None and count > 1:
            notes.append(f"the frame rate is assumed: {rate:g} Hz")
        first = next((image for place in places.tolist() if (image := self._decode(place)) is not None), None)
        if first is None:
            raise SourceError(f"{absolute.name}: none of its {len(self._files)} images can be read.", _HINT)
        self._time_s = np.arange(count) / rate
        self._info = VideoInfo(
            name=printable(absolute.name),
            path=str(absolute),
            width_px=first.shape[1],
            height_px=first.shape[0],
            fps_hz=rate,
            frame_count=count,
            duration_s=count / rate,
            content_key=_content_key(self._files),
            notes=tuple(notes),
        )

    def _decode(self, index: int) -> Image | None:
        import cv2

        file = self._file_of.get(index)
        if file is None:
            return None
        try:
            data = np.frombuffer(read_bytes(file, _LARGEST), np.uint8)
            # 8 bits of blue, green and red, turned upright as the camera's EXIF says.
            image = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
        except (OSError, DamagedFile, cv2.error) as error:
            log.warning("%s cannot be read (%s)", file.name, error)
            return None
        if image is None:
            log.warning("%s is not an image, or it is damaged", file.name)
            return None
        return np.asarray(image, np.uint8)


def is_pattern(path: Path) -> bool:
    """Return whether a path names numbered images by a `*`: "img_*.png"."""
    return "*" in path.name and path.suffix.lower() in IMAGE_SUFFIXES


def pattern_of(files: Sequence[Path]) -> Path:
    """Return the path with `*` in place of the numbers by which `files` differ."""
    return files[0].with_name(series_name([file.stem for file in files]) + files[0].suffix)


def image_series(files: Iterable[Path]) -> list[list[Path]]:
    """Group image files into series whose names are alike apart from numbers, in natural order.

    A file that has no number, or whose name is like no other, is a series of one.
    """
    groups: dict[tuple[Path, str, str], list[Path]] = {}
    for file in sorted(files, key=lambda file: (str(file.parent), natural_key(file.name))):
        groups.setdefault((file.parent, shape_of(file.stem), file.suffix.lower()), []).append(file)
    return [series for group in groups.values() for series in _cameras(group)]


def _cameras(files: list[Path]) -> list[list[Path]]:
    """Split "cam1_0001, cam1_0002, ..., cam2_0001, ..." into a series a camera; times of day stay together."""
    varying = varying_numbers([file.stem for file in files])
    if varying is None or len(varying) != 2 or not word_before(files[0].stem, varying[0]):
        return [files]
    cameras: dict[int, list[Path]] = {}
    frames: dict[int, set[int]] = {}
    for file in files:
        numbers = numbers_in(file.stem)
        cameras.setdefault(numbers[varying[0]], []).append(file)
        frames.setdefault(numbers[varying[0]], set()).add(numbers[varying[1]])
    first = next(iter(frames.values()))
    same = all(len(first & other) > max(len(first), len(other)) / 2 for other in frames.values())
    return list(cameras.values()) if same and len(cameras) <= _MOST_CAMERAS else [files]


def images_in(folder: Path) -> list[Path]:
    """List the image files of a folder, without hidden ones. Raises `OSError`."""
    found = (file for file in folder.iterdir() if file.suffix.lower() in IMAGE_SUFFIXES)
    return [file for file in found if not file.name.startswith(".") and file.is_file()]


def _chosen(path: Path) -> tuple[list[Path], list[str]]:
    """Return the images of a folder or of a name with `*`, and what has to be said of the choice."""
    folder = path if path.is_dir() else path.parent
    try:
        files = images_in(folder)
    except OSError as error:
        reason = error.strerror or error
        raise SourceError(f"{folder} cannot be read ({reason}).", "Check the name and the permissions.") from error
    series = image_series(files)
    if not path.is_dir():
        series = [one for one in series if pattern_of(one).name.casefold() == path.name.casefold()]
    if not series:
        what = f"There is no image in the folder {path}." if path.is_dir() else f"There is no file {path}."
        raise SourceError(what, _HINT)
    longest = max(series, key=len)
    others = sum(len(one) for one in series) - len(longest)
    notes = [f"{others} other images in the folder are left out"] if others else []
    return longest, notes


def _places(stems: Sequence[str]) -> Ints:
    """Return the frame index of each image from its number, or by counting."""
    numbers = frame_numbers(stems)
    if numbers is None or len(numbers) < 2 or (np.diff(numbers) <= 0).any():
        return np.arange(len(stems))
    step = math.gcd(*np.diff(numbers).tolist())
    return (np.array(numbers) - numbers[0]) // step


def _content_key(files: Sequence[Path]) -> str:
    """Compute a sha256 of the images' bytes, of all or, if they are large, of parts of each."""
    sizes = [file.stat().st_size for file in files]
    whole = sum(sizes) <= _HASHED_WHOLE
    digest = hashlib.sha256(f"images {len(files)}".encode())
    for file, size in zip(files, sizes, strict=True):
        digest.update(f" {size} ".encode())
        try:
            with open_regular(file) as stream:
                if whole:
                    while piece := stream.read(_SAMPLE):
                        digest.update(piece)
                else:
                    for offset in (0, max(0, size // 2 - _SAMPLE // 2), max(0, size - _SAMPLE)):
                        stream.seek(offset)
                        digest.update(stream.read(_SAMPLE))
        except OSError as error:
            log.warning("%s cannot be read (%s)", file.name, error.strerror or error)
    return digest.hexdigest()
