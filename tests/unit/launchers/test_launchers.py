"""Test what starts the program by a double click: menu entry, application bundle, batch file, icon."""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LAUNCHERS = ROOT / "launchers"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what the scripts need to a folder whose name has a space, an ampersand and an apostrophe."""
    folder = tmp_path / "3D & Ada's videos"
    shutil.copytree(LAUNCHERS, folder / "launchers")
    (folder / "assets" / "icons").mkdir(parents=True)
    shutil.copy(ROOT / "assets" / "icons" / "logo.svg", folder / "assets" / "icons")
    shutil.copy(ROOT / "pyproject.toml", folder)
    start = folder / "start"
    start.write_text('#!/bin/sh\necho "started with $*"\n')
    start.chmod(0o755)
    return folder


def run(script: Path, *args: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ["bash", str(script), *args], capture_output=True, text=True, env=os.environ | environment, check=False
    )


@pytest.mark.skipif(shutil.which("sh") is None, reason="needs a POSIX shell")
class TestLinux:
    def install(self, checkout: Path, home: Path, *args: str) -> subprocess.CompletedProcess:
        script = checkout / "launchers" / "linux" / "install.sh"
        return run(script, *args, HOME=str(home), XDG_DATA_HOME=str(home / "data"), HOURGLASS_SKIP_INSTALL="1")

    def test_the_entry_is_valid_and_starts_this_checkout(self, checkout: Path, tmp_path: Path) -> None:
        done = self.install(checkout, tmp_path)
        assert done.returncode == 0, done.stderr
        entry = tmp_path / "data" / "applications" / "hourglass-pose.desktop"
        lines = dict(line.split("=", 1) for line in entry.read_text().splitlines() if "=" in line)
        assert lines["Exec"] == f'"{checkout}/start" %f'
        assert lines["TryExec"] == f"{checkout}/start"
        assert "@" not in entry.read_text()
        if shutil.which("desktop-file-validate"):
            checked = subprocess.run(["desktop-file-validate", str(entry)], capture_output=True, text=True, check=False)
            assert checked.returncode == 0, checked.stdout
            assert not checked.stdout
        icon = tmp_path / "data" / "icons" / "hicolor" / "scalable" / "apps" / f"{lines['Icon']}.svg"
        assert ET.parse(icon).getroot().tag.endswith("svg")
        kind = ET.parse(tmp_path / "data" / "mime" / "packages" / "hourglass-pose3d.xml").getroot()
        assert kind[0].get("type") in lines["MimeType"].split(";")

    def test_it_is_removed_again(self, checkout: Path, tmp_path: Path) -> None:
        self.install(checkout, tmp_path)
        assert self.install(checkout, tmp_path, "--remove").returncode == 0
        left = [path for path in (tmp_path / "data").rglob("hourglass-pose*") if path.is_file()]
        assert left == []

    def test_a_path_that_an_entry_cannot_hold_is_refused(self, checkout: Path, tmp_path: Path) -> None:
        odd = checkout.rename(tmp_path / "100 %")
        done = self.install(odd, tmp_path)
        assert done.returncode == 2
        assert "Move the folder" in done.stderr
        assert not (tmp_path / "data").exists()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
class TestMacOS:
    def test_the_script_is_correct_bash(self) -> None:
        subprocess.run(["bash", "-n", str(LAUNCHERS / "macos" / "make_app.sh")], check=True)

    def test_the_bundle_has_its_facts_and_starts_this_checkout(self, checkout: Path, tmp_path: Path) -> None:
        script = checkout / "launchers" / "macos" / "make_app.sh"
        for _ in range(2):  # a second time it replaces the bundle
            done = run(script, str(tmp_path / "apps"), HOURGLASS_VENV=str(tmp_path / "venv"))
            assert done.returncode == 0, done.stderr
        contents = tmp_path / "apps" / "Hourglass.app" / "Contents"
        facts = plistlib.loads((contents / "Info.plist").read_bytes())
        assert facts["CFBundleExecutable"] == "hourglass"
        assert facts["CFBundlePackageType"] == "APPL"
        assert facts["CFBundleShortVersionString"] in (ROOT / "pyproject.toml").read_text()
        assert facts["CFBundleShortVersionString"][0].isdigit()
        assert "camera" in facts["NSCameraUsageDescription"]
        (tmp_path / "venv").mkdir()
        (tmp_path / "venv" / ".installed").write_text("")
        started = run(contents / "MacOS" / "hourglass", "a b.mp4", HOURGLASS_VENV=str(tmp_path / "venv"))
        assert started.stdout == "started with a b.mp4\n"
        assert [path.name for path in (tmp_path / "apps").iterdir()] == ["Hourglass.app"]


def test_the_batch_file_runs_the_start_script_of_this_checkout() -> None:
    data = (LAUNCHERS / "windows" / "Hourglass.bat").read_bytes()
    assert data.count(b"\r\n") == data.count(b"\n"), "cmd reads files with other line ends wrongly"
    script = next(line for line in data.decode("ascii").splitlines() if line.startswith("powershell"))
    assert '-File "%~dp0..\\..\\start.ps1" %*' in script
    assert (ROOT / "start.ps1").is_file()


@pytest.mark.parametrize("suffix", [".svg", ".png", ".ico", ".icns"])
def test_the_icon_is_drawn_in_each_format(tmp_path: Path, suffix: str) -> None:
    import sys

    path = tmp_path / f"icon{suffix}"
    if suffix != ".svg":
        pytest.importorskip("PySide6")
    subprocess.run([sys.executable, str(LAUNCHERS / "make_icon.py"), str(path)], check=True)
    if suffix == ".svg":
        assert ET.parse(path).getroot().get("viewBox") == "0 0 48 48"
        return
    from PySide6.QtGui import QImage

    image = QImage(str(path))
    assert image.width() == image.height() >= 256
    middle, corner = image.pixelColor(image.width() // 2, image.height() // 12), image.pixelColor(0, 0)
    assert middle.alpha() == 255
    assert corner.alpha() == 0
