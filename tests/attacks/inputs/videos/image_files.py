"""Write images and raw videos whose headers claim sizes, rates and counts that are extreme."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.attacks.harness.case import TIME_S, Build, Case, Cases
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.read_through import read_inputs

GREY, RGB, RGBA = 0, 2, 6  # colour types of PNG
_CHANNELS = {GREY: 1, RGB: 3, RGBA: 4}


def png(
    width: int,
    height: int,
    depth: int = 1,
    kind: int = GREY,
    whole: bool = True,
    aspect: tuple[int, int] | None = None,
) -> bytes:
    """Return a black PNG; `whole` False: with four of its rows; `aspect`: width and height of a pixel."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    line = bytes(1 + (width * depth * _CHANNELS[kind] + 7) // 8)
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(line) for _ in range(height if whole else 4)) + packer.flush()
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0))
    if aspect:
        out += chunk(b"pHYs", struct.pack(">IIB", *aspect, 0))
    return out + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def gif(width: int, height: int, frames: int = 1, delay: int = 3) -> bytes:
    """Return a GIF whose frames change one pixel; `delay` in 1/100 s."""
    out = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(3) + b"\xff\xff\xff"
    control = b"!\xf9\x04\x00" + struct.pack("<H", delay) + b"\0\0"
    picture = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return out + (control + picture) * frames + b";"


def y4m(width: int, height: int, rate: str = "30:1", aspect: str = "1:1", body: int | None = None) -> bytes:
    """Return three raw frames; `body`: their length in bytes, if it is not that of the size."""
    size = width * height * 3 // 2 if body is None else body
    head = f"YUV4MPEG2 W{width} H{height} F{rate} Ip A{aspect} C420jpeg\n".encode()
    return head + (b"FRAME\n" + bytes(size)) * 3


def webp(width: int, height: int, frames: int = 1, duration_ms: int = 40) -> bytes:
    """Return an animated WebP whose container claims a size; its frames are one lossless pixel."""
    pixel = b"VP8L" + struct.pack("<I", 18) + bytes.fromhex("2f00000010071011118888fe0700") + bytes(4)
    size, first = struct.pack("<I", width - 1)[:3], bytes(3)
    frame = first + first + first + first + struct.pack("<I", duration_ms)[:3] + b"\0" + pixel
    body = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + size + struct.pack("<I", height - 1)[:3]
    body += b"ANIM" + struct.pack("<I", 6) + bytes(6)
    body += (b"ANMF" + struct.pack("<I", len(frame)) + frame) * frames
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


Make = Callable[[], bytes]

_PNG: dict[str, Make] = {
    "65535 x 65535": lambda: png(65535, 65535, whole=False),
    "2**31 x 2**31": lambda: png(2**31 - 1, 2**31 - 1, whole=False),
    "30000 x 30000 of 1 bit": lambda: png(30000, 30000),
    "16000 x 16000 rgba": lambda: png(16000, 16000, 8, RGBA, whole=False),
    "12000 x 12000 rgb": lambda: png(12000, 12000, 8, RGB),
    "20000 x 20000, pixels 9 wide": lambda: png(20000, 20000, aspect=(1, 9)),
    "8000 x 8000, pixels 9 wide": lambda: png(8000, 8000, aspect=(1, 9)),
    "8000 x 8000, pixels 9 high": lambda: png(8000, 8000, aspect=(9, 1)),
    "0 x 0": lambda: png(0, 0),
    "without rows": lambda: png(100, 100, whole=False),
}
_GIF: dict[str, Make] = {
    "65535 x 65535": lambda: gif(65535, 65535),
    "65535 x 65535, 30 frames": lambda: gif(65535, 65535, 30),
    "20000 x 20000, 5 frames": lambda: gif(20000, 20000, 5),
    "delay 0": lambda: gif(64, 64, 20, 0),
    "20000 frames": lambda: gif(32, 32, 20000),
    "0 x 0": lambda: gif(0, 0),
}
_Y4M: dict[str, Make] = {
    "65535 x 65535": lambda: y4m(65535, 65535, body=100),
    "0 fps": lambda: y4m(64, 64, "0:0"),
    "-30 fps": lambda: y4m(64, 64, "-30:1"),
    "1e9 fps": lambda: y4m(64, 64, "1000000000:1"),
    "1e-9 fps": lambda: y4m(64, 64, "1:1000000000"),
    "0 x 0": lambda: y4m(0, 0),
    "-5 wide": lambda: y4m(-5, 8, body=9),
    "pixels 9 wide": lambda: y4m(64, 64, aspect="9:1"),
    "9999999999 wide": lambda: y4m(9999999999, 4, body=9),
}
_WEBP: dict[str, Make] = {
    "sound": lambda: webp(1, 1, 3),
    "16383 x 16383": lambda: webp(16383, 16383, 2),
    "16777216 x 16777216": lambda: webp(1 << 24, 1 << 24, 2),
    "30 frames of 4000 x 4000": lambda: webp(4000, 4000, 30),
    "durations 0": lambda: webp(1, 1, 20, 0),
    "durations of four hours": lambda: webp(1, 1, 20, (1 << 24) - 1),
    "no frames": lambda: webp(16, 16, 0),
    "20000 frames": lambda: webp(1, 1, 20_000),
    "cut": lambda: webp(16, 16, 3)[:-20],
    "chunk of 4 GB": lambda: webp(16, 16, 3).replace(b"ANMF" + webp(16, 16, 3)[48:52], b"ANMF\xff\xff\xff\xff"),
}


def cases() -> Cases:
    for suffix, named in (("png", _PNG), ("gif", _GIF), ("y4m", _Y4M), ("webp", _WEBP)):
        for name, make in named.items():
            # To read and scrub these 30 frames, 150 images of 16 megapixels are decoded, 0.15 s each.
            time_s = 60.0 if (suffix, name) == ("webp", "30 frames of 4000 x 4000") else TIME_S
            yield Case(f"{suffix} {name}", _lazily(f"v.{suffix}", make), read_inputs, time_s=time_s)
            if "9 wide" in name or "1 bit" in name:
                yield Case(f"{suffix} {name} called mp4", _lazily("v.mp4", make), read_inputs)
    bmp = b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 65535, 65535, 1, 24, 0, 0, 0, 0, 0, 0)
    yield Case("bmp 65535 x 65535", _lazily("v.bmp", lambda: bmp), read_inputs)
    for name, mark, skip, new in (
        ("65535 x 65535", b"strf", 12, struct.pack("<ii", 65535, 65535)),
        ("0 fps", b"strh", 28, bytes(8)),
        ("2**32 fps", b"strh", 28, b"\x01\0\0\0\xff\xff\xff\xff"),
    ):
        avi = data("a.avi")
        at = avi.find(mark) + skip
        changed = avi[:at] + new + avi[at + len(new) :]
        yield Case(f"avi {name}", _lazily("v.avi", lambda changed=changed: changed), read_inputs)


def _lazily(name: str, make: Make) -> Build:
    def build(folder: Path) -> list[str]:
        (folder / name).write_bytes(make())
        return [name]

    return build
