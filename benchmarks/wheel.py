"""Build the wheel, install it into a fresh environment, run the lines of docs/library.md.

    python benchmarks/wheel.py [--keep FOLDER]

Prints how long building, installing (with constraints.txt; pip finds packages as it does for ./start) and each of the
ten lines take. The folder they run in holds nothing but the sample video as squat.mp4; HOME and the cache are empty.
Two things that a machine may lack are replaced: camera 0 by the video, rtmpose-m's weights by the embedded detector.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY.md", "pipeline", "weights", "assets/human")

# What the ten lines take for granted: 2D joints (T, 17, 2) of a person who sways, an image, somewhere to draw.
GIVEN = """
import time
import numpy as np

BODY = [(0, 0), (-12, 0), (-13, 45), (-13, 90), (12, 0), (13, 45), (13, 90), (0, -30), (0, -60), (0, -75), (0, -92),
        (20, -60), (32, -32), (36, -6), (-20, -60), (-32, -32), (-36, -6)]
sway = 40 * np.sin(np.arange(100) / 25)[:, None, None] * [1, 0]
joints2d, scores = np.array(BODY) * 3.0 + [960, 600] + sway, np.full((100, 17), 0.9)
image = np.zeros((720, 1280, 3), np.uint8)
drawn = []
draw = drawn.append
"""
_CHECKED = """
import pathlib, sys
assert pathlib.Path(hg.__file__).is_relative_to(sys.argv[1]), hg.__file__
assert not {"PySide6", "mmpose"} & set(sys.modules)
assert person.joints_world.shape == xyz.shape == (100, 17, 3)
assert sorted(path.suffix for path in pathlib.Path("out").iterdir()) == [".bvh", ".csv", ".csv", ".json", ".trc"]
assert smoother.config.post.smooth_hz == 6
assert pruned.provenance["lifter"]["name"] == "h2ot_fast_v2"
assert drawn
print("package", hg.__file__)
"""


def ten_lines() -> list[str]:
    """Return the ten lines, and the import before them, as docs/library.md has them."""
    text = (ROOT / "docs" / "library.md").read_text("utf-8")
    found = re.search(r"```python\n(.*?)```", text, re.DOTALL)
    assert found is not None, "the tour begins with them"
    return found[1].splitlines()


def program(replaced: Mapping[str, str]) -> str:
    """Return a script that runs and times each line, texts replaced, and checks the results."""
    parts = [GIVEN]
    for line in ten_lines():
        done = line
        for old, new in replaced.items():
            done = done.replace(old, new)
        timed = f"print('%6.2f s ' % (time.perf_counter() - begun), {done!r})"
        parts.append(f"begun = time.perf_counter()\n{done}\n{timed}\n")
    return "\n".join([*parts, _CHECKED])


def build(python: str, folder: Path) -> Path:
    """Build the wheel from a copy of the checkout, without a network; return its path."""
    copy = folder / "source"
    copy.mkdir(parents=True)
    for name in SHIPPED:
        source = ROOT / name
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, copy / name, ignore=ignored) if source.is_dir() else shutil.copy(source, copy)
    command = [python, "-m", "pip", "wheel", "-q", str(copy), "--no-deps", "--no-build-isolation", "-w", str(folder)]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))


def run_lines(python: str, folder: Path, package: Path, environment: Mapping[str, str] | None = None) -> str:
    """Run the ten lines by `python` in `folder`, which holds squat.mp4.

    `package` is the folder that hourglass has to come from. Raises RuntimeError with what was printed if they fail.
    """
    home = folder / "home"
    home.mkdir(exist_ok=True)
    script = folder / "ten_lines.py"
    script.write_text(program({"hg.live(0,": 'hg.live("squat.mp4",', '"rtmpose-m"': '"mediapipe"'}), "utf-8")
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "SYSTEMROOT", "TEMP")}
    done = subprocess.run(
        [python, "-I", str(script), str(package)] if environment is None else [python, str(script), str(package)],
        cwd=folder,
        env={**kept, "HOME": str(home), "USERPROFILE": str(home), **(environment or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{done.stdout}\n{done.stderr}")
    return done.stdout


def main() -> None:
    """Build, install and run, in a temporary folder unless one is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="work in this folder, and leave it")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory(prefix="hourglass-wheel-") as temporary:
        folder = (keep or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        begun = time.perf_counter()
        wheel = build(sys.executable, folder)
        print(f"{time.perf_counter() - begun:6.1f} s  {wheel.name}, {wheel.stat().st_size / 1e6:.1f} MB")
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "venv", str(folder / "E")], check=True)
        python = folder / "E" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        command = [str(python), "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(wheel)]
        subprocess.run(command, check=True)
        print(f"{time.perf_counter() - begun:6.1f} s  a fresh environment with it")
        sys.path.insert(0, str(ROOT))
        from pipeline.sources.sample import sample_video

        work = folder / "work"
        work.mkdir()
        shutil.copy(sample_video(), work / "squat.mp4")
        print(run_lines(str(python), work, folder / "E"))


if __name__ == "__main__":
    main()
