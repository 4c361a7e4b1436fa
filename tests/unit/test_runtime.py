"""Device and precision: what is asked for, what is there, and that bfloat16 has to earn its place."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import torch

from pipeline import runtime
from pipeline.errors import ModelError

CPU = torch.device("cpu")


def test_devices():
    assert runtime.choose_device("cpu") == CPU
    assert runtime.choose_device("auto").type in ("cpu", "cuda", "mps")
    with pytest.raises(ModelError, match="'cuda:99'"):
        runtime.choose_device("cuda:99")
    with pytest.raises(ModelError, match="'meta'"):
        runtime.choose_device("meta")


def test_description_is_plain_json():
    facts = runtime.describe()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["torch"] == torch.__version__
    assert facts["threads"] == torch.get_num_threads()
    assert facts["processor"]
    assert {"python", "torch", "numpy"} <= set(runtime.versions())


def test_an_idle_gpu_is_warned_of(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(runtime, "_nvidia_gpus", lambda: ("RTX 9000",))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    (warning,) = runtime.describe()["warnings"]
    assert "RTX 9000" in warning
    assert "without CUDA" in warning
    monkeypatch.setattr(torch.version, "cuda", "12.4")
    assert "driver" in runtime.describe()["warnings"][0]
    with pytest.raises(ModelError, match="RTX 9000"):
        runtime.choose_device("cuda")
    monkeypatch.setattr(runtime, "_nvidia_gpus", tuple)
    assert runtime.describe()["warnings"] == []


def test_a_core_is_left_for_the_detector_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch):
    set_to: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", set_to.append)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    monkeypatch.setattr(runtime.os, "cpu_count", lambda: 4)
    monkeypatch.setattr(runtime.os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    runtime.leave_a_core()
    assert set_to == [3]
    monkeypatch.setattr(runtime.os, "sched_getaffinity", lambda pid: {2}, raising=False)
    runtime.leave_a_core()
    assert set_to == [3, 1]
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    runtime.leave_a_core()
    assert set_to == [3, 1]


class Model:
    """`run` of a model that takes the given seconds per precision."""

    def __init__(self, float32: float, bfloat16: float) -> None:
        self.seconds = {torch.float32: float32, torch.bfloat16: bfloat16}
        self.ran: list[torch.dtype] = []

    def __call__(self, dtype: torch.dtype) -> None:
        self.ran.append(dtype)
        time.sleep(self.seconds[dtype])


@pytest.fixture
def fast_hardware(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "_has_bfloat16", lambda device: True)
    monkeypatch.setattr(runtime, "_probe_is_fast", lambda device: True)


@pytest.mark.usefixtures("fast_hardware")
@pytest.mark.parametrize(
    ("float32", "bfloat16", "expected"),
    [(0.05, 0.005, torch.bfloat16), (0.005, 0.05, torch.float32), (0.02, 0.02, torch.float32)],
)
def test_the_faster_precision_wins_and_is_remembered(tmp_path: Path, float32, bfloat16, expected):
    model = Model(float32, bfloat16)
    path = tmp_path / "precision.json"
    assert runtime.choose_precision(CPU, "m", model, path) == expected
    ran = len(model.ran)
    assert set(model.ran) == {torch.float32, torch.bfloat16}
    assert runtime.choose_precision(CPU, "m", model, path) == expected
    assert len(model.ran) == ran, "measured again although it was known"
    runtime.choose_precision(CPU, "another model", model, path)
    assert len(model.ran) > ran


@pytest.mark.parametrize(("hardware", "probe"), [(False, True), (True, False)])
def test_without_hardware_or_with_a_slow_probe_the_model_never_runs(tmp_path, monkeypatch, hardware, probe):
    monkeypatch.setattr(runtime, "_has_bfloat16", lambda device: hardware)
    monkeypatch.setattr(runtime, "_probe_is_fast", lambda device: probe)
    model = Model(0, 0)
    assert runtime.choose_precision(CPU, "m", model, tmp_path / "p.json") == torch.float32
    assert model.ran == []


@pytest.mark.parametrize(
    ("flags", "expected"), [({"avx2", "fma"}, False), ({"avx2", "avx512_bf16"}, True), ({"asimd", "bf16"}, True)]
)
def test_hardware_is_asked_by_its_flags(monkeypatch, flags, expected):
    monkeypatch.setattr(runtime, "_cpu_flags", lambda: flags)
    assert runtime._has_bfloat16(CPU) is expected


def test_the_probe_stops_at_the_first_slow_product(monkeypatch):
    clock = iter(range(1000))  # every look at the clock is a second later
    monkeypatch.setattr(runtime.time, "perf_counter", lambda: next(clock))
    assert runtime._probe_is_fast(CPU) is False
    assert next(clock) == 2, "it went on after a slow product"


@pytest.mark.usefixtures("fast_hardware")
@pytest.mark.parametrize("content", ["", "[1]", "{broken", '{"x": "float8"}'])
def test_a_damaged_memory_is_measured_anew(tmp_path: Path, content: str):
    path = tmp_path / "precision.json"
    path.write_text(content)
    model = Model(0.01, 0.1)
    assert runtime.choose_precision(CPU, "m", model, path) == torch.float32
    assert model.ran
    assert "float32" in json.loads(path.read_text()).values()


@pytest.mark.usefixtures("fast_hardware")
def test_an_unwritable_memory_does_not_stop_the_run(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert runtime.choose_precision(CPU, "m", Model(0.001, 0.01), blocked / "p.json") == torch.float32
