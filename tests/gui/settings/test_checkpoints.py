"""Test recognising checkpoints and counting costs with the real library, without a window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.backend.checkpoint_info import FoundCheckpoint
from app.backend.library import Library
from app.backend.pruning_settings import effective
from app.run_settings import RunSettings
from pipeline import weights
from pipeline.core.errors import ConfigError, ModelError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.model_info import INSTALLED

SMALL = {"frames": 27, "channels": 16, "depth": 4, "heads": 8, "mlp_ratio": 2, "in_channels": 2}


@pytest.fixture
def models() -> Iterator[Library]:
    library = Library()
    yield library
    for lifter in library.lifters():
        if lifter.added:
            library.remove(lifter.name)


def write(path: Path, prune: PruneConfig) -> Path:
    """Write a checkpoint as the papers' repositories do."""
    import torch

    from pipeline.lift.networks.mixste import MixSTE

    state = MixSTE.from_sizes(SMALL, prune).state_dict()
    torch.save({"model_pos": {f"module.{key}": value for key, value in state.items()}}, path)
    return path


def values(found: FoundCheckpoint) -> dict[str, str]:
    return {field.key: field.value for field in found.fields}


def test_the_bundled_lifters_are_whole_and_the_default_comes_first(models: Library) -> None:
    listed = models.lifters(check=True)
    assert listed[0].default
    assert {lifter.state for lifter in listed} == {INSTALLED}
    assert not any(lifter.added for lifter in listed)
    first = listed[0]
    assert effective(RunSettings(pruner="trained"), first) == first.prune
    first.prune.check(first.frames, first.depth, first.seq2frame)


def test_the_cost_is_what_the_counter_says(models: Library) -> None:
    from pipeline.lift.checkpoints.load import load_host
    from pipeline.lift.networks import flops

    entry = weights.find()
    trained = models.cost("", None)
    counted = flops.count(load_host(entry), entry.frames, 17, len(entry.channels))
    assert trained.gflops == pytest.approx(counted.gflops)
    full = models.cost(entry.name, PruneConfig())
    assert full.gflops == full.full_gflops == trained.full_gflops
    # By hand: what the schedule saves in the blocks (qkv, projection, two MLP layers: 16 C^2 per frame and block).
    entry = weights.find()
    frames, channels = entry.frames, entry.sizes["channels"]
    alive = PruneConfig.from_json(entry.prune).frames_per_block(frames, entry.sizes["depth"])
    left_out = sum(frames - n for n in alive) * 16 * channels**2 / 1e9
    assert trained.full_gflops - trained.gflops == pytest.approx(left_out, rel=1e-6)
    assert trained.saved > 0.25
    assert full.saved == 0


def test_a_checkpoint_says_what_is_in_it_and_what_is_assumed(models: Library, tmp_path: Path) -> None:
    found = models.recognise(write(tmp_path / "hot.pth", PruneConfig("TPC", ((2, 9),), "TRA")), {"stages": "9 @ 2"})
    shown = values(found)
    assert (shown["prune"], shown["stages"], shown["recover"]) == ("TPC", "9 @ 2", "TRA")
    assert shown["heads"] == "8"
    assert "27 frames" in found.title
    assert not any("--" in text for text in (*found.read, *found.assumed)), "options are for the command line"


def test_a_pruner_that_a_person_names_starts_from_a_schedule(models: Library, tmp_path: Path) -> None:
    path = write(tmp_path / "plain.pth", PruneConfig())
    assert values(models.recognise(path, {}))["prune"] == "none"
    found = models.recognise(path, {"prune": "TPS"})
    stages = values(found)["stages"]
    assert dict(found.corrections) == {"prune": "TPS", "stages": stages}
    name = models.add_lifter(path, "", dict(found.corrections))
    lifter = next(lifter for lifter in models.lifters() if lifter.name == name)
    assert lifter.added
    assert lifter.title.startswith("plain: ")
    assert (lifter.frames, lifter.depth) == (27, 4)
    assert lifter.prune.strategy == "TPS"
    assert lifter.prune.schedule[-1][1] == 9, "a third of the frames"


def test_corrections_that_are_no_numbers_are_refused(models: Library, tmp_path: Path) -> None:
    path = write(tmp_path / "plain.pth", PruneConfig())
    with pytest.raises(ConfigError, match="no number"):
        models.recognise(path, {"heads": "eight"})
    with pytest.raises(ModelError, match="5 heads"):
        models.recognise(path, {"heads": "5"})
    with pytest.raises(ConfigError, match="frames @ block"):
        models.recognise(path, {"prune": "TPS", "stages": "many"})
    (tmp_path / "bad.pth").write_bytes(b"this is no checkpoint")
    with pytest.raises(ModelError):
        models.recognise(tmp_path / "bad.pth", {})
