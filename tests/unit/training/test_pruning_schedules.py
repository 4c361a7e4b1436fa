"""Test the schedule tables on outputs of known error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.core.camera import Camera
from pipeline.core.errors import ConfigError
from pipeline.core.pruning_schedule import PruneConfig
from training.data.motion_file import Clips, at_unit_stature
from training.evaluate import pruning_schedules
from training.evaluate.frozen_views import View

FRAMES = 10
RATE_HZ = 50.0


def clips(count: int = 3, source: str = "cmu-asf") -> Clips:
    """Return a swinging body of random bones, several times; all clips have fast frames."""
    rng, t = np.random.default_rng(0), np.arange(90)[:, None, None] / 60
    swing = rng.normal(0, 0.3, (17, 3)) + [0, 0, 1] + 0.1 * np.sin(4 * t + rng.uniform(0, 6, (17, 3)))
    parts = [swing] * count
    names = np.array([f"person_{n}" for n in range(count)])
    positions = np.concatenate(parts).astype(np.float32)
    return Clips(positions, np.arange(count) * 90, np.full(count, 90), names, np.full(count, source), names)


def view(moving: slice) -> View:
    """Return one body whose left wrist moves at 1.7 m/s in some frames.

    The wrist (13) is in no bone of the stature. The last row is padding.
    """
    pose = np.random.default_rng(0).normal(0, 0.3, (17, 3))
    true = np.repeat(pose[None], FRAMES, axis=0)
    step = np.zeros(FRAMES)
    step[moving] = 1.7 / RATE_HZ
    true[:, 13, 0] += step.cumsum()
    true, _ = at_unit_stature(true[None])
    own = np.arange(FRAMES) < FRAMES - 1
    image, scores = np.zeros((FRAMES, 17, 2), np.float32), np.ones((FRAMES, 17), np.float32)
    return View(0, image, scores, Camera.assumed((100, 100), RATE_HZ), true[0], own)


def off_by(true: np.ndarray, mm: float, rows: slice = slice(None)) -> np.ndarray:
    """Displace the right wrist by 17 x mm, so that the mean error over the joints is `mm`."""
    out = true - true[:, :1]
    out[rows, 16, 1] += 17 * mm / 1000
    return out.astype(np.float32)


def test_errors_and_differences_of_known_outputs() -> None:
    seen = [("a", view(slice(6, 8))), ("b", view(slice(6, 8)))]
    fast = pruning_schedules.fast_rows(seen)
    full = [off_by(s.true, 2) for _, s in seen]
    lifted = [off_by(s.true, mm) for (_, s), mm in zip(seen, (5, 3), strict=True)]
    result, of_fast = pruning_schedules.schedule_metrics(seen, lifted, full, fast)
    assert result.mpjpe_mm == pytest.approx(4, abs=1e-3)  # sources count the same
    assert result.fast_mpjpe_mm == pytest.approx(4, abs=1e-3)
    assert result.difference_mm == pytest.approx(2, abs=1e-3)
    assert result.peak_speed_share == pytest.approx(1, abs=1e-3)
    assert result.p_mpjpe_mm > 1
    np.testing.assert_allclose(of_fast, [5, 3], atol=1e-3)


def test_fast_frames_are_measured_by_themselves_and_padding_not_at_all() -> None:
    seen = [("a", view(slice(4, 5)))]
    fast = pruning_schedules.fast_rows(seen)
    assert [row.tolist() for row in fast] == [[n == 4 for n in range(FRAMES - 1)]]
    wrong = off_by(seen[0][1].true, 0)
    wrong[4] = off_by(seen[0][1].true, 9)[4]
    wrong[-1] += np.linspace(0, 5, 51).reshape(17, 3)
    result, _ = pruning_schedules.schedule_metrics(seen, [wrong], [off_by(seen[0][1].true, 0)], fast)
    assert result.fast_mpjpe_mm == pytest.approx(9, abs=1e-2)
    assert result.fast_difference_mm == pytest.approx(9, abs=1e-2)
    assert result.mpjpe_mm == pytest.approx(1, abs=1e-2)  # one of nine rows


def test_the_fastest_are_those_of_their_own_source() -> None:
    """A source of slow people has fast frames too."""
    seen = [("fast", view(slice(2, 3))), ("slow", view(slice(7, 8)))]
    seen[1][1].true[:, 13] = seen[1][1].true[0, 13] + (seen[1][1].true[:, 13] - seen[1][1].true[0, 13]) / 10
    assert [int(row.argmax()) for row in pruning_schedules.fast_rows(seen)] == [2, 7]
    assert [int(row.sum()) for row in pruning_schedules.fast_rows(seen)] == [1, 1]


def test_gain_is_paired_by_clip() -> None:
    even, following = np.array([100.0, 50.0, np.nan, 10.0]), np.array([98.0, 49.0, np.nan, 10.0])
    mean, error = pruning_schedules.paired_change(following, even)
    assert mean == pytest.approx(-1)
    assert error == pytest.approx(1 / np.sqrt(3))


def test_every_schedule_can_be_followed_and_motion_has_its_even_twin() -> None:
    rows = pruning_schedules.standard_schedules(243, PruneConfig("TPS", ((2, 121), (4, 81))))
    for prune in rows.values():
        prune.check(243, 6)
        assert not prune.motion_share or PruneConfig(prune.strategy, prune.schedule) in rows.values()
    assert next(iter(rows.values())) == PruneConfig()
    assert {prune.strategy for prune in rows.values()} == {"TPC", "TPA", "TPMo", "TPS"}
    for frames in (81, 27):  # a small model, and one that is not pruned by itself
        assert all(
            prune.check(frames, 6) is None
            for prune in pruning_schedules.standard_schedules(frames, PruneConfig()).values()
        )


def test_a_run_with_the_bundled_lifter(monkeypatch: pytest.MonkeyPatch) -> None:
    even, following = PruneConfig("TPS", ((1, 27),)), PruneConfig("TPS", ((1, 27),), motion_share=0.5)
    chosen = {"unpruned": PruneConfig(), "all": PruneConfig("TPS", ((1, 243),)), "even": even, "following": following}
    monkeypatch.setattr(pruning_schedules, "standard_schedules", lambda frames, default: chosen)
    result = pruning_schedules.run("", clips(), draws=1, windows=2)
    full, kept_all, plain, moved = result["rows"]
    assert result["windows"] == 2
    assert full["clean"]["difference_mm"] == kept_all["clean"]["difference_mm"] == full["saving"] == 0
    assert kept_all["clean"]["mpjpe_mm"] == full["clean"]["mpjpe_mm"]
    assert plain["gflops"] == moved["gflops"] < 0.6 * full["gflops"]
    assert plain["clean"]["difference_mm"] > 1
    assert plain["clean"]["fast_against_even"] is None
    gain, error = moved["detector_errors"]["fast_against_even"]
    assert np.isfinite([gain, error]).all()
    text = pruning_schedules.tables(result)
    widths = {line.count("|") for line in text.splitlines() if line.startswith("|")}
    assert widths == {12, 8}  # both tables are whole
    assert all(f"| {title} |" in text for title in chosen)
    assert f"{gain:+.1f} ± {error:.1f}" in text


def test_tables_replace_those_below_the_marker(tmp_path: Path) -> None:
    document = tmp_path / "schedules.md"
    document.write_text("Words.\n" + pruning_schedules.MARKER + "\nold\n", "utf-8")
    pruning_schedules.update(document, None)
    assert document.read_text("utf-8").endswith("old\n")
    pruning_schedules.update(document, "new ±")
    assert document.read_text("utf-8") == "Words.\n" + pruning_schedules.MARKER + "\nnew ±\n"
    for wrong in (tmp_path / "none.md", Path(__file__).parent):
        with pytest.raises(ConfigError, match="has no line"):
            pruning_schedules.update(wrong, None)


def test_a_file_without_people_who_move_is_refused() -> None:
    with pytest.raises(ConfigError, match="no clips beside 'reactidle'"):
        pruning_schedules.run("", clips(source="reactidle"), draws=1, windows=0)
