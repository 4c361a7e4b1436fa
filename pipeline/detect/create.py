"""List the 2D detectors and whether each is usable here, and create the chosen one."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

from .. import registry, weights
from ..core.config import AUTO_DETECTOR, DetectConfig
from ..core.errors import ConfigError, ModelError
from ..model_info import DetectorInfo
from ..weights import DetectorEntry
from .base import Detector
from .mediapipe.choose import FULL, WHY_FULL, WHY_HEAVY, auto_reason, auto_title, resolved
from .mediapipe.heavy import HEAVY, heavy_network, is_here

_MMPOSE = "mmpose"
_LONGEST_NAME = 48


def listing(check: bool = False) -> list[DetectorInfo]:
    """List all detectors: `auto`, the embedded ones, then those of MMPose.

    Imports nothing heavy; `check` reads the files, to find damaged ones.
    """
    infos = {}
    for row in registry.entries("detector"):
        reason = row.missing()
        fields = (row.field,) if reason and row.field else ()
        infos[row.name] = DetectorInfo(row.name, row.title, reason, row.hint if reason else "", fields=fields)
    infos[FULL] = replace(infos[FULL], recommended_for=("live",), advice=WHY_FULL)
    infos[_MMPOSE] = replace(infos[_MMPOSE], family="Your own network")
    auto = replace(infos[FULL], name=AUTO_DETECTOR, title=auto_title(), recommended_for=(), advice=auto_reason())
    own = {entry.name for entry in weights.own_detectors()[0]}
    listed = [_info(entry, infos[entry.kind], entry.name in own, check) for entry in weights.detectors()]
    heavy = [info for info in listed if info.name == HEAVY]
    return [auto, infos.pop(FULL), *heavy, *infos.values(), *(info for info in listed if info.name != HEAVY)]


def create_detector(config: DetectConfig) -> Detector:
    """Create the detector that `config` names. May take seconds, downloads nothing.

    Raises `ConfigError` for an unknown name, `ModelError` for one that cannot be used here.
    """
    config = resolved(config)
    name = config.detector
    rows = [row.name for row in registry.entries("detector")]
    entry = weights.find_detector(name)
    if name not in rows and entry is None:
        known = ", ".join((AUTO_DETECTOR, *rows, *(entry.name for entry in weights.detectors())))
        raise ConfigError(f"There is no detector called '{name}'.", f"Known: {known}.", field="detector")
    made: Detector = registry.find("detector", entry.kind if entry else name).load()(config)
    try:
        if config.hands:
            from .mediapipe.hands.detector import with_hands

            made = with_hands(made, config.max_people, config.runtime)
        if config.face:
            from .mediapipe.face.detector import with_faces

            made = with_faces(made)
    except BaseException:
        made.close()
        raise
    return made


def add_detector(checkpoint: Path, config: str, name: str = "") -> DetectorEntry:
    """Add a detector from a user's config and checkpoint: tensors and settings are copied.

    An empty name is derived from the file's. Takes seconds. Raises `ModelError` (the files cannot be read, are hostile,
    do not fit), `ConfigError` (a name that is taken), `OutputError` (disk).
    """
    from safetensors.torch import save

    from .mmpose.config import read_config
    from .mmpose.network import build_with_weights, read_checkpoint

    registry.find("detector", _MMPOSE).load()
    if name:
        weights.check_detector_name(name)
    name = name or _free_name(checkpoint)
    found, state = read_config(config), read_checkpoint(checkpoint)
    build_with_weights(found, state, name)
    content = save(state)
    kind = "one stage" if found.kind == "onestage" else "top-down"
    entry = DetectorEntry(
        name=name,
        title=f"{name} ({kind}, {len(found.joints)} joints)",
        config=f"{name}.config.json",
        file=f"{name}.detector.safetensors",
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        skeleton=found.skeleton,
        licence="not stated by the file: ask where it came from",
    )
    weights.register_detector(entry, content, found.to_json())
    return entry


def _info(entry: DetectorEntry, needed: DetectorInfo, added: bool, check: bool) -> DetectorInfo:
    """Describe one detector; `needed` describes the program that runs it, which may be the missing part."""
    reason, hint, fields, damaged = needed.reason, needed.hint, needed.fields, False
    heavy = entry.name == HEAVY
    installed = is_here() if heavy else weights.path_of(entry) is not None
    if not reason and not installed and entry.url:
        size = f"{entry.size_bytes / 1e6:.0f} MB"
        reason, hint = "Its weights are not on this computer.", f"They can be downloaded (about {size})."
        fields = (f"download:{entry.name}",)
    elif not reason and (check or not installed):
        try:
            heavy_network() if heavy else weights.locate(entry, added=added)
        except ModelError as error:
            reason, hint, fields, damaged = error.message, error.hint, error.fields, installed
    return DetectorInfo(
        entry.name, entry.title, reason, hint, installed, damaged, entry.size_bytes, bool(entry.url), added,
        entry.family, entry.cpu_ms, entry.accuracy, entry.licence, entry.training_data, fields,
        ("files",) if heavy else (), WHY_HEAVY if heavy else "",
    )  # fmt: skip


def _free_name(path: Path) -> str:
    """Return a free detector name from the file's name, with a number appended if it is taken."""
    plain = re.sub(r"[^a-z0-9._-]+", "_", path.stem.lower()).strip("._-")[:_LONGEST_NAME] or "detector"
    taken = {info.name for info in listing()}
    names = (plain, *(f"{plain}_{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)
