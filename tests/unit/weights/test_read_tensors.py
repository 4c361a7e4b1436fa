"""Test untrusted checkpoints: what is read, and that nothing of a bad one is ever executed."""

from __future__ import annotations

import argparse
import collections
import io
import os
import pickle
import struct
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pipeline.core.errors import ModelError
from pipeline.lift.checkpoints.recognise import recognise
from pipeline.weights.read_tensors import read_state_dict
from tests.helpers.checkpoints import host, save

State = dict[str, torch.Tensor]


@pytest.fixture(scope="module")
def state() -> State:
    return dict(host("mhformer", generation_depth=1).state_dict())


def same(read: State, state: State) -> bool:
    wanted = {name: value for name, value in state.items() if not name.endswith("num_batches_tracked")}
    return read.keys() == wanted.keys() and all(torch.equal(read[name], wanted[name]) for name in wanted)


# --- files of training programs


def optimizer(state: State) -> dict[str, Any]:
    model = torch.nn.Linear(3, 2)
    adam = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    adam.step()
    return adam.state_dict()


WRAPPED: dict[str, Callable[[State], Any]] = {
    "plain": lambda s: s,
    "ordered": collections.OrderedDict,
    "DataParallel": lambda s: {f"module.{k}": v for k, v in s.items()},
    "compiled DataParallel": lambda s: {f"_orig_mod.module.{k}": v for k, v in s.items()},
    "MotionBERT": lambda s: {
        "epoch": 59, "lr": 1e-4, "optimizer": optimizer(s), "min_loss": np.float64(37.2),
        "model_pos": {f"module.{k}": v for k, v in s.items()},
    },
    "MixSTE": lambda s: {
        "epoch": 80, "lr": np.float32(1e-5), "random_state": np.random.RandomState(3), "model_pos": s,
        "optimizer": optimizer(s),
    },
    "MotionAGFormer": lambda s: {
        "epoch": 3, "wandb_id": "abc", "min_mpjpe": np.mean(np.ones(3)),
        "model": {f"module.{k}": v for k, v in s.items()},
    },
    "Lightning": lambda s: {"state_dict": s, "hyper_parameters": argparse.Namespace(frames=9), "loops": {"a": [1]}},
    "nested": lambda s: {"model": {"state_dict": s, "note": "x"}},
    "parameters": lambda s: {k: torch.nn.Parameter(v) if v.is_floating_point() else v for k, v in s.items()},
    "arrays": lambda s: {"model": s, "mean": np.zeros((2, 3))},
}  # fmt: skip


@pytest.mark.parametrize("how", WRAPPED)
def test_what_training_programs_put_around_the_weights_is_taken_off(tmp_path: Path, state: State, how: str) -> None:
    path = tmp_path / "best.pth.tr"
    torch.save(WRAPPED[how](state), path)
    assert same(read_state_dict(path), state)


def test_the_suffix_does_not_matter_the_content_does(tmp_path: Path, state: State) -> None:
    save_file({k: v.contiguous() for k, v in state.items()}, tmp_path / "tensors.bin")
    torch.save(state, tmp_path / "pickled.safetensors")
    torch.save(state, tmp_path / "old.pt", _use_new_zipfile_serialization=False)
    for name in ("tensors.bin", "pickled.safetensors", "old.pt"):
        assert same(read_state_dict(tmp_path / name), state)


def test_half_precision_stays_as_stored_and_the_file_can_go(tmp_path: Path, state: State) -> None:
    halves = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
    path = save(tmp_path / "half.pth", halves)
    read = read_state_dict(path)
    path.write_bytes(b"\0" * path.stat().st_size)  # tensors that were mapped would now be zero
    assert same(read, halves)


# --- files that are no checkpoints


