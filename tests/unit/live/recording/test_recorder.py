"""Recording while streaming: nothing lost, frame i of the film is row i, a crash costs less than a second."""

from __future__ import annotations

import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.crashes.kill_recording import kill_once
from pipeline.core.camera import VideoInfo
from pipeline.core.concurrency import CancelToken
from pipeline.core.config import LiftConfig, RunConfig, SceneConfig
from pipeline.core.errors import OutputError, TakeError
from pipeline.core.live import LiveResult
from pipeline.core.skeletons import h36m17_from
from pipeline.core.take import Progress, Take
from pipeline.export.export_take import export_take
from pipeline.live.recording.open import open_recording, recover
from pipeline.live.recording.recorder import Recorder
from pipeline.live.recording.relift import relift
from pipeline.live.recording.row_file import read_rows
from pipeline.live.recording.video_file import Fit
from pipeline.run.models import Engine
from pipeline.sources.file.video import VideoSource
from pipeline.take.edit import rename
from pipeline.take.file import load_take, save_take
from pipeline.take.recording_folder import TAKE, new_take_folder, read_manifest
from tests.helpers.clips import number_in, numbered
from tests.helpers.live.results import result, standing
from tests.helpers.motion import FOV_DEG, clip, facing_camera, scene

INFO = VideoInfo("fake camera", "", 160, 120, 30.0, 0, 0.0, variable_rate=True)
# Uneven steps as of a camera: 20, 33.3 and 50 ms.
STEPS = np.tile([0.02, 1 / 30, 0.05], 20)


def record(folder: Path, results: list[LiveResult], info: VideoInfo = INFO, drained: bool = True, **more) -> Recorder:
    recorder = Recorder(folder, info, **more)
    for one in results:
        recorder.write(one)
        if drained:  # the test hands over faster than any camera
            while recorder.waiting > 4:
                time.sleep(0.001)
    assert recorder.close() == folder
    assert recorder.problem == ""
    return recorder


def some(count: int = 40, start_s: float = 12.5, **more) -> list[LiveResult]:
    times = start_s + np.concatenate([[0], np.cumsum(STEPS)])[:count]
    return [result(5 + i, float(times[i]), [standing(60 + i, 10, 90)], bgr=numbered(i), **more) for i in range(count)]


def numbers(folder: Path) -> list[tuple[int, float]]:
    source = VideoSource(folder / "video.mkv")
    found = [(number_in(frame.bgr), frame.time_s) for frame in source.frames()]
    source.close()
    return found


def test_pictures_times_2d_and_3d_come_back(tmp_path: Path) -> None:
    given = some(lookahead_s=0.034)
    recorder = record(tmp_path / "take", given, provenance={"lifter": "x"})
    assert (recorder.written, recorder.dropped) == (40, 0)
    found = open_recording(tmp_path / "take")
    assert found.complete
    times = np.array([one.frame.time_s for one in given]) - given[0].frame.time_s
    np.testing.assert_array_equal(found.rows.time_s, times)
    np.testing.assert_allclose(found.rows.people_time_s, times - 0.034)
    assert found.rows.source_index.tolist() == list(range(5, 45))
    np.testing.assert_array_equal(found.rows.joints_image, np.concatenate([one.pose.joints_image for one in given]))
    np.testing.assert_array_equal(found.rows.joints[:, 0, 0], np.arange(5, 45))
    film = numbers(found.folder)
    assert [number for number, _ in film] == list(range(40))
    late = times - [time_s for _, time_s in film]
    assert late.min() >= 0  # a picture is there at the time of its row ...
    assert late.max() <= 0.001  # ... within Matroska's tick
    assert (found.info.width_px, found.info.height_px, found.info.frame_count) == (160, 120, 40)
    assert found.manifest["frames"] == 40
    assert found.manifest["provenance"] == {"lifter": "x"}
    exported = export_take(found.live_take(), tmp_path / "out", "take", ["csv", "overlay"])
    assert VideoSource(next(path for path in exported if path.suffix == ".mp4")).info.frame_count == 40


def test_the_live_take_has_each_skeleton_at_the_frame_that_it_was_of(tmp_path: Path) -> None:
    """Two people; the second one comes late and is seen less. Skeletons are two frames older than the picture."""
    both = [standing(30, 10, 90), standing(100, 10, 90)]
    given = [
        result(i, i / 30, both[: 1 + (i >= 20)], identities=(4, 9)[: 1 + (i >= 20)], lookahead_s=2 / 30)
        for i in range(40)
    ]
    record(tmp_path / "take", given)
    take = open_recording(tmp_path / "take").take()
    assert [track.person for track in take.tracks2d] == [1, 2]
    np.testing.assert_array_equal(take.tracks2d[1].seen, np.arange(40) >= 20)
    first, second = take.tracks3d
    np.testing.assert_array_equal(first.joints[1:38, 0, 0], np.arange(3, 40))
    assert not first.seen[38:].any(), "their future never came"
    np.testing.assert_array_equal(second.seen, (np.arange(40) >= 18) & (np.arange(40) < 38))
    assert first.space == "world"


