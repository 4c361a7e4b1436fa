"""Test checkpoints on raw arrays: the output is exactly that of the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline import weights
from pipeline.core.errors import ConfigError, ModelError, SourceError
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.lift.checkpoints import run_raw
from pipeline.lift.checkpoints.pruning_recipe import Overrides
from tests.helpers.checkpoints import FRAMES, HOSTS, SIZES, host, save

CPU = torch.device("cpu")


def given(name: str, batch: int = 3) -> np.ndarray:
    """Return numbers that any normalisation would change."""
    shape = (batch, FRAMES, 17, SIZES[name]["in_channels"])
    return (np.random.default_rng(1).standard_normal(shape) * 3 + 5).astype(np.float32)


@pytest.mark.parametrize("name", HOSTS)
@pytest.mark.parametrize("stages", [(), ((1, 9),)])
def test_what_comes_out_is_what_the_model_returns(
    tmp_path: Path, name: str, stages: tuple[tuple[int, int], ...]
) -> None:
    prune = PruneConfig("TPS", stages, "TRI")
    reference = host(name).as_published() if not stages else host(name, prune).as_published()
    path = save(tmp_path / "a.pth", host(name).state_dict())
    told = Overrides(prune="tps", tokens=(9,), at=(1,)) if stages else None
    found, model = run_raw.open_model(str(path), told)
    x = given(name)
    result = run_raw.run(model.as_published(), x, CPU)
    with torch.inference_mode():
        expected = reference(torch.from_numpy(x)).numpy()
    np.testing.assert_array_equal(result.output, expected)
    assert found.prune == (prune if stages else PruneConfig())
    if stages:
        assert result.kept_frames is not None
        np.testing.assert_array_equal(result.kept_frames, np.tile(np.linspace(0, FRAMES - 1, 9).round(), (3, 1)))
    else:
        assert result.kept_frames is None


def test_seq2frame_gives_the_kept_frames_and_the_last_selection(tmp_path: Path) -> None:
    path = save(tmp_path / "a.pth", host("mixste").state_dict())
    _, model = run_raw.open_model(str(path), Overrides(tokens=(15, 9), at=(1, 2)))
    result = run_raw.run(model, given("mixste"), CPU)
    assert result.output.shape == (3, 9, 17, 3)
    assert [block for block, _ in result.stages] == [1, 2]
    first, last = (kept for _, kept in result.stages)
    assert first.shape == (3, 15)
    assert result.kept_frames is last
    for b in range(3):
        assert set(last[b]) <= set(first[b])
        assert FRAMES // 2 in last[b]


def test_a_batch_that_does_not_fit_is_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.pth", host("mixste").state_dict())
    _, model = run_raw.open_model(str(path), Overrides(tokens=(9,), at=(1,)))
    x = given("mixste", 5)
    whole = run_raw.run(model, x, CPU)
    sizes: list[int] = []
    forward = model.forward

    def greedy(batch: torch.Tensor) -> torch.Tensor:
        sizes.append(len(batch))
        if len(batch) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return forward(batch)

    monkeypatch.setattr(model, "forward", greedy)
    split = run_raw.run(model, x, CPU)
    assert sizes == [5, 3, 2, 1, 2]
    np.testing.assert_allclose(split.output, whole.output, atol=1e-6)
    np.testing.assert_array_equal(split.kept_frames, whole.kept_frames)

    sizes.clear()
    monkeypatch.setattr(run_raw, "available_memory_bytes", lambda: 3.9 * run_raw.window_bytes(model))
    run_raw.run(model, x, CPU)
    assert sizes == [1, 1, 1, 1, 1]  # half of the free memory, before the first run

    def broke(batch: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("can't allocate memory")

    monkeypatch.setattr(model, "forward", broke)
    with pytest.raises(ModelError, match="does not fit into the memory"):
        run_raw.run(model, x, CPU)


def test_errors_that_are_not_about_memory_are_bugs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(tmp_path / "a.pth", host("mixste").state_dict())
    _, model = run_raw.open_model(str(path))

    def wrong(batch: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("shapes differ")

    monkeypatch.setattr(model, "forward", wrong)
    with pytest.raises(RuntimeError, match="shapes differ"):
        run_raw.run(model, given("mixste"), CPU)


def test_a_lifter_by_its_name_is_as_its_manifest_says() -> None:
    entry = weights.find()
    found, model = run_raw.open_model(entry.name)
    assert dict(found.sizes) == {**entry.sizes, "mlp_ratio": 2.0}
    assert found.prune == PruneConfig.from_json(entry.prune)
    assert found.parameters == entry.parameters
    assert model.pruner.config == found.prune
    assert run_raw.open_model(entry.name, Overrides(prune="none"))[0].prune == PruneConfig()
    other = run_raw.open_model(entry.name, Overrides(tokens=(61,), at=(1,)))[0].prune
    assert other == PruneConfig("TPS", ((1, 61),), "TRI")


def test_neither_a_file_nor_a_name() -> None:
    with pytest.raises(ConfigError, match="neither a file nor") as caught:
        run_raw.open_model("nobody.pth")
    assert weights.find().name in caught.value.hint


def test_inputs_that_do_not_suit_the_model_are_refused(tmp_path: Path) -> None:
    found, _ = run_raw.open_model(str(save(tmp_path / "a.pth", host("mixste").state_dict())))
    good = given("mixste")
    path = tmp_path / "x.npz"
    for array, says in (
        (good[:, :-1], "shape"),
        (good[..., :1], "shape"),
        (np.concatenate([good, good[..., :1]], -1), "shape"),
        (good[0], "shape"),
        (good[:0], "shape"),
        (good.astype(str), "not numbers"),
        (good.astype(complex), "not numbers"),
        (good.astype(object), "not a readable"),
    ):
        np.savez(path, input=array)
        with pytest.raises(SourceError, match=says) as caught:
            run_raw.read_input(path, found)
        assert "(B, F, 17, 2 or 3)" in caught.value.hint
    np.savez(path, joints=good)
    with pytest.raises(SourceError, match="no array 'input', but joints"):
        run_raw.read_input(path, found)
    np.save(tmp_path / "x.npy", good)
    with pytest.raises(SourceError, match="single array"):
        run_raw.read_input(tmp_path / "x.npy", found)
    (tmp_path / "text.npz").write_text("no arrays")
    with pytest.raises(SourceError, match="not a readable"):
        run_raw.read_input(tmp_path / "text.npz", found)
    with pytest.raises(SourceError, match="cannot be read"):
        run_raw.read_input(tmp_path / "absent.npz", found)
    for kind in (np.float64, np.float16, np.int32):
        np.savez(path, input=good.astype(kind))
        read = run_raw.read_input(path, found)
        assert read.dtype == np.float32
        np.testing.assert_array_equal(read, good.astype(kind).astype(np.float32))


def test_the_output_is_whole_or_not_there(tmp_path: Path) -> None:
    result = run_raw.RawResult(np.ones((1, 2, 17, 3), np.float32), ((1, np.array([[0, 5]])),))
    run_raw.write(tmp_path / "y.npz", result)
    with np.load(tmp_path / "y.npz") as stored:
        assert sorted(stored.files) == ["kept_frames", "output"]
        np.testing.assert_array_equal(stored["kept_frames"], [[0, 5]])
    run_raw.write(tmp_path / "z.npz", run_raw.RawResult(result.output, ()))
    with np.load(tmp_path / "z.npz") as stored:
        assert stored.files == ["output"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["y.npz", "z.npz"]
