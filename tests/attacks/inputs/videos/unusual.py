"""Make unusual videos with ffmpeg: times, sizes, pixel formats and streams that are rare but possible."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.harness.case import Build, Case, Cases, file
from tests.attacks.harness.sound_inputs import data, ffmpeg, sound
from tests.attacks.inputs.read_through import read_inputs

_COPY = ("-c", "copy")
_HALF = "if(gt(N\\,12)\\,{0}+{1}/TB\\,{0})"  # after frame 12 a jump by so many seconds


def by_ffmpeg(name: str, *arguments: str, source: str = "a.mp4") -> Build:
    """Return a `Build` that runs ffmpeg on a sound input; `source` "": the arguments bring the inputs."""

    def build(folder: Path) -> list[str]:
        ffmpeg(*(["-i", sound(source)] if source else []), *arguments, folder / name)
        return [name]

    return build


def retimed(name: str, pts: str, dts: str = "", *more: str, source: str = "a.mp4") -> Build:
    """Return a `Build` that gives the packets other time stamps; the expressions are those of FFmpeg's setts."""
    return by_ffmpeg(name, *more, "-bsf:v", f"setts=pts={pts}:dts={dts or pts}", *_COPY, source=source)


def jump(seconds: int, name: str = "v.mkv", source: str = "a.mp4") -> Build:
    return retimed(name, _HALF.format("PTS", seconds), _HALF.format("DTS", seconds), source=source)


def cases() -> Cases:
    for name, build in (_times() | _images() | _streams()).items():
        yield Case(name, build, read_inputs)


def _times() -> dict[str, Build]:
    early = ("-avoid_negative_ts", "disabled", *_COPY)
    return {
        "mkv jump of an hour": jump(3600),
        "mkv jump of a year": jump(31536000),
        "mkv back by an hour": retimed("v.mkv", _HALF.format("PTS", -3600), "DTS", "-copyts"),
        "ts wrapped": by_ffmpeg("v.ts", "-output_ts_offset", "95443", *_COPY),
        "negative timestamps": by_ffmpeg("v.mkv", "-output_ts_offset", "-100", *early),
        "mov from -1e5 s": by_ffmpeg("v.mov", "-output_ts_offset", "-100000", *early),
        "1000000 fps": retimed("v.mkv", "N"),
        "all at once": retimed("v.mkv", "5"),
        "0.001 fps": retimed("v.mkv", "N*1000/TB"),
    }


def _images() -> dict[str, Build]:
    return {
        "sar 9:1": by_ffmpeg("v.mp4", "-vf", "setsar=9/1"),
        "sar 1:9": by_ffmpeg("v.mp4", "-vf", "setsar=1/9"),
        "sar 1000:1": by_ffmpeg("v.mp4", "-vf", "setsar=1000/1"),
        "16 x 16": by_ffmpeg("v.mp4", "-vf", "scale=16:16"),
        "2 x 2": by_ffmpeg("v.avi", "-vf", "scale=2:2", "-c:v", "rawvideo"),
        "1 x 1": by_ffmpeg("v.png", "-vf", "scale=1:1", "-frames:v", "1"),
        "8192 x 16": by_ffmpeg("v.mp4", "-vf", "scale=8192:16"),
        "16 x 8192": by_ffmpeg("v.mp4", "-vf", "scale=16:8192"),
        "10 bit": by_ffmpeg("v.mkv", "-pix_fmt", "yuv420p10le"),
        "yuv444": by_ffmpeg("v.mkv", "-pix_fmt", "yuv444p"),
        "gray": by_ffmpeg("v.mkv", "-c:v", "ffv1", "-pix_fmt", "gray16le"),
        "rgba": by_ffmpeg("v.mov", "-c:v", "png", "-pix_fmt", "rgba"),
        "pal8": by_ffmpeg("v.avi", "-c:v", "rawvideo", "-pix_fmt", "pal8"),
    }


def _streams() -> dict[str, Build]:
    sine = ("-f", "lavfi", "-i", "sine=d=1")
    cover = ("-map", "0", "-map", "1", "-c:v", "png", "-disposition:v", "attached_pic")

    def cover_image(folder: Path) -> list[str]:
        ffmpeg(*sine, "-i", sound("a.png"), *cover, folder / "v.m4a")
        return ["v.m4a"]

    return {
        "raw h264": by_ffmpeg("v.h264", *_COPY),
        "raw h264 called mp4": by_ffmpeg("v.mp4", *_COPY, "-f", "h264"),
        "sound only": by_ffmpeg("v.mp4", *sine, source=""),
        "mp3": by_ffmpeg("v.mp3", *sine, source=""),
        "cover picture": cover_image,
        "only the head of mkv": file("v.mkv", b"\x1aE\xdf\xa3"),
        "two videos in one file": file("v.ts", data("a.ts") + data("a.mpg")),
    }
