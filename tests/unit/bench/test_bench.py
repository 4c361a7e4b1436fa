"""Test `bench`: turns, exact costs, differences, and the command; speed is never asserted."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pipeline import cli, weights
from pipeline.bench import cases, tables
from pipeline.bench.cases import FULL, HOSTS, BenchCase
from pipeline.bench.measure import Result, Setting, difference_mm, interleaved, measure
from pipeline.bench.memory import LiveTensors, weight_bytes
from pipeline.bench.models import ModelFactory, moving_body
from pipeline.bench.modules import ModuleTimes, measure_modules, stopwatches
from pipeline.core.errors import ConfigError, ModelError
from pipeline.core.pruning_schedule import PruneConfig, default_schedule
from pipeline.lift.hourglass.layers import Attention
from pipeline.lift.networks.flops import Cost

TINY = {"frames": 27, "channels": 16, "depth": 4, "heads": 2}
CPU = torch.device("cpu")
TPS = PruneConfig("TPS", ((1, 13), (2, 9)), "TRI")


@pytest.fixture(autouse=True)
def _tiny_hosts(monkeypatch: pytest.MonkeyPatch):
    """Replace the hosts by small ones: the same code at a thousandth of the cost."""
    monkeypatch.setitem(HOSTS, "mixste", ("mixste", TINY))
    seq2frame = TINY | {"channels": 18, "hidden": 24, "depth": 3, "generation_depth": 1}
    monkeypatch.setitem(HOSTS, "mhformer", ("mhformer", seq2frame))
    monkeypatch.setitem(HOSTS, "motionbert", ("motionbert", TINY | {"representation": 16}))
    monkeypatch.setitem(HOSTS, "motionagformer-b", ("motionagformer", TINY | {"representation": 16}))


class Clock:
    """A clock that advances only by `busy`."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def busy(self, seconds: float) -> None:
        self.now += seconds


def result(title: str, seconds: tuple[float, ...], gflops: float, poses: int = 243, **case) -> Result:
    cost = Cost(1_000_000, gflops, 2 * gflops)
    return Result(BenchCase(title, "mixste", **case), cost, 243, poses, seconds, 12.5, (1.25, 9.75))


def test_models_take_turns_and_every_round_is_kept():
    clock, order = Clock(), []

    def run(name: str, seconds: float):
        def go() -> None:
            order.append(name)
            clock.busy(seconds * (1 + order.count(name)))  # each of its runs takes longer than the one before

        return go

    told = []
    seconds = interleaved([run("A", 1), run("B", 10)], 3, clock, lambda *step: told.append(step))
    assert order == ["A", "B"] * 3
    assert seconds == [(2, 3, 4), (20, 30, 40)]
    assert told == [("measuring", 0, 3), ("measuring", 1, 3), ("measuring", 2, 3)]


def test_ratios_are_those_of_neighbours():
    """A machine that becomes four times slower: medians of either model alone would mislead."""
    full = result("full", (2.0, 8.0, 8.8), 100)
    pruned = result("pruned", (1.0, 4.0, 4.0), 40, prune=TPS)
    assert pruned.times_faster(full) == 2.0
    assert (pruned.median_s, pruned.frames_s) == (4.0, 243 / 4)
    assert pruned.saved(full) == pytest.approx(0.6)
    assert result("one a pass", (0.5,), 1, poses=1).frames_s == 2.0


def test_a_schedule_that_keeps_all_changes_nothing():
    keeps_all = PruneConfig("TPS", ((1, 27), (3, 27)), "TRI")  # a schedule has to fall: the host refuses this one
    with pytest.raises(ModelError, match="Keeping 27 frames at block 3"):
        measure([BenchCase("all", "mixste", keeps_all)], Setting(CPU, 1, 1))
    for host in ("mixste", "mhformer", "motionbert", "motionagformer-b"):
        (all_kept, pruned) = measure(
            [
                BenchCase("all", host, PruneConfig("TPS", ((1, 27),))),
                BenchCase("pruned", host, PruneConfig("TPS", ((1, 9),))),
            ],
            Setting(CPU, 2, 1),
        )
        assert all_kept.difference_mm == (0, 0), host
        assert pruned.difference_mm is not None
        assert pruned.difference_mm[1] > pruned.difference_mm[0] > 0.1, host
        assert pruned.cost.gflops < all_kept.cost.gflops
        assert (pruned.poses, pruned.frames) == (1 if host == "mhformer" else 27, 27)