def test_a_busy_encoder_costs_pictures_but_no_rows_and_film_and_rows_stay_together(tmp_path: Path, monkeypatch) -> None:
    from pipeline.live.recording import video_file

    go_on = threading.Event()
    convert = video_file.h264_frame

    def slow(bgr):
        go_on.wait(10)
        return convert(bgr)

    monkeypatch.setattr(video_file, "h264_frame", slow)
    recorder = Recorder(tmp_path / "take", INFO)
    begun = time.monotonic()
    for one in some(40):
        recorder.write(one)
    assert time.monotonic() - begun < 1.0, "write never waits"
    assert 25 <= recorder.dropped <= 32
    go_on.set()
    recorder.close()
    found = open_recording(tmp_path / "take")
    assert len(found.rows) == 40
    film = [number for number, _ in numbers(found.folder)]
    assert len(film) == 40
    kept = 40 - recorder.dropped
    assert film == [*range(kept), *[kept - 1] * recorder.dropped]
    assert found.manifest["pictures_left_out"] == recorder.dropped


def test_another_size_lies_undistorted_in_the_film_with_its_2d(tmp_path: Path) -> None:
    wide = numbered(3, 320, 120)
    body = standing(150, 10, 90)
    given = [
        result(0, 0.0, [standing(60, 10, 90)], bgr=numbered(1)),
        result(1, 0.1, [body], bgr=wide),
        result(2, 0.2, [], bgr=numbered(2, 80, 60)),
    ]
    record(tmp_path / "take", given)
    found = open_recording(tmp_path / "take")
    middle = h36m17_from("coco17", found.rows.joints_image[1], found.rows.scores[1])[0]
    np.testing.assert_allclose(middle, body / 2 + (0, 30), atol=1e-3)
    source = VideoSource(found.folder / "video.mkv")
    pictures = [frame.bgr for frame in source.frames()]
    source.close()
    assert {picture.shape for picture in pictures} == {(120, 160, 3)}
    assert number_in(pictures[1][30:90]) == 3
    assert pictures[1][:28].max() < 20
    assert number_in(pictures[2]) == 2  # half as large: filled


@pytest.mark.parametrize(
    ("size", "film", "placed"),
    [((160, 120), (160, 120), (1, 0, 0)), ((159, 119), (160, 120), (1, 0, 0)), ((320, 240), (160, 120), (0.5, 0, 0)),
     ((120, 160), (160, 120), (0.75, 35, 0)), ((80, 120), (160, 120), (1, 40, 0))],
)  # fmt: skip
def test_fit(size, film, placed) -> None:
    fit = Fit(*size, *film)
    assert (fit.scale, fit.x, fit.y) == placed
    assert fit.changes == (placed != (1, 0, 0))


def test_odd_sizes_and_one_frame_and_nobody(tmp_path: Path) -> None:
    odd = replace(INFO, width_px=161, height_px=121)
    record(tmp_path / "take", [result(0, 3.0, [], bgr=numbered(7, 161, 121))], odd)
    found = open_recording(tmp_path / "take")
    assert (found.info.width_px, found.info.height_px, len(found.rows)) == (162, 122, 1)
    assert found.identities == ()
    assert found.live_take().tracks3d == ()
    assert numbers(found.folder)[0][0] == 7


def test_the_same_frame_twice_is_one_row(tmp_path: Path) -> None:
    given = some(10)
    record(tmp_path / "take", [one for one in given for _ in range(2)])
    assert len(open_recording(tmp_path / "take").rows) == 10


# --- crashes


def test_killed_at_random_moments_every_take_opens_and_misses_at_most_a_second(tmp_path: Path) -> None:
    moments = np.random.default_rng().uniform(0.4, 1.2, 3)
    for i, after_s in enumerate(moments):
        killed = kill_once(tmp_path / str(i), float(after_s), (320, 240))
        assert killed.numbers_fit, (after_s, killed)
        assert killed.rows_missing_s < 1.0, (after_s, killed)
        assert killed.images_missing_s < 1.0, (after_s, killed)


