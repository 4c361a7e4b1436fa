"""Call the library from the window through one object, which tests replace by a quicker one.

Most of it is `pipeline.api` unchanged. Modules of the library that load much are imported when a function runs; all but
the lists run in worker threads. So the window is shown before torch, PyAV or MediaPipe are loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.backend import checkpoints, inputs, live
from pipeline import api
from pipeline.core.arrays import Floats
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import RunConfig
from pipeline.core.export_options import ExportOptions
from pipeline.core.take import Progress, Take
from pipeline.model_info import DetectorInfo

if TYPE_CHECKING:
    from pipeline.characters.character import Character, CharacterSkeleton
    from pipeline.retarget.retarget_take import Retargeted


class Library:
    """Provide the library's functions, for any thread.

    They raise `UserError` subclasses for what the user can put right.
    """

    models = staticmethod(api.Models)  # keeps networks loaded from one run to the next; `close` it
    sample_video = staticmethod(api.sample_video)
    open_source = staticmethod(api.open_source)
    is_plain = staticmethod(inputs.is_plain)
    find_inputs = staticmethod(inputs.find_inputs)
    lift = staticmethod(api.lift)
    lift_recording = staticmethod(api.lift_recording)
    load = staticmethod(api.load)

    hands_missing = staticmethod(api.hands_missing)
    face_missing = staticmethod(api.face_missing)
    lifters = staticmethod(api.lifters)
    download = staticmethod(api.download)
    remove = staticmethod(api.remove)
    add_detector = staticmethod(api.add_detector)
    recognise = staticmethod(checkpoints.recognise)
    add_lifter = staticmethod(checkpoints.add_lifter)
    cost = staticmethod(checkpoints.cost)

    cameras = staticmethod(live.cameras)
    open_live = staticmethod(live.open_live)
    new_recorder = staticmethod(live.new_recorder)
    open_stream = staticmethod(live.open_stream)
    unfinished_recordings = staticmethod(live.unfinished_recordings)
    gpu_warning = staticmethod(live.gpu_warning)

    def detectors(self, check: bool = False) -> list[DetectorInfo]:
        """List the detectors that have a name, without the generic entry for MMPose networks."""
        return [one for one in api.detectors(check) if one.name != "mmpose"]

    def install_fbx(self, ask: Callable[[], None]) -> None:
        """Install the package that reads and writes FBX; `ask` stops it by raising."""
        from pipeline.characters.blender.install import install

        install(ask)

    def devices(self) -> tuple[str, ...]:
        """Return the kinds of GPU that can be chosen here; loads nothing large."""
        from pipeline.system.devices import likely_devices

        return likely_devices()

    def video_suffixes(self) -> list[str]:
        """Return the suffixes of the video files that can be opened."""
        from pipeline.sources.suffixes import VIDEO_SUFFIXES

        return sorted(VIDEO_SUFFIXES)

    def other_suffixes(self) -> list[str]:
        """Return the suffixes of images and of 2D joints."""
        from pipeline.sources.suffixes import IMAGE_SUFFIXES, JOINTS2D_SUFFIXES

        return sorted({*IMAGE_SUFFIXES, *JOINTS2D_SUFFIXES})

    def hands(self, take: Take, person: int) -> tuple[Floats, Floats] | None:
        """Return a person's hands (T, 2, 21, 3), m, world, and the shares (T, 2) of their colour.

        None if no hand was observed. Takes seconds for long takes.
        """
        from pipeline.drawing.hands_mesh import colour_shares

        found = next(one for one in api.Take.of(take).people if one.number == person).hands
        if found is None:
            return None
        joints = found.joints_world.reshape(-1, 2, 21, 3).astype(np.float32)
        return joints, colour_shares(found.observed, take.camera.rate_hz)

    def relift(
        self,
        take: Take,
        persons: Sequence[int],
        config: RunConfig,
        progress: Callable[[Progress], None],
        cancel: CancelToken,
        models: api.Models,
    ) -> Take:
        """Re-lift `persons` from the take's 2D."""
        return api.Take.of(take).relift(persons, config=config, progress=progress, cancel=cancel, models=models)

    def refinish(self, take: Take, config: RunConfig) -> Take:
        """Repeat the steps after lifting."""
        return api.Take.of(take).refinish(config=config)

    def with_video(self, take: Take, path: Path) -> Take:
        """Return the take with its video at `path`; raises if that is another one."""
        return api.Take.of(take).with_video(path)

    def save(self, take: Take, path: Path) -> Path:
        """Write a take to a file."""
        return api.Take.of(take).save(path)

    def open_character(self, path: Path) -> Character:
        """Open a character; raises `MissingBonesError` where bones of a human were not recognised."""
        return api.open_character(path)

    def read_skeleton(self, path: Path) -> CharacterSkeleton:
        """Read a character's bones, recognised or not."""
        from pipeline.characters.character import read_skeleton

        return read_skeleton(path)

    def retarget(
        self,
        take: Take,
        characters: Mapping[int, Character],
        folder: Path,
        progress: Callable[[Progress], None],
        cancel: CancelToken,
    ) -> list[Retargeted]:
        """Write people on characters, and a report of how near they are to the take."""
        return api.Take.of(take).retarget(characters, folder, report=True, progress=progress, cancel=cancel)

    def export(
        self,
        take: Take,
        folder: Path,
        stem: str,
        formats: Sequence[str],
        options: ExportOptions,
        progress: Callable[[Progress], None],
        cancel: CancelToken,
    ) -> list[Path]:
        """Write a take in formats of other programs: those of the ticked boxes and no other."""
        from pipeline.export.base import Watch
        from pipeline.export.export_take import export_take

        return export_take(take, folder, stem, formats, options, Watch(cancel, progress), aliases=False)