def test_as_published_goes_window_by_window_and_gives_the_same():
    case = BenchCase("full", "mixste")
    seen: list[int] = []
    (published,) = measure([cases.as_published(case)], Setting(CPU, 3, 1))
    assert published.difference_mm is not None
    assert published.difference_mm[1] < 1e-2  # the same sums in another order
    model = ModelFactory().build(cases.as_published(case))
    assert not any(layer.fused for layer in model.modules() if isinstance(layer, Attention))
    model.register_forward_hook(lambda _module, given, _out: seen.append(len(given[0])))
    from pipeline.bench.measure import BatchRunner

    x = moving_body(3, 27, 2)
    assert BatchRunner(cases.as_published(case), model, x).run().shape == (3, 27, 17, 3)
    assert seen == [1, 1, 1]
    BatchRunner(case, model, x).run()
    assert seen == [1, 1, 1, 3]


def test_times_are_of_one_window():
    clock = Clock()

    def tick() -> float:
        clock.busy(1)
        return clock()

    (one,) = measure([BenchCase("full", "mixste")], Setting(CPU, 4, 2), tick)
    assert one.seconds == (0.25, 0.25)


def test_weights_are_shared_seeded_and_alive():
    full, pruned = (ModelFactory().build(BenchCase("", "mixste", prune)) for prune in (FULL, TPS))
    assert full.state_dict().keys() == pruned.state_dict().keys()
    for name, tensor in full.state_dict().items():
        assert torch.equal(tensor, pruned.state_dict()[name]), name
        assert tensor.abs().sum() > 0, name  # zeros would hide what pruning changes
    x = moving_body(2, 27, 3)
    assert torch.equal(x, moving_body(2, 27, 3))
    assert x[..., 2].eq(1).all()
    assert not torch.equal(x[0], x[1])
    assert x[..., :2].abs().max() < 1


def test_where_no_weights_keep_every_frame_there_is_no_difference():
    """MotionAGFormer's temporal norms are as long as the frames that TRA was trained with."""
    hot = BenchCase("HoT", "motionagformer-b", PruneConfig("TPC", ((1, 9),), "TRA"))
    (alone,) = measure([hot], Setting(CPU, 1, 1))
    assert alone.difference_mm is None
    assert tables.values(alone, [alone])["difference_mean_mm"] is None
    assert "| - |" in tables.results_table([alone])[2]
    # MixSTE's are not: its HoT can be compared.
    (mixste,) = measure([BenchCase("HoT", "mixste", PruneConfig("TPC", ((1, 9),), "TRA"))], Setting(CPU, 1, 1))
    assert mixste.difference_mm is not None


def test_difference_by_hand():
    """One joint of 17 is 3, 4, 0 cm off in one of two frames; the whole body's shift does not count."""
    full = torch.zeros(1, 2, 17, 3)
    out = full + 5
    out[0, 1, 16] += torch.tensor([0.03, 0.04, 0])
    assert difference_mm(out, full, BenchCase("", "mixste")) == pytest.approx((50 / 34, 50), abs=1e-3)


def test_live_tensors_by_hand():
    layer = nn.Linear(10, 10)
    assert weight_bytes(layer) == 440
    x = torch.zeros(100, 10)
    with LiveTensors() as tensors, torch.no_grad():
        y = x + 1  # 4000 bytes
        view = y.t()  # none
        z = y * 2  # 8000 in all
        del y, view
        z.add_(1)  # none
        w = z.sum()  # 4 bytes, and 4000
        assert tensors.now == 4004
    assert tensors.peak == 8000
    del x, z, w
    assert tensors.now == 0


def test_bytes_grow_with_the_batch_and_fall_with_pruning():
    def peak(prune: PruneConfig, windows: int) -> float:
        return measure([BenchCase("", "mixste", prune)], Setting(CPU, windows, 1))[0].memory_mb

    assert peak(FULL, 4) > 1.5 * peak(FULL, 1)
    assert peak(PruneConfig("TPS", ((0, 9),)), 4) < 0.6 * peak(FULL, 4)


def test_stopwatches_see_the_modules_and_leave_no_trace():
    clock = Clock()

    def now() -> float:
        clock.busy(1)
        return clock()

    x = moving_body(1, 27, 2)
    model = ModelFactory().build(BenchCase("", "mixste", TPS))
    plain, before = model(x), dict(vars(model))
    with stopwatches(model, now) as spent:
        assert torch.equal(model(x), plain)
    # A second for each of the four blocks' calls, for TRA's (which does nothing here) and for TRI's.
    assert spent == {"prune": 4, "recover": 2, "overhead": 0}
    assert dict(vars(model)) == before
    assert "recover" not in vars(model.pruner)
    model = ModelFactory().build(BenchCase("", "mixste", PruneConfig("TPA", TPS.schedule)))
    with stopwatches(model, now) as spent:
        model(x)
    assert spent["overhead"] == 2  # the two layers whose attention is read, once more by the fused kernel
    assert not any("forward_columns" in vars(layer) for layer in model.modules())


