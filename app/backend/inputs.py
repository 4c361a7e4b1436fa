"""Find what can be opened among the files and folders that the user named."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Openable:
    """Describe a video, a take, 2D joints, or a folder or pattern (`img_*.png`) of images."""

    path: Path
    stills: bool = False  # numbered images, which do not say their rate


@dataclass(frozen=True, slots=True)
class FoundInputs:
    """Hold what can be opened, in the order of the names, and errors of the other names."""

    inputs: tuple[Openable, ...]
    problems: tuple[UserError, ...] = ()


def is_plain(path: Path) -> bool:
    """Return whether `path` is a file that stands for itself: neither an image nor a folder."""
    from pipeline.sources.suffixes import IMAGE_SUFFIXES

    return path.suffix.lower() not in IMAGE_SUFFIXES and "*" not in path.name and not os.path.isdir(path)


def find_inputs(paths: Sequence[Path]) -> FoundInputs:
    """Find what `paths` stand for, as the command line does.

    An image stands for the whole series in its folder. Reads folders. Raises `SourceError` if nothing can be opened.
    """
    from pipeline.sources.inputs import find_inputs

    found = find_inputs(paths)
    whole = dict.fromkeys(_whole(one.path) for one in found.found)
    return FoundInputs(tuple(whole), tuple(error for _, error in found.problems))


def _whole(path: Path) -> Openable:
    from pipeline.sources.images.sequence import image_series, images_in, is_pattern, pattern_of
    from pipeline.sources.images.webp import is_animated_webp
    from pipeline.sources.joints2d.recognise import is_joints
    from pipeline.sources.suffixes import IMAGE_SUFFIXES

    if os.path.isdir(path):
        return Openable(path, stills=not is_joints(path))
    if path.suffix.lower() not in IMAGE_SUFFIXES or is_animated_webp(path):
        return Openable(path)
    if not is_pattern(path):
        series = next((one for one in image_series(images_in(path.parent)) if path in one), [path])
        path = pattern_of(series) if len(series) > 1 else path
    return Openable(path, stills=is_pattern(path))
