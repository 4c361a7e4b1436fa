"""Hold what the settings panel edits: what a run does, and the recipe to compare it with."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.backend.pruning_settings import NOTHING, RecipeSettings, prune_config
from pipeline.core.config import DetectConfig, LiftConfig, PostConfig, RunConfig, SceneConfig
from pipeline.core.errors import ConfigError

DEFAULT_HZ = PostConfig().smooth_hz
# `RunSettings` has the fields of `PostConfig` and of `SceneConfig` under the same names.
MOTION_FIELDS = tuple(field.name for field in dataclasses.fields(PostConfig))
SCENE_FIELDS = tuple(field.name for field in dataclasses.fields(SceneConfig))


@dataclass(slots=True)
class RunSettings(RecipeSettings):
    """Hold the values of the settings panel; None where the user leaves a number to the program.

    Unlike in a `RunConfig`, each value out of range falls back to its default separately. `run_config` checks them.
    """

    everyone: bool = False
    # Camera and body belong to one take: another video resets them, and they are not stored.
    height_cm: float | None = None
    heights_cm: dict[int, float] = field(default_factory=dict)  # of single persons; replaced as a whole, never changed
    fov_deg: float | None = None
    pitch_deg: float | None = None
    roll_deg: float | None = None
    recorded_fps: float | None = None  # rate of the camera, for slow motion whose file does not state it
    camera_motion: str = SceneConfig().camera_motion
    limbs: str = ""  # measured lengths in cm: "thigh=44,shank=42"
    smooth_hz: float = PostConfig().smooth_hz
    fill_gap_s: float = PostConfig().fill_gap_s
    smooth: str = PostConfig().smooth
    bones: str = PostConfig().bones
    picture: float = PostConfig().picture
    sides: str = PostConfig().sides
    limits: str = PostConfig().limits
    calm_turns: bool = PostConfig().calm_turns
    foot_lock: str = PostConfig().foot_lock
    detector: str = DetectConfig().detector
    hands: bool = DetectConfig().hands
    face: bool = DetectConfig().face
    device: str = "auto"

    @property
    def limbs_cm(self) -> dict[str, float]:
        """Return the measured limb lengths in cm; invalid entries are left out."""
        found: dict[str, float] = {}
        for part in self.limbs.split(","):
            name, _, length = part.partition("=")
            with contextlib.suppress(ValueError, ConfigError):
                found |= SceneConfig(limbs_cm={name: float(length)}).limbs_cm
        return found

    @limbs_cm.setter
    def limbs_cm(self, limbs: dict[str, float]) -> None:
        self.limbs = ",".join(f"{name}={length:g}" for name, length in limbs.items())

    def height_of(self, person: int) -> float | None:
        """Return the height of a person in cm: their own, else everybody's; None if neither is set."""
        return self.heights_cm.get(person, self.height_cm)

    def set_height(self, person: int, height_cm: float | None, people: Sequence[int]) -> None:
        """Set the height of one of `people`, and leave that of the others; None: assumed."""
        others = {one: tall for one in people if one != person and (tall := self.height_of(one)) is not None}
        if height_cm is None:
            self.height_cm, self.heights_cm = None, others
        elif len(people) > 1:
            self.heights_cm = {**self.heights_cm, person: height_cm}
        else:
            self.height_cm, self.heights_cm = height_cm, {}

    def adopt(self, config: RunConfig) -> None:
        """Copy camera, body and motion from `config`."""
        self.adopt_scene(config.scene)
        for name in MOTION_FIELDS:
            setattr(self, name, getattr(config.post, name))

    def adopt_scene(self, scene: SceneConfig) -> None:
        """Copy camera and body from `scene`."""
        for name in SCENE_FIELDS:
            setattr(self, name, getattr(scene, name))

    def run_config(self, person: int | None, start_s: float | None, end_s: float | None) -> RunConfig:
        """Return a `RunConfig`; `person` None: the most visible person. Raises `ConfigError`."""
        return RunConfig(
            detect=DetectConfig(detector=self.detector, device=self.device, hands=self.hands, face=self.face),
            lift=LiftConfig(lifter=self.lifter, prune=prune_config(self), device=self.device),
            post=PostConfig(**{name: getattr(self, name) for name in MOTION_FIELDS}),
            scene=SceneConfig(**{name: getattr(self, name) for name in SCENE_FIELDS}),
            start_s=start_s,
            end_s=end_s,
            persons="all" if self.everyone else None if person is None else (person,),
            recorded_fps=self.recorded_fps,
        )


@dataclass(slots=True)
class CompareSettings(RecipeSettings):
    """Hold the recipe to compare with; at first the same lifter without pruning."""

    pruner: str = NOTHING

    def lift_config(self, like: LiftConfig) -> LiftConfig:
        """Return `like` with this lifter and recipe. Raises `ConfigError`."""
        return dataclasses.replace(like, lifter=self.lifter, prune=prune_config(self))