def test_share_of_the_modules():
    shares = ModuleTimes(
        BenchCase("", "mixste", TPS), whole=[1.0, 2.0, 4.0], prune=[0.01, 0.02, 0.04], recover=[0.01, 0.04, 1]
    )
    assert shares.share == pytest.approx(0.03)
    assert (shares.prune_ms, shares.recover_ms, shares.whole_ms) == pytest.approx((20, 40, 2000))
    rows = measure_modules(cases.modules("mixste", TPS.schedule), Setting(CPU, 1, 2))
    assert [own.case.title for own in rows][:3] == ["TPS + TRI", "TPMo + TRI", "TPA + TRI"]
    for own in rows:
        assert len(own.whole) == len(own.prune) == len(own.recover) == 2
        assert all(whole > recover > 0 for whole, recover in zip(own.whole, own.recover, strict=True))


@pytest.mark.parametrize(
    ("frames", "depth", "schedule"),
    [
        (243, 8, ((1, 121), (2, 75))),
        (243, 16, ((2, 121), (4, 75))),
        (351, 3, ((1, 175), (2, 109))),
        (27, 12, ((2, 13), (3, 9))),
        (3, 8, ()),
    ],
)
def test_the_default_schedule_scales(frames: int, depth: int, schedule: tuple[tuple[int, int], ...]):
    assert default_schedule(frames, depth) == schedule
    PruneConfig("TPMo", schedule).check(frames, depth, seq2frame=True)


def test_the_default_schedule_saves_more_than_the_papers_best_case():
    from pipeline.lift.networks.flops import count
    from pipeline.lift.networks.mixste import MixSTE

    with torch.device("meta"):
        full, pruned = (MixSTE(prune=PruneConfig("TPS", schedule)) for schedule in ((), default_schedule(243, 8)))
    cost, less = (count(model, 243, 17, 2).gflops for model in (full, pruned))
    assert cost == pytest.approx(277.25, rel=0.01)
    assert 0.574 < 1 - less / cost < 0.6


def command(*arguments: str, capfd: pytest.CaptureFixture[str]) -> tuple[int, list[dict], str]:
    code = cli.main(["bench", *arguments, "--json"])
    printed = capfd.readouterr()
    records = [json.loads(line) for line in printed.out.splitlines()]
    return code, [r for r in records if r.get("status") != "running"], printed.err


def test_the_command_full_against_pruned(capfd: pytest.CaptureFixture[str]):
    code, (full, pruned, done), _ = command("--prune", "tpc", "--tokens", "13,9", "--at", "1,2", "--repeats", "3", capfd=capfd)  # fmt: skip  # noqa: E501
    assert code == 0
    assert (full["name"], pruned["name"], done["status"]) == ("mixste, full", "mixste, pruned", "done")
    assert full["times_full"] == 1
    assert full["difference_max_mm"] == 0
    assert pruned["prune"] == {"strategy": "TPC", "schedule": [[1, 13], [2, 9]], "recover": "TRI"}
    assert pruned["gflops_saved"] == pytest.approx(1 - pruned["gflops"] / full["gflops"])
    assert len(pruned["seconds"]) == 3
    assert pruned["times_full"] == pytest.approx(
        np.median([f / p for f, p in zip(full["seconds"], pruned["seconds"], strict=True)])
    )
    assert pruned["frames_per_second"] == pytest.approx(27 / pruned["seconds_per_window"])


def test_the_command_without_pruning_options_takes_the_default(capfd: pytest.CaptureFixture[str]):
    _, (_, pruned, published, pruned_published, _), _ = command("--repeats", "1", "--as-published", capfd=capfd)
    assert pruned["prune"]["schedule"] == [list(pair) for pair in default_schedule(27, 4)]
    assert published["as_published"]
    assert pruned_published["prune"] == pruned["prune"]
    assert len(command("--prune", "none", "--repeats", "1", capfd=capfd)[1]) == 2


