"""Lift a video, 2D joints or a live recording to a take."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from ..core import take as core
from ..core.config import RunConfig
from ..core.errors import ConfigError
from ..core.skeletons import H36M17
from ..core.take import Progress
from .settings import Cancel, People, RunSettings, cancel_token, changed, chosen_people
from .take import Take

if TYPE_CHECKING:
    from typing import Unpack

    from ..run.models import Engine
    from ..sources.base import FrameSource
    from ..sources.joints2d.source import Joints2DSource

_OFF_MIDDLE = 0.3  # of the trunk: so far may the thorax be from the middle of the shoulders


def lift(
    source: str | Path | FrameSource | Joints2DSource,
    people: People = None,
    *,
    fps: float | None = None,
    size: tuple[int, int] | None = None,
    config: RunConfig | None = None,
    progress: Callable[[Progress], None] | None = None,
    partial: Callable[[Take], None] | None = None,
    cancel: Cancel = None,
    models: Engine | None = None,
    **settings: Unpack[RunSettings],
) -> Take:
    """Lift the people of a video to 3D: detect, track, lift, and put them upright onto a floor.

    Args:
        source: A video, images, 2D joints of another program, or what `open_source` gave (which stays open).
        people: None for the person who is seen most, "all", a number (1 is the most seen) or several.
        fps: Frames a second of images and of 2D joints whose file does not say it. For slow motion: recorded_fps.
        size: Width and height of the image in pixels, of 2D joints whose file does not say it.
        config: All settings in one object; `settings` change fields of it.
        progress: Called with `Progress`: stage, done, total.
        partial: Called with partial takes during the run.
        cancel: A `CancelToken`, or a function that says whether to stop; asked once a frame or a batch.
        models: A `Models` that keeps detector and lifter for the next call.
        **settings: Any field of `RunConfig` and its parts by its own name, for example height_cm, fov_deg, detector,
            lifter, prune ("tps", "none"), device, start_s, end_s, smooth, foot_lock.

    Returns:
        The take. It holds no pixels; `Take.save` keeps it.

    Raises:
        TypeError: There is no such setting.
        SourceError: The video cannot be read.
        NoPersonError: No person, or not the requested one, was found.
        ModelError: A detector or lifter cannot be used here.
        ConfigError: A value out of range, or an unknown name.
        Cancelled: `cancel` says so.

    Example:
        >>> take = hg.lift("squat.mp4", people="all", height_cm=172, end_s=0.5)
        >>> take.people[0].joints_world.shape
        (15, 17, 3)
    """
    from ..run.last_take import last_take
    from ..run.lift_video import analyse
    from ..run.models import Engine

    wanted = changed(config or RunConfig(), settings, "lift()")
    if people is not None:
        wanted = replace(wanted, persons=chosen_people(people))
    named = isinstance(source, str | Path)
    if not named and (fps, size) != (None, None):
        raise ConfigError(
            "An open source has its rate and size.", "Give fps and size to open_source().", field="fps_hz"
        )
    opened = open_source(source, fps, size) if isinstance(source, str | Path) else source
    token, own = cancel_token(cancel), models or Engine()
    try:
        steps = analyse(opened, wanted, token, own, partials=partial is not None)
        return Take.of(last_take(steps, progress, _as_take(partial), token))
    finally:
        if named:
            opened.close()
        if models is None:
            own.close()


def lift_joints(
    joints_image: ArrayLike,
    scores: ArrayLike,
    *,
    fps: float,
    size: tuple[int, int],
    skeleton: str = H36M17.key,
    time_s: ArrayLike | None = None,
    depth: ArrayLike | None = None,
    name: str = "joints",
    people: People = "all",
    config: RunConfig | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: Cancel = None,
    models: Engine | None = None,
    **settings: Unpack[RunSettings],
) -> Take:
    """Lift 2D joints that another detector found.

    Args:
        joints_image: (T, J, 2) pixels of one person, or (T, P, J, 2) of several in no particular order; x right, y
            down, NaN where a joint was not seen.
        scores: (T, J) or (T, P, J) confidences in [0, 1]; 0 or NaN where a joint was not seen.
        fps: Frames a second.
        size: Width and height of the image in pixels.
        skeleton: Order of the joints: h36m17, coco17, coco23, halpe26 or blazepose33.
        time_s: (T,) true times of the frames, rising. Default: frame i at i / fps.
        depth: (T, J) or (T, P, J) the detector's own depth of the joints, for lifters that use it: how far they are
            behind the middle of the hips, in lengths of the detector's own 3D chain leg + pelvis-thorax-nose-head_top.
            NaN where it has none.
        name: Name of the take.
        people: As in `lift`; by default everyone.
        config: All settings; those of detecting mean nothing here.
        progress: Called with `Progress`: stage, done, total.
        cancel: A `CancelToken`, or a function that says whether to stop.
        models: Keeps the lifter for the next call.
        **settings: As in `lift`.

    Returns:
        The take.

    Raises:
        SourceError: Arrays of other shapes, or with other values than said above.
        ConfigError: The joints are not in the order of `skeleton`, or a setting out of range.
        NoPersonError: No person is seen.

    Example:
        >>> take = hg.lift_joints(joints2d, scores, fps=50, size=(1920, 1080))
        >>> take.people[0].joints_world.shape == (len(joints2d), 17, 3)
        True
    """
    from ..sources.joints2d.source import Joints2DSource

    arrays: dict[str, Any] = {
        "joints_image": np.asarray(joints_image),
        "scores": np.asarray(scores),
        "fps_hz": np.asarray(fps),
        "width_px": np.asarray(size[0]),
        "height_px": np.asarray(size[1]),
        "skeleton": np.asarray(skeleton),
    }
    if time_s is not None:
        arrays["time_s"] = np.asarray(time_s)
    if depth is not None:
        arrays["depth"] = np.asarray(depth)
    source = Joints2DSource.of(arrays, name)
    if skeleton == H36M17.key:
        check_h36m17(arrays["joints_image"])
    return lift(source, people, config=config, progress=progress, cancel=cancel, models=models, **settings)


def lift_recording(
    folder: str | Path,
    *,
    config: RunConfig | None = None,
    progress: Callable[[Progress], None] | None = None,
    partial: Callable[[Take], None] | None = None,
    cancel: Cancel = None,
    models: Engine | None = None,
    **settings: Unpack[RunSettings],
) -> Take:
    """Re-lift a live recording from its 2D joints, with past and future frames.

    Everyone is lifted, unless `config` names people.

    Args:
        folder: The folder of the recording, also of one that was interrupted.
        config: All settings; those of detecting, and the range, mean nothing here.
        progress: Called with `Progress`: stage, done, total.
        partial: Called with partial takes during the run.
        cancel: A `CancelToken`, or a function that says whether to stop.
        models: Keeps the lifter for the next call.
        **settings: As in `lift`.

    Returns:
        The take, which is in the folder, too.

    Raises:
        TakeError: There is no recording.
        NoPersonError: It contains no person.
        Cancelled: `cancel` says so.
    """
    from ..live.recording.relift import relift
    from ..run.models import Engine

    wanted = changed(config or RunConfig(persons="all"), settings, "lift_recording()")
    token, own = cancel_token(cancel), models or Engine()
    try:
        return Take.of(relift(Path(folder), wanted, token, own, progress, _as_take(partial)))
    finally:
        if models is None:
            own.close()


def load(path: str | Path) -> Take:
    """Open a saved take, without running a network; the video is not needed.

    A video that was moved together with the take is found again, for the formats that show it.

    Args:
        path: A file that `Take.save` or the program wrote (.pose3d), or the folder of a live recording.

    Returns:
        The take. That of a recording is the one lifted afterwards if there is one, else the live one.

    Raises:
        TakeError: It is no take, or damaged.

    Example:
        >>> hg.load("squat.take")
        <Take of squat.mp4: 15 frames at 30 Hz, 1 of 1 people in 3D>
    """
    if os.path.isdir(path):
        from ..live.recording.open import recover

        return Take.of(recover(Path(path)).take())
    from ..take.file import load_take
    from ..take.source_files import with_source

    return Take.of(with_source(load_take(Path(path)), Path(path)))


def open_source(
    path: str | Path, fps: float | None = None, size: tuple[int, int] | None = None
) -> FrameSource | Joints2DSource:
    """Open a video, images or 2D joints, to look at the frames or to lift them several times.

    Args:
        path: The file or folder (`docs/inputs.md`).
        fps: Frames a second of images and of 2D joints whose file does not say it, 0.1 to 1000; by default 30.
        size: Width and height of the image in pixels, of 2D joints whose file does not say it.

    Returns:
        A source with `info`, and, of a video, `frames()` and `frame_at(time_s)`. `close` it in the end.

    Raises:
        SourceError: It cannot be read.
        ConfigError: A rate or size out of range.

    Example:
        >>> video = hg.open_source("squat.mp4")
        >>> video.info.width_px, video.info.height_px
        (1768, 994)
        >>> video.frame_at(0.2).bgr.shape
        (994, 1768, 3)
        >>> video.close()
    """
    from ..sources.open import open_source

    return open_source(Path(path), fps, size)


def sample_video() -> Path:
    """Return the path of the sample video: two people, one jumps.

    Returns:
        A file of the package sports2d.

    Raises:
        SourceError: That package is not installed; the hint says how to get it.
    """
    from ..sources.sample import sample_video

    return sample_video()


def check_h36m17(joints_image: np.ndarray) -> None:
    """Raise `ConfigError` if joints (..., 17, 2) px are not in the order of Human3.6M.

    Its thorax lies between the shoulders, wherever the camera is.
    """
    if joints_image.shape[-2:] != (17, 2):
        return
    names = ("pelvis", "thorax", "left_shoulder", "right_shoulder")
    pelvis, thorax, left, right = (joints_image[..., H36M17.index(name), :] for name in names)
    off = np.linalg.norm(thorax - (left + right) / 2, axis=-1)
    trunk = np.linalg.norm((left + right) / 2 - pelvis, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = (off / trunk)[np.isfinite(off) & (trunk > 0)]
    if share.size and np.median(share) > _OFF_MIDDLE:
        raise ConfigError(
            "These 17 joints are not in the order of Human3.6M: joint 8 is not between the shoulders, 11 and 14.",
            'If they are those of COCO, say so: skeleton="coco17".',
            field="skeleton",
        )


def _as_take(partial: Callable[[Take], None] | None) -> Callable[[core.Take], None] | None:
    return None if partial is None else lambda take: partial(Take.of(take))
