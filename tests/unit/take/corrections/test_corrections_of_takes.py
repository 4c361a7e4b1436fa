"""Test the corrections of a take: set, removed, edited along with people, replayed, saved, listed as doubtful."""

from __future__ import annotations

import dataclasses
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.corrections.apply import corrected
from pipeline.core.corrections.layer import Correction
from pipeline.core.errors import ConfigError, NoPersonError, TakeError
from pipeline.core.poses import PersonTrack
from pipeline.core.take import Take
from pipeline.take import edit
from pipeline.take.carry_over import carry_over
from pipeline.take.corrections.doubtful import doubtful
from pipeline.take.corrections.interchange import as_file, read_file
from pipeline.take.corrections.layer import move, with_corrections
from pipeline.take.corrections.replay import accept, drop, open_questions
from pipeline.take.file import load_take, save_take
from tests.helpers.motion import clip, facing_camera, make_take, scene

FRAMES = 90
WRIST = 13  # left_wrist of h36m17


@pytest.fixture(scope="module")
def take() -> Take:
    walk = facing_camera(clip("walk"))[:FRAMES]
    one, two = scene(walk), scene(walk + [1.5, 0.0, 0.0], person=2)
    return make_take([one.person, two.person], one.info, one.config)


def wrist(take: Take, person: int, frame: int, by: tuple[float, float]) -> dict[str, tuple[float, float]]:
    x, y = take.detected_track2d(person).joints_image[frame, WRIST]
    return {"left_wrist": (float(x) + by[0], float(y) + by[1])}


def with_move(take: Take, person: int = 1, frames: tuple[int, ...] = (30, 50)) -> Take:
    made = move(take, person, {frame: wrist(take, person, frame, (25.0, -10.0)) for frame in frames}, name="wrist")
    return with_corrections(take, [*take.corrections, made]).take


def points(take: Take, person: int) -> np.ndarray:
    return take.person_track2d(person).joints_image


def test_the_detectors_points_are_kept_and_come_back_bit_for_bit(take: Take) -> None:
    before = points(take, 1).copy()
    made = with_move(take)
    np.testing.assert_allclose(points(made, 1)[30:51, WRIST] - before[30:51, WRIST], [[25, -10]] * 21, atol=1e-3)
    assert [track.person for track in made.detected] == [1]
    assert made.tracks2d[1] is take.tracks2d[1]
    off = with_corrections(made, [dataclasses.replace(made.corrections[0], on=False)])
    assert np.array_equal(points(off.take, 1), before)
    assert off.touched[1][30:51].all()
    none = with_corrections(off.take, [])
    assert none.take.person_track2d(1) is take.person_track2d(1)
    assert (none.take.detected, dict(none.touched)) == ((), {})


def test_who_and_what_is_not_there_is_told(take: Take) -> None:
    with pytest.raises(NoPersonError):
        move(take, 3, {5: {"nose": (1, 1)}})
    with pytest.raises(ConfigError, match="no joint left_heel"):
        move(take, 1, {5: {"left_heel": (1, 1)}})
    with pytest.raises(ConfigError, match="no frame 900"):
        move(take, 1, {900: {"nose": (1, 1)}})
    with pytest.raises(ConfigError, match="same joints"):
        move(take, 1, {5: {"nose": (1, 1)}, 6: {"left_wrist": (1, 1)}})


def test_a_split_divides_a_correction_that_crosses_it(take: Take) -> None:
    made = with_move(take)
    done = edit.split(made, 1, 40).take
    joined = np.where(np.arange(FRAMES)[:, None, None] < 40, points(done, 1), points(done, 3))
    np.testing.assert_array_equal(joined, points(made, 1))
    assert {one.person for one in done.corrections} == {1, 3}
    whole = edit.merge(done, 1, 3).take
    np.testing.assert_array_equal(points(whole, 1), points(made, 1))
    assert {one.person for one in whole.corrections} == {1}
    none = with_corrections(whole, []).take
    np.testing.assert_array_equal(points(none, 1), points(take, 1))
    early = edit.split(made, 1, 70).take
    assert [one.person for one in early.corrections] == [1]
    assert [track.person for track in early.detected] == [1]


