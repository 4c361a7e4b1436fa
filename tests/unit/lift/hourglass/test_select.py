"""Test selectors on small cases computed by hand, and motion-adaptive TPS on known motion."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.hourglass.layers import Attention
from pipeline.lift.hourglass.motion_adaptive import select_by_motion
from pipeline.lift.hourglass.select import (
    SELECTORS,
    select_attended,
    select_clusters,
    select_moving,
    select_uniform,
    selector_for,
)
from pipeline.lift.networks.flops import count
from pipeline.lift.networks.mixste import MixSTE, MixSTEConfig


def line(*places: float) -> Tensor:
    """Return tokens (1, n, 2, 1): two joints at the same position on a line."""
    return torch.tensor(places)[None, :, None, None].expand(1, -1, 2, 1)


# --- TPC: nearest distances 1, .5, .5, 1, 1, 4; density exp(-d^2 / 2), since the other of the two neighbours is itself.
# Densest is frame 1 (as dense as 2, but earlier): delta 9, the largest distance. The others, to the next denser frame:
# 0: 1, 2: 0.5, 3: 2.5, 4: 1 (frame 3 is as dense and earlier), 5: 4.
# density x delta = 0.61, 7.9, 0.44, 1.5, 0.61, 0.001
CLUSTERED = line(0, 1, 1.5, 4, 5, 9)


@pytest.mark.parametrize(
    ("r", "kept"), [(1, [1]), (2, [1, 3]), (3, [0, 1, 3]), (4, [0, 1, 3, 4]), (5, [0, 1, 2, 3, 4])]
)
def test_clusters_by_hand(r: int, kept: list[int]) -> None:
    assert select_clusters(CLUSTERED, r).tolist() == [kept]


def test_clusters_keep_the_centre_before_the_best() -> None:
    assert select_clusters(CLUSTERED, 2, torch.tensor([[5]])).tolist() == [[1, 5]]


def test_clusters_scale_distances_by_the_channels_and_average_the_joints() -> None:
    """Compare one channel with four equal ones, whose distances are scaled back by sqrt(4).

    Joints that differ by +-7 from their mean change nothing."""
    wide = CLUSTERED.expand(1, -1, 2, 4) + torch.tensor([7.0, -7.0])[:, None]
    assert [select_clusters(wide, r).tolist() for r in (2, 3, 4)] == [[[1, 3]], [[0, 1, 3]], [[0, 1, 3, 4]]]


# --- TPA


def test_attention_by_hand() -> None:
    x, attended = torch.zeros(2, 5, 1, 1), torch.tensor([[0.1, 0.3, 0.05, 0.3, 0.25], [0.5, 0.1, 0.1, 0.1, 0.2]])
    assert select_attended(x, 2, None, attended).tolist() == [[1, 3], [0, 4]]
    assert select_attended(x, 3, None, attended).tolist() == [[1, 3, 4], [0, 1, 4]]  # at equal scores, the earlier
    assert select_attended(x, 3, torch.tensor([[2], [2]]), attended).tolist() == [[1, 2, 3], [0, 2, 4]]


@pytest.mark.parametrize("attention", [None, torch.zeros(2, 4)])
def test_attention_that_does_not_belong_to_the_tokens_is_an_error(attention: Tensor | None) -> None:
    with pytest.raises(ValueError, match="previous temporal attention"):
        select_attended(torch.zeros(2, 5, 1, 1), 2, None, attention)


def test_attention_columns_are_the_mean_over_heads_and_queries() -> None:
    torch.manual_seed(0)
    layer, x = Attention(4, 2), torch.randn(3, 5, 4)
    q, k, _ = layer.qkv(x).view(3, 5, 3, 2, 2).unbind(2)  # (N, L, H, C / H)
    expected = torch.zeros(3, 5)
    for head in range(2):
        weights = torch.softmax(q[:, :, head] @ k[:, :, head].transpose(1, 2) / 2**0.5, -1)
        expected += weights.mean(1) / 2
    out, columns = layer.forward_columns(x)
    torch.testing.assert_close(columns, expected)
    torch.testing.assert_close(columns.sum(1), torch.ones(3))
    torch.testing.assert_close(out, layer(x))


# --- TPMo: steps 5, 0, 1, 3, 0.5; the ends stay


@pytest.mark.parametrize(("r", "kept"), [(2, [0, 5]), (3, [0, 1, 5]), (4, [0, 1, 4, 5]), (5, [0, 1, 3, 4, 5])])
def test_motion_by_hand(r: int, kept: list[int]) -> None:
    assert select_moving(line(0, 5, 5, 6, 9, 9.5), r).tolist() == [kept]


def test_motion_is_the_mean_of_the_joints_ways_not_the_way_of_their_mean() -> None:
    """Move one joint by (3, 4), 2.5 on average, then both by 3 in opposite directions.

    That is 3 on average, but 0 for their mean.
    """
    x = torch.zeros(1, 5, 2, 2)
    x[0, 1:, 0] += torch.tensor([3.0, 4.0])
    x[0, 2:, 0, 0] += 3
    x[0, 2:, 1, 0] -= 3
    assert select_moving(x, 3).tolist() == [[0, 2, 4]]
    assert select_moving(x, 4, torch.tensor([[3]])).tolist() == [[0, 2, 3, 4]]


def test_motion_counts_from_the_previous_kept_frame() -> None:
    """Measure motion between the remaining frames: dropped frames in between do not count."""
    alive = line(0, 1, 2, 3, 4, 5, 6)[:, [0, 1, 5, 6]]
    assert select_moving(alive, 3).tolist() == [[0, 2, 3]]


# --- TPS


@pytest.mark.parametrize(
    ("n", "r", "kept"), [(6, 4, [0, 2, 3, 5]), (6, 3, [0, 2, 5]), (7, 4, [0, 2, 4, 6]), (5, 1, [0]), (5, 2, [0, 4])]
)
def test_sampler_by_hand(n: int, r: int, kept: list[int]) -> None:
    assert select_uniform(torch.zeros(2, n, 1, 1), r).tolist() == [kept, kept]


def test_sampler_moves_the_nearest_frame_to_the_centre() -> None:
    x, centre = torch.zeros(2, 7, 1, 1), torch.tensor([[3], [4]])
    assert select_uniform(x, 4, centre).tolist() == [[0, 3, 4, 6], [0, 2, 4, 6]]


# --- motion-adaptive TPS


def test_no_share_of_motion_is_the_plain_sampler() -> None:
    assert selector_for(PruneConfig("TPS", ((1, 5),))) is select_uniform
    assert all(selector_for(PruneConfig(name)) is selector for name, selector in SELECTORS.items())


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("speed", [0.0, 3.0])
def test_even_motion_is_sampled_evenly(share: float, speed: float) -> None:
    """Stand still or move at constant speed: the selection is even."""
    x = line(*(speed * t for t in range(61)))
    assert select_by_motion(x, 21, share=share).tolist() == select_uniform(x, 21).tolist()


def test_frames_go_where_the_motion_is() -> None:
    """Stand still for 60 steps, then move for 60: a quarter of the gaps is in the still half.

    With share 0.5, steps are 0.5 and 1.5 of the mean: gaps of 6 frames in the still half, of 2 frames in the other."""
    x = line(*[0.0] * 60, *(float(t) for t in range(61)))
    index = select_by_motion(x, 41, share=0.5)[0]
    assert index[0] == 0
    assert index[-1] == 120
    gaps = index.diff()
    assert gaps[:9].tolist() == [6] * 9  # the border is smoothed
    assert gaps[12:].tolist() == [2] * 28


def test_batch_items_follow_their_own_motion_and_nothing_else() -> None:
    moving, rng = [0.0] * 20 + [float(t) for t in range(21)], torch.Generator().manual_seed(0)
    x = torch.cat([line(*moving), line(*moving[::-1]), torch.randn(1, 41, 2, 1, generator=rng)])
    together = select_by_motion(x, 14, share=0.5)
    for b in range(3):
        assert torch.equal(select_by_motion(x[b : b + 1], 14, share=0.5)[0], together[b])
    assert (together[0] >= 20).sum() > 8 > 6 > (together[1] >= 20).sum()


def test_a_leap_of_one_frame_does_not_swallow_the_window() -> None:
    """Jump in one frame by a thousand times the other motion: the other gaps stay 3 frames.

    This is a detector that loses an arm for one frame."""
    places = [0.1 * t for t in range(243)]
    places[100] += 25000
    index = select_by_motion(line(*places), 81, share=0.5)[0]
    gaps = index.diff()
    assert int(gaps.max()) <= 4
    assert len(index.unique()) == 81


@settings(max_examples=60, deadline=None)
@given(n=st.integers(3, 40), data=st.data())
def test_whatever_moves_frames_are_rising_and_the_ends_and_the_centre_stay(n: int, data: st.DataObject) -> None:
    r = data.draw(st.integers(3, n))
    share = data.draw(st.sampled_from([0.01, 0.3, 0.7, 1.0]))
    centre = data.draw(st.none() | st.integers(1, n - 2))
    moves = data.draw(st.lists(st.sampled_from([0.0, 1e-20, 1e-3, 1.0, 1e6]), min_size=n, max_size=n))
    x = line(*torch.tensor(moves).cumsum(0).tolist())
    index = select_by_motion(x, r, None if centre is None else torch.tensor([[centre]]), share=share)[0]
    assert index.shape == (r,)
    assert (index.diff() > 0).all()
    assert index[0] == 0
    assert index[-1] == n - 1
    assert centre is None or (index == centre).any()


def test_following_the_motion_costs_what_the_plain_sampler_costs() -> None:
    sizes, schedule = MixSTEConfig(frames=12, channels=16, depth=3, heads=2), ((1, 7), (2, 4))
    plain, following = (
        count(MixSTE(sizes, PruneConfig("TPS", schedule, motion_share=s)), 12, 17, 2) for s in (0.0, 0.6)
    )
    assert plain == following
