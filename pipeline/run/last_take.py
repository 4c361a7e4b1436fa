"""Run a job to its end: forward its progress to callbacks and return the finished take."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..core.concurrency import CancelToken
from ..core.take import Progress, Take


def last_take(
    steps: Iterator[Progress | Take],
    progress: Callable[[Progress], None] | None = None,
    partial: Callable[[Take], None] | None = None,
    cancel: CancelToken | None = None,
) -> Take:
    """Return the complete take with which `steps` (of `analyse`, `relift`) end.

    The callbacks run in this thread: `progress` gets every `Progress`, `partial` every take that is not complete yet.
    `cancel` is checked at each step; the generator is closed in any case, so that its threads are joined. Raises what
    the job raises.
    """
    take: Take | None = None
    try:
        for step in steps:
            if cancel is not None:
                cancel.check()
            if isinstance(step, Progress):
                if progress is not None:
                    progress(step)
            elif step.complete:
                take = step
            elif partial is not None:
                partial(step)
    finally:
        close = getattr(steps, "close", None)  # a plain iterator has none
        if close is not None:
            close()
    if take is None:
        raise RuntimeError("the job ended without a take")
    return take
