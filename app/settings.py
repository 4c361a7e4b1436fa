"""Store the window's settings in an ini file in the user's configuration folder.

HOURGLASS_CONFIG names another folder (tests use it). A damaged or unknown value is replaced by its default.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs
from PySide6.QtCore import QByteArray

from app.run_settings import MOTION_FIELDS, SCENE_FIELDS, CompareSettings, RunSettings
from app.settings_file import SettingsFile
from pipeline.core.config import (
    LIVE_LIFTER,
    MAX_LOOKAHEAD,
    DetectConfig,
    LiftConfig,
    LiveConfig,
    PostConfig,
    SceneConfig,
)
from pipeline.core.errors import ConfigError
from pipeline.core.export_options import OPTIONS, ExportOptions

RECENT_MAX = 8


def config_folder() -> Path:
    override = os.environ.get("HOURGLASS_CONFIG")
    return Path(override) if override else Path(platformdirs.user_config_dir("hourglass-pose", appauthor=False))


_NOT_STORED = {"run": {*SCENE_FIELDS, "limbs", "recorded_fps"}}  # group -> fields that belong to a take
# Number of the file's format. The format before did not state it, and had the only embedded detector where none was
# chosen.
_FORMAT, _ONLY_DETECTOR = "2", "mediapipe"


@dataclass(slots=True)
class ViewSettings:
    """Hold what the views show and how playback runs."""

    show_joints: bool = True
    show_others: bool = True
    show_hands: bool = True
    show_face: bool = True
    show_halos: bool = False
    follow: bool = True
    show_floor: bool = True
    body: str = "human"  # key of human_bodies.BODIES
    show_panel: bool = True
    show_drawer: bool = False
    curve: str = "angle"  # key of `curves.QUANTITIES`; `curve_parts`: keys of its parts
    curve_parts: str = "knee_flexion"
    loop: bool = True
    speed: float = 1.0
    theme: str = "dark"  # one of theme.CHOICES
    language: str = ""  # key of translation.LANGUAGES; "" is that of the system


@dataclass(slots=True)
class ExportSettings:
    """Hold the last choices in the export dialog; `folder` "" is that of the video."""

    folder: str = ""
    formats: str = "bvh,csv"
    everyone: bool = True
    preset: str = "blender"
    unit: str = "cm"
    root_motion: bool = True
    t_pose: bool = False
    report: bool = False

    def options(self) -> ExportOptions:
        """Return the stored export options; an invalid one falls back to its default."""
        options = ExportOptions()
        for name in OPTIONS:
            with contextlib.suppress(ConfigError):
                options = options.changed({name: str(getattr(self, name))})
        return options

    def keep(self, options: ExportOptions) -> None:
        for name in OPTIONS:
            setattr(self, name, getattr(options, name))


@dataclass(slots=True)
class LiveSettings:
    """Hold the last choices for live runs; "" and 0 leave a value to the camera or the program."""

    source: str = ""
    size: str = ""  # of the image: "1280x720"
    rate_hz: float = 0.0
    loop: bool = True
    mirrored: bool = True
    lifter: str = LIVE_LIFTER
    detector: str = DetectConfig().detector
    max_people: int = 2
    height_cm: float | None = None  # of the person before the camera
    lookahead: int = 2
    ghost: bool = False
    countdown_s: float = 3.0
    stop_after_s: float = 0.0
    hands_free: bool = False
    hands: bool = False  # are looked for
    face: bool = False  # is looked for
    streams: str = "vmc://127.0.0.1:39539"
    folder: str = ""  # for recordings

    def live_config(self, run: RunSettings) -> LiveConfig:
        """Return the `LiveConfig` with the device of `run`. Raises `ConfigError`."""
        return LiveConfig(
            detect=DetectConfig(
                self.detector,
                device=run.device,
                max_people=self.max_people,
                prompt=False,
                hands=self.hands,
                face=self.face,
            ),
            lift=LiftConfig(lifter=self.lifter, device=run.device, flip=False),
            scene=SceneConfig(height_cm=self.height_cm),
            lookahead=min(max(self.lookahead, 0), MAX_LOOKAHEAD),
        )

    @property
    def size_px(self) -> tuple[int, int] | None:
        found = re.fullmatch(r"(\d{1,5})x(\d{1,5})", self.size)
        return (int(found[1]), int(found[2])) if found else None


class Settings:
    """Read all settings at the start, and write them on every change."""

    def __init__(self) -> None:
        self._store = SettingsFile(config_folder() / "hourglass.ini")
        self.run = _possible(self._read("run", RunSettings()))
        self.compare = self._read("compare", CompareSettings())
        self.view = self._read("view", ViewSettings())
        self.export = self._read("export", ExportSettings())
        self.live = self._read("live", LiveSettings())

    def _read(self, group: str, defaults: Any) -> Any:
        values = {}
        older = self._store.get("file", "format") != _FORMAT
        for field in dataclasses.fields(defaults):
            default = getattr(defaults, field.name)
            stored = self._store.get(group, field.name)
            if stored is None or field.name in _NOT_STORED.get(group, ()):
                continue
            if older and field.name == "detector" and stored == _ONLY_DETECTOR:
                continue
            try:
                values[field.name] = _parse(stored, default)
            except ValueError:
                continue
        return dataclasses.replace(defaults, **values)

    def save(self) -> None:
        for group in ("run", "compare", "view", "export", "live"):
            values = getattr(self, group)
            kept = {name: v for name, v in dataclasses.asdict(values).items() if name not in _NOT_STORED.get(group, ())}
            texts = {name: "" if value is None else str(value) for name, value in kept.items()}
            self._store.put(group, texts)
        self._store.put("file", {"format": _FORMAT})
        self._store.save()

    @property
    def recent(self) -> list[Path]:
        """List the files opened last that still exist, newest first."""
        return [Path(name) for name in self._store.get_list("files", "recent") if os.path.exists(name)]

    def add_recent(self, path: Path) -> None:
        names = [str(path)] + [str(other) for other in self.recent if other != path]
        self._store.put_list("files", "recent", names[:RECENT_MAX])
        self._store.save()

    def clear_recent(self) -> None:
        self._store.remove("files", "recent")
        self._store.save()

    @property
    def recordings(self) -> Path:
        """Return the folder for recordings: the user's, else Hourglass in the folder for videos."""
        return Path(self.live.folder) if self.live.folder else Path(platformdirs.user_videos_dir()) / "Hourglass"

    @property
    def last_folder(self) -> str:
        folder = self._store.get("files", "folder") or ""
        return folder if os.path.isdir(folder) else str(Path.home())

    @last_folder.setter
    def last_folder(self, folder: str) -> None:
        self._store.put("files", {"folder": folder})
        self._store.save()

    def layout(self, name: str) -> QByteArray | None:
        value = QByteArray.fromBase64((self._store.get("layout", name) or "").encode("ascii", "replace"))
        return None if value.isEmpty() else value

    def set_layout(self, name: str, value: QByteArray) -> None:
        """Keep a window's geometry or a splitter's state."""
        self._store.put("layout", {name: value.toBase64().toStdString()})
        self._store.save()


def _possible(run: RunSettings) -> RunSettings:
    """Replace values that the library does not know (any more) by their defaults."""
    for name in MOTION_FIELDS:
        try:
            PostConfig(**{name: getattr(run, name)})
        except ConfigError:
            setattr(run, name, getattr(PostConfig(), name))
    return run


def _parse(text: str, default: object) -> object:
    """Convert `text` to the type of `default`; a default of None means an optional number."""
    if default is None:
        return _finite(text) if text else None
    if isinstance(default, bool):
        return text.lower() == "true"
    if isinstance(default, int | float):
        return type(default)(_finite(text))
    return text


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not finite")
    return value
