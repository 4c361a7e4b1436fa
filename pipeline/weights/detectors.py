"""List the checkpoints of 2D detectors: `weights/detectors.json` and the user's list.

OpenMMLab publishes no checksums but the first eight digits of each file's sha256, in the file's name; `sha256` may
therefore be these alone, and `bytes` 0 where only the server knows the size (`about_bytes`: an estimate from the
weights in it).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from ..core.errors import ConfigError, ModelError
from ..core.skeletons import SKELETONS
from ..system.files import atomic_write, one_writer, output_error
from ..system.safe_read import DamagedFile
from .catalogue import bundled, user_folder
from .entries import is_file_name, is_size, is_text, read_entries, read_own_entries, write_own_entries

log = logging.getLogger(__name__)

DETECTORS = "detectors.json"
OTHERS = ("auto", "mediapipe", "mmpose")  # names without an entry here; they are reserved
_MEDIAPIPE = "mediapipe::"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_HASH = re.compile(r"[0-9a-f]{8,64}")


@dataclass(frozen=True, slots=True)
class DetectorEntry:
    """Describe one checkpoint with the config of its network."""

    name: str
    title: str
    # `mmpose::...` of the installed MMPose, a .json file in the user's weights folder, or `mediapipe::heavy`
    config: str
    file: str
    sha256: str  # complete, or its first digits
    skeleton: str  # key of skeleton.SKELETONS
    bytes: int = 0  # 0: unknown
    about_bytes: int = 0
    url: str = ""
    npm: str = ""  # package of npm, with its version, that contains the file, too
    family: str = ""  # heading under which the detectors of one kind are listed, with what they are for
    cpu_ms: int = 0  # measured time of one core for a frame with one person; 0: not measured (docs/detectors.md)
    accuracy: str = ""
    licence: str = ""
    training_data: tuple[str, ...] = ()

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> DetectorEntry:
        """Read an entry. Raises `ModelError` for missing or unknown fields, or unsafe file names."""
        values = dict(data)
        name = values.get("name", "?")
        try:
            values["training_data"] = tuple(values.get("training_data", ()))
            entry = DetectorEntry(**values)
        except TypeError as error:
            known = ", ".join(f.name for f in fields(DetectorEntry))
            raise ModelError(
                f"The detector entry '{name}' does not fit ({error}).", f"Its fields are: {known}."
            ) from error
        names = (entry.name, entry.title, entry.family, entry.skeleton)
        texts = (*names, entry.config, entry.file, entry.sha256, entry.url, entry.npm)
        sensible = (
            all(is_text(text) for text in (*texts, *entry.training_data))
            and all(is_size(number) for number in (entry.bytes, entry.about_bytes, entry.cpu_ms))
            and is_file_name(entry.file)
            and (entry.config.startswith("mmpose::") or is_file_name(entry.config))
            and _HASH.fullmatch(entry.sha256) is not None
            and entry.skeleton in SKELETONS
        )
        if not sensible:
            raise ModelError(
                f"The detector entry '{name}' does not fit.", "'file' is a plain file name, 'sha256' hexadecimal."
            )
        return entry

    @property
    def size_bytes(self) -> int:
        """Return the size to show: exact if it is known."""
        return self.bytes or self.about_bytes

    @property
    def kind(self) -> str:
        """Return the name of the detector in the registry that runs these weights."""
        return "mediapipe" if self.config.startswith(_MEDIAPIPE) else "mmpose"

    @property
    def config_path(self) -> str:
        """Return the config that the detector loads: a name in MMPose's wheel, or a path."""
        return self.config if self.config.startswith("mmpose::") else str(user_folder() / self.config)


def detectors() -> tuple[DetectorEntry, ...]:
    """Return the program's detectors, then the user's. Raises `ModelError` for an invalid list."""
    return (*_bundled(bundled(DETECTORS)), *own_detectors()[0])


def find_detector(name: str) -> DetectorEntry | None:
    return next((entry for entry in detectors() if entry.name == name), None)


def own_detectors() -> tuple[tuple[DetectorEntry, ...], tuple[str, ...]]:
    """Return the user's detectors, and sentences about invalid entries. Never raises."""
    path = user_folder() / DETECTORS
    try:
        listed = read_own_entries(path, "detectors")
    except ModelError as error:
        log.warning("%s", error)
        return (), (str(error),)
    taken = {*OTHERS, *(entry.name for entry in _bundled(bundled(DETECTORS)))}
    entries, problems = [], []
    for data in listed:
        try:
            entry = DetectorEntry.from_json(data)
            if entry.name in taken:
                raise ModelError(f"There is another detector called '{entry.name}'.")
            if entry.kind != "mmpose":
                raise ModelError(f"The network of '{entry.name}' comes with the program; only MMPose's can be added.")
        except (ModelError, TypeError, ValueError, AttributeError) as error:
            problems.append(f"An entry of {path} is left out: {error}")
            continue
        taken.add(entry.name)
        entries.append(entry)
    return tuple(entries), tuple(problems)


def is_own_detector(name: str) -> bool:
    return any(entry.name == name for entry in own_detectors()[0])


def check_detector_name(name: str) -> None:
    """Raise `ConfigError` unless a new detector can have this name."""
    if not _NAME.fullmatch(name):
        hint = "Take up to 64 small letters, digits, dots, dashes and underscores, beginning with a letter or digit."
        raise ConfigError(f"A detector cannot be called '{name}'.", hint)
    if name in OTHERS or find_detector(name) is not None:
        raise ConfigError(
            f"There is a detector called '{name}' already.", "Choose another name, or remove that one first."
        )


def register_detector(entry: DetectorEntry, weights: bytes, config: str) -> None:
    """Write the files of a new detector, then list it; all or nothing.

    Raises `ConfigError` for a name that is taken, `ModelError` if the user's list is invalid, `OutputError`.
    """
    folder = user_folder()
    with one_writer(folder):
        check_detector_name(entry.name)
        listed = read_own_entries(folder / DETECTORS, "detectors")
        paths = (folder / entry.file, folder / entry.config)
        try:
            with atomic_write(paths[0]) as file:
                file.write(weights)
            with atomic_write(paths[1], "w") as file:
                file.write(config)
            write_own_entries(folder / DETECTORS, [*listed, asdict(entry)])
        except BaseException:
            for path in paths:
                path.unlink(missing_ok=True)
            raise


def unregister_detector(name: str) -> None:
    """Remove a detector of the user and its files. Raises `ConfigError` if it is not the user's."""
    folder = user_folder()
    with one_writer(folder):
        entry = next((one for one in own_detectors()[0] if one.name == name), None)
        if entry is None:
            raise ConfigError(f"There is no detector '{name}' that you added.", "Only those that you added can go.")
        rest = [
            data
            for data in read_own_entries(folder / DETECTORS, "detectors")
            if not (isinstance(data, dict) and data.get("name") == name)
        ]
        write_own_entries(folder / DETECTORS, rest)
        for path in (folder / entry.file, folder / entry.config):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise output_error(path, error) from error


@cache
def _bundled(path: Path) -> tuple[DetectorEntry, ...]:
    hint = "It comes with the program: get the program again."
    try:
        listed = read_entries(path)
    except (OSError, DamagedFile) as error:
        raise ModelError(f"The list of detectors {path} cannot be read ({error}).", hint) from error
    return tuple(DetectorEntry.from_json(entry) for entry in listed)
