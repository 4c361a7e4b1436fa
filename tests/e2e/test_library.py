"""Test the library as notebooks use it: docs/library.md, docstring examples, the wheel."""

from __future__ import annotations

import doctest
import inspect
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pipeline
from benchmarks.wheel import GIVEN, build, run_lines
from pipeline import api
from tests.helpers.characters import write_vrm1

ROOT = Path(__file__).parents[2]
FRAMES = 45  # frames of the sample video: enough for a window of the lifter, and quick


@pytest.fixture(scope="module")
def squat(sample_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with squat.mp4, the start of the sample video, its take squat.take, and a character hero.vrm.

    squat.take holds the first half second.
    """
    import av

    folder = tmp_path_factory.mktemp("library")
    with av.open(str(sample_path)) as source, av.open(str(folder / "squat.mp4"), "w") as target:
        stream = target.add_stream("libx264", rate=30, options={"crf": "18", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 1768, 994, "yuv420p"
        for frame, _ in zip(source.decode(video=0), range(FRAMES), strict=False):
            frame.pts = None
            target.mux(stream.encode(frame.reformat(format="yuv420p")))
        target.mux(stream.encode())
    api.lift(folder / "squat.mp4", people="all", end_s=0.5).save(folder / "squat.take")
    write_vrm1(folder / "hero.vrm")
    return folder


@pytest.fixture
def given(squat: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the names that the examples presuppose, in a folder with the video."""
    monkeypatch.chdir(squat)
    monkeypatch.setitem(sys.modules, "hourglass", pipeline)
    names: dict[str, Any] = {"hg": pipeline}
    exec(GIVEN, names)
    return names


def public_objects() -> dict[str, Any]:
    """Return each public function and class, and their methods."""
    found = {name: getattr(api, name) for name in api.__all__}
    for name, kind in list(found.items()):
        if inspect.isclass(kind) and kind.__module__.startswith("pipeline.api"):
            found |= {f"{name}.{key}": value for key, value in vars(kind).items() if inspect.isfunction(value)}
    return {name: value for name, value in found.items() if ">>>" in (getattr(value, "__doc__", None) or "")}


@pytest.mark.parametrize("name", public_objects())
def test_the_example_of_a_docstring_runs(name: str, given: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    documented = public_objects()[name]
    example = doctest.DocTestParser().get_doctest(inspect.getdoc(documented) or "", given, name, None, 0)
    assert example.examples
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    runner.run(example)
    assert runner.summarize(verbose=False).failed == 0, capsys.readouterr().out


def test_every_function_of_the_ten_lines_has_an_example() -> None:
    shown = set(public_objects())
    assert {"lift", "lift_joints", "load", "live", "load_lifter", "load_detector"} <= shown
    assert {"Take.save", "Take.export", "Take.refinish", "Take.relift", "Person.angles"} <= shown


def test_the_tour_runs_from_top_to_bottom(given: dict[str, Any]) -> None:
    text = (ROOT / "docs" / "library.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) > 5
    for block in blocks:
        # This machine may lack a camera, and weights that are downloaded on request only.
        runnable = block.replace("hg.live(0,", 'hg.live("squat.mp4",')
        if '"rtmpose-m"' in block:
            with pytest.raises(pipeline.ModelError, match="rtmpose-m"):
                pipeline.load_detector("rtmpose-m")
            runnable = runnable.replace('"rtmpose-m"', '"mediapipe"')
        exec(compile(runnable, "docs/library.md", "exec"), given)
    assert given["person"].joints_world.shape == (30, 17, 3)
    assert given["xyz"].shape == (15, 17, 3)
    assert len(given["drawn"]) > 0
    assert set(given["stages"]) >= {"prepare", "detect", "finish"}
    assert given["full"].config.lift.prune == pipeline.PruneConfig()
    assert np.isfinite(given["height_m"])


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel as pip does."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(build(sys.executable, folder)) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def test_the_ten_lines_run_from_the_wheel_outside_the_checkout(installed: Path, squat: Path, tmp_path: Path) -> None:
    (tmp_path / "squat.mp4").write_bytes((squat / "squat.mp4").read_bytes())
    said = run_lines(sys.executable, tmp_path, installed, {"PYTHONPATH": str(installed)})
    assert f"package {installed / 'hourglass' / '__init__.py'}" in said


def test_the_command_of_the_wheel_speaks_of_itself(installed: Path, tmp_path: Path) -> None:
    code = "import sys; from hourglass.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run(
        [sys.executable, "-c", code, "lift", "--sample", "-o", "out", "--detector", "rtmpose-m", "--end", "0.2"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "hourglass models download rtmpose-m" in done.stderr
    assert "./start" not in done.stderr
