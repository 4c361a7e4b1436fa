"""Test losses and metrics of known values, resumed runs, and the evaluation."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.core.errors import ConfigError, ModelError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.core.skeletons import H36M17
from pipeline.lift.checkpoints.load import read_state_dict
from training import metrics
from training.data.motion_file import Clips
from training.evaluate import per_sample
from training.evaluate.frozen_views import draw_frozen_cameras, load_frozen_cameras, render_views
from training.evaluate.open_lifter import lifter_of_recipe, open_lifter
from training.evaluate.per_sample import sample_metrics, summary
from training.fit import losses
from training.fit.checkpoint import WeightAverage, fit_to_model, load_checkpoint
from training.fit.recipe import TrainRecipe, TrainStage, load_recipe
from training.fit.train import Trainer, learning_rate, predict, stage_progress
from training.synthesis.detector_errors import load_model

RECIPES = Path(losses.__file__).with_name("recipes")


def moving_clips(count: int = 3) -> Clips:
    """Return swinging bodies of random bones, enough to make batches of."""
    rng = np.random.default_rng(0)
    t = np.arange(90)[:, None, None] / 60
    parts = []
    for _ in range(count):
        rest = rng.normal(0, 0.3, (17, 3)) + np.array([0, 0, 1])
        parts.append(rest + 0.1 * np.sin(4 * t + rng.uniform(0, 6, (17, 3))))
    positions = np.concatenate(parts).astype(np.float32)
    start = np.arange(count) * 90
    names = np.array([f"person_{n}" for n in range(count)])
    return Clips(positions, start, np.full(count, 90), names, np.full(count, "cmu-asf"), names)


def tiny(*stages: TrainStage) -> TrainRecipe:
    return TrainRecipe(stages, sizes={"channels": 8, "depth": 2, "heads": 2, "mlp_ratio": 2})


# --- losses and measures


def test_losses_of_a_known_offset() -> None:
    rng = np.random.default_rng(0)
    true = torch.from_numpy(rng.normal(size=(2, 5, 17, 3)))
    true = true - true[:, :, :1]
    total, parts = losses.pose_loss(true + 3.0, true, losses.LossWeights())  # a common offset is free
    assert float(total) == pytest.approx(0, abs=1e-6)
    off = true.clone()
    off[:, :, 3, 0] += 0.17  # one ankle, which weighs 2
    _, parts = losses.pose_loss(off, true, losses.LossWeights())
    assert float(parts["position"]) == pytest.approx(0.17 * 2 / 17)
    assert float(parts["velocity"]) == pytest.approx(0, abs=1e-9)
    longer, parts = losses.pose_loss(true * 1.1, true, losses.LossWeights(0, 0, 1, 0))
    parents, children = zip(*H36M17.bones, strict=True)
    bones = true[:, :, list(children)] - true[:, :, list(parents)]
    assert float(longer) == pytest.approx(0.1 * float(bones.norm(dim=-1).mean()))
    assert float(parts["direction"]) == pytest.approx(0, abs=1e-6)


def test_a_single_frame_has_no_velocity() -> None:
    one = torch.randn(3, 1, 17, 3)
    total, parts = losses.pose_loss(one, torch.zeros_like(one), losses.LossWeights())
    assert "velocity" not in parts
    assert torch.isfinite(total)


def test_measures_forgive_what_they_promise() -> None:
    rng = np.random.default_rng(1)
    true = rng.normal(size=(6, 17, 3))
    angle = 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    assert metrics.mpjpe(true + 5, true).max() < 1e-12
    root = true - true[:, :1]
    assert metrics.n_mpjpe(root * 1.3, true).max() < 1e-12
    assert metrics.mpjpe(root * 1.3, true).min() > 0.1
    assert metrics.p_mpjpe(1.3 * true @ turn + 2, true).max() < 1e-12
    assert metrics.n_mpjpe(true @ turn, true).min() > 0.1
    mirrored = true * [-1, 1, 1]
    assert metrics.p_mpjpe(mirrored, true).min() > 0.1  # a mirror image is not forgiven


def test_acceleration_is_reported_at_50_hz() -> None:
    true = np.zeros((9, 17, 3))
    frame = np.arange(9)
    moved = true.copy()
    moved[:, 5, 0] = 0.5 * 0.01 * frame**2  # 0.01 m per frame^2
    assert metrics.acceleration_error(moved, true, 50.0).mean() == pytest.approx(0.01 / 17)
    assert metrics.acceleration_error(moved, true, 25.0).mean() == pytest.approx(0.01 / 17 / 4)


def test_flattening_shows_in_the_peak_speed() -> None:
    t = np.arange(60) / 30
    true = np.zeros((60, 17, 3))
    true[:, 16, 0] = np.sin(8 * t)
    true[:, 3, 1] = np.sin(5 * t)
    assert metrics.peak_speed(true * 0.8, 30.0) / metrics.peak_speed(true, 30.0) == pytest.approx(0.8)
    assert 4 < metrics.peak_speed(true, 30.0) < 8


# --- recipes and state


def test_the_committed_recipes_load_and_end_as_the_pipeline_wants() -> None:
    paths = sorted(RECIPES.glob("*.json"))
    assert {"fast", "quality", "small"} <= {path.stem for path in paths}
    for path in paths:
        recipe = load_recipe(path)
        last, used = recipe.stages[-1], recipe.result
        assert used.frames == 243
        assert used.stride == 1
        dense = tuple((block, keep * last.stride) for block, keep in last.schedule)
        assert used.schedule == (recipe.schedule or dense)
        model = recipe.model(used)
        assert model.pruner.config.schedule == used.schedule


@pytest.mark.parametrize("text", ["", "{}", '{"stages": [{"name": "a"}]}', '{"stages": [], "depht": 3}'])
def test_a_recipe_with_mistakes_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(text)
    with pytest.raises(ConfigError):
        load_recipe(tmp_path / "r.json")


def test_a_stage_warms_up_decays_and_ends() -> None:
    stage = TrainStage("a", 9, 2, lr=1.0, steps=100, minutes=10, warmup_steps=10, last_lr=0.1)
    rates = [learning_rate(stage, step, stage_progress(stage, step, 0)) for step in range(101)]
    assert rates[0] == pytest.approx(0.1, rel=0.01)
    assert max(rates) == rates[9] or rates.index(max(rates)) == 9
    assert all(a > b for a, b in itertools.pairwise(rates[9:]))
    assert rates[100] == pytest.approx(0.1)
    assert stage_progress(stage, 50, 540) == pytest.approx(0.9)  # time is nearer to its end


def test_weights_of_a_short_window_fit_a_long_one() -> None:
    short, long, other = (
        tiny(TrainStage("s", frames, 1, 1e-3, steps=1)).model(TrainStage("s", frames, 1, 1e-3, steps=1))
        for frames in (1, 9, 27)
    )
    torch.nn.init.normal_(short.Temporal_pos_embed)
    once = fit_to_model(short.state_dict(), long)
    assert torch.equal(once["Temporal_pos_embed"][:, 0], once["Temporal_pos_embed"][:, 8])
    torch.nn.init.normal_(long.Temporal_pos_embed)
    twice = fit_to_model(long.state_dict(), other)["Temporal_pos_embed"]
    assert twice.shape == (1, 27, 8)
    torch.testing.assert_close(twice[:, [0, 13, 26]], long.Temporal_pos_embed[:, [0, 4, 8]])


def test_the_average_follows_the_weights() -> None:
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(model.weight)
    average = WeightAverage(model, decay=0.9)
    torch.nn.init.ones_(model.weight)
    for _ in range(200):
        average.update(model)
    assert float(average.weights["weight"]) == pytest.approx(1, abs=1e-6)


def test_training_learns(tmp_path: Path) -> None:
    recipe = tiny(TrainStage("one", 1, 64, lr=3e-3, steps=60, warmup_steps=5))
    Trainer(recipe, moving_clips(), [load_model()], tmp_path).run()
    rows = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    curve = [row["loss"] for row in rows if "loss" in row]
    assert len(curve) == 3
    assert curve[-1] < 0.8 * curve[0]
    assert any("held_out_p_mpjpe_mm" in row for row in rows)


def test_a_stopped_run_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    stages = (TrainStage("one", 1, 8, 1e-3, steps=3), TrainStage("nine", 9, 2, 1e-3, steps=4, schedule=((1, 5),)))
    Trainer(tiny(*stages), moving_clips(), [load_model()], tmp_path / "through").run()

    class Interrupted(Trainer):
        """Stops in the middle of the second stage."""

        def _batch(self, stage: TrainStage, step: int):
            if stage.name == "nine" and step == 2:
                self.stop.set()
            return super()._batch(stage, step)

    Interrupted(tiny(*stages), moving_clips(), [load_model()], tmp_path / "stopped").run()
    saved = load_checkpoint(tmp_path / "stopped" / "checkpoint.pt")
    assert saved is not None
    assert saved["progress"][0] == 1
    assert saved["progress"][1] < 4
    assert not (tmp_path / "stopped" / "nine.safetensors").exists()
    Trainer(tiny(*stages), moving_clips(), [load_model()], tmp_path / "stopped").run()
    through, stopped = (read_state_dict(tmp_path / name / "nine.safetensors") for name in ("through", "stopped"))
    assert set(through) == set(stopped)
    for name, value in through.items():
        torch.testing.assert_close(stopped[name], value, rtol=0, atol=0)


def test_a_damaged_checkpoint_is_named(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(ModelError, match="checkpoint"):
        load_checkpoint(tmp_path / "checkpoint.pt")


# --- the evaluation


class KnownLifter:
    """Returns the truth times a scale, with every joint but the pelvis off by `off_m` along x."""

    name, frames, rate_hz, unit_stature_m, device_name, precision = "known", 27, (24.0, 75.0), 1.55, "cpu", "float32"

    def __init__(self, off_m: float, scale: float = 1.0) -> None:
        self.off_m, self.scale = off_m, scale
        self.truth = np.zeros((27, 17, 3))

    def lift_windows(self, joints_image, scores, camera, cancel=None, depth=None):
        out = (self.truth - self.truth[:, :1])[None].copy()
        out[:, :, 1:, 0] += self.off_m
        return (out * self.scale).astype(np.float32)

    def close(self) -> None: ...


def test_the_evaluation_finds_an_error_that_was_put_in(monkeypatch: pytest.MonkeyPatch) -> None:
    clips = moving_clips()
    lifter = KnownLifter(0.0, scale=1.4)  # a wrong size is no error: both are brought to one stature
    render = per_sample.render_views

    def show(*args):
        for view in render(*args):
            lifter.truth = view.true
            yield view

    def result_of(draws: int) -> dict:
        return summary(sample_metrics({"it": (lifter, "known")}, clips, draws, load_model())["it"])

    monkeypatch.setattr(per_sample, "render_views", show)
    result = result_of(2)
    assert result["mpjpe_mm"] == pytest.approx(0, abs=0.01)
    assert result["peak_speed_share"] == pytest.approx(1, abs=1e-3)
    lifter.off_m, lifter.scale = 0.017, 1.0
    result = result_of(1)
    assert 10 < result["mpjpe_mm"] < 18
    assert result["accel_mm"] < 0.5  # it is off, but does not tremble
    assert set(result["by_source"]) == {"cmu-asf"}


def test_the_frozen_views_cover_what_people_film_with() -> None:
    frozen = load_frozen_cameras()
    cameras = frozen.cameras
    assert len(cameras) >= 200
    assert cameras.distance_m.min() < 0.9
    assert cameras.distance_m.max() > 9.5
    assert cameras.pitch_deg.min() < -20
    assert cameras.pitch_deg.max() > 60
    assert np.abs(cameras.roll_deg).max() > 20
    assert {24.0, 30.0, 60.0} <= set(frozen.rate_hz)
    drawn = draw_frozen_cameras()["views"]
    assert [row["fov_deg"] for row in drawn] == pytest.approx(cameras.fov_deg.tolist())


def test_views_are_the_same_every_time_and_differ_between_draws() -> None:
    clips, cameras, model = moving_clips(), load_frozen_cameras(), load_model()
    one, again, other = (list(render_views(clips, cameras, 27, draw, model)) for draw in (0, 0, 1))
    for a, b, c in zip(one, again, other, strict=True):
        np.testing.assert_array_equal(a.image, b.image)
        np.testing.assert_array_equal(a.true, b.true)
        assert a.true.shape == c.true.shape
        assert np.abs(a.true - c.true).max() > 0.01


def test_weights_outside_the_manifest_can_be_evaluated(tmp_path: Path) -> None:
    stage = {"name": "nine", "frames": 9, "batch": 2, "lr": 0.001, "steps": 1, "schedule": [[1, 5]]}
    (tmp_path / "r.json").write_text(json.dumps({"sizes": {"channels": 8, "depth": 2, "heads": 2}, "stages": [stage]}))
    recipe = load_recipe(tmp_path / "r.json")
    Trainer(recipe, moving_clips(), [load_model()], tmp_path).run()
    lifter = lifter_of_recipe(tmp_path / "nine.safetensors", tmp_path / "r.json")
    whole = lifter.with_prune(PruneConfig())  # the same weights without pruning: what --no-prune compares with
    both = sample_metrics({"pruned": (lifter, "known"), "whole": (whole, "known")}, moving_clips(), 1, None)
    metrics = both["pruned"][0].metrics
    assert np.isfinite(list(metrics.values())).all()
    assert (lifter.prune.schedule, whole.prune.schedule) == (((1, 5),), ())
    assert both["whole"][0].metrics["mpjpe_mm"] != metrics["mpjpe_mm"]
    with pytest.raises(ConfigError, match="in no manifest"):
        open_lifter(str(tmp_path / "nine.safetensors"))
    model = recipe.model(recipe.stages[-1])
    assert predict(model, np.zeros((3, 9, 17, 3), np.float32)).shape == (3, 9, 17, 3)