def test_rows_cut_off_at_any_byte_or_damaged_give_what_lies_before(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "take", INFO)
    for one in some(30):
        recorder.write(one)
        time.sleep(0.025)
    recorder.close()
    path = tmp_path / "take" / "rows.bin"
    whole = path.read_bytes()
    ends, at = [0], 0
    while at < len(whole):
        at += 12 + struct.unpack_from("<I", whole, at + 4)[0]
        ends.append(at)
    assert len(ends) >= 3
    counts = []
    for end in ends[1:]:
        path.write_bytes(whole[:end])
        rows, rest = read_rows(path)
        assert rest == 0
        counts.append(len(rows))
    assert counts == sorted(counts)
    assert counts[-1] == 30
    for cut in (*range(ends[-2] + 1, ends[-1], 997), ends[-1] - 1):
        path.write_bytes(whole[:cut])
        rows, rest = read_rows(path)
        assert (len(rows), rest) == (counts[-2], cut - ends[-2])
    flipped = bytearray(whole)
    flipped[ends[1] + 500] ^= 1
    path.write_bytes(flipped)
    assert len(read_rows(path)[0]) == counts[0]
    path.write_bytes(whole[: ends[1] - 1])
    assert read_rows(path)[0] is None


def test_a_lost_manifest_or_film_costs_nothing_else(tmp_path: Path) -> None:
    record(tmp_path / "take", some())
    folder = tmp_path / "take"
    (folder / "recording.json").write_text('{"half')
    found = recover(folder)
    assert (len(found.rows), found.complete, found.info.width_px) == (40, True, 160)
    assert read_manifest(folder)["recovered"]
    (folder / "video.mkv").write_bytes(b"\0" * 500)
    found = open_recording(folder)
    assert not found.has_video
    assert (found.info.path, found.info.frame_count) == ("", 40)
    assert 25 < found.info.fps_hz < 35
    assert found.live_take().tracks3d[0].seen.all()


def test_what_is_no_recording_says_so(tmp_path: Path) -> None:
    with pytest.raises(TakeError, match="no folder") as gone:
        open_recording(tmp_path / "gone")
    with pytest.raises(TakeError, match="not a recording") as empty:
        open_recording(tmp_path)
    record(tmp_path / "take", some(5))
    (tmp_path / "take" / "rows.bin").write_bytes(b"")
    with pytest.raises(TakeError, match="pictures but no joints") as film:
        open_recording(tmp_path / "take")
    manifest = json.loads((tmp_path / "take" / "recording.json").read_text())
    (tmp_path / "take" / "recording.json").write_text(json.dumps({**manifest, "version": 99}))
    with pytest.raises(TakeError, match="format 99") as newer:
        open_recording(tmp_path / "take")
    assert all(caught.value.hint for caught in (gone, empty, film, newer))


def test_a_folder_that_cannot_be_used_is_refused_at_once(tmp_path: Path, unwritable_folder: Path, as_nobody) -> None:
    with as_nobody(), pytest.raises(OutputError):
        Recorder(unwritable_folder / "take", INFO)
    record(tmp_path / "take", some(3))
    with pytest.raises(OutputError, match="a recording in"):
        Recorder(tmp_path / "take", INFO)
    assert len(open_recording(tmp_path / "take").rows) == 3
    names = {new_take_folder(tmp_path / "takes").name for _ in range(3)}
    assert len(names) == 3


