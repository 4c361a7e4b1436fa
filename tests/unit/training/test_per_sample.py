"""Test the evaluation's tables, twins and look-ahead on lifters of known errors."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.errors import ConfigError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.skeletons import H36M17
from pipeline.export.take_facts import plain
from pipeline.lift.streaming.newest_frames import WholeWindow
from pipeline.lift.window_plan import pad_index
from training.data.motion_file import Clips, at_unit_stature, load_clips
from training.evaluate import causal, evaluate, per_sample
from training.evaluate.breakdown import breakdown
from training.evaluate.frozen_views import View, frozen_errors, load_frozen_cameras, render_views
from training.evaluate.paired import check_twin, differences
from training.evaluate.per_sample import SampleMetrics, band_name, labels_of, pose_metrics, summary
from training.evaluate.tables import breakdown_text, line

FRAMES = 27


def moving_clips(lengths: tuple[int, ...] = (90, 90, 90), sources: tuple[str, ...] = ("a", "a", "b")) -> Clips:
    """Return swinging bodies of random bones."""
    rng = np.random.default_rng(0)
    parts = []
    for length in lengths:
        t = np.arange(length)[:, None, None] / 60
        parts.append(rng.normal(0, 0.3, (17, 3)) + [0, 0, 1] + 0.1 * np.sin(4 * t + rng.uniform(0, 6, (17, 3))))
    start = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    names = np.array([f"clip_{n}" for n in range(len(lengths))])
    action = np.array(["walk", "jump", "walk"][: len(lengths)])
    positions = np.concatenate(parts).astype(np.float32)
    return Clips(positions, start, np.array(lengths), names, np.array(sources), names, action)


class Answering:
    """Returns `answer(truth)` for a window; looks the truth of a row up by its image joints."""

    name, frames, gflops, prune, seq2frame = "answering", FRAMES, 1.0, PruneConfig(), False
    takes_depth = False

    def __init__(self, answer) -> None:
        self.answer = answer
        self.truth: dict[bytes, np.ndarray] = {}

    def knows(self, view: View) -> View:
        for row, joints in zip(view.image, view.true, strict=True):
            self.truth[row.tobytes()] = joints
        return view

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        true = np.stack([self.truth[row.tobytes()] for row in joints_image[0]])
        return self.answer(true - true[:, :1])[None].astype(np.float32)


def watching(monkeypatch: pytest.MonkeyPatch, *lifters: Answering) -> None:
    """Give the lifters the truth of every rendered view."""

    def show(*args):
        for view in render_views(*args):
            for lifter in lifters:
                lifter.knows(view)
            yield view

    monkeypatch.setattr(per_sample, "render_views", show)
    monkeypatch.setattr(causal, "render_views", show)


def right_wrist_off(mm: float):
    def answer(true: np.ndarray) -> np.ndarray:
        out = true.copy()
        out[:, 16, 2] += mm / 1000
        return out

    return answer


def sample(clip: int, source: str, mm: float, draw: int = 0, rows: float = 10, **labels: str) -> SampleMetrics:
    metrics = dict.fromkeys((*per_sample.MEAN_METRICS, "peak_m_s", "true_peak_m_s"), mm) | {"rows": rows}
    joints = {key: np.full(17, mm) for key in ("mpjpe_mm", "p_mpjpe_mm", "accel_mm")}
    return SampleMetrics(draw, clip, source, metrics, joints, labels)


# --- metrics of a view


def test_the_one_joint_that_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    lifter = Answering(right_wrist_off(34))  # the wrist is in no bone of the stature
    watching(monkeypatch, lifter)
    found = per_sample.sample_metrics({"it": (lifter, "known")}, moving_clips(), 1, None)["it"]
    table = breakdown(found)["by_joint"]
    assert table["right_wrist"]["mpjpe_mm"] == pytest.approx(34, abs=0.01)
    assert [name for name, row in table.items() if row["mpjpe_mm"] > 0.01] == ["right_wrist"]
    assert table["right_wrist"]["accel_mm"] < 0.01
    assert summary(found)["mpjpe_mm"] == pytest.approx(2, abs=0.01)  # of 17 joints
    assert np.mean([row["mpjpe_mm"] for row in table.values()]) == pytest.approx(2, abs=0.01)
    assert list(table) == list(H36M17.names)


def test_a_trembling_joint_is_named_at_50_hz() -> None:
    true = np.zeros((9, 17, 3)) + np.random.default_rng(0).normal(size=(17, 3))
    shaken = true.copy()
    shaken[:, 13, 1] += 0.001 * (-1.0) ** np.arange(9)  # second difference: 4 mm
    metrics, joints = pose_metrics(shaken, true, 25.0)
    assert joints["accel_mm"][13] == pytest.approx(1)  # 4 mm at half the rate of the benchmark
    assert metrics["accel_mm"] == pytest.approx(1 / 17)
    assert metrics["mpjpe_mm"] == pytest.approx(1 / 17)


def test_views_know_their_camera() -> None:
    clips, views = moving_clips(), load_frozen_cameras()
    for view in render_views(clips, views, FRAMES, 0, None):
        row = views.cameras.rows()[view.clip]
        assert view.camera.fov_deg == row["fov_deg"]
        assert (view.pitch_deg, view.distance_m) == (row["pitch_deg"], row["distance_m"])
        nearest = np.linalg.norm(view.true[:, 0], axis=-1).min()
        assert nearest == pytest.approx(view.distance_m, rel=0.2)
        assert view.height_m == pytest.approx(view.distance_m * np.sin(np.radians(view.pitch_deg)))


def test_bands_and_labels() -> None:
    limits = (-10, 10, 30)
    assert [band_name(v, limits, "deg") for v in (-30, -10, 9.9, 10, 30, 80)] == [
        "under -10 deg", "-10 to 10 deg", "-10 to 10 deg", "10 to 30 deg", "from 30 deg", "from 30 deg",
    ]  # fmt: skip
    clips = moving_clips()
    first = next(render_views(clips, load_frozen_cameras(), FRAMES, 0, None))
    view = replace(first, camera=replace(first.camera, rate_hz=25.0), pitch_deg=30.0, distance_m=4.0)
    assert labels_of(view, clips) == {
        "by_action": "walk",
        "by_camera_pitch": "from 30 deg",
        "by_camera_height": "from 1.5 m",  # 4 m x sin 30 = 2 m
        "by_distance": "3 to 6 m",
        "by_source_rate": "25 fps",
    }
    assert "by_action" not in labels_of(view, replace(clips, action=None))


def test_older_files_have_no_actions(tmp_path: Path) -> None:
    clips = moving_clips()
    bounds = np.append(clips.start, len(clips.positions))
    labels = {"clip_name": clips.name, "clip_source": clips.source, "clip_subject": clips.subject}
    np.savez(tmp_path / "old.npz", positions=clips.positions, clip_start=bounds, **labels)
    np.savez(tmp_path / "new.npz", positions=clips.positions, clip_start=bounds, clip_action=clips.action, **labels)
    old, new = load_clips(tmp_path / "old.npz"), load_clips(tmp_path / "new.npz")
    assert old.action is None
    assert old.select(np.array([True, False, True])).action is None
    assert new.select(np.array([False, True, True])).action.tolist() == ["jump", "walk"]


# --- tables


def test_rows_are_macro_means_over_the_reference_sources() -> None:
    of = [
        sample(0, "a", 10, rows=30, by_distance="from 6 m"),
        sample(1, "a", 50, rows=10, by_distance="from 6 m"),
        sample(2, "b", 40, by_distance="from 6 m"),
        sample(3, "b", 70, by_distance="under 1.5 m"),
        sample(4, "reactidle", 900, by_distance="from 6 m"),
    ]
    table = breakdown(of)["by_distance"]
    assert list(table) == ["under 1.5 m", "from 6 m"]
    far = table["from 6 m"]
    assert far["mpjpe_mm"] == pytest.approx((20 + 40) / 2)
    assert (far["views"], far["sources"]) == (3, 2)
    assert table["under 1.5 m"]["mpjpe_mm"] == 70
    assert breakdown(of)["by_joint"]["nose"]["p_mpjpe_mm"] == pytest.approx((20 + 55) / 2)
    assert "by_action" not in breakdown(of)


def test_spread_counts_draws_that_have_all_sources() -> None:
    of = [sample(0, "a", 10, 0, by_action="x"), sample(0, "a", 14, 1, by_action="x")]
    assert breakdown(of)["by_action"]["x"]["spread"]["mpjpe_mm"] == pytest.approx(2)
    of.append(sample(1, "b", 99, 1, by_action="x"))  # draw 0 has no b: one whole draw is left
    assert breakdown(of)["by_action"]["x"]["spread"] is None


def test_bands_are_in_order() -> None:
    rows = ["from 30 deg", "10 to 30 deg", "under -10 deg", "-10 to 10 deg"]
    of = [sample(n, "a", n, by_camera_pitch=row) for n, row in enumerate(rows)]
    assert list(breakdown(of)["by_camera_pitch"]) == [rows[2], rows[3], rows[1], rows[0]]


def test_lines_have_one_width_whatever_is_known() -> None:
    full = line("a very long name of an action that no table could have foreseen", summary([sample(0, "a", 12.34)]))
    part = line("nose", {"mpjpe_mm": 3.0, "accel_mm": float("nan")})
    assert len(full) == len(part)
    assert "     12.3" in full
    assert part.split() == ["nose", "3.0", "-", "-", "-", "-"]


# --- twins


def test_differences_are_paired_and_their_error_is_that_of_the_clips() -> None:
    first = [sample(0, "a", 52), sample(1, "a", 91), sample(2, "b", 33), sample(3, "b", 11)]
    second = [sample(0, "a", 50), sample(1, "a", 90), sample(2, "b", 30), sample(3, "b", 10)]
    found = differences(first, second)["mpjpe_mm"]
    assert found["mean"] == pytest.approx((1.5 + 2) / 2)
    # variance of a mean of two: 0.5^2 for (2, 1), 1 for (3, 1); of the mean over two sources: a quarter of the sum
    assert found["standard_error"] == pytest.approx(np.sqrt((0.25 + 1) / 4), abs=1e-3)
    assert differences(first[::2], second[::2])["mpjpe_mm"]["standard_error"] is None


def test_the_spread_of_a_difference_is_over_the_draws() -> None:
    first = [sample(0, "a", 10, 0), sample(0, "a", 20, 1)]
    second = [sample(0, "a", 8, 0), sample(0, "a", 24, 1)]
    found = differences(first, second)["mpjpe_mm"]
    assert found["mean"] == pytest.approx(-1)
    assert found["draw_spread"] == pytest.approx(3)
    with pytest.raises(ValueError, match="same views"):
        differences(first, second[::-1])


def test_twins_of_another_window_are_refused() -> None:
    one, other = Answering(right_wrist_off(0)), Answering(right_wrist_off(0))
    check_twin(one, other)
    other.frames = 81
    with pytest.raises(ConfigError, match="27 frames"):
        check_twin(one, other)


def test_twins_see_the_same_views_and_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    first, twin = Answering(right_wrist_off(51)), Answering(right_wrist_off(34))
    watching(monkeypatch, first, twin)
    result = evaluate.run(first, moving_clips(), draws=2, twins={"twin": twin})
    for kind in ("clean", "detector_errors"):
        found = result["twin"][kind]
        assert found["judged"]["mpjpe_mm"] == pytest.approx(3, abs=0.01) == result[kind]["mpjpe_mm"]
        assert found["twin"]["mpjpe_mm"] == pytest.approx(2, abs=0.01)
        assert found["difference"]["mpjpe_mm"]["mean"] == pytest.approx(1, abs=0.01)
        assert result[f"{kind}_fov_assumed"]["mpjpe_mm"] == result[kind]["mpjpe_mm"]  # this lifter does not ask
    text = evaluate.text(result, tables=True)
    assert "mpjpe +1.00" in text
    assert "by source rate, clean" in text
    assert "by source rate" not in evaluate.text(result, tables=False)
    assert breakdown_text(result) in text


# --- the newest frame


def test_frames_are_read_after_a_whole_window_and_before_the_longest_look_ahead() -> None:
    assert causal.read_positions(18, FRAMES, 3, 0) == []
    assert causal.read_positions(19, FRAMES, 3, 0) == [1]
    assert causal.read_positions(54, FRAMES, 1, 0) == [32]  # between 27 and 36
    for draw in range(5):
        assert all(27 <= place <= 36 for place in causal.read_positions(54, FRAMES, 4, draw))
        assert all(
            20 <= place <= 22 for place in causal.read_positions(40, FRAMES, 4, draw)
        )  # too short: its second half
    assert causal.read_positions(300, FRAMES, 2, 0) != causal.read_positions(300, FRAMES, 2, 1)


def numbered(rows: int) -> View:
    """A view whose image joints hold the row number."""
    number = np.arange(rows, dtype=np.float32)
    body = np.random.default_rng(0).normal(0, 0.3, (17, 3))
    body[:] = at_unit_stature(body[None, None])[0][0, 0]
    image = np.broadcast_to(number[:, None, None], (rows, 17, 2)).copy()
    true = np.broadcast_to(body, (rows, 17, 3)).copy()
    return View(0, image, np.ones((rows, 17), np.float32), Camera.assumed((100, 100), 50.0), true, np.ones(rows, bool))


class RecordingLifter(Answering):
    """Records the row numbers of every window.

    Its output holds the row number and that of the window's last row.
    """

    def __init__(self) -> None:
        super().__init__(None)
        self.windows: list[list[int]] = []

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        number = joints_image[0, :, 0, 0]
        self.windows.append(number.astype(int).tolist())
        out = np.random.default_rng(0).normal(0, 0.3, (FRAMES, 17, 3)).astype(np.float32)
        out[:] = out[0]
        out[:, 13] = out[:, 16] = 0
        out[:, 13, 0], out[:, 16, 0] = number, number.max()
        return out[None]


def test_a_causal_window_ends_look_ahead_frames_after_the_frame() -> None:
    lifter = RecordingLifter()
    reader = causal.FrameReader(lifter, numbered(60), "known")
    scale = reader.causal(40, 0)[0, 13, 0] / 40
    for ahead in causal.LOOK_AHEAD:
        joints, _ = reader.causal(40, ahead)
        assert joints[13, 0] / scale == pytest.approx(40)  # the frame that was asked for,
        assert joints[16, 0] / scale == pytest.approx(40 + ahead)  # from a window that knows no later one
        assert lifter.windows[-1] == list(range(40 + ahead - FRAMES + 1, 40 + ahead + 1))
    count = len(lifter.windows)
    reader.causal(44, 4)  # ends at 48, as frame 40 with 8 did
    assert len(lifter.windows) == count


def test_before_the_start_of_a_clip_the_library_pads() -> None:
    lifter = RecordingLifter()
    joints, _ = causal.FrameReader(lifter, numbered(60), "known").causal(5, 4)
    index, _ = pad_index(10, FRAMES)
    assert lifter.windows == [index.tolist()]
    assert joints[13, 0] / joints[16, 0] == pytest.approx(5 / 9)


def test_the_centred_window_has_its_frames_in_the_middle_and_stays_inside() -> None:
    lifter = RecordingLifter()
    reader = causal.FrameReader(lifter, numbered(60), "known")
    joints, true = reader.centred([29, 30, 31])
    np.testing.assert_allclose(true, numbered(60).true[29:32])
    assert lifter.windows == [list(range(17, 44))]
    assert (joints[:, 13, 0] / joints[:, 16, 0]).tolist() == pytest.approx([29 / 43, 30 / 43, 31 / 43])
    reader.centred([57, 58, 59])
    assert lifter.windows[-1] == list(range(33, 60))


def test_a_live_window_ends_with_the_same_frame_and_is_not_padded() -> None:
    lifter = RecordingLifter()
    reader = causal.FrameReader(lifter, numbered(60), "known")
    newest = WholeWindow(lifter)
    for ahead in causal.LOOK_AHEAD:
        as_live, as_window = reader.live(newest, 40, ahead), reader.causal(40, ahead)
        assert as_live.shape == as_window.shape == (2, 17, 3)
        assert as_live[0, 13, 0] / as_live[0, 16, 0] == pytest.approx(40 / (40 + ahead))
        assert lifter.windows[-1] == lifter.windows[-2]


def test_what_a_lifter_lacks_of_the_future_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use a lifter whose wrist is wrong in the last eight rows of its window.

    The error is 17 mm on average over the joints.
    """

    def answer(true: np.ndarray) -> np.ndarray:
        out = true.copy()
        out[-8:, 16, 1] += 0.017 * 17
        return out

    lifter = Answering(answer)
    watching(monkeypatch, lifter)
    clips = moving_clips((150, 150, 20))
    errors = replace(frozen_errors(), lost_per_s=0, enter_share=0)  # a row without a person could not be recognised
    found = causal.causal(lifter, clips, 2, 1, {"clean": None, "detector_errors": errors})
    for kind in ("clean", "detector_errors"):
        rows = found[kind]
        assert list(rows) == ["centred", "0", "4", "8", "16"]
        assert rows["centred"]["mpjpe_mm"] == pytest.approx(0, abs=0.01)
        assert rows["16"]["mpjpe_mm"] == pytest.approx(0, abs=0.01)
        assert rows["0"]["mpjpe_mm"] == pytest.approx(17, rel=0.05)
        assert rows["4"]["mpjpe_mm"] == pytest.approx(17, rel=0.05)
        assert rows["8"]["mpjpe_mm"] == pytest.approx(0, abs=0.01)
        assert rows["4"]["accel_mm"] < 0.2  # all three neighbours have the same error
        assert rows["4"]["against_centred"]["mpjpe_mm"]["mean"] == pytest.approx(17, rel=0.05)
    assert found["sampled"]["clips"] == 2  # the third is too short
    assert found["sampled"]["reads"] == 4


