"""Re-lift a recording from its recorded 2D, with past and future frames."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.errors import TakeError
from ...core.take import Progress, Take
from ...run.last_take import last_take
from ...run.lift_video import analyse
from ...take.edit import edited
from ...take.file import load_take, save_take
from ...take.recording_folder import TAKE
from .open import recover

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from ...core.concurrency import CancelToken
    from ...core.config import RunConfig
    from ...run.models import Engine


def relift(
    folder: Path,
    config: RunConfig,
    cancel: CancelToken,
    engine: Engine,
    progress: Callable[[Progress], None] | None = None,
    partial: Callable[[Take], None] | None = None,
) -> Take:
    """Re-lift the recording in `folder` without detecting, and save the take in it.

    The steps are those of `run.lift_video.analyse` for a video; `progress` and `partial` are as in `run.last_take`.
    A take in the folder that was edited by hand stays there under another name (take_edited_1.pose3d). Raises
    `TakeError` if there is no recording, and the errors of `analyse` and `save_take`.
    """
    if progress is not None:
        progress(Progress("prepare", 0, 0, "Opening the recording"))
    recording = recover(folder)

    def of_recording(take: Take) -> Take:
        made = {"source": recording.info.path, "recorded": recording.manifest.get("provenance", {})}
        return replace(take, info=recording.info, provenance={**take.provenance, **made})

    # A time range chosen for another video does not apply to the recording.
    wanted = replace(config, start_s=None, end_s=None)
    steps = analyse(recording.joints_source(), wanted, cancel, engine, partials=partial is not None)
    show = None if partial is None else lambda take: partial(of_recording(take))
    take = of_recording(last_take(steps, progress, show, cancel))
    path = recording.folder / TAKE
    _keep_apart(path)
    save_take(take, path)
    return take


def _keep_apart(path: Path) -> None:
    """Move a take that was edited by hand out of the way, under the first free name.

    A file that is no take is left to be replaced.
    """
    try:
        before = load_take(path)
    except (TakeError, OSError):
        return
    if not (edited(before) or before.corrections or before.names):
        return
    number = 1
    while (apart := path.with_stem(f"{path.stem}_edited_{number}")).exists():
        number += 1
    os.replace(path, apart)
    log.warning("The recording's take was edited by hand: it is kept as %s", apart)
