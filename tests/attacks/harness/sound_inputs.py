"""Make the small sound inputs that the attacks damage: videos by ffmpeg, takes by the program."""

from __future__ import annotations

import fcntl
import functools
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from .places import PROJECT, root

SMALL = ("-t", "0.8", "-vf", "scale=320:-2", "-an", "-c:v", "libx264", "-g", "8")
_FROM_SMALL = {
    "a.mkv": ("-c", "copy"),
    "a.mov": ("-c", "copy"),
    "a.ts": ("-c", "copy"),
    "a.flv": ("-c", "copy"),
    "a.avi": ("-c:v", "mjpeg", "-q:v", "6"),
    "a.webm": ("-c:v", "libvpx", "-b:v", "300k"),
    "a.gif": ("-vf", "scale=160:-2", "-r", "10"),
    "a.mpg": ("-c:v", "mpeg2video",),
    "a.png": ("-frames:v", "1"),
}  # fmt: skip


def ffmpeg(*arguments: object) -> None:
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-500:])


def sound(name: str) -> Path:
    """Return the path of a sound input; it is made when it is asked for the first time, by one process."""
    folder = root() / "sound"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if not path.exists():
        with (folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                being_made = folder / f"being-made-{name}"
                _maker(name)(being_made)
                being_made.replace(path)
    return path


@functools.cache
def data(name: str) -> bytes:
    return sound(name).read_bytes()


def _maker(name: str) -> Callable[[Path], object]:
    makers = {"a.mp4": _small, "people.mp4": _people, "film.pose3d": _film_take, "take.pose3d": _take}
    if name in makers:
        return makers[name]
    return lambda path: ffmpeg("-i", sound("a.mp4"), *_FROM_SMALL[name], path)


def _sample() -> Path:
    from pipeline.sources.sample import sample_video

    return sample_video()


def _small(path: Path) -> None:
    ffmpeg("-i", _sample(), *SMALL, path)


def _people(path: Path) -> None:
    """Cut 24 frames with two people, large enough for the detector."""
    ffmpeg("-i", _sample(), "-t", "0.8", "-vf", "scale=884:-2", "-an", "-bf", "0", "-c:v", "libx264", path)


def _take(path: Path) -> None:
    """Store the take of the tests in today's form: two people in 2D, one in 3D, 16 frames, without its video."""
    from pipeline.take.file import load_take, save_take

    save_take(load_take(PROJECT / "tests" / "data" / "take_0619064.pose3d"), path)


def _film_take(path: Path) -> None:
    """Lift the video with people, in another process: this one must not start threads before it forks."""
    folder = path.parent / "film"
    command = [sys.executable, str(PROJECT / "main.py"), "lift", str(sound("people.mp4")), "--all", "--formats", ""]
    environment = {**os.environ, "HOURGLASS_CACHE": str(folder / "cache")}
    subprocess.run([*command, "-o", str(folder)], env=environment, check=True, capture_output=True)
    (folder / "people.pose3d").replace(path)
