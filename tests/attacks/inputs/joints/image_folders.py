"""Make folders of images that do not belong together, lie about their sizes, or are no images."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tests.attacks.harness.case import Case, Cases, made
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.read_through import read_inputs
from tests.attacks.inputs.videos.image_files import RGB, gif, png, webp
from tests.attacks.inputs.videos.names_and_kinds import SPECIAL


def series(names: list[str], content: Callable[[int], bytes]) -> Callable[[Path], None]:
    def build(folder: Path) -> None:
        (folder / "frames").mkdir()
        for number, name in enumerate(names):
            (folder / "frames" / name).write_bytes(content(number))

    return build


def numbered(count: int, pattern: str = "img_{:04d}.png") -> list[str]:
    return [pattern.format(number) for number in range(count)]


def cases() -> Cases:
    small = png(16, 16, 8, RGB)
    builds: dict[str, Callable[[Path], object]] = {
        "sound": series(numbered(5), lambda i: small),
        "a photograph": series(numbered(3), lambda i: data("a.png")),
        "numbers 10**15 apart": series(["i_0.png", f"i_{10**15}.png"], lambda i: small),
        "numbers of 200 digits": series(["i_1.png", "i_" + "9" * 200 + ".png"], lambda i: small),
        "numbers in other scripts": series(["i_١.png", "i_٢.png", "i_²,.png"], lambda i: small),
        "the same number twice": series(["i_1.png", "i_01.png", "i_001.png"], lambda i: small),
        "sizes change": series(numbered(5), lambda i: png(16 + 16 * i, 16, 8, RGB)),
        "one of them huge": series(numbered(5), lambda i: png(65535, 65535, whole=False) if i == 2 else small),
        "all huge": series(numbered(3), lambda i: png(30000, 30000, whole=False)),
        "one of them cut": series(numbered(5), lambda i: small[:40] if i == 2 else small),
        "all cut": series(numbered(5), lambda i: small[:40]),
        "all empty": series(numbered(5), lambda i: b""),
        "one of them a video": series(numbered(5), lambda i: data("a.mp4") if i == 2 else small),
        "one of them a playlist": series(
            numbered(3), lambda i: b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n" if i == 1 else small
        ),
        "gif, webp and bmp": series(
            ["i_1.gif", "i_2.webp", "i_3.bmp"], lambda i: (gif(8, 8), webp(1, 1), b"BM" + bytes(60))[i]
        ),
        "3000 images": series(numbered(3000), lambda i: small),
        "cameras without end": series([f"cam{c}_{i:04d}.png" for c in range(200) for i in (0, 1)], lambda i: small),
        "names with line breaks": series([f"a\n{i}.png" for i in range(3)], lambda i: small),
        "no folder": lambda folder: None,
        "empty folder": lambda folder: (folder / "frames").mkdir(),
    }
    for name, build in builds.items():
        for argument in ("frames", "frames/*.png"):
            yield Case(f"images {name}, {argument}", made(build, argument), read_inputs)
    for name, make in SPECIAL.items():

        def with_special(folder: Path, make: Callable[[Path], object] = make) -> None:
            series(numbered(5), lambda i: small)(folder)
            (folder / "frames" / "img_0002.png").unlink()
            make(folder / "frames" / "img_0002.png")

        yield Case(f"images, one is {name}", made(with_special, "frames"), read_inputs)
    yield Case(
        "images, folder is a link to itself",
        made(lambda folder: os.symlink("frames", folder / "frames"), "frames"),
        read_inputs,
    )
    yield Case("images, pattern of a thousand stars", made(lambda folder: None, "*" * 1000 + ".png"), read_inputs)
    yield Case("images, pattern through everything", made(lambda folder: None, "/proc/**/[a-"), read_inputs)
