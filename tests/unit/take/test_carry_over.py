"""Test carrying edits over to another run of the same video: two walkers, 60 frames."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.core.take import Take
from pipeline.take import edit
from pipeline.take.carry_over import carry_over
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene

FRAMES = 60


def people(numbers: tuple[int, int], hide: np.ndarray | None = None) -> Take:
    """Return two people side by side with these numbers; the left one unseen where `hide` holds."""
    walk = facing_camera(clip("walk"))[:FRAMES]
    one, two = scene(walk, person=numbers[0]), scene(walk, person=numbers[1])
    left, right = hidden(one.person, hide), two.person
    right = dataclasses.replace(right, joints_image_h36m=right.joints_image_h36m + np.float32([300, 0]))
    return make_take(sorted([left, right], key=lambda person: person.person), one.info, one.config)


@pytest.fixture(scope="module")
def before() -> Take:
    return people((1, 2))


def test_names_follow_the_people_not_the_numbers(before: Take) -> None:
    named = edit.rename(edit.rename(before, 1, "Ada").take, 2, "Grace").take
    done = carry_over(people((2, 1)), named)
    assert done.take.names == {2: "Ada", 1: "Grace"}
    assert dict(done.now) == {1: 2, 2: 1}
    assert done.lift == ()


def test_exchanged_sides_are_exchanged_again_and_lifted(before: Take) -> None:
    edited = edit.exchange_sides(before, 2).take
    done = carry_over(people((2, 1)), edited)
    np.testing.assert_array_equal(done.take.track2d(1).joints_image, edited.track2d(2).joints_image)
    assert done.lift == (1,)
    assert done.take.provenance["edits"] == [{"edit": "exchange_sides", "person": 1}]


def test_a_deleted_person_stays_deleted(before: Take) -> None:
    done = carry_over(people((2, 1)), edit.delete(before, 1).take)
    assert [track.person for track in done.take.tracks2d] == [1]


def test_somebody_who_was_not_there_before_stays(before: Take) -> None:
    late = np.arange(FRAMES) < 30
    done = carry_over(before, people((1, 2), hide=late))
    assert [track.person for track in done.take.tracks2d] == [1, 2]
    assert done.take.provenance.get("edits") is None


def test_nothing_in_common_changes_nothing(before: Take) -> None:
    named = edit.rename(before, 1, "Ada").take
    elsewhere = people((1, 2))
    moved = tuple(dataclasses.replace(t, frame_index=t.frame_index + 1000) for t in elsewhere.tracks2d)
    elsewhere = dataclasses.replace(elsewhere, tracks2d=moved)
    assert carry_over(elsewhere, named).take.names == {}
