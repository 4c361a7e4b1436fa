"""Test `models`: checkpoints on raw arrays, and as lifters that `lift` can use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from pipeline import cli
from pipeline.core.camera import Camera
from pipeline.core.geometry import camera_from_world, rotation_world_from_camera
from pipeline.core.pruning_schedule import PruneConfig
from pipeline.take.file import load_take
from tests.helpers.checkpoints import FRAMES, HOSTS, SIZES, host, save
from tests.helpers.motion import SIZE_PX, clip, facing_camera

Run = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process with a separate cache: (exit code, JSON lines, stderr)."""
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))

    def call(*arguments: str | Path) -> tuple[int, list[dict[str, Any]], str]:
        capfd.readouterr()
        code = cli.main([*map(str, arguments), "--json"])
        out, err = capfd.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return call


def array(tmp_path: Path, name: str, batch: int = 2) -> tuple[Path, np.ndarray]:
    shape = (batch, FRAMES, 17, SIZES[name]["in_channels"])
    x = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
    np.savez(tmp_path / "x.npz", input=x)
    return tmp_path / "x.npz", x


def joints(tmp_path: Path) -> Path:
    """Return 40 frames of a walk at 50 a second, projected by an ordinary camera."""
    walk = facing_camera(clip("walk"))[:40]
    place = np.array([*walk[0, 0, :2] - [0, 4.0], 1.4])
    image = Camera(SIZE_PX, 60.0).project(camera_from_world(walk, rotation_world_from_camera(0.0), place))
    path = tmp_path / "walk.npz"
    np.savez(
        path, joints_image=image, scores=np.ones(image.shape[:2]), fps_hz=50.0, width_px=SIZE_PX[0],
        height_px=SIZE_PX[1], skeleton="h36m17",
    )  # fmt: skip
    return path


@pytest.mark.parametrize("name", HOSTS)
def test_add_list_lift_remove(tmp_path: Path, run: Run, name: str) -> None:
    path = save(tmp_path / f"{name}.pth", {"model": host(name).state_dict(), "epoch": 2})
    code, (added,), err = run("models", "add", path, "--name", "mine")
    assert code == 0, err
    assert added["host"] == name
    assert Path(added["file"]).is_file()
    row = next(row for row in run("models")[1] if row["name"] == "mine")
    assert row["own"]
    assert row["ready"]
    assert row["frames"] == FRAMES
    code, records, err = run("lift", joints(tmp_path), "-o", tmp_path / "out", "--lifter", "mine", "--formats", "csv")
    assert code == 0, err
    take = load_take(Path(records[-1]["take"]))
    assert take.provenance["lifter"]["name"] == "mine"
    body = take.tracks3d[0].joints
    assert body.shape == (40, 17, 3)
    assert np.isfinite(body).all()
    height = np.median(body[:, :, 2].max(1) - body[:, :, 2].min(1))
    assert height < 3  # metres, whatever the unit of the network is
    assert run("models", "remove", "mine")[0] == 0
    assert not any(row["name"] == "mine" for row in run("models", "list")[1])
    assert not Path(added["file"]).exists()


def test_run_by_its_contract(tmp_path: Path, run: Run) -> None:
    path = save(tmp_path / "m.pth", host("mixste").state_dict())
    source, x = array(tmp_path, "mixste")
    target = tmp_path / "y.npz"
    code, (record,), err = run("models", "run", path, "--input", source, "--output", target)
    assert code == 0, err
    with np.load(target) as stored:
        assert stored.files == ["output"]
        with torch.inference_mode():
            expected = host("mixste").as_published()(torch.from_numpy(x)).numpy()
        np.testing.assert_array_equal(stored["output"], expected)
    assert record["output_shape"] == [2, FRAMES, 17, 3]
    assert record["stages"] == []
    assert record["arithmetic"] == "published"

    options = ("--tokens", "9", "--at", "2")
    code, (record,), err = run("models", "run", path, "--input", source, "--output", target, *options)
    assert code == 0, err
    assert record["prune"] == {"strategy": "TPC", "schedule": [[2, 9]], "recover": ""}
    assert any("--prune" in sentence for sentence in record["assumed"])
    with np.load(target) as stored:
        assert stored["output"].shape == (2, 9, 17, 3)
        assert stored["kept_frames"].shape == (2, 9)
        assert (np.diff(stored["kept_frames"]) > 0).all()

    plug = ("--prune", "TPS", "--tokens", "15,9", "--at", "1,2", "--heads", "4", "--arithmetic", "fast")
    code, (record,), err = run("models", "run", path, "--input", source, "--output", target, *plug)
    assert code == 0, err
    assert record["stages"] == [{"block": 1, "kept": 15}, {"block": 2, "kept": 9}]
    assert record["sizes"]["heads"] == 4
    with np.load(target) as stored, torch.inference_mode():
        model = host("mixste", PruneConfig("TPS", ((1, 15), (2, 9)), "TRI"), heads=4)
        np.testing.assert_allclose(stored["output"], model(torch.from_numpy(x)).numpy(), atol=1e-5)


