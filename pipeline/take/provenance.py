"""Write, read and compare the provenance of a take (`Take.provenance`, plain JSON values)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core.camera import VideoInfo
from ..core.config import LiftConfig, RunConfig
from ..core.errors import UserError
from ..core.take import Take
from ..detect.mediapipe.choose import resolved
from ..system import devices
from ..system.version import __version__

if TYPE_CHECKING:
    from ..lift.base import WindowLifter


def take_config(take: Take) -> RunConfig | None:
    """Return the settings of the run behind `take`; None if this version cannot read them."""
    told = take.provenance.get("config")
    if not isinstance(told, dict):
        return None
    try:
        return RunConfig.from_json(told)
    except (UserError, ValueError, KeyError):
        return None


def of_run(
    info: VideoInfo, detector: str, config: RunConfig, lifter: WindowLifter, run: dict[str, Any]
) -> dict[str, Any]:
    """Describe a run over a source.

    `detector` is its description in words, `run` its frame counts and seconds.
    """
    return {
        "program": f"hourglass {__version__}",
        "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "source": info.path,
        "detector": detector,
        "lifter": _lifter_facts(config.lift, lifter),
        "versions": devices.versions(),
        "config": config.to_json(),
        "run": {**run, **_device_facts(lifter)},
    }


def of_relift(
    provenance: dict[str, Any], config: RunConfig, lifter: WindowLifter, run: dict[str, Any]
) -> dict[str, Any]:
    """Update `provenance` for a re-lift: lifter, lifting and later steps change; the rest stays."""
    told = with_settings(provenance, config)
    told["config"] = {**dict(told["config"]), "lift": config.to_json()["lift"]}
    told["lifter"] = _lifter_facts(config.lift, lifter)
    told["versions"] = devices.versions()
    told["run"] = {**dict(provenance.get("run", {})), **run, **_device_facts(lifter)}
    return told


def with_settings(provenance: dict[str, Any], config: RunConfig) -> dict[str, Any]:
    """Return `provenance` with the `post` and `scene` of `config`."""
    before = provenance.get("config")
    now = config.to_json()
    told = {**before, "post": now["post"], "scene": now["scene"]} if isinstance(before, dict) else now
    return {**provenance, "config": told}


def with_heights(provenance: dict[str, Any], change: Callable[[dict[int, float]], dict[int, float]]) -> dict[str, Any]:
    """Return `provenance` with `change` applied to `SceneConfig.heights_cm` in it."""
    config = provenance.get("config")
    scene = config.get("scene") if isinstance(config, dict) else None
    told = scene.get("heights_cm") if isinstance(scene, dict) else None
    if not isinstance(config, dict) or not isinstance(scene, dict) or not isinstance(told, dict) or not told:
        return provenance
    heights = change({int(person): height for person, height in told.items() if str(person).isdecimal()})
    named = {str(person): height for person, height in heights.items()}
    return {**provenance, "config": {**config, "scene": {**scene, "heights_cm": named}}}


def _lifter_facts(config: LiftConfig, lifter: WindowLifter) -> dict[str, Any]:
    """Describe the lifter: name, checksum, pruning and cost."""
    from .. import weights  # not for the window, which only reads the provenance of a take

    entry = weights.find(config.lifter)
    return {
        "name": entry.name,
        "sha256": entry.sha256,
        "prune": lifter.prune.to_json(),
        "gflops_per_window": lifter.gflops and round(lifter.gflops, 4),
    }


def _device_facts(lifter: WindowLifter) -> dict[str, Any]:
    return {"device": lifter.device_name, "precision": lifter.precision}


def can_refinish(take: Take) -> bool:
    """Return whether the take keeps the lifter's raw output of every person in 3D."""
    return bool(take.tracks3d) and all(take.lifted_of(t.person) and take.track2d(t.person) for t in take.tracks3d)


def same_source(config: RunConfig, made: RunConfig) -> bool:
    """Return whether a run with `config` would detect the same people in the same frames.

    `made` names the detector that ran; what `auto` means is looked up on this computer.
    """
    turned_alike = config.scene.turn_deg == made.scene.turn_deg  # of a rolled camera
    rest = replace(config, lift=made.lift, post=made.post, scene=made.scene, persons=made.persons)
    named = [replace(one, detect=resolved(one.detect)) for one in (rest, made)]
    return turned_alike and named[0] == named[1]
