"""Test corrections of identities: two walkers, 60 frames, recognisable by their joints."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from pipeline.core.config import RunConfig
from pipeline.core.errors import ConfigError, NoPersonError, UserError
from pipeline.core.skeletons import H36M17
from pipeline.core.take import Finding, Take
from pipeline.run.refinish import refinish
from pipeline.take import edit
from pipeline.take.file import load_take, save_take
from tests.helpers.motion import clip, facing_camera, hidden, make_take, scene

FRAMES, CUT = 60, 25
BEFORE = np.arange(FRAMES) < CUT


def people(first: np.ndarray, second: np.ndarray) -> Take:
    """Return a take: person 1 unseen where `first`, person 2 (1.5 m aside) where `second` holds."""
    walk = facing_camera(clip("walk"))[:FRAMES]
    one, two = scene(walk), scene(walk + [1.5, 0.0, 0.0], person=2)
    return make_take([hidden(one.person, first), hidden(two.person, second)], one.info, one.config)


@pytest.fixture(scope="module")
def both() -> Take:
    nobody = np.zeros(FRAMES, bool)
    return people(nobody, nobody)


@pytest.fixture(scope="module")
def broken() -> Take:
    """Return one person whose track broke off: number 1 before the cut, 2 from it on."""
    return people(~BEFORE, BEFORE)


def test_split_gives_the_rest_a_new_number(both: Take) -> None:
    done = edit.split(both, 1, CUT)
    assert [track.person for track in done.take.tracks2d] == [1, 2, 3]
    assert done.lift == (1, 3)
    old = both.tracks2d[0].joints_image
    for person, rows in ((1, BEFORE), (3, ~BEFORE)):
        track, track3d, lifted = done.take.track2d(person), done.take.track3d(person), done.take.lifted_of(person)
        np.testing.assert_array_equal(track.seen, rows)
        np.testing.assert_array_equal(track.joints_image[rows], old[rows])
        assert (track.scores[~rows] == 0).all()
        np.testing.assert_array_equal(track3d.seen, rows)
        np.testing.assert_array_equal(np.isfinite(lifted.relative).all(axis=(1, 2)), rows)
        np.testing.assert_array_equal(np.isfinite(done.take.scene.reprojection_px[person]), rows)
    assert done.take.track2d(2) is both.track2d(2)
    frame = int(both.tracks2d[0].frame_index[CUT])
    assert done.take.provenance["edits"] == [{"edit": "split", "person": 1, "new_person": 3, "frame": frame}]
    assert edit.edited(done.take)
    assert not edit.edited(both)


def test_merge_joins_what_split_cut(both: Take) -> None:
    apart = edit.split(both, 1, CUT).take
    done = edit.merge(apart, 1, 3)
    assert [track.person for track in done.take.tracks2d] == [1, 2]
    assert done.lift == (1,)
    np.testing.assert_array_equal(done.take.tracks2d[0].joints_image, both.tracks2d[0].joints_image)
    np.testing.assert_array_equal(done.take.tracks2d[0].scores, both.tracks2d[0].scores)
    np.testing.assert_array_equal(done.take.lifted[0].relative, both.lifted[0].relative)
    np.testing.assert_array_equal(done.take.tracks3d[0].joints, both.tracks3d[0].joints)
    config = RunConfig.from_json(both.provenance["config"])
    again = refinish(done.take, config)
    np.testing.assert_array_equal(again.tracks3d[0].joints, refinish(both, config).tracks3d[0].joints)


def test_a_track_that_broke_off_is_whole_after_merging(broken: Take) -> None:
    take = edit.merge(broken, 2, 1).take
    assert [track.person for track in take.tracks2d] == [2]
    assert take.tracks2d[0].seen.all()
    assert [track.person for track in take.tracks3d] == [2]
    whole = refinish(take, RunConfig.from_json(take.provenance["config"]))
    assert whole.tracks3d[0].seen.all()


def test_somebody_who_was_not_lifted_is_merged_in_2d_and_wants_lifting(broken: Take) -> None:
    half = dataclasses.replace(broken, tracks3d=broken.tracks3d[:1], lifted=broken.lifted[:1])
    done = edit.merge(half, 1, 2)
    assert done.lift == (1,)
    np.testing.assert_array_equal(done.take.tracks3d[0].seen, BEFORE)
    only = dataclasses.replace(broken, tracks3d=(), lifted=())
    assert edit.merge(only, 1, 2).lift == ()
    other = dataclasses.replace(broken, tracks3d=broken.tracks3d[1:], lifted=broken.lifted[1:])
    moved = edit.merge(other, 1, 2).take
    np.testing.assert_array_equal(moved.track3d(1).joints[~BEFORE], broken.track3d(2).joints[~BEFORE])


def test_two_who_are_seen_together_are_two(both: Take) -> None:
    with pytest.raises(ConfigError, match="together for 60 frames"):
        edit.merge(both, 1, 2)


def test_delete(both: Take) -> None:
    take = edit.delete(edit.rename(both, 2, "Ada").take, 1).take
    for tracks in (take.tracks2d, take.tracks3d, take.lifted):
        assert [track.person for track in tracks] == [2]
    assert list(take.scene.reprojection_px) == [2]
    assert take.name_of(2) == "Ada"
    with pytest.raises(ConfigError, match="only person"):
        edit.delete(take, 2)


def test_left_becomes_right_and_is_lifted_again(both: Take) -> None:
    done = edit.exchange_sides(both, 2)
    assert done.lift == (2,)
    old, new = both.track2d(2), done.take.track2d(2)
    right, left = H36M17.index("right_wrist"), H36M17.index("left_wrist")
    np.testing.assert_array_equal(new.joints_image[:, right], old.joints_image[:, left])
    np.testing.assert_array_equal(new.scores[:, left], old.scores[:, right])
    np.testing.assert_array_equal(new.joints_image[:, 0], old.joints_image[:, 0])
    assert done.take.track2d(1) is both.track2d(1)
    assert done.take.track3d(2) is both.track3d(2), "until it is lifted"
    assert done.take.provenance["edits"] == [{"edit": "exchange_sides", "person": 2}]
    back = edit.exchange_sides(done.take, 2).take.track2d(2)
    np.testing.assert_array_equal(back.joints_image, old.joints_image)
    not_lifted = dataclasses.replace(both, tracks3d=both.tracks3d[:1])
    assert edit.exchange_sides(not_lifted, 2).lift == ()


def test_findings_go_with_their_person(both: Take) -> None:
    found = (Finding(1, "gap", 3, 5, True), Finding(1, "sides", 40, 44, True), Finding(2, "sudden_turn", 8, 9, True))
    take = dataclasses.replace(both, scene=dataclasses.replace(both.scene, findings=found))
    apart = edit.split(take, 1, CUT).take
    assert [(f.person, f.kind) for f in apart.scene.findings] == [(1, "gap"), (2, "sudden_turn"), (3, "sides")]
    assert [f.person for f in edit.merge(apart, 1, 3).take.scene.findings] == [1, 1, 2]
    assert [f.person for f in edit.delete(apart, 3).take.scene.findings] == [1, 2]


def test_names(both: Take, tmp_path) -> None:
    take = edit.rename(both, 1, "  Frau\tMüller \n").take
    assert take.name_of(1) == "Frau Müller"
    assert take.name_of(2) == "Person 2"
    assert not edit.edited(take), "a name changes no track"
    assert load_take(save_take(take, tmp_path / "a.pose3d")).names == {1: "Frau Müller"}
    with pytest.raises(ConfigError, match="already"):
        edit.rename(take, 2, "Frau Müller")
    with pytest.raises(ConfigError, match="already"):
        edit.rename(take, 1, "Person 2")
    assert edit.rename(take, 1, "").take.names == {}
    apart = edit.split(take, 1, CUT).take
    assert (apart.name_of(1), apart.name_of(3)) == ("Frau Müller", "Person 3")
    named = edit.rename(edit.rename(apart, 1, "").take, 3, "Anna").take
    assert edit.merge(named, 1, 3).take.name_of(1) == "Anna"


@pytest.mark.parametrize(
    ("do", "error"),
    [
        (lambda take: edit.split(take, 1, 0), ConfigError),
        (lambda take: edit.split(take, 9, 3), NoPersonError),
        (lambda take: edit.merge(take, 1, 1), ConfigError),
        (lambda take: edit.merge(take, 1, 9), NoPersonError),
        (lambda take: edit.delete(take, 9), NoPersonError),
        (lambda take: edit.rename(take, 9, "x"), NoPersonError),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(both: Take, do, error: type[UserError]) -> None:
    with pytest.raises(error) as caught:
        do(both)
    assert caught.value.hint