def test_a_hot_checkpoint_prunes_where_it_is_told(tmp_path: Path, run: Run) -> None:
    path = save(tmp_path / "hot.bin", host("mixste", PruneConfig("TPC", ((1, 9),), "TRA")).state_dict())
    source, _ = array(tmp_path, "mixste")
    outputs = []
    for block in (1, 2):
        target = tmp_path / f"{block}.npz"
        arguments = ("--input", source, "--output", target, "--at", str(block), "--tokens", "9")
        code, (record,), err = run("models", "run", path, *arguments)
        assert code == 0, err
        assert record["prune"] == {"strategy": "TPC", "schedule": [[block, 9]], "recover": "TRA"}
        outputs.append(np.load(target)["output"])
    assert np.abs(outputs[0] - outputs[1]).max() > 1e-4


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--heads", "5"), "cannot be shared by 5 heads"),
        (("--tokens", "9,x", "--at", "1"), "no list of whole numbers"),
        (("--prune", "tpq"), "tpq is not known"),
        (("--prune", "tps", "--tokens", "9", "--at", "9"), "Pruning at block 9"),
        (("--recover", "tra", "--tokens", "9", "--at", "1"), "TRA cannot be put into"),
        (("--device", "abacus"), "abacus"),
    ],
)
def test_what_cannot_be_run_writes_nothing(tmp_path: Path, run: Run, options: tuple[str, ...], says: str) -> None:
    path = save(tmp_path / "m.pth", host("mixste").state_dict())
    source, _ = array(tmp_path, "mixste")
    code, records, err = run("models", "run", path, "--input", source, "--output", tmp_path / "y.npz", *options)
    assert code == 2
    assert says in records[-1]["message"]
    assert records[-1]["hint"]
    assert says in err
    assert not (tmp_path / "y.npz").exists()


def test_where_the_output_may_go(tmp_path: Path, run: Run) -> None:
    path = save(tmp_path / "m.pth", host("mixste").state_dict())
    source, x = array(tmp_path, "mixste")
    for target in (source, tmp_path / "y.txt", tmp_path / "absent" / "y.npz"):
        code, records, _ = run("models", "run", path, "--input", source, "--output", target)
        assert code == 2
        assert records[-1]["status"] == "error"
    with np.load(source) as stored:
        np.testing.assert_array_equal(stored["input"], x)


def test_bad_checkpoints_and_a_broken_list_are_told(tmp_path: Path, run: Run) -> None:
    (tmp_path / "text.pth").write_text("hello")
    code, records, _ = run("models", "add", tmp_path / "text.pth")
    assert (code, records[-1]["status"]) == (2, "error")
    own = tmp_path / "cache" / "weights"
    own.mkdir(parents=True)
    (own / "manifest.json").write_text("broken")
    code, records, _ = run("models")
    assert code == 0
    assert any(row["kind"] == "problem" and "cannot be read" in row["reason"] for row in records)
    assert any(row.get("default") and row["ready"] for row in records)
    code, records, _ = run("doctor")
    (found,) = (row for row in records if row.get("what") == "lifters added by you")
    assert not found["ok"]
    assert not found["needed"]


def test_download_says_when_there_is_nothing_to_download(run: Run) -> None:
    code, records, _ = run("models", "download", "mixste_h2ot_v2")
    assert code == 2
    assert "no download address" in records[-1]["message"]
    assert run("models", "download", "nobody")[0] == 2


def test_as_a_program_for_people(tmp_path: Path, command) -> None:
    path = save(tmp_path / "m.pth", host("mixste").state_dict())
    source, _ = array(tmp_path, "mixste")
    done = command("models", "run", path, "--input", source, "--output", tmp_path / "y.npz", "--prune", "tpc")
    assert done.code == 2  # the published block 7 is missing
    assert "this one has 4" in done.stderr
    done = command("models", "run", path, "--input", source, "--output", tmp_path / "y.npz")
    assert done.code == 0, done.stderr
    assert "assumed: 8 heads" in done.stdout
    assert (tmp_path / "y.npz").is_file()