# --- the command


def test_the_command_ends_with_json_that_holds_everything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lifter = Answering(right_wrist_off(34))
    lifter.with_prune = lambda prune: lifter
    watching(monkeypatch, lifter)
    monkeypatch.setattr(evaluate, "open_lifter", lambda name, recipe: lifter)
    monkeypatch.setattr("training.evaluate.open_lifter.open_lifter", lambda name, recipe: lifter)
    clips = moving_clips((150, 60, 150))
    bounds = np.append(clips.start, len(clips.positions))
    np.savez(
        tmp_path / "m.npz", positions=clips.positions, clip_start=bounds, clip_name=clips.name,
        clip_source=clips.source, clip_subject=clips.subject, clip_action=clips.action,
    )  # fmt: skip
    base = ["--data", str(tmp_path / "m.npz"), "--draws", "1", "--json"]
    evaluate.main([*base, "--causal", "--no-prune", "--twin", "x"])
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 1
    result = json.loads(out[0], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert result["fov"] == "known"
    assert result["clean"]["by_action"]["walk"]["mpjpe_mm"] == pytest.approx(2, abs=0.01)
    assert {"twin", "no_prune", "causal", "clean_fov_assumed", "detector_errors_fov_assumed"} <= set(result)
    evaluate.main([*base, "--quick", "--fov", "assumed", "--every", "2"])
    result = json.loads(capsys.readouterr().out)
    assert (result["fov"], result["clips"]) == ("assumed", 2)
    assert "clean_fov_assumed" not in result


def test_what_is_not_known_is_null_in_json() -> None:
    assert plain({"a": [float("nan"), 1.5], "b": (float("inf"), "x", None, 2)}) == {
        "a": [None, 1.5],
        "b": [None, "x", None, 2],
    }


def test_a_missing_file_ends_the_command_with_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        evaluate.main(["--data", str(tmp_path / "none.npz"), "--weights", "x.safetensors", "--recipe", "none.json"])
    assert stopped.value.code == 2
    assert "none.json" in capsys.readouterr().err
