"""After recording: the same 2D, lifted again with past and future known, takes the place of the live result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.take import Progress, Take
from ...run.lift_video import analyse
from ...take.file import save_take
from ...take.recording_folder import TAKE
from .open import recover

if TYPE_CHECKING:
    from ...core.concurrency import CancelToken
    from ...core.config import RunConfig
    from ...run.models import Engine


def relift(folder: Path, config: RunConfig, cancel: CancelToken, engine: Engine) -> Iterator[Progress | Take]:
    """Lift the recording in `folder` as `offline.analyse` does a video, without detecting: its progress, then the take.

    The last take is in the folder by the time it comes. Raises `TakeError` if there is no recording, and what
    `analyse` and `save_take` raise.
    """
    yield Progress("prepare", 0, 0, "Opening the recording")
    recording = recover(folder)
    source = recording.joints_source()
    # A range chosen for another video means nothing here.
    steps = analyse(source, replace(config, start_s=None, end_s=None), cancel, engine)
    for step in steps:
        if not isinstance(step, Take):
            yield step
            continue
        made = {"source": recording.info.path, "recorded": recording.manifest.get("provenance", {})}
        take = replace(step, info=recording.info, provenance={**step.provenance, **made})
        if take.complete:
            save_take(take, recording.folder / TAKE)
        yield take
