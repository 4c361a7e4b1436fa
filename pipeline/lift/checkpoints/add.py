"""A checkpoint of the user's becomes a lifter of the program: copied, and listed in a manifest of the user's own.

The copy holds the tensors alone, as safetensors: whatever else was in the file stays behind.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from ... import weights
from ...core.errors import ConfigError
from ...weights import WeightEntry
from ..inputs.normalise import JOINT_RULES, RULES
from ..inputs.person_ray import CHANNELS
from .architectures import FAMILIES, Family
from .pruning_recipe import Overrides
from .recognise import Recognised, read_checkpoint

_RATE_HZ = (48.0, 60.0)  # Human3.6M is 50 Hz; slower and faster sources are resampled to the nearer end
# Leg + pelvis-thorax-nose-head_top of Human3.6M's skeleton: 0.897 + 0.490 + 0.236 m.
_H36M_CHAIN_M = 1.62
_LONGEST_NAME = 48
_JOINTS_LIMIT = (
    "Trained on the joints of Human3.6M; what a detector gives differs from these at the pelvis, spine, nose and head, "
    "so that results are worse than published. It saw people about 0.4 picture widths tall, as its cameras did; far "
    "smaller or larger ones are new to it."
)
_PICTURE_LIMIT = (
    "It gives 2.5D in units of the picture: sized by the body in each window, so that change of size with the distance "
    "is lost, and perspective within the body remains."
)


def adopt(path: Path, name: str = "", overrides: Overrides | None = None, joint_rule: str = "") -> WeightEntry:
    """Copy the tensors of `path` into the user's weights folder and register them with their family's input rule.

    "" as name: made from the file's. `joint_rule` is "h36m" (the default) or "hourglass". From then on the lifter is in
    `weights.manifest()`. Takes seconds. Raises `ModelError` (no checkpoint, does not fit), `ConfigError` (a name that
    is taken, an unknown rule), `OutputError` (disk).
    """
    from safetensors.torch import save

    if name:
        weights.check_name(name)  # before seconds are spent on reading
    found, state = read_checkpoint(path, overrides)
    content = save(state)
    values = _values(found, name or _free_name(path), joint_rule)
    entry = WeightEntry(**values, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    weights.register(entry, content)
    return entry


def remove(name: str) -> None:
    """Take a lifter that was added out again, file and entry. Raises `ConfigError` for a bundled or unknown one."""
    weights.unregister(name)


def _values(found: Recognised, name: str, joint_rule: str) -> dict[str, Any]:
    """The manifest entry, but for size and hash of the file. What the sidecar says goes over the family's rule."""
    family = next(family for family in FAMILIES if family.host == found.host)
    values = {
        "name": name,
        "title": f"{found.title} ({name})",
        "file": f"{name}.safetensors",
        "host": found.host,
        "sizes": dict(found.sizes),
        "parameters": found.parameters,
        "prune": found.prune.to_json() if found.prune.schedule else {},
        "frames": found.sizes["frames"],
        "rate_hz": _RATE_HZ,
        "channels": CHANNELS[: found.sizes["in_channels"]],
        "joint_rule": "h36m",
        "normalisation": "screen",
        "output": _output(family),
        "root": "zero",  # all published training sets the pelvis to zero, and so do the evaluations
        "scale": "metres" if family.metres else "picture",
        "unit_stature_m": _H36M_CHAIN_M,
        "licence": "not stated by the file: ask where it came from",
        "training_data": ("not stated by the file; official checkpoints: Human3.6M",),
    }
    values |= {**family.entry, **found.extra}
    if joint_rule:
        values["joint_rule"] = joint_rule
    for key, known in (("joint_rule", JOINT_RULES), ("normalisation", tuple(RULES))):
        if values[key] not in known:
            raise ConfigError(f"The {key} '{values[key]}' is not known.", f"Known: {', '.join(known)}.")
    values.setdefault("limits", " ".join(_limits(found, family, values["joint_rule"])))
    return values


def _output(family: Family) -> str:
    unit = "metres" if family.metres else "units of the picture (2.5D)"
    return f"camera axes (x right, y down, z away), root-relative, {unit}"


def _limits(found: Recognised, family: Family, joint_rule: str) -> list[str]:
    out = ["Added by you; nothing about its accuracy is known here."]
    if joint_rule == "h36m":
        out.append(_JOINTS_LIMIT)
    if not family.metres:
        out.append(_PICTURE_LIMIT)
    if found.assumed:
        out.append(f"Assumed: {'; '.join(map(str, found.assumed))}.")
    return out


def _free_name(path: Path) -> str:
    """From the file's name: `MixSTE best.pth.tr` -> `mixste_best`, or with a number behind it if that is taken."""
    stem = path.name
    for suffix in (".tr", ".pth", ".bin", ".pt", ".safetensors"):
        stem = stem.removesuffix(suffix)
    plain = re.sub(r"[^a-z0-9._-]+", "_", stem.lower()).strip("._-")[:_LONGEST_NAME] or "lifter"
    taken = {entry.name for entry in weights.manifest()}
    names = (plain, *(f"{plain}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