def test_the_other_edits_take_corrections_along(take: Take) -> None:
    made = with_move(with_move(take), 2)
    gone = edit.delete(made, 1).take
    assert [one.person for one in gone.corrections] == [2]
    assert [track.person for track in gone.detected] == [2]
    turned = edit.exchange_sides(made, 1).take
    assert turned.corrections[0].joints == ("right_wrist",)
    np.testing.assert_array_equal(points(turned, 1), made.person_track2d(1).mirrored().joints_image)
    assert edit.rename(made, 1, "Ada").take.corrections == made.corrections


def detected_anew(take: Take, noise_px: float, elsewhere_px: float = 0.0) -> Take:
    """Return the take as another detector would see it, the left wrist off by `elsewhere_px` around frame 30."""
    rng = np.random.default_rng(1)
    tracks = []
    for track in take.tracks2d:
        joints = track.joints_image + rng.normal(0, noise_px, track.joints_image.shape).astype(np.float32)
        joints[25:36, WRIST, 0] += elsewhere_px
        index, time_s = track.frame_index, track.time_s
        tracks.append(PersonTrack.of(track.person, index, time_s, joints, track.scores, track.skeleton))
    return dataclasses.replace(take, tracks2d=tuple(tracks), detected=(), corrections=())


def test_corrections_are_replayed_where_another_detection_agrees(take: Take) -> None:
    made = with_move(take)
    carried = carry_over(detected_anew(take, 0.7), made)
    assert [one.on for one in carried.take.corrections] == [True]
    assert 1 in carried.lift
    np.testing.assert_allclose(points(carried.take, 1)[[30, 50], WRIST], points(made, 1)[[30, 50], WRIST], atol=0.01)


def test_where_it_does_not_agree_the_user_is_asked(take: Take) -> None:
    made = with_move(take)
    carried = carry_over(detected_anew(take, 0.7, 60.0), made).take
    assert open_questions(carried) == (0,)
    assert not carried.corrections[0].on
    np.testing.assert_array_equal(points(carried, 1), carried.detected_track2d(1).joints_image)
    taken = accept(carried, 0).take
    np.testing.assert_allclose(points(taken, 1)[[30, 50], WRIST], points(made, 1)[[30, 50], WRIST], atol=0.01)
    assert open_questions(taken) == ()
    assert drop(carried, 0).take.corrections == ()


def test_a_detector_without_that_joint_is_told(take: Take) -> None:
    heel = Correction(1, "hide", 5, 9, ("left_heel",), on=False)
    made = with_corrections(take, [heel, Correction(1, "hide", 5, 9, ("nose",))]).take
    found = carry_over(detected_anew(take, 0.5), made).take.corrections
    assert (found[0].on, found[0].asked, found[0].note) == (False, False, "This detector has no such joint.")
    assert found[1].on


KINDS = (
    Correction(1, "hide", 5, 9, ("nose",), name="Nase ü"),
    Correction(2, "sides", 10, 20),
    Correction(1, "shift", 10, 20, offset_px=(4.5, -2.0), falloff_s=0.5),
    Correction(1, "scale", 10, 20, factor=1.25, on=False, asked=True, note="why"),
    Correction(2, "hide", 0, 80, ("nose",), limits=(10, 20)),
)


