"""Damage sound videos of every container: cut, flipped bits, holes, wrong names."""

from __future__ import annotations

import random

from tests.attacks.harness.case import Case, Cases, file
from tests.attacks.harness.places import SEED
from tests.attacks.harness.sound_inputs import data
from tests.attacks.inputs.read_through import read_inputs

CONTAINERS = ("a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "a.ts", "a.mpg", "a.gif", "a.flv", "a.png")


def cases() -> Cases:
    rng = random.Random(SEED)
    for name in CONTAINERS:
        for what, content in damaged(data(name), rng):
            yield Case(f"{name} {what}", file(name, content), read_inputs)
        yield Case(f"{name} called .avi", file("x.avi", data(name)), read_inputs)


def damaged(sound: bytes, rng: random.Random) -> list[tuple[str, bytes]]:
    """Return (name, content) of the sound file and of its damaged copies."""
    found = [("sound", sound), ("without its first 1000 bytes", sound[1000:]), ("twice", sound + sound)]
    found += [(f"cut at {step} %", sound[: len(sound) * step // 100]) for step in range(5, 100, 5)]
    for number in range(16):
        changed = bytearray(sound)
        limit = len(changed) if number % 2 else min(len(changed), 3000)  # half of them in the header
        for _ in range((1, 4, 40)[number % 3]):
            changed[rng.randrange(limit)] ^= 1 << rng.randrange(8)
        found.append((f"bits {number}", bytes(changed)))
    for number in range(3):
        changed = bytearray(sound)
        at = rng.randrange(max(1, len(changed) - 2000))
        changed[at : at + 1500] = rng.randbytes(1500) if number else bytes(1500)
        found.append((f"hole {number}", bytes(changed)))
    return [*found, ("with rubbish behind", sound + rng.randbytes(5000))]
