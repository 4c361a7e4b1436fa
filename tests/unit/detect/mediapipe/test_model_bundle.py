"""Test the BlazePose bundle: built from the wheel's files, verified when it is used again."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from pipeline.core.errors import INSTALLATION, ModelError
from pipeline.detect.crops import Square
from pipeline.detect.mediapipe import model_bundle as mediapipe_model
from pipeline.detect.mediapipe.model_bundle import DETECTOR_MEMBER, LANDMARKS_MEMBER, model_bundle
from pipeline.detect.mediapipe.networks import LANDMARKER_PX, Landmarker


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path))
    return tmp_path


def test_bundle_is_stored_not_deflated(own_cache: Path) -> None:
    bundle = model_bundle()
    assert bundle.path.parent == own_cache
    with zipfile.ZipFile(bundle.path) as file:
        assert file.namelist() == [DETECTOR_MEMBER, LANDMARKS_MEMBER]
        assert {info.compress_type for info in file.infolist()} == {zipfile.ZIP_STORED}
    assert bundle.member(LANDMARKS_MEMBER)[4:8] == b"TFL3"


def test_bundle_is_made_once(own_cache: Path) -> None:
    first = model_bundle()
    made = first.path.stat().st_mtime_ns
    assert model_bundle() == first
    assert first.path.stat().st_mtime_ns == made


@pytest.mark.parametrize("harm", ["cut off", "one byte", "gone", "no seal", "seal of rubbish"])
def test_damaged_bundle_is_made_again(own_cache: Path, harm: str) -> None:
    first = model_bundle()
    seal = first.path.with_suffix(".sha256")
    data = bytearray(first.path.read_bytes())
    if harm == "cut off":
        first.path.write_bytes(data[: len(data) // 2])
    elif harm == "one byte":
        data[len(data) // 2] ^= 0xFF
        first.path.write_bytes(data)
    elif harm == "gone":
        first.path.unlink()
    elif harm == "no seal":
        seal.unlink()
    else:
        seal.write_bytes(b"\xff\xfe rubbish")
    again = model_bundle()
    assert again.sha256 == first.sha256  # two builds are the same to the byte
    assert again.path.stat().st_size == len(data)
    assert not list(own_cache.glob(".*"))  # no temporary file is left


def test_wheel_without_models(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(mediapipe_model.PARTS, DETECTOR_MEMBER, ("modules/nothing.tflite", 0.0, 1.0))
    with pytest.raises(ModelError, match=r"lacks its model file modules/nothing\.tflite") as caught:
        model_bundle()
    assert caught.value.fields == (INSTALLATION,)
    assert list(own_cache.iterdir()) == []


def test_unreadable_model_in_the_wheel(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = own_cache.parent / "broken.tflite"
    broken.write_bytes(b"not a model at all" * 10)
    monkeypatch.setattr(mediapipe_model, "wheel_file", lambda member: broken)
    with pytest.raises(ModelError, match="cannot be used"):
        model_bundle()
    assert list(own_cache.iterdir()) == []


def test_joints_do_not_need_the_silhouette(own_cache: Path, sample_path: Path) -> None:
    """Check that removing layers changes nothing: bit-identical joints on a real person."""
    from pipeline.sources.file.video import VideoSource

    source = VideoSource(sample_path)
    picture = Square(640.0, 280.0, 560.0).cut(source.frame_at(2.0).bgr, LANDMARKER_PX)
    source.close()
    lean, full = model_bundle(), model_bundle(silhouette=True)
    assert lean.sha256 != full.sha256
    results = []
    for bundle in (lean, full):
        landmarker = Landmarker(bundle)
        results.append(landmarker.locate(picture))
        landmarker.close()
    assert results[0] is not None
    assert results[1] is not None
    assert results[0].confidence == results[1].confidence > 0.99
    for name in ("joints", "visibility", "presence", "hip_centre", "circle"):
        np.testing.assert_array_equal(getattr(results[0], name), getattr(results[1], name))


def test_a_cache_that_cannot_be_written_costs_only_the_time_of_building(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = model_bundle()
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("HOURGLASS_CACHE", str(tmp_path / "cache"))
    bundle = model_bundle()
    assert bundle.sha256 == expected.sha256
    assert bundle.path.parent.stat().st_mode & 0o077 == 0  # nobody else can put a file there


# A thread builds the bundle; the process ends as soon as MediaPipe has made a temporary file.
ENDS_EARLY = """
import sys, threading
begun = threading.Event()
sys.addaudithook(lambda event, _: event == "tempfile.mkstemp" and begun.set())
from pipeline.detect.mediapipe.model_bundle import model_bundle
threading.Thread(target=model_bundle, daemon=True).start()
assert begun.wait(60)
"""


def test_no_temporary_file_stays_if_the_process_ends_meanwhile(tmp_path: Path) -> None:
    temporary, cache = tmp_path / "tmp", tmp_path / "cache"
    temporary.mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary), "HOURGLASS_CACHE": str(cache)}
    root = Path(__file__).parents[4]
    ended = subprocess.run([sys.executable, "-c", ENDS_EARLY], check=False, cwd=root, env=environment)
    assert ended.returncode == 0
    assert not list(temporary.iterdir())
