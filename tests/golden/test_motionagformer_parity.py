"""Test MotionAGFormer against the published outputs, to 1e-4 where rounding decides nothing.

Each of its 16 layers connects every frame of every joint to the 4 frames with the highest inner products: 66,000
choices in a window. With the random golden weights, about 1 in 100 of them has its 4th and 5th candidate within three
millionths of each other, so that the rounding of the product decides; one different choice changes that frame's output
and slightly that of the frames connected to it. The stored outputs therefore cannot be reproduced to 1e-4 in every
frame on another processor. Tested instead: most frames match to 1e-4, which no mistake in a layer would allow; the
others differ by less than reordering the channels of the inner product makes, which is the same mathematics. The
published order of operations, on the machine where this was written, was as far from the stored outputs (0.008).

With HoT, the graphs of 7 layers precede TPC's selection, whose ties are open as well (see `test_parity`), and
recovering mixes all frames: only closeness is tested there.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache
from unittest.mock import patch

import torch
from torch import Tensor

from pipeline.lift.networks.graph_layers import FrameGraph
from tests.golden.cases import arrays, build, published, selecting

LEAST = 90  # frames of 243 that match to 1e-4; a mistake in any layer leaves none


def errors(name: str, *, order: Tensor | None = None, kept: Tensor | None = None) -> Tensor:
    """Compute the largest error against the stored output in each frame, (F,).

    Only the first window is used. `order` (C,) reorders the channels of the similarities; `kept` (1, r) replaces our
    selection.
    """
    most_similar = FrameGraph.most_similar

    def reordered(self: FrameGraph, x: Tensor) -> Tensor:
        return most_similar(self, x[..., order])

    model, stored = build(name), arrays(name)
    changed = nullcontext() if order is None else patch.object(FrameGraph, "most_similar", reordered)
    with torch.inference_mode(), changed, selecting(model, kept):
        out = model(stored["input"][:1])
    return (out - stored["output"][:1]).abs().amax((0, 2, 3))


@cache
def plain_errors() -> Tensor:
    return errors("motionagformer")


def test_most_frames_match_and_the_others_nearly():
    error = plain_errors()
    # 171 of 243 where this was written, 123 with the channels reordered: another processor may lie between or lower.
    assert (error < 1e-4).sum() >= LEAST
    assert error.max() < 0.02  # of joints that are 0.4 on average


def test_reordering_the_channels_of_the_similarities_changes_the_output_as_much():
    """Another order of summation, mere rounding, changes the output as much."""
    order = torch.randperm(128, generator=torch.Generator().manual_seed(1))
    plain, other = plain_errors(), errors("motionagformer", order=order)
    assert other.max() > 0.2 * plain.max()
    assert ((other < 1e-4) != (plain < 1e-4)).any()


def test_published_order_of_operations_is_no_nearer_and_no_farther():
    with published(build("motionagformer")):
        error = errors("motionagformer")
    assert (error < 1e-4).sum() >= LEAST
    assert error.max() < 0.02


def test_hot_is_near_although_its_selection_is_open():
    """Our selection is much nearer to the stored output than evenly spread frames."""
    even = torch.linspace(0, 242, 81).round().long()[None]
    own, spread = errors("hot_motionagformer"), errors("hot_motionagformer", kept=even)
    assert own.max() < 0.05
    assert own.median() < 0.5 * spread.median()