def test_the_command_on_a_lifter_and_stored_input(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    """The bundled weights; the input keeps its number of windows, and a still body shows no difference in time."""
    entry = weights.find()
    np.savez(tmp_path / "x.npz", input=moving_body(2, entry.frames, len(entry.channels)).numpy())
    code, (full, pruned, done), _ = command(
        "--lifter", entry.name, "--input", str(tmp_path / "x.npz"), "--repeats", "1", capfd=capfd
    )
    assert (code, done["batch"]) == (0, 2)
    assert full["parameters"] == entry.parameters
    assert pruned["prune"] == PruneConfig.from_json(entry.prune).to_json()
    assert 0 < pruned["difference_mean_mm"] < 50  # small for trained weights
    assert (full["weights"], full["difference_max_mm"]) == ("file", 0)


def test_the_table_and_the_headline(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """Run the standard set with small hosts; published schedules do not fit, so it is shortened."""
    monkeypatch.setattr(cases, "standard", lambda default, lifter, prune: [BenchCase("a", "mixste"), BenchCase("b", "mixste", default)])  # fmt: skip  # noqa: E501
    assert cli.main(["bench", "--table", "--repeats", "1"]) == 0
    table = [line for line in capfd.readouterr().out.splitlines() if line.startswith("|")]
    assert [line.split("|")[1].strip() for line in table] == ["model", "---", "a", "b"]
    assert len({line.count("|") for line in table}) == 1
    monkeypatch.setattr("pipeline.system.devices.fast_bfloat16", lambda device: False)
    assert cli.main(["bench", "--headline", "--repeats", "1"]) == 0
    out = capfd.readouterr().out
    assert "2 windows a run" in out  # a window and its mirror image
    assert "fewer GFLOPs" in out
    assert "bfloat16 is left out" in out
    monkeypatch.setattr("pipeline.system.devices.fast_bfloat16", lambda device: True)
    _, records, _ = command("--headline", "--repeats", "1", capfd=capfd)
    assert [r.get("precision") for r in records] == ["float32"] * 3 + ["bfloat16"] * 2 + [None]
    half = records[4]
    assert half["times_full"] == pytest.approx(
        records[3]["seconds"][0] / half["seconds"][0]
    )  # the full one in bfloat16
    assert half["times_as_published"] == pytest.approx(records[0]["seconds"][0] / half["seconds"][0])


def test_the_standard_set_is_the_published_one():
    """Every host appears full and pruned, with the schedules whose cost `test_flops` checks."""
    chosen = cases.standard(TPS, "some_lifter", TPS)
    assert {r.model for r in chosen} == {"mixste", "mhformer", "motionbert", "motionagformer-b", "some_lifter"}
    hot = {r.title: (r.prune.schedule, r.prune.recover) for r in chosen if r.prune.strategy == "TPC"}
    assert hot == {
        "HoT-MixSTE": (((3, 81),), "TRA"),
        "TPC-MHFormer": (((1, 117),), ""),
        "HoT-MotionBERT": (((1, 81),), "TRA"),
        "HoT-MotionAGFormer-B": (((7, 81),), "TRA"),
    }
    assert [r.title for r in chosen if r.as_published] == ["MixSTE, as published"]
    for r in chosen:
        assert any(other.full and other.model == r.model for other in chosen), r


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--table", "--host", "mixste"], "--table has its own models: --host cannot be added", "Leave one"),
        (["--repeats", "0"], "--repeats 0 makes no sense", "Choose 1"),
        (["--modules", "--prune", "none"], "Nothing is pruned", "Name a schedule"),
        (["--prune", "tps", "--tokens", "9", "--at", "4"], "Pruning at block 4 does not fit", "Correct"),
        (["--recover", "none"], "cannot be pruned without recovering", "Choose one of"),
        (["--lifter", "nobody"], "There is no lifter called 'nobody'", "Known"),
        (["--input", "missing.npz"], "cannot be read", "array 'input'"),
        (["--device", "toaster"], "toaster", "Choose"),
    ],
)
def test_what_a_user_can_put_right(arguments: list[str], message: str, hint: str, capfd: pytest.CaptureFixture[str]):
    code, records, error = command(*arguments, capfd=capfd)
    assert code == 2
    assert message in records[-1]["message"]
    assert hint in records[-1]["hint"]
    assert message in error


def test_bfloat16_is_refused_where_it_would_take_minutes(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pipeline.system.devices.fast_bfloat16", lambda device: False)
    code, (error,), _ = command("--precision", "bfloat16", capfd=capfd)
    assert (code, error["hint"]) == (2, "Use float32.")


def test_input_of_another_model_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    np.savez(tmp_path / "x.npz", input=np.zeros((1, 9, 17, 2), np.float32))
    code, records, _ = command("--input", str(tmp_path / "x.npz"), "--repeats", "1", capfd=capfd)
    assert code == 2
    assert "(1, 9, 17, 2)" in records[-1]["message"]
    assert "27, 17, 2" in records[-1]["message"]


def test_recipes_that_cannot_be():
    with pytest.raises(ConfigError, match="no host called 'resnet'"):
        BenchCase("", "resnet")
    with pytest.raises(ConfigError, match="precision"):
        BenchCase("", "mixste", precision="int8")
    with pytest.raises(ConfigError, match="as published"):
        BenchCase("", "mixste", as_published=True, precision="bfloat16")
