"""Test adding checkpoints as lifters: copied tensors, entries, refused names, a broken list."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from pipeline import weights
from pipeline.core.camera import Camera
from pipeline.core.config import LiftConfig
from pipeline.core.errors import ConfigError, ModelError, OutputError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.checkpoints import run_raw
from pipeline.lift.checkpoints.add import add_checkpoint, remove
from pipeline.lift.checkpoints.pruning_recipe import Overrides
from pipeline.lift.host_lifter import create_lifter
from tests.helpers.checkpoints import FRAMES, HOSTS, SIZES, host, save


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("HOURGLASS_CACHE", str(folder))
    return folder / "weights"


def checkpoint(tmp_path: Path, name: str = "mixste", prune: PruneConfig | None = None, **sizes: Any) -> Path:
    state = host(name, prune, **sizes).state_dict()
    content = {"epoch": 3, "lr": np.float64(1e-4), "model_pos": {f"module.{k}": v for k, v in state.items()}}
    return save(tmp_path / f"{name} Best.pth.tr", content)


@pytest.mark.parametrize("name", HOSTS)
def test_the_copy_holds_the_tensors_and_the_entry_the_rule_of_the_family(
    tmp_path: Path, own_cache: Path, name: str
) -> None:
    entry = add_checkpoint(checkpoint(tmp_path, name))
    assert entry.name == f"{name}_best"
    assert entry == weights.find(f"{name}_best")
    assert weights.is_own(entry.name)
    assert weights.locate(entry) == own_cache / f"{name}_best.safetensors"
    copied = load_file(weights.locate(entry))
    for key, value in host(name).state_dict().items():
        if not key.endswith("num_batches_tracked"):
            assert torch.equal(copied[key], value)
    two = name in ("mixste", "mhformer")
    assert entry.channels == (("x", "y") if two else ("x", "y", "confidence"))
    assert entry.scale == ("metres" if two else "picture")
    assert (entry.normalisation, entry.joint_rule, entry.root) == ("screen", "h36m", "zero")
    assert entry.frames == FRAMES
    assert dict(entry.sizes) == SIZES[name]
    assert entry.rate_hz[0] <= 50 <= entry.rate_hz[1]
    assert "8 heads" in entry.limits
    assert ("2.5D" in entry.limits) == (not two)
    assert sorted(path.name for path in own_cache.iterdir()) == [".lock", "manifest.json", f"{name}_best.safetensors"]


def test_what_is_said_is_in_the_entry_and_in_the_model(tmp_path: Path) -> None:
    told = Overrides(heads=4, prune="tps", tokens=(15, 9), at=(1, 2))
    entry = add_checkpoint(checkpoint(tmp_path), "mine", told, "hourglass")
    assert entry.name == "mine"
    assert entry.sizes["heads"] == 4
    assert PruneConfig.from_json(entry.prune) == PruneConfig("TPS", ((1, 15), (2, 9)), "TRI")
    assert entry.joint_rule == "hourglass"
    found, _ = run_raw.open_model("mine")
    assert found.sizes["heads"] == 4
    assert found.prune == PruneConfig.from_json(entry.prune)


def test_a_learned_hourglass_and_a_seq2frame_one(tmp_path: Path) -> None:
    hot = add_checkpoint(
        checkpoint(tmp_path, "motionagformer", PruneConfig("TPC", ((1, 9),), "TRA"), heads=4, neighbours=4)
    )
    assert hot.prune == {"strategy": "TPC", "schedule": [[1, 9]], "recover": "TRA"}
    assert hot.sizes["norm_kept"]
    pruned = add_checkpoint(checkpoint(tmp_path), "centre", Overrides(prune="tpc", tokens=(9,), at=(2,)))
    assert pruned.sizes["seq2frame"]
    assert pruned.prune["recover"] == ""
    joints = np.random.default_rng(0).uniform(100, 300, (2, FRAMES, 17, 2)).astype(np.float32)
    for entry in (hot, pruned):
        lifter = create_lifter(LiftConfig(lifter=entry.name, device="cpu", precision="float32"))
        out = lifter.lift_windows(joints, np.ones(joints.shape[:3], np.float32), Camera.assumed((640, 480)))
        assert out.shape == (2, FRAMES, 17, 3)
        assert np.isfinite(out).all()


def test_the_sidecar_speaks_for_the_entry(tmp_path: Path) -> None:
    path = checkpoint(tmp_path)
    told = {"title": "My own", "licence": "MIT", "rate_hz": [24, 75], "training_data": ["mine"], "limits": "Few.",
            "normalisation": "person_window", "joint_rule": "hourglass", "unit_stature_m": 1.55}  # fmt: skip
    (tmp_path / "mixste Best.json").write_text(json.dumps(told))
    entry = add_checkpoint(path)
    for key, value in told.items():
        assert getattr(entry, key) == (tuple(value) if isinstance(value, list) else value)
    (tmp_path / "mixste Best.json").write_text('{"normalisation": "other"}')
    with pytest.raises(ConfigError, match="normalisation 'other'"):
        add_checkpoint(path, "again")


def test_names(tmp_path: Path) -> None:
    path = checkpoint(tmp_path)
    assert [add_checkpoint(path).name for _ in range(3)] == ["mixste_best", "mixste_best_2", "mixste_best_3"]
    bundled = weights.find().name
    for wrong in ("mixste_best", bundled, "mixste_h2ot_v2", "../up", "Capital", "a b", ".hidden", "x" * 65):
        with pytest.raises(ConfigError) as caught:
            add_checkpoint(path, wrong)
        assert caught.value.hint
    assert len(weights.own().entries) == 3
    odd = save(tmp_path / "..Süß!!.pt", host("mixste").state_dict())
    assert add_checkpoint(odd).name == "s"
    assert add_checkpoint(save(tmp_path / "___.bin", host("mixste").state_dict())).name == "lifter"
    with pytest.raises(ConfigError, match="joint_rule 'coco'"):
        add_checkpoint(path, "other", joint_rule="coco")


def test_bad_files_leave_nothing_behind(tmp_path: Path, own_cache: Path) -> None:
    (tmp_path / "text.pth").write_text("no weights")
    for path, told in (
        (tmp_path / "text.pth", None),
        (tmp_path / "absent.pth", None),
        (save(tmp_path / "other.pth", {"conv.weight": torch.ones(3)}), None),
        (checkpoint(tmp_path), Overrides(heads=3)),
    ):
        with pytest.raises(ModelError):
            add_checkpoint(path, "", told)
    assert not own_cache.exists()
    assert weights.own().entries == ()


def test_remove(tmp_path: Path, own_cache: Path) -> None:
    add_checkpoint(checkpoint(tmp_path), "a")
    add_checkpoint(checkpoint(tmp_path), "b")
    remove("a")
    assert [entry.name for entry in weights.own().entries] == ["b"]
    assert sorted(path.name for path in own_cache.iterdir()) == [".lock", "b.safetensors", "manifest.json"]
    with pytest.raises(ConfigError, match="no lifter called 'a'") as caught:
        remove("a")
    assert "b" in caught.value.hint
    bundled = weights.find()
    with pytest.raises(ConfigError, match="comes with the program"):
        remove(bundled.name)
    assert weights.locate(bundled).exists()
    (own_cache / "b.safetensors").unlink()  # without its file, the entry can still be removed
    with pytest.raises(ModelError, match="not installed") as missing:
        weights.locate(weights.find("b"))
    assert missing.value.fields == ("remove:b",)
    remove("b")
    assert weights.own().entries == ()


# --- the user's list


def own_manifest(folder: Path, text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(text)


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"entries": 3}', '{"entries": {"a": 1}}', "[" * 100_000, ""])
def test_a_broken_list_stops_nothing_and_is_told(tmp_path: Path, own_cache: Path, text: str) -> None:
    own_manifest(own_cache, text)
    assert weights.find().default
    (problem,) = weights.own().problems
    assert "cannot be read" in problem
    with pytest.raises(ModelError, match=r"cannot be read|no list"):
        add_checkpoint(checkpoint(tmp_path))
    assert (own_cache / "manifest.json").read_text() == text  # the broken list is kept
    assert len(list(own_cache.glob("[!.]*"))) == 1


def test_entries_that_do_not_fit_are_left_out_one_by_one(tmp_path: Path, own_cache: Path) -> None:
    entry = add_checkpoint(checkpoint(tmp_path), "good")
    listed = json.loads((own_cache / "manifest.json").read_text())["entries"]
    bundled = weights.find()
    wrong: list[Any] = [
        3, None, {}, listed[0], {**listed[0], "name": bundled.name}, {**listed[0], "name": "x", "file": bundled.file},
        {**listed[0], "name": "x", "frames": "many"}, {**listed[0], "name": "x", "file": "../a"},
        {**listed[0], "name": "x", "rate_hz": "50"}, {**listed[0], "name": "x", "sizes": []},
        {**listed[0], "name": 5}, {**listed[0], "name": "x", "channels": 3},
    ]  # fmt: skip
    default = {**listed[0], "name": "greedy", "default": True}
    own_manifest(own_cache, json.dumps({"entries": [listed[0], *wrong, default]}))
    assert [own.name for own in weights.own().entries] == ["good", "greedy"]
    assert len(weights.own().problems) == len(wrong)
    assert weights.find("good") == entry
    assert weights.find() == bundled  # the default is still the bundled one
    remove("good")  # the other entries are still there
    left = json.loads((own_cache / "manifest.json").read_text())["entries"]
    assert [item for item in left if item != default] == wrong


def test_another_process_adds_one(tmp_path: Path, own_cache: Path) -> None:
    add_checkpoint(checkpoint(tmp_path), "a")
    text = (own_cache / "manifest.json").read_text()
    assert [entry.name for entry in weights.own().entries] == ["a"]
    own_manifest(own_cache, text.replace('"name": "a"', '"name": "after"'))
    assert [entry.name for entry in weights.own().entries] == ["after"]


def test_a_disk_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "file" / "cache"))
    assert weights.find().default
    with pytest.raises(OutputError):
        add_checkpoint(checkpoint(tmp_path))


def test_a_frame_transformer_brings_its_own_input_rule(tmp_path: Path) -> None:
    """Add the bundled file under another name: shapes and family determine the same lifter."""
    bundled = weights.find()
    path = tmp_path / "copy.safetensors"
    path.write_bytes(weights.locate(bundled).read_bytes())
    entry = add_checkpoint(path, "copied", Overrides(heads=bundled.sizes["heads"]))
    try:
        assert dict(entry.sizes) == dict(bundled.sizes)
        for name in ("channels", "joint_rule", "normalisation", "rate_hz", "root", "unit_stature_m", "frames"):
            assert getattr(entry, name) == getattr(bundled, name), name
        assert entry.prune == {}  # no tensor shows it
    finally:
        remove("copied")
