"""Add a user's checkpoint as a lifter: copy its tensors and list it in the user's manifest.

The copy holds only the tensors, as safetensors: other content of the file is not copied.
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
from ..inputs.own_depth import CHANNEL
from ..inputs.person_ray import CHANNELS
from .architectures import FAMILIES, Family
from .pruning_recipe import Overrides
from .recognise import Recognised, read_checkpoint

_RATE_HZ = (48.0, 60.0)  # Hz; Human3.6M has 50 Hz, slower and faster sources are resampled to the nearer end
_H36M_CHAIN_M = 1.62  # m, leg + pelvis-thorax-nose-head_top of Human3.6M's skeleton: 0.897 + 0.490 + 0.236
_LONGEST_NAME = 48  # characters of a name that is derived from a file name
_JOINTS_LIMIT = (
    "Trained on the joints of Human3.6M; those of a detector differ at the pelvis, spine, nose and head, so that "
    "results are worse than published. The people in its training data are about 0.4 image widths tall; results are "
    "worse for far smaller or larger ones."
)
_PICTURE_LIMIT = (
    "The output is 2.5D in image units, scaled by the body in each window: the change of size with the distance is "
    "lost, and the perspective within the body remains."
)


def add_checkpoint(path: Path, name: str = "", overrides: Overrides | None = None, joint_rule: str = "") -> WeightEntry:
    """Copy the tensors of `path` to the user's weights and register them as a lifter.

    The input rule is that of their family. An empty name is derived from the file name. `joint_rule` is "h36m" (the
    default) or "hourglass". Afterwards the lifter is in `weights.manifest()`. Takes seconds. Raises `ModelError` (no
    checkpoint, does not fit), `ConfigError` (a name that is taken, an unknown rule), `OutputError` (disk).
    """
    from safetensors.torch import save

    if name:
        weights.check_name(name)  # before the reading, which takes seconds
    found, state = read_checkpoint(path, overrides)
    content = save(state)
    values = _values(found, name or _free_name(path), joint_rule)
    entry = WeightEntry(**values, sha256=hashlib.sha256(content).hexdigest(), bytes=len(content))
    weights.register(entry, content)
    return entry


def remove(name: str) -> None:
    """Remove an added lifter, file and entry. Raises `ConfigError` for a bundled or unknown one."""
    weights.unregister(name)


def _values(found: Recognised, name: str, joint_rule: str) -> dict[str, Any]:
    """Return the manifest entry without size and hash of the file.

    The sidecar overrides the family's values.
    """
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
        "channels": _channels(found),
        "joint_rule": "h36m",
        "normalisation": "screen",
        "output": _output(family),
        "root": "zero",  # all published trainings and evaluations set the pelvis to zero
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


def _channels(found: Recognised) -> tuple[str, ...]:
    """Return the input channels of each joint; the detector's own depth is the last one."""
    count, deep = found.sizes["in_channels"], bool(found.sizes.get("depth_channel"))
    return (*CHANNELS[: count - deep], *([CHANNEL] if deep else []))


def _output(family: Family) -> str:
    unit = "metres" if family.metres else "image units (2.5D)"
    return f"camera axes (x right, y down, z away), root-relative, {unit}"


def _limits(found: Recognised, family: Family, joint_rule: str) -> list[str]:
    out = ["Added by you; its accuracy is not known here."]
    if joint_rule == "h36m":
        out.append(_JOINTS_LIMIT)
    if not family.metres:
        out.append(_PICTURE_LIMIT)
    if found.assumed:
        out.append(f"Assumed: {'; '.join(map(str, found.assumed))}.")
    return out


def _free_name(path: Path) -> str:
    """Derive a free name from the file's: `MixSTE best.pth.tr` -> `mixste_best`.

    A number is added if that is taken.
    """
    stem = path.name
    for suffix in (".tr", ".pth", ".bin", ".pt", ".safetensors"):
        stem = stem.removesuffix(suffix)
    plain = re.sub(r"[^a-z0-9._-]+", "_", stem.lower()).strip("._-")[:_LONGEST_NAME] or "lifter"
    taken = {entry.name for entry in weights.manifest()}
    names = (plain, *(f"{plain}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
