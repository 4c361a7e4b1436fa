"""The lifters that there are: `weights/manifest.json` and the user's own, their files, and how to get them.

The checkpoints of 2D detectors likewise (`detectors`). Everything the program knows of either is in its entry; nothing
else holds sizes or names. A file is looked for in HOURGLASS_WEIGHTS, in the program's own folder (`weights/` of a
checkout, part of an installed package), then in the user's cache. Nothing is ever downloaded unasked.
"""

from .catalogue import (
    PROJECT_FOLDER,
    Own,
    bundled,
    file_sha256,
    find,
    is_own,
    locate,
    manifest,
    own,
    path_of,
    user_folder,
)
from .detectors import (
    DetectorEntry,
    check_detector_name,
    detectors,
    find_detector,
    is_own_detector,
    own_detectors,
    register_detector,
    unregister_detector,
)
from .download import download
from .entries import WeightEntry
from .register import check_name, register, unregister

__all__ = [
    "PROJECT_FOLDER",
    "DetectorEntry",
    "Own",
    "WeightEntry",
    "bundled",
    "check_detector_name",
    "check_name",
    "detectors",
    "download",
    "file_sha256",
    "find",
    "find_detector",
    "is_own",
    "is_own_detector",
    "locate",
    "manifest",
    "own",
    "own_detectors",
    "path_of",
    "register",
    "register_detector",
    "unregister",
    "unregister_detector",
    "user_folder",
]