def test_all_kinds_survive_a_file(take: Take, tmp_path: Path) -> None:
    made = with_corrections(with_move(take), [*with_move(take).corrections, *KINDS]).take
    again = load_take(save_take(made, tmp_path / "made.pose3d"))
    assert again.corrections == made.corrections
    for person in (1, 2):
        np.testing.assert_array_equal(points(again, person), points(made, person))
        np.testing.assert_array_equal(again.detected_track2d(person).joints_image, points(take, person))
    np.testing.assert_array_equal(corrected(again.detected[0], again.corrections).track.joints_image, points(made, 1))
    (tmp_path / "c.json").write_text(json.dumps(as_file(made)))
    assert read_file(tmp_path / "c.json", take) == made.corrections


def test_places_in_the_image_are_read_from_a_file(take: Take, tmp_path: Path) -> None:
    key = {"frame": 30, "at_px": [[400, 300.5]]}
    told = {"corrections": [{"person": 1, "kind": "move", "joints": ["left_wrist"], "keys": [key]}]}
    (tmp_path / "c.json").write_text(json.dumps(told))
    made = with_corrections(take, read_file(tmp_path / "c.json", take)).take
    np.testing.assert_allclose(points(made, 1)[30, WRIST], [400, 300.5], atol=1e-3)


def changed(path: Path, change) -> Path:
    """Return a copy of a saved take with another header."""
    with zipfile.ZipFile(path) as archive:
        header, arrays = json.loads(archive.read("take.json")), archive.read("arrays.npz")
    change(header)
    out = path.with_name("changed.pose3d")
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("take.json", json.dumps(header))
        archive.writestr("arrays.npz", arrays)
    return out


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header["corrections"][0].update(person=99),
        lambda header: header["corrections"][0].update(kind="steal"),
        lambda header: header["corrections"][0].update(joints="left_wrist"),
        lambda header: header["corrections"][0].update(joints=[["left_wrist"]]),
        lambda header: header["corrections"][0].update(joints=["left_wrist"] * 2),
        lambda header: header["corrections"][0].update(keys=[]),
        lambda header: header["corrections"][0].update(keys=header["corrections"][0]["keys"][::-1]),
        lambda header: header["corrections"][0].update(falloff_s=1e9),
        lambda header: header["corrections"][0].update(limits=[1]),
        lambda header: header["corrections"][0].update(evil=1),
        lambda header: header["corrections"][0].update(asked=True),
        lambda header: header["corrections"][0]["keys"][0].update(offset_px=[[1e300, 0]]),
        lambda header: header["corrections"][0]["keys"][0].update(offset_px=[[True, 0]]),
        lambda header: header["corrections"][0]["keys"][0].update(frame=-1),
        lambda header: header.update(corrections=[header["corrections"][0]] * 20_001),
        lambda header: header.update(corrections={"0": 1}),
        lambda header: header.update(detected=[]),
        lambda header: header["detected"][0].update(person=2),
        lambda header: header["detected"][0].update(skeleton="coco17"),
    ],
)
def test_a_file_with_other_corrections_is_refused(take: Take, tmp_path: Path, change) -> None:
    path = save_take(with_move(take), tmp_path / "made.pose3d")
    with pytest.raises(TakeError):
        load_take(changed(path, change))


def test_a_file_without_corrections_opens(take: Take, tmp_path: Path) -> None:
    path = save_take(take, tmp_path / "old.pose3d")
    old = load_take(changed(path, lambda header: (header.pop("corrections"), header.pop("detected"))))
    assert (old.corrections, old.detected) == ((), ())


def test_the_worst_stretch_is_the_first_doubtful_one(take: Take) -> None:
    error = np.full((FRAMES, 17, 2), 0.02, np.float32)
    error[40:50, [12, 13]] = 0.15
    error[70:76, 6] = 0.10
    tracks = tuple(dataclasses.replace(track, error_m=error) for track in take.tracks3d[:1])
    first, second = doubtful(dataclasses.replace(take, tracks3d=tracks, scene=None))
    assert (first.first, first.last, first.joints) == (40, 49, ("left_elbow", "left_wrist"))
    assert (second.first, second.last, second.joints) == (70, 75, ("left_ankle",))
    assert first.doubt > second.doubt > 1
