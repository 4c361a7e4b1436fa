"""Provide a take with methods: its people, exports, refinishing and re-lifting."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.config import PostConfig, RunConfig, SceneConfig
from ..core.errors import TakeError
from ..core.export_options import ExportOptions
from ..core.take import Progress
from .corrections import Correctable
from .person import Person
from .settings import Cancel, People, RefinishSettings, ReliftSettings, cancel_token, changed, check_names

if TYPE_CHECKING:
    from typing import Unpack

    from ..characters.character import Character
    from ..retarget.retarget_take import Retargeted
    from ..run.models import Engine

_DETECTED = {"detector", "max_people", "config_path", "checkpoint_path", "prompt", "runtime", "hands", "face"}
_FINISHED = {field.name for part in (PostConfig, SceneConfig) for field in dataclasses.fields(part)} - {"fov_deg"}


class Take(Correctable):
    """Hold the result of a run: people in 2D and 3D, the camera, and the provenance.

    It never changes: `refinish` and `relift` give another one. What else is in it: `hourglass.core.take.Take`.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        people = f"{len(self.tracks3d)} of {len(self.tracks2d)} people in 3D"
        return f"<Take of {self.info.name}: {self.frame_count} frames at {self.info.fps_hz:.4g} Hz, {people}>"

    @property
    def people(self) -> tuple[Person, ...]:
        """Return the lifted persons by presence; `tracks2d` holds every detected person."""
        return tuple(Person(self, track) for track in self.tracks3d)

    @property
    def config(self) -> RunConfig:
        """Return the settings of the run; defaults where the take does not record them."""
        from ..take.provenance import take_config

        return take_config(self) or RunConfig()

    def save(self, path: str | Path) -> Path:
        """Write the take to a file that `load` and the program open. Pixels are not in it.

        Args:
            path: The file; its name usually ends in `.pose3d`. It appears whole or not at all.

        Returns:
            The path.

        Raises:
            OutputError: The file cannot be written.

        Example:
            >>> take = hg.load("squat.take")
            >>> take.save("copy.pose3d").name
            'copy.pose3d'
        """
        from ..take.file import save_take

        return save_take(self, Path(path))

    def with_video(self, path: str | Path) -> Take:
        """Return the take with its video at another place, for the formats that show its images.

        Args:
            path: Where the video is now. `load` finds it by itself beside the take.

        Returns:
            Another take, which shares everything else with this one.

        Raises:
            TakeError: It is another video, or cannot be read.
        """
        from ..take.source_files import at_place

        return Take.of(at_place(self, Path(path)))

    def export(
        self,
        folder: str | Path,
        formats: str | Sequence[str] = ("bvh", "csv"),
        *,
        stem: str = "",
        people: People = None,
        options: ExportOptions | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: Cancel = None,
        **changes: Any,
    ) -> list[Path]:
        """Write the take for other programs. Runs no network.

        Args:
            folder: Where to; made if it is not there.
            formats: Names of exporters, for example bvh, glb, usd, fbx, csv, trc, mot, c3d, json, npz, overlay; also
                in one text, with commas between.
            stem: What the files are called, without suffix. Default: as the video.
            people: Numbers of people; None or "all" writes everyone who was lifted.
            options: What to write; `changes` are fields of it: preset ("blender", "unity", "unreal",
                "unreal5", "mixamo", "rigify"), unit ("cm", "m"), root_motion, t_pose, report.
            progress: Called with the progress of formats that take long.
            cancel: A `CancelToken`, or a function that says whether to stop.
            **changes: Fields of `ExportOptions`.

        Returns:
            The files written.

        Raises:
            ConfigError: An unknown format, or an option with a value that it cannot have.
            OutputError: Nothing to write, or the folder cannot be written to.
            Cancelled: `cancel` says so; no partial file is left.

        Example:
            >>> take = hg.load("squat.take")
            >>> [path.name for path in take.export("out", ["trc"])]
            ['squat.trc']
        """
        from ..export.base import Watch
        from ..export.export_take import export_take
        from .settings import chosen_people

        options = options or ExportOptions()
        check_names(changes, {field.name for field in dataclasses.fields(options)} - {"persons"}, "export()")
        persons = chosen_people(people)
        options = dataclasses.replace(options, **changes)
        if isinstance(persons, tuple):
            options = dataclasses.replace(options, persons=persons)
        if isinstance(formats, str):
            formats = [name.strip() for name in formats.split(",")]
        watch = Watch(cancel_token(cancel), progress or _ignore)
        return export_take(self, Path(folder), stem or Path(self.info.name).stem, formats, options, watch)

    def retarget(
        self,
        characters: Character | Mapping[int, Character],
        folder: str | Path,
        formats: str | Sequence[str] = ("character",),
        *,
        stem: str = "",
        in_place: bool = False,
        lock_feet: bool = True,
        report: bool = False,
        progress: Callable[[Progress], None] | None = None,
        cancel: Cancel = None,
    ) -> list[Retargeted]:
        """Put people of the take on your own characters, and write these with the motion.

        Args:
            characters: What `open_character` gives: one for the first person, or person's number -> character.
            folder: Where to; made if it is not there.
            formats: "character" (the same .glb, .gltf or .vrm with an animation added, of a .bvh a BVH), "vrma", "bvh",
                "fbx" (by Blender); also in one text, with commas between.
            stem: What the files begin with. Default: as the video.
            in_place: Leave the travel of the body out.
            lock_feet: Hold the character's feet where the take holds them.
            report: Read the files back, compare them with the take, and write `<stem>_characters.json`.
            progress: Called with the format that is written.
            cancel: A `CancelToken`, or a function that says whether to stop.

        Returns:
            For each person the files, and how well they agree with the take.

        Raises:
            ConfigError: An unknown format.
            OutputError: Nothing to write, or the folder cannot be written to.
            Cancelled: `cancel` says so.

        Example:
            >>> take = hg.load("squat.take")
            >>> done = take.retarget(hg.open_character("hero.vrm"), "out")
            >>> [path.name for path in done[0].files]
            ['squat_hero.vrm']
        """
        from ..export.base import Watch
        from ..retarget.retarget_take import retarget_take

        if not isinstance(characters, Mapping):
            characters = {self.tracks3d[0].person if self.tracks3d else 1: characters}
        if isinstance(formats, str):
            formats = [name.strip() for name in formats.split(",")]
        return retarget_take(
            self, characters, Path(folder), stem or Path(self.info.name).stem, formats,
            in_place=in_place, lock_feet=lock_feet, report=report,
            watch=Watch(cancel_token(cancel), progress or _ignore),
        )  # fmt: skip

    def refinish(self, *, config: RunConfig | None = None, **settings: Unpack[RefinishSettings]) -> Take:
        """Repeat the steps after lifting: smoothing, bone lengths, floor, feet.

        This takes seconds and runs no network.

        Args:
            config: All settings, of which the `post` and `scene` parts count. Default: those of the take.
            **settings: Fields of `PostConfig` and `SceneConfig`, for example smooth, smooth_hz, foot_lock, height_cm,
                pitch_deg. The field of view is not among them, because the lifter uses its rays: see `relift`.

        Returns:
            Another take; 2D and the lifter's output are shared with this one.

        Raises:
            TypeError: There is no such setting, or it needs the lifter.
            ConfigError: A value out of range.
            TakeError: The take is too old to hold the lifter's output.

        Example:
            >>> take = hg.load("squat.take")
            >>> smoother = take.refinish(smooth="butterworth", smooth_hz=6)
            >>> smoother.config.post.smooth_hz
            6
        """
        from ..run.refinish import refinish

        check_names(settings, _FINISHED, "refinish()")
        self._check_refinishable()
        return Take.of(refinish(self, changed(config or self.config, settings, "refinish()")))

    def relift(
        self,
        people: People = None,
        *,
        config: RunConfig | None = None,
        progress: Callable[[Progress], None] | None = None,
        cancel: Cancel = None,
        models: Engine | None = None,
        **settings: Unpack[ReliftSettings],
    ) -> Take:
        """Re-lift the take's 2D joints with another lifter or pruning, without detector or video.

        Args:
            people: Numbers of the people to lift, or "all" for everyone who was detected. Default: those in 3D.
            config: All settings. Default: those of the take.
            progress: Called with how far it is.
            cancel: A `CancelToken`, or a function that says whether to stop.
            models: Keeps the lifter for the next call.
            **settings: Fields of `LiftConfig`, `PostConfig` and `SceneConfig`, for example lifter, prune, flip,
                fov_deg.

        Returns:
            Another take. People who are not lifted again keep their 3D.

        Raises:
            TypeError: There is no such setting, or it is one of detecting.
            ConfigError: A value out of range, an unknown lifter.
            ModelError: The lifter cannot be used, or cannot prune so.
            NoPersonError: No person has such a number.
            Cancelled: `cancel` says so.

        Example:
            >>> take = hg.load("squat.take")
            >>> pruned = take.relift(lifter="h2ot_fast_v2", prune="tps")
            >>> pruned.provenance["lifter"]["name"]
            'h2ot_fast_v2'
        """
        from ..run.last_take import last_take
        from ..run.models import Engine
        from ..run.relift import relift
        from .settings import chosen_people

        for name in settings:
            if name in _DETECTED:
                raise TypeError(f"relift() has no setting '{name}': it detects nothing. Lift the video again.")
        wanted = changed(config or self.config, settings, "relift()")
        persons = chosen_people(people)
        if persons is None or persons == "all":
            persons = tuple(track.person for track in (self.tracks3d if persons is None else self.tracks2d))
        token, own = cancel_token(cancel), models or Engine()
        try:
            return Take.of(last_take(relift(self, persons, wanted, token, own), progress, None, token))
        finally:
            if models is None:
                own.close()

    def _check_refinishable(self) -> None:
        from ..take.provenance import can_refinish

        if not can_refinish(self):
            raise TakeError("The take does not hold what the lifter gave.", "It is of an older version: lift it again.")


def _ignore(progress: Progress) -> None:
    pass
