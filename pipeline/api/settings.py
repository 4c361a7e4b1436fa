"""Take settings as keywords: each field of `RunConfig` and of its parts by its name."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypedDict, TypeVar

from ..core.concurrency import CancelToken
from ..core.config import CameraMotionUse, LiveConfig, Precision, RunConfig, Runtime
from ..core.errors import ConfigError
from ..core.pruning_schedule import STRATEGIES, PruneConfig, default_schedule

People = Literal["all"] | int | Sequence[int] | None
Cancel = CancelToken | Callable[[], bool] | None
Config = TypeVar("Config", RunConfig, LiveConfig)

PARTS = ("detect", "lift", "post", "scene")  # fields of the configurations that are dataclasses themselves


class DetectorSettings(TypedDict, total=False):
    """List the fields of `DetectConfig`."""

    detector: str
    max_people: int
    config_path: str
    checkpoint_path: str
    prompt: bool
    runtime: Runtime
    hands: bool
    face: bool


class LifterSettings(TypedDict, total=False):
    """List the fields of `LiftConfig`.

    `prune` also takes a strategy by name, "tps", or "none" for the full model.
    """

    lifter: str
    prune: PruneConfig | str | None
    flip: bool


class ComputeSettings(TypedDict, total=False):
    """Set where the networks run, and in which number format."""

    device: str
    precision: Precision


class LifterNetworkSettings(ComputeSettings, total=False):
    """List the settings of a lifter alone."""

    prune: PruneConfig | str | None
    flip: bool


class DetectorNetworkSettings(ComputeSettings, total=False):
    """List the settings of a detector alone."""

    max_people: int
    config_path: str
    checkpoint_path: str
    prompt: bool
    runtime: Runtime
    hands: bool
    face: bool


class SceneSettings(TypedDict, total=False):
    """List the fields of `SceneConfig`: the camera and the body.

    None: from the file, else estimated or assumed.
    """

    fov_deg: float | None
    pitch_deg: float | None
    roll_deg: float | None
    height_cm: float | None
    heights_cm: dict[int, float]
    limbs_cm: dict[str, float]
    camera_motion: CameraMotionUse


class PostSettings(TypedDict, total=False):
    """List the fields of `PostConfig`, the steps after lifting."""

    fill_gap_s: float
    smooth: Literal["adaptive", "butterworth", "savitzky_golay", "off"]
    smooth_hz: float
    bones: Literal["fit", "directions", "off"]
    picture: float
    sides: Literal["repair", "list", "off"]
    limits: Literal["repair", "list", "off"]
    calm_turns: bool
    foot_lock: Literal["off", "auto", "always", "grounding"]


class RefinishSettings(PostSettings, SceneSettings, total=False):
    """List the settings that need no network to change."""


class ReliftSettings(RefinishSettings, LifterSettings, ComputeSettings, total=False):
    """List the settings that change without a new detection."""


class RunSettings(ReliftSettings, DetectorSettings, total=False):
    """List all settings of a run: the fields of `RunConfig` and of its parts."""

    start_s: float | None
    end_s: float | None
    recorded_fps: float | None
    use_cache: bool


class LiveSettings(SceneSettings, DetectorSettings, LifterSettings, ComputeSettings, total=False):
    """List all settings of a live run: the fields of `LiveConfig` and of its parts."""

    lookahead: int
    latency_budget_ms: float
    smooth: bool


def changed(config: Config, settings: Mapping[str, Any], what: str) -> Config:
    """Return `config` with `settings`, by the names of its fields and of those of its parts.

    `device` and `precision` are set wherever they occur. Another lifter prunes as it was trained unless `prune` is
    given. Raises `TypeError` that names a setting which `what` does not have, `ConfigError` for a value out of range.
    """
    parts: dict[str, Any] = {name: getattr(config, name) for name in PARTS if hasattr(config, name)}
    own = {field.name for field in dataclasses.fields(config)} - {*parts, "persons"}
    fields = {name: {field.name for field in dataclasses.fields(part)} for name, part in parts.items()}
    check_names(settings, own.union(*fields.values()), what)
    values = dict(settings)
    if values.get("lifter", config.lift.lifter) != config.lift.lifter:
        values.setdefault("prune", None)
    if isinstance(values.get("prune"), str):
        values["prune"] = named_pruning(values["prune"], values.get("lifter", config.lift.lifter))
    new = {
        name: dataclasses.replace(part, **{key: values[key] for key in fields[name] if key in values})
        for name, part in parts.items()
    }
    return dataclasses.replace(config, **new, **{key: values[key] for key in own if key in values})


def check_names(settings: Mapping[str, Any], known: set[str], what: str) -> None:
    """Raise `TypeError` that names a setting which is not `known`, and a similar one that is."""
    for name in settings:
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, 1)
            meant = f" Did you mean '{near[0]}'?" if near else f" There are: {', '.join(sorted(known))}."
            raise TypeError(f"{what} has no setting '{name}'.{meant}")


def named_pruning(name: str, lifter: str) -> PruneConfig:
    """Return the pruning by a strategy (any letter case) for a lifter.

    The schedule is the one that the lifter was trained with, else the default one. "none" is the full model. Raises
    `ConfigError` for an unknown strategy or lifter.
    """
    from .. import weights

    entry = weights.find(lifter)
    if name.lower() == "none":
        return PruneConfig()
    strategy = next((known for known in STRATEGIES if known.lower() == name.lower()), None)
    if strategy is None:
        known = ", ".join(one.lower() for one in STRATEGIES)
        raise ConfigError(f"The pruning strategy '{name}' is not known.", f"Known: {known}, none.", field="prune")
    trained = PruneConfig.from_json(entry.prune)
    if not trained.schedule:
        return PruneConfig(strategy, default_schedule(entry.frames, int(entry.sizes["depth"])))
    share = trained.motion_share if strategy == trained.strategy else 0.0
    return dataclasses.replace(trained, strategy=strategy, motion_share=share)


def chosen_people(people: People) -> tuple[int, ...] | Literal["all"] | None:
    """Return `people` as `RunConfig.persons` has it. Raises `ConfigError` for other words."""
    if people is None or people == "all":
        return people
    if isinstance(people, str):
        raise ConfigError(f"'{people}' names nobody.", 'Give "all", a number, or several numbers.', field="people")
    return (people,) if isinstance(people, int) else tuple(people)


class _AskedToken(CancelToken):
    """Ask the caller's function whether to stop, from any thread."""

    def __init__(self, asked: Callable[[], bool]) -> None:
        super().__init__()
        self._asked = asked

    @property
    def cancelled(self) -> bool:
        if not super().cancelled and self._asked():
            self.cancel()
        return super().cancelled

    def check(self) -> None:
        self.cancelled  # noqa: B018 - asks
        super().check()


def cancel_token(cancel: Cancel) -> CancelToken:
    """Return `cancel` as a token.

    A function is asked whether to stop, once a frame or a batch, from any thread.
    """
    if cancel is None:
        return CancelToken()
    return cancel if isinstance(cancel, CancelToken) else _AskedToken(cancel)
