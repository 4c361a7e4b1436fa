"""Define the hourglass schedule: frames pruned per block, and their recovery.

Data only, shared by all architectures. H2OT: "Hierarchical Hourglass Tokenizer for Efficient Video Pose Transformers",
TPAMI 2025, arXiv 2509.06956. `lift.hourglass.select` and `lift.hourglass.recover` describe the strategies.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import ModelError

STRATEGIES = ("TPC", "TPA", "TPMo", "TPS")  # cluster, attention, motion, sampler
RECOVERERS = ("TRA", "TRI")  # attention, interpolation

# The default hourglass: half of the frames from an eighth of the blocks on, this share from a quarter on. For MixSTE at
# full size 121 and 75 of 243 frames from blocks 1 and 2 on: 58 % fewer GFLOPs. At equal cost, early stages that leave
# more frames at the end differ least from the full model, because the frames between them are interpolated. Measured at
# similar cost: 9.9 mm for this schedule, 9.1 for 81 @ 1, 11 to 15 for more and later stages (docs/bench.md); 121 @ 1
# differs by 0.7 and 4.1 mm (perfect joints, detector errors), 121 @ 2, 61 @ 4 by 1.1 and 4.5 (docs/schedules.md).
DEFAULT_SHARE = 5 / 16
_FIRST_SHARE, _FIRST_BLOCK, _LAST_BLOCK = 1 / 2, 1 / 8, 2 / 8

_HINT = "Correct the pruning schedule."
_STAGES = ("tokens", "at")  # `field` of errors about the schedule, as `Overrides` names it


@dataclass(frozen=True, slots=True)
class PruneConfig:
    """Configure which frames are pruned, where, and how they are recovered.

    The default keeps every frame.

    `strategy` is "TPC", "TPA", "TPMo" or "TPS". `schedule` holds (block, frames to keep) pairs: at the *input* of that
    block only so many frames stay; blocks must rise and frames must fall. `recover` is "TRA", "TRI", or "" for no
    recovery (seq2frame models only). `motion_share` (TPS only) moves frames from still to fast stretches at the same
    cost: 0 is evenly spaced, 1 follows the motion alone (`lift.hourglass.motion_adaptive`).
    """

    strategy: str = "TPS"
    schedule: tuple[tuple[int, int], ...] = ()
    recover: str = "TRI"
    motion_share: float = 0.0

    @property
    def label(self) -> str:
        """Return a label to show: "TPS + TRI, 121 @ 2, 81 @ 4" (frames @ block), or "every frame".

        With a share of motion: "TPS by 50 % motion + TRI, 121 @ 2".
        """
        if not self.schedule:
            return "every frame"
        by_motion = f" by {round(100 * self.motion_share)} % motion" if self.motion_share else ""
        recover = f" + {self.recover}" if self.recover else ""
        return f"{self.strategy}{by_motion}{recover}, {schedule_text(self.schedule)}"

    def check(self, frames: int, depth: int, seq2frame: bool = False) -> None:
        """Raise `ModelError` unless `depth` blocks and `frames` frames permit this schedule."""
        if self.strategy not in STRATEGIES:
            raise ModelError(
                f"The pruning strategy '{self.strategy}' is not known.",
                f"Known: {', '.join(STRATEGIES)}.",
                field="prune",
            )
        if not 0 <= self.motion_share <= 1:
            raise ModelError(
                f"The share of motion is {self.motion_share}.", "Choose 0 (evenly spread frames) to 1.", field="motion"
            )
        if self.motion_share and self.strategy != "TPS":
            raise ModelError(
                f"{self.strategy} cannot follow the motion: it has its own rule for which frames stay.",
                "Leave the share of motion at 0, or prune with TPS.",
                field="motion",
            )
        if not self.schedule:
            return
        if self.recover not in ("", *RECOVERERS):
            known = ", ".join(RECOVERERS)
            raise ModelError(f"The recovering '{self.recover}' is not known.", f"Known: {known}.", field="recover")
        if not self.recover and not seq2frame:
            raise ModelError(
                "A model that gives every frame cannot be pruned without recovering: frames would be missing.",
                f"Choose one of {', '.join(RECOVERERS)}.",
                field="recover",
            )
        last_block, alive, most = -1, frames, frames  # the first stage may keep all frames, later ones drop some
        for block, keep in self.schedule:
            if not last_block < block < depth:
                raise ModelError(
                    f"Pruning at block {block} does not fit: blocks rise from 0 to {depth - 1}.", _HINT, field=_STAGES
                )
            if not 1 <= keep <= most:
                raise ModelError(
                    f"Keeping {keep} frames at block {block} does not fit: {alive} are alive.", _HINT, field=_STAGES
                )
            last_block, alive, most = block, keep, keep - 1
        if self.strategy == "TPA" and self.schedule[0][0] == 0:
            raise ModelError(
                "TPA cannot prune at block 0: it reads the temporal attention of the block before, and there is none.",
                "Prune at block 1 or later, or choose another strategy.",
                field=("prune", "at"),
            )
        least = 3 if seq2frame else 2
        if (self.strategy == "TPMo" or self.motion_share) and alive < least:
            ends = "the first, the centre and the last frame" if seq2frame else "the first and the last frame"
            who = "TPS by motion" if self.motion_share else "TPMo"
            raise ModelError(
                f"{who} cannot keep {alive}: it always keeps {ends}.", f"Keep {least} or more.", field="tokens"
            )

    def frames_per_block(self, frames: int, depth: int) -> list[int]:
        """Return the number of frames that each block processes: the cost profile of the hourglass."""
        keep = dict(self.schedule)
        return [frames := keep.get(block, frames) for block in range(depth)]

    def position_names(self, seq2frame: bool = False) -> dict[int, str]:
        """Return block -> name of the position embedding learned for the frames kept there.

        Only the HoT seq2seq models (TPC + TRA) have it; the published ones prune once, further stages count from 2.
        """
        if seq2frame or (self.strategy, self.recover) != ("TPC", "TRA"):
            return {}
        return {
            block: "pos_embed_token" if stage == 1 else f"pos_embed_token_{stage}"
            for stage, (block, _) in enumerate(self.schedule, start=1)
        }

    def check_learned(self, names: Collection[str]) -> None:
        """Raise `ModelError` unless a checkpoint's parameter names match what TRA needs.

        Both are errors: what TRA learned is missing, or is present but unused.
        """
        wanted, there = bool(self.schedule) and self.recover == "TRA", "x_token" in names
        if wanted and not there:
            raise ModelError(
                "TRA cannot be put into this checkpoint: it has no learned query tokens (x_token, cross_attention).",
                "Recover with TRI, which needs no training.",
                field="recover",
            )
        if there and not wanted:
            raise ModelError(
                "This checkpoint was trained to recover with TRA (it holds x_token).",
                "Prune it, and recover with TRA.",
                field=("prune", "recover"),
            )

    def to_json(self) -> dict[str, Any]:
        """Return the JSON object that `from_json` reads; a `motion_share` of 0 is left out."""
        data = {"strategy": self.strategy, "schedule": [list(pair) for pair in self.schedule], "recover": self.recover}
        return data | ({"motion_share": self.motion_share} if self.motion_share else {})

    @staticmethod
    def from_json(data: Mapping[str, Any] | None) -> PruneConfig:
        """Read a manifest's `prune` object; None keeps every frame.

        Keys: "strategy", "schedule", "recover", "motion_share".
        """
        if not data:
            return PruneConfig()
        try:
            schedule = tuple((int(block), int(keep)) for block, keep in data.get("schedule", ()))
        except (TypeError, ValueError) as error:
            raise ModelError("The pruning schedule is no list of [block, frames to keep].", _HINT) from error
        try:
            motion_share = float(data.get("motion_share", 0.0))
        except (TypeError, ValueError) as error:
            raise ModelError("The share of motion ('motion_share') is no number.", _HINT) from error
        return PruneConfig(str(data.get("strategy", "TPS")), schedule, str(data.get("recover", "TRI")), motion_share)


def schedule_text(schedule: Sequence[tuple[int, int]]) -> str:
    """Format a schedule: ((2, 121), (4, 81)) -> "121 @ 2, 81 @ 4" (frames @ block)."""
    return ", ".join(f"{keep} @ {block}" for block, keep in schedule)


def default_schedule(frames: int, depth: int, share: float = DEFAULT_SHARE) -> tuple[tuple[int, int], ...]:
    """Return the default hourglass of `depth` blocks that ends with `share` of `frames` frames.

    One stage if there are too few blocks for two, or if half of the frames or more are kept; () if all of them are. The
    numbers of frames are odd, so that evenly spaced frames include the centre.
    """
    first = max(1, round(_FIRST_BLOCK * depth))  # never block 0: the blocks before the first stage process all frames
    last = max(first + 1, round(_LAST_BLOCK * depth))
    half, keep = _odd(_FIRST_SHARE * frames), _odd(share * frames)
    stages = ((first, half), (last, keep)) if last < depth and keep < half else ((first, keep),)
    return tuple((block, kept) for block, kept in stages if block < depth and kept < frames)


def _odd(frames: float) -> int:
    """Round to an odd number, at least 3."""
    return max(3, 2 * int(frames / 2) + 1)