def corrupt(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def rezip(path: Path, compression: int = zipfile.ZIP_STORED, **changed: Callable[[bytes], bytes]) -> None:
    """Write the archive of torch.save again with some records changed, by the end of their name."""
    with zipfile.ZipFile(path) as archive:
        records = {info.filename: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in records.items():
            end = name.rpartition("/")[2].replace(".", "_")
            archive.writestr(name, changed[end](content) if end in changed else content)


def not_weights(folder: Path) -> dict[str, Path]:
    good = {"a": torch.ones(3)}
    made = {
        name: folder / f"{name}.pth" for name in ("empty", "text", "folder", "zip", "npz", "picture", "number", "list")
    }
    made["empty"].touch()
    made["text"].write_text("These are not the weights you are looking for.\n" * 99)
    made["folder"].mkdir()
    with zipfile.ZipFile(made["zip"], "w") as archive:
        archive.writestr("readme.txt", "hello")
    with made["npz"].open("wb") as file:
        np.savez(file, a=np.ones(3))
    made["picture"].write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    torch.save(3.0, made["number"])
    torch.save([torch.ones(3)], made["list"])
    for name, content in {
        "no tensors": {"epoch": 3},
        "only an optimizer": {"optimizer": {"state": {0: {"step": torch.ones(1)}}}},
        "other things among the weights": {**good, "epoch": 3},
        "a module": {**good, 5: torch.ones(2)},
        "twice": {**good, "module.a": torch.ones(3)},
        "integers": {"a": torch.arange(3)},
        "complex": {"a": torch.ones(3, dtype=torch.complex64)},
        "nan": {"a": torch.tensor([1.0, float("nan")])},
        "inf": {"a": torch.tensor([1.0, float("inf"), -float("inf")])},
        "sparse": {"a": torch.eye(3).to_sparse()},
        "meta": {"a": torch.empty(3, device="meta")},
        "stretched": {"a": torch.ones(1).expand(1_000_000, 1_000_000)},
        "one under many names": dict.fromkeys("abcdefgh", torch.ones(1_000_000)),
    }.items():
        made[name] = save(folder / f"{name}.pth", content)
    return made


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return not_weights(tmp_path_factory.mktemp("bad"))


BAD = (
    "empty", "text", "folder", "zip", "npz", "picture", "number", "list", "no tensors", "only an optimizer",
    "other things among the weights", "a module", "twice", "integers", "complex", "nan", "inf", "sparse", "meta",
    "stretched", "one under many names",
)  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_what_are_no_weights_is_said(bad: dict[str, Path], kind: str) -> None:
    with pytest.raises(ModelError) as caught:
        read_state_dict(bad[kind])
    assert str(bad[kind]) in caught.value.message
    assert caught.value.hint


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be opened"):
        read_state_dict(tmp_path / "absent.pth")


@pytest.mark.parametrize("kept", [3, 9, 40, 0.1, 0.5, 0.99])
@pytest.mark.parametrize("form", ["zip", "old", "safetensors"])
def test_a_truncated_file_is_said(tmp_path: Path, state: State, form: str, kept: float) -> None:
    path = tmp_path / "cut.pth"
    if form == "safetensors":
        save_file({k: v.contiguous() for k, v in state.items()}, path)
    else:
        torch.save(state, path, _use_new_zipfile_serialization=form == "zip")
    size = path.stat().st_size
    corrupt(path, lambda content: content[: kept if kept > 1 else int(size * kept)])
    with pytest.raises(ModelError, match="cannot be read"):
        read_state_dict(path)


def test_safetensors_headers_that_lie(tmp_path: Path) -> None:
    path = tmp_path / "lie.safetensors"
    claims = {
        "huge": struct.pack("<Q", 1 << 60) + b"{}",
        "no json": struct.pack("<Q", 20) + b"{" + b"x" * 30,
        "beyond": struct.pack("<Q", 62) + b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,99999999]}} ' + bytes(8),
        "shape": struct.pack("<Q", 62) + b'{"a":{"dtype":"F32","shape":[999],"data_offsets":[0,8]}}      ' + bytes(8),
    }
    for content in claims.values():
        path.write_bytes(content)
        with pytest.raises(ModelError, match="cannot be read"):
            read_state_dict(path)


def test_a_zip_that_would_unpack_to_more_is_not_unpacked(tmp_path: Path) -> None:
    path = save(tmp_path / "bomb.pth", {"a": torch.zeros(100_000)})
    rezip(path, zipfile.ZIP_DEFLATED)
    with pytest.raises(ModelError, match="compressed"):
        read_state_dict(path)


def test_a_pickle_that_claims_more_than_its_records_hold(tmp_path: Path) -> None:
    path = save(tmp_path / "claim.pth", {"a": torch.arange(4.0)})
    assert read_state_dict(path)["a"].tolist() == [0, 1, 2, 3]
    rezip(path, data_pkl=lambda p: p.replace(b"K\x04t", b"M\x00\x40t").replace(b"K\x04\x85", b"M\x00\x40\x85"))
    with pytest.raises(ModelError, match="cannot be read safely"):
        read_state_dict(path)


