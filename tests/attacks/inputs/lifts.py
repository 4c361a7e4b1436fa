"""Lift inputs whose harm lies behind the opening: sizes, rates and times that are extreme."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.attacks.harness.case import Build, Case, Cases, file
from tests.attacks.harness.sound_inputs import data, ffmpeg
from tests.attacks.inputs.takes.pack import parts
from tests.attacks.inputs.videos.image_files import png
from tests.attacks.inputs.videos.unusual import by_ffmpeg, jump, retimed

_BY_HAND = ("--fov", "60", "--pitch", "0", "--height", "170")
_Y4M = ("-vf", "settb=1/1000000000,setpts=N", "-r", "1000000000")
Doubles = np.ndarray


def lifted(build: Build, *more: str) -> Build:
    return lambda folder: ["lift", *build(folder), "-o", "out", "--formats", "bvh,csv,c3d,trc", *more]


def big(width: int, height: int, frames: int = 12) -> Build:
    """Return a `Build` for a video of one image that is repeated."""

    def build(folder: Path) -> list[str]:
        image = folder / "p.png"
        image.write_bytes(png(width, height))
        ffmpeg("-framerate", 30, "-loop", 1, "-i", image, "-frames:v", frames, "-c", "copy", folder / "v.mkv")
        image.unlink()
        return ["v.mkv"]

    return build


def walking(times: Callable[[Doubles], Doubles] | None = None, **values: Any) -> Build:
    """Return a `Build` for the joints of the sample's first person with other times or values."""

    def build(folder: Path) -> list[str]:
        _, arrays = parts()
        joints = {
            "joints_image": arrays["person1_joints_image"], "scores": arrays["person1_scores_image"], "fps_hz": 30.0,
            "width_px": 1768, "height_px": 994, "skeleton": "blazepose33",
        }  # fmt: skip
        if times is not None:
            joints["time_s"] = times(arrays["time_s"])
        np.savez(folder / "j.npz", **{**joints, **values})
        return ["j.npz"]

    return build


def cases() -> Cases:
    for name, build in (_videos() | _joints()).items():
        yield Case(name, lifted(build), time_s=60.0)
        if "fov" in name or "outside" in name or "wide" in name:
            yield Case(f"{name}, by hand", lifted(build, *_BY_HAND), time_s=60.0)


def _videos() -> dict[str, Build]:
    people = "people.mp4"
    return {
        "sound video": file("v.mp4", data(people)),
        "video with a jump of an hour": jump(3600, source=people),
        "video with a jump of a day": jump(86400, source=people),
        "video with a jump of a year": jump(31536000, source=people),
        "video of 0.001 fps": retimed("v.mkv", "N*1000/TB", source=people),
        "video of 1000 fps": retimed("v.mkv", "N", source=people),
        "video all at once": retimed("v.mkv", "5", source=people),
        "y4m of 1e9 fps": by_ffmpeg("v.y4m", *_Y4M, source=people),
        "video 8000 x 8000": big(8000, 8000),
        "video 16000 x 16000": big(16000, 16000, 8),
        "video 16 x 16000": big(16, 16000),
        "video 1 x 1": big(1, 1),
    }


def _joints() -> dict[str, Build]:
    one_frame = {"joints_image": np.full((1, 33, 2), 5, np.float32), "scores": np.ones((1, 33))}

    def after(seconds: float) -> Build:
        return walking(lambda t: np.concatenate([t[:8], t[8:] + seconds]))

    def everywhere(value: float) -> Build:
        return walking(joints_image=np.full((16, 33, 2), value, np.float32))

    return {
        "sound joints": walking(),
        "joints with a jump of a day": after(86400),
        "joints with a jump of a year": after(3.15e7),
        "joints at 0, then since 1970": walking(lambda t: np.concatenate([[0.0], 1.7e9 + t[1:]])),
        "joints of 1000 fps": walking(fps_hz=1000.0),
        "joints of 0.1 fps": walking(fps_hz=0.1),
        "joints of 1e-6 s": walking(lambda t: t * 1e-6),
        "joints 1 px wide": walking(width_px=1, height_px=1),
        "joints 65536 px wide": walking(width_px=65536, height_px=65536),
        "joints far outside": everywhere(1e30),
        "joints in one point": everywhere(5),
        "joints fov 1": walking(fov_deg=1.0),
        "joints fov 179": walking(fov_deg=179.0),
        "joints of one frame": walking(**one_frame),
    }
