"""Test that the weights of a training run become a lifter of the program."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline import weights
from pipeline.core.camera import Camera
from pipeline.core.config import LiftConfig
from pipeline.core.errors import ConfigError
from pipeline.lift.host_lifter import create_lifter
from pipeline.system.files import atomic_write
from training.fit import bundle
from training.fit.recipe import load_recipe

RECIPE = {
    "host": "frametransformer",
    "sizes": {"channels": 16, "encoder_depth": 1, "depth": 2, "decoder_depth": 1, "heads": 2, "mlp_ratio": 2},
    "normalisation": "person_ray",
    "stages": [{"name": "nine", "frames": 9, "batch": 2, "lr": 0.001, "steps": 1, "schedule": [[1, 5]]}],
}


@pytest.fixture
def trained(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Write the weights of a small network, its recipe, and motion to evaluate float16 on."""
    import torch
    from safetensors.torch import save

    from tests.unit.training.test_train import moving_clips

    (tmp_path / "r.json").write_text(json.dumps(RECIPE))
    recipe = load_recipe(tmp_path / "r.json")
    torch.manual_seed(1)
    model = recipe.model(recipe.stages[-1])
    model.initialise()
    with atomic_write(tmp_path / "w.safetensors") as file:
        file.write(save(model.state_dict()))
    clips = moving_clips()
    np.savez(
        tmp_path / "motion.npz",
        positions=clips.positions,
        clip_start=np.append(clips.start, len(clips.positions)),
        clip_name=clips.name,
        clip_source=clips.source,
        clip_subject=clips.subject,
    )
    yield {"--weights": tmp_path / "w.safetensors", "--recipe": tmp_path / "r.json", "--data": tmp_path / "motion.npz"}
    if weights.is_own("mine"):
        weights.unregister("mine")


def arguments(trained: dict[str, Path], *more: str) -> list[str]:
    return [*(str(part) for pair in trained.items() for part in pair), "--name", "mine", *more]


def test_a_trained_lifter_becomes_one_of_the_users_own(trained, capsys):
    bundle.main(arguments(trained))
    told = json.loads(capsys.readouterr().out)
    entry = weights.find("mine")
    path = weights.locate(entry)  # checked against size and sha256
    assert told == {"name": "mine", "bytes": path.stat().st_size, "stored": "float16"} | {
        "float16_costs_mm": told["float16_costs_mm"]
    }
    assert 0 <= told["float16_costs_mm"] < 0.1
    assert path.stat().st_size < 0.6 * trained["--weights"].stat().st_size
    lifter = create_lifter(LiftConfig(lifter="mine", device="cpu"))
    assert lifter.prune.schedule == ((1, 5),)
    joints = np.random.default_rng(0).uniform(100, 400, (1, 9, 17, 2)).astype(np.float32)
    ones = np.ones((1, 9, 17), np.float32)
    wide, narrow = (lifter.lift_windows(joints, ones, Camera((640, 480), fov)) for fov in (90.0, 30.0))
    assert np.isfinite(wide).all()
    assert np.abs(wide - narrow).max() > 1e-3  # its input rule looks at the field of view
    with pytest.raises(ConfigError, match="already"):
        bundle.main(arguments(trained))


def test_into_a_projects_manifest(trained, tmp_path):
    recipe = load_recipe(trained["--recipe"])
    old = {"name": "old", "default": True, "file": "old.safetensors"}
    (tmp_path / "manifest.json").write_text(json.dumps({"version": 1, "entries": [old]}))
    for title in ("first", "again"):
        entry = bundle.entry_of(recipe, "mine", b"abc", 7, {"title": title, "default": True})
        bundle.add_to_project(entry, b"abc", tmp_path)
    written = json.loads((tmp_path / "manifest.json").read_text())
    assert written["version"] == 1
    assert [(data["name"], data.get("default", False)) for data in written["entries"]] == [
        ("mine", True),
        ("old", False),
    ]
    (read, *_) = [weights.WeightEntry.from_json(written["entries"][0])]
    assert read == entry
    assert read.title == "again"
    assert (tmp_path / "mine.safetensors").read_bytes() == b"abc"


def test_float32_stays_where_half_precision_would_show(trained, monkeypatch, capsys):
    monkeypatch.setattr(bundle, "FLOAT16_LIMIT_MM", -1.0)
    bundle.main(arguments(trained))
    assert json.loads(capsys.readouterr().out)["stored"] == "float32"


def test_a_depth_channel_stays(trained, tmp_path, capsys):
    """Weights with a depth channel see the detector's own depth in the program, too."""
    import torch
    from safetensors.torch import save

    (tmp_path / "deep.json").write_text(json.dumps(RECIPE | {"depth_share": 0.5}))
    recipe = load_recipe(tmp_path / "deep.json")
    torch.manual_seed(1)
    model = recipe.model(recipe.stages[-1])
    model.initialise()
    with atomic_write(tmp_path / "deep.safetensors") as file:
        file.write(save(model.state_dict()))
    deep = {"--weights": tmp_path / "deep.safetensors", "--recipe": tmp_path / "deep.json"}
    bundle.main(arguments(trained | deep))
    assert json.loads(capsys.readouterr().out)["stored"] == "float16"
    entry = weights.find("mine")
    assert entry.channels == ("x", "y", "confidence", "size", "ray_x", "ray_y", "depth")
    lifter = create_lifter(LiftConfig(lifter="mine", device="cpu"))
    assert lifter.takes_depth
    joints = np.random.default_rng(0).uniform(100, 400, (1, 9, 17, 2)).astype(np.float32)
    ones = np.ones((1, 9, 17), np.float32)
    depth = np.random.default_rng(1).uniform(-0.3, 0.3, (1, 9, 17)).astype(np.float32)
    with_it = lifter.lift_windows(joints, ones, Camera((640, 480), 60.0), depth=depth)
    assert np.abs(with_it - lifter.lift_windows(joints, ones, Camera((640, 480), 60.0))).max() > 1e-4
