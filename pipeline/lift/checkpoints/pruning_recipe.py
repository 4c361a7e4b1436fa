"""Determine how a checkpoint prunes and recovers, from tensors, settings and publications.

TRA leaves learned queries in a file (`x_token`), TPC + TRA a learned position for every kept frame (`pos_embed_token`),
and a MotionAGFormer that was trained pruned has shorter batch norms from the pruned block on. TPS, TPA, TPMo and TRI
leave nothing: any unpruned checkpoint can use them. TPC in a seq2frame model leaves nothing either: the files of
`tpc_mixste` and `mixste` have the same tensors.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from ...core.errors import ModelError
from ...core.pruning_schedule import RECOVERERS, STRATEGIES, PruneConfig
from .architectures import Family, Shapes, frames_by_block

_EXAMPLE = "For example TPS, tokens 121 and 81, at blocks 2 and 4: 121 frames from block 2 on, 81 from block 4 on."
_STAGES = ("tokens", "at")
_PUBLISHED = "the published value"
_HOT_NEIGHBOURS, _NEIGHBOURS = 4, 2  # neighbours of MotionAGFormer in the HoT repository and in the original one
_GENERATION_HEADS = 9  # heads of MHFormer's hypothesis generation, which divide the frames


@dataclass(frozen=True, slots=True)
class Overrides:
    """Give properties that a checkpoint's tensors do not show.

    None: from the sidecar, else the published value.
    """

    heads: int | None = None
    neighbours: int | None = None  # MotionAGFormer
    prune: str | None = None  # "TPC", "TPA", "TPMo", "TPS" or "none", any letter case
    tokens: tuple[int, ...] | None = None  # frames kept by each stage
    at: tuple[int, ...] | None = None  # block of each stage
    recover: str | None = None  # "TRA", "TRI" or "none", any letter case
    seq2frame: bool | None = None  # True: only the centre frame is predicted, and every selection keeps it
    generation_heads: int | None = None  # MHFormer
    motion: float | None = None  # 0 to 1, share of the motion in motion-adaptive TPS

    def over(self, base: Overrides) -> Overrides:
        """Merge over `base`: fields left None are taken from `base`.

        Strategy "none" clears the schedule of `base`; any other strategy than that of `base` clears its `motion`.
        """
        strategy = None if self.prune is None else self.prune.lower()
        if strategy == "none":
            base = replace(base, **dict.fromkeys(_PRUNING_FIELDS))
        elif strategy is not None and strategy != (base.prune or "").lower():
            base = replace(base, motion=None)
        both = ((f.name, getattr(self, f.name), getattr(base, f.name)) for f in fields(Overrides))
        return Overrides(**{name: other if own is None else own for name, own, other in both})

    @property
    def has_no_pruning(self) -> bool:
        """Return whether no field about pruning and recovering is given."""
        return all(getattr(self, name) is None for name in _PRUNING_FIELDS)


_PRUNING_FIELDS = ("prune", "tokens", "at", "recover", "motion")


@dataclass(frozen=True, slots=True)
class Assumed:
    """Name an assumed property that no tensor shows.

    `fields` are those of `Overrides` that change it.
    """

    what: str  # "8 heads"
    why: str  # "the published value"
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.what} ({self.why})"


@dataclass(slots=True)
class Recipe:
    """Collect the pruning schedule, the sizes that no shape shows, and the origin of each."""

    prune: PruneConfig = field(default_factory=PruneConfig)
    sizes: dict[str, Any] = field(default_factory=dict)
    notes_read: list[str] = field(default_factory=list)
    notes_assumed: list[Assumed] = field(default_factory=list)

    def assume(self, what: str, why: str, *fields: str) -> None:
        """Note an assumption about a property that no tensor shows."""
        self.notes_assumed.append(Assumed(what, why, fields))

    @property
    def read(self) -> tuple[str, ...]:
        return tuple(self.notes_read)

    @property
    def assumed(self) -> tuple[Assumed, ...]:
        return tuple(self.notes_assumed)


def recipe_of(family: Family, sizes: dict[str, Any], shapes: Shapes, asked: Overrides) -> Recipe:
    """Determine the recipe.

    Raises `ModelError` if a needed setting is missing or a given one does not fit.
    """
    recipe = Recipe()
    _heads(recipe, family, sizes, "x_token" in shapes, asked)
    _Schedule(recipe, family, sizes, shapes, asked).find()
    return recipe


def _heads(recipe: Recipe, family: Family, sizes: dict[str, Any], learned: bool, asked: Overrides) -> None:
    published = family.hot_heads if learned else family.heads
    heads = recipe.sizes["heads"] = _positive("heads", asked.heads) or published
    if asked.heads is None:
        recipe.assume(f"{heads} heads", _PUBLISHED, "heads")
    if sizes["channels"] % heads:
        raise ModelError(
            f"{sizes['channels']} channels cannot be shared by {heads} heads.",
            "Give the number of heads that it was trained with.",
            field="heads",
        )
    if family.host == "motionagformer":
        neighbours = _positive("neighbours", asked.neighbours) or (_HOT_NEIGHBOURS if learned else _NEIGHBOURS)
        recipe.sizes["neighbours"] = neighbours
        if asked.neighbours is None:
            recipe.assume(f"{neighbours} neighbours", _PUBLISHED, "neighbours")
    elif asked.neighbours is not None:
        raise ModelError(
            f"{family.title} has no neighbours: MotionAGFormer alone does.", "Leave them out.", field="neighbours"
        )
    if family.host == "mhformer":
        fitting = [n for n in range(1, _GENERATION_HEADS + 1) if sizes["frames"] % n == 0]
        recipe.sizes["generation_heads"] = _positive("generation_heads", asked.generation_heads) or fitting[-1]
        if asked.generation_heads is None and fitting[-1] != _GENERATION_HEADS:
            recipe.assume(f"{fitting[-1]} heads over the coordinates", "the published 9 do not fit")


class _Schedule:
    """Find strategy, stages and recovering, one after the other."""

    def __init__(self, recipe: Recipe, family: Family, sizes: dict[str, Any], shapes: Shapes, asked: Overrides) -> None:
        self.recipe, self.family, self.asked = recipe, family, asked
        self.frames, self.depth = sizes["frames"], sizes["depth"]
        self.learned = "x_token" in shapes
        names = sorted(key for key in shapes if key.startswith("pos_embed_token"))  # then _2, _3, ...
        self.positions = tuple(shapes[name][1] if len(shapes[name]) == 3 else 0 for name in names)
        alive = frames_by_block(shapes) if family.host == "motionagformer" else []
        before = [self.frames, *alive]
        self.shortened = tuple((block, now) for block, now in enumerate(alive) if now != before[block])

    def find(self) -> None:
        asked, recipe = self.asked, self.recipe
        if asked.prune is not None and asked.prune.lower() == "none":
            if not replace(asked, prune=None).has_no_pruning:
                raise ModelError(
                    "Pruning 'none' keeps every frame: the other settings of pruning have nothing to say.",
                    "Leave them out, or name a strategy.",
                    field="prune",
                )
            self._seq2frame("TRI")
            return
        if asked.has_no_pruning and not self.learned and not self.shortened:
            recipe.assume("not pruned", "no tensor speaks of it", "prune", *_STAGES)
            self._seq2frame("TRI")
            return
        strategy = self._strategy()
        recover = self._recover(strategy)
        schedule = self._stages(strategy, recover)
        recipe.prune = PruneConfig(strategy, schedule, recover, asked.motion or 0.0)
        if self.family.host == "motionagformer":
            recipe.sizes["norm_kept"] = bool(self.shortened)
        self._seq2frame(recover)

    def _strategy(self) -> str:
        asked = self.asked
        if asked.prune is not None:
            return _known("pruning strategy", "prune", asked.prune, STRATEGIES)
        if self.positions:
            self.recipe.notes_read.append(f"TPC and TRA, {_and(self.positions)} frames (pos_embed_token, x_token)")
            return "TPC"
        if self.learned and not self.family.always_seq2frame:
            raise ModelError(
                "This checkpoint recovers with TRA (x_token), but does not say how it prunes.",
                f"Say how it was trained. {_EXAMPLE}",
                field=("prune", *_STAGES),
            )
        wants_tps = asked.motion is not None or (asked.recover is not None and asked.recover.upper() == "TRI")
        if wants_tps and not self.shortened:
            return self._assume("TPS", "it needs no training", "prune")
        if self.family.seq2frame or self.shortened or self.learned:
            return self._assume("TPC", "as the published pruned models", "prune")
        return self._assume("TPS", "it needs no training", "prune")

    def _recover(self, strategy: str) -> str:
        asked = self.asked.recover
        if asked is not None:
            return "" if asked.lower() == "none" else _known("recovering", "recover", asked, RECOVERERS)
        if self.learned:
            return "TRA"
        if self.shortened or (strategy == "TPC" and self.family.seq2frame):
            self.recipe.assume("no recovering", "as the published seq2frame models", "recover")
            return ""
        return self._assume("TRI", "it needs no training", "recover")

    def _stages(self, strategy: str, recover: str) -> tuple[tuple[int, int], ...]:
        """Return (block, tokens) of each stage."""
        published = self.family.seq2frame if strategy == "TPC" and (not self.learned or not self.positions) else None
        tokens, at = self.asked.tokens, self.asked.at
        if self.shortened:
            known = tuple(keep for _, keep in self.shortened), tuple(block for block, _ in self.shortened)
            self.recipe.notes_read.append(f"{_and(known[0])} frames from block {_and(known[1])} on (batch norms)")
            if tokens not in (None, known[0]) or at not in (None, known[1]):
                raise ModelError(
                    f"This checkpoint was trained with {_and(known[0])} frames from block {_and(known[1])} on: "
                    "its batch norms are as long.",
                    "Leave the schedule out.",
                    field=_STAGES,
                )
            tokens, at = known
        if tokens is None and self.positions:
            tokens = self.positions
        if tokens is None and published and (at is None or len(at) == 1):
            tokens = (published[1],)
            self.recipe.assume(f"{published[1]} frames are kept", _PUBLISHED, "tokens")
        block = self.family.hot_block if self.positions else published[0] if published else None
        if at is None and block is not None and tokens is not None and len(tokens) == 1:
            if block >= self.depth:
                raise ModelError(
                    f"The published model prunes at block {block}; this one has {self.depth}.",
                    "Say at which block it prunes.",
                    field="at",
                )
            at = (block,)
            self.recipe.assume(f"pruned at block {block}", _PUBLISHED, "at")
        if tokens is None or at is None:
            missing = tuple(name for name, value in zip(_STAGES, (tokens, at), strict=True) if value is None)
            raise ModelError("It is not said how many frames to keep, and where.", _EXAMPLE, field=missing)
        if len(tokens) != len(at):
            raise ModelError(
                f"There are {len(tokens)} numbers of frames and {len(at)} blocks: each stage needs one of both.",
                _EXAMPLE,
                field=_STAGES,
            )
        return tuple(zip(at, tokens, strict=True))

    def _seq2frame(self, recover: str) -> None:
        asked, family = self.asked.seq2frame, self.family
        if asked is False and (family.always_seq2frame or not recover):
            raise ModelError(f"{family.title} without recovering gives the centre frame only.", "Recover with TRI.")
        if (asked or not recover) and not family.can_seq2frame:
            raise ModelError(f"{family.title} gives every frame: it has no seq2frame form.", "Recover with TRI.")
        if (asked or not recover) and not family.always_seq2frame:
            self.recipe.sizes["seq2frame"] = True

    def _assume(self, name: str, why: str, setting: str) -> str:
        self.recipe.assume(name, why, setting)
        return name


def _positive(name: str, value: int | None) -> int | None:
    if value is not None and value < 1:
        raise ModelError(f"{value} {name} cannot be.", "Choose 1 or more.", field=name)
    return value


def _known(what: str, setting: str, name: str, names: tuple[str, ...]) -> str:
    for known in names:
        if known.lower() == name.lower():
            return known
    known = ", ".join(one.lower() for one in names)
    raise ModelError(f"The {what} {name} is not known.", f"Known: {known}, none.", field=setting)


def _and(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))
