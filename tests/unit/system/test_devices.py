"""Test the choice of device and precision: requests, and what the machine supports."""

from __future__ import annotations

import json

import pytest
import torch

from pipeline.core.errors import ModelError
from pipeline.system import devices

CPU = torch.device("cpu")


def test_devices():
    assert devices.choose_device("cpu") == CPU
    assert devices.choose_device("auto").type in ("cpu", "cuda", "mps")
    with pytest.raises(ModelError, match="'cuda:99'"):
        devices.choose_device("cuda:99")
    with pytest.raises(ModelError, match="'meta'"):
        devices.choose_device("meta")


def test_description_is_plain_json():
    facts = devices.describe()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["torch"] == torch.__version__
    assert facts["threads"] == torch.get_num_threads()
    assert facts["processor"]
    assert {"python", "torch", "numpy"} <= set(devices.versions())


def test_an_idle_gpu_is_warned_of(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(devices, "nvidia_gpus", lambda: ("RTX 9000",))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", None)
    (warning,) = devices.describe()["warnings"]
    assert "RTX 9000" in warning
    assert "without CUDA" in warning
    monkeypatch.setattr(torch.version, "cuda", "12.4")
    assert "driver" in devices.describe()["warnings"][0]
    with pytest.raises(ModelError, match="RTX 9000"):
        devices.choose_device("cuda")
    monkeypatch.setattr(devices, "nvidia_gpus", tuple)
    assert devices.describe()["warnings"] == []


def test_a_core_is_left_for_the_detector_unless_the_user_says_otherwise(monkeypatch: pytest.MonkeyPatch):
    set_to: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", set_to.append)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    monkeypatch.setattr(devices.os, "cpu_count", lambda: 4)
    monkeypatch.setattr(devices.os, "sched_getaffinity", lambda pid: {0, 1, 2, 3}, raising=False)
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    devices.leave_a_core()
    assert set_to == [3]
    monkeypatch.setattr(devices.os, "sched_getaffinity", lambda pid: {2}, raising=False)
    devices.leave_a_core()
    assert set_to == [3, 1]
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    devices.leave_a_core()
    assert set_to == [3, 1]


@pytest.mark.parametrize("hardware", [False, True])
def test_a_precision_is_what_was_asked_for_whatever_the_processor(monkeypatch, caplog, hardware: bool):
    monkeypatch.setattr(devices, "has_bfloat16", lambda device: hardware)
    monkeypatch.setattr(devices.time, "perf_counter", lambda: pytest.fail("a clock was looked at"))
    assert devices.dtype_for("float32", CPU) == torch.float32
    assert caplog.text == ""
    assert devices.dtype_for("bfloat16", CPU) == torch.bfloat16
    assert ("emulated" in caplog.text) is not hardware


def test_a_device_without_bfloat16_is_told_of(monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise TypeError("BFloat16 is not supported on MPS")

    monkeypatch.setattr(torch, "ones", refuse)
    with pytest.raises(ModelError, match="cannot compute in bfloat16") as caught:
        devices.dtype_for("bfloat16", torch.device("mps"))
    assert "float32" in caught.value.hint


@pytest.mark.parametrize(
    ("flags", "expected"), [({"avx2", "fma"}, False), ({"avx2", "avx512_bf16"}, True), ({"asimd", "bf16"}, True)]
)
def test_hardware_is_asked_by_its_flags(monkeypatch, flags, expected):
    monkeypatch.setattr(devices, "cpu_flags", lambda: flags)
    assert devices.has_bfloat16(CPU) is expected


def test_the_probe_stops_at_the_first_slow_product(monkeypatch):
    monkeypatch.setattr(devices, "has_bfloat16", lambda device: True)
    clock = iter(range(1000))  # every reading of the clock is a second later
    monkeypatch.setattr(devices.time, "perf_counter", lambda: next(clock))
    assert devices.fast_bfloat16(CPU) is False
    assert next(clock) == 2, "it went on after a slow product"
