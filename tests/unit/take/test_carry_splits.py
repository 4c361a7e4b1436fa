"""Test that splits, and merges of what was split, are carried over to another run, with steps for Undo."""

from __future__ import annotations

import dataclasses

import numpy as np

from pipeline.core.take import Take
from pipeline.take import edit
from pipeline.take.carry_over import carry_over
from tests.unit.take.test_carry_over import FRAMES, people

CUT = 24  # row at which the first person becomes another one


def rows_of(take: Take, first: int, end: int) -> Take:
    """Return a take of the frames `first` to `end` of the same video, as a run over that range gives it."""
    part = slice(first, end)
    tracks = tuple(track.rows(part) for track in take.tracks2d)
    kept = tuple(track.rows(part) for track in take.tracks3d)
    return dataclasses.replace(take, tracks2d=tracks, tracks3d=kept, lifted=(), token_stages=(), scene=None)


def seen(take: Take) -> dict[int, list[int]]:
    """Return person -> the frames in which they are seen."""
    return {t.person: t.frame_index[t.seen].tolist() for t in take.tracks2d}


def test_a_split_is_made_again_at_the_same_frame_of_the_video() -> None:
    before = edit.rename(edit.split(people((1, 2)), 1, CUT).take, 3, "Ada").take
    again = rows_of(people((2, 1)), 10, 50)
    done = carry_over(again, before)
    assert seen(done.take)[2] == list(range(10, CUT)), "the part before the cut keeps its number"
    assert seen(done.take)[3] == list(range(CUT, 50))
    assert dict(done.now) == {2: 1, 1: 2, 3: 3}
    assert done.take.names == {3: "Ada"}
    assert [step.kind for step in done.steps] == ["split", "rename"]
    assert done.steps[0].before is again


def test_a_split_outside_the_new_range_changes_nothing() -> None:
    before = edit.rename(edit.split(people((1, 2)), 1, CUT).take, 3, "Ada").take
    done = carry_over(rows_of(people((1, 2)), 30, 50), before)
    assert sorted(seen(done.take)) == [1, 2]
    assert done.take.names == {1: "Ada"}, "only the part after the cut is in the range"
    assert [step.kind for step in done.steps] == ["rename"]


def test_two_splits_and_the_outer_parts_merged() -> None:
    before = edit.split(people((1, 2)), 1, 20).take
    before = edit.split(before, 3, 40).take
    before = edit.merge(before, 1, 4).take
    done = carry_over(rows_of(people((1, 2)), 5, 55), before)
    assert seen(done.take)[1] == [*range(5, 20), *range(40, 55)]
    assert seen(done.take)[3] == list(range(20, 40))
    assert [step.kind for step in done.steps] == ["split", "split", "merge"]


def test_a_part_that_was_split_off_and_deleted_is_deleted_again() -> None:
    before = edit.delete(edit.split(people((1, 2)), 1, CUT).take, 3).take
    done = carry_over(people((1, 2)), before)
    assert seen(done.take) == {1: list(range(CUT)), 2: list(range(FRAMES))}


def test_heights_of_people_move_with_edits() -> None:
    take = people((1, 2))
    scene = {"fov_deg": None, "heights_cm": {"1": 150.0}}
    take = dataclasses.replace(take, provenance={**take.provenance, "config": {"scene": scene}})

    def heights(one: Take) -> dict[str, float]:
        return dict(one.provenance["config"]["scene"]["heights_cm"])

    apart = edit.split(take, 1, CUT).take
    assert heights(apart) == {"1": 150.0, "3": 150.0}
    assert heights(edit.delete(apart, 1).take) == {"3": 150.0}
    assert heights(edit.merge(edit.delete(apart, 2).take, 3, 1).take) == {"3": 150.0}
    assert heights(take) == {"1": 150.0}
    np.testing.assert_array_equal(take.tracks2d[0].frame_index, np.arange(FRAMES))