def test_a_full_disk_ends_the_recording_and_keeps_what_fitted(full_disk: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    recorder = Recorder(full_disk / "take", INFO)
    threads = threading.active_count()
    for i in range(600):
        recorder.write(result(i, i / 30, [standing(60, 10, 90)], bgr=np.roll(noise, 7 * i)))
        time.sleep(0.02)
        if recorder.problem:
            break
    assert "disk is full" in recorder.problem
    recorder.write(result(9999, 999.0, []))  # does nothing
    begun = time.monotonic()
    recorder.close()
    assert time.monotonic() - begun < 1.0
    assert threading.active_count() < threads
    found = open_recording(full_disk / "take")
    assert not found.complete
    assert len(found.rows) > 10


# --- lifting again


def relifted(folder: Path, config: RunConfig, engine: Engine) -> tuple[list[Progress], list[Take]]:
    told: list[Progress] = []
    takes: list[Take] = []
    last = relift(folder, config, CancelToken(), engine, told.append, takes.append)
    return told, [*takes, last]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with Engine() as made:
        yield made


@pytest.fixture(scope="module")
def walked(tmp_path_factory) -> tuple[Path, np.ndarray, Callable[[], RunConfig]]:
    """A recording of somebody walking, every third frame predicted (and wrong), at uneven times."""
    made = scene(facing_camera(clip("walk"))[:120])
    folder = tmp_path_factory.mktemp("walk") / "take"
    times = np.cumsum(np.tile([0.016, 0.016, 0.018], 40))
    results = []
    for i in range(120):
        guess = i % 3 == 1
        body = made.person.joints_image_h36m[i] + (25 if guess else 0)
        results.append(result(i, times[i], [body / 4], bgr=numbered(i, 320, 180), predicted=guess, detect_every=3))
    record(folder, results, VideoInfo("cam", "", 320, 180, 60.0, 0, 0.0, fov_deg=FOV_DEG))
    return (
        folder,
        made.truth,
        lambda: RunConfig(lift=LiftConfig(flip=False), scene=replace(made.config.scene, fov_deg=None)),
    )


def test_a_take_that_was_edited_by_hand_is_kept_when_it_is_lifted_again(walked, engine) -> None:
    folder, _, config = walked
    relifted(folder, config(), engine)
    path = folder / "take.pose3d"
    for number, name in ((1, "Ada"), (2, "Bea")):
        save_take(rename(load_take(path), 1, name).take, path)
        relifted(folder, config(), engine)
        assert load_take(folder / f"take_edited_{number}.pose3d").name_of(1) == name
        assert not load_take(path).names
    relifted(folder, config(), engine)
    assert not (folder / "take_edited_3.pose3d").exists(), "nothing was edited since"
    for kept in folder.glob("take_edited_*"):
        kept.unlink()


def test_lifted_again_without_detecting_it_takes_the_place_of_the_live_result(walked, engine) -> None:
    folder, truth, config = walked
    progress, takes = relifted(folder, config(), engine)
    assert {step.stage for step in progress} >= {"prepare", "detect", "lift", "finish"}
    take = takes[-1]
    assert take.complete
    assert take.info.path == str(folder / "video.mkv")
    assert take.info.frame_count == len(take.tracks3d[0].joints) == 120
    assert take.scene is not None
    assert take.scene.fov_deg == FOV_DEG  # that of the recorded source
    error = np.linalg.norm(
        (take.tracks3d[0].joints - take.tracks3d[0].joints[:, :1]) - (truth - truth[:, :1]), axis=-1
    ).mean()
    assert error < 0.12  # m, of a real lifter; the live skeletons were nonsense
    assert "2D joints from a file" in take.provenance["detector"]
    reopened = open_recording(folder).take()
    np.testing.assert_array_equal(reopened.tracks3d[0].joints, take.tracks3d[0].joints)
    (folder / TAKE).write_bytes(b"damaged")
    assert open_recording(folder).take().provenance["recorded_live"]


def test_predicted_2d_is_replaced_by_what_lies_between_the_detections(walked) -> None:
    folder, _, _ = walked
    recording = open_recording(folder)
    source = recording.joints_source()
    clean = scene(facing_camera(clip("walk"))[:120]).person.joints_image_h36m / 4
    poses = list(source.poses())
    assert len(poses) == 120
    assert np.diff([time_s for _, time_s, _ in poses]) == pytest.approx(np.diff(recording.rows.time_s))
    for index, _, pose in poses[:-2]:
        joints, _ = h36m17_from(pose.skeleton, pose.joints_image[0], pose.scores[0])
        limit = 1.0 if index % 3 == 1 else 1e-3
        assert np.abs(joints - clean[index])[[3, 6, 13, 16]].max() < limit


def test_two_people_have_columns_of_their_own_and_long_absences_stay_empty(tmp_path: Path) -> None:
    def bodies(i: int) -> dict[int, np.ndarray]:
        return {2: standing(30, 10, 90)} | ({5: standing(110, 10, 90)} if i < 10 or i >= 30 else {})

    given = [
        result(i, i / 30, list(bodies(i).values()), identities=list(bodies(i)), predicted=i % 2 == 1, detect_every=2)
        for i in range(40)
    ]
    record(tmp_path / "take", given)
    source = open_recording(tmp_path / "take").joints_source()
    assert source.person_count == 2
    counts = [len(pose.scores) for _, _, pose in source.poses()]
    assert counts[:9] == [2] * 9
    assert counts[10:30] == [1] * 20
    assert counts[30:39] == [2] * 9


def test_a_cancelled_lift_leaves_the_live_take(walked, engine) -> None:
    from pipeline.core.errors import Cancelled

    folder, _, config = walked
    (folder / TAKE).unlink(missing_ok=True)
    cancel = CancelToken()

    def look(progress: Progress) -> None:
        if progress.stage == "detect":
            cancel.cancel()

    with pytest.raises(Cancelled):
        relift(folder, config(), cancel, engine, look)
    assert not (folder / TAKE).exists()
    assert open_recording(folder).take().provenance["recorded_live"]


def test_a_range_of_another_video_does_not_shorten_it(walked, engine) -> None:
    folder, _, config = walked
    _, takes = relifted(folder, replace(config(), start_s=1.0, end_s=1.2, scene=SceneConfig()), engine)
    assert takes[-1].frame_count == 120
