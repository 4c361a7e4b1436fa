"""Provide the corrections of `hourglass.Take`: joints put right, and lifted again."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..core import take as core
from ..core.config import RunConfig
from ..core.corrections.layer import Correction
from .settings import Cancel, cancel_token

if TYPE_CHECKING:
    from typing import Self

    from ..run.models import Engine
    from ..take.corrections.doubtful import Doubt


class Correctable(core.Take):
    """Add corrections of 2D joints, and the list of doubtful places, to a take."""

    __slots__ = ()

    @classmethod
    def of(cls, take: core.Take) -> Self:
        """Return `take` with the methods below; its arrays are shared, not copied."""
        if isinstance(take, cls):
            return take
        return cls(**{field.name: getattr(take, field.name) for field in dataclasses.fields(take)})

    def correct(
        self,
        person: int,
        keys: Mapping[int, Mapping[str, tuple[float, float]]],
        *,
        falloff_s: float = 0.2,
        name: str = "",
        cancel: Cancel = None,
        models: Engine | None = None,
    ) -> Self:
        """Put 2D joints of a person right in some frames, and lift what this touches again.

        Between the frames the offset from the detector's points is interpolated. The detector's points stay in the take
        (`detected_track2d`); `corrections` lists what was corrected.

        Args:
            person: Number of the person.
            keys: Number of the frame -> joint, as the detector's skeleton calls it -> x, y in pixels. Every frame has
                the same joints.
            falloff_s: Seconds over which the offset fades before the first and after the last frame.
            name: For lists.
            cancel: A `CancelToken`, or a function that says whether to stop.
            models: Keeps the lifter for the next call.

        Returns:
            Another take. A take of more than 45 s keeps its camera tilt, floor and bone lengths: `refinish` estimates
            them again.

        Raises:
            NoPersonError: No person has such a number.
            ConfigError: The person is not seen in a frame, or the detector has no such joint.
            Cancelled: `cancel` says so.

        Example:
            >>> take = hg.load("squat.take")
            >>> better = take.correct(1, {40: {"left_wrist": (412.0, 288.0)}})
            >>> better.corrections[0].kind
            'move'
        """
        from ..take.corrections.layer import move

        made = move(self, person, keys, falloff_s=falloff_s, name=name)
        return self.with_corrections([*self.corrections, made], cancel=cancel, models=models)

    def with_corrections(
        self, corrections: Sequence[Correction], *, cancel: Cancel = None, models: Engine | None = None
    ) -> Self:
        """Set the corrections of 2D joints, and lift what changed again.

        None at all gives the detector's points back.

        Args:
            corrections: All of them, in the order in which they are applied; see `hourglass.Correction`. Those
                that are off are kept.
            cancel: A `CancelToken`, or a function that says whether to stop.
            models: Keeps the lifter for the next call.

        Returns:
            Another take; see `correct`.

        Raises:
            NoPersonError: No person has such a number.
            ConfigError: The detector has no such joint.
            Cancelled: `cancel` says so.
        """
        from ..run.models import Engine
        from ..run.relift_stretch import StretchLifter
        from ..take.corrections.layer import with_corrections
        from ..take.provenance import take_config

        layered = with_corrections(self, corrections)
        own = models or Engine()
        try:
            lifter = StretchLifter(take_config(self) or RunConfig(), own)
            return type(self).of(lifter.apply(self, layered, cancel_token(cancel)).take)
        finally:
            if models is None:
                own.close()

    def doubtful(self, most: int = 200) -> tuple[Doubt, ...]:
        """List the stretches that are worth a look, the most doubtful ones first.

        Args:
            most: How many at most.

        Returns:
            Person, joints, rows, and how far beyond the usual they are, from standard errors, distances between 3D and
            2D, and findings.
        """
        from ..take.corrections.doubtful import doubtful

        return doubtful(self, most)