# --- hostile files that execute code when loaded


class Calls:
    """Pickle as a call of `function` with `arguments`."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def hostile(marker: Path) -> dict[str, Any]:
    name = str(marker)
    return {
        "system": Calls(os.system, f"touch '{name}'"),
        "eval": Calls(eval, f"open({name!r}, 'w')"),
        "exec": Calls(exec, f"open({name!r}, 'w')"),
        "open": Calls(open, name, "w"),
        "path": Calls(Path.touch, marker),
        "popen": Calls(subprocess.Popen, ["touch", name]),
        "numpy": Calls(np.save, name, np.ones(1)),
        "torch": Calls(torch.save, 1, name),
        "import": Calls(__import__, "antigravity"),
        "attribute": Calls(getattr, "word", "upper"),
    }


def in_place(calls: Any, state: State) -> dict[str, Any]:
    """Hide code beside the weights, in them, in their wrapper and in a stand-in's arguments."""
    return {
        "beside": {"model": state, "lr": calls},
        "among": {**state, "z": calls},
        "as wrapper": {"state_dict": calls},
        "in a namespace": {"model": state, "args": argparse.Namespace(a=calls)},
        "in a default": {"model": state, "meter": collections.defaultdict(list, a=calls)},
    }


@pytest.mark.parametrize("function", sorted(hostile(Path("x"))))
@pytest.mark.parametrize("new", [True, False])
def test_code_in_a_checkpoint_is_never_run(tmp_path: Path, state: State, function: str, new: bool) -> None:
    marker = tmp_path / "ran"
    small = {"a": state["regression.1.bias"]}
    for place, content in in_place(hostile(marker)[function], small).items():
        path = tmp_path / f"{place}.pth"
        torch.save(content, path, _use_new_zipfile_serialization=new)
        for read in (read_state_dict, recognise):
            with pytest.raises(ModelError, match="cannot be read safely"):
                read(path)
        assert not marker.exists(), place
    # The same file does execute code when it is simply unpickled, but not in this reader.
    if function in ("open", "path"):
        torch.load(path, weights_only=False)
        assert marker.exists()


def test_a_bare_pickle_with_code(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        path = tmp_path / f"{protocol}.pth"
        path.write_bytes(pickle.dumps({"a": Calls(os.system, f"touch '{marker}'")}, protocol))
        with pytest.raises(ModelError, match="cannot be read"):
            read_state_dict(path)
    assert not marker.exists()


def test_the_stand_ins_are_never_the_real_things(tmp_path: Path, state: State) -> None:
    """Check that a stand-in discards its arguments; torch's list of allowed names is unchanged."""
    before = set(torch.serialization.get_safe_globals())
    path = save(tmp_path / "x.pth", {"model": state, "seed": np.random.RandomState(1), "mean": np.float64(2)})
    assert same(read_state_dict(path), state)
    assert set(torch.serialization.get_safe_globals()) == before
    with pytest.raises(pickle.UnpicklingError):
        torch.load(path, weights_only=True)


def test_a_damaged_record_of_a_zip_is_said(tmp_path: Path) -> None:
    """The pickle's checksum is checked while it is read."""
    path = tmp_path / "damaged.pth"
    torch.save({"a.weight": torch.ones(2, 3)}, path)
    content = bytearray(path.read_bytes())
    content[content.index(b"_rebuild_tensor")] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="cut short or damaged"):
        read_state_dict(path)


def test_a_broken_pickle_anywhere(tmp_path: Path, state: State) -> None:
    """Change random bytes in the pickle: a readable error or the weights; no other exception."""
    small = {"a.weight": torch.ones(2, 3), "epoch": np.float64(3)}
    buffer = io.BytesIO()
    torch.save({"model": {"a": small["a.weight"]}, "best": small["epoch"]}, buffer)
    rng = np.random.default_rng(0)
    path = tmp_path / "noise.pth"
    refused = 0
    for _ in range(60):
        path.write_bytes(buffer.getvalue())

        def scramble(content: bytes) -> bytes:
            changed = bytearray(content)
            for place in rng.integers(2, len(changed), 3):
                changed[place] = rng.integers(256)
            return bytes(changed)

        rezip(path, data_pkl=scramble)
        try:
            read_state_dict(path)
        except ModelError:
            refused += 1
    assert refused > 30
