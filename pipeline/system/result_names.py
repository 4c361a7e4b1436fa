"""Name result files so that none replaces an input or another input's result.

A result is `<stem><part>.<suffix>`: "clip.bvh", "clip_wide.csv", "clip_person2.bvh". Two stems clash if one may give a
file of the other, so "clip" and "clip_wide" do. Names are compared as systems do that ignore case and the forms of
Unicode, because results are copied from one system to another.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from ..core.errors import ConfigError, OutputError

# Format -> names of its files after the stem; in those of one person, "_person2" precedes the suffix.
SUFFIXES_OF: Mapping[str, tuple[str, ...]] = {
    "take": (".pose3d",),
    "report": ("_report.json",),
    "bvh": (".bvh",),
    "glb": (".glb",),
    "fbx": (".fbx",),
    "usd": (".usdc",),
    "csv": (".csv", ".csv.json"),
    "csv_wide": ("_wide.csv", ".csv.json"),
    "dlc": ("_dlc.csv", "_dlc_3d.csv"),
    "json": (".json",),
    "npz": (".npz",),
    "openpose": ("_openpose.zip",),
    "mot": (".mot",),
    "angles": ("_angles.csv",),
    "overlay": ("_overlay.mp4",),
    "side_by_side": ("_side_by_side.mp4",),
    "trc": (".trc",),
    "c3d": (".c3d",),
}
_ENDS = {suffix.partition(".")[::2] for suffixes in SUFFIXES_OF.values() for suffix in suffixes}
_PARTS = sorted({part.removeprefix("_") for part, _ in _ENDS if part}, key=len, reverse=True)
_PART = re.compile(rf"(?:_(?:{'|'.join(_PARTS)}|person\d+|part\d+))+(?:\.csv)?|\.csv")
_VIDEO_PART = re.compile(r"_(?:overlay|side_by_side)")
_FILES = {suffix for _, end in _ENDS for suffix in end.split(".")} | {"mov", "mkv", "avi", "txt"}
_LONGEST = "_side_by_side_person9999.mp4"  # longest addition to a stem
_LONGEST_NAME = 255  # bytes of a file's name on Linux, UTF-16 units on Windows and macOS
_WINDOWS_PATH = 259  # characters of a whole path, unless long paths are switched on
# Names reserved by Windows for devices, with any suffix (Microsoft, "Naming Files, Paths, and Namespaces").
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)


def folded(name: str) -> str:
    """Return a name folded for comparison, without case and Unicode forms."""
    composed = unicodedata.normalize("NFC", name)
    return unicodedata.normalize("NFC", composed.casefold()).rstrip(". ")


def clash(one: str, other: str) -> bool:
    """Return whether results of two stems may be the same file."""
    one, other = folded(one), folded(other)
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    rest = long.removeprefix(short)
    return rest != long and _PART.fullmatch(rest) is not None


def portable(stem: str) -> str:
    """Return a stem that is valid on every system: Windows' device names get a "_"."""
    stem = stem.rstrip(". ") or "_"
    return f"{stem}_" if _RESERVED.fullmatch(stem) else stem


def free_stem(
    wanted: str, taken: Iterable[str], files: Collection[str] = (), formats: Collection[str] = tuple(SUFFIXES_OF)
) -> str:
    """Return `wanted`, or with _2, _3, ... appended, that clashes with no stem in `taken`.

    `files` are names of files in the folder of the results that results in `formats` may not replace.
    """
    taken, kept = list(taken), {folded(file) for file in files}
    ends = {suffix.partition(".")[::2] for name in ("take", *formats) for suffix in SUFFIXES_OF.get(name, ())}
    stem, number = portable(wanted), 2
    while any(clash(stem, other) for other in taken) or any(_may_write(stem, ends, file) for file in kept):
        stem, number = f"{portable(wanted)}_{number}", number + 1
    return stem


def _may_write(stem: str, ends: Collection[tuple[str, str]], file: str) -> bool:
    """Return whether a result of a stem may have the (folded) name of a file; `ends` are parts and suffixes."""
    rest = file.removeprefix(folded(stem))
    if rest == file:
        return False
    part, _, suffix = rest.partition(".")
    return (re.sub(r"(_person\d+|_part\d+)+$", "", part), suffix) in ends


def replaces(file: Path, folder: Path, stem: str, formats: Iterable[str]) -> Path | None:
    """Return the result of a stem in `folder` that would replace the input `file`, or None."""
    for name in formats:
        for suffix in SUFFIXES_OF.get(name, ()):
            path = folder / f"{stem}{suffix}"
            with contextlib.suppress(OSError):
                if path.exists() and path.samefile(file):
                    return path
    return None


def is_export(path: Path, beside: Iterable[Path]) -> bool:
    """Return whether a file is named as an export of a take among those `beside` it."""
    stem = folded(path.stem)
    for other in beside:
        rest = stem.removeprefix(folded(other.stem))
        if rest == stem or not _PART.fullmatch(rest):
            continue
        if other.suffix.lower() == ".pose3d" or _VIDEO_PART.match(rest):
            return True
    return False


def check_length(folder: Path, stem: str) -> None:
    """Raise `OutputError` if names of results would be too long for the folder's file system."""
    name = stem + _LONGEST
    longest = _LONGEST_NAME
    if sys.platform == "win32":
        length = len(name.encode("utf-16-le", "surrogatepass")) // 2
        if len(str(folder.absolute())) + 1 + length > _WINDOWS_PATH:
            raise OutputError(
                f"The path of the results of '{stem}' would be longer than Windows allows.",
                "Choose a folder with a shorter path, or rename the video.",
            )
    elif sys.platform == "darwin":
        length = len(name.encode("utf-16-le", "surrogatepass")) // 2
    else:
        length = len(os.fsencode(name))
        there = next(parent for parent in (folder.absolute(), *folder.absolute().parents) if parent.exists())
        try:
            longest = os.pathconf(there, "PC_NAME_MAX")
        except (OSError, ValueError):
            longest = _LONGEST_NAME
    if length > longest:
        raise OutputError(
            f"The name '{stem[:40]}...' is too long: its results would have names of up to {length} characters.",
            f"Rename the video; {longest - len(_LONGEST)} are possible.",
        )


def check_folder(folder: Path) -> None:
    """Raise `ConfigError` if what should be a folder for results is, or looks like, a file."""
    if os.path.isdir(folder):  # unlike `Path`, os.path bears names that are too long: making the folder says so
        return
    if os.path.exists(folder):
        raise ConfigError(f"{folder} is a file, not a folder.", "Name a folder for the results.", field="output")
    suffix = folder.suffix.lower().removeprefix(".")
    if suffix in _FILES:
        raise ConfigError(
            f"{folder} looks like a file, but the results go into a folder.",
            f"Name a folder, for example {folder.with_suffix('')}; its files are named as the video, their formats are "
            "chosen separately.",
            field=("output", "formats"),
        )
