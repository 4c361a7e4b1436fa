"""The lifters that there are: `weights/manifest.json` and the user's own, their files, and how to get them.

Everything the program knows of a lifter is in its manifest entry; nothing else holds its sizes or names. A file is
looked for in the project's `weights/` folder, then in the user's cache. Nothing is ever downloaded unasked.
"""

from pipeline.weights.adding import check_name, register, unregister
from pipeline.weights.catalogue import (
    PROJECT_FOLDER,
    Own,
    find,
    is_own,
    locate,
    manifest,
    own,
    path_of,
    user_folder,
)
from pipeline.weights.entries import WeightEntry
from pipeline.weights.fetch import download

__all__ = [
    "PROJECT_FOLDER",
    "Own",
    "WeightEntry",
    "check_name",
    "download",
    "find",
    "is_own",
    "locate",
    "manifest",
    "own",
    "path_of",
    "register",
    "unregister",
    "user_folder",
]
